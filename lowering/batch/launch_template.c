/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch_template.c - the launch template of a compute environment of instances.
 *
 * AWS Batch says type, image, subnet, market and profile itself. Here stands what it does not know: the root volume,
 * the metadata service, tags of volumes, interfaces with EFA or a public address, reservations. Source: AWS Batch
 * user guide, Use Amazon EC2 launch templates with AWS Batch.
 */
#include "compiler/facts/batch_types.h"
#include "lowering/aws/images.h"
#include "lowering/aws/interfaces.h"
#include "lowering/aws/reservations.h"
#include "lowering/batch/storage.h"

enum {
	CONTAINER_HOPS = 2
}; /* a container is one hop from the metadata service, its instance another */

bool batch_names_interfaces(const struct batch_environment *e)
{
	return e->m->efa.enabled || is_written(&e->m->networking.at.assign_public_ip);
}

/* The first type that the environment can start; NULL where none is known. */
static const struct instance_type *first_type(const struct batch_stack *l,
					      const struct batch_environment *e)
{
	for (size_t i = 0; i < e->m->instance_types.n; i++) {
		size_t it = 0;
		const struct instance_type *t =
			batch_next_type(l->st.facts, e->m->instance_types.items[i].text, &it);

		if (t != NULL)
			return t;
	}
	return NULL;
}

/* ---- interfaces ---- */

static struct ir_value *interface(struct batch_stack *l, const struct lowered_environment *e,
				  const struct instance_type *t, const struct nic *nic)
{
	const struct batch_networking *n = &e->m->m->networking;
	struct ir *g = l->st.g;
	struct ir_value *ni = ir_object(g);
	bool first = nic->card == 0 && nic->device == 0;

	ir_put_int(g, ni, "DeviceIndex", nic->device);
	if (t != NULL && t->ncards > 1)
		ir_put_int(g, ni, "NetworkCardIndex", nic->card);
	if (nic->kind != NIC_ENA)
		ir_put_text(g, ni, "InterfaceType",
			    nic->kind == NIC_EFA ? STR("efa") : STR("efa-only"));
	ir_put(g, ni, "Groups", e->groups);
	if (first && is_written(&n->at.assign_public_ip))
		ir_put_bool(g, ni, "AssociatePublicIpAddress", n->assign_public_ip);
	return ir_put_bool(g, ni, "DeleteOnTermination", true);
}

static void put_interfaces(struct batch_stack *l, const struct lowered_environment *e,
			   struct ir_value *data)
{
	const struct instance_type *t = first_type(l, e->m);
	struct nic_layout layout = nic_layout(t, e->m->m->efa.enabled, t != NULL && t->ncards == 1);
	struct ir_value *list = ir_list(l->st.g);

	if (!batch_names_interfaces(e->m))
		return;
	for (size_t i = 0; i < layout.n; i++)
		ir_push(l->st.g, list, interface(l, e, t, &layout.nics[i]));
	ir_put(l->st.g, data, "NetworkInterfaces", list);
}

/* ---- reservations ---- */

static void put_reservation(struct batch_stack *l, const struct compute_environment *m,
			    struct ir_value *data)
{
	struct ir_value *market = ir_object(l->st.g);

	if (m->capacity_block)
		ir_put(l->st.g, data, "InstanceMarketOptions",
		       ir_put_text(l->st.g, market, "MarketType", STR("capacity-block")));
	reservation_put(&l->st, data, &m->capacity_reservation_target);
}

/* ---- tags ---- */

/* Of instances, volumes and interfaces: a budget of this stack finds by them what things cost. */
static struct ir_value *tags_of(struct batch_stack *l, const struct batch_environment *e)
{
	struct ir_value *tags = ir_list(l->st.g);

	tag_add(&l->st, tags, STACK_TAG, ir_ref(l->st.g, STR("AWS::StackName")));
	tag_add(&l->st, tags, "hpcc:compute-environment", ir_text(l->st.g, e->name));
	tags_set(&l->st, tags, l->st.tags);
	tags_set(&l->st, tags, &e->m->tags);
	return tags;
}

static void put_tags(struct batch_stack *l, const struct batch_environment *e,
		     struct ir_value *data)
{
	static const char *const on[] = {"instance", "volume", "network-interface"};
	struct ir_value *list = ir_list(l->st.g), *tags = tags_of(l, e);

	for (size_t i = 0; i < ARRAY_LEN(on); i++) {
		struct ir_value *spec = ir_object(l->st.g);

		ir_put_text(l->st.g, spec, "ResourceType", str_c(on[i]));
		ir_push(l->st.g, list, ir_put(l->st.g, spec, "Tags", tags));
	}
	ir_put(l->st.g, data, "TagSpecifications", list);
}

/* ---- the template ---- */

static struct ir_value *devices(struct batch_stack *l, const struct batch_environment *e)
{
	const struct queue_root_volume *m = &e->m->local_storage.root_volume;
	const struct instance_type *t = first_type(l, e);
	struct root_volume v = {.size = m->size,
				.iops = m->iops,
				.throughput = m->throughput,
				.type = m->volume_type,
				.encrypted = m->encrypted};

	struct ir_value *list =
		block_devices(&l->st, STR("alinux2023"), &v, t != NULL ? t->name : STR(""), t);

	batch_put_volumes(l, e, list);
	return list;
}

/* An instance whose user data fails shuts down, and is gone then. */
static void put_user_data(struct batch_stack *l, const struct batch_environment *e,
			  struct ir_value *data)
{
	struct ir_value *user_data = batch_user_data_of(l, e);

	if (user_data == NULL)
		return;
	ir_put_text(l->st.g, data, "InstanceInitiatedShutdownBehavior", STR("terminate"));
	ir_put(l->st.g, data, "UserData", user_data);
}

struct str batch_launch_template(struct batch_stack *l, const struct lowered_environment *e)
{
	const struct compute_environment *m = e->m->m;
	struct stack *st = &l->st;
	struct ir_value *data = ir_object(st->g), *own = ir_object(st->g);
	bool v1 = l->b->imds.imds_support == IMDS_IMDS_SUPPORT_V1_0;
	struct ir_resource *r = ir_add(st->g, batch_id(l, "LaunchTemplate", e->m->name),
				       "AWS::EC2::LaunchTemplate", origin_of_section(&m->section));

	ir_put(st->g, data, "BlockDeviceMappings", devices(l, e->m));
	ir_put(st->g, data, "MetadataOptions",
	       ir_put_int(st->g, metadata_options(st, v1), "HttpPutResponseHopLimit",
			  CONTAINER_HOPS));
	put_interfaces(l, e, data);
	put_reservation(l, m, data);
	put_tags(l, e->m, data);
	put_user_data(l, e->m, data);
	ir_put(st->g, r->properties, "LaunchTemplateData", data);
	ir_put_text(st->g, own, "ResourceType", STR("launch-template"));
	tags_put(st, own, "Tags", NULL);
	ir_put(st->g, r->properties, "TagSpecifications", ir_push(st->g, ir_list(st->g), own));
	return r->id;
}

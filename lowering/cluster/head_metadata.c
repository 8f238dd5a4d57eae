/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head_metadata.c - what the head node is told about the whole cluster.
 *
 * It stands in the Metadata of the head node's resource, which CloudFormation resolves and keeps, and which the
 * head reads with DescribeStackResource: no bucket, no parameter store, and editing it restarts nothing.
 * templates/core/lib/configure.py turns it into files below /opt/hpcc/etc for all nodes; the keys are described in
 * doc/internals.md. Secrets are here as ARNs only. Order of members and lists is that of the model.
 */
#include "compiler/base/buf.h"
#include "compiler/schema/schema.h"
#include "lowering/cluster/cluster.h"
#include "lowering/cluster/payload.h"
#include "lowering/cluster/slurm_conf.h"

static struct str yes(bool b)
{
	return b ? STR("yes") : STR("no");
}

/* Settings are shell variables; one that is empty is left out, and unset reads as empty. */
static void put_setting(struct stack *st, struct ir_value *settings, const char *name,
			struct str value)
{
	if (value.n > 0)
		ir_put_text(st->g, settings, name, value);
}

static void put_ephemeral(struct stack *st, struct ir_value *settings, struct str dir)
{
	if (dir.n > 0)
		ir_put_text(st->g, settings, "HPCC_EPHEMERAL", mount_dir(st->a, dir));
}

static void put_value(struct stack *st, struct ir_value *settings, const char *name,
		      struct ir_value *value)
{
	if (value != NULL)
		ir_put(st->g, settings, name, value);
}

/* Names of the user database; passwords stay in their secret. */
static void put_directory(struct lowering *l, struct ir_value *settings)
{
	const struct directory_service *d = &l->c->directory_service;

	if (!d->section.written)
		return;
	put_setting(&l->st, settings, "HPCC_AD_DOMAIN", d->domain_name);
	put_setting(&l->st, settings, "HPCC_AD_ADDRESS", d->domain_addr);
	put_setting(&l->st, settings, "HPCC_AD_SECRET", d->password_secret_arn);
	put_setting(&l->st, settings, "HPCC_AD_USER", d->domain_read_only_user);
	put_setting(&l->st, settings, "HPCC_AD_CA_CERT", d->ldap_tls_ca_cert);
	put_setting(&l->st, settings, "HPCC_AD_REQCERT",
		    enum_text(PROP_DirectoryService_LdapTlsReqCert, (int)d->ldap_tls_req_cert));
	put_setting(&l->st, settings, "HPCC_AD_FILTER", d->ldap_access_filter);
	put_setting(&l->st, settings, "HPCC_AD_SSH_KEYS", yes(d->generate_ssh_keys_for_users));
}

/* Software for containers, in the order in which it is installed, and what the file brings for it. */
static void put_containers(struct lowering *l, struct ir_value *settings)
{
	const struct containers *c = &l->c->containers;
	struct buf names = buf_in(l->st.a), packages = buf_in(l->st.a);

	if (c->docker)
		buf_add(&names, STR("docker"));
	if (c->enroot)
		buf_fmt(&names, "%senroot", names.n > 0 ? " " : "");
	if (c->pyxis)
		buf_fmt(&names, "%spyxis", names.n > 0 ? " " : "");
	if (names.n == 0)
		return;
	for (size_t i = 0; i < c->packages.n; i++)
		buf_fmt(&packages, "%s" STR_F " " STR_F, i > 0 ? " " : "",
			STR_A(c->packages.items[i].url), STR_A(c->packages.items[i].sha256));
	put_setting(&l->st, settings, "HPCC_CONTAINERS", buf_str(&names));
	put_setting(&l->st, settings, "HPCC_PACKAGES", buf_str(&packages));
	put_setting(&l->st, settings, "HPCC_ENROOT", c->version);
	/* A release of ParallelCluster whose images have both (actions/lib/compat.sh). */
	if (c->pyxis)
		put_setting(&l->st, settings, "HPCC_COMPAT", STR("3.16.1"));
}

/* What every node may know. A script takes the default of a setting that is not there. */
static struct ir_value *settings_of_all(struct lowering *l)
{
	const struct cluster *c = l->c;
	const struct deployment_settings *d = &c->deployment_settings;
	struct str os = enum_text(PROP_Image_Os, (int)c->image.os);
	const struct os_image *image = facts_image(l->st.facts, os, ARCH_X86_64);
	struct ir_value *v = ir_object(l->st.g);

	put_setting(&l->st, v, "HPCC_OS", os);
	put_setting(&l->st, v, "HPCC_USER", image != NULL ? image->user : STR(""));
	if (d->default_user_home == DEPLOYMENT_SETTINGS_DEFAULT_USER_HOME_LOCAL)
		put_setting(&l->st, v, "HPCC_USER_HOME", STR("Local"));
	if (d->disable_sudo_access_for_default_user)
		put_setting(&l->st, v, "HPCC_SUDO", STR("no"));
	if (!c->monitoring.logs.rotation.enabled)
		put_setting(&l->st, v, "HPCC_LOG_ROTATION", STR("no"));
	if (c->scheduling.slurm_settings.dns.use_ec2_hostnames)
		put_setting(&l->st, v, "HPCC_EC2_HOSTNAMES", STR("yes"));
	put_containers(l, v);
	put_value(&l->st, v, "HPCC_LOG_GROUP", l->log_group);
	put_value(&l->st, v, "HPCC_DNS_DOMAIN", l->dns_domain);
	return v;
}

/* "queue/resource/reservation" of each compute resource in a capacity block. */
static struct str capacity_blocks(struct lowering *l)
{
	struct buf b = buf_in(l->st.a);
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (in_capacity_block(&it))
			buf_fmt(&b, "%s" STR_F "/" STR_F "/" STR_F, b.n > 0 ? " " : "",
				STR_A(it.queue->name), STR_A(it.resource->name),
				STR_A(effective_reservation(&it).from->capacity_reservation_id));
	return buf_str(&b);
}

/* What it needs of Slurm. */
static void put_slurm(struct lowering *l, struct ir_value *v)
{
	const struct scheduling *s = &l->c->scheduling;
	const struct slurm_settings *slurm = &s->slurm_settings;

	put_value(&l->st, v, "HPCC_HOSTED_ZONE", l->hosted_zone);
	if (s->scaling_strategy != SCHEDULING_SCALING_STRATEGY_ALL_OR_NOTHING)
		put_setting(&l->st, v, "HPCC_SCALING",
			    enum_text(PROP_Scheduling_ScalingStrategy, (int)s->scaling_strategy));
	put_setting(&l->st, v, "HPCC_UPDATE_STRATEGY",
		    enum_text(PROP_SlurmSettings_QueueUpdateStrategy,
			      (int)slurm->queue_update_strategy));
	put_setting(&l->st, v, "HPCC_MUNGE_SECRET", slurm->munge_key_secret_arn);
	put_setting(&l->st, v, "HPCC_DB_SECRET", slurm->database.password_secret_arn);
	put_setting(&l->st, v, "HPCC_SLURM_INCLUDE", slurm->custom_slurm_settings_include_file);
	put_setting(&l->st, v, "HPCC_BLOCKS", capacity_blocks(l));
	put_directory(l, v);
}

/* The commands of AWS Batch, where they are not those of templates/awsbatch. */
static void put_awsbatch(struct lowering *l, struct ir_value *v)
{
	ir_put(l->st.g, v, "HPCC_SCHEDULER", ir_ref(l->st.g, STR("Scheduler")));
	put_setting(&l->st, v, "HPCC_AWSBATCH_PACKAGE", l->c->dev_settings.aws_batch_cli_package);
}

/* What the head node alone needs. */
static struct ir_value *settings_of_head(struct lowering *l)
{
	struct ir_value *v = ir_object(l->st.g);

	if (l->state_volume.n > 0)
		ir_put(l->st.g, v, "HPCC_STATE_VOLUME", ir_ref(l->st.g, l->state_volume));
	if (is_awsbatch(l->c))
		put_awsbatch(l, v);
	else
		put_slurm(l, v);
	return v;
}

static struct ir_value *command(struct stack *st, struct str script,
				const struct model_strings *args)
{
	struct ir_value *words = ir_push(st->g, ir_list(st->g), ir_text(st->g, script));

	for (size_t i = 0; i < args->n; i++)
		ir_push(st->g, words, ir_text(st->g, args->items[i].text));
	return words;
}

/* The commands of one event: each a list of the script's URL and its arguments. */
static void put_action(struct stack *st, struct ir_value *actions, const char *event,
		       const struct custom_action *a)
{
	struct ir_value *commands;

	if (a->script.n == 0 && a->sequence.n == 0)
		return;
	commands = ir_list(st->g);
	if (a->script.n > 0)
		ir_push(st->g, commands, command(st, a->script, &a->args));
	for (size_t i = 0; i < a->sequence.n; i++)
		ir_push(st->g, commands,
			command(st, a->sequence.items[i].script, &a->sequence.items[i].args));
	ir_put(st->g, actions, event, commands);
}

static void put_dcv(struct stack *st, struct ir_value *settings, const struct dcv *d)
{
	if (!d->enabled)
		return;
	put_setting(st, settings, "HPCC_DCV", STR("yes"));
	ir_put(st->g, settings, "HPCC_DCV_PORT", ir_textf(st->g, "%lld", (long long)d->port));
}

/* One kind of node: {"Settings": …, "Actions": …}, added to `kinds` under its name. */
static void put_kind(struct stack *st, struct ir_value *kinds, struct str name,
		     struct ir_value *settings, struct ir_value *actions)
{
	struct ir_value *kind = ir_object(st->g);

	if (settings->nmembers > 0)
		ir_put(st->g, kind, "Settings", settings);
	if (actions->nmembers > 0)
		ir_put(st->g, kind, "Actions", actions);
	if (kind->nmembers > 0)
		ir_put_str(st->g, kinds, name, kind);
}

/* Who may ask for the rights of a node that people log in to. */
static void put_imds(struct lowering *l, struct ir_value *settings)
{
	const struct head_node_imds *imds = &l->c->head_node.imds;

	put_setting(&l->st, settings, "HPCC_IMDS_GUARD", yes(imds->secured));
	if (!imds->default_user)
		put_setting(&l->st, settings, "HPCC_IMDS_USER", STR("no"));
}

static void put_head_kind(struct lowering *l, struct ir_value *kinds)
{
	const struct head_node *h = &l->c->head_node;
	struct ir_value *settings = settings_of_head(l);
	struct ir_value *actions = ir_object(l->st.g);

	put_ephemeral(&l->st, settings, h->local_storage.ephemeral_volume.mount_dir);
	put_imds(l, settings);
	put_dcv(&l->st, settings, &h->dcv);
	put_action(&l->st, actions, "OnNodeStart", &h->custom_actions.on_node_start);
	put_action(&l->st, actions, "OnNodeConfigured", &h->custom_actions.on_node_configured);
	put_action(&l->st, actions, "OnNodeUpdated", &h->custom_actions.on_node_updated);
	put_kind(&l->st, kinds, STR("head"), settings, actions);
}

/* Names of the compute resources whose GPUs are checked, blanks between. */
static struct str gpu_checks(struct stack *st, const struct slurm_queue *q)
{
	struct buf b = buf_in(st->a);

	for (size_t i = 0; i < q->compute_resources.n; i++) {
		const struct compute c = {.queue = q, .resource = &q->compute_resources.items[i]};

		if (checks_gpus(&c))
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? " " : "", STR_A(c.resource->name));
	}
	return buf_str(&b);
}

static void put_queue_kind(struct stack *st, struct ir_value *kinds, const struct slurm_queue *q)
{
	struct ir_value *settings = ir_object(st->g);
	struct ir_value *actions = ir_object(st->g);

	put_ephemeral(st, settings, q->compute_settings.local_storage.ephemeral_volume.mount_dir);
	if (queue_uses_efa(q))
		put_setting(st, settings, "HPCC_EFA", STR("yes"));
	put_setting(st, settings, "HPCC_GPU_CHECK", gpu_checks(st, q));
	put_action(st, actions, "OnNodeStart", &q->custom_actions.on_node_start);
	put_action(st, actions, "OnNodeConfigured", &q->custom_actions.on_node_configured);
	put_kind(st, kinds, arena_fmt(st->a, "queue/" STR_F, STR_A(q->name)), settings, actions);
}

static void put_pool_kind(struct lowering *l, struct ir_value *kinds, size_t index)
{
	const struct login_pool *p = &l->c->login_nodes.pools.items[index];
	struct ir_value *settings = ir_object(l->st.g);
	struct ir_value *actions = ir_object(l->st.g);

	put_value(&l->st, settings, "HPCC_GROUP", pool_group_name(l, index));
	put_setting(&l->st, settings, "HPCC_HOOK_LAUNCHING", STR(LOGIN_HOOK_LAUNCHING));
	put_setting(&l->st, settings, "HPCC_HOOK_TERMINATING", STR(LOGIN_HOOK_TERMINATING));
	ir_put(l->st.g, settings, "HPCC_GRACE_MINUTES",
	       ir_textf(l->st.g, "%lld", (long long)p->gracetime_period));
	put_imds(l, settings);
	put_dcv(&l->st, settings, &p->dcv);
	put_action(&l->st, actions, "OnNodeStart", &p->custom_actions.on_node_start);
	put_action(&l->st, actions, "OnNodeConfigured", &p->custom_actions.on_node_configured);
	put_action(&l->st, actions, "OnNodeUpdated", &p->custom_actions.on_node_updated);
	put_kind(&l->st, kinds, arena_fmt(l->st.a, "login/" STR_F, STR_A(p->name)), settings,
		 actions);
}

static struct ir_value *kinds_of(struct lowering *l)
{
	struct ir_value *kinds = ir_object(l->st.g);

	put_head_kind(l, kinds);
	for (size_t i = 0; i < l->c->scheduling.slurm_queues.n; i++)
		put_queue_kind(&l->st, kinds, &l->c->scheduling.slurm_queues.items[i]);
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++)
		put_pool_kind(l, kinds, i);
	return kinds;
}

static void put_file(struct stack *st, struct ir_value *files, struct str path, struct str text)
{
	if (text.n > 0)
		ir_put_str(st->g, files, path, ir_text(st->g, text));
}

static struct str sssd_extra(struct lowering *l)
{
	const struct model_map *extra = &l->c->directory_service.additional_sssd_configs;
	struct buf b = buf_in(l->st.a);

	for (size_t i = 0; i < extra->n; i++)
		buf_fmt(&b, STR_F " = " STR_F "\n", STR_A(extra->items[i].key),
			STR_A(extra->items[i].value));
	return buf_str(&b);
}

/* Whole files below /opt/hpcc/etc. */
static struct ir_value *files_of(struct lowering *l)
{
	struct slurm_conf_file conf[SLURM_CONF_FILES];
	struct ir_value *files = ir_object(l->st.g);
	size_t n;

	if (is_awsbatch(l->c))
		return ir_put(l->st.g, files, "awsbatch-cli.cfg", l->awsbatch.commands);
	n = slurm_conf_files(l->st.a, l->st.facts, l->c, conf);
	for (size_t i = 0; i < n; i++)
		put_file(&l->st, files, arena_fmt(l->st.a, "slurm/%s", conf[i].name), conf[i].text);
	put_file(&l->st, files, STR("sssd.extra"), sssd_extra(l));
	return files;
}

static struct str joined(struct stack *st, const struct model_strings *items)
{
	struct buf b = buf_in(st->a);

	for (size_t i = 0; i < items->n; i++)
		buf_fmt(&b, "%s" STR_F, i > 0 ? "," : "", STR_A(items->items[i].text));
	return buf_str(&b);
}

static struct str type_names(struct stack *st, const struct slurm_compute_resource *cr)
{
	struct buf b = buf_in(st->a);

	if (cr->instances.n == 0)
		return cr->instance_type;
	for (size_t i = 0; i < cr->instances.n; i++)
		buf_fmt(&b, "%s" STR_F, i > 0 ? "," : "",
			STR_A(cr->instances.items[i].instance_type));
	return buf_str(&b);
}

/*
 * The last columns of the launch table: where a template of the user brings the interfaces its id and version as
 * "id/version", or "-" and the SpotPrice of a fleet, which must say it itself (RunInstances takes it from the launch
 * template). E0501 keeps the two apart.
 */
static struct str launch_extras(struct stack *st, const struct compute *c)
{
	const struct launch_template_overrides *o = &c->resource->launch_template_overrides;

	if (o->launch_template_id.n > 0)
		return arena_fmt(st->a, " " STR_F "/%lld", STR_A(o->launch_template_id),
				 (long long)o->version);
	if (launches_fleet(c) && capacity_of(c->queue) == SLURM_QUEUE_CAPACITY_TYPE_SPOT &&
	    is_written(&c->resource->at.spot_price))
		return arena_fmt(st->a, " - %.15g", c->resource->spot_price);
	return STR("");
}

/*
 * One row of the launch table, blanks between columns: queue, resource, launch template and its version,
 * capacity type, allocation strategy or "-", instance types, subnets, and launch_extras.
 */
static struct ir_value *launch_row(struct lowering *l, const struct compute *c)
{
	const struct slurm_queue *q = c->queue;
	struct str template = l->queues[c->q].launch_templates[c->r];
	struct str strategy =
		enum_text(PROP_SlurmQueue_AllocationStrategy, (int)q->allocation_strategy);
	struct str capacity = enum_text(PROP_SlurmQueue_CapacityType, (int)q->capacity_type);
	struct str before =
		arena_fmt(l->st.a, STR_F " " STR_F, STR_A(q->name), STR_A(c->resource->name));
	struct str after = arena_fmt(
		l->st.a, STR_F " " STR_F " " STR_F " " STR_F STR_F, STR_A(capacity),
		STR_A(strategy.n > 0 ? strategy : STR("-")), STR_A(type_names(&l->st, c->resource)),
		STR_A(joined(&l->st, &q->networking.subnet_ids)), STR_A(launch_extras(&l->st, c)));

	return ir_subf(l->st.g, STR_F " ${" STR_F "} ${" STR_F ".LatestVersionNumber} " STR_F,
		       STR_A(sub_literal(&l->st, before)), STR_A(template), STR_A(template),
		       STR_A(sub_literal(&l->st, after)));
}

static struct ir_value *launch_table(struct lowering *l)
{
	struct ir_value *rows = ir_list(l->st.g);
	struct compute it = {0};

	while (next_compute(l->c, &it))
		ir_push(l->st.g, rows, launch_row(l, &it));
	return rows;
}

struct ir_value *head_metadata(struct lowering *l)
{
	struct ir_value *v = ir_object(l->st.g);
	struct ir_value *storage = ir_list(l->st.g);

	for (size_t i = 0; i < l->nstorage; i++)
		ir_push(l->st.g, storage, l->storage[i].settings);
	ir_put(l->st.g, v, "Settings", settings_of_all(l));
	ir_put(l->st.g, v, "Kinds", kinds_of(l));
	ir_put(l->st.g, v, "Storage", storage);
	ir_put(l->st.g, v, "Launch", launch_table(l));
	ir_put(l->st.g, v, "Files", files_of(l));
	ir_put(l->st.g, v, "Payload", payload_modules(l));
	return v;
}

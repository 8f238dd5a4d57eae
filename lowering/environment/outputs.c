/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.c - what others want to know of the environment.
 *
 * Which outputs there are, and which of them are exported, compiler/model/exports.h knows.
 */
#include "compiler/model/exports.h"
#include "lowering/environment/environment.h"

/* ---- values ---- */

static struct ir_value *subnet_value(const struct ground *l, const struct net_subnet *s)
{
	return network_subnet(l->network, s)->id;
}

static struct ir_value *subnets_value(const struct ground *l, const struct env_export *x)
{
	struct ir_value *join = ir_func(l->st.g, IR_JOIN, STR(","));

	for (size_t i = 0; i < x->nmembers; i++)
		ir_push(l->st.g, join, subnet_value(l, x->members[i]));
	return x->nmembers == 1 ? join->items[0] : join;
}

static struct ir_value *group_value(const struct ground *l, const struct env_export *x)
{
	for (size_t i = 0; i < l->ngroups; i++)
		if (l->groups[i].m == x->group)
			return l->groups[i].id;
	BUG("no group");
}

static struct str storage_resource_of(const struct ground *l, const struct env_export *x)
{
	return l->storage[x->storage - l->e->shared_storage.items];
}

static struct ir_value *storage_value(const struct ground *l, const struct env_export *x,
				      const char *attribute)
{
	struct str id = storage_resource_of(l, x);

	return attribute == NULL ? ir_ref(l->st.g, id) : ir_getatt(l->st.g, id, str_c(attribute));
}

/* The private part of a new key is kept under the id of the key pair. Source: CloudFormation, AWS::EC2::KeyPair. */
static struct ir_value *private_key_command(struct ir *g)
{
	return ir_sub(g, STR("aws ssm get-parameter --region ${AWS::Region} --name "
			     "/ec2/keypair/${KeyPair.KeyPairId} --with-decryption "
			     "--query Parameter.Value --output text"));
}

static struct ir_value *vpn_value(const struct ground *l, const struct env_export *x)
{
	return l->vpn_connections[x->vpn - l->e->hybrid_network.vpn_connections.items];
}

static struct ir_value *value_of(const struct ground *l, const struct env_export *x)
{
	switch (x->what) {
	case EXPORT_VPC:
		return l->network->vpc;
	case EXPORT_SUBNET:
		return subnet_value(l, x->subnet);
	case EXPORT_SUBNETS:
		return subnets_value(l, x);
	case EXPORT_SECURITY_GROUP:
		return group_value(l, x);
	case EXPORT_LUSTRE_ID:
	case EXPORT_OPENZFS_ID:
	case EXPORT_EFS_ID:
		return storage_value(l, x, NULL);
	case EXPORT_LUSTRE_DNS_NAME:
		return storage_value(l, x, "DNSName");
	case EXPORT_LUSTRE_MOUNT_NAME:
		return storage_value(l, x, "LustreMountName");
	case EXPORT_OPENZFS_VOLUME:
		return storage_value(l, x, "RootVolumeId");
	case EXPORT_BUCKET:
		return ir_ref(l->st.g, l->buckets[x->bucket - l->e->buckets.items].resource);
	case EXPORT_KEY_PAIR:
		return ir_ref(l->st.g, STR("KeyPair"));
	case EXPORT_PRIVATE_KEY_COMMAND:
		return private_key_command(l->st.g);
	case EXPORT_KEY_ARN:
		return l->key;
	case EXPORT_VPN_GATEWAY:
	case EXPORT_TRANSIT_GATEWAY:
		return l->gateway;
	case EXPORT_DIRECT_CONNECT_GATEWAY:
		return l->direct_connect_gateway;
	case EXPORT_VPN_CONNECTION:
		return vpn_value(l, x);
	case EXPORT_REPOSITORY:
	case EXPORT_JOB_ROLE:
	case EXPORT_EXECUTION_ROLE:
	case EXPORT_INSTANCE_ROLE:
	case EXPORT_SUBMIT_POLICY:
	case EXPORT_COMPUTE_ENVIRONMENT:
	case EXPORT_JOB_QUEUE:
	case EXPORT_JOB_DEFINITION:
	case EXPORT_WORKFLOW:
	case EXPORT_PARAMETERS:
	case EXPORT_JOB_LOGS:
	case EXPORT_TOPIC:
		break;
	}
	BUG("an output of no kind");
}

/* ---- outputs ---- */

/* "The Id of an FSx file system" of "the id of …". */
static struct str description_of(struct stack *st, const struct env_export *x)
{
	struct str words = export_words(x->what);

	return arena_fmt(st->a, "%c" STR_F, words.s[0] - 'a' + 'A',
			 STR_A(str_slice(words, 1, words.n)));
}

static void output_add(struct ground *l, const struct env_export *x)
{
	struct ir_value *value = value_of(l, x);
	struct ir_output *o;

	INVARIANT(value != NULL);
	o = ir_add_output(l->st.g, x->name, description_of(&l->st, x), value,
			  origin_of_section(x->at));
	if (x->exported)
		o->export_name = ir_subf(l->st.g, "${AWS::StackName}-" STR_F, STR_A(x->name));
}

void pass_env_outputs(struct ground *l)
{
	struct exports x = exports_of(l->st.a, l->e, l->network->net);

	for (size_t i = 0; i < x.n; i++)
		output_add(l, &x.items[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outputs.c - what others want to know of a batch stack.
 *
 * Which outputs there are, compiler/model/exports.h knows.
 */
#include "compiler/model/exports.h"
#include "lowering/batch/workflow.h"

/* The file system that the stack makes for a storage: its id, or an attribute of it. */
static struct ir_value *storage_value(struct batch_stack *l, const struct env_export *x,
				      const char *attribute)
{
	struct ir_value *id = l->storage[x->storage - l->b->shared_storage.items];

	return attribute == NULL ? id : ir_getatt(l->st.g, id->text, str_c(attribute));
}

static struct ir_value *arn_of(struct batch_stack *l, struct str role)
{
	return ir_getatt(l->st.g, role, STR("Arn"));
}

/* Of all revisions together: what is submitted by it runs as the newest says, and who imports it hinders no update. */
static struct ir_value *definition_value(struct batch_stack *l, const struct job_definition *m)
{
	struct ir_value *arn = ir_sub(l->st.g, STR("arn:${AWS::Partition}:batch:${AWS::Region}:"
						   "${AWS::AccountId}:job-definition/${Name}"));

	return ir_put(l->st.g, arn, "Name", batch_name(l, m->job_definition_name, m->name));
}

static struct ir_value *row_value(struct batch_stack *l, const struct env_export *x)
{
	struct ir *g = l->st.g;

	switch (x->what) {
	case EXPORT_LUSTRE_ID:
	case EXPORT_EFS_ID:
		return storage_value(l, x, NULL);
	case EXPORT_LUSTRE_DNS_NAME:
		return storage_value(l, x, "DNSName");
	case EXPORT_LUSTRE_MOUNT_NAME:
		return storage_value(l, x, "LustreMountName");
	case EXPORT_BUCKET:
		return ir_ref(g, l->buckets[x->bucket - l->b->buckets.items].resource);
	case EXPORT_REPOSITORY:
		return ir_getatt(g, l->repositories[x->row], STR("RepositoryUri"));
	case EXPORT_JOB_ROLE:
		return arn_of(l, l->job_roles[x->row]);
	case EXPORT_INSTANCE_ROLE:
		return l->environments[x->row].role_arn;
	case EXPORT_COMPUTE_ENVIRONMENT:
		return ir_ref(g, l->environments[x->row].resource);
	case EXPORT_JOB_QUEUE:
		return ir_ref(g, l->queues[x->row].resource);
	case EXPORT_JOB_DEFINITION:
		return definition_value(l, l->v->jobs[x->row].m);
	case EXPORT_EXECUTION_ROLE:
		return arn_of(l, l->execution_role);
	case EXPORT_SUBMIT_POLICY:
		return ir_ref(g, l->submit_policy);
	case EXPORT_WORKFLOW:
		return ir_ref(g, l->workflows[x->row].machine);
	case EXPORT_PARAMETERS:
		return ir_ref(g, l->workflows[x->row].parameters);
	case EXPORT_JOB_LOGS:
		return ir_ref(g, l->job_logs);
	case EXPORT_TOPIC:
		return l->topic;
	case EXPORT_VPC:
	case EXPORT_SUBNET:
	case EXPORT_SUBNETS:
	case EXPORT_SECURITY_GROUP:
	case EXPORT_OPENZFS_VOLUME:
	case EXPORT_OPENZFS_ID:
	case EXPORT_KEY_PAIR:
	case EXPORT_PRIVATE_KEY_COMMAND:
	case EXPORT_KEY_ARN:
	case EXPORT_VPN_GATEWAY:
	case EXPORT_TRANSIT_GATEWAY:
	case EXPORT_DIRECT_CONNECT_GATEWAY:
	case EXPORT_VPN_CONNECTION:
		break;
	}
	BUG("no output of a batch stack");
}

/* "The ARN of a job queue". */
static struct str description_of(struct batch_stack *l, enum export_what what)
{
	struct str words = export_words(what);

	return arena_fmt(l->st.a, "%c" STR_F, words.s[0] - 'a' + 'A',
			 STR_A(str_slice(words, 1, words.n)));
}

void pass_batch_outputs(struct batch_stack *l)
{
	struct exports x = exports_of_batch(l->st.a, l->v);

	for (size_t i = 0; i < x.n; i++) {
		const struct env_export *e = &x.items[i];
		struct ir_output *o = ir_add_output(l->st.g, e->name, description_of(l, e->what),
						    row_value(l, e), origin_of_section(e->at));

		o->export_name = ir_subf(l->st.g, "${AWS::StackName}-" STR_F, STR_A(e->name));
	}
}

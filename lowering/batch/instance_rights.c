/* SPDX-License-Identifier: Apache-2.0 */
/* instance_rights.c - what the user data of instances must be allowed to do. */
#include "lowering/aws/arn.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/storage.h"
#include "lowering/batch/workflow.h"

/* Questions that templates/batch/fsx.sh asks of FSx, by what is mounted. */
static const char *questions_of(const struct shared_storage *m)
{
	switch (m->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		return m->fsx_lustre_settings.file_system_id.n > 0 ? "fsx:DescribeFileSystems" : "";
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
		return "fsx:DescribeFileCaches";
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
		return "fsx:DescribeVolumes";
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
		return "fsx:DescribeVolumes fsx:DescribeStorageVirtualMachines";
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break;
	}
	return "";
}

static void allow_questions(struct batch_stack *l, const struct batch_environment *e,
			    struct ir_value *statements)
{
	for (size_t i = 0; i < l->b->shared_storage.n; i++) {
		const struct shared_storage *m = &l->b->shared_storage.items[i];
		const char *questions = questions_of(m);

		/* No right to read of FSx can be kept to one file system. Source: Service Authorization Reference. */
		if (batch_mounts(e, m) && questions[0] != '\0')
			allow(&l->st, statements, "Fsx", questions, any_resource(&l->st));
	}
}

/* File systems that let only known roles mount (IamAuthorization). */
static void allow_efs(struct batch_stack *l, const struct batch_environment *e,
		      struct ir_value *statements)
{
	struct ir_value *systems = ir_list(l->st.g);

	for (size_t i = 0; i < l->b->shared_storage.n; i++) {
		const struct shared_storage *m = &l->b->shared_storage.items[i];

		if (m->storage_type != SHARED_STORAGE_STORAGE_TYPE_EFS ||
		    !m->efs_settings.iam_authorization || !batch_mounts(e, m))
			continue;
		ir_push(l->st.g, systems,
			ir_put(l->st.g, arn(&l->st, "elasticfilesystem", STR("file-system/${F}")),
			       "F", l->storage[i]));
	}
	if (systems->n > 0)
		allow(&l->st, statements, "Efs",
		      "elasticfilesystem:ClientMount elasticfilesystem:ClientRootAccess "
		      "elasticfilesystem:ClientWrite",
		      systems);
}

/* Figures of the CloudWatch agent (templates/batch/agent.sh). */
static void allow_metrics(struct batch_stack *l, const struct batch_environment *e,
			  struct ir_value *statements)
{
	if (batch_watches_memory(l) || batch_watches_gpus(l, e))
		allow_when(&l->st,
			   allow(&l->st, statements, "Metrics", "cloudwatch:PutMetricData",
				 any_resource(&l->st)),
			   "cloudwatch:namespace", ir_text(l->st.g, STR(BATCH_NAMESPACE)));
}

/* Volumes of a workflow: an instance attaches the one of its execution to itself (templates/batch/run.sh). */
static void allow_run(struct batch_stack *l, const struct batch_environment *e,
		      struct ir_value *statements)
{
	struct batch_workflow w;
	struct ir_value *stack = ir_ref(l->st.g, STR("AWS::StackName")), *s;

	if (!workflow_on(l->st.a, l->v, e, &w) || w.lustre)
		return;
	s = allow(&l->st, statements, "Volume", "ec2:AttachVolume",
		  arn(&l->st, "ec2", STR("volume/*")));
	allow_when(&l->st, s, "aws:ResourceTag/" STACK_TAG, stack);
	allow_when(&l->st, s, "aws:ResourceTag/" WORKFLOW_TAG, ir_text(l->st.g, w.m->name));
	allow_when(&l->st,
		   allow(&l->st, statements, "ToItself", "ec2:AttachVolume",
			 arn(&l->st, "ec2", STR("instance/*"))),
		   "aws:ResourceTag/" STACK_TAG, stack);
	allow(&l->st, statements, "SeeVolume", "ec2:DescribeVolumes",
	      any_resource(&l->st)); /* Describe actions of EC2 know no resources */
	workflow_allow_key(l, &w, statements);
}

void batch_allow_instances(struct batch_stack *l, const struct batch_environment *e,
			   struct ir_value *statements)
{
	allow_metrics(l, e, statements);
	allow_questions(l, e, statements);
	allow_efs(l, e, statements);
	allow_run(l, e, statements);
}

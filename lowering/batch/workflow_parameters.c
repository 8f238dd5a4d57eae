/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workflow_parameters.c - figures of a workflow that may be changed without a deployment: one JSON object in Parameter
 * Store or Secrets Manager. Those of the file are the defaults, and what the parameter starts with.
 *
 * Names of github.com/kazuki306/batch-with-lustre (cdk.json) are read as well, so that its secret can be taken over.
 */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/base/open_text.h"
#include "lowering/aws/tags.h"
#include "lowering/batch/workflow.h"

static const struct {
	const char *theirs, *ours;
} aliases[] = {
	{"lustreFileSystemTypeVersion", "fileSystemTypeVersion"},
	{"lustreStorageCapacity", "storageCapacity"},
	{"lustreImportedFileChunkSize", "importedFileChunkSize"},
	{"deleteLustre", "deleteStorage"},
	{"waitForLustreCreationSeconds", "pollStorageSeconds"},
	{"waitForDataRepositoryTaskSeconds", "pollExportSeconds"},
	{"waitForCheckMetricsSeconds", "pollExportSeconds"},
	{"ebsSizeGb", "size"},
	{"ebsIOPS", "iops"},
	{"ebsThroughput", "throughput"},
	{"deleteEbs", "deleteStorage"},
	{"waitForEbsCreationSeconds", "pollStorageSeconds"},
	{"jobDefinitionContainerImage", "image"},
	{"jobDefinitionRetryAttempts", "retryAttempts"},
	{"jobDefinitionVcpus", "vcpus"},
	{"jobDefinitionMemory", "memory"},
};

/* ---- the figures ---- */

static void put_lustre(struct batch_stack *l, const struct lowered_workflow *w, struct ir_value *p)
{
	const struct fsx_lustre_settings *m = &w->w.m->fsx_lustre_settings;
	struct ir *g = l->st.g;

	if (m->storage_capacity > 0)
		ir_put_int(g, p, "storageCapacity", m->storage_capacity);
	ir_put_text(g, p, "fileSystemTypeVersion",
		    is_written(&m->at.file_system_type_version)
			    ? enum_text(PROP_FsxLustreSettings_FileSystemTypeVersion,
					m->file_system_type_version)
			    : STR("2.15"));
	ir_put_int(g, p, "importedFileChunkSize", w->w.link->imported_file_chunk_size);
	if (m->per_unit_storage_throughput > 0)
		ir_put_int(g, p, "perUnitStorageThroughput", m->per_unit_storage_throughput);
}

static void put_volume(struct batch_stack *l, const struct ebs_settings *m, struct ir_value *p)
{
	struct ir *g = l->st.g;
	bool gp3 = m->volume_type == EBS_SETTINGS_VOLUME_TYPE_GP3;
	bool io = m->volume_type == EBS_SETTINGS_VOLUME_TYPE_IO1 ||
		  m->volume_type == EBS_SETTINGS_VOLUME_TYPE_IO2;

	ir_put_int(g, p, "size", m->size);
	if (gp3 || io)
		ir_put_int(g, p, "iops", m->iops > 0 ? m->iops : gp3 ? 3000 : 100);
	if (gp3)
		ir_put_int(g, p, "throughput", m->throughput > 0 ? m->throughput : 125);
}

/* Of a job on several nodes each range has its own image and size: they are changed in the file. */
static void put_job(struct batch_stack *l, const struct lowered_workflow *w, struct ir_value *p)
{
	const struct job_definition *m = w->w.job->m;
	const struct container_properties *c = &m->container_properties;
	struct ir *g = l->st.g;

	if (!w->w.job->multinode) {
		ir_put(g, p, "image",
		       ir_get(ir_get(w->job, STR("ContainerProperties")), STR("Image")));
		ir_put(g, p, "vcpus", ir_number(g, c->vcpus));
		ir_put_int(g, p, "memory", c->memory);
	}
	ir_put_int(g, p, "retryAttempts",
		   m->retry_strategy.section.written ? m->retry_strategy.attempts : 1);
}

static struct ir_value *figures_of(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct workflow *m = w->w.m;
	struct ir_value *p = ir_object(l->st.g);

	if (w->w.lustre)
		put_lustre(l, w, p);
	else
		put_volume(l, &m->ebs_settings, p);
	put_job(l, w, p);
	ir_put_bool(l->st.g, p, "deleteStorage", m->delete_storage);
	ir_put_int(l->st.g, p, "pollStorageSeconds", m->poll_seconds.storage);
	if (w->w.lustre)
		ir_put_int(l->st.g, p, "pollExportSeconds", m->poll_seconds.export);
	return p;
}

/* ---- where they stand ---- */

/* An image that the deployment gives, as it stands in a string of JSON. */
static struct ir_value *image(struct batch_stack *l, struct ir_value *v)
{
	bool given = (v->kind == IR_STRING || v->kind == IR_SUB) && !text_is_known(v->text);

	return given ? json_escaped(l->st.g, v) : v;
}

/* The object as JSON; the image may be known to the deployment alone. */
static struct ir_value *text_of(struct batch_stack *l, const struct ir_value *p)
{
	struct ir_value *sub = ir_sub(l->st.g, STR(""));
	struct buf b = buf_in(l->st.a);

	for (size_t i = 0; i < p->nmembers; i++) {
		struct ir_value *v = p->members[i].value;

		buf_fmt(&b, "%c\n  \"" STR_F "\": ", i == 0 ? '{' : ',', STR_A(p->members[i].name));
		if (v->kind == IR_BOOL)
			buf_fmt(&b, "%s", v->boolean ? "true" : "false");
		else if (v->kind == IR_INT)
			buf_fmt(&b, "%lld", (long long)v->integer);
		else if (v->kind == IR_NUMBER)
			buf_fmt(&b, "%.10g", v->number);
		else if (v->kind != IR_STRING || !text_is_known(v->text))
			ir_put(l->st.g, sub, "Image", (buf_fmt(&b, "\"${Image}\""), image(l, v)));
		else
			buf_add(&b, json_write(l->st.a, json_new_text(l->st.a, v->text), 0, 0));
	}
	buf_fmt(&b, "\n}");
	sub->text = buf_str(&b);
	return sub->nmembers > 0 ? sub : ir_text(l->st.g, sub->text);
}

static void store(struct batch_stack *l, struct lowered_workflow *w, const struct ir_value *p)
{
	struct ir *g = l->st.g;
	struct ir_value *tags = ir_object(g);
	struct ir_resource *r;

	r = ir_add(g,
		   batch_id(l, w->secret ? "WorkflowSecret" : "WorkflowParameters", w->w.m->name),
		   w->secret ? "AWS::SecretsManager::Secret" : "AWS::SSM::Parameter",
		   origin_of_section(&w->w.m->section));
	w->parameters = r->id;
	ir_put(g, r->properties, "Description",
	       ir_subf(g, "Figures of the workflow " STR_F " of ${AWS::StackName}",
		       STR_A(w->w.m->name)));
	if (!w->secret)
		ir_put_text(g, r->properties, "Type", STR("String"));
	ir_put(g, r->properties, w->secret ? "SecretString" : "Value", text_of(l, p));
	if (w->secret) {
		tags_put(&l->st, r->properties, "Tags", NULL);
		return;
	}
	batch_put_tags(l, tags, NULL);
	ir_put(g, r->properties, "Tags", ir_get(tags, STR("Tags")));
}

static struct ir_value *aliases_of(struct batch_stack *l, const struct ir_value *p)
{
	struct ir_value *map = ir_object(l->st.g);

	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (ir_get(p, str_c(aliases[i].ours)) != NULL)
			ir_put_text(l->st.g, map, aliases[i].theirs, str_c(aliases[i].ours));
	return map;
}

void workflow_put_parameters(struct batch_stack *l, struct lowered_workflow *w,
			     struct state_values *s)
{
	struct ir *g = l->st.g;
	struct ir_value *p = figures_of(l, w), *c = ir_object(g);

	store(l, w, p);
	ir_put_text(g, c, "name", w->w.m->name);
	ir_put_text(g, c, "what", w->w.lustre ? STR("file system") : STR("volume"));
	ir_put(g, c, "template", ir_ref(g, w->launch_template));
	ir_put(g, c, "aliases", aliases_of(l, p));
	if (w->w.lustre)
		ir_put(g, c, "report", workflow_place(l, w, ".hpcc-reports"));
	state_value(l, s, "Constants", c);
	state_value(l, s, "Defaults", p);
	state_value(
		l, s, "ReadArguments",
		ir_put(g, ir_object(g), w->secret ? "SecretId" : "Name", ir_ref(g, w->parameters)));
	state_value(l, s, "Text",
		    ir_text(g, w->secret ? STR("$states.result.SecretString")
					 : STR("$states.result.Parameter.Value")));
}

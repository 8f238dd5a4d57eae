/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workflow_storage.c - arguments of the calls by which an execution makes, finds and exports its storage.
 *
 * Tokens are made of the execution's id: a call that is repeated makes nothing twice. Source: FSx API,
 * CreateFileSystem, CreateDataRepositoryAssociation, CreateDataRepositoryTask; EC2 API, CreateVolume.
 */
#include "lowering/aws/file_systems.h"
#include "lowering/batch/workflow.h"

/* Whether a service tells the tokens of its calls apart is nowhere said; so each call has another. */
#define TOKEN(of) "{% $hash('" of "' & $root, 'SHA-1') %}"

static void put_number(struct ir *g, struct ir_value *o, const char *name, const char *parameter)
{
	ir_put(g, o, name, ir_textf(g, "{%% $number($p.%s) %%}", parameter));
}

/* As they are: [{Key, Value}]; of those that the file gives the values are no expressions. */
static struct ir_value *tags_of(struct batch_stack *l, const struct lowered_workflow *w,
				const char *name)
{
	struct ir_value *tags = ir_list(l->st.g);

	tag_add(&l->st, tags, STACK_TAG, ir_ref(l->st.g, STR("AWS::StackName")));
	tag_add(&l->st, tags, WORKFLOW_TAG, ir_text(l->st.g, w->w.m->name));
	tag_add(&l->st, tags, EXECUTION_TAG, ir_text(l->st.g, STR("{% $root %}")));
	if (name != NULL)
		tag_add(&l->st, tags, "Name",
			ir_subf(l->st.g, "${AWS::StackName}-" STR_F, STR_A(w->w.m->name)));
	for (size_t i = 0; i < l->b->tags.n; i++) {
		const struct tag *t = &l->b->tags.items[i];

		if (!str_starts(t->key, STR("hpcc:")) && !str_eq(t->key, STR("Name")))
			tag_add(&l->st, tags, arena_str(l->st.a, t->key).s,
				states_literal(l, ir_text(l->st.g, t->value)));
	}
	return tags;
}

struct ir_value *workflow_tags(struct batch_stack *l, const struct lowered_workflow *w,
			       const char *name)
{
	struct ir *g = l->st.g;
	struct ir_value *ret = ir_list(g), *tags = tags_of(l, w, name);

	for (size_t i = 0; i < tags->n; i++) {
		struct ir_value *row = ir_object(g);

		ir_put(g, row, "Key", states_literal(l, ir_get(tags->items[i], STR("Key"))));
		ir_put(g, row, "Value", ir_get(tags->items[i], STR("Value")));
		ir_push(g, ret, row);
	}
	return ret;
}

struct ir_value *workflow_tag_map(struct batch_stack *l, const struct lowered_workflow *w)
{
	struct ir_value *map = ir_object(l->st.g), *list = tags_of(l, w, NULL);

	for (size_t i = 0; i < list->n; i++)
		ir_put_str(l->st.g, map, ir_get(list->items[i], STR("Key"))->text,
			   ir_get(list->items[i], STR("Value")));
	return map;
}

/* ---- Lustre ---- */

struct ir_value *workflow_place(struct batch_stack *l, const struct lowered_workflow *w,
				const char *more)
{
	const struct data_repository_association *m = w->w.link;
	struct str prefix = m->bucket.n > 0 ? m->prefix : m->data_repository_path;
	struct ir_value *sub;
	const char *slash;

	while (prefix.n > 0 && prefix.s[prefix.n - 1] == '/')
		prefix.n--;
	slash = more[0] != '\0' ? "/" : "";
	if (m->bucket.n == 0) {
		sub = ir_subf(l->st.g, "${Place}%s%s", slash, more);
		return more[0] == '\0'
			       ? states_literal(l, ir_text(l->st.g, m->data_repository_path))
			       : ir_put_text(l->st.g, sub, "Place", prefix);
	}
	if (m->prefix.n == 0) /* "/" is one: of the keys that begin with a slash */
		return ir_subf(l->st.g, "s3://${" STR_F "}%s%s",
			       STR_A(bucket_id(&l->st, m->bucket)), slash, more);
	sub = ir_subf(l->st.g, "s3://${" STR_F "}/${Prefix}%s%s",
		      STR_A(bucket_id(&l->st, m->bucket)), slash, more);
	return ir_put_text(l->st.g, sub, "Prefix", more[0] == '\0' ? m->prefix : prefix);
}

/* The settings of a shared storage, with the figure that may be changed. */
static struct ir_value *settings_of(struct batch_stack *l, const struct fsx_lustre_settings *m)
{
	struct ir *g = l->st.g;
	struct ir_value *ret = ir_object(g), *all;

	all = lustre_configuration(&l->st, m, &(struct keeping){0});
	for (size_t i = 0; i < all->nmembers; i++) {
		if (str_eq(all->members[i].name, STR("PerUnitStorageThroughput")))
			put_number(g, ret, "PerUnitStorageThroughput", "perUnitStorageThroughput");
		else
			ir_put_str(g, ret, all->members[i].name, all->members[i].value);
	}
	return ret;
}

static struct ir_value *file_system(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct fsx_lustre_settings *m = &w->w.m->fsx_lustre_settings;
	struct ir *g = l->st.g;
	struct ir_value *o = ir_object(g);

	ir_put_text(g, o, "ClientRequestToken", STR(TOKEN("FileSystem")));
	ir_put_text(g, o, "FileSystemType", STR("LUSTRE"));
	ir_put_text(g, o, "FileSystemTypeVersion", STR("{% $string($p.fileSystemTypeVersion) %}"));
	if (m->storage_capacity > 0)
		put_number(g, o, "StorageCapacity", "storageCapacity");
	if (is_written(&m->at.storage_type))
		ir_put_text(g, o, "StorageType",
			    enum_text(PROP_FsxLustreSettings_StorageType, m->storage_type));
	if (m->kms_key_id.n > 0)
		ir_put(g, o, "KmsKeyId", states_literal(l, ir_text(g, m->kms_key_id)));
	ir_put(g, o, "SubnetIds", ir_push(g, ir_list(g), w->subnet));
	ir_put(g, o, "SecurityGroupIds", w->groups);
	ir_put(g, o, "LustreConfiguration", settings_of(l, m));
	return ir_put(g, o, "Tags", workflow_tags(l, w, "Name"));
}

static void put_events(struct batch_stack *l, struct ir_value *s3, const char *name,
		       const struct model_strings *written)
{
	struct ir_value *events = ir_list(l->st.g);

	list_add_distinct(&l->st, events, text_list(&l->st, written));
	if (events->n > 0)
		ir_put(l->st.g, s3, name, ir_put(l->st.g, ir_object(l->st.g), "Events", events));
}

/* The path of the link without slashes at its end: "/" for the whole file system. */
static struct str link_path(struct str path)
{
	while (path.n > 1 && path.s[path.n - 1] == '/')
		path.n--;
	return path;
}

/* The same without the slashes at its start: empty for the whole file system. */
static struct str inner_path(struct str path)
{
	path = link_path(path);
	while (path.n > 0 && path.s[0] == '/')
		path = str_slice(path, 1, path.n);
	return path;
}

bool workflow_imports(const struct lowered_workflow *w)
{
	const struct data_repository_association *m = w->w.link;

	return w->w.lustre && (m->batch_import_meta_data_on_create ||
			       !is_written(&m->at.batch_import_meta_data_on_create));
}

static struct ir_value *association(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct data_repository_association *m = w->w.link;
	struct ir *g = l->st.g;
	struct ir_value *o = ir_object(g), *s3 = ir_object(g);

	ir_put_text(g, o, "ClientRequestToken", STR(TOKEN("Link")));
	ir_put_text(g, o, "FileSystemId", STR("{% $storage %}"));
	ir_put(g, o, "FileSystemPath",
	       states_literal(l, ir_text(g, link_path(m->file_system_path))));
	ir_put(g, o, "DataRepositoryPath", workflow_place(l, w, ""));
	ir_put_bool(g, o, "BatchImportMetaDataOnCreate", workflow_imports(w));
	put_number(g, o, "ImportedFileChunkSize", "importedFileChunkSize");
	put_events(l, s3, "AutoImportPolicy", &m->auto_import_policy);
	if (w->w.m->mode == WORKFLOW_MODE_LUSTREAUTOEXPORT)
		put_events(l, s3, "AutoExportPolicy", &m->auto_export_policy);
	if (s3->nmembers > 0)
		ir_put(g, o, "S3", s3);
	return ir_put(g, o, "Tags", workflow_tags(l, w, NULL));
}

/* The report must be inside the place of the link. Source: FSx API, CompletionReport. */
static struct ir_value *export(struct batch_stack *l, const struct lowered_workflow *w)
{
	struct ir *g = l->st.g;
	struct ir_value *o = ir_object(g), *report = ir_object(g), *paths = ir_list(g);
	struct str path = inner_path(w->w.link->file_system_path);

	ir_put_text(g, o, "ClientRequestToken", STR(TOKEN("Export")));
	ir_put_text(g, o, "FileSystemId", STR("{% $storage %}"));
	ir_put_text(g, o, "Type", STR("EXPORT_TO_REPOSITORY"));
	if (path.n > 0)
		ir_put(g, o, "Paths", ir_push(g, paths, states_literal(l, ir_text(g, path))));
	ir_put_bool(g, report, "Enabled", true);
	ir_put_text(g, report, "Path", STR("{% $c.report & '/' & $split($root, ':')[-1] %}"));
	ir_put_text(g, report, "Format", STR("REPORT_CSV_20191124"));
	ir_put_text(g, report, "Scope", STR("FAILED_FILES_ONLY"));
	ir_put(g, o, "Report", report);
	return ir_put(g, o, "Tags", workflow_tags(l, w, NULL));
}

/* What has the tag of the execution, as a filter of JSONata; FSx has none of its own for tags. */
#define MARKED "$count(Tags[Key = '" EXECUTION_TAG "' and Value = $root]) > 0"

static void put_lustre(struct batch_stack *l, struct lowered_workflow *w, struct state_values *s)
{
	struct ir *g = l->st.g;
	struct ir_value *import = ir_object(g);

	put_events(l, import, "AutoImportPolicy", &w->w.link->auto_import_policy);
	/* What is left out may stay as it is; an empty list switches it off either way. */
	ir_put(g, import, "AutoExportPolicy", ir_put(g, ir_object(g), "Events", ir_list(g)));
	state_value(l, s, "ImportOnly", import);
	state_value(l, s, "FileSystem", file_system(l, w));
	state_value(l, s, "Association", association(l, w));
	state_value(l, s, "Export", export(l, w));
	state_value(l, s, "FindArguments",
		    ir_text(g, STR("{% $next = '' ? {} : {'NextToken': $next} %}")));
	state_value(
		l, s, "Found",
		ir_text(g, STR("{% '' & $states.result.FileSystems[" MARKED "].FileSystemId %}")));
	state_value(l, s, "FoundState",
		    ir_text(g, STR("{% '' & $states.result.FileSystems[" MARKED "].Lifecycle %}")));
}

/* ---- volumes ---- */

static struct ir_value *tagged(struct batch_stack *l, const struct lowered_workflow *w,
			       const char *type)
{
	struct ir *g = l->st.g;
	struct ir_value *row = ir_object(g);

	ir_put_text(g, row, "ResourceType", str_c(type));
	ir_put(g, row, "Tags", workflow_tags(l, w, "Name"));
	return ir_push(g, ir_list(g), row);
}

static struct ir_value *volume(struct batch_stack *l, const struct lowered_workflow *w)
{
	const struct ebs_settings *m = &w->w.m->ebs_settings;
	struct ir *g = l->st.g;
	struct ir_value *o = ir_object(g);
	bool gp3 = m->volume_type == EBS_SETTINGS_VOLUME_TYPE_GP3;

	ir_put_text(g, o, "ClientToken", STR(TOKEN("Volume")));
	ir_put(g, o, "AvailabilityZone", w->zone);
	ir_put_text(g, o, "VolumeType",
		    enum_text(PROP_EbsSettings_VolumeType, (int)m->volume_type));
	put_number(g, o, "Size", "size");
	if (gp3 || m->volume_type == EBS_SETTINGS_VOLUME_TYPE_IO1 ||
	    m->volume_type == EBS_SETTINGS_VOLUME_TYPE_IO2)
		put_number(g, o, "Iops", "iops");
	if (gp3)
		put_number(g, o, "Throughput", "throughput");
	ir_put_bool(g, o, "Encrypted", m->encrypted);
	if (m->kms_key_id.n > 0)
		ir_put_text(g, o, "KmsKeyId", m->kms_key_id);
	if (m->snapshot_id.n > 0)
		ir_put_text(g, o, "SnapshotId", m->snapshot_id);
	return ir_put(g, o, "TagSpecifications", tagged(l, w, "volume"));
}

static void put_volume(struct batch_stack *l, struct lowered_workflow *w, struct state_values *s)
{
	struct ir *g = l->st.g;
	struct ir_value *filter = ir_object(g), *snapshot = ir_object(g);

	ir_put_text(g, filter, "Name", STR("tag:" EXECUTION_TAG));
	ir_put(g, filter, "Values", ir_push(g, ir_list(g), ir_text(g, STR("{% $root %}"))));
	state_value(l, s, "Volume", volume(l, w));
	state_value(l, s, "FindArguments",
		    ir_put(g, ir_object(g), "Filters", ir_push(g, ir_list(g), filter)));
	state_value(l, s, "Found",
		    ir_text(g, STR("{% '' & $states.result.Volumes[0].VolumeId %}")));
	state_value(l, s, "FoundState",
		    ir_text(g, STR("{% '' & $states.result.Volumes[0].State %}")));
	ir_put_text(g, snapshot, "VolumeId", STR("{% $storage %}"));
	ir_put(g, snapshot, "TagSpecifications", tagged(l, w, "snapshot"));
	state_value(l, s, "Snapshot", snapshot);
}

void workflow_put_storage(struct batch_stack *l, struct lowered_workflow *w, struct state_values *s)
{
	if (w->w.lustre)
		put_lustre(l, w, s);
	else
		put_volume(l, w, s);
}

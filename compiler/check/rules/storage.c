/* SPDX-License-Identifier: Apache-2.0 */
/* storage.c - rules about the list SharedStorage and its items: counts, settings of the right type. */
#include "compiler/check/rules/storage.h"

/* ---- common steps ---- */

/* Are the settings there, but no mapping? */
static bool settings_faulty(const struct shared_storage *s)
{
	return !USABLE(s, ebs_settings) || !USABLE(s, efs_settings) ||
	       !USABLE(s, fsx_lustre_settings) || !USABLE(s, fsx_open_zfs_settings) ||
	       !USABLE(s, fsx_ontap_settings) || !USABLE(s, file_cache_settings);
}

void each_storage(const struct rules *r, enum shared_storage_storage_type type, storage_function *f)
{
	const struct shared_storage_list *list = r->storage;

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i];

		if (WRITTEN(s, storage_type) && s->storage_type == type && !settings_faulty(s))
			f(r, s);
	}
}

/* The file system that a workflow makes, as a storage. */
static struct shared_storage storage_of(const struct workflow *w)
{
	struct shared_storage s = {
		.section = w->section,
		.name = w->name,
		.mount_dir = w->mount_dir,
		.storage_type = SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE,
		.fsx_lustre_settings = w->fsx_lustre_settings,
	};

	s.at.name = w->at.name;
	s.at.mount_dir = w->at.mount_dir;
	s.at.storage_type = w->at.mode;
	s.at.fsx_lustre_settings = w->at.fsx_lustre_settings;
	/* A workflow takes neither at all, which rule_workflow_storage_new() tells. */
	s.fsx_lustre_settings.at.import_path.state = FIELD_ABSENT;
	s.fsx_lustre_settings.at.export_path.state = FIELD_ABSENT;
	return s;
}

/* The i-th file system of Lustre that a workflow makes, or NULL where it makes none. */
static const struct shared_storage *workflow_lustre(const struct rules *r, size_t i)
{
	const struct workflow *w = &r->b->workflows.items[i];
	struct shared_storage *s;

	if (!WRITTEN(w, mode) || w->mode == WORKFLOW_MODE_EBS || !WRITTEN(w, fsx_lustre_settings))
		return NULL;
	s = NEW(r->a, struct shared_storage);
	*s = storage_of(w);
	return s;
}

void each_lustre(const struct rules *r, storage_function *f)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, f);
	for (size_t i = 0; r->b != NULL && i < r->b->workflows.n; i++) {
		const struct shared_storage *s = workflow_lustre(r, i);

		if (s != NULL)
			f(r, s);
	}
}

static void links_of(const struct rules *r, void *context, const struct shared_storage *s,
		     link_function *f)
{
	const struct data_repository_association_list *list =
		&s->fsx_lustre_settings.data_repository_associations;

	for (size_t i = 0; i < list->n; i++)
		f(r, context, &list->items[i]);
}

void each_link(const struct rules *r, void *context, link_function *f)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];

		if (WRITTEN(s, storage_type) && !settings_faulty(s) &&
		    s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE)
			links_of(r, context, s, f);
	}
	for (size_t i = 0; r->b != NULL && i < r->b->workflows.n; i++) {
		const struct shared_storage *s = workflow_lustre(r, i);

		if (s != NULL)
			links_of(r, context, s, f);
	}
}

const struct field_at *storage_existing(const struct shared_storage *s, struct str *ret_id)
{
	const struct {
		const struct field_at *f;
		struct str id;
	} ids[] = {
		{&s->ebs_settings.at.volume_id, s->ebs_settings.volume_id},
		{&s->efs_settings.at.file_system_id, s->efs_settings.file_system_id},
		{&s->fsx_lustre_settings.at.file_system_id, s->fsx_lustre_settings.file_system_id},
		{&s->fsx_open_zfs_settings.at.volume_id, s->fsx_open_zfs_settings.volume_id},
		{&s->fsx_ontap_settings.at.volume_id, s->fsx_ontap_settings.volume_id},
		{&s->file_cache_settings.at.file_cache_id, s->file_cache_settings.file_cache_id},
	};

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (is_written(ids[i].f)) {
			*ret_id = ids[i].id;
			return ids[i].f;
		}
	}
	return NULL;
}

bool is_new_lustre(const struct shared_storage *s)
{
	return WRITTEN(s, storage_type) &&
	       s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE &&
	       !GIVEN(&s->fsx_lustre_settings, file_system_id);
}

bool is_persistent(const struct fsx_lustre_settings *f)
{
	return f->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_1 ||
	       f->deployment_type == FSX_LUSTRE_SETTINGS_DEPLOYMENT_TYPE_PERSISTENT_2;
}

bool is_tiering(const struct fsx_lustre_settings *f)
{
	return WRITTEN(f, storage_type) &&
	       f->storage_type == FSX_LUSTRE_SETTINGS_STORAGE_TYPE_INTELLIGENT_TIERING;
}

bool is_efa_lustre(const struct shared_storage *s)
{
	return is_new_lustre(s) && WRITTEN(&s->fsx_lustre_settings, efa_enabled) &&
	       s->fsx_lustre_settings.efa_enabled;
}

struct span storage_span(const struct shared_storage *s)
{
	return WRITTEN(s, name) ? s->at.name.value : section_span(&s->section);
}

bool network_known(const struct rules *r)
{
	const struct network *m;

	if (r->net == NULL || !r->net->m->section.written || r->net->nsubnets == 0)
		return false;
	m = r->net->m;
	for (size_t i = 0; i < m->subnets.n; i++)
		if (m->subnets.items[i].section.poisoned)
			return false;
	return USABLE(m, subnets) && USABLE(m, availability_zones);
}

const struct env_security_group *storage_group(const struct rules *r,
					       const struct shared_storage *s)
{
	const struct env_security_group_list *groups = &r->e->security_groups;

	if (!USABLE(r->e, security_groups) || !USABLE(s, security_group))
		return NULL;
	for (size_t i = 0; i < groups->n; i++)
		if (!WRITTEN(s, security_group) || str_eq(groups->items[i].name, s->security_group))
			return &groups->items[i];
	return NULL;
}

bool lustre_goes(const struct rules *r, const struct fsx_lustre_settings *f)
{
	if (!USABLE(f, deletion_policy) || !USABLE(f, deployment_type))
		return false;
	if (WRITTEN(f, deletion_policy))
		return f->deletion_policy == FSX_LUSTRE_SETTINGS_DELETION_POLICY_DELETE;
	return r->c != NULL || (!is_persistent(f) && !GIVEN(f, backup_id));
}

/* ---- the settings section ---- */

/* Does the value of the chooser stand in the file, or has it a default? Then *ret is its 1-based index. */
static bool chosen(const struct any_section *s, int *ret)
{
	enum prop_id chooser = (enum prop_id)s->schema->chooser;

	if (!s->schema->has_settings || any_at(s)->poisoned || is_poisoned(any_field(s, chooser)))
		return false;
	*ret = any_enum(s, chooser);
	return *ret > 0;
}

static struct span chooser_span(const struct any_section *s)
{
	const struct field_at *at = any_field(s, (enum prop_id)s->schema->chooser);

	return is_written(at) ? at->value : section_span(any_at(s));
}

/* The section that the value needs, where it is missing; NULL where it is not, or the value needs none. */
static const struct prop *lacking(const struct any_section *s, int value)
{
	for (size_t i = 0; i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];

		if (p->needed && p->choice == value &&
		    any_field(s, s->schema->first + i)->state == FIELD_ABSENT)
			return p;
	}
	return NULL;
}

/* Is the section one that its own value needs, in place of the one that is missing? That is one mistake. */
static bool stands_instead(const struct any_section *s, const struct prop *p, int value)
{
	return p->needed && p->choice != value && lacking(s, value) != NULL;
}

/* An empty section of another value is passed over, as ParallelCluster does. */
static bool is_empty_mapping(struct span at)
{
	return str_eq(str_trim(span_text(at)), STR("{}"));
}

/* What the value of the chooser takes. */
static void help_settings(const struct rules *r, struct diag *d, const struct any_section *s,
			  int value)
{
	for (size_t i = 0; i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];

		if (p->choice != value)
			continue;
		diag_help(r->ds, d, "`" STR_F ": " STR_F "` takes `" STR_F "`",
			  STR_A(schema_props[s->schema->chooser].name),
			  STR_A(enum_text((enum prop_id)s->schema->chooser, value)),
			  STR_A(p->name));
		return;
	}
}

static void settings_fit(const struct rules *r, const struct any_section *s)
{
	enum prop_id chooser = (enum prop_id)s->schema->chooser;
	int value = 0;

	for (size_t i = 0; chosen(s, &value) && i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];
		const struct field_at *f = any_field(s, s->schema->first + i);
		struct diag *d;

		if (p->choice == 0 || p->choice == value || !is_written(f) ||
		    is_empty_mapping(f->value) || stands_instead(s, p, value))
			continue;
		d = diag_foreign_settings(r->ds, f->key, p->name, schema_props[chooser].name,
					  enum_text(chooser, value));
		if (is_written(any_field(s, chooser)))
			diag_label(r->ds, d, any_field(s, chooser)->value, "the type is set here");
		else
			diag_note(r->ds, d, STR_F " is not written; its default is " STR_F,
				  STR_A(schema_props[chooser].name),
				  STR_A(enum_text(chooser, value)));
		help_settings(r, d, s, value);
	}
}

void rule_storage_settings_fit(const struct rules *r)
{
	each_section(r, settings_fit);
}

static void settings_there(const struct rules *r, const struct any_section *s)
{
	enum prop_id chooser = (enum prop_id)s->schema->chooser;
	int value = 0;
	const struct prop *own = chosen(s, &value) ? lacking(s, value) : NULL;
	bool instead = false;
	struct diag *d;

	if (own == NULL)
		return;
	d = diag_missing_settings(r->ds, chooser_span(s), schema_props[chooser].name,
				  enum_text(chooser, value), own->name);
	for (size_t i = 0; !instead && i < s->schema->nprops; i++) {
		const struct prop *p = &s->schema->props[i];
		const struct field_at *f = any_field(s, s->schema->first + i);

		instead = p->choice != 0 && is_written(f) && stands_instead(s, p, value);
		if (!instead)
			continue;
		diag_label(r->ds, d, f->key, "this is of " STR_F " `" STR_F "`",
			   STR_A(schema_props[chooser].name), STR_A(enum_text(chooser, p->choice)));
		diag_help(r->ds, d, "write `" STR_F ": " STR_F "`",
			  STR_A(schema_props[chooser].name), STR_A(enum_text(chooser, p->choice)));
	}
	if (!instead)
		diag_help(r->ds, d, "add `" STR_F ": …`", STR_A(own->name));
}

void rule_storage_settings_there(const struct rules *r)
{
	each_section(r, settings_there);
}

/* ---- the list ---- */

enum count_kind {
	COUNT_EBS,
	COUNT_RAID,
	COUNT_NEW_EFS,
	COUNT_EFS,
	COUNT_NEW_FSX,
	COUNT_FSX,
	COUNTS
};

/* Source: ParallelCluster, NumberOfStorageValidator. */
static const struct {
	const char *what;
	unsigned most;
} limits[COUNTS] = {
	[COUNT_EBS] = {"EBS volumes", 5},
	[COUNT_RAID] = {"RAID arrays", 1},
	[COUNT_NEW_EFS] = {"new EFS file systems", 1},
	[COUNT_EFS] = {"existing EFS file systems", 20},
	[COUNT_NEW_FSX] = {"new FSx file systems", 1},
	[COUNT_FSX] = {"existing FSx file systems and caches", 20},
};

/* COUNTS where what tells the kind is faulty. */
static enum count_kind count_kind(const struct shared_storage *s)
{
	switch (s->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
		if (s->ebs_settings.raid.section.written)
			return COUNT_RAID;
		return s->ebs_settings.raid.section.poisoned ? COUNTS : COUNT_EBS;
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		return GIVEN(&s->efs_settings, file_system_id) ? COUNT_EFS : COUNT_NEW_EFS;
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		return GIVEN(&s->fsx_lustre_settings, file_system_id) ? COUNT_FSX : COUNT_NEW_FSX;
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break;
	}
	return COUNT_FSX;
}

void rule_storage_count(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;
	unsigned count[COUNTS] = {0};
	struct span over[COUNTS] = {{0}};

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i];
		enum count_kind kind = count_kind(s);

		if (!WRITTEN(s, storage_type) || kind == COUNTS)
			continue;
		if (count[kind]++ == limits[kind].most)
			over[kind] = storage_span(s);
	}
	for (size_t kind = 0; kind < COUNTS; kind++)
		if (count[kind] > limits[kind].most)
			diag_storage_count(r->ds, over[kind], count[kind], limits[kind].what,
					   limits[kind].most);
}

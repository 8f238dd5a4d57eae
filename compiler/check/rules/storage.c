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

struct span storage_span(const struct shared_storage *s)
{
	return WRITTEN(s, name) ? s->at.name.value : section_span(&s->section);
}

/* ---- the settings section ---- */

/* Which settings section belongs to which StorageType. */
static const struct {
	enum shared_storage_storage_type type;
	enum prop_id settings;
	bool required;
} kinds[] = {
	{SHARED_STORAGE_STORAGE_TYPE_EBS, PROP_SharedStorage_EbsSettings, false},
	{SHARED_STORAGE_STORAGE_TYPE_EFS, PROP_SharedStorage_EfsSettings, false},
	{SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE, PROP_SharedStorage_FsxLustreSettings, false},
	{SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS, PROP_SharedStorage_FsxOpenZfsSettings, true},
	{SHARED_STORAGE_STORAGE_TYPE_FSXONTAP, PROP_SharedStorage_FsxOntapSettings, true},
	{SHARED_STORAGE_STORAGE_TYPE_FILECACHE, PROP_SharedStorage_FileCacheSettings, true},
};

static struct any_section any_storage(const struct shared_storage *s)
{
	return (struct any_section){&schema_sections[SECTION_SharedStorage], (const char *)s};
}

static struct str type_text(const struct shared_storage *s)
{
	return enum_text(PROP_SharedStorage_StorageType, s->storage_type);
}

/* An empty section of another type is passed over, as ParallelCluster does. */
static bool is_empty_mapping(struct span at)
{
	return str_eq(str_trim(span_text(at)), STR("{}"));
}

static void settings_fit(const struct rules *r, const struct shared_storage *s)
{
	struct any_section any = any_storage(s);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct field_at *f = any_field(&any, kinds[i].settings);
		struct diag *d;

		if (kinds[i].type == s->storage_type || !is_written(f) ||
		    is_empty_mapping(f->value))
			continue;
		d = diag_foreign_settings(r->ds, f->key, schema_props[kinds[i].settings].name,
					  type_text(s));
		diag_label(r->ds, d, s->at.storage_type.value, "the type is set here");
	}
}

void rule_storage_settings_fit(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;

	for (size_t i = 0; i < list->n; i++)
		if (WRITTEN(&list->items[i], storage_type))
			settings_fit(r, &list->items[i]);
}

void rule_storage_settings_there(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i];
		struct any_section any = any_storage(s);

		for (size_t k = 0; WRITTEN(s, storage_type) && k < ARRAY_LEN(kinds); k++) {
			if (!kinds[k].required || kinds[k].type != s->storage_type ||
			    any_field(&any, kinds[k].settings)->state != FIELD_ABSENT)
				continue;
			diag_missing_settings(r->ds, s->at.storage_type.value, type_text(s),
					      schema_props[kinds[k].settings].name);
		}
	}
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

static enum count_kind count_kind(const struct shared_storage *s)
{
	switch (s->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
		return s->ebs_settings.raid.section.written ? COUNT_RAID : COUNT_EBS;
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

		if (!WRITTEN(s, storage_type))
			continue;
		if (count[kind]++ == limits[kind].most)
			over[kind] = storage_span(s);
	}
	for (size_t kind = 0; kind < COUNTS; kind++)
		if (count[kind] > limits[kind].most)
			diag_storage_count(r->ds, over[kind], count[kind], limits[kind].what,
					   limits[kind].most);
}

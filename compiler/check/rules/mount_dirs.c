/* SPDX-License-Identifier: Apache-2.0 */
/* mount_dirs.c - rules about the directories on which storage is mounted, shared and local. */
#include "compiler/base/map.h"
#include "compiler/base/search.h"
#include "compiler/check/rules/storage.h"

#include <stdlib.h>

/* Source: ParallelCluster, SharedStorageMountDirValidator. */
static const char *const reserved[] = {
	"/bin",
	"/boot",
	"/dev",
	"/etc",
	"/lib",
	"/lib64",
	"/media",
	"/mnt",
	"/opt",
	"/opt/intel",
	"/opt/parallelcluster",
	"/opt/parallelcluster/shared",
	"/opt/parallelcluster/shared_login_nodes",
	"/opt/slurm",
	"/proc",
	"/root",
	"/run",
	"/sbin",
	"/srv",
	"/sys",
	"/tmp",
	"/usr",
	"/var",
};

/* Where nodes of hpcc keep scripts, keys and state; nothing below them is free either. */
static const char
	*const
		own
			[] =
				{
					"/opt/hpcc",	     "/srv/hpcc",     "/etc/hpcc",
					"/run/hpcc",	     "/var/lib/hpcc", "/var/log/hpcc",
					"/opt/awsbatch-cli", /* templates/awsbatch, which clears it */
};

/*
 * What an image has files below, or what AWS's software, which nodes install and call, has there. /usr/local, the rest
 * of /opt and most of /var are for whoever runs the machine.
 */
static const char *const system_dirs[] = {
	"/bin",	      "/boot",	      "/dev",	   "/etc",	   "/lib",
	"/lib64",     "/opt/amazon",  "/opt/aws",  "/opt/dlami",   "/opt/parallelcluster",
	"/opt/slurm", "/proc",	      "/root",	   "/run",	   "/sbin",
	"/sys",	      "/usr/bin",     "/usr/etc",  "/usr/include", "/usr/lib",
	"/usr/lib64", "/usr/libexec", "/usr/sbin", "/usr/share",   "/var/cache",
	"/var/lib",   "/var/log",     "/var/run",  "/var/spool",
};

/* The instance store of one node may hold these; users of the image have their homes in /home, though. */
static const char *const local_free[] = {"/media", "/mnt", "/tmp"};

/* The directory of n that is `dir` or lies around it, or NULL. */
static const char *around(struct str dir, const char *const *dirs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(dir, str_c(dirs[i])) || dir_within(dir, str_c(dirs[i])))
			return dirs[i];
	return NULL;
}

static void not_of_the_system(const struct rules *r, struct str written, struct span at, bool local)
{
	struct str dir = mount_dir(r->a, written);
	const char *outer = around(dir, system_dirs, ARRAY_LEN(system_dirs));
	bool taken = AMONG(dir, reserved) || around(dir, own, ARRAY_LEN(own)) != NULL ||
		     (local && str_eq(dir, STR("/home")));

	if (taken && !(local && AMONG(dir, local_free)))
		diag_help(r->ds, diag_reserved_mount_dir(r->ds, at, dir),
			  "choose another directory, such as /%s", local ? "scratch" : "shared");
	else if (!taken && outer != NULL)
		diag_help(r->ds, diag_mount_dir_in_system(r->ds, at, dir, outer),
			  "choose a directory outside of it, such as /%s",
			  local ? "scratch" : "shared");
}

static void local_not_of_the_system(const struct rules *r, const struct ephemeral_volume *v)
{
	if (WRITTEN(v, mount_dir))
		not_of_the_system(r, v->mount_dir, v->at.mount_dir.value, true);
}

static void local_dirs_free(const struct rules *r, const struct cluster *c)
{
	const struct slurm_queue_list *queues = &c->scheduling.slurm_queues;

	local_not_of_the_system(r, &c->head_node.local_storage.ephemeral_volume);
	for (size_t i = 0; i < queues->n; i++)
		local_not_of_the_system(
			r, &queues->items[i].compute_settings.local_storage.ephemeral_volume);
}

/* Those of the instances of a compute environment. */
static void instance_dirs_free(const struct rules *r, const struct any_section *s)
{
	const struct compute_environment *e = (const void *)s->model;
	const struct queue_local_storage *m = &e->local_storage;

	if (s->schema != &schema_sections[SECTION_ComputeEnvironment])
		return;
	local_not_of_the_system(r, &m->ephemeral_volume);
	if (WRITTEN(&m->scratch_volume, mount_dir))
		not_of_the_system(r, m->scratch_volume.mount_dir,
				  m->scratch_volume.at.mount_dir.value, true);
}

/* What an image of a container has files in, whatever it is. */
static const char *const image_dirs[] = {
	"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr",
};

/* The storage of a workflow covers a directory of the container; the instance has it elsewhere. */
static void container_dirs_free(const struct rules *r, const struct workflow_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct workflow *m = &list->items[i];
		struct str dir = mount_dir(r->a, m->mount_dir);
		const char *outer = around(dir, system_dirs, ARRAY_LEN(system_dirs));
		struct diag *d;

		if (!WRITTEN(m, mount_dir))
			continue;
		if (AMONG(dir, image_dirs))
			d = diag_reserved_mount_dir(r->ds, m->at.mount_dir.value, dir);
		else if (outer != NULL)
			d = diag_mount_dir_in_system(r->ds, m->at.mount_dir.value, dir, outer);
		else
			continue;
		diag_note(r->ds, d, "programs of the image that are there are hidden from the job");
		diag_help(r->ds, d, "choose another directory, such as /scratch");
	}
}

void rule_mount_dir_free(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;

	for (size_t i = 0; i < list->n; i++)
		if (WRITTEN(&list->items[i], mount_dir))
			not_of_the_system(r, list->items[i].mount_dir,
					  list->items[i].at.mount_dir.value, false);
	if (r->c != NULL)
		local_dirs_free(r, r->c);
	else
		each_section(r, instance_dirs_free);
	if (r->b != NULL)
		container_dirs_free(r, &r->b->workflows);
}

static void not_home(const struct rules *r, const struct shared_storage *s)
{
	if (WRITTEN(s, mount_dir) && str_eq(mount_dir(r->a, s->mount_dir), STR("/home")))
		diag_file_cache_home(r->ds, s->at.mount_dir.value);
}

void rule_file_cache_not_home(const struct rules *r)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FILECACHE, not_home);
}

/* ---- shared directories against each other ---- */

void rule_mount_dirs_distinct(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;
	struct map seen = {0};

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i], *first;
		struct span at = s->at.mount_dir.value;
		struct str dir = mount_dir(r->a, s->mount_dir);
		struct diag *d;

		if (!WRITTEN(s, mount_dir))
			continue;
		first = map_get(&seen, dir);
		if (first == NULL) {
			map_put(&seen, r->a, dir, s);
			continue;
		}
		d = str_eq(s->mount_dir, first->mount_dir)
			    ? diag_duplicate_mount_dir(r->ds, at, s->mount_dir)
			    : diag_same_mount_dir(r->ds, at, s->mount_dir, first->mount_dir);
		diag_label(r->ds, d, first->at.mount_dir.value, "the first one");
	}
}

/* A directory on which something is mounted. */
struct mounted {
	struct str dir; /* absolute */
	const struct shared_storage *s;
};

/* Where a byte of a path stands in the order: the slash first, so that what lies in a directory follows it. */
static unsigned rank(char c)
{
	return c == '/' ? 0 : 1u + (unsigned char)c;
}

static int by_dir(const void *pa, const void *pb)
{
	const struct mounted *a = pa, *b = pb;
	size_t n = a->dir.n < b->dir.n ? a->dir.n : b->dir.n, i = 0;

	while (i < n && a->dir.s[i] == b->dir.s[i])
		i++;
	if (i < n)
		return rank(a->dir.s[i]) < rank(b->dir.s[i]) ? -1 : 1;
	if (a->dir.n != b->dir.n)
		return a->dir.n < b->dir.n ? -1 : 1;
	return a->s < b->s ? -1 : 1;
}

static void report_nested(const struct rules *r, const struct mounted *m,
			  const struct shared_storage *outer)
{
	struct span at = m->s->at.mount_dir.value;
	struct diag *d = r->b != NULL
				 ? diag_nested_mount_refused(r->ds, at, m->dir, outer->mount_dir)
				 : diag_nested_mount_dir(r->ds, at, m->dir, outer->mount_dir);

	diag_label(r->ds, d, outer->at.mount_dir.value, "mounted on the same nodes");
	diag_note(r->ds, d,
		  "whichever is mounted last hides the other, or stays unmounted when the "
		  "outer one is late");
}

void rule_mount_dirs_not_nested(const struct rules *r)
{
	const struct shared_storage_list *list = r->storage;
	struct mounted *all = NEW_ARRAY(r->a, struct mounted, list->n + 1);
	const struct mounted **around = NEW_ARRAY(r->a, const struct mounted *, list->n + 1);
	size_t n = 0, depth = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i];

		if (WRITTEN(s, mount_dir))
			all[n++] = (struct mounted){mount_dir(r->a, s->mount_dir), s};
	}
	qsort(all, n, sizeof(*all), by_dir);
	/* `around` holds the directories that lie around the last one, that one included. */
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && str_eq(all[i].dir, all[i - 1].dir)) {
			if (depth > 1)
				report_nested(r, &all[i], around[depth - 2]->s);
			continue;
		}
		while (depth > 0 && !dir_within(all[i].dir, around[depth - 1]->dir))
			depth--;
		if (depth > 0)
			report_nested(r, &all[i], around[depth - 1]->s);
		around[depth++] = &all[i];
	}
}

/* ---- shared directories against the instance store ---- */

/* Where the disks of a node kind are mounted, and one type that has disks. */
struct local_dir {
	struct str dir, type;
	struct span at; /* of the type */
};

static void against_local(const struct rules *r, const struct local_dir *local)
{
	const struct shared_storage_list *list = r->storage;
	struct str dir = mount_dir(r->a, local->dir);

	for (size_t i = 0; i < list->n; i++) {
		const struct shared_storage *s = &list->items[i];
		struct str shared = mount_dir(r->a, s->mount_dir);
		struct diag *d;

		if (!WRITTEN(s, mount_dir) ||
		    (!str_eq(shared, dir) && !dir_within(shared, dir) && !dir_within(dir, shared)))
			continue;
		d = diag_ephemeral_mount_dir(r->ds, s->at.mount_dir.value, shared, local->type,
					     dir);
		diag_label(r->ds, d, local->at, "this type has local disks");
		diag_help(r->ds, d, "choose another MountDir here or in EphemeralVolume");
	}
}

static struct str dir_of(const struct ephemeral_volume *v)
{
	return WRITTEN(v, mount_dir) ? v->mount_dir : STR("/scratch");
}

/* The first type with disks of a queue; false when there is none. */
static bool queue_disks(const struct rules *r, const struct slurm_queue *q, struct local_dir *ret)
{
	for (size_t i = 0; i < q->compute_resources.n; i++) {
		struct named_type types[MAX_TYPES];
		size_t n = compute_types(r, &q->compute_resources.items[i], types);

		for (size_t k = 0; k < n; k++) {
			if (types[k].type == NULL || types[k].type->disks == 0)
				continue;
			*ret = (struct local_dir){
				dir_of(&q->compute_settings.local_storage.ephemeral_volume),
				types[k].name, types[k].at};
			return true;
		}
	}
	return false;
}

void rule_mount_dirs_off_local_disks(const struct rules *r)
{
	const struct head_node *head = &r->c->head_node;
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	const struct instance_type *type =
		WRITTEN(head, instance_type) ? facts_instance(r->facts, head->instance_type) : NULL;
	struct local_dir local = {0};

	if (type != NULL && type->disks > 0) {
		local = (struct local_dir){dir_of(&head->local_storage.ephemeral_volume),
					   head->instance_type, head->at.instance_type.value};
		against_local(r, &local);
	}
	for (size_t i = 0; i < queues->n && i < MAX_COMPUTE_RESOURCES; i++)
		if (queue_disks(r, &queues->items[i], &local))
			against_local(r, &local);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* openzfs.c - rules about a new FSx for OpenZFS file system. */
#include "compiler/base/buf.h"
#include "compiler/base/cidr.h"
#include "compiler/check/rules/storage.h"

static void each_openzfs(const struct rules *r, storage_function *f)
{
	each_storage(r, SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS, f);
}

/* The row of its deployment type, which has a default; NULL where it is faulty. */
static const struct openzfs *kind_of_openzfs(const struct rules *r,
					     const struct fsx_open_zfs_settings *f)
{
	return USABLE(f, deployment_type)
		       ? facts_openzfs(r->facts, enum_text(PROP_FsxOpenZfsSettings_DeploymentType,
							   f->deployment_type))
		       : NULL;
}

/* "64, 128 or 256" */
static struct str throughputs(const struct rules *r, const struct openzfs *z)
{
	struct buf b = buf_in(r->a);

	for (size_t i = 0; i < z->nthroughput; i++)
		buf_fmt(&b, "%s%u",
			i == 0			   ? ""
			: i + 1u == z->nthroughput ? " or "
						   : ", ",
			z->throughput[i]);
	return buf_str(&b);
}

/* ---- figures ---- */

static void figures_there(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;
	bool size = f->at.storage_capacity.state == FIELD_ABSENT;
	bool throughput = f->at.throughput_capacity.state == FIELD_ABSENT;
	const struct openzfs *z = kind_of_openzfs(r, f);
	struct diag *d;

	if (!WRITTEN(s, fsx_open_zfs_settings) || f->section.poisoned || (!size && !throughput))
		return;
	d = diag_openzfs_needs(r->ds, s->at.fsx_open_zfs_settings.key,
			       !throughput ? "`StorageCapacity`"
			       : !size	   ? "`ThroughputCapacity`"
					   : "`StorageCapacity` and `ThroughputCapacity`");
	if (size)
		diag_help(r->ds, d, "add `StorageCapacity: 64` or more, in GiB");
	if (throughput && z != NULL)
		diag_help(r->ds, d, "add `ThroughputCapacity: %u`, in MB/s", z->throughput[0]);
}

/* The deployment types that have the throughput: "SINGLE_AZ_1 and SINGLE_AZ_HA_1"; empty for none. */
static struct str kinds_with(const struct rules *r, int64_t mbps)
{
	struct buf b = buf_in(r->a);
	size_t n = 0, all = 0;

	for (size_t i = 0; i < facts_openzfs_count(r->facts); i++)
		all += openzfs_throughput_ok(facts_openzfs_at(r->facts, i), mbps);
	for (size_t i = 0; i < facts_openzfs_count(r->facts); i++) {
		const struct openzfs *z = facts_openzfs_at(r->facts, i);

		if (openzfs_throughput_ok(z, mbps))
			buf_fmt(&b, "%s" STR_F,
				n++ == 0   ? ""
				: n == all ? " and "
					   : ", ",
				STR_A(z->deployment));
	}
	return buf_str(&b);
}

static void throughput_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;
	const struct openzfs *z = kind_of_openzfs(r, f);
	int64_t below, above;
	struct diag *d;

	if (z == NULL || !WRITTEN(f, throughput_capacity) ||
	    openzfs_throughput_ok(z, f->throughput_capacity))
		return;
	d = diag_openzfs_throughput(r->ds, f->at.throughput_capacity.value, z->deployment,
				    (long long)f->throughput_capacity);
	openzfs_throughput_near(z, f->throughput_capacity, &below, &above);
	if (below > 0 && above > 0)
		diag_inner(r->ds, d, "%lld or %lld", (long long)below, (long long)above);
	else
		diag_inner(r->ds, d, "%s %lld", below > 0 ? "at most" : "at least",
			   (long long)(below > 0 ? below : above));
	if (WRITTEN(f, deployment_type))
		diag_label(r->ds, d, f->at.deployment_type.value, "the deployment type");
	diag_note(r->ds, d, STR_F " takes " STR_F " MB/s", STR_A(z->deployment),
		  STR_A(throughputs(r, z)));
	diag_note(r->ds, d, "%lld MB/s is for " STR_F, (long long)f->throughput_capacity,
		  STR_A(kinds_with(r, f->throughput_capacity)));
	diag_fix(r->ds, d, d->at, arena_fmt(r->a, "%lld", (long long)(above > 0 ? above : below)),
		 false);
}

/* Source: FSx API, CreateFileSystemOpenZFSConfiguration. */
void rule_openzfs_figures(const struct rules *r)
{
	each_openzfs(r, figures_there);
	each_openzfs(r, throughput_ok);
}

/* ---- zones and regions ---- */

static void zones_ok(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;
	const struct openzfs *z = kind_of_openzfs(r, f);
	size_t it = 0, zones = 0;
	struct diag *d;

	while (net_next_inner_zone(r->net, &it) != NULL)
		zones++;
	if (z == NULL || z->zones < 2 || zones >= z->zones || !WRITTEN(f, deployment_type))
		return;
	d = diag_openzfs_zones(r->ds, f->at.deployment_type.value, z->deployment, z->zones,
			       (unsigned)zones);
	diag_label(r->ds, d, section_span(&r->net->m->section), "the network");
	diag_help(r->ds, d,
		  "add a PRIVATE or ISOLATED subnet in another zone, or take SINGLE_AZ_HA_2");
}

/* Source: FSx API, CreateFileSystemOpenZFSConfiguration, DeploymentType. */
void rule_openzfs_zones(const struct rules *r)
{
	if (network_known(r))
		each_openzfs(r, zones_ok);
}

static void sold(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;
	const struct openzfs *z = kind_of_openzfs(r, f);
	struct buf b = buf_in(r->a);
	struct diag *d;

	if (z == NULL || facts_openzfs_sold(r->facts, z, r->region->name) != KNOWN_NO)
		return;
	d = diag_openzfs_not_listed(r->ds,
				    WRITTEN(f, deployment_type) ? f->at.deployment_type.value
								: s->at.storage_type.value,
				    z->deployment, r->region->name);
	for (size_t i = 0; i < facts_openzfs_count(r->facts); i++) {
		const struct openzfs *other = facts_openzfs_at(r->facts, i);

		if (facts_openzfs_sold(r->facts, other, r->region->name) == KNOWN_YES)
			buf_fmt(&b, "%s" STR_F, b.n > 0 ? ", " : "", STR_A(other->deployment));
	}
	diag_note(r->ds, d, "listed there are " STR_F, STR_A(buf_str(&b)));
}

/*
 * Source: FSx for OpenZFS user guide, availability by Region. The list has lagged behind, so that it is a note.
 */
void rule_openzfs_sold(const struct rules *r)
{
	if (r->region != NULL)
		each_openzfs(r, sold);
}

/* ---- backups ---- */

static void backup_time(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;
	struct diag *d;

	if (!WRITTEN(f, daily_automatic_backup_start_time) ||
	    !WRITTEN(f, automatic_backup_retention_days) || f->automatic_backup_retention_days > 0)
		return;
	d = diag_lustre_backup_retention(
		r->ds, f->at.daily_automatic_backup_start_time.key,
		PROP_NAME(FsxOpenZfsSettings_DailyAutomaticBackupStartTime));
	diag_label(r->ds, d, f->at.automatic_backup_retention_days.value, "backups are off here");
}

void rule_openzfs_backups(const struct rules *r)
{
	each_openzfs(r, backup_time);
}

/* ---- who may be root ---- */

static bool has_text(const struct model_strings *list, struct str word)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].text, word))
			return true;
	return false;
}

/* A rule of a group that lets the whole internet reach the port. */
static const struct security_group_rule *open_to_all(const struct env_security_group *g,
						     int64_t port)
{
	for (size_t i = 0; i < g->ingress.n; i++) {
		const struct security_group_rule *x = &g->ingress.items[i];
		int64_t to = WRITTEN(x, to_port) ? x->to_port : x->from_port;

		if (!WRITTEN(x, cidr_ip) || !str_ends(x->cidr_ip, STR("/0")) ||
		    !USABLE(x, protocol) || !USABLE(x, from_port) || !USABLE(x, to_port))
			continue;
		if (x->protocol == SECURITY_GROUP_RULE_PROTOCOL_ALL ||
		    (x->protocol != SECURITY_GROUP_RULE_PROTOCOL_ICMP && x->from_port <= port &&
		     port <= to))
			return x;
	}
	return NULL;
}

enum { NFS_PORT = 2049 };

static void root_of_all(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;
	const struct env_security_group *g = storage_group(r, s);
	const struct security_group_rule *x;
	struct diag *d;

	if (g == NULL || !WRITTEN(s, name) || !USABLE(f, nfs_clients) || !USABLE(f, nfs_options) ||
	    (WRITTEN(f, nfs_clients) && !has_text(&f->nfs_clients, STR("*"))) ||
	    (WRITTEN(f, nfs_options) && !has_text(&f->nfs_options, STR("no_root_squash"))))
		return;
	x = open_to_all(g, NFS_PORT);
	if (x == NULL)
		return;
	d = diag_openzfs_root_of_all(
		r->ds, WRITTEN(f, nfs_options) ? f->at.nfs_options.key : storage_span(s), s->name);
	diag_label(r->ds, d, x->at.cidr_ip.value, "the group lets everybody in");
	diag_help(r->ds, d, "name the clients: `NfsClients: [10.0.0.0/16]`");
}

void rule_openzfs_root(const struct rules *r)
{
	each_openzfs(r, root_of_all);
}

/* ---- options ---- */

/* Options of an export of which one undoes the other. Source: exports(5) of nfs-utils. */
static const char *const opposites[][2] = {
	{"rw", "ro"},
	{"sync", "async"},
	{"root_squash", "no_root_squash"},
	{"all_squash", "no_all_squash"},
	{"secure", "insecure"},
	{"wdelay", "no_wdelay"},
	{"hide", "nohide"},
	{"subtree_check", "no_subtree_check"},
};

/* The option of the list that stands first in it; NULL where it is not in it. */
static const struct model_string *option_of(const struct model_strings *l, const char *option)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->items[i].text, str_c(option)))
			return &l->items[i];
	return NULL;
}

static void options_apart(const struct rules *r, const struct shared_storage *s)
{
	const struct fsx_open_zfs_settings *f = &s->fsx_open_zfs_settings;

	for (size_t i = 0; WRITTEN(f, nfs_options) && i < ARRAY_LEN(opposites); i++) {
		const struct model_string *a = option_of(&f->nfs_options, opposites[i][0]);
		const struct model_string *b = option_of(&f->nfs_options, opposites[i][1]);
		const struct model_string *late;
		struct diag *d;

		if (a == NULL || b == NULL)
			continue;
		late = a->at.lo > b->at.lo ? a : b;
		if (late == a)
			a = b;
		d = diag_exclusive_properties(r->ds, late->at, late->text, a->text);
		diag_label(r->ds, d, a->at, "`" STR_F "` is given here", STR_A(a->text));
		diag_help(r->ds, d, "keep one of the two");
	}
}

void rule_openzfs_options(const struct rules *r)
{
	each_openzfs(r, options_apart);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slurm_conf.c - settings, checks, accounting and what users add to slurm.conf.
 *
 * Files are read in the order slurm.conf, settings, nodes, custom; of two lines with one key Slurm takes the
 * later, so what the user wrote wins. Source: slurm.conf(5), slurmdbd.conf(5), cgroup.conf(5).
 */
#include "lowering/cluster/slurm_conf.h"

#include "compiler/base/host_port.h"
#include "lowering/aws/templates.h"
#include "lowering/lower.h"

enum { SECONDS_PER_MINUTE = 60, DBD_PORT = 6819, MYSQL_PORT = 3306 };

/*
 * "Never" in minutes. SuspendTime=INFINITE would switch power saving off as a whole, and with it the
 * start of nodes; a year keeps it on.
 */
enum { NEVER_IDLE_SECONDS = 365 * 24 * 3600 };

static int64_t suspend_seconds(const struct slurm_settings *s)
{
	if (s->scaledown_idletime < 0)
		return NEVER_IDLE_SECONDS;
	return s->scaledown_idletime * SECONDS_PER_MINUTE;
}

static void add_accounting(struct buf *b, const struct slurm_settings *s)
{
	if (s->external_slurmdbd.section.written)
		buf_fmt(b, "AccountingStorageHost=" STR_F "\nAccountingStoragePort=%lld\n",
			STR_A(s->external_slurmdbd.host), (long long)s->external_slurmdbd.port);
	else if (s->database.section.written)
		buf_fmt(b, "AccountingStorageHost=@HEAD_IP@\nAccountingStoragePort=%d\n", DBD_PORT);
	else
		return;
	buf_add(b, STR("AccountingStorageType=accounting_storage/slurmdbd\n"
		       "AccountingStorageUser=slurm\n"
		       "JobAcctGatherType=jobacct_gather/cgroup\n"));
}

/* The head node puts the check beside the user's programs; it knows itself on which nodes to do something. */
static void add_prolog(struct buf *b, const struct cluster *c)
{
	struct compute it = {0};
	bool any = false;

	while (!any && next_compute(c, &it))
		any = checks_gpus(&it);
	if (any)
		buf_add(b, STR("PrologFlags=Alloc\n"));
}

/* hpcc_settings.conf: times, selection of resources, check of GPUs, accounting. */
static struct str conf_settings(struct arena *a, const struct cluster *c)
{
	const struct slurm_settings *s = &c->scheduling.slurm_settings;
	struct buf b = buf_in(a);

	buf_fmt(&b, "SuspendTime=%lld\n", (long long)suspend_seconds(s));
	buf_fmt(&b, "ResumeTimeout=%lld\n",
		(long long)c->dev_settings.timeouts.compute_node_bootstrap_timeout);
	buf_fmt(&b, "SelectTypeParameters=%s\n",
		s->enable_memory_based_scheduling ? "CR_CPU_Memory" : "CR_CPU");
	add_prolog(&b, c);
	add_accounting(&b, s);
	return buf_str(&b);
}

/* cgroup.conf. */
static struct str conf_cgroup(struct arena *a, const struct cluster *c)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("ConstrainCores=yes\nConstrainDevices=yes\n"));
	if (c->scheduling.slurm_settings.enable_memory_based_scheduling)
		buf_add(&b, STR("ConstrainRAMSpace=yes\n"));
	return buf_str(&b);
}

/*
 * Slurm reads a line in this order: "#" begins a comment unless a backslash stands before it, a backslash goes, and a
 * value is one word or stands in double quotes; of none it takes the next word. Source: src/common/parse_config.c of
 * Slurm, read in November 2026.
 */
void slurm_add_value(struct buf *b, struct str value)
{
	bool quote = value.n == 0 || (str_find(value, ' ', 0) < value.n && value.s[0] != '"');

	if (quote)
		buf_char(b, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.s[i] == '#' || value.s[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, value.s[i]);
	}
	if (quote)
		buf_char(b, '"');
}

/* custom.conf: CustomSlurmSettings of the cluster, one mapping a line; empty without any. */
static struct str conf_custom(struct arena *a, const struct cluster *c)
{
	const struct model_maps *maps = &c->scheduling.slurm_settings.custom_slurm_settings;
	struct buf b = buf_in(a);

	for (size_t i = 0; i < maps->n; i++) {
		for (size_t k = 0; k < maps->items[i].n; k++) {
			const struct model_pair *p = &maps->items[i].items[k];

			buf_fmt(&b, "%s" STR_F "=", k > 0 ? " " : "", STR_A(p->key));
			slurm_add_value(&b, p->value);
		}
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

/* Where the database is; its rule has told what is wrong with it. */
static void add_storage_host(struct buf *b, struct str uri)
{
	struct host_port place;

	host_port_read(uri, &place);
	buf_fmt(b, "StorageHost=" STR_F "\nStoragePort=%lld\n", STR_A(place.host),
		(long long)(place.port > 0 ? place.port : MYSQL_PORT));
}

/*
 * slurmdbd.conf but for StoragePass, which the head node appends, and with @CLUSTER_DB@ where
 * DatabaseName is absent. Empty without SlurmSettings.Database.
 */
static struct str conf_dbd(struct arena *a, const struct cluster *c)
{
	const struct database *d = &c->scheduling.slurm_settings.database;
	struct buf b = buf_in(a);

	if (!d->section.written)
		return STR("");
	buf_fmt(&b, "DbdHost=@HEAD_HOST@\nDbdPort=%d\n", DBD_PORT);
	buf_add(&b, STR("SlurmUser=slurm\n"
			"AuthType=@AUTH_TYPE@\n"
			"LogFile=/var/log/hpcc/slurmdbd.log\n"
			"PidFile=/run/slurmdbd/slurmdbd.pid\n"
			"StorageType=accounting_storage/mysql\n"));
	add_storage_host(&b, d->uri);
	buf_fmt(&b, "StorageUser=" STR_F "\n", STR_A(d->user_name));
	if (d->database_name.n > 0)
		buf_fmt(&b, "StorageLoc=" STR_F "\n", STR_A(d->database_name));
	else
		buf_add(&b, STR("StorageLoc=@CLUSTER_DB@\n"));
	return buf_str(&b);
}

size_t slurm_conf_files(struct arena *a, const struct facts *f, const struct cluster *c,
			struct slurm_conf_file ret[SLURM_CONF_FILES])
{
	const struct slurm_conf_file all[SLURM_CONF_FILES] = {
		{"hpcc_settings.conf", conf_settings(a, c)},
		{"hpcc_nodes.conf", slurm_conf_nodes(a, f, c)},
		{"gres.conf", slurm_conf_gres(a, f, c)},
		{"cgroup.conf", conf_cgroup(a, c)},
		{"custom.conf", conf_custom(a, c)},
		{"slurmdbd.conf", conf_dbd(a, c)},
	};
	size_t n = 0;

	for (size_t i = 0; i < SLURM_CONF_FILES; i++)
		if (all[i].text.n > 0)
			ret[n++] = all[i];
	return n;
}

struct stack_texts slurm_conf_texts(const struct lowered_file *f)
{
	struct slurm_conf_file files[SLURM_CONF_FILES];
	size_t n = slurm_conf_files(f->a, f->facts, f->model->cluster, files);
	struct stack_texts texts = {NEW_ARRAY(f->a, struct stack_text, n + 1), n + 1};

	/* The same for all clusters. */
	texts.items[0] = (struct stack_text){STR_INIT("slurm.conf"),
					     template_text(STR("slurm/slurm/slurm.conf"))};
	for (size_t i = 0; i < n; i++)
		texts.items[i + 1] = (struct stack_text){str_c(files[i].name), files[i].text};
	return texts;
}

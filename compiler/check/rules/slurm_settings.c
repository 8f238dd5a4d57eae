/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slurm_settings.c - rules about the settings of Slurm: parameters that the cluster sets itself, accounting.
 *
 * The parameters that may not be set are lists, one for each level of CustomSlurmSettings.
 */
#include "compiler/base/host_port.h"
#include "compiler/check/rules/rule.h"

/* Parameters of slurm.conf that ParallelCluster sets itself, in lower case. Source: slurm_settings_validator.py. */
static const char *const cluster_denied[] = {
	"epilog",	 "grestypes",	      "launchparameters",    "prolog",
	"reconfigflags", "resumefailprogram", "resumeprogram",	     "resumetimeout",
	"slurmctldhost", "slurmctldlogfile",  "slurmctldparameters", "slurmdlogfile",
	"slurmuser",	 "suspendexcnodes",   "suspendprogram",	     "suspendtime",
	"taskplugin",	 "treewidth",
};

/* Those that it sets besides when there is a Database. */
static const char *const database_denied[] = {
	"accountingstoragetype", "accountingstoragehost", "accountingstorageport",
	"accountingstorageuser", "jobacctgathertype",
};

static const char *const queue_denied[] = {
	"nodes", "partitionname", "resumetimeout", "state", "suspendtime", "oversubscribe",
};

/* `features` was on this list before it was taken off in a later release. */
static const char *const resource_denied[] = {
	"cpus", "gres", "nodeaddr", "nodehostname", "nodename", "state", "weight",
};

/*
 * Those of the lists above that hpcc does not set, or not always. They are refused because ParallelCluster does: a file
 * that one of the two takes, both take.
 */
static const char *const cluster_left[] = {"launchparameters"};
static const char *const queue_left[] = {"resumetimeout", "suspendtime", "oversubscribe"};
static const char *const resource_left[] = {"nodeaddr", "nodehostname"};

struct word_list {
	const char *const *words;
	size_t n;
};

#define WORDS(array)                      \
	(struct word_list)                \
	{                                 \
		(array), ARRAY_LEN(array) \
	}

static bool is_in(struct word_list list, struct str key)
{
	for (size_t i = 0; i < list.n; i++)
		if (str_eq_nocase(key, str_c(list.words[i])))
			return true;
	return false;
}

/* Reports a parameter at its key; `left`: those of its level that hpcc does not set. */
static void denied(const struct rules *r, const struct model_pair *p, struct word_list left,
		   const char *level)
{
	struct diag *d = diag_denied_slurm_setting(r->ds, p->key_at, p->key, level);

	if (str_eq_nocase(p->key, STR("Prolog")) || str_eq_nocase(p->key, STR("Epilog")))
		diag_help(r->ds, d,
			  "put the program into /opt/slurm/etc/scripts/%s of the head node",
			  str_eq_nocase(p->key, STR("Prolog")) ? "prolog.d" : "epilog.d");
	else
		diag_help(r->ds, d,
			  is_in(left, p->key)
				  ? "leave it out: ParallelCluster refuses it, and so does hpcc"
				  : "leave it out: the cluster sets it itself");
}

static void deny(const struct rules *r, const struct model_map *m, struct word_list list,
		 struct word_list left, const char *level)
{
	for (size_t i = 0; i < m->n; i++)
		if (is_in(list, m->items[i].key))
			denied(r, &m->items[i], left, level);
}

/* A mapping of several parameters is one that ParallelCluster does not look into. */
static void deny_in_cluster(const struct rules *r, const struct model_map *m)
{
	bool database = r->c->scheduling.slurm_settings.database.section.written;

	for (size_t i = 0; i < m->n; i++) {
		const struct model_pair *p = &m->items[i];
		struct diag *d;

		if (!is_in(WORDS(cluster_denied), p->key) &&
		    !(database && is_in(WORDS(database_denied), p->key)))
			continue;
		if (m->n == 1) {
			denied(r, p, WORDS(cluster_left), "the cluster");
		} else {
			d = diag_grouped_slurm_setting(r->ds, p->key_at, p->key);
			diag_note(r->ds, d,
				  "ParallelCluster refuses it in an item of its own, but "
				  "does not look into items of several parameters");
		}
	}
}

/* Sources: ParallelCluster slurm_settings_validator.py, CustomSlurmSettingsValidator. */
void rule_custom_slurm_settings(const struct rules *r)
{
	const struct slurm_settings *s = &r->c->scheduling.slurm_settings;
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;
	struct compute it = {0};

	for (size_t i = 0; i < s->custom_slurm_settings.n; i++)
		deny_in_cluster(r, &s->custom_slurm_settings.items[i]);
	for (size_t i = 0; i < queues->n; i++)
		deny(r, &queues->items[i].custom_slurm_settings, WORDS(queue_denied),
		     WORDS(queue_left), "a queue");
	while (next_compute(r->c, &it))
		deny(r, &it.resource->custom_slurm_settings, WORDS(resource_denied),
		     WORDS(resource_left), "a compute resource");
}

/* Source: ParallelCluster slurm_settings_validator.py, CustomSlurmNodeNamesValidator. */
void rule_custom_node_names(const struct rules *r)
{
	const struct model_maps *maps = &r->c->scheduling.slurm_settings.custom_slurm_settings;

	for (size_t i = 0; i < maps->n; i++) {
		for (size_t k = 0; k < maps->items[i].n; k++) {
			const struct model_pair *p = &maps->items[i].items[k];
			struct diag *d;

			if (!str_eq_nocase(p->key, STR("NodeName")) ||
			    (str_find_str(p->value, STR("-st-"), 0) == SIZE_MAX &&
			     str_find_str(p->value, STR("-dy-"), 0) == SIZE_MAX))
				continue;
			d = diag_taken_node_name(r->ds, p->value_at, p->value);
			diag_note(r->ds, d,
				  "`-st-` and `-dy-` mark the static and dynamic nodes of "
				  "the cluster's own queues");
		}
	}
}

/* Sources: ParallelCluster slurm_settings_validator.py, ExternalSlurmdbd…. */
void rule_external_slurmdbd(const struct rules *r)
{
	const struct slurm_settings *s = &r->c->scheduling.slurm_settings;
	struct diag *d;

	if (!WRITTEN(s, external_slurmdbd))
		return;
	if (s->at.munge_key_secret_arn.state == FIELD_ABSENT) {
		d = diag_missing_companion(r->ds, s->at.external_slurmdbd.key,
					   PROP_NAME(SlurmSettings_ExternalSlurmdbd),
					   PROP_NAME(SlurmSettings_MungeKeySecretArn));
		diag_note(r->ds, d,
			  "head node and slurmdbd identify themselves by a shared MUNGE key");
		diag_help(r->ds, d, "add `MungeKeySecretArn` with the secret that holds the key");
		return;
	}
	d = diag_plain_slurmdbd(r->ds, s->at.external_slurmdbd.key);
	diag_help(r->ds, d, "keep this traffic inside a network that you trust");
}

/* The address without the user and password that stand before the host of a URL. */
static struct str without_user(struct arena *a, struct str uri)
{
	size_t at = uri.n;

	while (at > 0 && uri.s[at - 1] != '@')
		at--;
	return at > 0 ? arena_fmt(a, "…@" STR_F, STR_A(str_slice(uri, at, uri.n))) : uri;
}

/* Source: ParallelCluster database_validators.py, DatabaseUriValidator. */
void rule_database_uri(const struct rules *r)
{
	const struct database *db = &r->c->scheduling.slurm_settings.database;
	struct host_port place;
	const char *fault;
	struct diag *d;

	if (!WRITTEN(db, uri))
		return;
	fault = host_port_read(db->uri, &place);
	if (fault != NULL) {
		d = diag_bad_database_uri(r->ds, db->at.uri.value, without_user(r->a, db->uri),
					  fault);
		d->secret = str_find(db->uri, '@', 0) < db->uri.n;
		diag_help(r->ds, d, "write HOST or HOST:PORT, as in `db.example.com:3306`");
	} else if (place.port == 0) {
		diag_default_database_port(r->ds, db->at.uri.value);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - .hpcc.yaml, the settings of a project.
 *
 * Found in the folder of a cluster file or the nearest one above it, up to the root of its git repository.
 *
 *     parallelcluster: 3.11        # judge by what this release knows
 *     fail-on: warning             # error (default), warning, note or never
 *     bucket: my-templates         # through which templates above 51,200 bytes are deployed
 *     policy: team.hpc             # or several, in a list: programs beside this file or below
 *     severity:                    # by code or name
 *       W0601: off                 # off, note, warning or error
 *       ssh-open-to-world: error
 *
 * Options on the command line go before it.
 */
#ifndef HPCC_CONFIG_H
#define HPCC_CONFIG_H

#include "compiler/schema/schema.h"
#include "compiler/tree/tree.h"

struct hpc_program;

/* From which severity on findings make the exit status 1. */
enum fail_on { FAIL_ON_NOTE, FAIL_ON_WARNING, FAIL_ON_ERROR, FAIL_NEVER };

/* What is to become of a code's findings. */
enum verdict { VERDICT_DEFAULT, VERDICT_OFF, VERDICT_NOTE, VERDICT_WARNING, VERDICT_ERROR };

struct config {
	release parallelcluster; /* 0: any 3.x */
	enum fail_on fail_on;
	unsigned char verdicts[DIAG_COUNT]; /* enum verdict by enum diag_id */
	bool any_verdict;
	struct str bucket;		    /* or empty; borrowed from the file's text */
	const struct node *const *policies; /* names of programs */
	size_t npolicies;
	struct hpc_program *const *loaded; /* by who reads files */
	size_t nloaded;
};

/* The settings without a file. */
struct config config_default(void);
/*
 * Reads a configuration file over *c; one of comments only sets nothing. Faults are reported (E0030, E0031,
 * and what reading YAML reports); false then.
 */
bool config_read(struct arena *a, struct diags *ds, const struct source *src, struct config *c);

/*
 * "3.11.1", or "3.11" for the last patch of that release line. False for another form or a release that is
 * not 3.x.
 */
bool release_of(struct str word, release *ret);

/*
 * 3 to 63 small letters, digits, dots and hyphens, with a letter or digit at both ends. Source: Amazon S3 User Guide,
 * "General purpose bucket naming rules".
 */
bool bucket_name_ok(struct str name);

/* Gives findings the severities of the configuration and drops those that are off. */
void config_apply(const struct config *c, struct diags *ds);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates.h - the files of templates/, as they stand in the program image.
 *
 * Everything below templates/ is there as text under its path ("boot/head.sh"). What the nodes run is
 * also there packed: a ustar archive, compressed by gzip, in base64. Both are made at build time by
 * tablegen and do not depend on clock, owner or order of files.
 */
#ifndef HPCC_TEMPLATES_H
#define HPCC_TEMPLATES_H

#include "compiler/base/str.h"

/* One file below templates/. */
struct template_file {
	struct str name; /* path with '/', relative to templates/ */
	struct str text;
};

/* Sorted by name. */
extern const struct template_file template_files[];
extern const size_t template_files_n;

/* The archive of what the nodes run (boot/ lib/ minute/ slurm/ systemd/), base64 without line breaks. Static. */
extern const struct str template_payload;

/* The text of the file called name; BUG when there is none. Static. */
struct str template_text(struct str name);
/* template_payload: what Metadata.Payload of the head node holds. Static. */
struct str payload_base64(void);

#endif

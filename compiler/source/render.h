/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.h - diagnostics as text for people and for machines.
 *
 * A renderer is a function of the list alone. One row in renderers.def makes a format known to --format,
 * its help text and the tests. Lists must be sorted (diags_sort).
 */
#ifndef HPCC_RENDER_H
#define HPCC_RENDER_H

#include "compiler/base/buf.h"
#include "compiler/source/diag.h"

struct render_style {
	bool colour;	/* ANSI colours */
	unsigned width; /* columns to stay within; 0: no limit but a window around long lines */
	/* The files that were read, in order: a report of tests also names those without a finding. */
	const struct str *files;
	size_t nfiles;
	unsigned long max; /* findings shown for people; 0: all. Machine formats always show all */
};

typedef void render_function(const struct diags *ds, const struct render_style *style,
			     struct buf *out);

struct renderer {
	struct str name; /* as in --format=NAME */
	render_function *render;
	bool whole; /* one document for all files: the findings of all go into one list */
};

extern const struct renderer renderers[];
extern const size_t renderers_n;

/*
 * The first line of a finding, without its end, in the form of the GNU coding standards that editors parse:
 * `file:line:col: severity: message [code]`; without place or file those parts are left out.
 */
void render_headline(const struct diag *d, struct buf *out);

/*
 * A fingerprint of a finding that survives edits elsewhere in the file: 16 hex digits of its code, file, the
 * words of its line and, where those repeat, how many times they came before in the list. By index in the
 * list; in out's arena.
 */
struct str *diag_fingerprints(struct arena *a, const struct diags *ds);

/* Appends a path as a relative URI reference (RFC 3986), other bytes percent-encoded. */
void uri_path(struct buf *out, struct str path);

/* render_text and so on, one prototype a row of renderers.def. */
#define RENDERER(name, whole, help) render_function render_##name;
#include "compiler/source/renderers.def"
#undef RENDERER

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates.h - the files of templates/, as they stand in the program image.
 *
 * Files below userdata/, batch/ and jobimage/ and at the top are there as texts, and so is slurm.conf, as nodes get
 * it. What the nodes run is there as modules, one for each other folder: a cluster carries only those it needs. A
 * module is an archive in base 85 ("," for "$"). The first is compressed by LZMA, "core" or what many clusters
 * carry with it, and is the base of the others: by zlib, with it as preset dictionary. The archive is, for each
 * file, a line "path size" and then its bytes.
 * Everything is made at build time by tablegen and depends neither on clock nor on owner. To save room in stacks,
 * comments, documentation strings and indentation that has no meaning are left out; a program at the top, whose text
 * people read in the template, goes without the documentation strings alone.
 */
#ifndef HPCC_TEMPLATES_H
#define HPCC_TEMPLATES_H

#include "compiler/base/json.h"

struct template_text {
	struct str name; /* path below templates/, as "userdata/head.env" */
	struct str text; /* lines "@path@" and "# @path LINE@" replaced by the file of that name */
	/* "…-bootstrap.sh": as gzip in base64; "….py": a program that unpacks and runs it; else empty */
	struct str packed;
	const struct json_value
		*values; /* of "….json", which has no text: what it holds; else NULL */
};

struct template_module {
	struct str
		name; /* folder below templates/: "login", "efa" …; of a base several, with blanks */
	struct str base;    /* what it is packed with: the name of a base, its own if it is one */
	struct str archive; /* base 85 */
	struct str
		files; /* the same before it was compressed; empty where `base` is more than "core" */
};

/* Sorted by name; modules by base, each base before what is packed with it and behind those that hold less. */
extern const struct template_text template_texts[];
extern const size_t template_texts_n;
extern const struct template_module template_modules[];
extern const size_t template_modules_n;

/* The row of that name; BUG when there is none. Static, as what the next two give. */
const struct template_text *template_find(struct str name);
/* The text of that row. */
struct str template_text(struct str name);
/* The module with this archive; BUG when there is none. */
const struct template_module *template_module_of(struct str archive);
/* The files of one folder, before they were compressed; BUG when there is none. */
struct str template_files(struct str module);
/* The archive of a module that is packed with `base`; BUG when there is none. */
struct str template_archive(struct str module, struct str base);

#endif

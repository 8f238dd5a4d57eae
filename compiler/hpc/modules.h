/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modules.h - the files of a program: the compiled one and all that its `use` lines name.
 *
 * `use std/NAME` is a text of the program image (std_modules.h), `use "./x.hpc"` a file that hpc_host.read finds. A
 * file that two others name is read and parsed once: its canonical name says which it is.
 */
#ifndef HPCC_HPC_MODULES_H
#define HPCC_HPC_MODULES_H

#include "compiler/hpc/hpc.h"

struct module_set {
	struct program_file **
		files; /* the compiled one first, then in the order in which they are met; ->index is the place */
	size_t n;
	bool faulty; /* errors of syntax or of modules were reported: go no further */
};

/*
 * Parses src and all files that it uses, and sets item->module of each `use` (NULL: was reported). Reports E0750 to
 * E0755 besides what the parser says. `host` or its read may be NULL: then no file but std/ can be used.
 */
struct module_set modules_load(struct arena *a, struct diags *ds, const struct source *src,
			       const struct hpc_host *host);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* std.c - the command `std`: stdlib/std/NAME.hpc into the program, for `use std/NAME`. */
#include "stdlib/tablegen/tablegen.h"

/* "network" of "…/stdlib/std/network.hpc"; empty where it has another end. */
static struct str name_of(struct str path)
{
	static const struct str end = STR_INIT(".hpc");
	size_t from = path.n;

	while (from > 0 && path.s[from - 1] != '/')
		from--;
	return str_ends(path, end) ? str_slice(path, from, path.n - end.n) : (struct str){0};
}

/* Output: the table. Inputs: the files, by name. */
bool tablegen_std(struct tablegen *tg)
{
	struct str before = {0};
	struct buf c = buf_in(tg->a);

	buf_add(&c, STR("#include \"compiler/hpc/std_modules.h\"\n"
			"#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
			"const struct std_module std_modules[] = {\n"));
	for (int i = 0; i < tg->ninputs; i++) {
		const struct source *src = tablegen_read(tg, tg->inputs[i]);
		struct str name = name_of(str_c(tg->inputs[i]));

		if (src == NULL)
			return false;
		if (name.n == 0 || str_cmp(before, name) >= 0) {
			diag_bad_data(tg->ds, (struct span){0},
				      arena_fmt(tg->a,
						"%s: modules are named NAME.hpc, and in order",
						tg->inputs[i]));
			return false;
		}
		before = name;
		buf_add(&c, STR("\t{"));
		c_str(&c, name);
		buf_add(&c, STR(", "));
		c_str(&c, src->text);
		buf_add(&c, STR("},\n"));
	}
	buf_fmt(&c, "};\nconst size_t nstd_modules = %d;\n", tg->ninputs);
	return tablegen_write(tg, tg->outputs[0], buf_str(&c));
}

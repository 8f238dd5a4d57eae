/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.c - tablegen schema: the files of stdlib/schema/ to schema_ids.h, model.h and schema_tables.c.
 *
 * Call: tablegen schema schema_ids.h model.h schema_tables.c -- the files of stdlib/schema/
 */
#include "stdlib/tablegen/schema.h"

void data_fault(struct schema_data *d, struct span at, const char *fmt, ...)
{
	struct str what;
	va_list ap;

	va_start(ap, fmt);
	what = arena_vfmt(d->tg->a, fmt, ap);
	va_end(ap);
	diag_bad_data(d->tg->ds, at, what);
}

struct str snake_case(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];

		if (is_upper(c) && i > 0 && (is_lower(name.s[i - 1]) || is_digit(name.s[i - 1])))
			buf_char(&b, '_');
		buf_char(&b, is_upper(c) ? (char)(c - 'A' + 'a') : c);
	}
	if (str_eq(buf_str(&b), STR("default"))) /* a word of C */
		buf_char(&b, '_');
	return buf_str(&b);
}

struct str upper_case(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];

		if (c >= 'a' && c <= 'z')
			buf_char(&b, (char)(c - 'a' + 'A'));
		else
			buf_char(&b, is_alnum(c) ? c : '_');
	}
	return buf_str(&b);
}

unsigned release_number(struct str text)
{
	unsigned number = 0;
	int parts = 0;

	for (struct str rest = text; rest.s != NULL; parts++) {
		int64_t part;

		if (!str_to_int(str_cut(&rest, '.'), &part) || part < 0 || part > 99)
			return 0;
		number = number * 100 + (unsigned)part;
	}
	return parts == 3 ? number : 0;
}

bool tablegen_schema(struct tablegen *tg)
{
	struct schema_data d = {.tg = tg};
	bool ok = tg->noutputs == 3;

	for (int i = 0; i < tg->ninputs; i++)
		ok = schema_read_file(&d, tg->inputs[i]) && ok;
	if (!ok)
		return false;
	schema_link(&d);
	if (tg->ds->errors > 0)
		return false;
	return tablegen_write(tg, tg->outputs[0], schema_write_ids(&d)) &&
	       tablegen_write(tg, tg->outputs[1], schema_write_model(&d)) &&
	       tablegen_write(tg, tg->outputs[2], schema_write_tables(&d));
}

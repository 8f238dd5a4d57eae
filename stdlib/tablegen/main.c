/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - runs one command of tablegen and prints its faults. */
#include "stdlib/tablegen/tablegen.h"

#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	bool (*run)(struct tablegen *);
} commands[] = {
	{"schema", tablegen_schema},	   {"facts", tablegen_facts},
	{"resources", tablegen_resources}, {"templates", tablegen_templates},
	{"pages", tablegen_pages},	   {"std", tablegen_std},
};

const struct source *tablegen_read(struct tablegen *tg, const char *path)
{
	struct buf b = buf_in(tg->a);
	FILE *f = fopen(path, "rb");
	char chunk[65536];
	size_t n;

	if (f == NULL) {
		diag_cannot_read(tg->ds, (struct span){0}, str_c(path), "no such file");
		return NULL;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, (struct str){chunk, n});
	fclose(f);
	return source_new(tg->a, str_c(path), arena_str(tg->a, buf_str(&b)));
}

bool tablegen_write(struct tablegen *tg, const char *path, struct str text)
{
	FILE *f = fopen(path, "wb");
	bool ok;

	if (f == NULL) {
		diag_cannot_read(tg->ds, (struct span){0}, str_c(path), "cannot be written");
		return false;
	}
	ok = fwrite(text.s, 1, text.n, f) == text.n;
	return fclose(f) == 0 && ok;
}

void c_string(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c == '\n')
			buf_add(b, STR("\\n"));
		else if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?')
			buf_fmt(b, "\\%03o", c);
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

void c_str(struct buf *b, struct str s)
{
	buf_char(b, '{');
	c_string(b, s);
	buf_fmt(b, ", %zu}", s.n);
}

/* Data faults are for the developer at the build: one line each is enough. */
static void print_faults(struct diags *ds)
{
	diags_sort(ds);
	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		struct place p = {0};

		if (span_is_set(d->at)) {
			p = source_place(d->at.src, d->at.lo);
			fprintf(stderr, STR_F ":%u:%u: ", STR_A(d->at.src->name), p.line, p.column);
		}
		fprintf(stderr, STR_F ": " STR_F "\n", STR_A(severity_word(d->sev)),
			STR_A(d->text));
	}
}

static int separator(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return argc;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	int sep = separator(argc, argv);
	struct tablegen tg = {&a, &ds, argv + 2, sep - 2, argv + sep + 1, argc - sep - 1};
	bool ok = false;

	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			ok = commands[i].run(&tg);
	print_faults(&ds);
	ok = ok && ds.errors == 0;
	arena_release(&a);
	return ok ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - the files of a call: read, and compiled with what the call says. */
#include "compiler/base/port.h"
#include "compiler/base/shown.h"
#include "compiler/base/utf8.h"
#include "compiler/driver/driver.h"

#include <string.h>

struct str printable_name(struct arena *a, const char *path)
{
	struct str name = str_c(path);
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n;) {
		uint32_t cp = 0;
		unsigned len = utf8_decode(name, i, &cp);

		if (len == 0 || is_shown_escaped(cp))
			buf_add(&b, STR("\xef\xbf\xbd"));
		else
			buf_add(&b, str_slice(name, i, i + len));
		i += len > 0 ? len : 1;
	}
	return buf_str(&b);
}

const struct source *read_source(struct arena *a, struct diags *ds, const char *path,
				 const char *name, size_t max_mib)
{
	struct str shown = printable_name(a, name), text = {0};
	const char *why = "";

	switch (port_read(a, path, max_mib << 20, &text, &why)) {
	case PORT_OK:
		return source_new(a, shown, text);
	case PORT_FAILED:
		diag_cannot_read(ds, (struct span){0}, shown, why);
		return NULL;
	case PORT_TOO_LARGE:
		diag_file_too_large(ds, (struct span){0}, shown, (unsigned long long)max_mib);
		return NULL;
	}
	BUG("port_read of %s", path);
}

/* Are files of other kinds passed over: by an option, or because a directory was given? */
static bool passes_over(const struct session *s)
{
	return GIVEN(s->o, only_known) || GIVEN(s->o, only_clusters) || s->found;
}

bool names_are_of_file(const struct session *s)
{
	return s->inputs.n == 1 && !s->found;
}

/*
 * Notes the names that the file has. Of a call with one file it is known then whether those of the options are among
 * them, before anything is written.
 */
static bool names_known(struct session *s, struct compilation *c)
{
	unsigned before = c->ds.errors;

	if (c->program != NULL)
		program_names(s, c);
	if (!names_are_of_file(s))
		return true;
	if (c->program != NULL)
		parameters_report_unknown(s, &c->ds);
	program_names_report(s, &c->ds);
	diags_sort(&c->ds);
	return c->ds.errors == before;
}

bool compile_source(struct session *s, struct arena *a, const char *path, const struct source *src,
		    enum stage to, struct compilation *ret)
{
	const struct config *config = config_for(s, path);
	bool good;

	/* Nobody knows how a file is to be judged whose settings are broken; main tells what is wrong. */
	if (s->ds.errors > 0 || s->refused) {
		*ret = (struct compilation){.a = a, .ds = {.arena = a}, .src = src};
		ret->config = config;
		ret->unreadable = true;
		return false;
	}
	s->compile.pass_over = passes_over(s);
	s->current = path;
	policies_choose(s, config);
	if (hpc_is_program(src->name)) {
		s->compile.host = program_host(s, a, path, src,
					       VALUE(s->o, root, s->found ? s->folder : NULL));
		if (s->compile.host == NULL) {
			*ret = (struct compilation){.a = a, .ds = {.arena = a}, .src = src};
			ret->config = config;
			ret->unreadable = true;
			return false;
		}
	}
	good = compile(&s->compile, a, config, src, to, ret);
	variables_used(s, ret);
	good = names_known(s, ret) && good;
	if (good)
		stacks_note(s, path, ret);
	ret->unreadable = s->refused; /* a file that it names is an output of the call */
	return good && !s->refused;
}

/* Does a line begin as items of a program do, and those of YAML files do not? */
static bool is_like_program(struct str text)
{
	static const char *const words[] = {"cluster ", "environment ", "batch ", "let ",
					    "param ",	"use ",		"fn ",	  "deploy param "};

	for (size_t at = 0; at < text.n; at = str_find(text, '\n', at) + 1)
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (str_starts(str_slice(text, at, text.n), str_c(words[i])))
				return true;
	return false;
}

bool compile_file(struct session *s, struct arena *a, const char *path, enum stage to,
		  struct compilation *ret)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? VALUE(s->o, stdin_filename, "<stdin>") : path;
	struct diags ds = {.arena = a};
	const struct source *src = read_source(
		a, &ds, path, name, hpc_is_program(str_c(name)) ? MAX_PROGRAM_MIB : MAX_FILE_MIB);

	if (src != NULL) {
		bool good = compile_source(s, a, path, src, to, ret);

		if (standard && VALUE(s->o, stdin_filename, NULL) == NULL && ret->ds.errors > 0 &&
		    is_like_program(src->text))
			diag_help(&ret->ds, ret->ds.first,
				  "for a program on standard input: `--stdin-filename=NAME.hpc`");
		return good;
	}
	*ret = (struct compilation){.a = a, .ds = ds, .unreadable = true};
	ret->config = config_for(s, path);
	ret->foreign = passes_over(s) && ds.first != NULL && ds.first->id == DIAG_file_too_large;
	return false;
}

int compilation_status(const struct compilation *c)
{
	if (c->unreadable)
		return EXIT_USAGE;
	return c->ds.errors > 0 ? EXIT_FINDINGS : EXIT_OK;
}

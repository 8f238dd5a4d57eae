/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - what holds for all files of one call, made from the options. */
#include "compiler/base/port.h"
#include "compiler/base/shown.h"
#include "compiler/driver/driver.h"
#include "compiler/yaml/vars_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_MAX_ERRORS = 50 };

int usage_error(const char *fmt, ...)
{
	struct arena a = {0};
	struct str text;
	va_list ap;

	va_start(ap, fmt);
	text = shown_line(&a, arena_vfmt(&a, fmt, ap));
	va_end(ap);
	fprintf(stderr, "hpcc: " STR_F "\n", STR_A(text));
	arena_release(&a);
	return EXIT_USAGE;
}

void usage_lines(struct str lines)
{
	struct arena a = {0};

	while (lines.n > 0) {
		struct str line = str_cut(&lines, '\n');

		fprintf(stderr, STR_F "\n", STR_A(shown_line(&a, line)));
	}
	arena_release(&a);
}

bool number_option(const char *name, const char *text, int64_t min, int64_t max, int64_t *ret)
{
	int64_t n;

	if (str_to_int(str_c(text), &n) && n >= min && n <= max) {
		*ret = n;
		return true;
	}
	usage_error("--%s takes a whole number from %lld to %lld, not `%s`", name, (long long)min,
		    (long long)max, text);
	return false;
}

/* Findings go to standard output for lint, else to standard error. */
static int findings_fd(const struct options *o)
{
	return o->verb == VERB_lint ? STDOUT_FILENO : STDERR_FILENO;
}

/* Is the environment variable set to something? */
static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

static bool is_zero(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && strcmp(value, "0") == 0;
}

/* Standard rules: https://no-color.org, https://force-color.org, https://bixense.com/clicolors, and TERM=dumb. */
static bool colour_wanted(enum colour_when when, int fd)
{
	const char *term = getenv("TERM");

	if (when != COLOUR_AUTO)
		return when == COLOUR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if ((is_set("FORCE_COLOR") && !is_zero("FORCE_COLOR")) ||
	    (is_set("CLICOLOR_FORCE") && !is_zero("CLICOLOR_FORCE")))
		return true;
	return port_is_terminal(fd) && !is_zero("CLICOLOR") && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static unsigned width_of(int fd)
{
	const char *columns = getenv("COLUMNS");
	int64_t n;

	if (!port_is_terminal(fd))
		return 0;
	if (columns != NULL && str_to_int(str_c(columns), &n) && n > 0 && n < 10000)
		return (unsigned)n;
	return port_terminal_width(fd);
}

static bool open_style(struct session *s)
{
	const struct options *o = s->o;
	enum colour_when when = (enum colour_when)option_choice(o, OPTION_ID_color);
	int64_t max = DEFAULT_MAX_ERRORS;

	if (GIVEN(o, max_errors) &&
	    !number_option("max-errors", VALUE(o, max_errors, ""), 0, 1000000, &max))
		return false;
	s->renderer = &renderers[option_choice(o, OPTION_ID_format)];
	s->style = (struct render_style){.colour = colour_wanted(when, findings_fd(o)),
					 .width = width_of(findings_fd(o)),
					 .max = (unsigned long)max};
	return true;
}

/* getenv with the type that struct vars asks for. */
static const char *environment(const char *name)
{
	return getenv(name);
}

static bool open_vars(struct session *s)
{
	const struct option_values *files = &s->o->given[OPTION_ID_vars],
				   *sets = &s->o->given[OPTION_ID_set];

	for (size_t i = 0; i < files->n; i++) {
		const struct source *src = read_source(&s->arena, &s->ds, files->values[i],
						       files->values[i], MAX_FILE_MIB);

		if (src != NULL)
			vars_load(&s->arena, &s->ds, &s->compile.vars, src);
	}
	for (size_t i = 0; i < sets->n; i++)
		if (!vars_set(&s->arena, &s->compile.vars, str_c(sets->values[i]))) {
			usage_error("--set takes NAME=VALUE, not `%s`", sets->values[i]);
			return false;
		}
	s->compile.vars.environment = GIVEN(s->o, env) ? environment : NULL;
	return s->ds.errors == 0;
}

static bool open_release(struct session *s)
{
	const char *word = VALUE(s->o, parallelcluster, NULL);

	if (word == NULL || release_of(str_c(word), &s->compile.knows))
		return true;
	usage_error("--parallelcluster takes a release such as 3.11 or 3.11.1, not `%s`", word);
	return false;
}

static bool open_facts(struct session *s)
{
	const char *path = VALUE(s->o, catalog, NULL);
	const struct source *src;

	s->compile.facts = facts_bundled();
	if (path == NULL)
		return true;
	src = read_source(&s->arena, &s->ds, path, path, MAX_CATALOG_MIB);
	if (src != NULL)
		s->compile.facts = facts_overlay(&s->arena, &s->ds, src);
	return s->ds.errors == 0;
}

/* What makes a word of choices.def more exact: "network" of "ir:network"; empty where nothing does. */
static struct str exact_word(const char *value)
{
	struct str word = str_c(value);

	return str_slice(word, str_find(word, ':', 0) + 1, word.n);
}

bool session_open(struct session *s, const struct options *o)
{
	*s = (struct session){.o = o};
	s->ds.arena = &s->arena;
	s->compile = (struct compile_options){
		.patterns = pattern_cache_new(&s->arena),
		.baseline = &s->baseline,
		.no_suppressions = GIVEN(o, no_suppressions),
		.until = exact_word(VALUE(o, dump, "")),
		.neighbour = neighbour_read,
		.neighbour_data = s,
	};
	return inputs_find(s) && places_ok(s) && open_style(s) && codes_read(s) &&
	       open_release(s) && open_vars(s) && open_facts(s) && programs_open(s);
}

void session_close(struct session *s)
{
	arena_release(&s->arena);
}

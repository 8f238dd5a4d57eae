/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb_exec.c - hpcc exec FILE -- COMMAND {}: compile into memory, run a command on it.
 *
 * `aws cloudformation deploy` tests that its template is a regular file, so it takes no pipe; a file without a name
 * passes that test (on Linux without touching a disk), and ends with the command. {args} stands
 * for what else `deploy` must be told, so that variables and settings are given once.
 */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"

#include <string.h>
#include <unistd.h>

/* The text as the arguments of exec(3) are wanted. */
static char *c_string(struct arena *a, struct str s)
{
	return (char *)(uintptr_t)arena_str(a, s).s;
}

/* arg with each "{}" replaced by path. */
static char *replaced(struct arena *a, const char *arg, struct str path)
{
	struct buf b = buf_in(a);
	struct str rest = str_c(arg);
	size_t i;

	while ((i = str_find_str(rest, STR("{}"), 0)) != SIZE_MAX) {
		buf_add(&b, str_slice(rest, 0, i));
		buf_add(&b, path);
		rest = str_slice(rest, i + 2, rest.n);
	}
	buf_add(&b, rest);
	return c_string(a, buf_str(&b));
}

/* The command with {} and {args} filled in, ended by NULL. */
static char **filled_in(struct session *s, const struct str_list *words, struct str path)
{
	char *const *command = s->o->command;
	size_t most = 1, n = 0;
	char **argv;

	for (size_t i = 0; command[i] != NULL; i++)
		most += strcmp(command[i], DEPLOY_WORDS) == 0 ? words->n : 1;
	argv = NEW_ARRAY(&s->arena, char *, most);
	for (size_t i = 0; command[i] != NULL; i++) {
		if (strcmp(command[i], DEPLOY_WORDS) != 0) {
			argv[n++] = replaced(&s->arena, command[i], path);
			continue;
		}
		for (size_t k = 0; k < words->n; k++)
			argv[n++] = c_string(&s->arena, words->items[k]);
	}
	return argv;
}

static bool names_template(char *const *command)
{
	for (; *command != NULL; command++)
		if (str_find_str(str_c(*command), STR("{}"), 0) != SIZE_MAX)
			return true;
	return false;
}

/* Runs the command of `exec` on text; returns only when that fails. */
static int run_on(struct session *s, const struct compilation *c, struct str text)
{
	struct str_list words = deploy_words(s, c, text);
	const char *why = "";
	int fd = port_memory_file("template", text, &why);
	char **argv;

	if (fd < 0)
		return usage_error("cannot make a file in memory: %s", why);
	argv = filled_in(s, &words, arena_fmt(&s->arena, "/dev/fd/%d", fd));
	port_exec(argv, &why);
	return usage_error("cannot run `%s`: %s", argv[0], why);
}

int verb_exec(struct session *s)
{
	struct compilation c;
	struct str text = {0};

	if (!port_starts_programs())
		return usage_error("WebAssembly starts no programs: write the template with `-o "
				   "FILE` and run the "
				   "command on that");
	if (!emit_options_ok(s))
		return EXIT_USAGE;
	if (s->o->noperands != 1)
		return usage_error("`hpcc exec` takes one file before `--`");
	if (!names_template(s->o->command))
		return usage_error(
			"none of the arguments after `--` is {}, which stands for the template");
	if (compile_file(s, &s->arena, s->o->operands[0], STAGE_GRAPH, &c)) {
		if (!one_declaration(s, &c))
			return EXIT_USAGE;
		text = emit_template(s, &c);
	}
	print_findings(s, &c.ds, STDERR_FILENO);
	variables_report_unused(s);
	print_findings(s, &s->ds, STDERR_FILENO);
	s->ds = (struct diags){.arena = s->ds.arena};
	if (compilation_status(&c) != EXIT_OK)
		return compilation_status(&c);
	print_summary(s, &c, text);
	if (!flush_findings(s))
		return EXIT_USAGE;
	return run_on(s, &c, text);
}

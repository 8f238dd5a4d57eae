/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb_exec.c - hpcc exec FILE -- COMMAND {}: compile into memory, run a command on it.
 *
 * `aws cloudformation deploy` tests that its template is a regular file, so it takes no pipe; a file without a name
 * passes that test (on Linux without touching a disk), and ends with the command.
 */
#include "compiler/base/port.h"
#include "compiler/driver/driver.h"

#include <unistd.h>

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
	return (char *)(uintptr_t)arena_str(a, buf_str(&b)).s;
}

/* Runs the command of `exec` on text; returns only when that fails. */
static int run_on(struct session *s, struct str text)
{
	char *const *command = s->o->command;
	const char *why = "";
	int fd = port_memory_file("template", text, &why);
	struct str path = arena_fmt(&s->arena, "/dev/fd/%d", fd);
	bool named = false;
	size_t n = 0;
	char **argv;

	if (fd < 0)
		return usage_error("cannot make a file in memory: %s", why);
	while (command[n] != NULL)
		n++;
	argv = NEW_ARRAY(&s->arena, char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		named = named || str_find_str(str_c(command[i]), STR("{}"), 0) != SIZE_MAX;
		argv[i] = replaced(&s->arena, command[i], path);
	}
	if (!named)
		return usage_error(
			"none of the arguments after `--` is {}, which stands for the template");
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
	if (compile_file(s, &s->arena, s->o->operands[0], STAGE_GRAPH, &c))
		text = emit_template(s, &c);
	print_findings(s, &c.ds, STDERR_FILENO);
	variables_report_unused(s);
	print_findings(s, &s->ds, STDERR_FILENO);
	s->ds = (struct diags){.arena = s->ds.arena};
	if (compilation_status(&c) != EXIT_OK)
		return compilation_status(&c);
	print_summary(s, &c, text);
	return run_on(s, text);
}

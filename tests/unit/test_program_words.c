/* SPDX-License-Identifier: Apache-2.0 */
/* test_program_words.c - snippets of YAML in messages, as programs write them. */
#include "compiler/base/arena.h"
#include "compiler/hpc/program_words.h"

#include <criterion/criterion.h>

/* What stands between the backticks, and what becomes of it. */
static const struct row {
	const char *yaml, *program;
} rows[] = {
	{"Ssh: {KeyName: NAME}", "Ssh.KeyName: \"NAME\""},
	{"A: {B: {C: true, D: -1}}", "A.B { C: true, D: -1 }"},
	{"KmsKey: {}", "KmsKey {}"},
	{"Encrypted: true", "Encrypted: true"},
	{"Size: 1.5", "Size: 1.5"},
	{"Version: 1.2.", "Version: \"1.2.\""},
	{"InstanceTypes: [c6i, m6i]", "InstanceTypes: [\"c6i\", \"m6i\"]"},
	{"[sh, -c, \"a \\\"b\\\"\"]", "[\"sh\", \"-c\", \"a \\\"b\\\"\"]"},
	{"Files: ['C:\\x']", "Files: [\"C:\\\\x\"]"},
	{"- {Action: EXIT, OnReason: \"*\"}", "{ Action: \"EXIT\", OnReason: \"*\" }"},
	{"- Days: 30", "{ Days: 30 }"},
	{"Options: {awslogs-group: x}", "Options.\"awslogs-group\": \"x\""},
	{"Scheduling: {Scheduler: slurm, …}", "Scheduling { Scheduler: \"slurm\", … }"},
	{"Name: ...", "Name: …"},
	{"${param.KeyName}", "team_key"},
	{"${param.HeadSubnet}", "head_subnet"},
	{"${env.PrivateSubnets[1]}", "reference(\"env.PrivateSubnets[1]\")"},
	{"${stack.my-net.Vpc}", "net.Outputs.Vpc"},
	{"${stack.other.Vpc}", "reference(\"stack.other.Vpc\")"},
	{"SubnetIds: [\"${env.A}\", \"${param.KeyName}\"]",
	 "SubnetIds: [reference(\"env.A\"), team_key]"},
	{"Path: s3://${param.KeyName}/x", "Path: \"s3://${team_key}/x\""},
	{"Path: ${HOME}", "Path: \"\\${HOME}\""},
};

/* What is no snippet of YAML, or is written as a program is. */
static const char *const same[] = {
	"",
	"Name",
	"[a-z]",
	"[",
	"{{resolve:",
	"{key_name}",
	"[db.example.com]:3306",
	"aws:",
	"aws x --y '[{\"A\": \"b\"}]'",
	"Kind: Cluster",
	"deploy param NAME: TYPE",
	"Timeout { … }",
	"Ssh.KeyName: \"NAME\"",
	"Size: 500 GiB",
	"A: [",
	"A: {B: ",
	"A: {{{{{{{{{{{{{{{{{{{{{{{{1: 2}",
	"A: \"x",
	"${NAME}",
};

static struct program_names names_in(struct arena *a)
{
	static const struct str key = STR_INIT("team_key"), net = STR_INIT("net");
	struct program_names names = {0};

	map_put(&names.parameters, a, STR("KeyName"), &key);
	map_put(&names.stacks, a, STR("my-net"), &net);
	return names;
}

static struct str words(struct arena *a, const char *snippet, bool ours)
{
	struct program_names names = names_in(a);

	return program_words(a, &names, arena_fmt(a, "write `%s` here", snippet), ours);
}

Test(program_words, yaml_becomes_the_language)
{
	struct arena a = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str got = words(&a, rows[i].yaml, true);
		struct str want = arena_fmt(&a, "write `%s` here", rows[i].program);

		cr_expect(str_eq(got, want), STR_F " is not " STR_F, STR_A(got), STR_A(want));
	}
	arena_release(&a);
}

Test(program_words, what_is_none_stays)
{
	struct arena a = {0};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		struct str got = words(&a, same[i], true);
		struct str want = arena_fmt(&a, "write `%s` here", same[i]);

		cr_expect(str_eq(got, want), STR_F " is not " STR_F, STR_A(got), STR_A(want));
	}
	arena_release(&a);
}

/* A message shows what the user wrote. */
Test(program_words, lists_of_others_stay)
{
	struct arena a = {0};

	cr_expect(str_eq(words(&a, "[a, b]", false), STR("write `[a, b]` here")));
	cr_expect(str_eq(words(&a, "{A: b}", false), STR("write `{A: b}` here")));
	cr_expect(str_eq(words(&a, "Mode: large", false), STR("write `Mode: \"large\"` here")));
	cr_expect(str_eq(program_words(&a, NULL, STR("an open ` and more"), true),
			 STR("an open ` and more")));
	arena_release(&a);
}

Test(program_words, a_value_alone)
{
	struct arena a = {0};
	struct str got;

	cr_assert(program_value(&a, STR("{Attempts: 3}"), &got));
	cr_expect(str_eq(got, STR("{ Attempts: 3 }")));
	cr_expect_not(program_value(&a, STR("[a"), &got));
	arena_release(&a);
}

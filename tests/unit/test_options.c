/* SPDX-License-Identifier: Apache-2.0 */
/* test_options.c - the command line, and the words that options take. */
#include "compiler/driver/driver.h"
#include "compiler/facts/query.h"

#include <criterion/criterion.h>

static struct arena arena;

/* Parses the words of `line`; the error, or an empty text. */
static struct str parse(const char *line, struct options *ret)
{
	struct str rest = str_c(line), error = {0};
	char *argv[16] = {(char[]){"hpcc"}};
	int argc = 1;

	while (rest.s != NULL)
		argv[argc++] = (char *)(uintptr_t)arena_str(&arena, str_cut(&rest, ' ')).s;
	options_parse(&arena, argc, argv, ret, &error);
	return error;
}

static void expect_error(const char *line, const char *want)
{
	struct options o;
	struct str error = parse(line, &o);

	cr_expect(str_eq(error, str_c(want)), "%s: " STR_F, line, STR_A(error));
}

static void expect_choice(const char *line, enum option_id option, int want)
{
	struct options o;

	cr_expect_eq(parse(line, &o).n, 0, "%s", line);
	cr_expect_eq(option_choice(&o, option), want, "%s", line);
}

Test(options, a_word_means_what_the_verb_makes_of_it)
{
	expect_choice("instances --emit=json", OPTION_ID_emit, QUERY_JSON);
	expect_choice("schema --emit=json", OPTION_ID_emit, SCHEMA_JSON);
	expect_choice("--dump=tree a.yaml", OPTION_ID_dump, STAGE_TREE);
	expect_choice("lint --fail-on=note --fail-on=never a.yaml", OPTION_ID_fail_on, FAIL_NEVER);
	expect_choice("instances --arch=arm64", OPTION_ID_arch, ARCH_ARM64);
}

Test(options, the_first_word_holds_without_the_option)
{
	expect_choice("instances", OPTION_ID_emit, QUERY_TABLE);
	expect_choice("schema", OPTION_ID_emit, SCHEMA_JSON);
	expect_choice("lint a.yaml", OPTION_ID_fail_on, FAIL_ON_ERROR);
	expect_choice("instances", OPTION_ID_sort, QUERY_BY_NAME);
	expect_choice("man", OPTION_ID_color, COLOUR_AUTO);
}

Test(options, other_words_are_refused)
{
	expect_error("schema --emit=tsv", "--emit takes json or markdown here, not `tsv`");
	expect_error("instances --emit=yaml", "--emit takes table, json or tsv here, not `yaml`");
	expect_error("--dump=ast a.yaml", "--dump takes tree, model or ir, not `ast`");
	expect_error("instances --sort=", "--sort takes name, vcpus or memory, not ``");
	expect_error("lint --dump=tree a.yaml",
		     "`hpcc lint` takes no `--dump`; it belongs to `hpcc build`");
}

Test(options, passes_are_listed_where_one_was_meant)
{
	struct options o;
	struct str error = parse("--dump=ir:iamm a.yaml", &o);

	cr_expect(str_starts(error, STR("--dump takes tree, model, ir, ir:no_effect, ")));
	cr_expect(str_ends(error, STR(", not `ir:iamm`")), STR_F, STR_A(error));
	expect_choice("--dump=ir:iam a.yaml", OPTION_ID_dump, STAGE_GRAPH);
}

Test(options, each_format_has_its_place_in_its_table)
{
	struct options o;

	for (size_t i = 0; i < renderers_n; i++) {
		struct str line =
			arena_fmt(&arena, "--format=" STR_F " a.yaml", STR_A(renderers[i].name));

		cr_assert_eq(parse(line.s, &o).n, 0);
		cr_expect_eq(option_choice(&o, OPTION_ID_format), (int)i);
	}
	for (size_t i = 0; i < emitters_n; i++) {
		struct str line =
			arena_fmt(&arena, "--emit=" STR_F " a.yaml", STR_A(emitters[i].name));

		cr_assert_eq(parse(line.s, &o).n, 0);
		cr_expect_eq(option_choice(&o, OPTION_ID_emit), (int)i);
	}
}

Test(options, words_of_several_verbs_are_told_once)
{
	struct str words =
		choice_words(&arena, OPTION_ID_emit, FOR(schema) | FOR(instances), " ", " ", false);

	cr_expect(str_eq(words, STR("json markdown table tsv")), STR_F, STR_A(words));
	cr_expect_eq(choice_words(&arena, OPTION_ID_output, FOR_ALL, " ", " ", false).n, 0);
}

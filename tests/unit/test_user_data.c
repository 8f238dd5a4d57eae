/* SPDX-License-Identifier: Apache-2.0 */
#include "compiler/base/buf.h"
#include "compiler/base/shell_quote.h"
#include "lowering/aws/message.h"
#include "lowering/aws/templates.h"
#include "lowering/cluster/cluster.h"
#include "tests/unit/graph_of.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USER_DATA_LIMIT = 16384 }; /* EC2: bytes before Base64 */

static struct arena mem;

static void free_all(void)
{
	arena_release(&mem);
}

TestSuite(user_data, .fini = free_all);
TestSuite(shell_quote, .fini = free_all);
TestSuite(templates, .fini = free_all);

static const char login_and_storage[] =
	"LoginNodes:\n"
	"  Pools:\n"
	"    - {Name: front, InstanceType: c5.large, Count: 1,\n"
	"       Networking: {SubnetIds: [subnet-0123456789abcdef0]}}\n"
	"SharedStorage: [{Name: a, MountDir: /a, StorageType: Ebs}]\n";

static struct stack_texts all_texts(const struct ir *g, const struct str *only)
{
	return cluster_user_data(&(struct lowered_file){.a = &mem, .graph = g, .only = only});
}

static struct str printed(const struct ir *g, const char *node, bool decode)
{
	struct str name = str_c(node);
	struct stack_texts texts = all_texts(g, &name);

	for (size_t i = 0; i < texts.n; i++)
		if (str_eq(texts.items[i].name, name))
			return decode ? message_parts(&mem, texts.items[i].text)
				      : texts.items[i].text;
	cr_assert_fail("no node %s", node);
	return STR("");
}

static struct str first_node(const struct ir *g)
{
	struct stack_texts texts = all_texts(g, NULL);

	for (size_t i = 0; i < texts.n; i++) {
		struct str name = texts.items[i].name;

		if (!str_eq(name, STR("head")) && !str_starts(name, STR("login/")))
			return arena_str(&mem, name);
	}
	cr_assert_fail("no compute node");
	return STR("");
}

static size_t times(struct str text, struct str what)
{
	size_t n = 0;

	for (size_t at = 0; (at = str_find_str(text, what, at)) != SIZE_MAX; at++)
		n++;
	return n;
}

static void assert_message(struct str m)
{
	cr_assert(str_starts(m, STR("Content-Type: multipart/mixed; boundary=\"==HPCC==\"\n"
				    "MIME-Version: 1.0\n\n--==HPCC==\n")));
	cr_assert(str_ends(m, STR("\n--==HPCC==--\n")));
	cr_assert_eq(times(m, STR("\n--==HPCC==\n")), 3);
	cr_assert_eq(times(m, STR("\nContent-Type: text/cloud-boothook;")) +
			     times(m, STR("\nContent-Type: text/cloud-boothook\n")),
		     1);
	cr_assert_lt(m.n, USER_DATA_LIMIT);
	for (size_t i = 0; i < m.n; i++)
		cr_assert(m.s[i] == '\n' || (m.s[i] >= ' ' && m.s[i] <= '~'), "byte %zu", i);
}

Test(user_data, is_a_small_ascii_mime_message_on_every_node)
{
	const struct ir *g = graph_with(&mem, login_and_storage);

	assert_message(printed(g, "head", false));
	assert_message(printed(g, first_node(g).s, false));
	assert_message(printed(g, "login/front", false));
}

Test(user_data, only_the_text_that_is_asked_for_is_made_and_all_names_are_told)
{
	struct str only = STR("login/front");
	struct stack_texts texts = all_texts(graph_with(&mem, login_and_storage), &only);

	cr_assert_eq(texts.n, 3);
	cr_assert(str_eq(texts.items[1].name, STR("head")));
	cr_assert_eq(texts.items[1].text.n, 0);
	cr_assert(str_eq(texts.items[2].name, only));
	cr_assert_gt(texts.items[2].text.n, 0);
}

Test(user_data, of_the_head_survives_edits_of_the_configuration)
{
	struct str plain = printed(graph_with(&mem, ""), "head", false);
	struct str edited = printed(graph_with(&mem, login_and_storage), "head", false);

	cr_assert(str_eq(plain, edited));
}

Test(user_data, decoded_shows_scripts_in_clear)
{
	struct str text = printed(graph_with(&mem, ""), "head", true);

	cr_assert_neq(str_find_str(text, STR("======== env.sh (text/cloud-boothook"), 0), SIZE_MAX);
	cr_assert_neq(str_find_str(text,
				   STR("======== bootstrap.sh (application/gzip) ========\n"
				       "#!/bin/sh\n"),
				   0),
		      SIZE_MAX);
	cr_assert_neq(str_find_str(text, STR("/opt/hpcc/boot/head.sh || fail"), 0), SIZE_MAX);
	cr_assert_eq(str_find_str(text, STR("@userdata/"), 0), SIZE_MAX);
}

/* Whatever Fn::Sub gets as a format may name only variables, pseudo parameters and resources of the stack. */
static void assert_format(const struct ir_value *v)
{
	cr_assert_eq(v->kind, IR_SUB);
	for (size_t at = 0;; at++) {
		struct str name;

		at = str_find_str(v->text, STR("${"), at);
		if (at == SIZE_MAX)
			break;
		name = str_slice(v->text, at + 2, str_find(v->text, '}', at));
		cr_assert(ir_get(v, name) != NULL || str_starts(name, STR("AWS::")),
			  "%.*s is no reference", STR_A(name));
	}
}

Test(user_data, shell_variables_never_meet_sub)
{
	const struct ir *g = graph_with(&mem, login_and_storage);

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;
		const struct ir_value *data = r->properties;

		if (ir_get(data, STR("LaunchTemplateData")) != NULL)
			data = ir_get(data, STR("LaunchTemplateData"));
		if (ir_get(data, STR("UserData")) != NULL)
			assert_format(ir_get(data, STR("UserData"))->items[0]);
	}
}

/* ---- shell_quote ---- */

/* What a shell makes of the word. */
static struct str spoken(struct str word)
{
	struct buf out = buf_in(&mem);
	char name[] = "/tmp/hpcc-quote-XXXXXX";
	int fd = mkstemp(name);
	struct str command;
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	int c;

	cr_assert_not_null(f);
	fprintf(f, "v=" STR_F "\nprintf '%%s' \"$v\"\n", STR_A(word));
	fclose(f);
	command = arena_fmt(&mem, "sh %s", name);
	f = popen(command.s, "r");
	cr_assert_not_null(f);
	while ((c = fgetc(f)) != EOF)
		buf_char(&out, (char)c);
	pclose(f);
	remove(name);
	return buf_str(&out);
}

Test(shell_quote, gives_every_text_back_and_runs_nothing)
{
	static const char *const hostile[] = {
		"plain-1.2_3",
		"two words",
		"it's",
		"''",
		"$(touch /tmp/hpcc-quote-ran)",
		"`id`",
		"${HOME}$HOME",
		"a\"b\\c",
		"*?[a]~#&;|<>()",
		"line\nbreak",
		"\nHPCC_END\n--==HPCC==--\n",
		"tab\there\r",
		"gr\xc3\xbc\xc3\x9f",
		"-n",
		"\\",
	};

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct str s = str_c(hostile[i]);
		struct str back = spoken(shell_quote(&mem, s));

		cr_assert(str_eq(back, s), "%s came back as %.*s", hostile[i], STR_A(back));
	}
}

Test(shell_quote, cannot_end_a_here_document_or_a_mime_part)
{
	struct str word = shell_quote(&mem, STR("x\nHPCC_END\n--==HPCC==\nrm -rf /\n"));

	cr_assert_eq(str_find_str(word, STR("\nHPCC_END"), 0), SIZE_MAX);
	cr_assert_eq(str_find_str(word, STR("\n--"), 0), SIZE_MAX);
}

Test(shell_quote, plain_words_stay)
{
	cr_assert(str_eq(shell_quote(&mem, STR("queue-1")), STR("queue-1")));
	cr_assert(str_eq(shell_quote(&mem, STR("")), STR("''")));
}

/* ---- templates ---- */

Test(templates, texts_are_sorted_and_hold_comments_for_readers_alone)
{
	for (size_t i = 0; i < template_texts_n; i++) {
		struct str text = template_texts[i].text, name = template_texts[i].name;
		bool read = str_find(name, '/', 0) == name.n && str_ends(name, STR(".py"));

		if (i > 0)
			cr_assert_lt(str_cmp(template_texts[i - 1].name, template_texts[i].name),
				     0);
		cr_assert_eq(str_find_str(text, STR("SPDX"), 0) != SIZE_MAX, read, "%.*s",
			     STR_A(name));
		cr_assert_eq(str_find_str(text, STR("\"\"\""), 0), SIZE_MAX, "%.*s", STR_A(name));
	}
}

Test(templates, a_cluster_carries_what_it_needs)
{
	const struct ir *plain = graph_with(&mem, "");
	const struct ir *more = graph_with(&mem, login_and_storage);
	size_t without = at(only(plain, "AWS::EC2::Instance")->metadata, "Payload")->n;

	/* login nodes and shared volumes */
	cr_assert_eq(at(only(more, "AWS::EC2::Instance")->metadata, "Payload")->n, without + 2);
}

Test(templates, modules_are_one_word_without_a_reference)
{
	for (size_t i = 0; i < template_modules_n; i++) {
		struct str archive = template_modules[i].archive;

		cr_assert_gt(archive.n, 0);
		for (size_t k = 0; k < archive.n; k++)
			cr_assert(archive.s[k] > ' ' && archive.s[k] <= '~' &&
				  strchr("$\"\\'", archive.s[k]) == NULL);
	}
}

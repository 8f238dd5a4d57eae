/* SPDX-License-Identifier: Apache-2.0 */
/* test_yaml_write.c - trees as YAML: what people read, and that it is read back as the same tree. */
#include "compiler/yaml/yaml_write.h"
#include "front.h"
#include "random_tree.h"

#include <criterion/criterion.h>

/* What comes of a text that is read and written again. */
static void check(const char *in, const char *out)
{
	struct front f = {0};
	struct vars none = {0};
	struct buf b;

	front_read(&f, str_c(in), &none);
	cr_assert_not_null(f.root, "%s", in);
	b = buf_in(&f.a);
	cr_assert(yaml_write(&b, f.root, YAML_FOR_HPCC));
	assert_text(buf_str(&b), out);
	front_end(&f);
}

Test(yaml_write, blocks_for_flow)
{
	check("{a: {b: [1, {c: d, e: []}, [x, [z]]], f: {}}, g: , h: ~}", "a:\n"
									  "  b:\n"
									  "    - 1\n"
									  "    - c: d\n"
									  "      e: []\n"
									  "    - - x\n"
									  "      - - z\n"
									  "  f: {}\n"
									  "g:\n"
									  "h: ~\n");
}

Test(yaml_write, quotes_where_they_are_needed)
{
	check("[a b, '1', '010', '1:30', '2024-01-01', 'yes', 'y', 'a: b', 'a:b', 'a #b', '#b', "
	      "'-', '-a', '', ' a', '*', 'a*', "
	      "'null', \"a\\tb\", 'it''s', '=', '10.0.0.0/8', '4711x', '@daily', '1e3', '.5']",
	      "- a b\n- \"1\"\n- \"010\"\n- \"1:30\"\n- \"2024-01-01\"\n- \"yes\"\n- \"y\"\n- \"a: "
	      "b\"\n- a:b\n- \"a #b\"\n- "
	      "\"#b\"\n- \"-\"\n- -a\n- \"\"\n- \" a\"\n- \"*\"\n- a*\n- \"null\"\n- \"a\\tb\"\n- "
	      "it's\n- \"=\"\n- 10.0.0.0/8\n- "
	      "4711x\n- \"@daily\"\n- 1e3\n- \".5\"\n");
}

Test(yaml_write, texts_of_several_lines)
{
	check("a: \"x\\n  y\\n\"\nb: \"x\\n\\ny\"\nc: \"x\\n\\n\\n\"\nd: \" x\\ny\\n\"\ne: "
	      "\"\\n\"\nf: [\"p\\nq\\n\"]\n",
	      "a: |\n  x\n    y\nb: |-\n  x\n\n  y\nc: |+\n  x\n\n\nd: |2\n   x\n  y\ne: "
	      "\"\\n\"\nf:\n  - |\n    p\n    q\n");
}

Test(yaml_write, variables_and_values_of_the_deployment)
{
	check("a: $${HOME}/x\nb: ${param.Key}\nc: 's3://${param.B}/$HOME'\nd: ${X:-7}\ne: "
	      "'v${X:-7}'\n",
	      "a: $${HOME}/x\nb: ${param.Key}\nc: s3://${param.B}/$HOME\nd: 7\ne: v7\n");
}

Test(yaml_write, merged_entries_once)
{
	check("a: &a {x: 1, z: 2}\nb: {<<: *a, z: 3}\n",
	      "a:\n  x: 1\n  z: 2\nb:\n  z: 3\n  x: 1\n");
}

Test(yaml_write, values_of_tags_keep_their_kind)
{
	check("a: !!float 3\nb: !!str 3\nc: !!null x\n",
	      "a: !!float \"3\"\nb: \"3\"\nc: !!null \"x\"\n");
}

Test(yaml_write, others_read_text_as_it_is)
{
	struct front f = {0};
	struct buf b;

	front_read(&f, STR("a: ${HOME}\n"), NULL);
	b = buf_in(&f.a);
	cr_assert(yaml_write(&b, f.root, YAML_FOR_OTHERS));
	assert_text(buf_str(&b), "a: ${HOME}\n");
	front_end(&f);
}

Test(yaml_write, no_more_than_anybody_reads)
{
	struct front f = {0};
	struct node *root, *text;
	const struct node **items;
	struct buf b;
	enum { N = 70 };

	root = NEW(&f.a, struct node);
	text = NEW(&f.a, struct node);
	items = NEW_ARRAY(&f.a, const struct node *, N);
	*text = (struct node){.kind = NODE_STRING};
	b = buf_in(&f.a);
	buf_pad(&b, 'x', 1 << 20);
	text->text = buf_str(&b);
	for (size_t i = 0; i < N; i++)
		items[i] = text;
	*root = (struct node){.kind = NODE_LIST};
	root->list.items = items;
	root->list.n = N;
	b = buf_in(&f.a);
	cr_assert_not(yaml_write(&b, root, YAML_FOR_HPCC));
	front_end(&f);
}

/* Numbers that look drawn, the same in every run: xorshift64. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

Test(yaml_write, any_tree_is_read_back)
{
	uint64_t state = 88172645463325252u;
	unsigned read = 0;

	for (int round = 0; round < 20000; round++) {
		struct front f = {0};
		struct vars none = {0};
		uint8_t data[200];
		const struct node *root;
		struct str why = {0};
		struct buf b;

		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)(draw(&state) >> 32);
		root = random_tree(&f.a, data, 8 + (size_t)(draw(&state) % (sizeof(data) - 8)));
		b = buf_in(&f.a);
		cr_assert(yaml_write(&b, root, YAML_FOR_HPCC));
		front_read(&f, arena_str(&f.a, buf_str(&b)), &none);
		for (const struct diag *d = f.ds.first; d != NULL;
		     d = d->next) /* what no file may hold */
			cr_assert(d->id == DIAG_control_character || d->id == DIAG_empty_document,
				  "round %d: " STR_F, round, STR_A(front_findings(&f)));
		if (f.ds.errors == 0) {
			read++;
			cr_assert(same_tree(&f.a, root, f.root, &why),
				  "round %d: " STR_F "\n" STR_F, round, STR_A(why),
				  STR_A(buf_str(&b)));
		}
		front_end(&f);
	}
	cr_assert_gt(read, 10000);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/graph_of.h"

#include "compiler/compile/compile.h"
#include "lowering/aws/message.h"
#include "tests/all_off.h"

#include <criterion/criterion.h>

static const char base[] = "Region: us-east-1\n"
			   "Image: {Os: alinux2023}\n"
			   "HeadNode:\n"
			   "  InstanceType: m5.xlarge\n"
			   "  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
			   "  Ssh: {KeyName: key}\n"
			   "Scheduling:\n"
			   "  Scheduler: slurm\n"
			   "  SlurmQueues:\n"
			   "    - Name: compute\n"
			   "      ComputeResources:\n"
			   "        - {Name: m5, InstanceType: m5.4xlarge}\n"
			   "      Networking: {SubnetIds: [subnet-0123456789abcdef1]}\n";

const struct ir *graph_of(struct arena *a, const char *text)
{
	struct compile_options o = {.facts = facts_bundled()};
	struct config off = all_off();
	const struct source *src = source_new(a, STR("test.yaml"), arena_str(a, str_c(text)));
	const struct ir *g;
	struct compilation c;

	if (!compile(&o, a, &off, src, STAGE_GRAPH, &c))
		cr_assert_fail("" STR_F, STR_A(c.ds.first->text));
	g = c.graph;
	cr_assert_not_null(g);
	return g;
}

const struct ir *graph_with(struct arena *a, const char *rest)
{
	return graph_of(a, arena_fmt(a, "%s%s", base, rest).s);
}

const struct ir_resource *found(const struct ir *g, const char *id)
{
	const struct ir_resource *r = ir_find(g, str_c(id));

	cr_assert_not_null(r, "%s", id);
	return r;
}

size_t count_of(const struct ir *g, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		n += str_eq(r->type, str_c(type));
	}
	return n;
}

const struct ir_resource *only(const struct ir *g, const char *type)
{
	cr_assert_eq(count_of(g, type), 1, "%zu of %s", count_of(g, type), type);
	for (size_t i = 0; i < g->resources.n; i++) {
		const struct ir_resource *r = g->resources.items[i].value;

		if (str_eq(r->type, str_c(type)))
			return r;
	}
	return NULL;
}

const struct ir_value *at(const struct ir_value *v, const char *path)
{
	struct str rest = str_c(path);

	while (v != NULL && rest.s != NULL) {
		struct str word = str_cut(&rest, '.');
		int64_t i = 0;

		if (v->kind == IR_OBJECT)
			v = ir_get(v, word);
		else if (v->kind == IR_LIST && str_to_int(word, &i) && i >= 0 && i < v->n)
			v = v->items[i];
		else
			v = NULL;
	}
	return v;
}

const char *text_at(struct arena *a, const struct ir_value *v, const char *path)
{
	v = at(v, path);
	if (v == NULL)
		return "";
	if (v->kind == IR_INT)
		return arena_fmt(a, "%lld", (long long)v->integer).s;
	if (v->kind == IR_BOOL)
		return v->boolean ? "true" : "false";
	if (v->kind == IR_GETATT)
		return arena_fmt(a, STR_F "." STR_F, STR_A(v->text), STR_A(v->attribute)).s;
	return arena_str(a, v->text).s;
}

struct str dashboard_of(struct arena *a, const struct ir *g)
{
	const struct ir_resource *r = only(g, "AWS::CloudWatch::Dashboard");
	const struct ir_value *join = at(r->properties, "DashboardBody");
	const struct ir_value *split = join->items[0];
	struct str body = arena_str(a, message_text(a, g, split));
	char *s = arena_alloc(a, body.n + 1, 1);

	cr_assert_eq(join->kind, IR_JOIN);
	cr_assert_eq(split->kind, IR_SPLIT);
	cr_assert_eq(split->text.n, 1);
	for (size_t i = 0; i < body.n; i++)
		s[i] = body.s[i] == split->text.s[0] ? join->text.s[0] : body.s[i];
	s[body.n] = '\0';
	return (struct str){s, body.n};
}

void expect_texts(struct arena *a, const struct ir_value *v, const char *const rows[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(text_at(a, v, rows[i][0]), rows[i][1], "%s", rows[i][0]);
}

const struct ir_value *settings_of(const struct ir *g, size_t i)
{
	const struct ir_resource *head = only(g, "AWS::EC2::Instance");
	const struct ir_value *list = at(head->metadata, "Storage");

	cr_assert_not_null(list);
	cr_assert_lt(i, list->n);
	return list->items[i];
}

bool waits_for(const struct ir_resource *r, struct str id)
{
	for (size_t i = 0; i < r->ndepends; i++)
		if (str_eq(r->depends_on[i], id))
			return true;
	return false;
}

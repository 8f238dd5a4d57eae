/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_rights.c - rights on a KMS key that the file names: by its id, its ARN, or an alias in either form.
 *
 * Source: KMS developer guide, kms:ResourceAliases, kms:ViaService and kms:GrantIsForAWSResource.
 */
#include "compiler/base/open_text.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/keys.h"
#include "lowering/aws/policy.h"
#include "lowering/batch/batch.h"

/* Rights under way. */
struct key_rights {
	struct batch_stack *l;
	struct ir_value *statements;
	const char *actions, *service;
};

/* On the key of that ARN; with an alias, IR_LIST or a text, on those of it that have the alias now. */
static void add(const struct key_rights *k, const char *sid, struct ir_value *key_arn,
		struct ir_value *alias)
{
	struct stack *st = &k->l->st;
	struct ir_value *s = allow(st, k->statements, sid, k->actions, key_arn);

	if (ir_get(s, STR("Condition")) != NULL)
		return; /* it has been allowed before */
	allow_when(st, s, "kms:ViaService",
		   ir_subf(st->g, "%s.${AWS::Region}.${AWS::URLSuffix}", k->service));
	if (str_eq(str_c(k->actions), STR("kms:CreateGrant")))
		allow_if(st, s, "Bool", "kms:GrantIsForAWSResource", ir_text(st->g, STR("true")));
	if (alias != NULL)
		allow_if(st, s, "ForAnyValue:StringEquals", "kms:ResourceAliases", alias);
}

/*
 * What stands at the end of an ARN of a key or an alias, or all of an id or an alias: the sixth part of the text, with
 * as many colons behind it, and itself again.
 */
static struct ir_value *last_part(struct ir *g, struct str key)
{
	struct ir_value *twice = ir_sub(g, STR("${Key}:::::${Key}"));
	struct ir_value *parts = ir_func(g, IR_SPLIT, STR(":"));
	struct ir_value *last = ir_func(g, IR_SELECT, STR(""));

	ir_push(g, parts, ir_put_text(g, twice, "Key", key));
	ir_push(g, last, parts);
	last->integer = 5;
	return last;
}

/* A key of which nothing is known: it is the key of this account that has the id, or the one that has the alias. */
static void add_open(const struct key_rights *k, const char *sid, struct str key)
{
	struct stack *st = &k->l->st;
	struct ir_value *by_id = arn(st, "kms", STR("key/${Id}"));

	ir_put(st->g, by_id, "Id", replaced(st->g, last_part(st->g, key), "key/", ""));
	add(k, sid, by_id, NULL);
	add(k, arena_fmt(st->a, "%sByAlias", sid).s, arn(st, "kms", STR("key/*")),
	    last_part(st->g, key));
}

void batch_allow_key(struct batch_stack *l, struct ir_value *statements, const char *sid,
		     const char *actions, struct str key, const char *service)
{
	const struct key_rights k = {l, statements, actions, service};
	struct stack *st = &l->st;
	size_t at = str_find_str(key, STR("alias/"), 0);
	struct str exact = iam_exact(st, key);

	if (key.s[0] == OPEN_BEGIN[0])
		add_open(&k, sid, key);
	else if (at == 0)
		add(&k, sid, arn(st, "kms", STR("key/*")), ir_text(st->g, exact));
	else if (is_arn(key) && at != SIZE_MAX)
		add(&k, sid,
		    ir_textf(st->g, STR_F "key/*", STR_A(iam_exact(st, str_slice(key, 0, at)))),
		    ir_text(st->g, iam_exact(st, str_slice(key, at, key.n))));
	else if (is_arn(key))
		add(&k, sid, ir_text(st->g, exact), NULL);
	else
		add(&k, sid, kms_key_arn(st, exact), NULL);
}

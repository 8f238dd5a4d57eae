/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.c - what stands in a template, and in which order.
 *
 * Source: AWS CloudFormation User Guide, "Template anatomy" and "Intrinsic function reference".
 */
#include "lowering/emit/document.h"

#include "compiler/base/buf.h"
#include "lowering/ir/sub.h"

#include <stdio.h>

static void write_value(struct document *d, const struct ir_value *v);

static void key(struct document *d, const char *name)
{
	d->ops->key(d, str_c(name));
}

static void text_member(struct document *d, const char *name, struct str text)
{
	if (text.n == 0)
		return;
	key(d, name);
	d->ops->text(d, text);
}

/* Text for people that changes nothing of the stack, or what CloudFormation does anyway. */
static void spare_member(struct document *d, const char *name, struct str text)
{
	if (d->terse || text.n == 0)
		return;
	if (d->ops->aside != NULL)
		d->ops->aside(d, true);
	text_member(d, name, text);
	if (d->ops->aside != NULL)
		d->ops->aside(d, false);
}

static void value_member(struct document *d, const char *name, const struct ir_value *v)
{
	if (v == NULL)
		return;
	key(d, name);
	write_value(d, v);
}

static bool is_function(const struct ir_value *v)
{
	return v->kind >= IR_REF;
}

static void write_int(struct document *d, int64_t i)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)i);

	d->ops->word(d, (struct str){digits, (size_t)n});
}

/* 15 significant digits: 0.1 stays 0.1. A whole number reads as one. */
static void write_number(struct document *d, double x)
{
	char digits[40];
	int n = snprintf(digits, sizeof(digits), "%.15g", x);

	d->ops->word(d, (struct str){digits, (size_t)n});
}

/* The name of a statement of a policy, which nothing refers to. */
static bool is_sid(const struct ir_value *object, uint32_t i)
{
	return str_eq(object->members[i].name, STR("Sid")) &&
	       object->members[i].value->kind == IR_STRING && object->nmembers > 1 &&
	       ir_get(object, STR("Effect")) != NULL;
}

static void write_object(struct document *d, const struct ir_value *v)
{
	d->ops->open(d, false);
	for (uint32_t i = 0; i < v->nmembers; i++) {
		if (is_sid(v, i)) {
			spare_member(d, "Sid", v->members[i].value->text);
			continue;
		}
		d->ops->key(d, v->members[i].name);
		write_value(d, v->members[i].value);
	}
	d->ops->close(d, false, v->nmembers == 0);
}

static void write_items(struct document *d, const struct ir_value *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		write_value(d, v->items[i]);
}

static void write_list(struct document *d, const struct ir_value *v)
{
	d->ops->open(d, true);
	write_items(d, v);
	d->ops->close(d, true, v->n == 0);
}

static void write_text_function(struct document *d, struct str name, struct str text)
{
	d->ops->function(d, name, false);
	d->ops->text(d, text);
	d->ops->function_end(d, name, false);
}

/*
 * Does the value of a variable say the same in the format of `sub`? Text does where no part of it can be taken
 * for a reference, a Ref where no variable has the name of its resource.
 */
static bool folds(const struct ir_value *sub, const struct ir_value *v)
{
	if (v->kind == IR_STRING)
		return str_find(v->text, '$', 0) == v->text.n &&
		       str_find(v->text, '{', 0) == v->text.n;
	return v->kind == IR_GETATT || (v->kind == IR_REF && ir_get(sub, v->text) == NULL);
}

static void add_folded(struct buf *b, const struct ir_value *v)
{
	if (v->kind == IR_STRING)
		buf_add(b, v->text);
	else if (v->kind == IR_REF)
		buf_fmt(b, "${" STR_F "}", STR_A(v->text));
	else
		buf_fmt(b, "${" STR_F "." STR_F "}", STR_A(v->text), STR_A(v->attribute));
}

/* The format of a Sub with all values in it that can stand there. */
static struct str folded_format(struct document *d, const struct ir_value *sub)
{
	struct buf b = buf_in(d->a);
	struct str rest = sub->text;
	struct ir_sub_piece p;

	while (ir_sub_next(&rest, &p)) {
		const struct ir_value *v = ir_sub_variable(sub, &p);

		if (v != NULL && folds(sub, v))
			add_folded(&b, v);
		else
			buf_add(&b, p.raw);
	}
	return buf_str(&b);
}

/*
 * {"Fn::Sub": "format"}, or with variables {"Fn::Sub": ["format", {…}]}. As short as it can be said: a variable is
 * written only where its value cannot stand in the format.
 */
static void write_sub(struct document *d, const struct ir_value *v)
{
	struct str format = v->nmembers > 0 ? folded_format(d, v) : v->text;
	uint32_t i = 0;

	while (i < v->nmembers && folds(v, v->members[i].value))
		i++;
	if (i == v->nmembers) {
		write_text_function(d, STR("Fn::Sub"), format);
		return;
	}
	d->ops->function(d, STR("Fn::Sub"), false);
	d->ops->open(d, true);
	d->ops->text(d, format);
	d->ops->open(d, false);
	for (; i < v->nmembers; i++) {
		if (folds(v, v->members[i].value))
			continue;
		d->ops->key(d, v->members[i].name);
		write_value(d, v->members[i].value);
	}
	d->ops->close(d, false, false);
	d->ops->close(d, true, false);
	d->ops->function_end(d, STR("Fn::Sub"), false);
}

/* Is v a list by itself, and not one text? */
static bool gives_list(const struct ir_value *v)
{
	return v->kind == IR_LIST || v->kind == IR_SPLIT || v->kind == IR_GETAZS ||
	       v->kind == IR_CIDR;
}

static void write_join(struct document *d, const struct ir_value *v)
{
	d->ops->function(d, STR("Fn::Join"), false);
	d->ops->open(d, true);
	d->ops->text(d, v->text);
	if (v->boolean || (v->n == 1 && gives_list(v->items[0])))
		write_value(d, v->items[0]);
	else
		write_list(d, v);
	d->ops->close(d, true, false);
	d->ops->function_end(d, STR("Fn::Join"), false);
}

/* A function whose argument is a list: its text or index, where it has one, then its items. */
static void write_list_function(struct document *d, struct str name, const struct ir_value *v)
{
	d->ops->function(d, name, false);
	d->ops->open(d, true);
	if (v->kind == IR_SELECT)
		write_int(d, v->integer);
	else if (v->kind == IR_SPLIT || v->kind == IR_IF)
		d->ops->text(d, v->text);
	write_items(d, v);
	d->ops->close(d, true, false);
	d->ops->function_end(d, name, false);
}

/* A function of one value. */
static void write_plain_function(struct document *d, struct str name, const struct ir_value *v)
{
	bool nested = is_function(v->items[0]);

	d->ops->function(d, name, nested);
	write_value(d, v->items[0]);
	d->ops->function_end(d, name, nested);
}

/* Functions that have nothing but operands. */
static const struct str function_names[] = {
	[IR_SELECT] = STR_INIT("Fn::Select"),	    [IR_SPLIT] = STR_INIT("Fn::Split"),
	[IR_FINDINMAP] = STR_INIT("Fn::FindInMap"), [IR_IF] = STR_INIT("Fn::If"),
	[IR_EQUALS] = STR_INIT("Fn::Equals"),	    [IR_NOT] = STR_INIT("Fn::Not"),
	[IR_BASE64] = STR_INIT("Fn::Base64"),	    [IR_IMPORT] = STR_INIT("Fn::ImportValue"),
	[IR_GETAZS] = STR_INIT("Fn::GetAZs"),	    [IR_CIDR] = STR_INIT("Fn::Cidr"),
};

static void write_value(struct document *d, const struct ir_value *v)
{
	switch (v->kind) {
	case IR_NULL:
		d->ops->word(d, STR("null"));
		return;
	case IR_BOOL:
		d->ops->word(d, v->boolean ? STR("true") : STR("false"));
		return;
	case IR_INT:
		write_int(d, v->integer);
		return;
	case IR_NUMBER:
		write_number(d, v->number);
		return;
	case IR_STRING:
		if (v->attribute.n > 0)
			d->ops->either(d, v->text, v->attribute);
		else
			d->ops->text(d, v->text);
		return;
	case IR_LIST:
		write_list(d, v);
		return;
	case IR_OBJECT:
		write_object(d, v);
		return;
	case IR_REF:
		write_text_function(d, STR("Ref"), v->text);
		return;
	case IR_NOVALUE:
		write_text_function(d, STR("Ref"), STR("AWS::NoValue"));
		return;
	case IR_GETATT:
		d->ops->getatt(d, v->text, v->attribute);
		return;
	case IR_SUB:
		write_sub(d, v);
		return;
	case IR_JOIN:
		write_join(d, v);
		return;
	case IR_SELECT:
	case IR_SPLIT:
	case IR_FINDINMAP:
	case IR_IF:
	case IR_EQUALS:
	case IR_NOT:
	case IR_CIDR:
		write_list_function(d, function_names[v->kind], v);
		return;
	case IR_BASE64:
	case IR_IMPORT:
	case IR_GETAZS:
		write_plain_function(d, function_names[v->kind], v);
		return;
	}
	BUG("a value of kind %d", (int)v->kind);
}

/* ---- the sections of a template ---- */

static void write_parameter(struct document *d, const void *item)
{
	const struct ir_parameter *p = item;

	d->ops->open(d, false);
	text_member(d, "Type", p->type);
	spare_member(d, "Description", p->description);
	value_member(d, "Default", p->default_value);
	value_member(d, "AllowedValues", p->allowed_values);
	text_member(d, "AllowedPattern", p->allowed_pattern);
	value_member(d, "MinValue", p->min_value);
	value_member(d, "MaxValue", p->max_value);
	if (p->no_echo) {
		key(d, "NoEcho");
		d->ops->word(d, STR("true"));
	}
	d->ops->close(d, false, false);
}

static void write_depends(struct document *d, const struct ir_resource *r)
{
	if (r->ndepends == 0)
		return;
	key(d, "DependsOn");
	if (r->ndepends == 1) {
		d->ops->text(d, r->depends_on[0]);
		return;
	}
	d->ops->open(d, true);
	for (size_t i = 0; i < r->ndepends; i++)
		d->ops->text(d, r->depends_on[i]);
	d->ops->close(d, true, false);
}

/*
 * What becomes of a resource. Where neither is said CloudFormation deletes all but databases of RDS; who says one of
 * them is to say both (cfn-lint: W3011).
 */
static void write_policies(struct document *d, const struct ir_resource *r)
{
	bool usual = r->deletion_policy == IR_DELETE && r->update_replace_policy == IR_DELETE;
	void (*member)(struct document *, const char *, struct str) =
		usual ? spare_member : text_member;

	member(d, "DeletionPolicy", ir_policy_text(r->deletion_policy));
	member(d, "UpdateReplacePolicy", ir_policy_text(r->update_replace_policy));
}

static void write_resource(struct document *d, const void *item)
{
	const struct ir_resource *r = item;

	d->ops->open(d, false);
	text_member(d, "Type", r->type);
	text_member(d, "Condition", r->condition);
	write_depends(d, r);
	value_member(d, "CreationPolicy", r->creation_policy);
	value_member(d, "UpdatePolicy", r->update_policy);
	write_policies(d, r);
	value_member(d, "Metadata", r->metadata);
	if (r->properties->nmembers > 0)
		value_member(d, "Properties", r->properties);
	d->ops->close(d, false, false);
}

static void write_output(struct document *d, const void *item)
{
	const struct ir_output *o = item;

	d->ops->open(d, false);
	spare_member(d, "Description", o->description);
	text_member(d, "Condition", o->condition);
	value_member(d, "Value", o->value);
	if (o->export_name != NULL) {
		key(d, "Export");
		d->ops->open(d, false);
		value_member(d, "Name", o->export_name);
		d->ops->close(d, false, false);
	}
	d->ops->close(d, false, false);
}

static void write_item_value(struct document *d, const void *item)
{
	write_value(d, item);
}

/* One section; left out when it is empty. */
static void write_section(struct document *d, const char *name, const struct map *items,
			  void (*put)(struct document *, const void *))
{
	if (items->n == 0)
		return;
	key(d, name);
	d->ops->open(d, false);
	for (size_t i = 0; i < items->n; i++) {
		d->ops->key(d, items->items[i].key);
		put(d, items->items[i].value);
	}
	d->ops->close(d, false, false);
}

void document_write(struct document *d, const struct ir *g)
{
	d->ops->open(d, false);
	text_member(d, "AWSTemplateFormatVersion", STR("2010-09-09"));
	text_member(d, "Description", g->description);
	value_member(d, "Metadata", g->metadata);
	write_section(d, "Parameters", &g->parameters, write_parameter);
	write_section(d, "Rules", &g->rules, write_item_value);
	write_section(d, "Mappings", &g->mappings, write_item_value);
	write_section(d, "Conditions", &g->conditions, write_item_value);
	write_section(d, "Resources", &g->resources, write_resource);
	write_section(d, "Outputs", &g->outputs, write_output);
	d->ops->close(d, false, false);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters.c - parameters of the file as parameters of the template.
 *
 * Source: CloudFormation User Guide, "Parameters" and "CloudFormation-supplied parameter types".
 */
#include "lowering/aws/parameters.h"

#include "compiler/base/buf.h"
#include "compiler/base/bug.h"
#include "compiler/base/regex.h"
#include "compiler/model/deployment.h"

/* Types of AWS that have no list of them; in a list they are texts. */
static bool has_list(struct str type)
{
	return type.n > 0 && !str_eq(type, STR("AWS::EC2::KeyPair::KeyName"));
}

/* The form of its values: that of its type, else that of the first property which it is the whole value of, or NULL. */
static const struct pattern *form_of(const struct stack_parameter *p)
{
	return p->form != NULL ? p->form : p->asked;
}

/* The type that AWS has for one value of p, or an empty text. */
static struct str aws_type(const struct stack_parameter *p)
{
	if (p->kind == PARAMETER_INT || p->kind == PARAMETER_NUMBER)
		return STR("Number");
	if (p->key_name)
		return STR("AWS::EC2::KeyPair::KeyName");
	return form_of(p) != NULL ? form_of(p)->parameter : STR("");
}

static struct str type_of_parameter(struct arena *a, const struct stack_parameter *p)
{
	struct str type = aws_type(p);

	if (!p->list)
		return type.n > 0 ? type : STR("String");
	return has_list(type) ? arena_fmt(a, "List<" STR_F ">", STR_A(type))
			      : STR("CommaDelimitedList");
}

static struct ir_value *value_of(struct stack *st, const struct stack_parameter *p,
				 const struct node *v)
{
	if (p->kind == PARAMETER_BOOL)
		return ir_text(st->g, v->kind == NODE_BOOL
					      ? (v->boolean ? STR("true") : STR("false"))
					      : v->text);
	if (v->kind == NODE_INT && !v->big)
		return ir_textf(st->g, "%lld", (long long)v->integer);
	return ir_text(st->g, v->text);
}

/* Items of a list stand in one text, as CloudFormation takes them. */
static struct ir_value *default_of(struct stack *st, const struct stack_parameter *p)
{
	struct buf b = buf_in(st->a);

	if (!p->list)
		return value_of(st, p, p->given);
	for (size_t i = 0; i < p->given->list.n; i++) {
		buf_add(&b, i > 0 ? STR(",") : STR(""));
		buf_add(&b, value_of(st, p, p->given->list.items[i])->text);
	}
	return ir_text(st->g, buf_str(&b));
}

/* What a part of a text may be that nothing quotes: no blank, quote or sign of a shell. */
#define PART_OF_TEXT "^[A-Za-z0-9_.,:/@%+=*?!~-]*$"
/* The same where `*` and `?` would stand for more than themselves. */
#define EXACT_PART "^[A-Za-z0-9_.,:/@%+=!~-]*$"
/* One line, whatever its signs: Java's dot is no line end of any kind. */
#define ONE_LINE "^.*$"

/* Does the default of p, where it has one, match the form that templates ask? */
static bool default_is_asked(struct stack *st, const struct stack_parameter *p,
			     const struct pattern *form)
{
	struct regex_room *room = regex_room_new(st->a);
	size_t at;
	const struct regex *x = regex_compile(room, form->template_regex, &at);
	bool ok = true;

	INVARIANT(x != NULL);
	if (p->given == NULL || !p->list)
		return p->given == NULL || regex_matches(room, x, p->given->text);
	for (size_t i = 0; ok && i < p->given->list.n; i++)
		ok = regex_matches(room, x, p->given->list.items[i]->text);
	return ok;
}

/*
 * What a template asks of a value of p that has the form. A text that has the form of a property alone, and no type
 * that says so, may have a default that only the property takes.
 */
static struct str form_asked(struct stack *st, const struct stack_parameter *p,
			     const struct pattern *form)
{
	if (form->template_regex != NULL && default_is_asked(st, p, form))
		return str_c(form->template_regex);
	return regex_is_portable(form->regex) ? str_c(form->regex) : STR(ONE_LINE);
}

/* Matches what matches both. */
static struct str both(struct stack *st, struct str one, struct str other)
{
	return str_eq(one, other)
		       ? one
		       : arena_fmt(st->a, "(?=" STR_F ")" STR_F, STR_A(one), STR_A(other));
}

/* Its own form, and also that of the property where the two differ and nothing quotes what the first lets through. */
static struct str strict_form(struct stack *st, const struct stack_parameter *p)
{
	struct str own = form_asked(st, p, form_of(p));

	return p->form == NULL || !p->asked_strictly ? own
						     : both(st, own, form_asked(st, p, p->asked));
}

static struct str pattern_of(struct stack *st, const struct stack_parameter *p)
{
	const struct pattern *form = form_of(p);
	struct str part = p->exact ? STR(EXACT_PART) : STR(PART_OF_TEXT);

	if (p->kind != PARAMETER_TEXT || aws_type(p).n > 0 || p->nvalues > 0)
		return STR("");
	if (form != NULL && regex_is_portable(form->regex) &&
	    (p->form != NULL || p->asked_strictly))
		return strict_form(st, p);
	if (form == NULL)
		return p->part || p->exact ? part : STR("");
	return p->part || p->exact ? both(st, part, strict_form(st, p)) : strict_form(st, p);
}

/* Is the name one of another part of the template? */
static bool is_taken(const struct ir *g, struct str name)
{
	return ir_find(g, name) != NULL || map_get(&g->parameters, name) != NULL ||
	       map_get(&g->mappings, name) != NULL || map_get(&g->conditions, name) != NULL ||
	       map_get(&g->rules, name) != NULL;
}

static void limit(struct stack *st, const struct stack_parameter *p, struct ir_parameter *made)
{
	const struct prop *number = p->number;

	if (number == NULL || (p->kind != PARAMETER_INT && p->kind != PARAMETER_NUMBER))
		return;
	if ((number->has & HAS_MIN) != 0)
		made->min_value = ir_textf(st->g, "%.15g", number->min);
	if ((number->has & HAS_MAX) != 0)
		made->max_value = ir_textf(st->g, "%.15g", number->max);
}

static void add(struct stack *st, const struct stack_parameter *p)
{
	struct ir_origin origin = {p->at, STR("Parameters")};
	struct ir_parameter *made;

	if (is_taken(st->g, p->name)) {
		diag_help(st->ds, diag_parameter_is_resource(st->ds, p->at, p->name),
			  "call the parameter something else; names of both are told apart by no "
			  "more than that");
		return;
	}
	made = ir_add_parameter(st->g, p->name, "", p->description, origin);
	made->type = type_of_parameter(st->a, p);
	if (p->given != NULL)
		made->default_value = default_of(st, p);
	made->allowed_pattern = pattern_of(st, p);
	limit(st, p, made);
	if (p->nvalues == 0)
		return;
	made->allowed_values = ir_list(st->g);
	for (size_t i = 0; i < p->nvalues; i++)
		ir_push(st->g, made->allowed_values, value_of(st, p, p->values[i]));
}

static void add_stack(struct stack *st)
{
	struct ir_origin origin = {.path = STR("Environment")};
	struct ir_parameter *made;

	INVARIANT(st->deployment != NULL);
	origin.at = st->deployment->stack_at;
	made = ir_add_parameter(st->g, STR(ENVIRONMENT_STACK_PARAMETER), "String",
				STR("Stack of the environment"), origin);
	made->default_value = ir_text(st->g, st->deployment->stack);
}

/* Does its value decide what the stack is? Then the graphs of all its values become one. */
static bool is_choice(const struct stack_parameter *p)
{
	return p->chosen && p->nvalues > 1;
}

void parameters_add(struct stack *st, const struct map *used)
{
	const struct deployment *d = st->deployment;

	for (size_t i = 0; d != NULL && i < d->nparameters; i++)
		if (map_get(used, d->parameters[i].name) != NULL || is_choice(&d->parameters[i]))
			add(st, &d->parameters[i]);
	if (map_get(used, STR(ENVIRONMENT_STACK_PARAMETER)) != NULL)
		add_stack(st);
}

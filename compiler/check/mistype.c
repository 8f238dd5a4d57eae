/* SPDX-License-Identifier: Apache-2.0 */
/* mistype.c - values of the wrong type: what to say, and what was probably meant. */
#include "compiler/base/lookalike.h"
#include "compiler/check/walk.h"

bool node_is_scalar(const struct node *v)
{
	return v->kind != NODE_LIST && v->kind != NODE_MAP && v->kind != NODE_NULL;
}

/* The user wrote a plain word that YAML 1.1 does not take as text: quotes make it text. */
static void help_quotes(struct check *c, struct diag *d, const struct node *v)
{
	struct str text = shown(c, v->text);

	diag_note(c->ds, d, "YAML 1.1 reads `" STR_F "` without quotes as %s", STR_A(text),
		  node_kind_words(v->kind));
	diag_help(c->ds, d, "write it in quotes: \"" STR_F "\"", STR_A(text));
	diag_fix(c->ds, d, v->at, arena_fmt(c->a, "\"" STR_F "\"", STR_A(v->text)), false);
}

/* Proposes `before`, the words of v, `after` in its place. */
static void help_wrap(struct check *c, struct diag *d, const struct node *v, const char *before,
		      const char *after)
{
	struct str words = span_text(v->at);

	diag_help(c->ds, d, "write `%s" STR_F "%s`", before, STR_A(shown(c, words)), after);
	diag_fix(c->ds, d, v->at, arena_fmt(c->a, "%s" STR_F "%s", before, STR_A(words), after),
		 false);
}

struct diag *wrong_type(struct check *c, struct str name, const char *want, const struct node *v)
{
	struct diag *d = diag_wrong_type(c->ds, v->at, name, want, node_kind_words(v->kind));
	struct str words = str_c(want);

	if (str_eq(words, STR("text")) && node_is_scalar(v) && v->plain)
		help_quotes(c, d, v);
	else if (str_eq(words, STR("a list of text")) && node_is_scalar(v) &&
		 !has_non_ascii(v->text))
		help_wrap(c, d, v, "[", "]");
	else if (str_eq(words, STR("a list of mappings")) && v->kind == NODE_MAP)
		diag_help(c->ds, d, "begin each item with `- `");
	return d;
}

/* The property of s that a lone value of this kind stands for, or NULL. */
static const struct prop *meant_by(const struct check *c, const struct section *s,
				   enum node_kind kind)
{
	const struct prop *found = NULL;

	if (kind == NODE_BOOL) {
		found = find_prop(c, s, STR("Enabled"));
		return found != NULL && found->kind == PROP_BOOL ? found : NULL;
	}
	for (size_t i = 0; kind == NODE_STRING && i < s->nprops; i++) {
		if ((s->props[i].required & c->kind->variants) == 0 ||
		    s->props[i].kind != PROP_STRING)
			continue;
		if (found != NULL)
			return NULL; /* several: who knows */
		found = &s->props[i];
	}
	return found;
}

void wrong_section(struct check *c, struct str name, const struct section *s, const struct node *v)
{
	struct diag *d = diag_wrong_type(c->ds, v->at, name, "a mapping", node_kind_words(v->kind));
	const struct prop *meant = meant_by(c, s, v->kind);

	if (v->kind == NODE_LIST)
		diag_help(c->ds, d, "write the keys without `- ` before them");
	else if (meant != NULL)
		help_wrap(c, d, v, arena_fmt(c->a, "{" STR_F ": ", STR_A(meant->name)).s, "}");
}

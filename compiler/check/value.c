/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - one value against one row: type, range, values, pattern, length, count. */
#include "compiler/base/map.h"
#include "compiler/base/shown.h"
#include "compiler/base/utf8.h"
#include "compiler/check/coerce.h"
#include "compiler/check/open_value.h"
#include "compiler/check/walk.h"
#include "compiler/schema/foreign.h"
#include "compiler/schema/limits.h"

#include <string.h>

struct str shown(struct check *c, struct str text)
{
	size_t end = 80;

	if (text.n <= end)
		return text;
	while (end > 0 && ((unsigned char)text.s[end] & 0xc0) == 0x80)
		end--;
	return arena_fmt(c->a, STR_F "…", STR_A(str_slice(text, 0, end)));
}

enum { LAST_PATCH = 99 }; /* of a release line that was given as "3.7" */

static struct str release_text(struct check *c, release r)
{
	if (r % 100 == LAST_PATCH)
		return arena_fmt(c->a, "%u.%u", r / 10000, r / 100 % 100);
	return arena_fmt(c->a, "%u.%u.%u", r / 10000, r / 100 % 100, r % 100);
}

bool release_ok(struct check *c, struct str name, release since, release removed, struct span at)
{
	if (c->knows == 0) {
		if (removed != 0 && removed <= schema_release_number)
			diag_gone_in_newest(c->ds, at, name, release_text(c, removed));
		return true;
	}
	if (removed != 0 && c->knows >= removed) {
		diag_removed_property(c->ds, at, name, release_text(c, removed));
		return false;
	}
	if (since > c->knows) {
		diag_not_yet_there(c->ds, at, name, release_text(c, since),
				   release_text(c, c->knows));
		return false;
	}
	return true;
}

/* The row with the limits of the release to judge by; `own` is where it is kept when they are other ones. */
static const struct prop *limits_then(const struct check *c, const struct prop *prop,
				      struct prop *own)
{
	if (c->knows == 0 || c->knows >= prop->older)
		return prop;
	*own = *prop;
	own->has |= HAS_MAX | HAS_MAX_ITEMS;
	own->max = own->max_items = prop->older_max;
	return own;
}

bool count_ok(struct check *c, const struct prop *prop, size_t n, struct span at)
{
	struct prop older;

	prop = limits_then(c, prop, &older);
	if (((prop->has & HAS_MIN_ITEMS) != 0 && n < prop->min_items) ||
	    ((prop->has & HAS_MAX_ITEMS) != 0 && n > prop->max_items)) {
		diag_bad_count(c->ds, at, prop->name, (unsigned long)n, count_words(c->a, prop));
		return false;
	}
	return true;
}

static bool range_ok(struct check *c, const struct prop *prop, double x, const struct node *v)
{
	struct prop older;
	struct diag *d;
	bool below, at_open_end, above;

	prop = limits_then(c, prop, &older);
	below = (prop->has & HAS_MIN) != 0 && x < prop->min;
	at_open_end = (prop->has & MIN_EXCLUSIVE) != 0 && x == prop->min;
	above = (prop->has & HAS_MAX) != 0 && x > prop->max;
	if (!below && !at_open_end && !above)
		return true;
	d = diag_out_of_range(c->ds, v->at, prop->name, shown(c, v->text), range_words(c->a, prop));
	if (prop->kind != PROP_NUMBER)
		help_thousands(c, d, prop, v);
	return false;
}

void help_form(struct check *c, struct diag *d, const struct pattern *p)
{
	diag_help(c->ds, d, "its form is " STR_F "; for example `" STR_F "`", STR_A(p->form),
		  STR_A(p->example));
}

/*
 * Where a text matches p but for the line end that a block ends with: says how to write the block without, and returns
 * true.
 */
static bool help_line_end(struct check *c, struct diag *d, const struct pattern *p, struct str text,
			  struct span at)
{
	struct str words = span_text(at);

	if (!str_ends(text, STR("\n")) ||
	    !pattern_matches(c->patterns, p, str_slice(text, 0, text.n - 1)))
		return false;
	diag_note(c->ds, d, "the value ends with a line end, which is part of it");
	if (c->program && words.n > 0)
		diag_help(c->ds, d, "%s",
			  str_starts(words, STR("\"\"\""))
				  ? "`\\` at the end of its last line leaves the line end out"
				  : "write it in quotes, on one line");
	if (words.n < 2 || (words.s[0] != '|' && words.s[0] != '>'))
		return true;
	diag_help(c->ds, d, "write `%c-`, which leaves the last line end out", words.s[0]);
	if (words.s[1] == '\n')
		diag_fix(c->ds, d, span_in(at.src, at.lo, at.lo + 1),
			 arena_fmt(c->a, "%c-", words.s[0]), true);
	return true;
}

/* Reports a text that may be the secret that it should only name, without showing it. */
static void secret_mismatch(struct check *c, struct str name, const struct pattern *p,
			    struct str text, struct span at)
{
	struct diag *d = diag_pattern_mismatch(c->ds, at, name, STR("…"), p->article);

	d->secret = true;
	if (has_private_key(text)) {
		diag_note(c->ds, d, "what stands there is a private key, and is not shown");
		diag_help(c->ds, d,
			  "take it out of the file; `ssh-keygen -y -f KEY` prints the public key");
		return;
	}
	if (help_line_end(c, d, p, text, at))
		return;
	diag_note(c->ds, d, "what stands there may be a secret, and is not shown");
	help_form(c, d, p);
}

/* A repository of the file with a tag behind it, as images are written. */
static bool help_image_tag(struct check *c, struct diag *d, struct str name,
			   const struct pattern *p, struct str text)
{
	size_t colon = str_find(text, ':', 0);
	struct str repository = str_slice(text, 0, colon), tag;

	if (colon == text.n ||
	    !str_eq(name, schema_props[PROP_ContainerProperties_Repository].name) ||
	    !pattern_matches(c->patterns, p, repository))
		return false;
	tag = str_slice(text, colon + 1, text.n);
	diag_help(c->ds, d, "write `Repository: " STR_F "` and `ImageTag: \"" STR_F "\"`",
		  STR_A(repository), STR_A(tag));
	return true;
}

/* Has the text the form of p, and does it mean itself? It is the value of `name`, or a key of that mapping. */
static bool form_ok(struct check *c, struct str name, const struct pattern *p, bool key,
		    struct str text, struct span at)
{
	struct diag *d;

	if (str_find_str(text, STR("{{resolve:"), 0) != SIZE_MAX) {
		d = diag_dynamic_reference(c->ds, at, shown(c, name));
		diag_note(c->ds, d,
			  "it reads parameters and secrets with the rights of whoever deploys");
		return false;
	}
	if (p == NULL || pattern_matches(c->patterns, p, text))
		return true;
	if (p->secret || has_private_key(text)) {
		secret_mismatch(c, name, p, text, at);
		return false;
	}
	d = key ? diag_bad_key(c->ds, at, shown(c, text), name, p->article)
		: diag_pattern_mismatch(c->ds, at, name, shown(c, text), p->article);
	if (help_line_end(c, d, p, text, at) || (!key && help_image_tag(c, d, name, p, text)) ||
	    help_address(c, d, p, text))
		return false;
	if (text.n > 1 && text.s[0] == '$' && is_letter(text.s[1]))
		diag_help(c->ds, d, "%s",
			  in_language(
				  c, "a variable, or a reference such as `${env.NAME}`, has braces",
				  "what has a name in the program stands in `${…}`; a reference "
				  "is `reference(\"env.NAME\")`"));
	help_form(c, d, p);
	return false;
}

/* Length and pattern of a text, which is a value of prop or an item of it. */
bool text_ok(struct check *c, const struct prop *prop, const struct node *v)
{
	size_t n = (prop->has & (HAS_MIN_LENGTH | HAS_MAX_LENGTH)) != 0 ? utf8_count(v->text) : 0;

	if (((prop->has & HAS_MIN_LENGTH) != 0 && n < prop->min_length) ||
	    ((prop->has & HAS_MAX_LENGTH) != 0 && n > prop->max_length)) {
		diag_bad_length(c->ds, v->at, prop->name, (unsigned long)n,
				length_words(c->a, prop));
		return false;
	}
	if (!form_ok(c, prop->name, prop->pattern, false, v->text, v->at))
		return false;
	remark_lookalikes(c, prop, v);
	return true;
}

void help_values(struct check *c, struct diag *d, const struct prop *prop, const struct node *v)
{
	bool sure;
	const struct enum_value *near;
	const struct foreign_value *foreign = foreign_value(prop, v->text);

	prop = kind_prop(c->a, c->kind, prop);
	if (foreign != NULL) {
		diag_help(c->ds, d, "%s", foreign->help);
		if (foreign->value.n > 0)
			diag_fix(c->ds, d, v->at, foreign->value, false);
		return;
	}
	near = nearest_value(prop, v->text, &sure);
	if (near != NULL && prop->kind != PROP_INT_ENUM) {
		diag_help(c->ds, d, "did you mean `" STR_F "`?", STR_A(near->name));
		diag_fix(c->ds, d, v->at, near->name, sure);
	}
	diag_help(c->ds, d, STR_F, STR_A(values_words(c->a, prop, v->text)));
}

static void not_in_enum(struct check *c, const struct prop *prop, const struct node *v)
{
	struct diag *d = diag_not_in_enum(c->ds, v->at, shown(c, v->text), prop->name);

	for (size_t i = 0; i < prop->nvalues; i++)
		if (str_eq(prop->values[i].name, v->text)) {
			note_kinds(c, d, v->text, prop->values[i].variants);
			diag_help(
				c->ds, d, STR_F,
				STR_A(values_words(c->a, kind_prop(c->a, c->kind, prop), v->text)));
			return;
		}
	help_values(c, d, prop, v);
}

/* Of a scheduler that hpcc refuses as well, E0214 says when it went. */
static release removal_of(const struct check *c, const struct prop *prop,
			  const struct enum_value *e)
{
	bool refused = c->knows == 0 && prop == kind_choice(c->kind) &&
		       kind_variant(c->kind, e->name) == NULL;

	return refused ? 0 : e->removed;
}

/* The 1-based index of the text of v among the values of prop, or 0 (reported). */
static int value_index(struct check *c, const struct prop *prop, const struct node *v,
		       struct str text)
{
	for (int i = 0; i < prop->nvalues; i++) {
		const struct enum_value *e = &prop->values[i];

		if (str_eq(e->name, text) && (e->variants & c->kind->variants) != 0)
			return release_ok(c, e->name, e->since, removal_of(c, prop, e), v->at)
				       ? i + 1
				       : 0;
	}
	not_in_enum(c, prop, v);
	return 0;
}

bool text_fits(const struct check *c, const struct prop *prop, struct str text)
{
	const struct node v = {.kind = NODE_STRING, .text = text};
	struct diags unheard = {.arena = c->a};
	struct check trial = *c;

	trial.ds = &unheard;
	return prop->nvalues > 0 ? value_index(&trial, prop, &v, text) != 0
				 : text_ok(&trial, prop, &v);
}

static bool bind_text(struct check *c, const struct prop *prop, const struct node *v,
		      struct str *field)
{
	if (v->kind != NODE_STRING) {
		wrong_type(c, prop, prop->name, "text", v);
		return false;
	}
	if (!text_ok(c, prop, v))
		return false;
	*field = v->text;
	return true;
}

/* PROP_INT and PROP_INT_ENUM. */
static bool bind_int(struct check *c, const struct prop *prop, const struct node *v, int64_t *field)
{
	int64_t i;

	if (!coerce_int(v, &i)) {
		wrong_number(c, prop, "a whole number", v);
		return false;
	}
	if (!range_ok(c, prop, (double)i, v))
		return false;
	if (prop->kind == PROP_INT_ENUM &&
	    value_index(c, prop, v, arena_fmt(c->a, "%lld", (long long)i)) == 0)
		return false;
	remark_fraction(c, prop, v, i);
	*field = i;
	return true;
}

static bool bind_number(struct check *c, const struct prop *prop, const struct node *v,
			double *field)
{
	double x;

	if (!coerce_number(v, &x)) {
		wrong_number(c, prop, "a number", v);
		return false;
	}
	if (!range_ok(c, prop, x, v))
		return false;
	*field = x;
	return true;
}

static bool bind_bool(struct check *c, const struct prop *prop, const struct node *v, bool *field)
{
	if (coerce_bool(v, field))
		return true;
	wrong_bool(c, prop, v);
	return false;
}

static bool bind_enum(struct check *c, const struct prop *prop, const struct node *v, void *field)
{
	int i;

	if (v->kind != NODE_STRING) {
		wrong_type(c, prop, prop->name, "text", v);
		return false;
	}
	i = value_index(c, prop, v, v->text);
	if (i == 0)
		return false;
	memcpy(field, &i, sizeof(i)); /* the field is an enum of the generated model */
	return true;
}

/* PROP_BOOL_OR_STRING and PROP_INT_OR_STRING. */
static bool bind_flex(struct check *c, const struct prop *prop, const struct node *v,
		      struct model_flex *field)
{
	bool flag = prop->kind == PROP_BOOL_OR_STRING;
	struct model_flex f = {.is_text = v->kind == NODE_STRING, .text = v->text};

	if (f.is_text ? !text_ok(c, prop, v) : v->kind != (flag ? NODE_BOOL : NODE_INT)) {
		if (!f.is_text)
			wrong_type(c, prop, prop->name,
				   flag ? "true, false or text" : "a whole number or text", v);
		return false;
	}
	if (v->kind == NODE_BOOL)
		f.flag = v->boolean;
	else if (v->kind == NODE_INT)
		f.integer = v->integer;
	*field = f;
	return true;
}

static bool bind_item(struct check *c, const struct prop *prop, const struct node *v, size_t i,
		      struct model_string *item)
{
	if (v->poisoned)
		return false;
	if (v->open) {
		v = open_item_of(c, prop, v);
		if (v == NULL)
			return false;
		*item = (struct model_string){v->text, v->at};
		if (v->open)
			return true;
	}
	if (v->kind != NODE_STRING) {
		struct str name = arena_fmt(c->a, STR_F "[%zu]", STR_A(prop->name), i);

		if (v->kind == NODE_NULL)
			diag_null_value(c->ds, v->at, name);
		else
			wrong_type(c, prop, name, "text", v);
		return false;
	}
	*item = (struct model_string){v->text, v->at};
	return prop->nvalues > 0 ? value_index(c, prop, v, v->text) != 0 : text_ok(c, prop, v);
}

/* Reports items that are alike. False when there are such. */
static bool texts_unique(struct check *c, const struct prop *prop, const struct model_string *items,
			 size_t n)
{
	struct map seen = {0};
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		const struct model_string *first = map_get(&seen, items[i].text);

		if (first == NULL) {
			map_put(&seen, c->a, items[i].text, &items[i]);
			continue;
		}
		diag_label(c->ds,
			   diag_duplicate_name(c->ds, items[i].at, prop->name,
					       shown(c, items[i].text)),
			   first->at, "the first one");
		ok = false;
	}
	return ok;
}

/* One text in place of a list. */
static bool bind_single(struct check *c, const struct prop *prop, const struct node *v,
			struct model_strings *field)
{
	struct model_string *item = NEW(c->a, struct model_string);

	*item = (struct model_string){v->text, v->at};
	*field = (struct model_strings){item, 1};
	return prop->nvalues > 0 ? value_index(c, prop, v, v->text) != 0 : text_ok(c, prop, v);
}

static bool bind_strings(struct check *c, const struct prop *prop, const struct node *v,
			 struct model_strings *field)
{
	struct model_string *items;
	bool ok = true;

	if (prop->single && v->kind == NODE_STRING)
		return bind_single(c, prop, v, field);
	if (v->kind != NODE_LIST) {
		wrong_type(c, prop, prop->name,
			   prop->single ? "text or a list of text" : "a list of text", v);
		return false;
	}
	items = NEW_ARRAY(c->a, struct model_string, v->list.n);
	for (size_t i = 0; i < v->list.n; i++)
		ok = bind_item(c, prop, v->list.items[i], i, &items[i]) && ok;
	if (!count_ok(c, prop, v->list.n, v->at) || !ok)
		return false;
	if (prop->unique && !texts_unique(c, prop, items, v->list.n))
		return false;
	*field = (struct model_strings){items, v->list.n};
	return true;
}

static bool bind_ints(struct check *c, const struct prop *prop, const struct node *v,
		      struct model_ints *field)
{
	struct model_int *items;
	bool ok = true;

	if (v->kind != NODE_LIST) {
		wrong_type(c, prop, prop->name, "a list of whole numbers", v);
		return false;
	}
	items = NEW_ARRAY(c->a, struct model_int, v->list.n);
	for (size_t i = 0; i < v->list.n; i++) {
		const struct node *item = v->list.items[i];

		items[i].at = item->at;
		if (item->open && (item = open_item_of(c, prop, item)) == NULL) {
			ok = false;
			continue;
		}
		ok = !item->poisoned && bind_int(c, prop, item, &items[i].value) && ok;
	}
	if (!count_ok(c, prop, v->list.n, v->at) || !ok)
		return false;
	*field = (struct model_ints){items, v->list.n};
	return true;
}

/* One entry of a free mapping; nested values are the text that YAML would have in one line. */
static bool bind_pair(struct check *c, const struct prop *prop, const struct entry *e,
		      struct model_pair *pair)
{
	const struct node *v = e->value;
	bool ok;

	if (v->open && (v = open_item_of(c, prop, v)) == NULL)
		return false;
	*pair = (struct model_pair){
		.key = e->key,
		.value = node_is_scalar(v) ? v->text : flow_text(c->a, v),
		.key_at = e->key_at,
		.value_at = v->at,
		.value_is_bool = v->kind == NODE_BOOL,
		.value_is_number = v->kind == NODE_INT || v->kind == NODE_FLOAT,
	};
	ok = form_ok(c, prop->name, prop->key_pattern, true, pair->key, pair->key_at);
	return ok && !v->poisoned &&
	       form_ok(c, pair->key, prop->pattern, false, pair->value, v->at);
}

static bool bind_map(struct check *c, const struct prop *prop, struct str name,
		     const struct node *v, struct model_map *field)
{
	struct model_pair *pairs;
	bool ok = true;

	if (v->kind != NODE_MAP) {
		wrong_type(c, prop, name, "a mapping", v);
		return false;
	}
	pairs = NEW_ARRAY(c->a, struct model_pair, v->map.n);
	for (size_t i = 0; i < v->map.n; i++)
		ok = bind_pair(c, prop, &v->map.entries[i], &pairs[i]) && ok;
	*field = (struct model_map){pairs, v->map.n};
	return ok;
}

static bool bind_maps(struct check *c, const struct prop *prop, const struct node *v,
		      struct model_maps *field)
{
	struct model_map *maps;
	bool ok = true;

	if (v->kind != NODE_LIST) {
		wrong_type(c, prop, prop->name, "a list of mappings", v);
		return false;
	}
	maps = NEW_ARRAY(c->a, struct model_map, v->list.n);
	for (size_t i = 0; i < v->list.n; i++)
		ok = bind_map(c, prop, arena_fmt(c->a, STR_F "[%zu]", STR_A(prop->name), i),
			      v->list.items[i], &maps[i]) &&
		     ok;
	if (!count_ok(c, prop, v->list.n, v->at) || !ok)
		return false;
	*field = (struct model_maps){maps, v->list.n};
	return true;
}

/* A value of the deployment, as a text or as the items of a list. */
static void bind_open(struct check *c, const struct prop *prop, const struct node *v, void *field)
{
	struct model_string *item;

	if (prop->kind == PROP_STRING) {
		*(struct str *)field = v->text;
		return;
	}
	if (prop->kind != PROP_STRINGS) {
		*(struct model_flex *)field = (struct model_flex){.is_text = true, .text = v->text};
		return;
	}
	item = NEW(c->a, struct model_string);
	*item = (struct model_string){v->text, v->at};
	*(struct model_strings *)field = (struct model_strings){item, 1};
}

bool value_bind(struct check *c, const struct prop *prop, const struct node *v, char *model)
{
	void *field = model + prop->value_offset;

	c->in = (const struct section_at *)(const void *)model;
	if (v->open) {
		v = open_value(c, prop, v);
		if (v == NULL)
			return false;
		if (v->open) {
			bind_open(c, prop, v, field);
			return true;
		}
	}

	switch (prop->kind) {
	case PROP_STRING:
		return bind_text(c, prop, v, field);
	case PROP_INT:
	case PROP_INT_ENUM:
		return bind_int(c, prop, v, field);
	case PROP_NUMBER:
		return bind_number(c, prop, v, field);
	case PROP_BOOL:
		return bind_bool(c, prop, v, field);
	case PROP_ENUM:
		return bind_enum(c, prop, v, field);
	case PROP_BOOL_OR_STRING:
	case PROP_INT_OR_STRING:
		return bind_flex(c, prop, v, field);
	case PROP_STRINGS:
		return bind_strings(c, prop, v, field);
	case PROP_INTS:
		return bind_ints(c, prop, v, field);
	case PROP_MAP:
		return bind_map(c, prop, prop->name, v, field);
	case PROP_MAPS:
		return bind_maps(c, prop, v, field);
	case PROP_ANY:
		memcpy(field, &v, sizeof(v));
		return true;
	case PROP_SECTION:
	case PROP_SECTIONS:
		break;
	}
	BUG("property kind %d", (int)prop->kind);
}

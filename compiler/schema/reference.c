/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - the generated tables as a manual. */
#include "compiler/schema/reference.h"

#include "compiler/base/buf.h"
#include "compiler/schema/kind.h"

static const char head[] =
	"# Reference of the files\n"
	"\n"
	"All properties of the files that hpcc reads, section by section: first those of "
	"cluster files, as AWS\n"
	"ParallelCluster 3 has them, then those of other kinds. Made by `hpcc schema --emit "
	"markdown` from "
	"`stdlib/schema/`; not\n"
	"for editing.\n"
	"\n"
	"- A name with `[]` is a list of mappings; each item has the properties of its chapter.\n"
	"- *Required* means: required when its section is there.\n"
	"- Releases are those of ParallelCluster. A property without *since* is in all 3.x "
	"releases.\n"
	"- Whole numbers, numbers and booleans may also be written as text: `\"5\"`, `\"yes\"`. "
	"Text must be\n"
	"  text: a word that YAML takes for a number, a date or a boolean needs quotes.\n"
	"\n"
	"## Update policies\n"
	"\n"
	"What must hold for a changed value to go through in an update of what runs, and what "
	"becomes of "
	"it.\n"
	"\n"
	"| policy | a change goes through |\n"
	"| --- | --- |\n";

static const char *kind_words(enum prop_kind kind)
{
	switch (kind) {
	case PROP_STRING:
		return "text";
	case PROP_INT:
		return "whole number";
	case PROP_NUMBER:
		return "number";
	case PROP_BOOL:
		return "`true` or `false`";
	case PROP_ENUM:
		return "one of the values below";
	case PROP_INT_ENUM:
		return "one of the numbers below";
	case PROP_BOOL_OR_STRING:
		return "`true`, `false` or text";
	case PROP_INT_OR_STRING:
		return "whole number or text";
	case PROP_STRINGS:
		return "list of text";
	case PROP_INTS:
		return "list of whole numbers";
	case PROP_MAP:
		return "mapping with keys of your own";
	case PROP_MAPS:
		return "list of mappings with keys of your own";
	case PROP_ANY:
		return "as the text says";
	case PROP_SECTION:
		return "section";
	case PROP_SECTIONS:
		return "list of sections";
	}
	return "";
}

/* Two bounds, either of which may be absent; open: the lower one does not belong to the range. */
struct bounds {
	bool has_lo, has_hi, open;
	double lo, hi;
};

static void add_bounds(struct buf *b, const char *what, struct bounds l, struct str unit)
{
	if (!l.has_lo && !l.has_hi)
		return;
	buf_fmt(b, "- %s: ", what);
	if (l.open)
		buf_fmt(b, "above %.15g", l.lo);
	else if (!l.has_hi)
		buf_fmt(b, "at least %.15g", l.lo);
	else if (l.has_lo)
		buf_fmt(b, "%.15g", l.lo);
	if (!l.has_lo)
		buf_fmt(b, "at most %.15g", l.hi);
	else if (l.has_hi && l.lo != l.hi)
		buf_fmt(b, "%s%.15g", l.open ? ", at most " : " to ", l.hi);
	buf_fmt(b, "%s" STR_F "\n", unit.n > 0 ? " " : "", STR_A(unit));
}

static void add_limits(struct buf *b, const struct prop *p)
{
	struct bounds range = {(p->has & HAS_MIN) != 0, (p->has & HAS_MAX) != 0,
			       (p->has & MIN_EXCLUSIVE) != 0, p->min, p->max};
	struct bounds length = {(p->has & HAS_MIN_LENGTH) != 0, (p->has & HAS_MAX_LENGTH) != 0,
				false, p->min_length, p->max_length};
	struct bounds count = {(p->has & HAS_MIN_ITEMS) != 0, (p->has & HAS_MAX_ITEMS) != 0, false,
			       p->min_items, p->max_items};

	add_bounds(b, "Range", range, p->unit);
	if (!range.has_lo && !range.has_hi && p->unit.n > 0)
		buf_fmt(b, "- Unit: " STR_F "\n", STR_A(p->unit));
	add_bounds(b, "Characters", length, (struct str){0});
	add_bounds(b, "Items", count, (struct str){0});
}

/* The words before, the release and the words after; nothing for no release. */
static void add_release(struct buf *b, const char *before, release r, const char *after)
{
	if (r != 0)
		buf_fmt(b, "%s%u.%u.%u%s", before, r / 10000, r / 100 % 100, r % 100, after);
}

static void add_values(struct buf *b, const struct section *s, const struct prop *p)
{
	if (p->nvalues == 0)
		return;
	buf_add(b, STR("- Values: "));
	for (size_t i = 0; i < p->nvalues; i++) {
		buf_fmt(b, "%s`" STR_F "`", i > 0 ? ", " : "", STR_A(p->values[i].name));
		add_release(b, " (since ", p->values[i].since, ")");
		add_release(b, " (removed in ", p->values[i].removed, ")");
		if ((p->values[i].variants & s->variants) != (p->variants & s->variants))
			buf_fmt(b, " (kind `" STR_F "`)",
				STR_A(kind_names(b->a, p->values[i].variants & s->variants)));
	}
	buf_char(b, '\n');
}

static void add_type(struct buf *b, const struct prop *p)
{
	const struct section *s = &schema_sections[p->section];

	buf_fmt(b, "- Type: %s%s", p->single && p->kind == PROP_STRINGS ? "text or " : "",
		p->by_name ? "mapping of names to sections" : kind_words(p->kind));
	if (p->kind == PROP_SECTION || p->kind == PROP_SECTIONS) {
		buf_fmt(b, " [" STR_F "](#" STR_F ")", STR_A(s->label), STR_A(s->name));
	}
	if (p->unique && p->key.n == 0)
		buf_add(b, STR(", none of it twice"));
	if (p->key.n > 0 && !p->by_name)
		buf_fmt(b, ", told apart by `" STR_F "`%s", STR_A(p->key),
			p->unique ? ", which no two may share" : "");
	if (p->single && p->kind == PROP_SECTIONS)
		buf_fmt(b, "; a text alone is its `" STR_F "`", STR_A(p->key));
	buf_char(b, '\n');
	if (p->pattern != NULL)
		buf_fmt(b, "- Form: " STR_F "; " STR_F ", for example `" STR_F "`\n",
			STR_A(p->pattern->article), STR_A(p->pattern->form),
			STR_A(p->pattern->example));
}

static void add_note(struct buf *b, const char *word, struct str text)
{
	if (text.n > 0)
		buf_fmt(b, "- %s: " STR_F "\n", word, STR_A(text));
}

/* The kinds that have p, where others have its section without it. */
static void add_kinds(struct buf *b, const struct section *s, const struct prop *p)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		unsigned here = s->variants & schema_kinds[i].variants;

		if (here == 0 || (p->variants & here) != 0)
			continue;
		buf_fmt(b, "- Kind: `" STR_F "` only\n",
			STR_A(kind_names(b->a, p->variants & s->variants)));
		return;
	}
}

static void add_presence(struct buf *b, const struct section *s, const struct prop *p)
{
	if (p->required != 0 && p->placed)
		buf_add(b, STR("- Required, unless the file has a `Network` or stands on an "
			       "`Environment`\n"));
	else if (p->required != 0 && (p->required & s->variants) == (p->variants & s->variants))
		buf_add(b, STR("- Required\n"));
	else if (p->required != 0)
		buf_fmt(b, "- Required: kind `" STR_F "`\n", STR_A(kind_names(b->a, p->required)));
	add_note(b, "Required", p->required_note);
	if ((p->has & HAS_DEFAULT) != 0)
		buf_fmt(b, "- Default: `" STR_F "`\n", STR_A(p->default_text));
	for (size_t i = 0; i < p->ndefaults_for; i++)
		buf_fmt(b, "- Default, kind `" STR_F "`: `" STR_F "`\n",
			STR_A(kind_names(b->a, p->defaults_for[i].variants)),
			STR_A(p->defaults_for[i].text));
	add_note(b, "Default", p->default_note);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		struct str only = kind_only(b->a, &schema_kinds[i], p, "`, `");

		if (only.n > 0)
			buf_fmt(b, "- " STR_F ": `" STR_F "` only\n",
				STR_A(kind_choice(&schema_kinds[i])->name), STR_A(only));
	}
	add_kinds(b, s, p);
}

static void add_property(struct buf *b, const struct section *s, const struct prop *p)
{
	buf_fmt(b, "### `" STR_F "`\n\n" STR_F "\n\n", STR_A(p->name), STR_A(p->doc));
	add_type(b, p);
	add_values(b, s, p);
	add_limits(b, p);
	add_presence(b, s, p);
	if (p->open)
		buf_add(b, STR("- May be left open until the deployment\n"));
	if (p->update == NULL)
		buf_add(b, STR("- Update: as the place that opens this section says\n"));
	else
		buf_fmt(b, "- Update: `" STR_F "`\n", STR_A(p->update->name));
	for (size_t i = 0; i < p->nupdates_for; i++)
		buf_fmt(b, "- Update, kind `" STR_F "`: `" STR_F "`\n",
			STR_A(kind_names(b->a, p->updates_for[i].variants)),
			STR_A(p->updates_for[i].policy->name));
	if (p->update_within != NULL)
		buf_fmt(b, "- Update of what is inside, unless it says otherwise: `" STR_F "`\n",
			STR_A(p->update_within->name));
	add_release(b, "- Since: ", p->since, "\n");
	add_release(b, "- Removed in: ", p->removed, "\n");
	if (p->example.n > 0)
		buf_fmt(b, "- Example: `" STR_F "`\n", STR_A(p->example));
	add_note(b, "Becomes", p->target);
	add_note(b, "Note", p->note);
	buf_fmt(b, "- Source: " STR_F "\n\n", STR_A(p->source));
}

/* The place of p, a section, in s: "`HeadNode.Networking`". */
static struct str place_of(struct arena *a, const struct section *s, const struct prop *p)
{
	return arena_fmt(a, "`" STR_F "%s" STR_F "%s`", STR_A(s->label), s->label.n > 0 ? "." : "",
			 STR_A(p->name), p->kind == PROP_SECTIONS ? "[]" : "");
}

/* The places of a section that stands at several. A place that several kinds have is one. */
static void add_places(struct buf *b, enum section_id id)
{
	struct buf places = buf_in(b->a);
	size_t n = 0;

	for (size_t i = 0; i < schema_nsections; i++) {
		const struct section *s = &schema_sections[i];

		for (size_t k = 0; k < s->nprops; k++) {
			const struct prop *p = &s->props[k];
			struct str place;

			if ((p->kind != PROP_SECTION && p->kind != PROP_SECTIONS) ||
			    p->section != id)
				continue;
			place = place_of(b->a, s, p);
			if (str_find_str(buf_str(&places), place, 0) == SIZE_MAX)
				buf_fmt(&places, "%s" STR_F, n++ > 0 ? ", " : "", STR_A(place));
		}
	}
	if (n > 1)
		buf_fmt(b, "Stands at " STR_F ".\n\n", STR_A(buf_str(&places)));
}

/* The heading of a section, and of which kind it is where the first kind has it not. */
static void add_heading(struct buf *b, const struct section *s)
{
	buf_fmt(b, "<a id=\"" STR_F "\"></a>\n\n", STR_A(s->name));
	if (s->label.n > 0)
		buf_fmt(b, "## `" STR_F "`\n\n", STR_A(s->label));
	else if ((s->variants & schema_kinds[0].variants) != 0)
		buf_add(b, STR("## Top level\n\n"));
	else
		buf_fmt(b, "## Top level of kind `" STR_F "`\n\n",
			STR_A(kind_names(b->a, s->variants)));
	if (s->label.n > 0 && (s->variants & schema_kinds[0].variants) == 0)
		buf_fmt(b, "Kind: `" STR_F "`.\n\n", STR_A(kind_names(b->a, s->variants)));
	buf_fmt(b, STR_F "\n\n", STR_A(s->doc));
}

/* For each kind the chapters of its sections. */
static void add_contents(struct buf *b)
{
	buf_add(b, STR("## Contents\n\n"));
	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t n = 0;

		buf_fmt(b, "- Kind `" STR_F "`: ", STR_A(schema_kinds[i].kind));
		for (size_t k = 0; k < schema_nsections; k++) {
			const struct section *s = &schema_sections[k];
			bool root = k == schema_kinds[i].root;

			if (!root &&
			    (s->label.n == 0 || (s->variants & schema_kinds[i].variants) == 0))
				continue;
			buf_fmt(b, "%s[%s" STR_F "%s](#" STR_F ")", n++ > 0 ? ", " : "",
				root ? "" : "`", STR_A(root ? STR("top level") : s->label),
				root ? "" : "`", STR_A(s->name));
		}
		buf_char(b, '\n');
	}
	buf_char(b, '\n');
}

struct str schema_reference(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, str_c(head));
	for (size_t i = 0; i < schema_npolicies; i++)
		buf_fmt(&b, "| `" STR_F "` | " STR_F " |\n", STR_A(schema_policies[i].name),
			STR_A(schema_policies[i].words));
	buf_fmt(&b, "\nProperties as of release " STR_F ", " STR_F ".\n\n", STR_A(schema_release),
		STR_A(schema_date));
	add_contents(&b);
	for (size_t i = 0; i < schema_nsections; i++) {
		const struct section *s = &schema_sections[i];

		add_heading(&b, s);
		add_places(&b, (enum section_id)i);
		for (size_t k = 0; k < s->nprops; k++)
			add_property(&b, s, &s->props[k]);
	}
	return (struct str){b.s, b.n - 1}; /* one newline at the end is enough */
}

/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - limits and values in words. */
#include "compiler/schema/limits.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"

/* More values than this are not listed, and this many of the nearest ones are. */
enum { MOST_LISTED = 12, NEAREST_LISTED = 3 };

struct str decimal_text(struct arena *a, double x)
{
	return arena_fmt(a, "%.15g", x);
}

/* Two bounds, either of which may be absent; open: the lower one does not belong to the range. */
struct bounds {
	bool has_lo, has_hi, open;
	double lo, hi;
};

static struct str bounds_words(struct arena *a, struct bounds b, const char *unit)
{
	struct str low = decimal_text(a, b.lo), high = decimal_text(a, b.hi);

	if (!b.has_lo)
		return arena_fmt(a, "at most " STR_F "%s", STR_A(high), unit);
	if (!b.has_hi)
		return arena_fmt(a, "%s " STR_F "%s", b.open ? "greater than" : "at least",
				 STR_A(low), unit);
	if (b.open)
		return arena_fmt(a, "greater than " STR_F " and at most " STR_F "%s", STR_A(low),
				 STR_A(high), unit);
	if (b.lo == b.hi)
		return arena_fmt(a, "exactly " STR_F "%s", STR_A(low), unit);
	return arena_fmt(a, "between " STR_F " and " STR_F "%s", STR_A(low), STR_A(high), unit);
}

/* Whether the bound that is named last is one: the noun after it is singular then. */
static bool ends_in_one(struct bounds b)
{
	return (b.has_hi ? b.hi : b.lo) == 1;
}

/* The unit with a blank before it: "nodes", but "node" after a one. */
static const char *unit_words(struct arena *a, const struct prop *prop, struct bounds b)
{
	struct str u = prop->unit;
	bool plural = str_ends(u, STR("s")) && str_find(u, '/', 0) == u.n;

	if (u.n == 0)
		return "";
	if (plural && ends_in_one(b))
		u.n--;
	return arena_fmt(a, " " STR_F, STR_A(u)).s;
}

struct str range_words(struct arena *a, const struct prop *prop)
{
	struct bounds b = {(prop->has & HAS_MIN) != 0, (prop->has & HAS_MAX) != 0,
			   (prop->has & MIN_EXCLUSIVE) != 0, prop->min, prop->max};

	return bounds_words(a, b, unit_words(a, prop, b));
}

struct str count_words(struct arena *a, const struct prop *prop)
{
	struct bounds b = {(prop->has & HAS_MIN_ITEMS) != 0, (prop->has & HAS_MAX_ITEMS) != 0,
			   false, prop->min_items, prop->max_items};

	return bounds_words(a, b, ends_in_one(b) ? " item" : " items");
}

struct str length_words(struct arena *a, const struct prop *prop)
{
	struct bounds b = {(prop->has & HAS_MIN_LENGTH) != 0, (prop->has & HAS_MAX_LENGTH) != 0,
			   false, prop->min_length, prop->max_length};

	return bounds_words(a, b, ends_in_one(b) ? " character" : " characters");
}

/* Whether the newest release takes the value. */
static bool is_current(const struct enum_value *v)
{
	return v->removed == 0 || v->removed > schema_release_number;
}

static void add_value(struct buf *b, const struct enum_value *v, size_t i, size_t n)
{
	if (i > 0)
		buf_add(b, i + 1 == n ? STR(" and ") : STR(", "));
	buf_fmt(b, "`" STR_F "`", STR_A(v->name));
}

/* How far value is from `word`: numbers by what lies between them, words by their letters. */
static uint64_t value_distance(const struct prop *prop, struct str word, struct str value)
{
	int64_t x, y;

	if (prop->kind == PROP_INT_ENUM && str_to_int(word, &x) && str_to_int(value, &y))
		return x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x;
	return edit_distance(word, value, 64);
}

/* The current value nearest to `word` that is not in `taken`; ties go to the first in the table. */
static size_t nearest_index(const struct prop *prop, struct str word, uint64_t taken)
{
	size_t found = SIZE_MAX;
	uint64_t best = UINT64_MAX;

	for (size_t i = 0; i < prop->nvalues && i < 64; i++) {
		uint64_t distance = value_distance(prop, word, prop->values[i].name);

		if ((taken >> i & 1) != 0 || !is_current(&prop->values[i]) || distance >= best)
			continue;
		best = distance;
		found = i;
	}
	return found;
}

static struct str nearest_words(struct arena *a, const struct prop *prop, struct str word)
{
	struct buf b = buf_in(a);
	uint64_t taken = 0;

	buf_add(&b, STR("the nearest values are "));
	for (size_t n = 0; n < NEAREST_LISTED; n++) {
		size_t i = nearest_index(prop, word, taken);

		if (i == SIZE_MAX)
			break;
		taken |= (uint64_t)1 << i;
		add_value(&b, &prop->values[i], n, NEAREST_LISTED);
	}
	return buf_str(&b);
}

struct str values_words(struct arena *a, const struct prop *prop, struct str word)
{
	struct buf b = buf_in(a);
	size_t n = 0, i = 0;

	for (size_t k = 0; k < prop->nvalues; k++)
		n += is_current(&prop->values[k]);
	if (n > MOST_LISTED)
		return nearest_words(a, prop, word);
	/* What ParallelCluster has no more, hpcc may take all the same, and ask whether it is meant. */
	if (n < prop->nvalues)
		buf_add(&b,
			n == 1 ? STR("the value of today is ") : STR("the values of today are "));
	else
		buf_add(&b, n == 1 ? STR("the only value is ") : STR("the values are "));
	for (size_t k = 0; k < prop->nvalues; k++)
		if (is_current(&prop->values[k]))
			add_value(&b, &prop->values[k], i++, n);
	return buf_str(&b);
}

/* The only value that begins or ends with `word`: FsxLustre for Lustre; or NULL. */
static const struct enum_value *longer_value(const struct prop *prop, struct str word)
{
	enum { LEAST = 3 };
	const struct enum_value *found = NULL;

	for (size_t i = 0; word.n >= LEAST && i < prop->nvalues; i++) {
		struct str name = prop->values[i].name;

		if (name.n <= word.n ||
		    (!str_eq_nocase(str_slice(name, 0, word.n), word) &&
		     !str_eq_nocase(str_slice(name, name.n - word.n, name.n), word)))
			continue;
		if (found != NULL)
			return NULL;
		found = &prop->values[i];
	}
	return found;
}

const struct enum_value *nearest_value(const struct prop *prop, struct str word, bool *ret_sure)
{
	unsigned limit = near_limit(word), best = limit + 1, equals = 0;
	const struct enum_value *found = NULL;

	for (size_t i = 0; i < prop->nvalues; i++) {
		unsigned distance = edit_distance(word, prop->values[i].name, limit);

		if (distance < best) {
			best = distance;
			found = &prop->values[i];
			equals = 0;
		}
		equals += distance == best;
	}
	*ret_sure = best <= 1 && equals == 1;
	return found != NULL ? found : longer_value(prop, word);
}

static void add_flow(struct buf *b, const struct node *v)
{
	switch (v->kind) {
	case NODE_LIST:
		buf_char(b, '[');
		for (size_t i = 0; i < v->list.n; i++) {
			buf_add(b, i > 0 ? STR(", ") : STR(""));
			add_flow(b, v->list.items[i]);
		}
		buf_char(b, ']');
		return;
	case NODE_MAP:
		buf_char(b, '{');
		for (size_t i = 0; i < v->map.n; i++) {
			buf_add(b, i > 0 ? STR(", ") : STR(""));
			buf_fmt(b, STR_F ": ", STR_A(v->map.entries[i].key));
			add_flow(b, v->map.entries[i].value);
		}
		buf_char(b, '}');
		return;
	case NODE_STRING:
		if (v->plain)
			buf_add(b, v->text);
		else
			buf_quoted(b, v->text);
		return;
	case NODE_NULL:
		buf_add(b, STR("null"));
		return;
	case NODE_BOOL:
	case NODE_INT:
	case NODE_FLOAT:
	case NODE_TIMESTAMP:
		buf_add(b, v->text);
		return;
	}
}

struct str flow_text(struct arena *a, const struct node *v)
{
	struct buf b = buf_in(a);

	add_flow(&b, v);
	return buf_str(&b);
}

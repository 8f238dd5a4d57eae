/* SPDX-License-Identifier: Apache-2.0 */
/* regex.c - regular expressions, by PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "compiler/base/regex.h"

#include <pcre2.h>

/* Far above what any sound value needs; they bound the time that a hostile one may take. */
enum { MOST_STEPS = 200000, MOST_DEPTH = 10000, MOST_HEAP_KIB = 4096 };

struct regex_room {
	struct arena *a;
	pcre2_general_context *memory;
	pcre2_compile_context *how_to_compile;
	pcre2_match_context *how_to_match;
	pcre2_match_data *scratch;
};

static void *from_arena(size_t size, void *a)
{
	return arena_room(a, size);
}

/* The arena gives everything back at once. */
static void to_arena(void *p, void *a)
{
	(void)p;
	(void)a;
}

struct regex_room *regex_room_new(struct arena *a)
{
	struct regex_room *r = NEW(a, struct regex_room);

	r->a = a;
	r->memory = pcre2_general_context_create(from_arena, to_arena, a);
	r->how_to_compile = pcre2_compile_context_create(r->memory);
	r->how_to_match = pcre2_match_context_create(r->memory);
	r->scratch = pcre2_match_data_create(1, r->memory);
	INVARIANT(r->how_to_compile != NULL && r->how_to_match != NULL && r->scratch != NULL);
	pcre2_set_newline(r->how_to_compile, PCRE2_NEWLINE_LF);
	pcre2_set_match_limit(r->how_to_match, MOST_STEPS);
	pcre2_set_depth_limit(r->how_to_match, MOST_DEPTH);
	pcre2_set_heap_limit(r->how_to_match, MOST_HEAP_KIB);
	return r;
}

struct regex *regex_compile(struct regex_room *room, const char *text, size_t *ret_at)
{
	int error;

	return (struct regex *)pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
					     PCRE2_UTF | PCRE2_ANCHORED | PCRE2_DOLLAR_ENDONLY,
					     &error, ret_at, room->how_to_compile);
}

struct str regex_packed(struct regex_room *room, const struct regex *x)
{
	const pcre2_code *code = (const pcre2_code *)x;
	PCRE2_SIZE n;
	uint8_t *bytes;
	int32_t count = pcre2_serialize_encode(&code, 1, &bytes, &n, room->memory);

	INVARIANT(count == 1);
	return (struct str){(const char *)bytes, n};
}

struct regex *regex_unpack(struct regex_room *room, struct str bytes)
{
	pcre2_code *code;

	if (pcre2_serialize_decode(&code, 1, (const uint8_t *)bytes.s, room->memory) != 1)
		return NULL;
	return (struct regex *)code;
}

bool regex_matches(struct regex_room *room, const struct regex *x, struct str text)
{
	return pcre2_match((const pcre2_code *)x, (PCRE2_SPTR)(text.s != NULL ? text.s : ""),
			   text.n, 0, 0, room->scratch, room->how_to_match) >= 0;
}

struct regex *regex_compile_search(struct regex_room *room, const char *text, char *why,
				   size_t room_why)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
					 PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
					 &error, &at, room->how_to_compile);

	if (code == NULL && pcre2_get_error_message(error, (PCRE2_UCHAR *)why, room_why) < 0)
		why[room_why - 1] = '\0';
	return (struct regex *)code;
}

int regex_find(struct regex_room *room, const struct regex *x, struct str text, struct str *ret,
	       size_t max)
{
	const pcre2_code *code = (const pcre2_code *)x;
	const char *s = text.s != NULL ? text.s : "";
	pcre2_match_data *found = pcre2_match_data_create_from_pattern(code, room->memory);
	const PCRE2_SIZE *at;
	int n;

	INVARIANT(found != NULL);
	n = pcre2_match(code, (PCRE2_SPTR)s, text.n, 0, 0, found, room->how_to_match);
	if (n == PCRE2_ERROR_NOMATCH)
		return 0;
	if (n < 0)
		return -1;
	n = (int)pcre2_get_ovector_count(found);
	at = pcre2_get_ovector_pointer(found);
	for (size_t i = 0; i < max && i < (size_t)n; i++)
		ret[i] = at[2 * i] == PCRE2_UNSET
				 ? (struct str){NULL, 0}
				 : (struct str){s + at[2 * i], at[2 * i + 1] - at[2 * i]};
	return n;
}

bool regex_is_portable(const char *text)
{
	bool inside = false;

	for (const char *s = text; *s != '\0'; s++) {
		if (*s < ' ' || *s > '~')
			return false;
		if (*s == '\\') {
			if (s[1] == 'x' || s[1] == 'u')
				return false;
			s++;
			continue;
		}
		if (inside && (*s == '[' || (*s == '&' && s[1] == '&')))
			return false;
		if (*s == '[' || *s == ']')
			inside = *s == '[';
	}
	return true;
}

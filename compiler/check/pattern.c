/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - patterns by PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "compiler/check/pattern.h"

#include <pcre2.h>

/* Far above what any sound value needs; they bound the time that a hostile one may take. */
enum { MOST_STEPS = 200000, MOST_DEPTH = 10000, MOST_HEAP_KIB = 4096 };

struct pattern_cache {
	pcre2_general_context *memory;
	pcre2_compile_context *how_to_compile;
	pcre2_match_context *how_to_match;
	pcre2_match_data *scratch;
	pcre2_code **codes; /* by index into schema_patterns; NULL until asked for */
};

static void *from_arena(size_t size, void *a)
{
	return arena_alloc(a, 1, size);
}

/* The arena gives everything back at once. */
static void to_arena(void *p, void *a)
{
	(void)p;
	(void)a;
}

struct pattern_cache *pattern_cache_new(struct arena *a)
{
	struct pattern_cache *c = NEW(a, struct pattern_cache);

	c->codes = NEW_ARRAY(a, pcre2_code *, schema_npatterns);
	c->memory = pcre2_general_context_create(from_arena, to_arena, a);
	c->how_to_compile = pcre2_compile_context_create(c->memory);
	c->how_to_match = pcre2_match_context_create(c->memory);
	c->scratch = pcre2_match_data_create(1, c->memory);
	INVARIANT(c->how_to_compile != NULL && c->how_to_match != NULL && c->scratch != NULL);
	pcre2_set_newline(c->how_to_compile, PCRE2_NEWLINE_LF);
	pcre2_set_match_limit(c->how_to_match, MOST_STEPS);
	pcre2_set_depth_limit(c->how_to_match, MOST_DEPTH);
	pcre2_set_heap_limit(c->how_to_match, MOST_HEAP_KIB);
	return c;
}

static pcre2_code *compile(struct pattern_cache *c, const struct pattern *p)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)p->regex, PCRE2_ZERO_TERMINATED,
					 PCRE2_UTF | PCRE2_ANCHORED | PCRE2_DOLLAR_ENDONLY, &error,
					 &at, c->how_to_compile);

	if (code == NULL)
		BUG("pattern " STR_F " does not compile at %zu", STR_A(p->name), (size_t)at);
	return code;
}

bool pattern_matches(struct pattern_cache *c, const struct pattern *p, struct str text)
{
	size_t i = (size_t)(p - schema_patterns);

	if (c->codes[i] == NULL)
		c->codes[i] = compile(c, p);
	return pcre2_match(c->codes[i], (PCRE2_SPTR)(text.s != NULL ? text.s : ""), text.n, 0, 0,
			   c->scratch, c->how_to_match) >= 0;
}

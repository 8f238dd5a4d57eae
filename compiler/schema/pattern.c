/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - the patterns of the schema, unpacked when they are first asked for. */
#include "compiler/schema/pattern.h"

#include "compiler/base/bug.h"
#include "compiler/base/regex.h"

struct pattern_cache {
	struct regex_room *room;
	struct regex **codes; /* by index into schema_patterns; NULL until asked for */
};

struct pattern_cache *pattern_cache_new(struct arena *a)
{
	struct pattern_cache *c = NEW(a, struct pattern_cache);

	c->codes = NEW_ARRAY(a, struct regex *, schema_npatterns);
	c->room = regex_room_new(a);
	return c;
}

static struct regex *made(struct pattern_cache *c, const struct pattern *p)
{
	struct regex *code = regex_unpack(c->room, p->code);
	size_t at = 0;

	if (code == NULL)
		code = regex_compile(c->room, p->regex, &at);
	if (code == NULL)
		BUG("pattern " STR_F " does not compile at %zu", STR_A(p->name), at);
	return code;
}

bool pattern_matches(struct pattern_cache *c, const struct pattern *p, struct str text)
{
	struct regex **code = &c->codes[p - schema_patterns];

	if (*code == NULL)
		*code = made(c, p);
	return regex_matches(c->room, *code, text);
}

bool pattern_takes_parameter(struct pattern_cache *c, const struct pattern *p, struct str text)
{
	struct regex *x;
	size_t at;

	if (p->template_regex == NULL)
		return true;
	x = regex_compile(c->room, p->template_regex, &at);
	INVARIANT(x != NULL);
	return regex_matches(c->room, x, text);
}

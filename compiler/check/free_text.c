/* SPDX-License-Identifier: Apache-2.0 */
/* free_text.c - texts without a pattern: what is probably not meant in them. */
#include "compiler/base/lookalike.h"
#include "compiler/base/utf8.h"
#include "compiler/check/walk.h"

/* Text for people, or of other programs, in which every character may be meant. */
static bool is_free_text(const struct prop *prop)
{
	static const enum prop_id free_text[] = {
		PROP_Tag_Key,
		PROP_Tag_Value,
		PROP_CustomAction_Args,
		PROP_CustomActionScript_Args,
		PROP_DirectoryService_DomainReadOnlyUser,
		PROP_DirectoryService_LdapAccessFilter,
	};

	for (size_t i = 0; i < ARRAY_LEN(free_text); i++)
		if (prop == &schema_props[free_text[i]])
			return true;
	return false;
}

/* What the code point at the begin or end of text is taken for; 0 for what is no look-alike. */
static char like_at(struct str text, size_t i)
{
	struct lookalike like;
	uint32_t cp = 0;

	while (i > 0 && ((unsigned char)text.s[i] & 0xc0) == 0x80)
		i--;
	utf8_decode(text, i, &cp);
	return lookalike_find(cp, &like) ? like.ascii[0] : '\0';
}

void remark_lookalikes(struct check *c, const struct prop *prop, const struct node *v)
{
	struct lookalike like;
	struct str s = v->text;

	if (!has_non_ascii(s))
		return;
	if (is_free_text(prop)) {
		char first = like_at(s, 0);

		if ((first == '"' || first == '\'') && like_at(s, s.n - 1) == first && !v->poisoned)
			diag_typographic_quotes(c->ds, v->at, prop->name);
		return;
	}
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		unsigned len = utf8_decode(s, i, &cp);

		if (cp >= 0x80 && lookalike_in(s, i, &like)) {
			diag_lookalike(c->ds, v->at, prop->name);
			return;
		}
		i += len > 0 ? len : 1;
	}
}

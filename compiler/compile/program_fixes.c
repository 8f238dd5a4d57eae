/* SPDX-License-Identifier: Apache-2.0 */
/* program_fixes.c - repairs of values and keys, which checks write as YAML, as programs write them. */
#include "compiler/base/buf.h"
#include "compiler/compile/passes.h"

static bool is_quoted(struct str s)
{
	return s.n >= 2 && (s.s[0] == '"' || s.s[0] == '\'');
}

static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.s[i]) && s.s[i] != '_')
			return false;
	return s.n > 0 && !is_digit(s.s[0]);
}

/* A text of a program. */
static struct str quoted(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);

	buf_char(&b, '"');
	for (size_t i = 0; i < s.n; i++) {
		bool hole = s.s[i] == '$' && i + 1 < s.n && s.s[i + 1] == '{';

		if (s.s[i] == '"' || s.s[i] == '\\' || hole)
			buf_char(&b, '\\');
		buf_char(&b, s.s[i]);
	}
	buf_char(&b, '"');
	return buf_str(&b);
}

/* Can the edit be made in a program? Then it is as a program writes it. */
static bool adapt(struct arena *a, const struct diag *d, struct diag_fix *f)
{
	struct str before = span_text(f->at);

	if (before.n == 0 || str_find(f->text, '\n', 0) < f->text.n)
		return false; /* lines of YAML */
	if (!is_quoted(before))
		return is_word(before) && is_word(f->text);
	if (str_find_str(before, STR("${"), 0) != SIZE_MAX)
		return false; /* what the value is, and what is written, are two things */
	if (d->id != DIAG_wrong_type && !is_quoted(f->text))
		f->text = quoted(a, f->text);
	return true;
}

void program_fixes(struct arena *a, struct diag *d)
{
	for (struct diag_fix *f = d->fixes; f != NULL; f = f->next)
		if (!adapt(a, d, f)) {
			d->fixes = NULL; /* all edits of a finding belong together */
			return;
		}
}

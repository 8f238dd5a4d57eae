/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - a command in one text, and the list of arguments that it stands for. */
#include "compiler/check/command.h"

#include "compiler/base/buf.h"

bool command_has_words(struct str text)
{
	text = str_trim(text);
	return str_find(text, ' ', 0) < text.n;
}

/* Has it signs that mean something to a shell alone? */
static bool is_of_shell(struct str text)
{
	const struct str signs = STR("|&;<>$`*?(){}'\"\\\n");

	for (size_t i = 0; i < text.n; i++)
		if (str_find(signs, text.s[i], 0) < signs.n)
			return true;
	return false;
}

struct str command_items(struct arena *a, struct str text)
{
	struct buf b = buf_in(a);

	text = str_trim(text);
	if (is_of_shell(text)) {
		buf_add(&b, STR("sh, -c, "));
		buf_quoted(&b, text);
		return buf_str(&b);
	}
	while (text.n > 0) {
		struct str word = str_cut(&text, ' ');

		buf_add(&b, b.n > 0 ? STR(", ") : STR(""));
		buf_quoted(&b, word);
		text = str_trim(text);
	}
	return buf_str(&b);
}

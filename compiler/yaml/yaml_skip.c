/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_skip.c - over what stands before a value in the text. */
#include "compiler/yaml/yaml_skip.h"

#include <string.h>

bool yaml_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t yaml_skip_blanks(struct str s, size_t i)
{
	while (i < s.n && (yaml_is_blank(s.s[i]) || s.s[i] == '#')) {
		if (s.s[i] == '#')
			while (i < s.n && s.s[i] != '\n' && s.s[i] != '\r')
				i++;
		else
			i++;
	}
	return i;
}

size_t yaml_skip_property(struct str s, size_t i)
{
	if (s.s[i] == '!' && i + 1 < s.n && s.s[i + 1] == '<') {
		i = str_find(s, '>', i);
		return i < s.n ? i + 1 : i;
	}
	while (i < s.n && !yaml_is_blank(s.s[i]) && strchr(",[]{}", s.s[i]) == NULL)
		i++;
	return i;
}

size_t yaml_skip_properties(struct str s, size_t lo, size_t hi)
{
	size_t i = lo;

	while (i < hi && (s.s[i] == '&' || s.s[i] == '!'))
		i = yaml_skip_blanks(s, yaml_skip_property(s, i));
	return i < hi ? i : hi;
}

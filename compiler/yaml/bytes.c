/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.c - the first look at what the user gave. */
#include "compiler/yaml/bytes.h"

#include "compiler/base/utf8.h"

#include <string.h>

enum { CHAR_STEP = 64 };

static const struct str byte_order_mark = STR_INIT("\xef\xbb\xbf");

static void report_not_utf8(struct diags *ds, const struct source *src, size_t at)
{
	struct str s = src->text;
	struct diag *d = diag_not_utf8(ds, span_in(src, at, at + 1));

	diag_inner(ds, d, "byte 0x%02X", (unsigned)(unsigned char)s.s[at]);
	if (at == 0 && (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff"))))
		diag_help(ds, d, "it begins like UTF-16: save it as UTF-8");
	else
		diag_help(ds, d, "save the file with the encoding UTF-8");
}

static void report_control(struct diags *ds, const struct source *src, size_t at, unsigned len,
			   uint32_t cp)
{
	struct diag *d = diag_control_character(ds, span_in(src, at, at + len), (unsigned)cp);

	if (cp == 0xfeff)
		diag_help(ds, d, "a byte order mark may stand only at the begin of a file");
	else
		diag_help(ds, d, "remove it");
}

/* Index of the first byte at or after i that is not printable ASCII. */
static size_t skip_printable(struct str s, size_t i)
{
	while (i < s.n && (unsigned char)(s.s[i] - 0x20) < 0x5f)
		i++;
	return i;
}

/* Walks over s; false at the first fault, which is reported. *ret_ascii is false when there is more than ASCII. */
static bool check(struct diags *ds, const struct source *src, size_t from, bool *ret_ascii)
{
	struct str s = src->text;
	uint32_t cp = 0;

	*ret_ascii = true;
	for (size_t i = skip_printable(s, from); i < s.n; i = skip_printable(s, i)) {
		unsigned len = utf8_decode(s, i, &cp);

		if (len == 0)
			return report_not_utf8(ds, src, i), false;
		if (!utf8_is_allowed(cp))
			return report_control(ds, src, i, len, cp), false;
		if (len > 1)
			*ret_ascii = false;
		i += len;
	}
	return true;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void index_chars(struct arena *a, struct char_index *ix)
{
	ix->starts = NEW_ARRAY(a, uint32_t, ix->text.n / CHAR_STEP + 1);
	ix->chars = 0;
	for (size_t i = 0; i < ix->text.n; i++) {
		if (is_continuation(ix->text.s[i]))
			continue;
		if (ix->chars++ % CHAR_STEP == 0)
			ix->starts[ix->nstart++] = (uint32_t)i;
	}
}

bool bytes_check(struct arena *a, struct diags *ds, const struct source *src,
		 struct char_index *ret)
{
	struct char_index ix = {0};
	bool ascii;

	ix.base = str_starts(src->text, byte_order_mark) ? byte_order_mark.n : 0;
	ix.text = str_slice(src->text, ix.base, src->text.n);
	ix.chars = ix.text.n;
	if (!check(ds, src, ix.base, &ascii))
		return false;
	if (!ascii)
		index_chars(a, &ix);
	*ret = ix;
	return true;
}

size_t char_index_byte(const struct char_index *ix, size_t at)
{
	size_t byte, left;

	if (at >= ix->chars)
		return ix->base + ix->text.n;
	if (ix->starts == NULL)
		return ix->base + at;
	byte = ix->starts[at / CHAR_STEP];
	for (left = at % CHAR_STEP; left > 0; left--)
		do
			byte++;
		while (is_continuation(ix->text.s[byte]));
	return ix->base + byte;
}

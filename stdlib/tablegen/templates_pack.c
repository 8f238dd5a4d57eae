/* SPDX-License-Identifier: Apache-2.0 */
/* templates_pack.c - archive, compression and base64 of the files that nodes run. Only it sees zlib and liblzma. */
#define ZLIB_CONST /* zlib.h: input is const */
#include "stdlib/tablegen/templates_pack.h"

#include <lzma.h>
#include <zlib.h>

static const struct str docstring_mark = STR_INIT("\"\"\"");

/* Is the line, without its blanks, the first or last of a documentation string; does it begin and end one? */
static bool opens_docstring(struct str line)
{
	return str_starts(line, docstring_mark);
}

static bool closes_docstring(struct str line, bool inside)
{
	return str_ends(line, docstring_mark) && (inside || line.n > docstring_mark.n);
}

/* The line without the indentation its language does not need. */
static struct str outdented(struct arena *a, struct str line, bool python)
{
	size_t n = 0;

	while (n < line.n && line.s[n] == (python ? ' ' : '\t'))
		n++;
	if (!python)
		return str_slice(line, n, line.n);
	return arena_fmt(a, "%*s" STR_F, (int)(n / 4), "", STR_A(str_slice(line, n, line.n)));
}

static bool is_comment(struct str line, bool first)
{
	return str_starts(line, STR("#")) &&
	       !(first && (str_starts(line, STR("#!")) || str_eq(line, STR("#cloud-config"))));
}

struct str pack_without_docstrings(struct arena *a, struct str text)
{
	struct buf b = buf_in(a);
	bool inside = false;

	while (text.n > 0) {
		size_t end = str_find(text, '\n', 0);
		struct str words = str_trim(str_slice(text, 0, end));

		if (inside || opens_docstring(words))
			inside = !closes_docstring(words, inside);
		else
			buf_add(&b, str_slice(text, 0, end + 1));
		text = str_slice(text, end + 1, text.n);
	}
	return buf_str(&b);
}

/*
 * The line without the comment behind its code: two blanks, the sign, a blank, as in all programs here. Where the
 * comment has a quotation mark, what looks like one may stand in a text, and stays.
 */
static struct str without_remark(struct str line)
{
	size_t at = str_find_str(line, STR("  # "), 0);
	struct str remark;

	if (at == SIZE_MAX)
		return line;
	remark = str_slice(line, at, line.n);
	if (str_find(remark, '"', 0) < remark.n || str_find(remark, '\'', 0) < remark.n)
		return line;
	return str_slice(line, 0, at);
}

struct str pack_strip(struct arena *a, const struct packed_file *f)
{
	bool python = str_ends(f->name, STR(".py"));
	bool code = python || str_ends(f->name, STR(".sh")) || str_ends(f->name, STR(".awk"));
	struct str whole = python ? pack_without_docstrings(a, f->text) : f->text;
	struct str rest = whole;
	struct buf b = buf_in(a);

	while (rest.n > 0) {
		size_t end = str_find(rest, '\n', 0);
		struct str line = str_slice(rest, 0, end);
		struct str words = str_trim(line);
		bool first = rest.s == whole.s;

		rest = str_slice(rest, end + 1, rest.n);
		if (is_comment(words, first) || (code && words.n == 0))
			continue;
		if (python)
			line = without_remark(line);
		buf_add(&b, code ? outdented(a, line, python) : line);
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

struct str pack_archive(struct arena *a, const struct packed_file *files, size_t n, size_t skip)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < n; i++) {
		struct str text = pack_strip(a, &files[i]);
		struct str name = str_slice(files[i].name, skip, files[i].name.n);

		buf_fmt(&b, STR_F " %zu\n" STR_F, STR_A(name), text.n, STR_A(text));
	}
	return buf_str(&b);
}

enum { LEVEL = 9, MEMORY = 9, WINDOW = 15, GZIP = 16, OS_UNKNOWN = 255 };

/* Runs a deflate stream that is set up over all of the bytes, and ends it. */
static struct str deflated(struct arena *a, z_stream *z, struct str bytes)
{
	uLong room = deflateBound(z, bytes.n);
	char *out = NEW_ARRAY(a, char, room);

	z->next_in = (const Bytef *)bytes.s;
	z->avail_in = (uInt)bytes.n;
	z->next_out = (Bytef *)out;
	z->avail_out = (uInt)room;
	INVARIANT(deflate(z, Z_FINISH) == Z_STREAM_END);
	room -= z->avail_out;
	INVARIANT(deflateEnd(z) == Z_OK);
	return (struct str){out, room};
}

static void start(z_stream *z, int window)
{
	INVARIANT(deflateInit2(z, LEVEL, Z_DEFLATED, window, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
}

struct str pack_gzip(struct arena *a, struct str bytes)
{
	gz_header header = {.os = OS_UNKNOWN};
	z_stream z = {0};

	start(&z, WINDOW + GZIP);
	INVARIANT(deflateSetHeader(&z, &header) == Z_OK);
	return deflated(a, &z, bytes);
}

struct str pack_zlib(struct arena *a, struct str bytes, struct str dictionary)
{
	z_stream z = {0};

	start(&z, WINDOW);
	if (dictionary.n > 0)
		INVARIANT(deflateSetDictionary(&z, (const Bytef *)dictionary.s,
					       (uInt)dictionary.n) == Z_OK);
	return deflated(a, &z, bytes);
}

enum { LZMA_WINDOW = 1 << 17 /* larger than any archive */ };

/* Text has no alignment, so pb is 0. */
struct str pack_lzma(struct arena *a, struct str bytes)
{
	size_t room = lzma_stream_buffer_bound(bytes.n);
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_options_lzma options;
	char *out = NEW_ARRAY(a, char, room);

	INVARIANT(!lzma_lzma_preset(&options, LEVEL | LZMA_PRESET_EXTREME));
	options.pb = 0;
	options.dict_size = LZMA_WINDOW;
	INVARIANT(lzma_alone_encoder(&z, &options) == LZMA_OK);
	z.next_in = (const uint8_t *)bytes.s;
	z.avail_in = bytes.n;
	z.next_out = (uint8_t *)out;
	z.avail_out = room;
	INVARIANT(lzma_code(&z, LZMA_FINISH) == LZMA_STREAM_END);
	room -= z.avail_out;
	lzma_end(&z);
	return (struct str){out, room};
}

struct str pack_base64(struct arena *a, struct str bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf b = buf_in(a);

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		uint32_t v = (uint32_t)(unsigned char)bytes.s[i] << 16;

		if (left > 1)
			v |= (uint32_t)(unsigned char)bytes.s[i + 1] << 8;
		if (left > 2)
			v |= (unsigned char)bytes.s[i + 2];
		buf_char(&b, digits[v >> 18]);
		buf_char(&b, digits[v >> 12 & 63]);
		buf_char(&b, left > 1 ? digits[v >> 6 & 63] : '=');
		buf_char(&b, left > 2 ? digits[v & 63] : '=');
	}
	return buf_str(&b);
}

struct str pack_base85(struct arena *a, struct str bytes)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"!#,%&()*+-;<=>?@^_`{|}~";
	struct buf b = buf_in(a);

	for (size_t i = 0; i < bytes.n; i += 4) {
		size_t there = bytes.n - i < 4 ? bytes.n - i : 4;
		uint32_t v = 0;
		char chunk[5];

		for (size_t k = 0; k < 4; k++)
			v = v << 8 | (k < there ? (unsigned char)bytes.s[i + k] : 0);
		for (size_t k = 5; k-- > 0; v /= 85)
			chunk[k] = digits[v % 85];
		buf_add(&b, (struct str){chunk, there + 1});
	}
	return buf_str(&b);
}

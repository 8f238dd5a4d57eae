/* SPDX-License-Identifier: Apache-2.0 */
/* templates_pack.c - ustar, gzip and base64 of the files that nodes run. The only file that sees zlib. */
#define ZLIB_CONST /* zlib.h: input is const */
#include "stdlib/tablegen/templates_pack.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 512 };

/* Offsets of the fields of a ustar header block. */
enum {
	USTAR_NAME = 0,
	USTAR_MODE = 100,
	USTAR_UID = 108,
	USTAR_GID = 116,
	USTAR_SIZE = 124,
	USTAR_MTIME = 136,
	USTAR_SUM = 148,
	USTAR_TYPE = 156,
	USTAR_MAGIC = 257,
	USTAR_OWNER = 265,
	USTAR_GROUP = 297,
};

/* A number as octal digits that fill the field but for its closing NUL. */
static void put_octal(char *field, int width, unsigned long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%0*lo", width - 1, value);
	memcpy(field, digits, (size_t)width - 1);
}

/* The checksum is the sum of the header's bytes, with blanks in its own place. */
static void put_checksum(char *header)
{
	unsigned long sum = 0;

	memset(header + USTAR_SUM, ' ', 8);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	put_octal(header + USTAR_SUM, 7, sum);
	header[USTAR_SUM + 6] = '\0';
}

static void add_header(struct buf *b, const struct packed_file *f)
{
	bool runs = str_ends(f->name, STR(".sh")) || str_ends(f->name, STR(".py"));
	char header[BLOCK] = {0};

	INVARIANT(f->name.n <= USTAR_MODE);
	memcpy(header + USTAR_NAME, f->name.s, f->name.n);
	put_octal(header + USTAR_MODE, 8, runs ? 0755 : 0644);
	put_octal(header + USTAR_UID, 8, 0);
	put_octal(header + USTAR_GID, 8, 0);
	put_octal(header + USTAR_SIZE, 12, f->text.n);
	put_octal(header + USTAR_MTIME, 12, 0);
	header[USTAR_TYPE] = '0';
	memcpy(header + USTAR_MAGIC, "ustar\00000", 8);
	memcpy(header + USTAR_OWNER, "root", 4);
	memcpy(header + USTAR_GROUP, "root", 4);
	put_checksum(header);
	buf_add(b, (struct str){header, BLOCK});
}

struct str pack_ustar(struct arena *a, const struct packed_file *files, size_t n)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < n; i++) {
		add_header(&b, &files[i]);
		buf_add(&b, files[i].text);
		buf_pad(&b, '\0', (BLOCK - files[i].text.n % BLOCK) % BLOCK);
	}
	buf_pad(&b, '\0', (size_t)2 * BLOCK);
	return buf_str(&b);
}

struct str pack_strip(struct arena *a, struct str text)
{
	struct buf b = buf_in(a);
	struct str rest = text;
	bool first = true;

	while (rest.n > 0) {
		size_t end = str_find(rest, '\n', 0);
		struct str line = str_slice(rest, 0, end + 1);

		if (!str_starts(str_trim(line), STR("#")) || (first && str_starts(line, STR("#!"))))
			buf_add(&b, line);
		rest = str_slice(rest, end + 1, rest.n);
		first = false;
	}
	return buf_str(&b);
}

struct str pack_gzip(struct arena *a, struct str bytes)
{
	enum { GZIP_WINDOW = 15 + 16, MEMORY = 9, OS_UNKNOWN = 255 };
	gz_header header = {.os = OS_UNKNOWN};
	struct str in = arena_str(a, bytes);
	z_stream z = {0};
	char *out;
	uLong room;

	INVARIANT(deflateInit2(&z, 9, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
	INVARIANT(deflateSetHeader(&z, &header) == Z_OK);
	room = deflateBound(&z, in.n);
	out = NEW_ARRAY(a, char, room);
	z.next_in = (const Bytef *)in.s;
	z.avail_in = (uInt)in.n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)room;
	INVARIANT(deflate(&z, Z_FINISH) == Z_STREAM_END);
	room -= z.avail_out;
	INVARIANT(deflateEnd(&z) == Z_OK);
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

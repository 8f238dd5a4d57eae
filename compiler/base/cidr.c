/* SPDX-License-Identifier: Apache-2.0 */
/* cidr.c - blocks of IPv4 addresses. */
#include "compiler/base/cidr.h"

#include "compiler/base/bug.h"

#include <stdio.h>

enum { ADDRESS_BITS = 32, OCTETS = 4, MOST_DIGITS = 3 };

/* The bits of a mask: 16 is 0xffff0000. */
static uint32_t mask_of(unsigned bits)
{
	return bits == 0 ? 0 : UINT32_MAX << (ADDRESS_BITS - bits);
}

/* One to three digits, without a 0 before others; false otherwise. */
static bool read_number(struct str text, unsigned *ret)
{
	if (text.n == 0 || text.n > MOST_DIGITS || (text.n > 1 && text.s[0] == '0'))
		return false;
	*ret = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] < '0' || text.s[i] > '9')
			return false;
		*ret = *ret * 10 + (unsigned)(text.s[i] - '0');
	}
	return true;
}

enum cidr_fault cidr_parse_address(struct str text, struct cidr *ret, struct str *ret_at)
{
	struct str rest = text, large = {0};
	uint32_t address = 0;
	unsigned n = 0, number;

	*ret_at = text;
	for (; rest.s != NULL; n++) {
		struct str octet = str_cut(&rest, '.');

		if (!read_number(octet, &number))
			return CIDR_FORM;
		if (number > 255 && large.s == NULL)
			large = octet;
		address = address << 8 | (number & 255);
	}
	if (n != OCTETS)
		return CIDR_FORM;
	*ret = (struct cidr){address, ADDRESS_BITS};
	if (large.s == NULL)
		return CIDR_OK;
	*ret_at = large;
	return CIDR_OCTET;
}

enum cidr_fault cidr_parse(struct str text, struct cidr *ret, struct str *ret_at)
{
	struct str mask = text;
	struct str address = mask.s != NULL ? str_cut(&mask, '/') : mask;
	enum cidr_fault fault = cidr_parse_address(address, ret, ret_at);
	unsigned bits;

	if (mask.s == NULL || !read_number(mask, &bits) || fault == CIDR_FORM) {
		*ret_at = text;
		return CIDR_FORM;
	}
	if (fault != CIDR_OK)
		return fault;
	if (bits > ADDRESS_BITS) {
		*ret_at = mask;
		return CIDR_MASK;
	}
	fault = (ret->first & ~mask_of(bits)) != 0 ? CIDR_HOST_BITS : CIDR_OK;
	*ret = (struct cidr){ret->first & mask_of(bits), (uint8_t)bits};
	*ret_at = text;
	return fault;
}

struct str cidr_text(struct cidr c, char *buffer)
{
	uint32_t a = c.first;
	int n = snprintf(buffer, CIDR_TEXT, "%u.%u.%u.%u/%u", a >> 24, a >> 16 & 255, a >> 8 & 255,
			 a & 255, c.bits);

	return (struct str){buffer, (size_t)n};
}

uint64_t cidr_size(struct cidr c)
{
	return UINT64_C(1) << (ADDRESS_BITS - c.bits);
}

uint32_t cidr_last(struct cidr c)
{
	return c.first | ~mask_of(c.bits);
}

bool cidr_contains(struct cidr outer, struct cidr inner)
{
	return outer.bits <= inner.bits && (inner.first & mask_of(outer.bits)) == outer.first;
}

bool cidr_overlaps(struct cidr a, struct cidr b)
{
	return cidr_contains(a, b) || cidr_contains(b, a);
}

/* A range, and what may be done with it. */
struct range {
	struct cidr block;
	const char *text;
	bool private, reserved;
};

static const struct range ranges[] = {
	[CIDR_PUBLIC] = {.text = ""},
	[CIDR_10] = {{0x0a000000, 8}, "10.0.0.0/8", true, false},
	[CIDR_172_16] = {{0xac100000, 12}, "172.16.0.0/12", true, false},
	[CIDR_192_168] = {{0xc0a80000, 16}, "192.168.0.0/16", true, false},
	[CIDR_SHARED] = {{0x64400000, 10}, "100.64.0.0/10", true, false},
	[CIDR_THIS] = {{0x00000000, 8}, "0.0.0.0/8", false, true},
	[CIDR_LOOPBACK] = {{0x7f000000, 8}, "127.0.0.0/8", false, true},
	[CIDR_LINK_LOCAL] = {{0xa9fe0000, 16}, "169.254.0.0/16", false, true},
	[CIDR_MULTICAST] = {{0xe0000000, 4}, "224.0.0.0/4", false, true},
	[CIDR_FUTURE] = {{0xf0000000, 4}, "240.0.0.0/4", false, true},
	[CIDR_SEVERAL] = {.text = ""},
};

enum cidr_range cidr_range(struct cidr c)
{
	for (enum cidr_range r = CIDR_10; r < CIDR_SEVERAL; r++) {
		if (cidr_contains(ranges[r].block, c))
			return r;
		if (cidr_overlaps(ranges[r].block, c))
			return CIDR_SEVERAL;
	}
	return CIDR_PUBLIC;
}

const char *cidr_range_text(enum cidr_range range)
{
	return ranges[range].text;
}

bool cidr_is_private(enum cidr_range range)
{
	return ranges[range].private;
}

bool cidr_is_reserved(enum cidr_range range)
{
	return ranges[range].reserved;
}

enum cidr_tunnel cidr_tunnel(struct cidr c)
{
	static const uint16_t reserved[] = {0x0000, 0x0100, 0x0200, 0x0300, 0x0400, 0x0500, 0xa9fc};

	if (c.bits != 30 || cidr_range(c) != CIDR_LINK_LOCAL)
		return TUNNEL_NOT;
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if ((c.first & UINT16_MAX) == reserved[i])
			return TUNNEL_RESERVED;
	return TUNNEL_OK;
}

bool cidr_part(struct cidr block, unsigned bits, uint64_t index, struct cidr *ret)
{
	if (bits < block.bits || bits > ADDRESS_BITS || index >> (bits - block.bits) != 0)
		return false;
	*ret = (struct cidr){block.first + (uint32_t)(index << (ADDRESS_BITS - bits)),
			     (uint8_t)bits};
	return true;
}

/* Is there room for `zones` parts of both masks? The first of the second ones is the next behind the others. */
static bool fits(struct cidr block, unsigned zones, unsigned front_bits, unsigned rest_bits,
		 uint32_t *ret_first)
{
	uint64_t front = (uint64_t)zones << (ADDRESS_BITS - front_bits);
	uint64_t rest = UINT64_C(1) << (ADDRESS_BITS - rest_bits);
	uint64_t first = (front + rest - 1) / rest;

	*ret_first = (uint32_t)first;
	return (first + zones) * rest <= cidr_size(block);
}

bool cidr_divide(struct cidr block, unsigned front_bits, unsigned most, struct cidr_division *ret)
{
	*ret = (struct cidr_division){.block = block, .front_bits = (uint8_t)front_bits};
	for (unsigned zones = most; zones > 0; zones--)
		for (unsigned bits = block.bits; bits <= front_bits; bits++)
			if (fits(block, zones, front_bits, bits, &ret->rest_first)) {
				ret->zones = (uint8_t)zones;
				ret->rest_bits = (uint8_t)bits;
				return true;
			}
	return false;
}

static struct cidr part_of_zone(const struct cidr_division *d, unsigned zone, unsigned bits,
				uint64_t index)
{
	struct cidr part;

	if (zone >= d->zones || !cidr_part(d->block, bits, index, &part))
		BUG("no part for zone %u", zone);
	return part;
}

struct cidr cidr_front(const struct cidr_division *d, unsigned zone)
{
	return part_of_zone(d, zone, d->front_bits, zone);
}

struct cidr cidr_rest(const struct cidr_division *d, unsigned zone)
{
	return part_of_zone(d, zone, d->rest_bits, d->rest_first + (uint64_t)zone);
}

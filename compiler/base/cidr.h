/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cidr.h - blocks of IPv4 addresses: read, compare, divide. Nothing here allocates.
 *
 * An address is a number, 10.0.0.1 is 0x0a000001. Counts of addresses have 64 bits, since 0.0.0.0/0 has 2^32.
 */
#ifndef HPCC_CIDR_H
#define HPCC_CIDR_H

#include "compiler/base/str.h"

/* The addresses whose first `bits` bits are those of `first`, whose other bits are zero. */
struct cidr {
	uint32_t first;
	uint8_t bits; /* the mask, 0 to 32 */
};

enum cidr_fault {
	CIDR_OK,
	CIDR_FORM, /* not four numbers, a slash and a mask; numbers begin with 0 only where they are 0 */
	CIDR_OCTET,	/* a number above 255 */
	CIDR_MASK,	/* a mask above 32 */
	CIDR_HOST_BITS, /* 10.0.0.1/16: bits behind the mask are set */
};

/*
 * Reads all of `text`, "10.0.0.0/16". With CIDR_OK and CIDR_HOST_BITS *ret is the block, host bits cleared. *ret_at is
 * the part of `text` that is at fault: the octet, the mask, or all of it.
 */
enum cidr_fault cidr_parse(struct str text, struct cidr *ret, struct str *ret_at);
/* The same of an address without a mask, as a block of one: CIDR_OK, CIDR_FORM or CIDR_OCTET. */
enum cidr_fault cidr_parse_address(struct str text, struct cidr *ret, struct str *ret_at);

enum { CIDR_TEXT = sizeof("255.255.255.255/32") };
/* The block as text; the bytes are put into `buffer`, of CIDR_TEXT bytes. */
struct str cidr_text(struct cidr c, char *buffer);

/* How many addresses it has: 1 to 2^32. */
uint64_t cidr_size(struct cidr c);
/* Its last address. */
uint32_t cidr_last(struct cidr c);
/* Is all of `inner` in `outer`? A block is in itself. */
bool cidr_contains(struct cidr outer, struct cidr inner);
/* Has any address both? */
bool cidr_overlaps(struct cidr a, struct cidr b);

/* Ranges with a meaning of their own. Source: IANA IPv4 Special-Purpose Address Registry (RFC 6890), RFC 5771. */
enum cidr_range {
	CIDR_PUBLIC,	 /* none of those below */
	CIDR_10,	 /* 10.0.0.0/8, RFC 1918 */
	CIDR_172_16,	 /* 172.16.0.0/12, RFC 1918 */
	CIDR_192_168,	 /* 192.168.0.0/16, RFC 1918 */
	CIDR_SHARED,	 /* 100.64.0.0/10, RFC 6598 */
	CIDR_THIS,	 /* 0.0.0.0/8 */
	CIDR_LOOPBACK,	 /* 127.0.0.0/8 */
	CIDR_LINK_LOCAL, /* 169.254.0.0/16 */
	CIDR_MULTICAST,	 /* 224.0.0.0/4 */
	CIDR_FUTURE,	 /* 240.0.0.0/4, the broadcast address with it */
	CIDR_SEVERAL,	 /* reaches into one of them and beyond */
};

/* The range that the block is in. */
enum cidr_range cidr_range(struct cidr c);
/* "10.0.0.0/8"; "" of CIDR_PUBLIC and CIDR_SEVERAL. */
const char *cidr_range_text(enum cidr_range range);
/* May a network of one's own have these addresses: RFC 1918, or shared address space? */
bool cidr_is_private(enum cidr_range range);
/* Can no network have them: this network, loopback, link-local, multicast, future use? */
bool cidr_is_reserved(enum cidr_range range);

enum cidr_tunnel {
	TUNNEL_OK,
	TUNNEL_NOT,	 /* not a /30 of 169.254.0.0/16 */
	TUNNEL_RESERVED, /* one that AWS uses itself */
};

/* May it be the inside of a VPN tunnel? Source: EC2 API, VpnTunnelOptionsSpecification, TunnelInsideCidr. */
enum cidr_tunnel cidr_tunnel(struct cidr c);

/* Part number `index` of those that a block has with the mask `bits`; false where there is no such part. */
bool cidr_part(struct cidr block, unsigned bits, uint64_t index, struct cidr *ret);

/* A block that has two parts for each zone of a region. */
struct cidr_division {
	struct cidr block;
	uint8_t zones;		       /* how many there is room for */
	uint8_t front_bits, rest_bits; /* masks */
	uint32_t rest_first;	       /* index of the first part with rest_bits */
};

/*
 * Divides a block for `most` zones, or for as many as there is room for: at its beginning a part with the mask
 * `front_bits` for each, then for each one of equal size, the largest that fits, never smaller than the first. It
 * depends on the block and not on how many zones are in use: another zone takes its two parts and moves nothing.
 * False where there is no room for one zone.
 */
bool cidr_divide(struct cidr block, unsigned front_bits, unsigned most, struct cidr_division *ret);
/* The part at the beginning that belongs to zone number `zone`, below d->zones. */
struct cidr cidr_front(const struct cidr_division *d, unsigned zone);
/* The other one. */
struct cidr cidr_rest(const struct cidr_division *d, unsigned zone);

#endif

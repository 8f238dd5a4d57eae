/* SPDX-License-Identifier: Apache-2.0 */
/* test_cidr.c - blocks of IPv4 addresses, their edges, and what holds of any of them. */
#include "compiler/base/cidr.h"

#include <criterion/criterion.h>
#include <string.h>

static struct cidr block(const char *text)
{
	struct cidr c;
	struct str at;

	cr_assert_eq(cidr_parse(str_c(text), &c, &at), CIDR_OK, "%s", text);
	return c;
}

static bool same(struct cidr c, const char *want)
{
	char buffer[CIDR_TEXT];

	return str_eq(cidr_text(c, buffer), str_c(want));
}

/* What cidr_parse says, and that it blames `at`. */
static enum cidr_fault fault(const char *text, const char *at)
{
	struct cidr c;
	struct str blamed;
	enum cidr_fault f = cidr_parse(str_c(text), &c, &blamed);

	cr_expect(str_eq(blamed, str_c(at)), "%s: " STR_F, text, STR_A(blamed));
	return f;
}

Test(cidr, reads_blocks)
{
	static const char *const texts[] = {"0.0.0.0/0",	  "10.0.0.0/8",	    "128.0.0.0/1",
					    "255.255.255.255/32", "0.0.0.0/32",	    "10.0.0.1/32",
					    "192.168.1.0/24",	  "169.254.10.4/30"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		cr_expect(same(block(texts[i]), texts[i]), "%s", texts[i]);
	cr_expect_eq(block("10.1.2.3/32").first, 0x0a010203);
}

Test(cidr, tells_what_is_wrong_with_a_block)
{
	static const char *const forms[] = {"",
					    "10.0.0.0",
					    "10.0.0.0/",
					    "/16",
					    "10.0.0/16",
					    "10.0.0.0.0/16",
					    "10..0.0/16",
					    "10.0.0.0/16/8",
					    "10.0.0.0/x",
					    "10.0.0.0/-1",
					    "10.0.0.0/016",
					    "010.0.0.0/16",
					    " 10.0.0.0/16",
					    "10.0.0.0/16 ",
					    "a.b.c.d/8",
					    "10.0.0.+1/32",
					    "1000.0.0.0/16",
					    "10.0.0.0/1000",
					    "::/0",
					    "10.0.0.0\\16",
					    "10.0.0.0/1\n",
					    "0x0a.0.0.0/8",
					    "10.0.0.00/8",
					    ".10.0.0.0/8",
					    "10.0.0.0./8"};
	struct cidr c;
	struct str at;

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		cr_expect_eq(fault(forms[i], forms[i]), CIDR_FORM, "%s", forms[i]);
	cr_expect_eq(cidr_parse((struct str){0}, &c, &at), CIDR_FORM);
	cr_expect_eq(cidr_parse((struct str){"10.0.0.0\0/16", 12}, &c, &at), CIDR_FORM);
	cr_expect_eq(fault("10.0.256.0/16", "256"), CIDR_OCTET);
	cr_expect_eq(fault("300.0.999.0/16", "300"), CIDR_OCTET);
	cr_expect_eq(fault("10.0.0.256/99", "256"), CIDR_OCTET);
	cr_expect_eq(fault("10.0.0.0/33", "33"), CIDR_MASK);
	cr_expect_eq(fault("10.0.0.1/999", "999"), CIDR_MASK);
}

Test(cidr, mends_host_bits)
{
	struct cidr c;
	struct str at;

	cr_expect_eq(cidr_parse(STR("10.0.0.1/16"), &c, &at), CIDR_HOST_BITS);
	cr_expect(same(c, "10.0.0.0/16"));
	cr_expect(str_eq(at, STR("10.0.0.1/16")));
	cr_expect_eq(cidr_parse(STR("255.255.255.255/0"), &c, &at), CIDR_HOST_BITS);
	cr_expect(same(c, "0.0.0.0/0"));
	cr_expect_eq(cidr_parse(STR("255.255.255.255/31"), &c, &at), CIDR_HOST_BITS);
	cr_expect(same(c, "255.255.255.254/31"));
}

Test(cidr, reads_addresses)
{
	struct cidr c;
	struct str at;

	cr_expect_eq(cidr_parse_address(STR("203.0.113.10"), &c, &at), CIDR_OK);
	cr_expect(same(c, "203.0.113.10/32"));
	cr_expect_eq(cidr_parse_address(STR("203.0.113.256"), &c, &at), CIDR_OCTET);
	cr_expect(str_eq(at, STR("256")));
	cr_expect_eq(cidr_parse_address(STR("203.0.113.10/32"), &c, &at), CIDR_FORM);
	cr_expect_eq(cidr_parse_address(STR("203.0.113"), &c, &at), CIDR_FORM);
	cr_expect_eq(cidr_parse_address((struct str){0}, &c, &at), CIDR_FORM);
}

Test(cidr, counts_and_ends)
{
	cr_expect_eq(cidr_size(block("0.0.0.0/0")), UINT64_C(1) << 32);
	cr_expect_eq(cidr_size(block("10.0.0.0/28")), 16);
	cr_expect_eq(cidr_size(block("10.0.0.0/32")), 1);
	cr_expect_eq(cidr_last(block("0.0.0.0/0")), UINT32_MAX);
	cr_expect_eq(cidr_last(block("10.0.0.0/16")), 0x0a00ffff);
	cr_expect_eq(cidr_last(block("255.255.255.255/32")), UINT32_MAX);
}

Test(cidr, contains_and_overlaps_at_the_ends)
{
	struct cidr all = block("0.0.0.0/0"), b = block("10.0.0.0/16");

	cr_expect(cidr_contains(all, b) && cidr_contains(b, b));
	cr_expect_not(cidr_contains(b, all));
	cr_expect(cidr_contains(b, block("10.0.255.255/32")));
	cr_expect_not(cidr_contains(b, block("10.1.0.0/32")));
	cr_expect_not(cidr_contains(b, block("9.255.255.255/32")));
	cr_expect(cidr_overlaps(b, all) && cidr_overlaps(all, b));
	cr_expect(cidr_overlaps(b, block("10.0.255.240/28")));
	cr_expect_not(cidr_overlaps(b, block("10.1.0.0/16")));
	cr_expect_not(cidr_overlaps(block("0.0.0.0/1"), block("128.0.0.0/1")));
	cr_expect(cidr_overlaps(block("255.255.255.255/32"), block("128.0.0.0/1")));
}

Test(cidr, knows_ranges)
{
	static const struct {
		const char *text;
		enum cidr_range range;
	} rows[] = {
		{"10.255.255.0/24", CIDR_10},	     {"11.0.0.0/8", CIDR_PUBLIC},
		{"9.255.255.255/32", CIDR_PUBLIC},   {"172.31.255.0/24", CIDR_172_16},
		{"172.32.0.0/16", CIDR_PUBLIC},	     {"172.15.255.255/32", CIDR_PUBLIC},
		{"192.168.0.0/16", CIDR_192_168},    {"192.169.0.0/16", CIDR_PUBLIC},
		{"100.127.255.0/24", CIDR_SHARED},   {"100.128.0.0/16", CIDR_PUBLIC},
		{"0.0.0.0/32", CIDR_THIS},	     {"127.0.0.1/32", CIDR_LOOPBACK},
		{"169.254.0.0/16", CIDR_LINK_LOCAL}, {"239.255.255.255/32", CIDR_MULTICAST},
		{"255.255.255.255/32", CIDR_FUTURE}, {"0.0.0.0/0", CIDR_SEVERAL},
		{"172.0.0.0/8", CIDR_SEVERAL},	     {"224.0.0.0/3", CIDR_SEVERAL},
		{"203.0.113.10/32", CIDR_PUBLIC},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		cr_expect_eq(cidr_range(block(rows[i].text)), rows[i].range, "%s", rows[i].text);
	for (enum cidr_range r = CIDR_PUBLIC; r <= CIDR_SEVERAL; r++) {
		cr_expect_not(cidr_is_private(r) && cidr_is_reserved(r));
		cr_expect_eq(*cidr_range_text(r) != '\0',
			     cidr_is_private(r) || cidr_is_reserved(r));
		if (*cidr_range_text(r) != '\0')
			cr_expect_eq(cidr_range(block(cidr_range_text(r))), r);
	}
	cr_expect(cidr_is_private(CIDR_SHARED) && cidr_is_reserved(CIDR_LINK_LOCAL));
}

Test(cidr, knows_the_insides_of_tunnels)
{
	static const char *const reserved[] = {
		"169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30",	 "169.254.3.0/30",
		"169.254.4.0/30", "169.254.5.0/30", "169.254.169.252/30"};

	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		cr_expect_eq(cidr_tunnel(block(reserved[i])), TUNNEL_RESERVED, "%s", reserved[i]);
	cr_expect_eq(cidr_tunnel(block("169.254.10.0/30")), TUNNEL_OK);
	cr_expect_eq(cidr_tunnel(block("169.254.0.4/30")), TUNNEL_OK);
	cr_expect_eq(cidr_tunnel(block("169.254.255.252/30")), TUNNEL_OK);
	cr_expect_eq(cidr_tunnel(block("169.254.10.0/29")), TUNNEL_NOT);
	cr_expect_eq(cidr_tunnel(block("169.254.10.0/31")), TUNNEL_NOT);
	cr_expect_eq(cidr_tunnel(block("10.0.0.0/30")), TUNNEL_NOT);
}

Test(cidr, gives_parts)
{
	struct cidr part, all = block("0.0.0.0/0"), b = block("10.0.0.0/16");

	cr_expect(cidr_part(b, 24, 0, &part) && same(part, "10.0.0.0/24"));
	cr_expect(cidr_part(b, 24, 255, &part) && same(part, "10.0.255.0/24"));
	cr_expect_not(cidr_part(b, 24, 256, &part));
	cr_expect(cidr_part(b, 16, 0, &part) && same(part, "10.0.0.0/16"));
	cr_expect_not(cidr_part(b, 16, 1, &part));
	cr_expect_not(cidr_part(b, 15, 0, &part));
	cr_expect_not(cidr_part(b, 33, 0, &part));
	cr_expect(cidr_part(all, 32, UINT32_MAX, &part) && same(part, "255.255.255.255/32"));
	cr_expect_not(cidr_part(all, 32, UINT64_C(1) << 32, &part));
	cr_expect(cidr_part(all, 0, 0, &part) && same(part, "0.0.0.0/0"));
}

Test(cidr, divides_a_usual_network)
{
	struct cidr_division d;

	cr_assert(cidr_divide(block("10.0.0.0/16"), 24, 6, &d));
	cr_expect_eq(d.zones, 6);
	cr_expect(same(cidr_front(&d, 0), "10.0.0.0/24"));
	cr_expect(same(cidr_front(&d, 5), "10.0.5.0/24"));
	cr_expect(same(cidr_rest(&d, 0), "10.0.32.0/19"));
	cr_expect(same(cidr_rest(&d, 5), "10.0.192.0/19"));
	cr_assert(cidr_divide(block("172.16.64.0/20"), 24, 6, &d));
	cr_expect(same(cidr_rest(&d, 0), "172.16.70.0/24"));
}

Test(cidr, divides_small_networks_for_fewer_zones)
{
	struct cidr_division d;

	cr_assert(cidr_divide(block("10.0.0.0/21"), 24, 6, &d));
	cr_expect_eq(d.zones, 4);
	cr_expect(same(cidr_rest(&d, 3), "10.0.7.0/24"));
	cr_assert(cidr_divide(block("10.0.0.0/23"), 24, 6, &d));
	cr_expect_eq(d.zones, 1);
	cr_expect(same(cidr_front(&d, 0), "10.0.0.0/24"));
	cr_expect(same(cidr_rest(&d, 0), "10.0.1.0/24"));
	cr_expect_not(cidr_divide(block("10.0.0.0/24"), 24, 6, &d));
	cr_expect_not(cidr_divide(block("10.0.0.0/32"), 24, 6, &d));
}

/* ---- properties ---- */

enum { ROUNDS = 20000 };

/* A fixed row of numbers (Knuth's MMIX multiplier): a failure comes again. */
static uint32_t next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 32);
}

static struct cidr any(uint64_t *state)
{
	struct cidr c;
	unsigned bits = next(state) % 33;

	cr_assert(cidr_part((struct cidr){0, 0}, bits, bits == 0 ? 0 : next(state) >> (32 - bits),
			    &c));
	return c;
}

Test(cidr, what_is_written_reads_the_same)
{
	uint64_t state = 1;

	for (int i = 0; i < ROUNDS; i++) {
		struct cidr c = any(&state), again;
		char buffer[CIDR_TEXT];
		struct str at;

		cr_assert_eq(cidr_parse(cidr_text(c, buffer), &again, &at), CIDR_OK);
		cr_assert(again.first == c.first && again.bits == c.bits);
		cr_assert_eq((uint64_t)cidr_last(c) - c.first + 1, cidr_size(c));
	}
}

Test(cidr, blocks_compare_as_intervals_do)
{
	uint64_t state = 2;

	for (int i = 0; i < ROUNDS; i++) {
		struct cidr a = any(&state), b = any(&state);
		bool inside = a.first <= b.first && cidr_last(b) <= cidr_last(a);
		bool meet = a.first <= cidr_last(b) && b.first <= cidr_last(a);

		cr_assert_eq(cidr_contains(a, b), inside);
		cr_assert_eq(cidr_overlaps(a, b), meet);
		cr_assert_eq(cidr_overlaps(b, a), meet);
	}
}

Test(cidr, parts_follow_each_other_and_fill_the_block)
{
	uint64_t state = 3;

	for (int i = 0; i < 2000; i++) {
		struct cidr b = any(&state), part;
		unsigned more = next(&state) % 9;
		uint64_t n = 0, at = b.first;

		if (b.bits + more > 32)
			continue;
		for (; cidr_part(b, b.bits + more, n, &part); n++) {
			cr_assert_eq(part.first, at);
			at += cidr_size(part);
		}
		cr_assert_eq(n, UINT64_C(1) << more);
		cr_assert_eq(at - b.first, cidr_size(b));
	}
}

/* Every part of a division is in the block and apart from the others. */
static void check_apart(const struct cidr_division *d)
{
	struct cidr parts[12];
	size_t n = 0;

	for (unsigned z = 0; z < d->zones; z++) {
		parts[n++] = cidr_front(d, z);
		parts[n++] = cidr_rest(d, z);
	}
	for (size_t i = 0; i < n; i++) {
		cr_assert(cidr_contains(d->block, parts[i]));
		for (size_t k = 0; k < i; k++)
			cr_assert_not(cidr_overlaps(parts[i], parts[k]));
	}
}

/* Is the division as large as it can be: no more zones, no larger parts? Counted in parts of `front` addresses. */
static void check_largest(const struct cidr_division *d, unsigned most)
{
	uint64_t room = UINT64_C(1) << (d->front_bits - d->block.bits);
	uint64_t larger = UINT64_C(2) << (d->front_bits - d->rest_bits);
	uint64_t first = (d->zones + larger - 1) / larger;

	cr_assert_eq(d->zones, room / 2 < most ? room / 2 : most);
	cr_assert_gt((first + d->zones) * larger, room);
}

Test(cidr, a_division_is_whole_and_a_zone_more_moves_nothing)
{
	uint64_t state = 4;

	for (int i = 0; i < ROUNDS; i++) {
		struct cidr b = any(&state);
		unsigned front = 16 + next(&state) % 13, most = 1 + next(&state) % 6;
		struct cidr_division d;

		if (!cidr_divide(b, front, most, &d)) {
			cr_assert_geq(b.bits, front, "%u %u", b.bits, front);
			continue;
		}
		check_apart(&d);
		check_largest(&d, most);
	}
}

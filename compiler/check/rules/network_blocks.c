/* SPDX-License-Identifier: Apache-2.0 */
/* network_blocks.c - rules about the addresses of a VPC and of its subnets. */
#include "compiler/check/rules/network.h"

#include <stdlib.h>

/* Masks of a VPC and of a subnet. Source: Amazon VPC user guide, VPC CIDR blocks and subnet sizing. */
enum { LARGEST_BITS = 16, SMALLEST_BITS = 28 };

#define DEFAULT_BLOCK "10.0.0.0/16" /* of a VPC, as compiler/model/network.c fills it in */

/* A block as the file gives it. */
struct placed {
	struct cidr block;
	enum cidr_fault fault; /* CIDR_OK or CIDR_HOST_BITS */
	struct str text;
	struct span at;
	struct str prop;	     /* of which property it is a value */
	const struct net_subnet *of; /* whose it is; NULL: the VPC's */
	size_t order;		     /* in the file, those of the VPC first */
	struct diag *overlaps;	     /* what was said of it in overlaps_of() */
};

struct placed_list {
	struct placed *items;
	size_t n;
	bool whole; /* no block is faulty or left out */
};

static void place(struct placed_list *l, struct str text, struct span at, struct str prop,
		  const struct net_subnet *of)
{
	struct placed p = {.text = text, .at = at, .prop = prop, .of = of, .order = l->n};
	struct str part;

	p.fault = cidr_parse(text, &p.block, &part);
	if (p.fault == CIDR_OK || p.fault == CIDR_HOST_BITS)
		l->items[l->n++] = p;
	l->whole = l->whole && p.fault == CIDR_OK;
}

/* Blocks of the new VPC, without its default. */
static struct placed_list blocks_of_vpc(const struct rules *r, const struct net *n)
{
	const struct network *m = n->m;
	struct placed_list l = {NEW_ARRAY(r->a, struct placed, 1 + m->additional_cidr_blocks.n), 0,
				USABLE(m, cidr_block) && USABLE(m, additional_cidr_blocks) &&
					!m->section.poisoned};

	if (!n->is_new)
		return l;
	if (WRITTEN(m, cidr_block))
		place(&l, m->cidr_block, m->at.cidr_block.value, PROP_NAME(Network_CidrBlock),
		      NULL);
	for (size_t i = 0; i < m->additional_cidr_blocks.n; i++)
		place(&l, m->additional_cidr_blocks.items[i].text,
		      m->additional_cidr_blocks.items[i].at,
		      PROP_NAME(Network_AdditionalCidrBlocks), NULL);
	return l;
}

/* Blocks of the subnets that are made. */
static struct placed_list blocks_of_subnets(const struct rules *r, const struct net *n)
{
	struct placed_list l = {NEW_ARRAY(r->a, struct placed, n->nsubnets), 0, true};

	for (size_t i = 0; i < n->nsubnets; i++) {
		const struct subnet *row = n->subnets[i].row;

		if (row != NULL && WRITTEN(row, cidr_block))
			place(&l, row->cidr_block, row->at.cidr_block.value,
			      PROP_NAME(Subnet_CidrBlock), &n->subnets[i]);
	}
	return l;
}

static bool has_size(struct cidr c)
{
	return c.bits >= LARGEST_BITS && c.bits <= SMALLEST_BITS;
}

/* One with a fault of its own may be meant to be another. */
static bool is_sound(const struct placed *p)
{
	return p->fault == CIDR_OK && has_size(p->block);
}

/* ---- each block by itself ---- */

static void sized(const struct rules *r, const struct placed *p)
{
	struct diag *d;

	if (has_size(p->block))
		return;
	d = diag_block_size(r->ds, p->at, p->prop, p->block.bits,
			    p->of != NULL ? "a subnet" : "a VPC");
	diag_note(r->ds, d, "a /16 has 65536 addresses, a /28 has 16");
	if (p->of == NULL && p->block.bits < LARGEST_BITS)
		diag_help(r->ds, d, "more addresses come as further blocks: AdditionalCidrBlocks");
}

static void aligned(const struct rules *r, const struct placed *p)
{
	char buffer[CIDR_TEXT];
	struct str right = cidr_text(p->block, buffer);
	struct diag *d;

	if (p->fault != CIDR_HOST_BITS)
		return;
	d = diag_host_bits(r->ds, p->at, p->text, right);
	diag_note(r->ds, d, "the mask says that all addresses begin with the same %u bits",
		  (unsigned)p->block.bits);
	diag_help(r->ds, d, "write `" STR_F "`, or another mask", STR_A(right));
	diag_fix(r->ds, d, p->at, right, false);
}

/* Source: Amazon VPC user guide, VPC CIDR blocks and subnet sizing. */
void rule_block_form(const struct rules *r)
{
	const struct net *n = network(r);
	struct placed_list lists[2];

	if (n == NULL)
		return;
	lists[0] = blocks_of_vpc(r, n);
	lists[1] = blocks_of_subnets(r, n);
	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		for (size_t i = 0; i < lists[k].n; i++) {
			sized(r, &lists[k].items[i]);
			aligned(r, &lists[k].items[i]);
		}
	}
}

/* ---- ranges ---- */

/* 198.18.0.0/15 is for tests of network devices and belongs to nobody; VPCs may have 198.19.0.0/16. RFC 2544. */
static const struct cidr benchmark = {0xc6120000, 15}, upper_benchmark = {0xc6130000, 16};

static const char *reserved_for(enum cidr_range range)
{
	switch (range) {
	case CIDR_THIS:
		return "hosts that do not know their address yet";
	case CIDR_LOOPBACK:
		return "what a machine says to itself";
	case CIDR_LINK_LOCAL:
		return "one link, such as the metadata of an instance";
	case CIDR_MULTICAST:
		return "multicast";
	case CIDR_FUTURE:
		return "future use";
	case CIDR_PUBLIC:
	case CIDR_10:
	case CIDR_172_16:
	case CIDR_192_168:
	case CIDR_SHARED:
	case CIDR_SEVERAL:
		break;
	}
	return NULL;
}

static void in_range(const struct rules *r, const struct placed *p)
{
	enum cidr_range range = cidr_range(p->block);
	struct diag *d;

	if (!is_sound(p))
		return;
	if (cidr_is_reserved(range)) {
		d = diag_reserved_block(r->ds, p->at, p->text);
		diag_note(r->ds, d, "%s is for %s", cidr_range_text(range), reserved_for(range));
	} else if (!cidr_is_private(range) && !cidr_contains(benchmark, p->block)) {
		d = diag_public_block(r->ds, p->at, p->text);
		diag_note(r->ds, d,
			  "who has these addresses on the internet cannot be reached from the VPC");
	} else {
		return;
	}
	diag_help(r->ds, d,
		  "take a block of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or "
		  "100.64.0.0/10");
}

/* Source: RFC 1918, RFC 6598; Amazon VPC user guide, VPC CIDR blocks. */
void rule_block_range(const struct rules *r)
{
	const struct net *n = network(r);
	struct placed_list l;

	if (n == NULL)
		return;
	l = blocks_of_vpc(r, n);
	for (size_t i = 0; i < l.n; i++)
		in_range(r, &l.items[i]);
}

/* ---- the blocks of one VPC beside each other ---- */

static bool is_rfc_1918(struct cidr c)
{
	enum cidr_range range = cidr_range(c);

	return range == CIDR_10 || range == CIDR_172_16 || range == CIDR_192_168;
}

/*
 * Why a VPC with the block `first` cannot get `more`; NULL where it can. Source: Amazon VPC user guide, IPv4 CIDR block
 * association restrictions, as of 2022-02 and read in several copies of 2026.
 */
static const char *refused_beside(struct cidr first, struct cidr more)
{
	static const struct cidr lowest = {0x0a000000, 15}, low = {0x0a000000, 16},
				 default_vpc = {0xac1f0000, 16};

	if (is_rfc_1918(more) && cidr_range(more) != cidr_range(first))
		return "beside the first block of a VPC only those of its own private range may "
		       "stand";
	if (cidr_contains(upper_benchmark, more) && !cidr_contains(upper_benchmark, first))
		return "198.19.0.0/16 is only for a first block";
	if (cidr_contains(lowest, first) && cidr_contains(low, more))
		return "beside a first block of 10.0.0.0/15 none of 10.0.0.0/16 may stand";
	if (cidr_range(first) == CIDR_172_16 && cidr_contains(default_vpc, more))
		return "beside a first block of 172.16.0.0/12 none of 172.31.0.0/16 may stand";
	return NULL;
}

void rule_blocks_beside(const struct rules *r)
{
	const struct net *n = network(r);
	const struct placed *first;
	struct placed_list l;
	char buffer[CIDR_TEXT];

	if (n == NULL || !n->is_new || n->nblocks == 0 || !USABLE(n->m, cidr_block))
		return;
	l = blocks_of_vpc(r, n);
	first = WRITTEN(n->m, cidr_block) ? &l.items[0] : NULL;
	if ((first != NULL && !is_sound(first)) || cidr_is_reserved(cidr_range(n->blocks[0])))
		return;
	for (size_t i = first != NULL; l.items != NULL && i < l.n; i++) {
		const char *why = refused_beside(n->blocks[0], l.items[i].block);
		struct diag *d;

		if (why == NULL || !is_sound(&l.items[i]) ||
		    cidr_overlaps(n->blocks[0], l.items[i].block))
			continue;
		d = diag_block_not_beside(r->ds, l.items[i].at, l.items[i].text,
					  cidr_text(n->blocks[0], buffer));
		if (first != NULL)
			diag_label(r->ds, d, first->at, "the first block is this");
		else
			diag_note(r->ds, d, DEFAULT_BLOCK " is the default of `CidrBlock`");
		diag_note(r->ds, d, "%s", why);
	}
}

/* ---- overlaps ---- */

static int by_address(const void *a, const void *b)
{
	const struct placed *p = a, *q = b;

	if (p->block.first != q->block.first)
		return p->block.first < q->block.first ? -1 : 1;
	if (p->block.bits != q->block.bits)
		return p->block.bits < q->block.bits ? -1 : 1;
	return p->order < q->order ? -1 : 1;
}

static struct str owner_words(const struct rules *r, const struct placed *p)
{
	return p->of != NULL ? subnet_words(r, p->of) : STR("the VPC");
}

/* The blocks that findings offered, by subnet: what one is offered is free for no other. */
struct offered {
	struct cidr *blocks;
	bool *is_there;
};

static struct offered none_offered(const struct rules *r)
{
	return (struct offered){NEW_ARRAY(r->a, struct cidr, r->net->nsubnets),
				NEW_ARRAY(r->a, bool, r->net->nsubnets)};
}

/* Does a subnet have addresses of the block, or were they offered to one? *ret is the last of those. */
static bool is_taken(const struct net *n, const struct offered *o, struct cidr block, uint64_t *ret)
{
	for (size_t i = 0; i < n->nsubnets; i++) {
		if (n->subnets[i].has_block && cidr_overlaps(n->subnets[i].block, block)) {
			*ret = cidr_last(n->subnets[i].block);
			return true;
		}
		if (o->is_there[i] && cidr_overlaps(o->blocks[i], block)) {
			*ret = cidr_last(o->blocks[i]);
			return true;
		}
	}
	return false;
}

/* The first block of this mask that no subnet has any address of, and none was offered. False when there is none. */
static bool free_block(const struct net *n, const struct offered *o, uint8_t bits, struct cidr *ret)
{
	for (size_t k = 0; k < n->nblocks; k++) {
		uint64_t size = (uint64_t)1 << (32 - bits), first = n->blocks[k].first, last;

		while (bits >= n->blocks[k].bits && first + size - 1 <= cidr_last(n->blocks[k])) {
			*ret = (struct cidr){(uint32_t)first, bits};
			if (!is_taken(n, o, *ret, &last))
				return true;
			first = ((last > first ? last : first) / size + 1) * size;
		}
	}
	return false;
}

static void offer_free(const struct rules *r, struct offered *o, struct diag *d,
		       const struct placed *p)
{
	enum { FEW = 100 }; /* subnets: the search is for files that people write */
	const struct net *n = r->net;
	char buffer[CIDR_TEXT];
	size_t i;

	if (p->of == NULL || n->nsubnets > FEW || !has_size(p->block))
		return;
	i = (size_t)(p->of - n->subnets);
	if (!o->is_there[i])
		o->is_there[i] = free_block(n, o, p->block.bits, &o->blocks[i]);
	if (o->is_there[i])
		diag_help(r->ds, d, "`" STR_F "` is free", STR_A(cidr_text(o->blocks[i], buffer)));
}

/* Says it of the one that stands later in the file, once. */
static void overlap(const struct rules *r, struct offered *o, struct placed *a, struct placed *b)
{
	struct placed *late = a->order > b->order ? a : b, *early = late == a ? b : a;

	if (late->overlaps == NULL) {
		late->overlaps = diag_blocks_overlap(r->ds, late->at, late->text, early->text,
						     owner_words(r, early));
		offer_free(r, o, late->overlaps, late);
	}
	if (span_is_set(early->at))
		diag_label(r->ds, late->overlaps, early->at, "`" STR_F "` is given here",
			   STR_A(early->text));
	else
		diag_note(r->ds, late->overlaps, DEFAULT_BLOCK " is the default of `CidrBlock`");
}

/*
 * Sorted by address, of two blocks that overlap the outer one stands first; those that the present one lies in are kept
 * on a stack.
 */
static void overlaps_of(const struct rules *r, struct offered *o, struct placed_list l)
{
	struct placed **outer = NEW_ARRAY(r->a, struct placed *, l.n);
	size_t depth = 0;

	qsort(l.items, l.n, sizeof(l.items[0]), by_address);
	for (size_t i = 0; i < l.n; i++) {
		while (depth > 0 && !cidr_contains(outer[depth - 1]->block, l.items[i].block))
			depth--;
		if (depth > 0)
			overlap(r, o, outer[depth - 1], &l.items[i]);
		outer[depth++] = &l.items[i];
	}
}

/* Without those that have another fault. */
static struct placed_list sound(struct placed_list l)
{
	size_t n = 0;

	for (size_t i = 0; i < l.n; i++)
		if (is_sound(&l.items[i]))
			l.items[n++] = l.items[i];
	l.n = n;
	return l;
}

static void blocks_apart(const struct rules *r, const struct net *n, struct offered *o)
{
	struct placed_list vpc = blocks_of_vpc(r, n);

	if (n->is_new && n->m->at.cidr_block.state == FIELD_ABSENT && vpc.n > 0) {
		struct placed *with = NEW_ARRAY(r->a, struct placed, vpc.n + 1);

		/* The default has no place: it comes first and is never the later one. */
		with[0] = (struct placed){.text = STR(DEFAULT_BLOCK), .block = n->blocks[0]};
		for (size_t i = 0; i < vpc.n; i++) {
			with[i + 1] = vpc.items[i];
			with[i + 1].order++;
		}
		vpc.items = with;
		vpc.n++;
	}
	overlaps_of(r, o, sound(vpc));
	overlaps_of(r, o, sound(blocks_of_subnets(r, n)));
}

/* ---- subnets in the blocks of the VPC ---- */

static bool is_inside(const struct net *n, struct cidr c)
{
	for (size_t i = 0; i < n->nblocks; i++)
		if (cidr_contains(n->blocks[i], c))
			return true;
	return false;
}

static void outside(const struct rules *r, const struct net *n, const struct placed *p,
		    const struct placed_list *vpc, struct offered *o)
{
	struct diag *d = diag_subnet_outside(r->ds, p->at, p->text);

	for (size_t i = 0; i < vpc->n; i++)
		diag_label(r->ds, d, vpc->items[i].at, "a block of the VPC");
	if (n->m->at.cidr_block.state == FIELD_ABSENT)
		diag_note(r->ds, d, DEFAULT_BLOCK " is the default of `CidrBlock`");
	offer_free(r, o, d, p);
}

static void subnets_inside(const struct rules *r, const struct net *n, struct offered *o)
{
	struct placed_list vpc = blocks_of_vpc(r, n), subnets = blocks_of_subnets(r, n);

	for (size_t i = 0; n->is_new && vpc.whole && i < subnets.n; i++) {
		const struct placed *p = &subnets.items[i];

		if (is_sound(p) && !is_inside(n, p->block))
			outside(r, n, p, &vpc, o);
	}
}

/*
 * One rule for both, as they offer blocks of the same space. Source: Amazon VPC user guide: blocks of a VPC, and of its
 * subnets, do not overlap; EC2 API, CreateSubnet.
 */
void rule_blocks_placed(const struct rules *r)
{
	const struct net *n = network(r);
	struct offered offered;

	if (n == NULL)
		return;
	offered = none_offered(r);
	blocks_apart(r, n, &offered);
	subnets_inside(r, n, &offered);
}

/* ---- the default division ---- */

/* For how many zones a block has room. */
static unsigned room(struct cidr block)
{
	struct cidr_division d;

	return cidr_divide(block, NET_PUBLIC_BITS, NET_MAX_ZONES, &d) ? d.zones : 0;
}

/* The mask of the smallest block with room for as many. */
static unsigned bits_for(size_t zones)
{
	uint8_t bits = SMALLEST_BITS;

	while (bits > LARGEST_BITS && room((struct cidr){0, bits}) < zones)
		bits--;
	return bits;
}

/* Without Subnets each zone has a public and a private one: is there room for those of all zones? */
void rule_division_fits(const struct rules *r)
{
	const struct net *n = network(r);
	char buffer[CIDR_TEXT];
	struct diag *d;

	if (n == NULL || !n->is_new || !ABSENT(n->m, subnets) || n->nsubnets > 0 ||
	    n->nzones == 0 || n->nblocks == 0 || !has_size(n->blocks[0]))
		return;
	d = diag_no_room(r->ds, VALUE_AT(n->m, cidr_block), cidr_text(n->blocks[0], buffer),
			 n->nzones, n->nzones == 1 ? "zone" : "zones");
	diag_note(r->ds, d, "each zone gets a public /24 and a private subnet that is no smaller");
	diag_help(r->ds, d, "take a /%u, or say what Subnets there are", bits_for(n->nzones));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* prices.c - look-ups in the tables of prices. */
#include "compiler/facts/prices.h"

#include "compiler/base/search.h"
#include "compiler/facts/facts_tables.h"

static struct str region_name(const void *rows, size_t i)
{
	return ((const struct instance_prices *)rows)[i].region;
}

static struct str item_name(const void *rows, size_t i)
{
	return ((const struct service_prices *)rows)[i].item;
}

static struct str amount_name(const void *rows, size_t i)
{
	return ((const struct named_amount *)rows)[i].name;
}

/* The amount called so, or 0. */
static uint32_t amount_of(const struct named_amount *rows, size_t n, struct str name)
{
	size_t i = search_name(name, rows, n, amount_name);

	return i < n ? rows[i].amount : 0;
}

static const struct instance_prices *prices_of_region(struct str region)
{
	size_t i = search_name(region, facts_instance_prices, facts_instance_prices_n, region_name);

	return i < facts_instance_prices_n ? &facts_instance_prices[i] : NULL;
}

/*
 * Is the bit of row `type` among those set, and which of these is it? Figures of types are kept for bits that are set
 * alone, in their order.
 */
static bool place_of(const uint64_t *bits, size_t type, size_t *ret)
{
	size_t before = 0;

	if (type >= facts_types_n || (bits[type / 64] >> type % 64 & 1) == 0)
		return false;
	for (size_t i = 0; i < type / 64; i++)
		before += (size_t)__builtin_popcountll(bits[i]);
	before += (size_t)__builtin_popcountll(bits[type / 64] & (((uint64_t)1 << type % 64) - 1));
	*ret = before;
	return true;
}

/* What the type in row `type` costs there, or 0. */
static uint32_t listed(const struct instance_prices *p, size_t type)
{
	size_t i;

	return place_of(p->priced, type, &i) ? p->amounts[i] : 0;
}

/* The class of a type as stdlib/facts/refresh_prices.py has it: "cg" of "c7gn.large". Writes into `room`. */
static struct str class_of(struct str type, char room[8])
{
	struct str family = facts_family(type);
	size_t i = 0, n = 0;

	while (i < family.n && is_letter(family.s[i]) && n < 6)
		room[n++] = family.s[i++];
	i += i < family.n && family.s[i] == '-';
	while (i < family.n && is_digit(family.s[i]))
		i++;
	if (i < family.n && (family.s[i] == 'a' || family.s[i] == 'g'))
		room[n++] = family.s[i];
	return (struct str){room, n};
}

/* That of us-east-1 times the factor of its class, or 0. */
static uint64_t estimated(const struct instance_prices *p, struct str name, size_t type)
{
	const struct instance_prices *base = prices_of_region(STR("us-east-1"));
	char room[8];
	uint64_t factor = amount_of(p->factors, p->nfactors, class_of(name, room));

	return base != NULL ? (listed(base, type) * factor + 500000) / 1000000 : 0;
}

static struct price instance_price(struct str name, size_t type, struct str region)
{
	const struct instance_prices *p = prices_of_region(region);
	struct price ret = {.unit = STR("hour")};

	if (p == NULL)
		return (struct price){0};
	ret.millionths = listed(p, type);
	ret.known = PRICE_LISTED;
	if (ret.millionths == 0) {
		ret.millionths = estimated(p, name, type);
		ret.known = PRICE_ESTIMATED;
	}
	if (ret.millionths == 0)
		return (struct price){0};
	ret.currency = p->currency;
	ret.date = p->date;
	ret.source = p->source;
	return ret;
}

struct price price_of(const struct facts *f, struct str what, struct str region)
{
	size_t item = search_name(what, facts_service_prices, facts_service_prices_n, item_name);
	const struct service_prices *s;
	uint32_t amount;

	(void)f;
	if (item == facts_service_prices_n)
		return instance_price(what, facts_bundled_row(what), region);
	s = &facts_service_prices[item];
	amount = amount_of(s->amounts, s->n, region);
	if (amount == 0)
		return (struct price){0};
	return (struct price){PRICE_LISTED, amount, STR("USD"), s->unit, s->date, s->source};
}

static struct str spot_region(const void *rows, size_t i)
{
	return ((const struct spot_savings *)rows)[i].region;
}

struct price spot_price_of(const struct facts *f, struct str type, struct str region,
			   unsigned *ret_saving)
{
	struct price p = price_of(f, type, region);
	size_t row = search_name(region, facts_spot, facts_spot_n, spot_region), i;

	*ret_saving = 0;
	if (p.known == PRICE_NONE || row == facts_spot_n ||
	    !place_of(facts_spot[row].known, facts_bundled_row(type), &i))
		return (struct price){0};
	*ret_saving = facts_spot[row].savings[i];
	p.known = PRICE_ESTIMATED;
	p.millionths = (p.millionths * (100 - *ret_saving) + 50) / 100;
	p.date = facts_spot_date;
	return p;
}

uint64_t price_a_month(const struct price *p, uint64_t n)
{
	return p->millionths * n * (str_eq(p->unit, STR("hour")) ? HOURS_A_MONTH : 1);
}

/* The smallest part that is shown: a hundredth; below 1 also what is left of a millionth, without zeros. */
struct str price_text(struct arena *a, const struct price *p, uint64_t millionths)
{
	uint64_t unit = 10000;
	unsigned digits = 2;

	while (millionths < 1000000 && digits < 6 && millionths % unit != 0) {
		unit /= 10;
		digits++;
	}
	millionths = (millionths + unit / 2) / unit;
	unit = 1000000 / unit;
	return arena_fmt(a, "%s" STR_F " %llu.%0*llu", p->known == PRICE_ESTIMATED ? "~" : "",
			 STR_A(p->currency), (unsigned long long)(millionths / unit), (int)digits,
			 (unsigned long long)(millionths % unit));
}

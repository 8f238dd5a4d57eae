/* SPDX-License-Identifier: Apache-2.0 */
/* cost.c - prices for what a stack will hold, line by line. */
#include "compiler/cost/cost.h"

#include "compiler/base/map.h"
#include "compiler/facts/batch_types.h"
#include "compiler/model/each.h"

/* The lines while they grow. */
struct costing {
	struct arena *a;
	const struct facts *f;
	const struct cost_wish *w;
	struct cost *c;
	struct cost_line *lines;
	size_t cap;
	struct cost_part
		*parts; /* of the line under way: those of all lines, one after the other */
	size_t nparts, parts_cap;
	struct map named; /* what is in c->unpriced */
	struct str *unpriced;
	size_t unpriced_cap;
};

/* ---- money ---- */

static int64_t plus(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t times(int64_t a, int64_t b)
{
	int64_t product;

	return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

/* `n` of something with this price for a month. */
static int64_t a_month(const struct price *p, int64_t n)
{
	int64_t amount = times((int64_t)p->millionths, n);

	return str_eq(p->unit, STR("hour")) ? times(amount, HOURS_A_MONTH) : amount;
}

/* `hours` of a month of `amount`, to the nearest millionth. */
static int64_t share(int64_t amount, int64_t hours)
{
	return amount / HOURS_A_MONTH * hours +
	       (amount % HOURS_A_MONTH * hours + HOURS_A_MONTH / 2) / HOURS_A_MONTH;
}

static void add_up(struct cost_figures *to, const struct cost_figures *f)
{
	for (int i = 0; i < COST_FIGURES; i++) {
		to->month[i] = plus(to->month[i], f->month[i]);
		to->estimated[i] |= f->estimated[i];
		to->at_least[i] |= f->at_least[i];
	}
}

int64_t cost_an_hour(int64_t month)
{
	enum { UNITS = 10000 /* 10^-10 in a millionth */ };

	return plus(times(month / HOURS_A_MONTH, UNITS),
		    (month % HOURS_A_MONTH * UNITS + HOURS_A_MONTH / 2) / HOURS_A_MONTH);
}

/* ---- prices ---- */

/* The price that the caller gives to what has none: millionths a month, from 10^-10 an hour. */
static int64_t given_month(const struct costing *k, int64_t n)
{
	enum { UNITS = 10000 };
	const int64_t *given = k->w->unpriced;
	int64_t one;

	if (given == NULL)
		return 0;
	one = *given / UNITS * HOURS_A_MONTH + *given % UNITS * HOURS_A_MONTH / UNITS;
	return times(one, n);
}

static struct price counted(const struct costing *k, struct price p)
{
	bool usable = p.known == PRICE_LISTED || (p.known == PRICE_ESTIMATED && !k->w->listed_only);

	return usable && str_eq(p.currency, k->c->currency) ? p : (struct price){0};
}

/* All public addresses cost the same, used or not: EC2 pricing page, Public IPv4 addresses. */
static struct price item_price(const struct costing *k, enum demand_item item)
{
	struct price p = price_of(k->f, demand_item_rows[item].key, k->c->region);

	if (item == DEMAND_PUBLIC_ADDRESS && p.known == PRICE_NONE) {
		p = price_of(k->f, STR("unused-address"), k->c->region);
		if (p.known == PRICE_LISTED)
			p.known = PRICE_ESTIMATED;
	}
	return counted(k, p);
}

/* ---- parts and lines ---- */

static struct cost_line *line_add(struct costing *k, const struct cost_line *line)
{
	struct cost *c = k->c;

	c->lines = k->lines = arena_grow(k->a, k->lines, sizeof(*k->lines), c->nlines, &k->cap);
	INVARIANT(k->lines != NULL);
	k->lines[c->nlines] = *line;
	k->nparts = k->parts_cap = 0;
	return &k->lines[c->nlines++];
}

/* The line under way. */
static struct cost_line *last_line(const struct costing *k)
{
	INVARIANT(k->lines != NULL && k->c->nlines > 0);
	return &k->lines[k->c->nlines - 1];
}

/* Appends a part to the last line. */
static void part_add(struct costing *k, const struct cost_part *part)
{
	struct cost_line *line = last_line(k);

	line->parts = k->parts =
		arena_grow(k->a, k->parts, sizeof(*k->parts), k->nparts, &k->parts_cap);
	k->parts[k->nparts++] = *part;
	line->nparts = k->nparts;
	add_up(&line->sum, &part->sum);
}

/* Names what has no price, once. */
static void name_unpriced(struct costing *k, struct str words)
{
	struct cost *c = k->c;

	if (map_get(&k->named, words) != NULL)
		return;
	map_put(&k->named, k->a, words, k);
	c->unpriced = k->unpriced =
		arena_grow(k->a, k->unpriced, sizeof(*k->unpriced), c->nunpriced, &k->unpriced_cap);
	INVARIANT(k->unpriced != NULL);
	k->unpriced[c->nunpriced++] = words;
}

/* Hours that the call sets for the line, or -1. The last one given counts. */
static int64_t hours_of(const struct costing *k, const char *of_use)
{
	int64_t hours = -1;

	for (size_t i = 0; of_use != NULL && i < k->w->nhours; i++)
		if (str_eq(k->w->hours[i].name, str_c(of_use)))
			hours = k->w->hours[i].hours;
	return hours;
}

/*
 * Fills in what `min` to `max` things come to, of which the floor and the ceiling are known: what of it is an estimate
 * or lacks a price, and what it is at those hours. `ends`: what always runs ends outside of them.
 */
static void settle(const struct costing *k, struct cost_part *p, int64_t floor, int64_t ceiling,
		   int64_t hours, bool ends)
{
	int64_t more = hours > 0 && ceiling > floor ? share(ceiling - floor, hours) : 0;
	bool there[COST_FIGURES] = {p->min > 0, p->max > 0,
				    ends && hours >= 0 ? hours > 0 : p->min > 0 || hours > 0};

	p->sum.month[COST_FLOOR] = floor;
	p->sum.month[COST_CEILING] = ceiling;
	p->sum.month[COST_USUAL] = ends && hours >= 0 ? share(ceiling, hours) : plus(floor, more);
	for (int i = 0; i < COST_FIGURES; i++) {
		p->sum.estimated[i] = there[i] && p->price.known == PRICE_ESTIMATED;
		p->sum.at_least[i] =
			there[i] && p->price.known == PRICE_NONE && k->w->unpriced == NULL;
	}
}

/* ---- instances ---- */

/* Instances of one type that the floor or the ceiling may have. */
struct choice {
	struct str type;
	struct price price;
	unsigned saving;
	int64_t n, month;
};

/* What the types of a row come to. */
struct chosen {
	struct choice floor, ceiling; /* the cheapest, the dearest */
	bool any;		      /* some type has a price */
	bool all;		      /* every type that the file names has one */
	bool estimated;		      /* some of these prices is an estimate */
	/* Counted by the vCPUs of the types, priced or not; 0: none of them is known. */
	int64_t fewest, most;
};

/* So many nodes, or the instances with so many vCPUs together. */
static int64_t instances(const struct demand *d, const struct instance_type *t, int64_t n)
{
	int64_t vcpus = d->vcpus && t != NULL && t->vcpus > 0 ? t->vcpus : 1;

	return n / vcpus + (n % vcpus != 0);
}

static struct price type_price(const struct costing *k, const struct demand *d, struct str type,
			       unsigned *saving)
{
	*saving = 0;
	switch (d->market) {
	case MARKET_ON_DEMAND:
		return counted(k, price_of(k->f, type, k->c->region));
	case MARKET_SPOT:
		return counted(k, spot_price_of(k->f, type, k->c->region, saving));
	case MARKET_CAPACITY_BLOCK:
		return (struct price){0}; /* paid in advance, at a price of its day */
	}
	BUG("no such market: %d", (int)d->market);
}

static void count_instances(struct chosen *ret, const struct demand *d,
			    const struct instance_type *t)
{
	int64_t low = instances(d, t, d->min), high = instances(d, t, d->max);

	if (d->vcpus && (t == NULL || t->vcpus == 0))
		return;
	ret->fewest = ret->most == 0 || low < ret->fewest ? low : ret->fewest;
	ret->most = high > ret->most ? high : ret->most;
}

/* Looks at one type; false when it has no price. */
static bool choose(const struct costing *k, const struct demand *d, struct str type,
		   struct chosen *ret)
{
	const struct instance_type *t = facts_instance(k->f, type);
	struct choice x = {.type = type};
	int64_t low, high;

	count_instances(ret, d, t);
	x.price = type_price(k, d, type, &x.saving);
	if (x.price.known == PRICE_NONE)
		return false;
	low = instances(d, t, d->min);
	high = instances(d, t, d->max);
	ret->estimated |= x.price.known == PRICE_ESTIMATED;
	x.n = low;
	x.month = a_month(&x.price, low);
	if (!ret->any || x.month < ret->floor.month)
		ret->floor = x;
	x.n = high;
	x.month = a_month(&x.price, high);
	if (!ret->any || x.month > ret->ceiling.month)
		ret->ceiling = x;
	ret->any = true;
	return true;
}

static void name_type(struct costing *k, const struct demand *d, struct str type)
{
	static const char *const how[] = {
		[MARKET_ON_DEMAND] = "",
		[MARKET_SPOT] = " as Spot",
		[MARKET_CAPACITY_BLOCK] = " in a capacity block",
	};

	name_unpriced(k, arena_fmt(k->a, STR_F "%s", STR_A(type), how[d->market]));
}

/*
 * All types of a row. A type that the file names and that has no price makes the whole unpriced, since it may be the
 * one that is started; of families and words such as `optimal` Batch picks what it likes, and those with a price count.
 */
static struct chosen choose_all(struct costing *k, const struct demand *d)
{
	struct chosen ret = {.all = true};

	for (size_t i = 0; i < d->ntypes; i++) {
		struct str word = d->types[i].text;
		const struct instance_type *t;
		bool priced = false;
		size_t it = 0;

		if (!d->vcpus || facts_instance(k->f, word) != NULL)
			priced = choose(k, d, word, &ret);
		else
			while ((t = batch_next_type(k->f, word, &it)) != NULL)
				priced |= choose(k, d, t->name, &ret);
		if (!priced) {
			name_type(k, d, word);
			ret.all = false;
		}
	}
	return ret;
}

/* The part of the instances themselves. */
static struct cost_part instances_part(struct costing *k, const struct demand *d,
				       const struct chosen *x, int64_t hours)
{
	struct cost_part part = {.name = d->what == DEMAND_COMPUTE_NODES ? d->name
									 : STR("instances"),
				 .unit = STR("instance"),
				 .item = d->types[0].text,
				 .min = x->fewest,
				 .max = x->most,
				 .spot = d->market == MARKET_SPOT};
	bool ends = d->what == DEMAND_HEAD_NODE;

	if (!x->all || !x->any) {
		settle(k, &part, given_month(k, x->fewest), given_month(k, x->most), hours, ends);
		return part;
	}
	part.item = x->floor.type;
	part.other = str_eq(x->floor.type, x->ceiling.type) ? STR("") : x->ceiling.type;
	part.min = x->floor.n;
	part.max = x->ceiling.n;
	part.price = x->floor.price;
	if (x->estimated)
		part.price.known = PRICE_ESTIMATED;
	part.saving = x->floor.saving;
	settle(k, &part, x->floor.month, x->ceiling.month, hours, ends);
	return part;
}

/* ---- rows ---- */

/* A part of a row, of which there are `min` to `max`. */
static void item_add(struct costing *k, const struct demand_part *p, int64_t min, int64_t max,
		     int64_t hours)
{
	const struct demand_item_row *row = &demand_item_rows[p->item];
	struct cost_part part = {.name = row->words,
				 .item = row->key,
				 .unit = row->unit,
				 .min = times(min, p->n),
				 .max = times(max, p->n),
				 .price = item_price(k, p->item),
				 .small = row->use == DEMAND_SMALL};

	if (max == 0)
		return;
	if (part.price.known != PRICE_NONE) {
		settle(k, &part, a_month(&part.price, part.min), a_month(&part.price, part.max),
		       hours, false);
	} else if (part.small && k->w->listed_only) {
		return;
	} else {
		settle(k, &part, given_month(k, min), given_month(k, max), hours, false);
		name_unpriced(k, row->words);
	}
	part_add(k, &part);
}

/* Instances and what each of them has, as parts of the last line. */
static void nodes_add(struct costing *k, const struct demand *d, int64_t hours)
{
	int64_t min = d->min, max = d->max;

	if (d->ntypes > 0 && max > 0) {
		struct chosen x = choose_all(k, d);
		struct cost_part part = instances_part(k, d, &x, hours);

		part_add(k, &part);
		min = x.fewest;
		max = x.most;
	}
	for (size_t i = 0; i < d->nparts; i++)
		item_add(k, &d->parts[i], min, max, hours);
}

/* The line that a row begins. */
static struct cost_line *line_of(struct costing *k, const struct demand *d)
{
	struct cost_line line = {.what = d->what,
				 .name = d->name,
				 .min = d->what == DEMAND_QUEUE ? 0 : d->min,
				 .max = d->what == DEMAND_QUEUE ? 0 : d->max};

	if (d->what == DEMAND_HEAD_NODE)
		line.of_use = "head";
	else if (d->what == DEMAND_QUEUE || d->what == DEMAND_ENVIRONMENT)
		line.of_use = arena_str(k->a, d->name).s;
	if (d->vcpus)
		line.unit = STR("vCPU");
	else if (line.of_use != NULL || d->what == DEMAND_LOGIN_NODES)
		line.unit = STR("node");
	return line_add(k, &line);
}

/* The compute nodes of the queue whose line is the last one. */
static void compute_nodes_add(struct costing *k, const struct demand *d)
{
	struct cost_line *line = last_line(k);

	line->min = plus(line->min, d->min);
	line->max = plus(line->max, d->max);
	nodes_add(k, d, hours_of(k, line->of_use));
}

/* Each of the services of the words has an endpoint in so many zones. */
static void endpoints_add(struct costing *k, const struct demand *d)
{
	struct str *words = NEW_ARRAY(k->a, struct str, d->ntypes + 1);
	struct demand_part part = {DEMAND_INTERFACE_ENDPOINT, 1};
	struct cost_line *line = line_of(k, d);

	for (size_t i = 0; i < d->ntypes; i++)
		words[i] = d->types[i].text;
	part.n = (int64_t)facts_endpoints_named(k->f, words, d->ntypes, k->c->region);
	line->min = line->max = times(d->max, part.n);
	if (part.n > 0)
		item_add(k, &part, d->min, d->max, -1);
}

static bool may_have_gpus(const struct costing *k, const struct demand *d)
{
	for (size_t i = 0; i < d->ntypes; i++)
		if (batch_word_has_gpus(k->f, d->types[i].text))
			return true;
	return false;
}

/* One line for all services of a name that follow each other. */
static void service_add(struct costing *k, const struct demand *d)
{
	struct cost_line *last = k->c->nlines > 0 ? last_line(k) : NULL;

	if (d->only_gpus && !may_have_gpus(k, d))
		return;
	if (last != NULL && last->what == DEMAND_SERVICE && str_eq(last->name, d->name)) {
		last->min = plus(last->min, d->min);
		last->max = plus(last->max, d->max);
	} else {
		line_of(k, d);
	}
	for (size_t i = 0; i < d->nparts; i++)
		item_add(k, &d->parts[i], d->min, d->max, -1);
}

static void use_add(struct costing *k, const struct demand *d, struct cost_use *uses)
{
	enum demand_item item = d->parts[0].item;
	struct price p = price_of(k->f, demand_item_rows[item].key, k->c->region);

	uses[k->c->nuses++] = (struct cost_use){demand_item_rows[item].words, p};
}

static void row_add(struct costing *k, const struct demand *d, struct cost_use *uses)
{
	switch (d->what) {
	case DEMAND_QUEUE:
		line_of(k, d);
		return;
	case DEMAND_COMPUTE_NODES:
		compute_nodes_add(k, d);
		return;
	case DEMAND_HEAD_NODE:
	case DEMAND_LOGIN_NODES:
	case DEMAND_ENVIRONMENT:
		nodes_add(k, d, hours_of(k, line_of(k, d)->of_use));
		return;
	case DEMAND_STORAGE: /* its one type is no instance type */
		line_of(k, d);
		for (size_t i = 0; i < d->nparts; i++)
			item_add(k, &d->parts[i], d->min, d->max, -1);
		return;
	case DEMAND_ENDPOINTS:
		endpoints_add(k, d);
		return;
	case DEMAND_SERVICE:
		service_add(k, d);
		return;
	case DEMAND_BY_USE:
		use_add(k, d, uses);
		return;
	}
	BUG("no such demand: %d", (int)d->what);
}

/* What instances of the region are paid in. */
static struct str currency_of(const struct costing *k)
{
	const struct region *r = facts_region(k->f, k->c->region);

	return r != NULL && str_eq(r->partition, STR("aws-cn")) ? STR("CNY") : STR("USD");
}

const struct cost *cost_of(struct arena *a, const struct facts *f, const struct model *m,
			   const struct cost_wish *w)
{
	struct demand_list demand = demand_of(a, m);
	struct cost *c = NEW(a, struct cost);
	struct costing k = {.a = a, .f = f, .w = w, .c = c};
	struct cost_use *uses = NEW_ARRAY(a, struct cost_use, demand.n + 1);

	c->region = region_of(m);
	if (c->region.n == 0)
		c->region = w->region;
	c->currency = w->currency.n > 0 ? w->currency : currency_of(&k);
	c->uses = uses;
	c->has_hours = w->nhours > 0;
	for (size_t i = 0; i < demand.n; i++)
		row_add(&k, &demand.items[i], uses);
	for (size_t i = 0; i < c->nlines; i++)
		add_up(&c->sum, &c->lines[i].sum);
	return c;
}

bool cost_takes_hours(const struct cost *c, struct str name)
{
	for (size_t i = 0; i < c->nlines; i++)
		if (c->lines[i].of_use != NULL && str_eq(str_c(c->lines[i].of_use), name))
			return true;
	return false;
}

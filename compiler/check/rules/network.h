/* SPDX-License-Identifier: Apache-2.0 */
/* network.h - what the rules about a section Network have in common. */
#ifndef HPCC_RULES_NETWORK_H
#define HPCC_RULES_NETWORK_H

#include "compiler/base/map.h"
#include "compiler/check/rules/rule.h"

/* What the Network of the file comes to; NULL where there is none that a rule may look at. */
const struct net *network(const struct rules *r);

/* Is it surely not written? A section with a faulty key may mean it. */
#define ABSENT(pointer, field) \
	((pointer)->at.field.state == FIELD_ABSENT && !(pointer)->section.poisoned)

/* Are the types of all subnets known? What one that is faulty was meant to be is not. */
bool subnet_types_known(const struct net *n);

/* A subnet that exists already: one with SubnetId. */
bool subnet_exists(const struct net_subnet *s);

/* Are there interface endpoints, of a preset or named? */
bool has_interfaces(const struct endpoints *e);

/* "subnet `Compute`", in memory of the arena. */
struct str subnet_words(const struct rules *r, const struct net_subnet *s);
/* Is a zone that the network names, or a subnet where the network names none, one of another region? E1008 tells. */
bool network_zone_foreign(const struct rules *r, const struct net *n);
/* "zone `us-east-1a`", or "zone 2" of those that are counted. */
struct str zone_words(const struct rules *r, const struct net *n, size_t zone);

/*
 * Adds to d that `what` costs so much a GB, an item of service-prices.tsv; nothing where the price is not known:
 * environment_cost.c.
 */
void note_gb_price(const struct rules *r, struct diag *d, struct str item, const char *what);

/* A place for a finding about a subnet as a whole: its name. */
struct span subnet_span(const struct net_subnet *s);

/* Names with commas, as many as a line takes; "a, b and 3 more". */
struct str names_in_line(const struct rules *r, const struct str *names, size_t n);

/* The names that a property may have. */
struct choice {
	const struct str *names;
	size_t n;
	const char *none; /* what to do where there are none */
};

/* Adds to d which name was meant: the one that is near `name`, as a fix of `at`, else all of them. */
void offer_names(const struct rules *r, struct diag *d, struct span at, struct str name,
		 struct choice c);

/* The list Buckets at the top of the file; an empty one where its kind has none, or it is faulty. */
const struct bucket_list *bucket_list(const struct rules *r);

/* The buckets of the file. */
struct file_buckets {
	struct map by_name, by_bucket_name; /* struct bucket, by their names here and at S3 */
	struct choice all;
	bool whole; /* all have names, without fault */
};

/* `none` as above. */
struct file_buckets file_buckets(const struct rules *r, const char *none);
/* Reports a name that no bucket of the file has, unless one that is faulty may be meant. */
void bucket_known(const struct rules *r, const struct file_buckets *b, const struct field_at *at,
		  struct str name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.h - what a section Network comes to: its zones, subnets and ways out, with all that the file leaves to us.
 *
 * Checks, lowering and whoever stands on a network ask this, so that a default is decided once. What is faulty, and
 * reported, is left out: a block that is none, a zone that is none.
 */
#ifndef HPCC_NETWORK_H
#define HPCC_NETWORK_H

#include "compiler/base/arena.h"
#include "compiler/base/cidr.h"
#include "model.h" /* generated from stdlib/schema */

enum {
	NET_MAX_BLOCKS = 5, /* of a VPC: CidrBlock and AdditionalCidrBlocks */
	NET_MAX_ZONES = 6,  /* the default division has room for as many, however many are in use */
	NET_PUBLIC_BITS = 24, /* mask of the public subnets of the default division */
};

/* A zone that is not known: that of an existing subnet which does not say it, or a faulty one. */
#define NET_NO_ZONE ((size_t)-1)

struct net_zone {
	struct str
		name; /* name or id; empty: the zone of this number in the order in which AWS lists them */
};

struct net_subnet {
	const struct subnet *row;    /* NULL: of the default division */
	const struct section_at *at; /* of the row, or of the Network */
	struct str name;	     /* its output has it too */
	enum subnet_type type;	     /* …_UNSET: faulty */
	struct str id;		     /* of an existing one, else empty */
	bool has_block;
	struct cidr block;
	size_t zone; /* index of net.zones, or NET_NO_ZONE */
	bool map_public_ip;
};

struct net {
	const struct network *m;
	bool is_new;		   /* the VPC is made */
	const struct cidr *blocks; /* of a new VPC, the first one first, each once */
	size_t nblocks;
	bool ipv6;	    /* of a new VPC */
	bool zones_counted; /* AvailabilityZoneCount: their names are not known before the deployment */
	const struct net_zone *zones;
	size_t nzones;
	const struct net_subnet
		*subnets; /* in the order of the file; of the default division zone by zone */
	size_t nsubnets;
	enum network_nat_gateway nat; /* never …_UNSET */
	bool s3, dynamodb;	      /* gateway endpoints */
};

/*
 * The network of a section that is there. Everything lives in `a`. Without Subnets a new VPC is divided: in zone 1
 * PublicSubnet and PrimaryPrivateSubnet, in zone 2 PublicSubnet2 and PrivateSubnet2 …; none where there is no room.
 */
const struct net *net_of(struct arena *a, const struct network *m);

/* The subnet called `name`, or NULL. */
const struct net_subnet *net_subnet(const struct net *n, struct str name);
/* Is it in the zone that has this name, or this id, in the section? False where that is not known, or zone is empty. */
bool net_in_zone(const struct net *n, const struct net_subnet *s, struct str zone);
/* The first one of this type, or NULL. */
const struct net_subnet *net_first(const struct net *n, enum subnet_type type);
/* The first one that is not public: of type PRIVATE, else ISOLATED; NULL where all are public. */
const struct net_subnet *net_first_inner(const struct net *n);
/*
 * Steps over one subnet of each zone that is not public, PRIVATE before ISOLATED, or a public one where all are: where
 * endpoints and mount targets stand. Start with *it = 0; NULL at the end. Subnets of unknown zones count as one zone
 * each.
 */
const struct net_subnet *net_next_inner_zone(const struct net *n, size_t *it);

#endif

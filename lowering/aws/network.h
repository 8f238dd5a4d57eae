/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.h - a section Network as resources: VPC, subnets, routes, ways out, endpoints, flow logs.
 *
 * Whatever kind of file has the section calls this. Who stands in a subnet needs its way out: the routes and
 * associations of the stack, not only the subnet.
 */
#ifndef HPCC_LOWERED_NETWORK_H
#define HPCC_LOWERED_NETWORK_H

#include "compiler/model/network.h"
#include "lowering/aws/buckets.h"

/* Logical id of what attaches the internet gateway to a new VPC: with it alone there are public addresses. */
#define NETWORK_ATTACHMENT "InternetGatewayAttachment"

struct lowered_subnet {
	const struct net_subnet *m;
	struct ir_value *id; /* subnet id: Ref of ours, text of an existing one */
	struct str resource; /* logical id, empty of an existing one */
};

struct lowered_network {
	const struct net *net;
	struct ir_value *vpc;		/* its id */
	struct str vpc_resource;	/* logical id, empty of an existing one */
	struct lowered_subnet *subnets; /* as net->subnets */
	/* IR_LISTs of ids of route tables: of public subnets; of all others, with RouteTableIds. Each once. */
	struct ir_value *public_tables, *inner_tables;
	/* IPv4 blocks of a new VPC, an IR_LIST of texts; empty of an existing one, whose are not known. */
	struct ir_value *blocks;
};

/* All of the section, in memory of the stack. `bucket` takes the flow logs; NULL where they go to none. */
struct lowered_network *network_add(struct stack *st, const struct net *net,
				    const struct lowered_bucket *bucket);

/* The lowered subnet called so: one of n->net. */
const struct lowered_subnet *network_named(const struct lowered_network *n, struct str name);
/* The lowered subnet of a net_subnet of n->net. */
const struct lowered_subnet *network_subnet(const struct lowered_network *n,
					    const struct net_subnet *m);

/* Lets the resource called so wait for the ways out of the subnets of this stack, and go before them. */
void network_wait(struct stack *st, struct str id);

#endif

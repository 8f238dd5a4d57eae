/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.h - a section Network as resources: VPC, subnets, routes, ways out, endpoints, flow logs.
 *
 * Whatever kind of file has the section calls this. Routes and NAT gateways wait for the attachment of the internet
 * gateway, since nothing else that they refer to does.
 */
#ifndef HPCC_LOWERED_NETWORK_H
#define HPCC_LOWERED_NETWORK_H

#include "compiler/model/network.h"
#include "lowering/aws/stack.h"

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
	/* CIDR blocks of the VPC as IR_LIST of texts; of an existing one what the look-up of the VPC says. */
	struct ir_value *blocks;
};

/* Where flow logs to a bucket go: the bucket of the file with this Name. Empty resource: there is none. */
struct flow_log_bucket {
	struct str resource; /* logical id of the bucket */
};

/* All of the section, in memory of the stack. `bucket` is NULL where flow logs go to no bucket. */
struct lowered_network *network_add(struct stack *st, const struct net *net,
				    const struct flow_log_bucket *bucket);

/* The lowered subnet of a net_subnet of n->net. */
const struct lowered_subnet *network_subnet(const struct lowered_network *n,
					    const struct net_subnet *m);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* network_parts.h - the parts of network_add, in the order in which they are made; each adds to what is there. */
#ifndef HPCC_NETWORK_PARTS_H
#define HPCC_NETWORK_PARTS_H

#include "lowering/aws/network.h"
#include "lowering/aws/tags.h"

/* Logical id of the IPv6 block of the VPC. */
#define NETWORK_IPV6_BLOCK "VpcIpv6CidrBlock"

/* `prefix` and the zone: its name or id, its number where zones are counted, nothing where it is not known. */
struct str network_zone_id(struct stack *st, const struct lowered_network *n, const char *prefix,
			   size_t zone);

/* The internet gateway, NAT gateways, route tables and their routes; fills the lists of tables. */
void network_add_routes(struct stack *st, struct lowered_network *n);
/* Gateway endpoints in all tables; interface endpoints with their security group. */
void network_add_endpoints(struct stack *st, const struct lowered_network *n);
/* Records of the traffic, with what takes them. */
void network_add_flow_logs(struct stack *st, const struct lowered_network *n,
			   const struct lowered_bucket *bucket);

#endif

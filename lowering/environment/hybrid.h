/* SPDX-License-Identifier: Apache-2.0 */
/* hybrid.h - the parts of pass_env_hybrid, in the order in which they are made; each adds to what is there. */
#ifndef HPCC_LOWERED_HYBRID_H
#define HPCC_LOWERED_HYBRID_H

#include "compiler/model/hybrid.h"
#include "lowering/environment/environment.h"

/* What the parts share. */
struct hybrid {
	struct ground *l;
	const struct hybrid_network *m;
	bool transit;	       /* the gateway is a transit gateway */
	struct str attachment; /* logical id of that of the gateway to the VPC */
	struct ir_value *
		subnets; /* IR_LIST of ids: one subnet of each zone, inner ones where there are any */
};

/* The gateway of l->gateway, attached to the VPC, and the routes to the data centre. */
void hybrid_add_gateway(struct hybrid *h);
/* The Direct Connect gateway, its association and its virtual interfaces; fills l->direct_connect_gateway. */
void hybrid_add_direct_connect(const struct hybrid *h);
/* VPN connections with their customer gateways, routes, logs and alarms; fills l->vpn_connections. */
void hybrid_add_vpn(const struct hybrid *h);
/* Who is asked for names of the data centre. */
void hybrid_add_names(const struct hybrid *h);

#endif

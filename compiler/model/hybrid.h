/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hybrid.h - what a section HybridNetwork comes to where it may say a thing in two ways, or leave it out.
 */
#ifndef HPCC_HYBRID_H
#define HPCC_HYBRID_H

#include "compiler/base/arena.h"
#include "model.h" /* generated from stdlib/schema */

/* Does the file have the section? */
bool has_hybrid(const struct hybrid_network *h);
/* Is there a gateway already, of whichever type? */
bool gateway_exists(const struct hybrid_gateway *g);
/* Is the gateway a transit gateway? Not where its type is faulty. */
bool gateway_is_transit(const struct hybrid_gateway *g);
/* The virtual interfaces: those of the list, or the single one. */
struct virtual_interface_list virtual_interfaces(const struct direct_connect *d);
/* Where the static routes of the connection lead; none with BGP. */
struct model_strings vpn_routes(const struct hybrid_network *h, const struct vpn_connection *v);
/* How wide the tunnels are: for AWS it is a property of the connection, so that what one tunnel says holds for both. */
enum vpn_tunnel_tunnel_bandwidth vpn_bandwidth(const struct vpn_connection *v);

#endif

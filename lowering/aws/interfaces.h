/* SPDX-License-Identifier: Apache-2.0 */
/* interfaces.h - which network interfaces an instance gets. */
#ifndef HPCC_INTERFACES_H
#define HPCC_INTERFACES_H

#include "compiler/facts/facts.h"

enum nic_kind { NIC_ENA, NIC_EFA, NIC_EFA_ONLY };

struct nic {
	uint8_t card, device;
	enum nic_kind kind;
};

struct nic_layout {
	struct nic nics[MAX_NETWORK_CARDS + 1];
	size_t n;
};

/*
 * The interfaces of an instance. `type` may be NULL (not known: one card). `efa`: the user asked for EFA;
 * `combined`: EFA interfaces that carry IP as well, instead of an ENA interface beside an EFA-only one.
 * Source: EC2 user guide, "Maximize network bandwidth with EFA"; ParallelCluster 3.15 release notes.
 */
struct nic_layout nic_layout(const struct instance_type *type, bool efa, bool combined);

#endif

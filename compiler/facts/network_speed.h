/* SPDX-License-Identifier: Apache-2.0 */
/* network_speed.h - the network bandwidth of a whole instance. Stands on compiler/base alone: tablegen uses it too. */
#ifndef HPCC_NETWORK_SPEED_H
#define HPCC_NETWORK_SPEED_H

#include "compiler/base/str.h"

struct network_speed {
	double gbps, base_gbps; /* peak and baseline; 0 unknown */
};

/*
 * From NetworkPerformance ("Up to 10 Gigabit", "8x 100 Gigabit", "Moderate") and the sums over the network
 * cards. The words win over the sum of peaks, because cards may share the total (g6e.48xlarge: four cards of
 * 400 in an instance of 400). Without "Up to" several cards hold their peak. Source: EC2 API, NetworkInfo.
 */
struct network_speed network_speed(struct str performance, size_t ncards, double sum_base,
				   double sum_peak);

#endif

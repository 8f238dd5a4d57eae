/* SPDX-License-Identifier: Apache-2.0 */
/* host_port.h - a host with an optional port, as users write it. */
#ifndef HPCC_HOST_PORT_H
#define HPCC_HOST_PORT_H

#include "compiler/base/str.h"

/* Pieces of the text that was read. */
struct host_port {
	struct str host; /* without the brackets of an IPv6 address; empty when there is none */
	int64_t port;	 /* 0: none is given, or it is 0, which says as much */
};

/*
 * Reads HOST, HOST:PORT or [IPv6]:PORT. As in a URL, what follows a slash and what stands before an `@` is not of the
 * host. Returns NULL, or what is wrong ("it has no host"), a static text; *ret holds what was understood even then.
 * Source: RFC 3986, 3.2; ParallelCluster, DatabaseUriValidator, which has the same view of port 0.
 */
const char *host_port_read(struct str text, struct host_port *ret);

#endif

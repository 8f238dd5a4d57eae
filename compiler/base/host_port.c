/* SPDX-License-Identifier: Apache-2.0 */
/* host_port.c - a host with an optional port, as users write it. */
#include "compiler/base/host_port.h"

#include <string.h>

enum { PORT_MAX = 65535 };

/* What stands behind the last `sep`, or all. */
static struct str after_last(struct str text, char sep)
{
	size_t at = text.n;

	while (at > 0 && text.s[at - 1] != sep)
		at--;
	return str_slice(text, at, text.n);
}

static bool read_port(struct str text, int64_t *ret)
{
	int64_t port;

	if (text.n == 0)
		return true;
	if (text.s[0] < '0' || text.s[0] > '9' || !str_to_int(text, &port) || port > PORT_MAX)
		return false;
	*ret = port;
	return true;
}

/* Has it the signs of an IPv6 address, two colons at least among them? Source: RFC 4291, 2.2. */
static bool looks_ipv6(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == '\0' || strchr("0123456789abcdefABCDEF:.", text.s[i]) == NULL)
			return false;
		n += text.s[i] == ':';
	}
	return n >= 2;
}

/* Splits host and port; what is left of the text is the port with its colon. */
static struct str cut_host(struct str *text)
{
	bool bracket = str_starts(*text, STR("["));
	size_t end = str_find(*text, bracket ? ']' : ':', 0);
	struct str host = str_slice(*text, bracket ? 1 : 0, end);

	*text = str_slice(*text, bracket && end < text->n ? end + 1 : end, text->n);
	return host;
}

const char *host_port_read(struct str text, struct host_port *ret)
{
	size_t scheme = str_find_str(text, STR("://"), 0);
	struct str rest = scheme == SIZE_MAX ? text : str_slice(text, scheme + 3, text.n);
	bool bracket, open;

	rest = after_last(str_slice(rest, 0, str_find(rest, '/', 0)), '@');
	bracket = str_starts(rest, STR("["));
	open = bracket && str_find(rest, ']', 0) == rest.n;
	*ret = (struct host_port){.host = cut_host(&rest)};
	if (str_starts(text, STR("/")))
		return "it begins with a slash";
	if (scheme != SIZE_MAX)
		return "it has a scheme";
	if (str_find(text, '@', 0) != text.n)
		return "it has a user";
	if (ret->host.n == 0 || open)
		return "it has no host";
	if (bracket && !looks_ipv6(ret->host))
		return "what stands in its brackets is no IPv6 address";
	if (rest.n > 0 && (rest.s[0] != ':' || !read_port(str_slice(rest, 1, rest.n), &ret->port)))
		return "its port is no number up to 65535";
	return NULL;
}

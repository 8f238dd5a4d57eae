/* SPDX-License-Identifier: Apache-2.0 */
/* security_groups.c - rules about the security groups of an environment. */
#include "compiler/base/map.h"
#include "compiler/check/rules/network.h"
#include "compiler/check/rules/storage.h"

/* Without SecurityGroups there is one: everything among its members, everything outwards. */
#define DEFAULT_GROUP "Cluster"

typedef void group_function(const struct rules *r, const struct env_security_group *g);

static void each_group(const struct rules *r, group_function *f)
{
	for (size_t i = 0; i < r->e->security_groups.n; i++)
		f(r, &r->e->security_groups.items[i]);
}

/* ---- names ---- */

/* The names of the groups of the file. */
struct group_names {
	struct map map;
	struct choice all;
	bool whole; /* none is faulty, and may be what is looked for */
};

static struct group_names names_of_groups(const struct rules *r)
{
	const struct env_security_group_list *groups = &r->e->security_groups;
	struct str *names = NEW_ARRAY(r->a, struct str, groups->n + 1);
	struct group_names g = {.whole = USABLE(r->e, security_groups)};
	size_t n = 0;

	if (r->e->at.security_groups.state == FIELD_ABSENT)
		names[n++] = STR(DEFAULT_GROUP);
	for (size_t i = 0; i < groups->n; i++) {
		g.whole = g.whole && WRITTEN(&groups->items[i], name);
		names[n++] = groups->items[i].name;
	}
	for (size_t i = 0; i < n; i++)
		map_put(&g.map, r->a, names[i], &names[i]);
	g.all = (struct choice){names, n, "add it to `SecurityGroups`"};
	return g;
}

static void group_known(const struct rules *r, const struct group_names *g,
			const struct field_at *f, struct str name)
{
	struct diag *d;

	if (!is_written(f) || !g->whole || str_starts(name, STR("sg-")) ||
	    map_get(&g->map, name) != NULL)
		return;
	d = diag_unknown_name(r->ds, f->value, "security group", name);
	offer_names(r, d, f->value, name, g->all);
}

static void peers_known(const struct rules *r, const struct group_names *g,
			const struct security_group_rule_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		group_known(r, g, &l->items[i].at.security_group, l->items[i].security_group);
}

void rule_groups_known(const struct rules *r)
{
	const struct env_security_group_list *groups = &r->e->security_groups;
	struct group_names g = names_of_groups(r);

	for (size_t i = 0; i < groups->n; i++) {
		peers_known(r, &g, &groups->items[i].ingress);
		peers_known(r, &g, &groups->items[i].egress);
	}
	for (size_t i = 0; i < r->storage->n; i++)
		group_known(r, &g, &r->storage->items[i].at.security_group,
			    r->storage->items[i].security_group);
}

/* ---- one rule of a group ---- */

static bool has_ports(const struct security_group_rule *s)
{
	return s->protocol == SECURITY_GROUP_RULE_PROTOCOL_TCP ||
	       s->protocol == SECURITY_GROUP_RULE_PROTOCOL_UDP;
}

static struct str protocol_of(const struct security_group_rule *s)
{
	return enum_text(PROP_SecurityGroupRule_Protocol, (int)s->protocol);
}

static void peer(const struct rules *r, const struct security_group_rule *s)
{
	bool addresses = !ABSENT(s, cidr_ip) || !ABSENT(s, prefix_list_id);

	if (!addresses && ABSENT(s, security_group))
		diag_help(r->ds, diag_rule_without_peer(r->ds, section_span(&s->section)),
			  "add `CidrIp`, `PrefixListId` or `SecurityGroup`");
}

static void ports(const struct rules *r, const struct security_group_rule *s)
{
	const struct field_at *given = WRITTEN(s, from_port) ? &s->at.from_port : &s->at.to_port;
	struct diag *d;

	if (!USABLE(s, protocol))
		return;
	if (has_ports(s) && ABSENT(s, from_port)) {
		d = diag_rule_ports(r->ds, section_span(&s->section), protocol_of(s),
				    "it needs `FromPort`");
		diag_help(r->ds, d, "add `FromPort`, and `ToPort` where it is a range");
	} else if (!has_ports(s) && is_written(given)) {
		d = diag_rule_ports(r->ds, section_span(&s->section), protocol_of(s),
				    "it has none");
		diag_label(r->ds, d, given->key, "ports are given here");
		diag_help(r->ds, d,
			  "leave the ports out: everything of the protocol is let "
			  "through");
	} else if (WRITTEN(s, from_port) && WRITTEN(s, to_port) && s->from_port > s->to_port) {
		d = diag_min_above_max(r->ds, s->at.from_port.value,
				       PROP_NAME(SecurityGroupRule_FromPort),
				       (long long)s->from_port, PROP_NAME(SecurityGroupRule_ToPort),
				       (long long)s->to_port);
		diag_label(r->ds, d, s->at.to_port.value, "the last port is set here");
	}
}

static void each_formed(const struct rules *r, const struct security_group_rule_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		peer(r, &l->items[i]);
		ports(r, &l->items[i]);
	}
}

static void formed(const struct rules *r, const struct env_security_group *g)
{
	each_formed(r, &g->ingress);
	each_formed(r, &g->egress);
}

/* Source: EC2 API, IpPermission: one peer; ports of tcp and udp, where icmp has types. */
void rule_group_rules_formed(const struct rules *r)
{
	each_group(r, formed);
}

static void each_aligned(const struct rules *r, const struct security_group_rule_list *l)
{
	char buffer[CIDR_TEXT];

	for (size_t i = 0; i < l->n; i++) {
		const struct security_group_rule *s = &l->items[i];
		struct cidr block;
		struct str part, right;

		if (!WRITTEN(s, cidr_ip) || cidr_parse(s->cidr_ip, &block, &part) != CIDR_HOST_BITS)
			continue;
		right = cidr_text(block, buffer);
		diag_fix(r->ds, diag_rule_host_bits(r->ds, s->at.cidr_ip.value, s->cidr_ip, right),
			 s->at.cidr_ip.value, right, false);
	}
}

static void aligned(const struct rules *r, const struct env_security_group *g)
{
	each_aligned(r, &g->ingress);
	each_aligned(r, &g->egress);
}

/* Source: EC2 API, IpRange, CidrIp: "Amazon Web Services canonicalizes IPv4 and IPv6 CIDRs". */
void rule_group_rules_aligned(const struct rules *r)
{
	each_group(r, aligned);
}

/* ---- what a rule lets through ---- */

static bool lets(const struct security_group_rule *s, enum security_group_rule_protocol protocol,
		 int64_t port)
{
	int64_t last = WRITTEN(s, to_port) ? s->to_port : s->from_port;

	return s->protocol == SECURITY_GROUP_RULE_PROTOCOL_ALL ||
	       (s->protocol == protocol && s->from_port <= port && port <= last);
}

static bool is_everything(const struct security_group_rule *s)
{
	return s->protocol == SECURITY_GROUP_RULE_PROTOCOL_ALL ||
	       (has_ports(s) && WRITTEN(s, from_port) && s->from_port <= 1 && WRITTEN(s, to_port) &&
		s->to_port == 65535);
}

/* What nobody offers to the world. */
static const struct {
	int64_t port;
	const char *name;
	bool udp; /* as well as tcp */
} closed[] = {
	{22, "SSH", false},
	{3389, "RDP (port 3389)", false},
	{2049, "NFS (port 2049)", true},
	{988, "Lustre (port 988)", false},
	{111, "the portmapper (port 111)", true},
};

/* The first such thing that the rule lets through, or NULL. */
static const char *opened(const struct security_group_rule *s)
{
	if (is_everything(s))
		return "everything";
	for (size_t i = 0; i < ARRAY_LEN(closed) && WRITTEN(s, from_port); i++)
		if (lets(s, SECURITY_GROUP_RULE_PROTOCOL_TCP, closed[i].port) ||
		    (closed[i].udp && lets(s, SECURITY_GROUP_RULE_PROTOCOL_UDP, closed[i].port)))
			return closed[i].name;
	return NULL;
}

static void not_open(const struct rules *r, const struct env_security_group *g)
{
	for (size_t i = 0; i < g->ingress.n; i++) {
		const struct security_group_rule *s = &g->ingress.items[i];
		const char *what = s->section.poisoned ? NULL : opened(s);
		struct diag *d;

		if (what == NULL || !WRITTEN(s, cidr_ip) || !str_ends(s->cidr_ip, STR("/0")))
			continue;
		d = diag_ssh_open(r->ds, section_span(&s->section), what, s->cidr_ip);
		diag_label(r->ds, d, s->at.cidr_ip.value, "every address is let in here");
		diag_help(r->ds, d, "name the network it is for");
	}
}

void rule_groups_not_open(const struct rules *r)
{
	each_group(r, not_open);
}

/* ---- a group as a whole ---- */

/* Rules that a group may have in one direction. Source: Amazon VPC quotas. */
enum { MAX_RULES = 60 };

static void counted(const struct rules *r, const struct env_security_group *g,
		    const struct field_at *f, size_t n)
{
	struct diag *d;

	/* More than that in the list alone is said already. */
	if (!is_written(f) || !USABLE(g, allow_self) || !g->allow_self || n != MAX_RULES)
		return;
	d = diag_too_many_rules(r->ds, f->key, n + 1, MAX_RULES);
	diag_note(r->ds, d, "`AllowSelf` makes one as well");
}

static void sized(const struct rules *r, const struct env_security_group *g)
{
	counted(r, g, &g->at.ingress, g->ingress.n);
	if (!g->allow_egress)
		counted(r, g, &g->at.egress, g->egress.n);
}

void rule_group_rule_count(const struct rules *r)
{
	each_group(r, sized);
}

static void egress_used(const struct rules *r, const struct env_security_group *g)
{
	struct diag *d;

	if (!WRITTEN(g, egress) || g->egress.n == 0 || !USABLE(g, allow_egress) ||
	    g->section.poisoned || !g->allow_egress)
		return;
	d = diag_unused_egress(r->ds, g->at.egress.key);
	if (WRITTEN(g, allow_egress)) {
		diag_label(r->ds, d, g->at.allow_egress.value, "everything is let out here");
		diag_fix(r->ds, d, g->at.allow_egress.value, STR("false"), false);
	} else {
		diag_help(r->ds, d, "add `AllowEgress: false`; the default is true");
	}
}

void rule_group_egress_used(const struct rules *r)
{
	each_group(r, egress_used);
}

/* ---- groups of file systems ---- */

struct port_range {
	enum security_group_rule_protocol protocol;
	int64_t first, last;
	const char *text;
};

enum { MOST_RANGES = 6 };

/*
 * What comes in at a file system. Sources: FSx for Lustre user guide, limit-access-security-groups, where the same goes
 * out; FSx for OpenZFS user guide, file system access control with Amazon VPC; EFS user guide, security groups.
 */
static const struct {
	enum shared_storage_storage_type type;
	bool out; /* the servers talk to each other and to clients from these ports */
	struct port_range ranges[MOST_RANGES];
} served[] = {
	{SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE,
	 true,
	 {{SECURITY_GROUP_RULE_PROTOCOL_TCP, 988, 988, "tcp 988"},
	  {SECURITY_GROUP_RULE_PROTOCOL_TCP, 1018, 1023, "tcp 1018-1023"}}},
	{SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS,
	 false,
	 {{SECURITY_GROUP_RULE_PROTOCOL_TCP, 111, 111, "tcp 111"},
	  {SECURITY_GROUP_RULE_PROTOCOL_TCP, 2049, 2049, "tcp 2049"},
	  {SECURITY_GROUP_RULE_PROTOCOL_TCP, 20001, 20003, "tcp 20001-20003"},
	  {SECURITY_GROUP_RULE_PROTOCOL_UDP, 111, 111, "udp 111"},
	  {SECURITY_GROUP_RULE_PROTOCOL_UDP, 2049, 2049, "udp 2049"},
	  {SECURITY_GROUP_RULE_PROTOCOL_UDP, 20001, 20003, "udp 20001-20003"}}},
	{SHARED_STORAGE_STORAGE_TYPE_EFS,
	 false,
	 {{SECURITY_GROUP_RULE_PROTOCOL_TCP, 2049, 2049, "tcp 2049"}}},
};

static bool all_let(const struct security_group_rule_list *l, const struct port_range *range)
{
	for (int64_t port = range->first; port <= range->last; port++) {
		bool let = false;

		for (size_t i = 0; i < l->n && !let; i++)
			let = lets(&l->items[i], range->protocol, port);
		if (!let)
			return false;
	}
	return true;
}

/* The ranges that no rule of l lets through, in a line; empty when all are. */
static struct str not_let(const struct rules *r, const struct security_group_rule_list *l,
			  const struct port_range *ranges)
{
	struct str names[MOST_RANGES];
	size_t n = 0;

	for (size_t i = 0; i < MOST_RANGES && ranges[i].text != NULL; i++)
		if (!all_let(l, &ranges[i]))
			names[n++] = str_c(ranges[i].text);
	return names_in_line(r, names, n);
}

/* Can the rules of the group be judged? Not with a faulty one, which may be what is looked for. */
static bool is_judged(const struct env_security_group *g)
{
	if (g->section.poisoned || !USABLE(g, ingress) || !USABLE(g, egress))
		return false;
	for (size_t i = 0; i < g->ingress.n; i++)
		if (g->ingress.items[i].section.poisoned)
			return false;
	for (size_t i = 0; i < g->egress.n; i++)
		if (g->egress.items[i].section.poisoned)
			return false;
	return true;
}

/*
 * What a storage needs and its group does not let through: in, or out where the group does not let all out. Empty when
 * nothing is missing. *ret_way: "in" or "out".
 */
static struct str lacking(const struct rules *r, const struct env_security_group *g,
			  const struct shared_storage *s, const char **ret_way)
{
	struct str ports = STR("");

	for (size_t i = 0; i < ARRAY_LEN(served); i++) {
		if (!WRITTEN(s, storage_type) || s->storage_type != served[i].type ||
		    g->allow_self || !is_judged(g))
			continue;
		*ret_way = "in";
		ports = not_let(r, &g->ingress, served[i].ranges);
		if (ports.n > 0 || !served[i].out || g->allow_egress)
			return ports;
		*ret_way = "out";
		return not_let(r, &g->egress, served[i].ranges);
	}
	return ports;
}

void rule_storage_reached(const struct rules *r)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];
		const struct env_security_group *g = storage_group(r, s);
		const char *way = "in";
		struct str ports = g != NULL ? lacking(r, g, s, &way) : STR("");
		struct diag *d;

		if (ports.n == 0 || is_efa_lustre(s))
			continue; /* with EFA all traffic is needed: storage_places.c */
		d = diag_storage_ports(r->ds, section_span(&g->section), g->name, way, ports);
		diag_label(r->ds, d, section_span(&s->section), "it is the group of this storage");
		diag_help(r->ds, d, "write `AllowSelf: true`, or add %s of these ports",
			  str_eq(str_c(way), STR("in")) ? "Ingress" : "Egress");
	}
}

/* Is something said of this group already, because of a storage? */
static bool fails_storage(const struct rules *r, const struct env_security_group *g)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];
		const char *way;

		if (storage_group(r, s) == g &&
		    (lacking(r, g, s, &way).n > 0 || s->fsx_lustre_settings.efa_enabled))
			return true;
	}
	return false;
}

/*
 * May nodes be in the group? Those of clusters that say nothing are in the first; one that lets nothing out has none.
 */
static bool is_for_nodes(const struct rules *r, const struct env_security_group *g)
{
	if (g == &r->e->security_groups.items[0] || !USABLE(g, allow_egress) || g->allow_egress)
		return true;
	for (size_t i = 0; i < r->storage->n; i++)
		if (storage_group(r, &r->storage->items[i]) == g)
			return true;
	return false;
}

static void open_inside(const struct rules *r, const struct env_security_group *g)
{
	bool first = g == &r->e->security_groups.items[0];
	struct diag *d;

	if (!WRITTEN(g, allow_self) || g->allow_self || fails_storage(r, g) || !is_for_nodes(r, g))
		return;
	d = diag_group_closed_inside(r->ds, g->at.allow_self.value, g->name);
	diag_note(r->ds, d,
		  "EFA needs everything among the members of a group, both ways; so do "
		  "MPI and Slurm between nodes");
	diag_help(r->ds, d, "write `AllowSelf: true`%s",
		  first ? ", or name the group for nodes first" : "");
	diag_fix(r->ds, d, g->at.allow_self.value, STR("true"), false);
}

/* Source: EC2 user guide, EFA: everything among the members of a group must be let through, both ways. */
void rule_groups_open_inside(const struct rules *r)
{
	each_group(r, open_inside);
}

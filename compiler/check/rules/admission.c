/* SPDX-License-Identifier: Apache-2.0 */
/*
 * admission.c - whom the security groups of an environment let in at its storage.
 *
 * Ports: FSx for Lustre user guide, "File System Access Control with Amazon VPC" (988, 1018 to 1023); EFS and FSx for
 * OpenZFS user guides (NFS: 2049). Several rules may let the nodes in together: port by port, subnet by subnet.
 */
#include "compiler/base/buf.h"
#include "compiler/check/rules/reach.h"
#include "compiler/check/rules/storage.h"

/* ---- groups of nodes ---- */

/* The security groups of the environment that nodes are in. */
struct membership {
	const struct model_strings *lists[2];
	const struct env_security_group
		*alone; /* instead of the lists: what if they were in this one? */
	bool supposed;	/* `alone` counts; NULL is the group that there is without any row */
};

static struct membership members_of(const struct standing_nodes *n)
{
	return (struct membership){.lists = {n->groups, n->more}};
}

/* Are nodes in a group? Of lists with groups of which nothing is known, they may be. */
static bool is_member(const struct rules *r, const struct membership *m,
		      const struct env_security_group *group)
{
	if (m->supposed)
		return m->alone == group;
	for (size_t i = 0; i < ARRAY_LEN(m->lists); i++)
		for (size_t k = 0; k < m->lists[i]->n; k++) {
			const struct env_export *e = standing_export(r, m->lists[i]->items[k].text);

			if (e == NULL || e->what != EXPORT_SECURITY_GROUP || e->group == group)
				return true;
		}
	return false;
}

static const struct env_security_group *group_named(const struct rules *r, struct str name)
{
	const struct env_security_group_list *groups = &r->on->e->security_groups;

	for (size_t i = 0; i < groups->n; i++)
		if (str_eq(groups->items[i].name, name))
			return &groups->items[i];
	return NULL;
}

/* That of a storage: the one that it names, else the first; NULL: the one that there is without any row. */
static const struct env_security_group *group_of(const struct rules *r,
						 const struct shared_storage *made)
{
	const struct env_security_group_list *groups = &r->on->e->security_groups;

	if (made->security_group.n > 0)
		return group_named(r, made->security_group);
	return groups->n > 0 ? &groups->items[0] : NULL;
}

/* ---- rules ---- */

/* Does a rule open the port to whom it is for? */
static bool opens(const struct security_group_rule *rule, int64_t port)
{
	int64_t last = is_written(&rule->at.to_port) ? rule->to_port : rule->from_port;

	return rule->protocol == SECURITY_GROUP_RULE_PROTOCOL_ALL ||
	       (rule->protocol == SECURITY_GROUP_RULE_PROTOCOL_TCP && rule->from_port <= port &&
		port <= last);
}

/* Is a rule for the nodes by their groups, whatever their addresses? */
static bool lets_members(const struct rules *r, const struct security_group_rule *rule,
			 const struct membership *m)
{
	const struct env_security_group *peer;

	if (rule->cidr_ip.n > 0)
		return false;
	if (rule->prefix_list_id.n > 0)
		return !m->supposed; /* what is in a prefix list is not known */
	peer = group_named(r, rule->security_group);
	return peer == NULL ? !m->supposed : is_member(r, m, peer);
}

/* Do rules for addresses open the port to all of a block, perhaps each to a part of it? */
static bool lets_block(const struct env_security_group *group, int64_t port, struct cidr block)
{
	struct cidr half;
	bool part = false;

	for (size_t i = 0; i < group->ingress.n; i++) {
		const struct security_group_rule *rule = &group->ingress.items[i];
		struct cidr from;
		struct str fault;

		if (rule->cidr_ip.n == 0 || !opens(rule, port))
			continue;
		if (cidr_parse(rule->cidr_ip, &from, &fault) != CIDR_OK ||
		    cidr_contains(from, block))
			return true;
		part |= cidr_overlaps(from, block);
	}
	if (!part || block.bits == 32)
		return false;
	half = (struct cidr){block.first, (uint8_t)(block.bits + 1)};
	if (!lets_block(group, port, half))
		return false;
	half.first += UINT32_C(1) << (31 - block.bits);
	return lets_block(group, port, half);
}

static bool has_block_rule(const struct env_security_group *group, int64_t port)
{
	for (size_t i = 0; i < group->ingress.n; i++)
		if (group->ingress.items[i].cidr_ip.n > 0 && opens(&group->ingress.items[i], port))
			return true;
	return false;
}

/* All subnets, where the blocks of some are not known if there is any rule of this kind. */
static bool lets_subnets(const struct rules *r, const struct env_security_group *group,
			 int64_t port, const struct model_strings *subnets)
{
	if (!has_block_rule(group, port))
		return false;
	for (size_t i = 0; i < subnets->n; i++) {
		const struct net_subnet *s = standing_subnet(r, subnets->items[i].text);

		if (s != NULL && s->has_block && !lets_block(group, port, s->block))
			return false;
	}
	return true;
}

static bool is_open(const struct rules *r, const struct env_security_group *group, int64_t port,
		    const struct standing_nodes *n, const struct membership *m)
{
	for (size_t i = 0; i < group->ingress.n; i++)
		if (opens(&group->ingress.items[i], port) &&
		    lets_members(r, &group->ingress.items[i], m))
			return true;
	return !m->supposed && lets_subnets(r, group, port, n->subnets);
}

struct ports {
	int64_t from, to;
};

/* Are the nodes let in at the storage, as far as is known? */
static bool is_let_in(const struct rules *r, const struct shared_storage *made,
		      const struct standing_nodes *n, const struct membership *m)
{
	static const struct ports lustre[] = {{988, 988}, {1018, 1023}}, nfs[] = {{2049, 2049}};
	bool is_lustre = made->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE;
	const struct ports *ports = is_lustre ? lustre : nfs;
	size_t nports = is_lustre ? ARRAY_LEN(lustre) : ARRAY_LEN(nfs);
	const struct env_security_group *group = group_of(r, made);

	if ((group == NULL || group->allow_self) && is_member(r, m, group))
		return true;
	if (group == NULL)
		return false;
	for (size_t i = 0; i < nports; i++)
		for (int64_t port = ports[i].from; port <= ports[i].to; port++)
			if (!is_open(r, group, port, n, m))
				return false;
	return true;
}

/* ---- what to do ---- */

/* The output of a group that would let its members in: that of the storage first. NULL: none. */
static const struct env_export *key_group(const struct rules *r, const struct shared_storage *made,
					  const struct standing_nodes *n)
{
	const struct env_export *found = NULL;

	for (size_t i = 0; i < r->on->exports.n; i++) {
		const struct env_export *e = &r->on->exports.items[i];
		struct membership m = {.alone = e->group, .supposed = true};

		if (e->what != EXPORT_SECURITY_GROUP || !is_let_in(r, made, n, &m))
			continue;
		if (e->group == group_of(r, made))
			return e;
		found = found != NULL ? found : e;
	}
	return found;
}

/* Adds how the nodes get into the group: behind those that they have. */
static void help_join(const struct rules *r, struct diag *d, const struct standing_nodes *n,
		      const struct env_export *e)
{
	const struct model_strings *list = n->groups->n > 0 ? n->groups : n->more;
	struct buf b = buf_in(r->a);

	for (size_t i = 0; i < list->n; i++)
		buf_fmt(&b, "\"" STR_F "\", ", STR_A(text_shown(r->a, list->items[i].text)));
	buf_fmt(&b, "\"" STR_F "\"", STR_A(standing_words(r, e->name)));
	diag_help(r->ds, d, "give " STR_F " the group: `%s: [" STR_F "]`", STR_A(n->what),
		  list == n->groups ? "SecurityGroups" : "AdditionalSecurityGroups",
		  STR_A(buf_str(&b)));
}

static struct str storage_words(const struct rules *r, const struct ground_storage *g, size_t n)
{
	struct buf b = buf_in(r->a);

	buf_fmt(&b, "the storage%s `" STR_F "`", n > 1 ? "s" : "", STR_A(g[0].name));
	for (size_t i = 1; i < n; i++)
		buf_fmt(&b, ", `" STR_F "`", STR_A(g[i].name));
	return buf_str(&b);
}

/* Where the file names the groups of the nodes; NULL where it leaves them to us. */
static const struct field_at *groups_at(const struct rules *r, const struct standing_nodes *n)
{
	struct span filled = environment_key(r);

	if (is_written(n->groups_at) && span_cmp(n->groups_at->value, filled) != 0)
		return n->groups_at;
	return is_written(n->more_at) && span_cmp(n->more_at->value, filled) != 0 ? n->more_at
										  : NULL;
}

/* Storages of one group are told of together: it is one mistake. */
static void report(const struct rules *r, const struct standing_nodes *n,
		   const struct ground_storage *g, size_t ng)
{
	const struct field_at *named = groups_at(r, n);
	const struct env_security_group *group = group_of(r, g[0].made);
	const struct env_export *key = key_group(r, g[0].made, n);
	struct span at = storage_span(g[0].mount);
	struct diag *d = diag_storage_unreachable(r->ds, named != NULL ? named->value : at,
						  storage_words(r, g, ng), n->what);

	if (named != NULL)
		diag_label(r->ds, d, at, "what is to be mounted");
	diag_label(r->ds, d, section_span(&g[0].made->section), "the storage");
	if (group != NULL)
		diag_label(r->ds, d, section_span(&group->section),
			   "its security group, which lets others in");
	if (key != NULL)
		help_join(r, d, n, key);
	else
		diag_help(r->ds, d,
			  "let the members of a group in with `AllowSelf: true`, or add a rule for "
			  "the ports of the storage");
}

static void reached(const struct rules *r, const struct standing_nodes *n, const void *data)
{
	struct ground_storage *shut = NEW_ARRAY(r->a, struct ground_storage, r->storage->n);
	struct membership m = members_of(n);
	size_t nshut = 0;

	(void)data;
	for (size_t i = 0; i < r->storage->n; i++)
		if (ground_storage(r, &r->storage->items[i], &shut[nshut]) &&
		    standing_mounts(r, n, shut[nshut].mount) &&
		    !is_let_in(r, shut[nshut].made, n, &m))
			nshut++;
	for (size_t done = 0, same; done < nshut; done += same) {
		const struct env_security_group *group = group_of(r, shut[done].made);

		same = 1;
		for (size_t i = done + 1; i < nshut; i++)
			if (group_of(r, shut[i].made) == group) {
				struct ground_storage it = shut[i];

				shut[i] = shut[done + same];
				shut[done + same++] = it;
			}
		report(r, n, &shut[done], same);
	}
}

void rule_mounts_reached(const struct rules *r)
{
	if (r->on != NULL)
		each_standing(r, reached, NULL);
}

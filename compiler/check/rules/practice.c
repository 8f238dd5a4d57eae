/* SPDX-License-Identifier: Apache-2.0 */
/* practice.c - good practice: what is open to the world, and rights that are too wide. */
#include "compiler/check/rules/types.h"

static bool is_world(struct str cidr)
{
	return str_ends(cidr, STR("/0"));
}

/* ---- SSH ---- */

static void ssh_open(const struct rules *r, const struct field_at *at, struct str cidr)
{
	if (is_written(at) && is_world(cidr))
		diag_help(r->ds, diag_ssh_open(r->ds, at->value, "SSH", cidr),
			  "name the network you log in from, or leave SSH closed and use Session "
			  "Manager");
}

void rule_ssh_not_open(const struct rules *r)
{
	const struct head_node *head = &r->c->head_node;
	const struct login_pool_list *pools = &r->c->login_nodes.pools;
	const struct field_at *ip = &head->networking.at.elastic_ip;

	ssh_open(r, &head->ssh.at.allowed_ips, head->ssh.allowed_ips);
	for (size_t i = 0; i < pools->n; i++)
		ssh_open(r, &pools->items[i].ssh.at.allowed_ips, pools->items[i].ssh.allowed_ips);
	/* The default alone says little: most head nodes have no public address. */
	if (head->ssh.at.allowed_ips.state == FIELD_ABSENT && is_written(ip) &&
	    (head->networking.elastic_ip.is_text || head->networking.elastic_ip.flag))
		diag_help(r->ds, diag_ssh_open_by_default(r->ds, ip->key),
			  "add Ssh.AllowedIps with the network you log in from");
}

/* ---- DCV ---- */

/* Source: ParallelCluster, DcvValidator. */
static void dcv_open(const struct rules *r, const struct dcv *dcv)
{
	struct diag *d;

	if (!WRITTEN(dcv, enabled) || !dcv->enabled || !USABLE(dcv, allowed_ips) ||
	    (WRITTEN(dcv, allowed_ips) && !is_world(dcv->allowed_ips)))
		return;
	d = diag_dcv_open(r->ds, VALUE_AT(dcv, allowed_ips),
			  (long long)(dcv->port > 0 ? dcv->port : 8443));
	diag_help(r->ds, d, "%s",
		  WRITTEN(dcv, allowed_ips)
			  ? "name the network you connect from"
			  : "add AllowedIps; without it every address may connect");
}

void rule_dcv_not_open(const struct rules *r)
{
	const struct login_pool_list *pools = &r->c->login_nodes.pools;

	dcv_open(r, &r->c->head_node.dcv);
	for (size_t i = 0; i < pools->n; i++)
		dcv_open(r, &pools->items[i].dcv);
}

/* ---- instance metadata ---- */

void rule_imds_v2(const struct rules *r)
{
	const struct imds *imds = &r->c->imds;

	if (WRITTEN(imds, imds_support) && imds->imds_support == IMDS_IMDS_SUPPORT_V1_0)
		diag_note(r->ds, diag_imds_v1(r->ds, imds->at.imds_support.value),
			  "version 1 needs no token, so a forged request reads the credentials of "
			  "the node");
}

void rule_head_imds_secured(const struct rules *r)
{
	const struct head_node_imds *imds = &r->c->head_node.imds;

	if (WRITTEN(imds, secured) && !imds->secured)
		diag_note(r->ds, diag_head_imds_open(r->ds, imds->at.secured.value),
			  "those rights include ending and starting nodes");
}

/* ---- public addresses ---- */

void rule_compute_not_public(const struct rules *r)
{
	const struct slurm_queue_list *queues = &r->c->scheduling.slurm_queues;

	for (size_t i = 0; i < queues->n; i++) {
		const struct slurm_queue_networking *n = &queues->items[i].networking;

		/* Where EC2 refuses the address altogether, that is said by E0429. */
		if (WRITTEN(&queues->items[i], name) && WRITTEN(n, assign_public_ip) &&
		    n->assign_public_ip && !has_several_cards(r, &queues->items[i]))
			diag_help(r->ds,
				  diag_public_compute(r->ds, n->at.assign_public_ip.value,
						      queues->items[i].name),
				  "use private subnets with a NAT gateway or VPC endpoints");
	}
}

/* ---- rights ---- */

static const char *const wide_policies[] = {"/AdministratorAccess", "/PowerUserAccess",
					    "/IAMFullAccess"};

static void policy_narrow(const struct rules *r, const struct any_section *s)
{
	if (!any_has(s, PROP_IamPolicy_Policy) ||
	    !is_written(any_field(s, PROP_IamPolicy_Policy)) ||
	    !text_is_known(any_text(s, PROP_IamPolicy_Policy)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(wide_policies); i++) {
		struct str name = str_c(wide_policies[i]);

		if (str_ends(any_text(s, PROP_IamPolicy_Policy), name))
			diag_note(r->ds,
				  diag_wide_policy(r->ds,
						   any_field(s, PROP_IamPolicy_Policy)->value,
						   str_slice(name, 1, name.n)),
				  "every job on the node can use the rights of the node");
	}
}

void rule_policies_narrow(const struct rules *r)
{
	each_section(r, policy_narrow);
}

/*
 * Texts of the file that stand in the Resource of a statement, where `*` and `?` are IAM's wildcards; by ids and paths
 * with a form of their own none gets there unremarked. S3Access.KeyName is meant to have one.
 */
static const struct {
	enum prop_id prop;
	const char *every;
} named_in_rights[] = {
	{PROP_S3Access_BucketName, "bucket"},
	{PROP_CapacityReservationTarget_CapacityReservationId, "capacity reservation"},
	{PROP_CapacityReservationTarget_CapacityReservationResourceGroupArn, "resource group"},
	{PROP_SlurmSettings_MungeKeySecretArn, "secret"},
	{PROP_Database_PasswordSecretArn, "secret"},
	{PROP_DirectoryService_PasswordSecretArn, "secret or parameter"},
	{PROP_EbsSettings_KmsKeyId, "key"},
	{PROP_NodeIam_InstanceRole, "role"},
	{PROP_NodeIam_InstanceProfile, "instance profile"},
	{PROP_LoginPoolIam_InstanceRole, "role"},
	{PROP_LoginPoolIam_InstanceProfile, "instance profile"},
};

static void no_wildcard(const struct rules *r, const struct any_section *s)
{
	for (size_t i = 0; i < ARRAY_LEN(named_in_rights); i++) {
		enum prop_id id = named_in_rights[i].prop;
		struct diag *d;
		struct str text;

		if (!any_has(s, id) || !is_written(any_field(s, id)))
			continue;
		text = any_text(s, id);
		if (!text_is_known(text))
			continue;
		if (str_find(text, '*', 0) == text.n && str_find(text, '?', 0) == text.n)
			continue;
		d = diag_wildcard_right(r->ds, any_field(s, id)->value, text,
					named_in_rights[i].every);
		diag_note(r->ds, d,
			  "it goes into the rights of the nodes, where `*` and `?` match any text");
		diag_help(r->ds, d, "write the name in full");
	}
}

void rule_rights_named(const struct rules *r)
{
	each_section(r, no_wildcard);
}

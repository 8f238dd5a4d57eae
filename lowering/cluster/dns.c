/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns.c - names of nodes in a private zone.
 *
 * Slurm reaches a node by the address it registers with, so names are for people and for MPI launchers that
 * log in by name. The zone belongs to the VPC of the cluster and is called "<stack>.hpcc"; in a zone of the
 * user (Dns.HostedZoneId) the nodes' names end in "<stack>.<name of the zone>". The head node writes a record
 * when it starts a node; the custom resource that ends the fleet removes what is left.
 */
#include "lowering/cluster/cluster.h"

static void zone_add(struct lowering *l, const struct dns *dns)
{
	struct ir_resource *r = ir_add(l->st.g, STR("HostedZone"), "AWS::Route53::HostedZone",
				       origin_of(&dns->section, &dns->at.disable_managed_dns));
	struct ir_value *config = ir_object(l->st.g), *vpc = ir_object(l->st.g);

	ir_put(l->st.g, config, "Comment",
	       ir_sub(l->st.g, STR("Nodes of cluster ${AWS::StackName}")));
	ir_put(l->st.g, vpc, "VPCId", l->vpc);
	ir_put(l->st.g, vpc, "VPCRegion", ir_ref(l->st.g, STR("AWS::Region")));
	ir_put(l->st.g, r->properties, "Name", ir_sub(l->st.g, STR("${AWS::StackName}.hpcc.")));
	ir_put(l->st.g, r->properties, "HostedZoneConfig", config);
	ir_put(l->st.g, r->properties, "VPCs", ir_push(l->st.g, ir_list(l->st.g), vpc));
	tags_put(&l->st, r->properties, "HostedZoneTags", NULL);
	l->hosted_zone = ir_ref(l->st.g, r->id);
	l->dns_domain = ir_sub(l->st.g, STR("${AWS::StackName}.hpcc"));
	/* Every name of this zone is one of the stack; Route 53 compares in small letters, a stack's may be large. */
	l->dns_names = ir_text(l->st.g, STR("*.*.hpcc"));
}

/*
 * The keys hold a list, one value for each change. Names are compared as Route 53 keeps them: small letters, no
 * final dot. Source: Route 53 developer guide, "Using IAM policy conditions for fine-grained access control". Other
 * actions, which lack the keys, pass.
 */
void allow_names(struct lowering *l, struct ir_value *statements, const char *sid,
		 const char *actions)
{
	struct ir_value *zone = ir_put(
		l->st.g, ir_sub(l->st.g, STR("arn:${AWS::Partition}:route53:::hostedzone/${Zone}")),
		"Zone", l->hosted_zone);
	struct ir_value *s = allow(&l->st, statements, sid, actions, zone);

	allow_if(&l->st, s, "ForAllValues:StringEquals",
		 "route53:ChangeResourceRecordSetsRecordTypes", ir_text(l->st.g, STR("A")));
	allow_if(&l->st, s, "ForAllValues:StringLike",
		 "route53:ChangeResourceRecordSetsNormalizedRecordNames", l->dns_names);
}

/* The name of the user's zone is asked when the stack is created, and put together there in small letters. */
static void zone_reuse(struct lowering *l, const struct dns *dns)
{
	struct ir_origin origin = origin_of(&dns->section, &dns->at.hosted_zone_id);

	l->hosted_zone = ir_text(l->st.g, dns->hosted_zone_id);
	l->dns_domain = lookup_domain(&l->st, dns->hosted_zone_id, origin);
	l->dns_names =
		ir_put(l->st.g, ir_sub(l->st.g, STR("*.${Domain}")), "Domain", l->dns_domain);
}

void pass_dns(struct lowering *l)
{
	const struct dns *dns = &l->c->scheduling.slurm_settings.dns;

	if (dns->disable_managed_dns)
		return;
	if (dns->hosted_zone_id.n > 0)
		zone_reuse(l, dns);
	else
		zone_add(l, dns);
}

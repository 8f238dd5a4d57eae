/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet.c - the end of the compute nodes when the stack is deleted.
 *
 * The head node launches compute nodes; CloudFormation does not know them, and cannot delete a security
 * group or placement group while an instance is in it. A custom resource ends them: it stands between the
 * head node (which depends on it, so it is deleted first and launches no more) and the groups (on which it
 * depends, so they go last). It also removes the nodes' records from the private zone, which Route 53
 * refuses to delete while it holds any.
 */
#include "lowering/cluster/cluster.h"

/*
 * The right to clean the zone is a policy of its own: in the role it would make a cycle, since the zone needs
 * the VPC, and the VPC is looked up by the function that has the role.
 */
static void zone_policy(struct lowering *l, struct ir_resource *fleet)
{
	struct ir_value *statements = ir_list(l->st.g);
	struct ir_resource *r;

	if (l->st.lookups.role_id.n == 0)
		return;
	r = ir_add(l->st.g, STR("LifecycleDnsPolicy"), "AWS::IAM::Policy", fleet->origin);
	allow_names(l, statements, "CleanZone",
		    "route53:ListResourceRecordSets route53:ChangeResourceRecordSets");
	ir_put_text(l->st.g, r->properties, "PolicyName", STR("hpcc-dns"));
	ir_put(l->st.g, r->properties, "PolicyDocument", policy_document(&l->st, statements));
	ir_put(l->st.g, r->properties, "Roles",
	       ir_push(l->st.g, ir_list(l->st.g), ir_ref(l->st.g, l->st.lookups.role_id)));
	ir_depend(l->st.g, fleet, r->id);
}

/* Groups that cannot be deleted while a compute node is in them. */
static void depend_on_groups(struct lowering *l, struct ir_resource *fleet)
{
	for (size_t i = 0; i < l->st.g->resources.n; i++) {
		const struct ir_resource *r = l->st.g->resources.items[i].value;

		if (str_eq(r->type, STR("AWS::EC2::PlacementGroup")))
			ir_depend(l->st.g, fleet, r->id);
	}
	if (l->compute_sg.n > 0)
		ir_depend(l->st.g, fleet, l->compute_sg);
}

void pass_fleet(struct lowering *l)
{
	struct ir_resource *r = ir_add(l->st.g, STR("Fleet"), "Custom::HpccFleet",
				       origin_of_section(&l->c->scheduling.section));

	ir_put(l->st.g, r->properties, "ServiceToken", lookup_service(&l->st, r->origin));
	ir_put(l->st.g, r->properties, "Cluster", ir_ref(l->st.g, STR("AWS::StackName")));
	if (l->hosted_zone != NULL) {
		ir_put(l->st.g, r->properties, "HostedZoneId", l->hosted_zone);
		ir_put(l->st.g, r->properties, "Domain", l->dns_domain);
		zone_policy(l, r);
	}
	depend_on_groups(l, r);
	l->fleet = r->id;
}

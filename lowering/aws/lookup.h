/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup.h - what only the account knows, asked when the stack is created.
 *
 * The first question makes the function that answers, its role and its log: a stack that asks nothing has none of
 * them. Which questions the function knows is up to the program that the stack names. `origin` is where in the file the
 * question comes from.
 */
#ifndef HPCC_LOOKUP_H
#define HPCC_LOOKUP_H

#include "lowering/aws/stack.h"

/* What the function may do, for who lets it do more than answer. Makes it at the first call. */
struct ir_value *lookup_statements(struct stack *st, struct ir_origin origin);
/* Its ARN, to be the ServiceToken of a custom resource. Likewise. */
struct ir_value *lookup_service(struct stack *st, struct ir_origin origin);

/*
 * The logical id of the look-up of a subnet, made at the first call for it. Attributes: VpcId,
 * AvailabilityZone, Scheme ("internet-facing" when the subnet routes to an internet gateway, else
 * "internal").
 */
struct str lookup_subnet(struct stack *st, struct str subnet_id, struct ir_origin origin);
/* The same under a logical id of one's own; the first call for the subnet, or a BUG. */
struct ir_resource *lookup_subnet_as(struct stack *st, struct str id, struct str subnet_id,
				     struct ir_origin origin);
/* One that asks for nothing yet, under a logical id of one's own. */
struct ir_resource *lookup_add(struct stack *st, struct str id, struct ir_origin origin);
/* The ARN of the role in an instance profile the user gave by ARN. */
struct ir_value *lookup_profile_role(struct stack *st, struct str profile_arn,
				     struct ir_origin origin);
/* The allocation id of an Elastic IP address given as an address. */
struct ir_value *lookup_address(struct stack *st, struct str address, struct ir_origin origin);
/*
 * "<stack>.<zone>" of a hosted zone the user gave by id, in small letters and without a final dot. Called once for a
 * zone.
 */
struct ir_value *lookup_domain(struct stack *st, struct str zone_id, struct ir_origin origin);

/* ---- of templates/hybrid.py: what environments ask ---- */

/* The text of a SecureString of Parameter Store; CloudFormation shows it to nobody. */
struct ir_value *lookup_secure_string(struct stack *st, struct str name, struct ir_origin origin);

/* A VPN connection of a transit gateway that a VPC is attached to: their ids. */
struct transit_attachment {
	struct ir_value *gateway, *vpc, *vpn;
};

/*
 * A look-up under this id. Attributes: Table, the route table of the gateway that the attachment of the VPC looks into,
 * and Attachment, that of the VPN connection. The caller makes it wait for the attachment of the VPC.
 */
struct ir_resource *lookup_transit_attachment(struct stack *st, struct str id,
					      const struct transit_attachment *wanted,
					      struct ir_origin origin);

/* ---- of templates/lifecycle.py again ---- */

/* The id of the newest image of a system for which AWS publishes no parameter. */
struct ir_value *lookup_image(struct stack *st, const struct os_image *image,
			      struct ir_origin origin);
/* The id of the newest image, by the parameter at `path`, from the look-up `r`: asked together, and as pinned. */
struct ir_value *lookup_parameter(struct stack *st, struct ir_resource *r, struct str path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * additional.c - AdditionalResources: a template of the user that lives and dies with the cluster.
 *
 * It becomes a nested stack. CloudFormation takes a template from S3 by an https URL only, so an s3:// one is
 * written as such. What the template holds is not known here: should it make IAM resources of its own,
 * the deployment has to acknowledge them.
 */
#include "lowering/cluster/cluster.h"

static struct ir_value *template_url(struct stack *st, struct str url)
{
	struct str scheme = STR("s3://");
	size_t slash;

	if (!str_starts(url, scheme))
		return ir_text(st->g, url);
	url = str_slice(url, scheme.n, url.n);
	slash = str_find(url, '/', 0);
	return ir_subf(st->g, "https://" STR_F ".s3.${AWS::Region}.${AWS::URLSuffix}" STR_F,
		       STR_A(sub_literal(st, str_slice(url, 0, slash))),
		       STR_A(sub_literal(st, str_slice(url, slash, url.n))));
}

void pass_additional(struct lowering *l)
{
	struct ir_resource *r;

	if (l->c->additional_resources.n == 0)
		return;
	r = ir_add(l->st.g, STR("AdditionalResources"), "AWS::CloudFormation::Stack",
		   origin_of(&l->c->section, &l->c->at.additional_resources));
	ir_put(l->st.g, r->properties, "TemplateURL",
	       template_url(&l->st, l->c->additional_resources));
	tags_put(&l->st, r->properties, "Tags", NULL);
}

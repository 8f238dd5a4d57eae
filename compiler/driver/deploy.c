/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deploy.c - what `aws cloudformation deploy` must be told of a stack.
 *
 * Source: AWS CLI Command Reference, "deploy": --capabilities, --s3-bucket above 51,200 bytes, and a status of 255 when
 * nothing changed unless --no-fail-on-empty-changeset is given.
 */
#include "compiler/base/shell_quote.h"
#include "compiler/driver/driver.h"
#include "compiler/model/each.h"
#include "lowering/ir/capabilities.h"

#include <string.h>

struct str bucket_of(const struct session *s, const struct compilation *c)
{
	return GIVEN(s->o, bucket) ? str_c(VALUE(s->o, bucket, "")) : c->config->bucket;
}

bool asks_for_deploy_words(const struct options *o)
{
	if (GIVEN(o, deploy_args))
		return true;
	for (char *const *word = o->command; word != NULL && *word != NULL; word++)
		if (strcmp(*word, DEPLOY_WORDS) == 0)
			return true;
	return false;
}

struct str_list deploy_words(const struct session *s, const struct compilation *c, struct str text)
{
	const char *capabilities = ir_capabilities(c->graph);
	struct str region = region_of(c->model);
	struct str_list list = {NEW_ARRAY(c->a, struct str, MAX_DEPLOY_WORDS), 0};

	if (capabilities != NULL) {
		list.items[list.n++] = STR("--capabilities");
		list.items[list.n++] = str_c(capabilities);
	}
	if (region.n > 0) {
		list.items[list.n++] = STR("--region");
		list.items[list.n++] = region;
	}
	list.items[list.n++] = STR("--no-fail-on-empty-changeset");
	if (text.n > CFN_DIRECT_LIMIT) {
		list.items[list.n++] = STR("--s3-bucket");
		list.items[list.n++] = bucket_of(s, c);
	}
	return list;
}

struct str deploy_args(const struct session *s, const struct compilation *c, struct str text)
{
	struct str_list list = deploy_words(s, c, text);
	struct buf b = buf_in(c->a);

	for (size_t i = 0; i < list.n; i++)
		buf_fmt(&b, "%s" STR_F, i > 0 ? " " : "", STR_A(shell_quote(c->a, list.items[i])));
	buf_char(&b, '\n');
	return buf_str(&b);
}

/* A command that makes a bucket whose name nobody else has: names are one space for all accounts. */
static void help_to_make(struct compilation *c, struct diag *d)
{
	struct str region = region_of(c->model);
	struct str quoted = shell_quote(c->a, region);
	bool known = region.n > 0;

	diag_help(&c->ds, d,
		  "to make one: aws s3 mb s3://hpcc-$(aws sts get-caller-identity --query Account "
		  "--output text)%s" STR_F "%s" STR_F,
		  known ? "-" : "", STR_A(known ? quoted : region), known ? " --region " : "",
		  STR_A(known ? quoted : region));
	diag_help(&c->ds, d, "say its name with --bucket=NAME, or in .hpcc.yaml as `bucket: NAME`");
}

void check_bucket(const struct session *s, struct compilation *c, struct str text)
{
	const struct span nowhere = {0};

	if (text.n <= CFN_DIRECT_LIMIT || text.n > CFN_LIMIT || bucket_of(s, c).n > 0)
		return;
	if (asks_for_deploy_words(s->o))
		help_to_make(c, diag_no_bucket(&c->ds, nowhere, text.n, CFN_DIRECT_LIMIT));
	else
		diag_template_needs_bucket(&c->ds, nowhere, text.n, CFN_DIRECT_LIMIT);
}

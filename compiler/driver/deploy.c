/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deploy.c - what `aws cloudformation deploy` must be told of a stack.
 *
 * Source: AWS CLI Command Reference, "deploy": --capabilities, --s3-bucket above 51,200 bytes, and a status of 255 when
 * nothing changed unless --no-fail-on-empty-changeset is given.
 */
#include "compiler/base/open_text.h"
#include "compiler/base/shell_quote.h"
#include "compiler/driver/driver.h"
#include "compiler/model/deployment.h"
#include "compiler/model/each.h"
#include "lowering/ir/capabilities.h"

#include <string.h>

/* The output of environments that names their first bucket. */
#define GROUND_BUCKET "S3BucketName"

/* The bucket of the environment that the file stands on, the one that its output names; NULL: none is known. */
static const struct bucket *ground_bucket(const struct compilation *c)
{
	const struct foundation *f = c->model->foundation;
	const struct env_export *e =
		f != NULL ? export_named(&f->exports, STR(GROUND_BUCKET)) : NULL;

	return e != NULL ? e->bucket : NULL;
}

struct str bucket_of(const struct session *s, const struct compilation *c)
{
	const struct bucket *ground = ground_bucket(c);

	if (GIVEN(s->o, bucket))
		return str_c(VALUE(s->o, bucket, ""));
	if (c->config->bucket.n > 0)
		return c->config->bucket;
	return ground != NULL && text_is_known(ground->bucket_name) ? ground->bucket_name
								    : (struct str){0};
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

	if (c->declaration != NULL) {
		list.items[list.n++] = STR("--stack-name");
		list.items[list.n++] =
			stack_of_declaration(&s->compile, c->a, c->declaration->name);
	}
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

/* The command that asks the environment's stack for its bucket, whose name no file says. */
static void help_to_ask(struct compilation *c, struct diag *d)
{
	struct str region = region_of(c->model);
	bool known = region.n > 0;

	diag_help(&c->ds, d,
		  "%s: --bucket=\"$(aws cloudformation describe-stacks --stack-name " STR_F
		  "%s" STR_F " --query \"Stacks[0].Outputs[?OutputKey=='" GROUND_BUCKET
		  "'].OutputValue\" --output text)\"",
		  ground_bucket(c) != NULL ? "take that of the environment"
					   : "if the environment has one",
		  STR_A(shell_quote(c->a, c->model->deployment->stack)), known ? " --region " : "",
		  STR_A(known ? shell_quote(c->a, region) : region));
}

/* May the environment that the file stands on have a bucket? Where its file is at hand, it is known. */
static bool may_have_bucket(const struct compilation *c)
{
	const struct deployment *d = c->model->deployment;

	if (c->model->foundation != NULL)
		return ground_bucket(c) != NULL;
	return d != NULL && d->stack.n > 0;
}

static void report_no_bucket(struct compilation *c, size_t n)
{
	struct diag *d = diag_no_bucket(&c->ds, (struct span){0}, n, CFN_DIRECT_LIMIT);

	if (may_have_bucket(c))
		help_to_ask(c, d);
	if (ground_bucket(c) == NULL)
		help_to_make(c, d);
}

void check_bucket(const struct session *s, struct compilation *c, struct str text)
{
	if (text.n <= CFN_DIRECT_LIMIT || text.n > CFN_LIMIT || bucket_of(s, c).n > 0)
		return;
	if (asks_for_deploy_words(s->o))
		report_no_bucket(c, text.n);
	else
		diag_template_needs_bucket(&c->ds, (struct span){0}, text.n, CFN_DIRECT_LIMIT);
}

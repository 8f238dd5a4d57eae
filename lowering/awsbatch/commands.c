/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - the configuration of awsbsub, awsbstat and so on.
 *
 * With a section of its own for the cluster they ask CloudFormation nothing, and work whatever state the stack is in.
 * All users of the head node have this one text (templates/awsbatch); who is elsewhere takes it from an output. Members
 * are those of the package's configuration file, where a percent sign would begin an interpolation. Definitions stand
 * there by name: the newest revision is taken, whatever an update makes of them.
 */
#include "compiler/base/buf.h"
#include "lowering/awsbatch/awsbatch.h"

/* What Python's ConfigParser reads as this text. */
static struct str escaped(struct arena *a, struct str text)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < text.n; i++)
		buf_add(&b, text.s[i] == '%' ? STR("%%") : str_slice(text, i, i + 1));
	return buf_str(&b);
}

static struct str proxy_of(struct lowering *l)
{
	struct str proxy = l->c->head_node.networking.proxy.http_proxy_address;

	return proxy.n > 0 ? escaped(l->st.a, proxy) : STR("NONE");
}

void pass_awsbatch_commands(struct lowering *l)
{
	struct ir *g = l->st.g;
	struct ir_value *v = ir_subf(g,
				     "# Written by hpcc for cluster ${AWS::StackName}.\n"
				     "[main]\n"
				     "cluster_name = ${AWS::StackName}\n"
				     "\n"
				     "[cluster ${AWS::StackName}]\n"
				     "region = ${AWS::Region}\n"
				     "s3_bucket = ${Bucket}\n"
				     "artifact_directory = ${" AWSBATCH_ARTIFACTS "}\n"
				     "batch_cli_requirements = " AWSBATCH_PACKAGE "\n"
				     "compute_environment = ${" STR_F "}\n"
				     "job_queue = ${" STR_F "}\n"
				     "job_definition = ${AWS::StackName}-serial\n"
				     "job_definition_mnp = ${AWS::StackName}-mnp\n"
				     "head_node_ip = ${Head}\n"
				     "proxy = ${Proxy}\n",
				     STR_A(l->awsbatch.environment), STR_A(l->awsbatch.queue));

	ir_put(g, v, "Bucket", l->awsbatch.bucket);
	ir_put(g, v, "Head", l->head_address);
	ir_put_text(g, v, "Proxy", proxy_of(l));
	l->awsbatch.commands = v;
}

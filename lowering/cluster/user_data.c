/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user_data.c - what cloud-init gets on each node.
 *
 * A MIME message of three parts: a cloud-config, a boothook that writes /etc/hpcc/env (the only text with values of
 * this stack), and a shell script, packed, that leads to the scripts of the cluster. Head: it fetches its
 * configuration from its resource's metadata, so that its user data stays the same whatever is edited (a
 * change of user data stops and starts an instance). Others: they mount them from the head.
 *
 * Static text is never the format of a Fn::Sub, only the value of a variable, so that no "${" of a shell script
 * is taken for a reference; what cannot be is written into the format by lowering/emit/document.c. All compute
 * and login nodes share one copy, in a mapping; the head has its own script, and shares the opening.
 */
#include "compiler/base/buf.h"
#include "compiler/base/shell_quote.h"
#include "lowering/aws/message.h"
#include "lowering/aws/templates.h"
#include "lowering/cluster/cluster.h"

static const char user_data_mapping[] = "UserData";
static const char user_data_key[] = "Node";

/* Everything before the lines of /etc/hpcc/env. */
static struct str opening(struct arena *a)
{
	struct buf b = buf_in(a);

	message_open(&b);
	message_part(&b, "text/cloud-config", "cloud-config.yaml", "");
	buf_add(&b, template_text(STR("userdata/cloud-config.yaml")));
	message_part(&b, "text/cloud-boothook", "env.sh", "");
	buf_add(&b, STR("#!/bin/sh\nmkdir -p /etc/hpcc\ncat >/etc/hpcc/env <<'HPCC_END'\n"));
	return buf_str(&b);
}

/* Everything after the lines of /etc/hpcc/env. */
static struct str closing(struct arena *a, bool head)
{
	struct str name =
		head ? STR("userdata/head-bootstrap.sh") : STR("userdata/node-bootstrap.sh");
	struct buf b = buf_in(a);

	buf_add(&b, STR("HPCC_END\n"));
	message_part(&b, "application/gzip", "bootstrap.sh", "Content-Transfer-Encoding: base64\n");
	buf_add(&b, template_find(name)->packed); /* long: no format */
	message_close(&b);
	return buf_str(&b);
}

/* The texts that all compute and login nodes share, stored once. */
static void share_texts(struct stack *st)
{
	struct ir_value *mapping, *texts;

	if (map_get(&st->g->mappings, STR("UserData")) != NULL)
		return;
	mapping = ir_object(st->g);
	texts = ir_object(st->g);
	ir_put_text(st->g, texts, "Open", opening(st->a));
	ir_put_text(st->g, texts, "Close", closing(st->a, false));
	ir_put(st->g, mapping, user_data_key, texts);
	map_put(&st->g->mappings, st->a, str_c(user_data_mapping), mapping);
}

static struct ir_value *shared_text(struct stack *st, const char *which)
{
	struct ir_value *v = ir_func(st->g, IR_FINDINMAP, STR(""));

	ir_push(st->g, v, ir_text(st->g, str_c(user_data_mapping)));
	ir_push(st->g, v, ir_text(st->g, str_c(user_data_key)));
	return ir_push(st->g, v, ir_text(st->g, str_c(which)));
}

static struct str smt(bool off)
{
	return off ? STR("off") : STR("on");
}

static void put_quoted(struct stack *st, struct ir_value *sub, const char *name, struct str value)
{
	ir_put_text(st->g, sub, name, value.n > 0 ? shell_quote(st->a, value) : STR(""));
}

/* Fn::Sub of the opening, the lines of `env` (a file of templates/userdata) and the closing. */
static struct ir_value *message(struct lowering *l, struct str env, struct ir_value *open,
				struct ir_value *close)
{
	struct ir_value *sub =
		ir_subf(l->st.g, "${Open}" STR_F "${Close}", STR_A(template_text(env)));

	ir_put(l->st.g, sub, "Open", open);
	ir_put(l->st.g, sub, "Close", close);
	ir_put(l->st.g, sub, "Head", l->head_address);
	return sub;
}

struct ir_value *user_data_head(struct lowering *l)
{
	const struct head_node *h = &l->c->head_node;
	struct ir_value *sub, *open;

	if (is_awsbatch(l->c)) { /* nobody to share it with */
		open = ir_text(l->st.g, opening(l->st.a));
	} else {
		share_texts(&l->st);
		open = shared_text(&l->st, "Open");
	}
	sub = message(l, STR("userdata/head.env"), open, ir_text(l->st.g, closing(l->st.a, true)));
	ir_put_text(l->st.g, sub, "Node", l->head_node.n > 0 ? l->head_node : STR("HeadNode"));
	ir_put_text(l->st.g, sub, "Smt", smt(h->disable_simultaneous_multithreading));
	put_quoted(&l->st, sub, "Proxy", h->networking.proxy.http_proxy_address);
	return ir_base64(l->st.g, sub);
}

static struct ir_value *node_message(struct lowering *l, struct str env)
{
	struct ir_value *sub;

	share_texts(&l->st);
	sub = message(l, env, shared_text(&l->st, "Open"), shared_text(&l->st, "Close"));
	ir_put(l->st.g, sub, "Timeout",
	       ir_textf(l->st.g, "%lld",
			(long long)l->c->dev_settings.timeouts.compute_node_bootstrap_timeout));
	return sub;
}

struct ir_value *user_data_compute(struct lowering *l, const struct compute *c)
{
	struct ir_value *sub = node_message(l, STR("userdata/compute.env"));

	put_quoted(&l->st, sub, "Queue", c->queue->name);
	put_quoted(&l->st, sub, "Resource", c->resource->name);
	ir_put_text(l->st.g, sub, "Smt", smt(c->resource->disable_simultaneous_multithreading));
	put_quoted(&l->st, sub, "Proxy", c->queue->networking.proxy.http_proxy_address);
	return ir_base64(l->st.g, sub);
}

struct ir_value *user_data_login(struct lowering *l, size_t pool)
{
	const struct login_pool *p = &l->c->login_nodes.pools.items[pool];
	struct ir_value *sub = node_message(l, STR("userdata/login.env"));

	put_quoted(&l->st, sub, "Pool", p->name);
	ir_put_text(l->st.g, sub, "Smt", smt(false));
	put_quoted(&l->st, sub, "Proxy", p->networking.proxy.http_proxy_address);
	return ir_base64(l->st.g, sub);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user_data.c - what cloud-init gets on the instances of a compute environment.
 *
 * A MIME message, for AWS Batch adds a part of its own, with one script: the functions of templates/batch that the
 * environment needs, which stand once in a mapping, and then calls of them with what the file says. The calls are the
 * format of a Fn::Sub; each text of the file is one word there. What only a deployment knows comes in Base64, since
 * nobody can quote it before. Instances of an image of one's own get a boothook besides, which holds the agent back
 * from the beginning of each boot.
 */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/base/shell_quote.h"
#include "compiler/facts/batch_types.h"
#include "compiler/model/batch_workflows.h"
#include "compiler/model/effective.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/message.h"
#include "lowering/aws/templates.h"
#include "lowering/batch/storage.h"

/*
 * Parts of the script, in the order in which they are written: functions call those of earlier parts. HOLD is a
 * script of its own, behind it.
 */
enum part { BOOT, DISKS, LUSTRE, NFS, EFS, AWS, FSX, RUN, ACTIONS, AGENT, HOLD };

static const struct {
	struct str key, file; /* in the mapping, and of templates/ */
} parts[] = {
	[BOOT] = {STR_INIT("Boot"), STR_INIT("batch/boot.sh")},
	[DISKS] = {STR_INIT("Disks"), STR_INIT("batch/disks.sh")},
	[LUSTRE] = {STR_INIT("Lustre"), STR_INIT("batch/lustre.sh")},
	[NFS] = {STR_INIT("Nfs"), STR_INIT("batch/nfs.sh")},
	[EFS] = {STR_INIT("Efs"), STR_INIT("batch/efs.sh")},
	[AWS] = {STR_INIT("Aws"), STR_INIT("batch/aws.sh")},
	[FSX] = {STR_INIT("Fsx"), STR_INIT("batch/fsx.sh")},
	[RUN] = {STR_INIT("Run"), STR_INIT("batch/run.sh")},
	[ACTIONS] = {STR_INIT("Actions"), STR_INIT("batch/actions.sh")},
	[AGENT] = {STR_INIT("Agent"), STR_INIT("batch/agent.sh")},
	[HOLD] = {STR_INIT("Hold"), STR_INIT("batch/hold.sh")},
};

/* A script under way. */
struct script {
	struct batch_stack *l;
	const struct batch_environment *e;
	struct ir_value *sub; /* with the variables so far */
	struct buf calls;     /* a format */
	struct buf line;      /* the call under way, likewise */
	bool needs[ARRAY_LEN(parts)];
	size_t variables, ncalls;
	struct batch_workflow workflow; /* whose storage it mounts, where `runs` */
	bool runs;
};

/* ---- words ---- */

/* Begins a call of a function of a part. */
static void call(struct script *s, enum part part, const char *function)
{
	s->needs[part] = true;
	s->ncalls++;
	buf_add(&s->line, str_c(function));
}

static struct str variable(struct script *s, struct ir_value *value)
{
	struct str name = arena_fmt(s->l->st.a, "Text%zu", ++s->variables);

	ir_put_str(s->l->st.g, s->sub, name, value);
	return name;
}

/*
 * A text that only the deployment knows, as the next word. The shell takes line ends off what a command prints, so
 * that a dot stands behind them and is taken off afterwards.
 */
static void open_word(struct script *s, struct ir_value *text)
{
	struct str name = variable(s, ir_base64(s->l->st.g, text));

	buf_fmt(&s->calls, "word" STR_F "=$(echo ${" STR_F "} | base64 -d; echo .)\n", STR_A(name),
		STR_A(name));
	buf_fmt(&s->line, " \"${!word" STR_F "%%.}\"", STR_A(name));
}

/* A text as the next word. */
static void word(struct script *s, struct str text)
{
	struct ir *g = s->l->st.g;
	struct str quoted, name;

	if (!text_is_known(text)) {
		open_word(s, ir_text(g, text));
		return;
	}
	quoted = text.n > 0 ? shell_quote(s->l->st.a, text) : STR("''");
	if (str_find(quoted, '$', 0) < quoted.n) {
		name = variable(s, ir_text(g, quoted));
		quoted = arena_fmt(s->l->st.a, "${" STR_F "}", STR_A(name));
	}
	buf_fmt(&s->line, " " STR_F, STR_A(quoted));
}

/* What CloudFormation makes of a resource, which no shell minds. */
static void attribute(struct script *s, struct str resource, const char *name)
{
	buf_fmt(&s->line, " ${" STR_F "%s%s}", STR_A(resource), name[0] != '\0' ? "." : "", name);
}

static void directory(struct script *s, struct str written)
{
	word(s, mount_dir(s->l->st.a, written));
}

static void end(struct script *s)
{
	buf_char(&s->line, '\n');
	buf_add(&s->calls, buf_str(&s->line));
	s->line.n = 0;
}

/* ---- calls ---- */

/* Is one of them a parameter for a whole list? */
static bool has_list(const struct model_strings *args)
{
	for (size_t i = 0; i < args->n; i++)
		if (text_is_list(args->items[i].text))
			return true;
	return false;
}

/* As one word, a line for each, for only the deployment knows how many there are. */
static void lines(struct script *s, const struct model_strings *args)
{
	struct ir *g = s->l->st.g;
	struct ir_value *join =
		ir_push(g, ir_func(g, IR_JOIN, STR("\n")), text_list(&s->l->st, args));

	join->boolean = true;
	open_word(s, join);
}

static void act(struct script *s, const char *event, size_t number, struct str url,
		const struct model_strings *args)
{
	bool list = has_list(args);

	call(s, ACTIONS, list ? "action_lines" : "action");
	s->needs[AWS] |= !text_is_known(url) || str_starts(url, STR("s3://"));
	buf_fmt(&s->line, " %s%zu", event, number);
	word(s, url);
	if (list)
		lines(s, args);
	for (size_t i = 0; !list && i < args->n; i++)
		word(s, args->items[i].text);
	end(s);
}

static void act_all(struct script *s, const char *event, const struct custom_action *a)
{
	if (a->script.n > 0)
		act(s, event, 1, a->script, &a->args);
	for (size_t i = 0; i < a->sequence.n; i++)
		act(s, event, i + 1, a->sequence.items[i].script, &a->sequence.items[i].args);
}

/* The volumes of the instance from the i-th on that belong together; the number of the next. */
static size_t mount_volumes(struct script *s, const struct batch_volumes *all, size_t i)
{
	const struct batch_volume *first = &all->items[i];
	bool mirror = first->storage != NULL && first->storage->ebs_settings.raid.type == 1;

	call(s, DISKS, "ebs");
	buf_fmt(&s->line, " %d", mirror ? 1 : 0);
	directory(s,
		  first->storage != NULL ? first->storage->mount_dir : first->scratch->mount_dir);
	for (; i < all->n && all->items[i].storage == first->storage &&
	       all->items[i].scratch == first->scratch;
	     i++)
		word(s, all->items[i].device);
	end(s);
	return i;
}

static void mount_disks(struct script *s)
{
	struct batch_volumes volumes = batch_volumes(s->l, s->e);

	if (batch_mounts_store(s->l->v, s->e)) {
		call(s, DISKS, "store");
		directory(s, s->e->m->local_storage.ephemeral_volume.mount_dir);
		end(s);
	}
	for (size_t i = 0; i < volumes.n;)
		i = mount_volumes(s, &volumes, i);
}

/* What only its API knows: a function of fsx.sh with the directory and the id. */
static void mount_known(struct script *s, const char *function, const struct shared_storage *m,
			struct str id)
{
	s->needs[AWS] = s->needs[LUSTRE] = true;
	call(s, FSX, function);
	directory(s, m->mount_dir);
	word(s, id);
}

static void mount_lustre(struct script *s, const struct batch_storage *store)
{
	if (store->resource.n == 0) {
		mount_known(s, "known_lustre", store->m,
			    store->m->fsx_lustre_settings.file_system_id);
		return;
	}
	call(s, LUSTRE, "lustre");
	directory(s, store->m->mount_dir);
	attribute(s, store->resource, "DNSName");
	attribute(s, store->resource, "LustreMountName");
}

static void mount_efs(struct script *s, const struct batch_storage *store)
{
	const struct efs_settings *m = &store->m->efs_settings;
	struct buf options = buf_in(s->l->st.a);

	call(s, EFS, "efs");
	directory(s, store->m->mount_dir);
	if (store->resource.n > 0)
		attribute(s, store->resource, "");
	else
		word(s, m->file_system_id);
	buf_fmt(&options, "noatime,_netdev,noresvport%s%s",
		m->encryption_in_transit || m->access_point_id.n > 0 ? ",tls" : "",
		m->iam_authorization ? ",iam" : "");
	if (m->access_point_id.n > 0)
		buf_fmt(&options, ",accesspoint=" STR_F, STR_A(m->access_point_id));
	word(s, buf_str(&options));
	if (store->address != NULL)
		attribute(s, store->address->text, "IpAddress");
}

/* What another machine of the stack exports. */
static void mount_exports(struct script *s)
{
	for (size_t i = 0; i < s->l->exports.n; i++) {
		call(s, NFS, "nfs");
		buf_fmt(&s->line, " ${" STR_F "." STR_F "}", STR_A(s->l->server->text),
			STR_A(s->l->server->attribute));
		directory(s, s->l->exports.items[i].text);
		end(s);
	}
}

static void mount_one(struct script *s, const struct batch_storage *store)
{
	switch (store->m->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		mount_lustre(s, store);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		mount_efs(s, store);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
		mount_known(s, "openzfs", store->m, store->m->fsx_open_zfs_settings.volume_id);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
		mount_known(s, "ontap", store->m, store->m->fsx_ontap_settings.volume_id);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
		mount_known(s, "file_cache", store->m, store->m->file_cache_settings.file_cache_id);
		break;
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		return;
	}
	end(s);
}

/* The storage of an execution, of which only its version of the launch template tells. */
static void mount_run(struct script *s)
{
	s->runs = workflow_on(s->l->st.a, s->l->v, s->e, &s->workflow);
	if (!s->runs)
		return;
	s->needs[LUSTRE] = s->needs[LUSTRE] || s->workflow.lustre;
	s->needs[AWS] = s->needs[AWS] || !s->workflow.lustre;
	s->needs[DISKS] = s->needs[DISKS] || !s->workflow.lustre;
	call(s, RUN, "run");
	word(s, s->workflow.host);
	word(s, workflow_source(s->l->st.a, &s->workflow));
	end(s);
}

/* ---- figures for alarms ---- */

bool batch_watches_memory(const struct batch_stack *l)
{
	return batch_has_alarms(l->b) &&
	       is_written(&l->b->monitoring.alarms.at.memory_utilization_percent);
}

bool batch_watches_gpus(const struct batch_stack *l, const struct batch_environment *e)
{
	const struct model_strings *words = &e->m->instance_types;

	if (!batch_has_alarms(l->b) ||
	    !is_written(&l->b->monitoring.alarms.at.gpu_utilization_percent))
		return false;
	for (size_t i = 0; i < words->n; i++)
		if (batch_word_has_gpus(l->st.facts, words->items[i].text))
			return true;
	return false;
}

static void watch(struct script *s)
{
	bool memory = batch_watches_memory(s->l), gpus = batch_watches_gpus(s->l, s->e);

	if (!memory && !gpus)
		return;
	call(s, AGENT, "agent");
	buf_fmt(&s->line, "%s%s", memory ? " mem" : "", gpus ? " nvidia_gpu" : "");
	end(s);
}

/* ---- the message ---- */

/* The text of a part; the first one stands behind the beginning of the message. */
static struct ir_value *part_text(struct script *s, enum part part)
{
	struct buf b = buf_in(s->l->st.a);

	if (part == BOOT) {
		message_open(&b);
		message_part(&b, "text/x-shellscript", "hpcc.sh", "");
	}
	if (part == HOLD)
		message_part(&b, "text/cloud-boothook", "hold.sh", "");
	buf_add(&b, template_text(parts[part].file));
	return ir_text(s->l->st.g, buf_str(&b));
}

#define MAPPING "UserData"
#define ROW "Instance"

/* The value of a part in the mapping, which gets it when it is first asked for. */
static struct ir_value *part_value(struct script *s, enum part part)
{
	struct batch_stack *l = s->l;
	struct ir *g = l->st.g;
	struct ir_value *v = ir_func(g, IR_FINDINMAP, STR(""));

	if (l->scripts == NULL) {
		l->scripts = ir_object(g);
		map_put(&g->mappings, l->st.a, STR(MAPPING),
			ir_put(g, ir_object(g), ROW, l->scripts));
	}
	if (ir_get(l->scripts, parts[part].key) == NULL)
		ir_put_str(g, l->scripts, parts[part].key, part_text(s, part));
	ir_push(g, v, ir_text(g, STR(MAPPING)));
	ir_push(g, v, ir_text(g, STR(ROW)));
	return ir_push(g, v, ir_text(g, parts[part].key));
}

static void add_part(struct script *s, struct buf *b, enum part part)
{
	buf_fmt(b, "${" STR_F "}", STR_A(parts[part].key));
	ir_put_str(s->l->st.g, s->sub, parts[part].key, part_value(s, part));
}

static bool has_own_image(const struct compute_environment *m)
{
	for (size_t i = 0; i < m->ec2_configuration.n; i++)
		if (m->ec2_configuration.items[i].image_id_override.n > 0)
			return true;
	return false;
}

static struct ir_value *message(struct script *s)
{
	struct buf b = buf_in(s->l->st.a);

	for (enum part i = BOOT; i < HOLD; i++)
		if (s->needs[i])
			add_part(s, &b, i);
	ir_put_text(s->l->st.g, s->sub, "Environment", s->e->name);
	buf_add(&b,
		STR("export HPCC_STACK=${AWS::StackName} HPCC_ENVIRONMENT=${Environment}\n"
		    "export AWS_DEFAULT_REGION=${AWS::Region} HPCC_SUFFIX=${AWS::URLSuffix}\n"));
	if (s->runs) /* the marker that templates/workflow.json looks for */
		buf_add(&b, STR("HPCC_RUN=\n"));
	buf_add(&b, buf_str(&s->calls));
	buf_add(&b, STR("ready\n"));
	if (has_own_image(s->e->m))
		add_part(s, &b, HOLD);
	message_close(&b);
	s->sub->text = buf_str(&b);
	return ir_base64(s->l->st.g, s->sub);
}

struct ir_value *batch_user_data_of(struct batch_stack *l, const struct batch_environment *e)
{
	const struct queue_custom_actions *actions = &e->m->custom_actions;
	struct script s = {.l = l,
			   .e = e,
			   .sub = ir_sub(l->st.g, STR("")),
			   .calls = buf_in(l->st.a),
			   .line = buf_in(l->st.a)};

	s.needs[BOOT] = true;
	act_all(&s, "OnNodeStart", &actions->on_node_start);
	mount_disks(&s);
	mount_exports(&s);
	for (size_t i = 0; i < l->b->shared_storage.n; i++)
		if (batch_mounts(e, &l->b->shared_storage.items[i]))
			mount_one(&s, &l->stores[i]);
	mount_run(&s);
	act_all(&s, "OnNodeConfigured", &actions->on_node_configured);
	watch(&s);
	return s.ncalls > 0 ? message(&s) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * payload.c - which scripts a cluster carries.
 *
 * They travel in the template, and `aws cloudformation deploy` takes 51,200 bytes without a bucket: a cluster
 * brings the modules that it uses. Scripts call what a module may have brought through `optional`
 * (templates/core/lib/base.sh), so one that is left out by mistake shows as a missing function, in tests.
 */
#include "lowering/cluster/payload.h"

#include "lowering/aws/templates.h"
#include "lowering/cluster/slurm_conf.h"

static bool always(const struct lowering *l)
{
	(void)l;
	return true;
}

static bool has_login_nodes(const struct lowering *l)
{
	return l->c->login_nodes.pools.n > 0;
}

static bool has_directory(const struct lowering *l)
{
	return l->c->directory_service.section.written;
}

static bool has_database(const struct lowering *l)
{
	return l->c->scheduling.slurm_settings.database.section.written;
}

static bool has_secrets(const struct lowering *l)
{
	return has_directory(l) || has_database(l) ||
	       l->c->scheduling.slurm_settings.munge_key_secret_arn.n > 0;
}

static bool has_zone(const struct lowering *l)
{
	return l->hosted_zone != NULL;
}

static bool has_logs(const struct lowering *l)
{
	return l->log_group != NULL;
}

static bool has_slurm(const struct lowering *l)
{
	return !is_awsbatch(l->c);
}

static bool has_commands(const struct lowering *l)
{
	return is_awsbatch(l->c);
}

/* Its clocks go by Amazon's. */
static bool is_not_amazon_linux(const struct lowering *l)
{
	return l->c->image.os != IMAGE_OS_ALINUX2 && l->c->image.os != IMAGE_OS_ALINUX2023;
}

static bool is_debian(const struct lowering *l)
{
	enum image_os os = l->c->image.os;

	return os == IMAGE_OS_UBUNTU1804 || os == IMAGE_OS_UBUNTU2004 ||
	       os == IMAGE_OS_UBUNTU2204 || os == IMAGE_OS_UBUNTU2404;
}

/* Amazon Linux has packages of the agent. */
static bool has_agent(const struct lowering *l)
{
	return has_logs(l) && is_not_amazon_linux(l);
}

/* Nodes need Slurm 22.05 or newer: packages of it begin with Ubuntu 24.04. */
static bool has_slurm_packages(const struct lowering *l)
{
	return has_slurm(l) && l->c->image.os == IMAGE_OS_UBUNTU2404;
}

static bool builds_slurm(const struct lowering *l)
{
	return has_slurm(l) && !has_slurm_packages(l);
}

static bool builds_on_debian(const struct lowering *l)
{
	return builds_slurm(l) && is_debian(l);
}

static bool changes_user(const struct lowering *l)
{
	const struct deployment_settings *d = &l->c->deployment_settings;

	return d->disable_sudo_access_for_default_user ||
	       d->default_user_home == DEPLOYMENT_SETTINGS_DEFAULT_USER_HOME_LOCAL;
}

/* Only what the user wrote can be wrong. */
static bool has_custom_settings(const struct lowering *l)
{
	const struct slurm_settings *slurm = &l->c->scheduling.slurm_settings;

	return slurm->custom_slurm_settings.n > 0 ||
	       slurm->custom_slurm_settings_include_file.n > 0;
}

static bool terminates(const struct lowering *l)
{
	return l->c->scheduling.slurm_settings.queue_update_strategy ==
	       SLURM_SETTINGS_QUEUE_UPDATE_STRATEGY_TERMINATE;
}

static bool acts(const struct custom_action *a)
{
	return a->script.n > 0 || a->sequence.n > 0;
}

static bool has_actions(const struct lowering *l)
{
	const struct custom_actions *head = &l->c->head_node.custom_actions;
	bool any = acts(&head->on_node_start) || acts(&head->on_node_configured) ||
		   acts(&head->on_node_updated);

	for (size_t i = 0; i < l->c->scheduling.slurm_queues.n; i++) {
		const struct queue_custom_actions *q =
			&l->c->scheduling.slurm_queues.items[i].custom_actions;

		any = any || acts(&q->on_node_start) || acts(&q->on_node_configured);
	}
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++) {
		const struct custom_actions *p = &l->c->login_nodes.pools.items[i].custom_actions;

		any = any || acts(&p->on_node_start) || acts(&p->on_node_configured) ||
		      acts(&p->on_node_updated);
	}
	return any || l->c->scheduling.slurm_settings.custom_slurm_settings_include_file.n > 0;
}

static bool has_containers(const struct lowering *l)
{
	const struct containers *c = &l->c->containers;

	return c->docker || c->enroot || c->pyxis;
}

/* What fetches from S3 is there for custom actions. */
static bool fetches_scripts(const struct lowering *l)
{
	const struct container_package_list *p = &l->c->containers.packages;

	for (size_t i = 0; has_containers(l) && i < p->n; i++)
		if (str_starts(p->items[i].url, STR("s3:")))
			return true;
	return has_actions(l) || str_starts(l->c->dev_settings.aws_batch_cli_package, STR("s3:"));
}

static bool stores(const struct lowering *l, enum shared_storage_storage_type type)
{
	for (size_t i = 0; i < l->c->shared_storage.n; i++)
		if (l->c->shared_storage.items[i].storage_type == type)
			return true;
	return false;
}

static bool has_block(const struct lowering *l)
{
	return stores(l, SHARED_STORAGE_STORAGE_TYPE_EBS);
}

static bool has_raid(const struct lowering *l)
{
	for (size_t i = 0; i < l->c->shared_storage.n; i++)
		if (l->c->shared_storage.items[i].ebs_settings.raid.section.written)
			return true;
	return false;
}

/* Homes of the image, with the keys of its user, have to be copied there. */
static bool has_homes(const struct lowering *l)
{
	for (size_t i = 0; i < l->c->shared_storage.n; i++)
		if (str_eq(mount_dir(l->st.a, l->c->shared_storage.items[i].mount_dir),
			   STR("/home")))
			return true;
	return false;
}

static bool has_efs(const struct lowering *l)
{
	return stores(l, SHARED_STORAGE_STORAGE_TYPE_EFS) ||
	       l->c->head_node.shared_storage_type == HEAD_NODE_SHARED_STORAGE_TYPE_EFS;
}

static bool has_lustre(const struct lowering *l)
{
	return stores(l, SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE) ||
	       stores(l, SHARED_STORAGE_STORAGE_TYPE_FILECACHE);
}

/* Amazon Linux has packages of the client. */
static bool has_lustre_repository(const struct lowering *l)
{
	return has_lustre(l) && is_not_amazon_linux(l);
}

/* Of existing file systems only the API knows where they are. */
static bool has_existing_fsx(const struct lowering *l)
{
	for (size_t i = 0; i < l->c->shared_storage.n; i++)
		if (l->c->shared_storage.items[i].fsx_lustre_settings.file_system_id.n > 0)
			return true;
	return stores(l, SHARED_STORAGE_STORAGE_TYPE_FILECACHE) ||
	       stores(l, SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS) ||
	       stores(l, SHARED_STORAGE_STORAGE_TYPE_FSXONTAP);
}

/* The properties of compute resources that need scripts, over all queues. */
typedef bool resource_test(const struct lowering *l, const struct compute *c);

static bool some_resource(const struct lowering *l, resource_test *test)
{
	struct compute it = {0};

	while (next_compute(l->c, &it))
		if (test(l, &it))
			return true;
	return false;
}

static bool wants_efa(const struct lowering *l, const struct compute *c)
{
	(void)l;
	return efa_of(c->resource) == EFA_ON;
}

static bool has_efa(const struct lowering *l)
{
	return some_resource(l, wants_efa);
}

/* What is downloaded with a signature. */
static bool has_signed(const struct lowering *l)
{
	return has_efa(l) || has_agent(l);
}

static bool wants_smt_off(const struct lowering *l, const struct compute *c)
{
	(void)l;
	return c->resource->disable_simultaneous_multithreading;
}

static bool has_smt_off(const struct lowering *l)
{
	return l->c->head_node.disable_simultaneous_multithreading ||
	       some_resource(l, wants_smt_off);
}

/* A type that the facts do not know may have disks. */
static bool may_have_disks(const struct stack *st, struct str type)
{
	const struct instance_type *t = type_of(st, type);

	return t == NULL || t->disks > 0;
}

static bool resource_has_disks(const struct lowering *l, const struct compute *c)
{
	const struct slurm_compute_resource *cr = c->resource;

	for (size_t i = 0; i < cr->instances.n; i++)
		if (may_have_disks(&l->st, cr->instances.items[i].instance_type))
			return true;
	return cr->instance_type.n > 0 && may_have_disks(&l->st, cr->instance_type);
}

static bool has_disks(const struct lowering *l)
{
	return may_have_disks(&l->st, l->c->head_node.instance_type) ||
	       some_resource(l, resource_has_disks);
}

static bool gpus_checked(const struct lowering *l, const struct compute *c)
{
	(void)l;
	return checks_gpus(c);
}

static bool has_gpu_checks(const struct lowering *l)
{
	return some_resource(l, gpus_checked);
}

static bool wants_nvidia(const struct lowering *l, const struct compute *c)
{
	return slurm_has_gpus(l->st.facts, c->resource);
}

static bool has_nvidia(const struct lowering *l)
{
	return some_resource(l, wants_nvidia);
}

static bool has_dcv(const struct lowering *l)
{
	bool any = l->c->head_node.dcv.enabled;

	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++)
		any = any || l->c->login_nodes.pools.items[i].dcv.enabled;
	return any;
}

static bool has_proxy(const struct lowering *l)
{
	bool any = l->c->head_node.networking.proxy.http_proxy_address.n > 0;

	for (size_t i = 0; i < l->c->scheduling.slurm_queues.n; i++)
		any = any ||
		      l->c->scheduling.slurm_queues.items[i].networking.proxy.http_proxy_address.n >
			      0;
	for (size_t i = 0; i < l->c->login_nodes.pools.n; i++)
		any = any ||
		      l->c->login_nodes.pools.items[i].networking.proxy.http_proxy_address.n > 0;
	return any;
}

/* One row for each folder of templates/ that nodes get. */
static const struct {
	struct str name;
	bool (*needed)(const struct lowering *);
} modules[] = {
	{STR_INIT("core"), always},
	{STR_INIT("slurm"), has_slurm},
	{STR_INIT("awsbatch"), has_commands},
	{STR_INIT("debian"), is_debian},
	{STR_INIT("clock"), is_not_amazon_linux},
	{STR_INIT("packages"), has_slurm_packages},
	{STR_INIT("user"), changes_user},
	{STR_INIT("custom"), has_custom_settings},
	{STR_INIT("terminate"), terminates},
	{STR_INIT("homes"), has_homes},
	{STR_INIT("login"), has_login_nodes},
	{STR_INIT("directory"), has_directory},
	{STR_INIT("accounting"), has_database},
	{STR_INIT("secrets"), has_secrets},
	{STR_INIT("dns"), has_zone},
	{STR_INIT("logs"), has_logs},
	{STR_INIT("build"), builds_slurm},
	{STR_INIT("builddeb"), builds_on_debian},
	{STR_INIT("actions"), fetches_scripts},
	{STR_INIT("block"), has_block},
	{STR_INIT("raid"), has_raid},
	{STR_INIT("efs"), has_efs},
	{STR_INIT("lustre"), has_lustre},
	{STR_INIT("lustrerepo"), has_lustre_repository},
	{STR_INIT("fleet"), launches_fleets},
	{STR_INIT("fsx"), has_existing_fsx},
	{STR_INIT("efa"), has_efa},
	{STR_INIT("signed"), has_signed},
	{STR_INIT("smt"), has_smt_off},
	{STR_INIT("ephemeral"), has_disks},
	{STR_INIT("proxy"), has_proxy},
	{STR_INIT("overrides"), overrides_interfaces},
	{STR_INIT("capacity"), has_capacity_blocks},
	{STR_INIT("gpu"), has_gpu_checks},
	{STR_INIT("nvidia"), has_nvidia},
	{STR_INIT("dcv"), has_dcv},
	{STR_INIT("containers"), has_containers},
};

static bool needs(const struct lowering *l, struct str module)
{
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (str_eq(modules[i].name, module))
			return modules[i].needed(l);
	BUG("no module `" STR_F "`", STR_A(module));
}

static bool needs_all(const struct lowering *l, struct str names)
{
	while (names.s != NULL)
		if (!needs(l, str_cut(&names, ' ')))
			return false;
	return true;
}

/* The last base of which the cluster needs all. */
static struct str base_of(const struct lowering *l)
{
	struct str base = STR("core");

	for (size_t i = 0; i < template_modules_n; i++) {
		const struct template_module *m = &template_modules[i];

		if (str_eq(m->name, m->base) && needs_all(l, m->base))
			base = m->base;
	}
	return base;
}

static bool has_word(struct str words, struct str word)
{
	while (words.s != NULL)
		if (str_eq(str_cut(&words, ' '), word))
			return true;
	return false;
}

struct ir_value *payload_modules(struct lowering *l)
{
	struct ir_value *list = ir_list(l->st.g);
	struct str base = base_of(l);

	ir_push(l->st.g, list, ir_text(l->st.g, template_archive(base, base)));
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (modules[i].needed(l) && !has_word(base, modules[i].name))
			ir_push(l->st.g, list,
				ir_text(l->st.g, template_archive(modules[i].name, base)));
	return list;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_placed.c - subnets and groups that a file does not name, as they are filled in. */
#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/check/check.h"
#include "compiler/check/placed.h"
#include "compiler/model/each.h"
#include "compiler/model/foundation.h"
#include "tests/unit/front.h"

#include <criterion/criterion.h>

/* The zone use1-az3 does not sell c5.xlarge; use1-az4 sells all that stands here. */
#define TWO_ZONES "Network: {AvailabilityZones: [use1-az3, use1-az4]}\n"
#define HEAD "HeadNode: {InstanceType: c5.xlarge}\n"
#define QUEUES "Scheduling:\n  Scheduler: slurm\n  SlurmQueues:\n"
#define C5 "    - {Name: c5, ComputeResources: [{Name: r, InstanceType: c5.xlarge}]}\n"

static struct model *model_of(struct front *f, const char *text)
{
	struct model *m = NEW(&f->a, struct model);

	front_read(f, str_c(text), NULL);
	*m = *check_tree(&f->a, &f->ds, f->root, 0, NULL);
	return m;
}

static void add_list(struct front *f, struct buf *b, const char *word,
		     const struct model_strings *list)
{
	if (list->n == 0)
		return;
	buf_fmt(b, " %s", word);
	for (size_t i = 0; i < list->n; i++)
		buf_fmt(b, " " STR_F, STR_A(text_shown(&f->a, list->items[i].text)));
}

/* A line each for the head node, queues and login pools: subnets, groups, and whether there is an elastic address. */
static struct str lines_of(struct front *f, const struct model *m)
{
	const struct cluster *c = m->cluster;
	const struct head_node_networking *h = &c->head_node.networking;
	struct model_strings one = {&(struct model_string){.text = h->subnet_id},
				    h->subnet_id.n > 0};
	struct buf b = buf_in(&f->a);

	buf_add(&b, STR("head"));
	add_list(f, &b, "in", &one);
	add_list(f, &b, "groups", &h->security_groups);
	add_list(f, &b, "more", &h->additional_security_groups);
	buf_add(&b, h->elastic_ip.flag ? STR(" reached\n") : STR("\n"));
	for (size_t i = 0; i < c->scheduling.slurm_queues.n; i++) {
		const struct slurm_queue *q = &c->scheduling.slurm_queues.items[i];

		buf_add(&b, q->name);
		add_list(f, &b, "in", &q->networking.subnet_ids);
		add_list(f, &b, "groups", &q->networking.security_groups);
		add_list(f, &b, "more", &q->networking.additional_security_groups);
		buf_char(&b, '\n');
	}
	for (size_t i = 0; i < c->login_nodes.pools.n; i++) {
		const struct login_pool *p = &c->login_nodes.pools.items[i];

		buf_add(&b, p->name);
		add_list(f, &b, "in", &p->networking.subnet_ids);
		add_list(f, &b, "groups", &p->networking.security_groups);
		add_list(f, &b, "more", &p->networking.additional_security_groups);
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void expect(const char *text, const char *want)
{
	struct front f = {0};
	const struct model *m = model_of(&f, text);

	assert_text(lines_of(&f, model_placed(&f.a, m, facts_bundled())), want);
	front_end(&f);
}

/* ---- in a network of the file ---- */

Test(placed, the_head_node_and_logins_in_public_queues_in_private)
{
	expect("Region: us-east-1\nNetwork: {AvailabilityZones: [use1-az4]}\n" HEAD QUEUES C5
	       "LoginNodes: {Pools: [{Name: login, InstanceType: c5.xlarge, Count: 1}]}\n",
	       "head in ${network.PublicSubnet} reached\n"
	       "c5 in ${network.PrimaryPrivateSubnet}\n"
	       "login in ${network.PublicSubnet}\n");
}

Test(placed, all_in_what_there_is)
{
	expect("Region: us-east-1\n"
	       "Network:\n"
	       "  AvailabilityZones: [use1-az4]\n"
	       "  Subnets: [{Name: Dark, Type: ISOLATED, CidrBlock: 10.0.0.0/24}]\n" HEAD QUEUES C5,
	       "head in ${network.Dark}\n"
	       "c5 in ${network.Dark}\n");
	expect("Region: us-east-1\n"
	       "Network:\n"
	       "  AvailabilityZones: [use1-az4]\n"
	       "  Subnets: [{Name: Open, Type: PUBLIC, CidrBlock: 10.0.0.0/24}]\n" HEAD QUEUES C5,
	       "head in ${network.Open} reached\n"
	       "c5 in ${network.Open}\n");
}

Test(placed, subnets_that_exist_by_their_ids)
{
	expect("Region: us-east-1\n"
	       "Network:\n"
	       "  VpcId: vpc-0123456789abcdef0\n"
	       "  Subnets:\n"
	       "    - {Name: Open, Type: PUBLIC, SubnetId: subnet-0123456789abcdef0}\n"
	       "    - {Name: Inner, Type: PRIVATE, SubnetId: subnet-0123456789abcdef1}\n" HEAD
		       QUEUES C5,
	       "head in subnet-0123456789abcdef0 reached\n"
	       "c5 in subnet-0123456789abcdef1\n");
}

Test(placed, what_is_written_stays)
{
	expect("Region: us-east-1\nNetwork: {AvailabilityZones: [use1-az4]}\n"
	       "HeadNode:\n"
	       "  InstanceType: c5.xlarge\n"
	       "  Networking: {ElasticIp: false}\n" QUEUES "    - Name: q\n"
	       "      ComputeResources: [{Name: r, InstanceType: c5.xlarge}]\n"
	       "      Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n",
	       "head in ${network.PublicSubnet}\n"
	       "q in subnet-0123456789abcdef0\n");
}

Test(placed, a_queue_in_the_first_zone_that_sells_its_type)
{
	expect("Region: us-east-1\n" TWO_ZONES HEAD QUEUES C5
	       "    - {Name: i4i, ComputeResources: [{Name: r, InstanceType: i4i.xlarge}]}\n",
	       "head in ${network.PublicSubnet} reached\n"
	       "c5 in ${network.PrivateSubnet2}\n"
	       "i4i in ${network.PrimaryPrivateSubnet}\n");
}

Test(placed, a_queue_with_a_list_of_types_in_all_zones_that_sell_one)
{
	expect("Region: us-east-1\n" TWO_ZONES HEAD QUEUES "    - Name: both\n"
	       "      ComputeResources: [{Name: r, "
	       "Instances: [{InstanceType: c5.xlarge}, {InstanceType: i4i.xlarge}]}]\n"
	       "    - Name: one\n"
	       "      ComputeResources: [{Name: r, Instances: [{InstanceType: c5.xlarge}]}]\n"
	       "    - Name: placed\n"
	       "      ComputeResources: [{Name: r, Instances: [{InstanceType: i4i.xlarge}]}]\n"
	       "      Networking: {PlacementGroup: {Enabled: true}}\n"
	       "    - Name: efa\n"
	       "      ComputeResources: [{Name: r, Efa: {Enabled: true}, "
	       "Instances: [{InstanceType: i4i.32xlarge}]}]\n",
	       "head in ${network.PublicSubnet} reached\n"
	       "both in ${network.PrimaryPrivateSubnet} ${network.PrivateSubnet2}\n"
	       "one in ${network.PrivateSubnet2}\n"
	       "placed in ${network.PrimaryPrivateSubnet}\n"
	       "efa in ${network.PrimaryPrivateSubnet}\n");
}

Test(placed, all_queues_in_one_zone_with_a_lustre_of_the_cluster)
{
	expect("Region: us-east-1\n" TWO_ZONES HEAD QUEUES C5 "    - Name: i4i\n"
	       "      ComputeResources: [{Name: r, Instances: [{InstanceType: i4i.xlarge}]}]\n"
	       "SharedStorage: [{Name: s, StorageType: FsxLustre, MountDir: /s}]\n",
	       "head in ${network.PublicSubnet} reached\n"
	       "c5 in ${network.PrivateSubnet2}\n"
	       "i4i in ${network.PrivateSubnet2}\n");
}

Test(placed, in_the_first_subnet_where_no_zone_sells_the_types)
{
	expect("Region: us-east-1\nNetwork: {AvailabilityZones: [use1-az3]}\n" HEAD QUEUES C5
	       "SharedStorage: [{Name: s, StorageType: FsxLustre, MountDir: /s}]\n",
	       "head in ${network.PublicSubnet} reached\n"
	       "c5 in ${network.PrimaryPrivateSubnet}\n");
}

/* ---- on an environment ---- */

#define ON "Region: us-east-1\nEnvironment: {Stack: ground}\n"

Test(placed, all_in_the_first_private_subnet_and_group_of_the_environment)
{
	expect(ON HEAD QUEUES C5
	       "LoginNodes: {Pools: [{Name: login, InstanceType: c5.xlarge, Count: 1}]}\n",
	       "head in ${env.PrimaryPrivateSubnet} more ${env.SecurityGroup}\n"
	       "c5 in ${env.PrimaryPrivateSubnet} more ${env.SecurityGroup}\n"
	       "login in ${env.PrimaryPrivateSubnet} more ${env.SecurityGroup}\n");
}

Test(placed, groups_that_are_written_stay_alone)
{
	expect(ON "HeadNode:\n"
		  "  InstanceType: c5.xlarge\n"
		  "  Networking: {AdditionalSecurityGroups: [sg-0123456789abcdef0]}\n" QUEUES
		  "    - Name: q\n"
		  "      ComputeResources: [{Name: r, InstanceType: c5.xlarge}]\n"
		  "      Networking: {SecurityGroups: [sg-0123456789abcdef1]}\n",
	       "head in ${env.PrimaryPrivateSubnet} more sg-0123456789abcdef0\n"
	       "q in ${env.PrimaryPrivateSubnet} groups sg-0123456789abcdef1\n");
}

Test(placed, in_public_where_the_environment_has_nothing_else)
{
	struct front f = {0}, ground = {0};
	struct model *m = model_of(&f, ON HEAD QUEUES C5);
	const struct model *e = model_of(
		&ground, "Kind: Environment\n"
			 "Network:\n"
			 "  AvailabilityZones: [use1-az4]\n"
			 "  Subnets: [{Name: Open, Type: PUBLIC, CidrBlock: 10.0.0.0/24}]\n");

	m->foundation = foundation_of(&ground.a, STR("env.yaml"), e->environment);
	assert_text(lines_of(&f, model_placed(&f.a, m, facts_bundled())),
		    "head in ${env.PublicSubnet} more ${env.SecurityGroup}\n"
		    "c5 in ${env.PublicSubnet} more ${env.SecurityGroup}\n");
	front_end(&ground);
	front_end(&f);
}

/* ---- what stays as it is ---- */

static void expect_same(const char *text)
{
	struct front f = {0};
	const struct model *m = model_of(&f, text);

	cr_assert_eq(model_placed(&f.a, m, facts_bundled()), m);
	front_end(&f);
}

Test(placed, nothing_where_the_file_does_not_say_where_it_stands)
{
	expect_same("Region: us-east-1\n" HEAD QUEUES C5);
	expect_same("Region: us-east-1\nNetwork: 7\n" HEAD QUEUES C5);
	expect_same("Region: us-east-1\nEnvironment: ground\n" HEAD QUEUES C5);
	expect_same("Kind: Environment\nNetwork: {AvailabilityZones: [use1-az4]}\n");
}

Test(placed, values_that_are_filled_in_stand_at_the_key_of_the_section)
{
	struct front f = {0};
	const struct model *m = model_of(
		&f, "Region: us-east-1\nNetwork: {AvailabilityZones: [use1-az4]}\n" HEAD QUEUES C5);
	const struct cluster *before = m->cluster,
			     *c = model_placed(&f.a, m, facts_bundled())->cluster;
	const struct head_node_networking *h = &c->head_node.networking;
	const struct slurm_queue_networking *q = &c->scheduling.slurm_queues.items[0].networking;

	cr_assert_eq(h->at.subnet_id.state, FIELD_WRITTEN);
	cr_assert_eq(span_cmp(h->at.subnet_id.value, c->at.network.key), 0);
	cr_assert_eq(span_cmp(q->at.subnet_ids.key, c->at.network.key), 0);
	cr_assert_eq(span_cmp(q->subnet_ids.items[0].at, c->at.network.key), 0);
	cr_assert_eq(before->head_node.networking.at.subnet_id.state, FIELD_ABSENT,
		     "the model that was read is as it was");
	cr_assert_eq(before->scheduling.slurm_queues.items[0].networking.subnet_ids.n, 0);
	front_end(&f);
}

/* ---- JobDefaults ---- */

#define BATCH                                                          \
	"Kind: Batch\n"                                                \
	"Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"        \
	"ComputeEnvironments: [{Name: n, InstanceTypes: [m6i.large], " \
	"MaxvCpus: 8}]\n"                                              \
	"JobQueues: [{Name: q, ComputeEnvironmentOrder: [n]}]\n"       \
	"JobDefaults:\n"                                               \
	"  ContainerProperties: {Image: a, Vcpus: 1, Memory: 2048}\n"  \
	"  Parameters: {size: small, kind: any}\n"                     \
	"  PropagateTags: true\n"                                      \
	"JobDefinitions:\n"                                            \
	"  - Name: plain\n"                                            \
	"  - {Name: own, PropagateTags: false, Parameters: {size: "    \
	"large}, ContainerProperties: {Image: b, Vcpus: 2, Memory: "   \
	"4096}}\n"                                                     \
	"  - Name: other\n"

Test(placed, definitions_of_jobs_have_what_the_defaults_say_and_they_do_not)
{
	struct front f = {0};
	const struct model *m = model_placed(&f.a, model_of(&f, BATCH), facts_bundled());
	const struct job_definition *plain = &m->batch->job_definitions.items[0],
				    *own = &m->batch->job_definitions.items[1];

	assert_text(plain->container_properties.image, "a");
	cr_expect(plain->propagate_tags);
	cr_expect_eq(plain->parameters.n, 2);
	/* a finding about it stands where it was written */
	assert_text(span_text(plain->container_properties.at.image.value), "a");
	assert_text(plain->container_properties.section.path, "JobDefaults.ContainerProperties");
	assert_text(own->container_properties.image, "b");
	cr_expect_eq(own->container_properties.vcpus, 2);
	cr_expect_not(own->propagate_tags);
	cr_assert_eq(own->parameters.n, 2);
	assert_text(own->parameters.items[0].value, "large");
	assert_text(own->parameters.items[1].value, "any");
	front_end(&f);
}

Test(placed, a_container_of_the_defaults_is_for_jobs_of_one_container)
{
	struct front f = {0};
	const struct model *m = model_placed(
		&f.a,
		model_of(&f, BATCH "  - {Name: many, Type: multinode}\n"
				   "  - {Name: unsaid, NodeProperties: {NumNodes: 2}}\n"),
		facts_bundled());
	const struct job_definition_list *list = &m->batch->job_definitions;

	cr_assert_eq(list->n, 5);
	for (size_t i = 3; i < list->n; i++) {
		cr_expect_eq(list->items[i].at.container_properties.state, FIELD_ABSENT);
		cr_expect(list->items[i].propagate_tags);
	}
	cr_expect_eq(list->items[2].at.container_properties.state, FIELD_WRITTEN);
	front_end(&f);
}

Test(placed, what_definitions_of_jobs_take_over_is_seen_once)
{
	struct front f = {0};
	const struct model *m = model_placed(&f.a, model_of(&f, BATCH), facts_bundled());
	struct section_list all = sections_below(
		&f.a, (struct any_section){&schema_sections[SECTION_Batch], (const char *)m->at});
	struct buf b = buf_in(&f.a);

	for (size_t i = 0; i < all.n; i++)
		if (all.items[i].schema == &schema_sections[SECTION_ContainerProperties])
			buf_fmt(&b, STR_F "\n", STR_A(any_at(&all.items[i])->path));
	assert_text(buf_str(&b), "JobDefinitions[1].ContainerProperties\n"
				 "JobDefaults.ContainerProperties\n");
	front_end(&f);
}

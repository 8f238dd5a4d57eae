/* SPDX-License-Identifier: Apache-2.0 */
/* test_query.c - searching the instance types. */
#include "compiler/base/json.h"
#include "compiler/facts/query.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct diags diags = {.arena = &arena};

static struct instance_list find(struct instance_filter q)
{
	return facts_query(&arena, facts_bundled(), &q);
}

static bool has(struct instance_list l, const char *name)
{
	for (size_t i = 0; i < l.n; i++)
		if (str_eq(l.items[i]->name, str_c(name)))
			return true;
	return false;
}

/* Types called by one word. */
static struct instance_list named(const char *word)
{
	struct str name = str_c(word);

	return find((struct instance_filter){.names = &name, .nnames = 1});
}

Test(query, without_conditions_gives_all_but_withdrawn_types)
{
	struct instance_list all = find((struct instance_filter){0}), p3 = named("p3");

	cr_expect_gt(all.n, 1000);
	cr_expect_not(has(all, "p3.2xlarge"));
	cr_expect(has(p3, "p3.2xlarge"));
	cr_expect_not(has(p3, "p3dn.24xlarge"));
}

Test(query, names_are_types_families_or_patterns)
{
	cr_expect_eq(named("p5.48xlarge").n, 1);
	cr_expect(has(named("c5"), "c5.large"));
	cr_expect_not(has(named("c5"), "c5n.large"));
	cr_expect(has(named("c5*"), "c5n.large"));
	cr_expect(has(named("*.metal"), "c5.metal"));
	cr_expect_not(has(named("*.metal"), "c5.large"));
	cr_expect(has(named("hpc?a.*"), "hpc6a.48xlarge"));
	cr_expect_eq(named("nothing.*").n, 0);
	cr_expect_eq(named("").n, 0);
}

Test(query, devices)
{
	struct instance_list efa = find((struct instance_filter){.efa = true});
	struct instance_list gpu = find((struct instance_filter){.gpu = true});
	struct instance_list neuron = find((struct instance_filter){.neuron = true});
	struct instance_list h100 = find((struct instance_filter){.gpu_name = STR_INIT("h100")});

	cr_expect(has(efa, "hpc6a.48xlarge"));
	cr_expect_not(has(efa, "t3.micro"));
	cr_expect(has(gpu, "g6f.large"));
	cr_expect_not(has(gpu, "trn1.32xlarge"));
	cr_expect(has(neuron, "inf2.48xlarge"));
	cr_expect_not(has(neuron, "p5.48xlarge"));
	cr_expect(has(h100, "p5.48xlarge"));
	cr_expect_not(has(h100, "p4d.24xlarge"));
	cr_expect(has(find((struct instance_filter){.disks = true}), "c5d.large"));
	cr_expect_not(has(find((struct instance_filter){.disks = true}), "c5.large"));
}

Test(query, sizes)
{
	struct instance_list l = find((struct instance_filter){
		.min_vcpus = 64, .max_vcpus = 96, .min_memory_gib = 300, .min_network_gbps = 100});

	cr_assert_gt(l.n, 0);
	for (size_t i = 0; i < l.n; i++) {
		cr_expect_geq(l.items[i]->vcpus, 64);
		cr_expect_leq(l.items[i]->vcpus, 96);
		cr_expect_geq(l.items[i]->memory_mib, 300 * 1024);
		cr_expect_geq(l.items[i]->network_gbps, 100);
	}
	cr_expect(has(l, "hpc6a.48xlarge"));
	cr_expect_eq(find((struct instance_filter){.min_efa = 33}).n, 0);
	cr_expect(has(find((struct instance_filter){.min_efa = 32}), "p5.48xlarge"));
	cr_expect(has(find((struct instance_filter){.min_gpus = 8}), "p5.48xlarge"));
	cr_expect_not(has(find((struct instance_filter){.min_gpus = 2}), "p5.4xlarge"));
}

Test(query, how_it_is_sold)
{
	struct instance_list spot = find((struct instance_filter){.spot = true});
	struct instance_list blocks = find((struct instance_filter){.capacity_block = true});
	struct instance_list current = find((struct instance_filter){.current = true});
	struct instance_list arm = find((struct instance_filter){.arch = ARCH_ARM64});

	cr_expect_not(has(spot, "hpc6a.48xlarge"));
	cr_expect(has(spot, "t3.micro"));
	cr_expect(has(blocks, "p5.48xlarge"));
	cr_expect_not(has(blocks, "t3.micro"));
	cr_expect_not(has(current, "c1.medium"));
	cr_expect(has(arm, "hpc7g.16xlarge"));
	cr_expect_not(has(arm, "t3.micro"));
}

Test(query, places)
{
	struct instance_list tokyo =
		find((struct instance_filter){.region = STR_INIT("ap-northeast-1")});
	struct instance_list zone = find((struct instance_filter){.zone = STR_INIT("apne1-az1")});

	cr_expect(has(tokyo, "hpc7g.16xlarge"));
	cr_expect_not(has(zone, "hpc7g.16xlarge"));
	cr_expect_lt(zone.n, tokyo.n);
	cr_expect_eq(find((struct instance_filter){.region = STR_INIT("cn-north-1")}).n, 0);
}

Test(query, orders)
{
	struct str name = STR("c5");
	struct instance_filter q = {.names = &name, .nnames = 1};
	struct instance_list l = find(q);

	cr_assert_gt(l.n, 4);
	cr_expect(str_eq(l.items[0]->name, STR("c5.large")));
	for (size_t i = 1; i < l.n; i++)
		cr_expect_leq(l.items[i - 1]->vcpus, l.items[i]->vcpus);
	l = find((struct instance_filter){.sort = QUERY_BY_MEMORY});
	for (size_t i = 1; i < l.n; i++)
		cr_expect_leq(l.items[i - 1]->memory_mib, l.items[i]->memory_mib);
	l = find((struct instance_filter){.sort = QUERY_BY_VCPUS});
	for (size_t i = 1; i < l.n; i++)
		cr_expect_leq(l.items[i - 1]->vcpus, l.items[i]->vcpus);
}

static bool check(struct instance_filter q)
{
	diags = (struct diags){.arena = &arena};
	return query_check(&diags, facts_bundled(), &q);
}

static bool helps(const char *text)
{
	return diags.first->subs != NULL &&
	       str_find_str(diags.first->subs->text, str_c(text), 0) != SIZE_MAX;
}

Test(query, reports_what_nothing_is_known_of)
{
	struct str names[] = {STR_INIT("p5.48xlarge"), STR_INIT("zz*"), STR_INIT("c5")};
	struct str wrong = STR("p5.48xlarg");

	cr_expect(check((struct instance_filter){.names = names,
						 .nnames = 3,
						 .region = STR_INIT("us-east-1"),
						 .zone = STR_INIT("use1-az4")}));
	cr_assert_not(check((struct instance_filter){.names = &wrong, .nnames = 1}));
	cr_expect_eq(diags.first->id, DIAG_unknown_instance_type);
	cr_expect(helps("`p5.48xlarge`"));
	cr_assert_not(check((struct instance_filter){.region = STR_INIT("us-est-1")}));
	cr_expect_eq(diags.first->id, DIAG_unknown_region);
	cr_expect(helps("`us-east-1`") || helps("`us-west-1`"));
	cr_assert_not(check((struct instance_filter){.region = STR_INIT("cn-north-1")}));
	cr_expect_eq(diags.first->id, DIAG_no_offerings);
	cr_assert_not(check((struct instance_filter){.zone = STR_INIT("us-east-1a")}));
	cr_expect_eq(diags.first->id, DIAG_unknown_zone);
	cr_expect(helps("differ between accounts"));
	cr_assert_not(check((struct instance_filter){.zone = STR_INIT("x")}));
	cr_expect(helps("use1-az4"));
}

static bool contains(struct str text, const char *part)
{
	return str_find_str(text, str_c(part), 0) != SIZE_MAX;
}

Test(query, prints_an_aligned_table)
{
	struct str names[] = {STR_INIT("t3.micro"), STR_INIT("p5.48xlarge")};
	struct str text = query_print(
		&arena, find((struct instance_filter){.names = names, .nnames = 2}), QUERY_TABLE);

	cr_expect(
		str_eq(text,
		       STR("NAME         ARCH    VCPU  CORES  MEM(GiB)  ACCELERATORS  EFA  CARDS  "
			   "NET(Gbps)    EBS(Gbps)  DISKS(GB)  USAGE\n"
			   "p5.48xlarge  x86_64   192     96      2048  8xH100         32     32  "
			   "     3200           80     8x3800  ondemand,spot,capacity-block\n"
			   "t3.micro     x86_64     2      1         1  -               -      1  "
			   "  0.064-5  0.087-2.085          -  ondemand,spot\n")),
		STR_F, STR_A(text));
}

Test(query, prints_json_that_reads_back)
{
	struct instance_list list = named("g6f.large");
	struct str text = query_print(&arena, list, QUERY_JSON), why = {0};
	const struct json_value *root = json_read(&arena, text, &why), *t;

	cr_assert_not_null(root, STR_F, STR_A(why));
	cr_assert_eq(root->n, 1);
	t = root->first;
	cr_expect(str_eq(json_get(t, STR("name"))->text, STR("g6f.large")));
	cr_expect_eq(json_get(t, STR("vcpus"))->integer, 2);
	cr_expect_eq(json_get(json_get(t, STR("gpu")), STR("fraction"))->real, 0.125);
	cr_expect_null(json_get(t, STR("neuron")));
	cr_expect_eq(json_get(t, STR("network_cards"))->n, 1);
	cr_expect_eq(json_get(t, STR("usage"))->n, 2);
}

Test(query, prints_tsv_with_a_cell_for_each_column)
{
	struct str text = query_print(&arena, find((struct instance_filter){0}), QUERY_TSV);
	size_t lines = 0;

	while (text.n > 0) {
		struct str line = str_cut(&text, '\n');
		size_t tabs = 0;

		for (size_t i = 0; i < line.n; i++)
			tabs += line.s[i] == '\t';
		cr_expect_eq(tabs, 22, STR_F, STR_A(line));
		lines++;
	}
	cr_expect_eq(lines, find((struct instance_filter){0}).n + 1);
}

Test(query, prints_empty_lists)
{
	struct instance_list none = {0};

	cr_expect(contains(query_print(&arena, none, QUERY_TABLE), "NAME"));
	cr_expect(str_eq(query_print(&arena, none, QUERY_JSON), STR("[]\n")));
	cr_expect(contains(query_print(&arena, none, QUERY_TSV), "name\t"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_demand.c - the list of what a stack will hold. */
#include "compiler/base/buf.h"
#include "compiler/check/check.h"
#include "compiler/driver/driver.h"
#include "compiler/model/demand.h"
#include "tests/unit/front.h"

#include <criterion/criterion.h>

static const char base[] = "Region: us-east-1\n"
			   "Image: {Os: alinux2023}\n"
			   "HeadNode:\n"
			   "  InstanceType: m5.xlarge\n"
			   "  Networking: {SubnetId: subnet-0123456789abcdef0}\n"
			   "  LocalStorage: {RootVolume: {Size: 60}}\n"
			   "Scheduling:\n"
			   "  Scheduler: slurm\n"
			   "  SlurmQueues:\n";

/* A line for each row: what, name, types, min to max, and what else is said of it. */
static struct str lines_of(struct arena *a, struct demand_list l)
{
	static const char *const what[] = {"head", "login", "queue", "compute", "storage"};
	static const char *const markets[] = {"", " spot", " block"};
	struct buf b = buf_in(a);

	for (size_t i = 0; i < l.n; i++) {
		const struct demand *d = &l.items[i];

		buf_fmt(&b, "%s " STR_F ":", what[d->what], STR_A(d->name));
		for (size_t k = 0; k < d->ntypes; k++)
			buf_fmt(&b, " " STR_F, STR_A(d->types[k].text));
		buf_fmt(&b, " %d-%d%s%s%s%s", (int)d->min, (int)d->max, markets[d->market],
			d->reserved ? " reserved" : "", d->efa ? " efa" : "",
			d->one_thread ? " one-thread" : "");
		if (d->gib > 0)
			buf_fmt(&b, " %d GiB", (int)d->gib);
		if (d->mount_dir.n > 0)
			buf_fmt(&b, " on " STR_F, STR_A(d->mount_dir));
		cr_assert_not_null(d->min_at);
		cr_assert_not_null(d->market_at);
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void expect(const char *rest, const char *want)
{
	struct front f = {0};
	struct str text;

	text = arena_fmt(&f.a, "%s%s", base, rest);
	front_read(&f, text, NULL);
	assert_text(lines_of(&f.a, demand_of(&f.a, check_tree(&f.a, &f.ds, f.root, 0, NULL))),
		    want);
	front_end(&f);
}

Test(demand, queues_come_with_their_nodes)
{
	expect("    - Name: cpu\n"
	       "      CapacityType: SPOT\n"
	       "      ComputeResources:\n"
	       "        - Name: flex\n"
	       "          Instances: [{InstanceType: c5.large}, {InstanceType: c5.xlarge}]\n"
	       "          MinCount: 2\n"
	       "          MaxCount: 8\n"
	       "        - {Name: one, InstanceType: c5n.18xlarge, Efa: {Enabled: true},\n"
	       "           DisableSimultaneousMultithreading: true}\n"
	       "    - Name: block\n"
	       "      CapacityType: CAPACITY_BLOCK\n"
	       "      ComputeResources: [{Name: p5, InstanceType: p5.48xlarge, MaxCount: 4}]\n",
	       "head : m5.xlarge 1-1 60 GiB\n"
	       "queue cpu: 1-1\n"
	       "compute flex: c5.large c5.xlarge 2-8 spot\n"
	       "compute one: c5n.18xlarge 0-10 spot efa one-thread\n"
	       "queue block: 1-1\n"
	       "compute p5: p5.48xlarge 0-4 block reserved\n");
}

Test(demand, storage_that_is_there_already_is_used_only)
{
	expect("    - {Name: q, ComputeResources: []}\n"
	       "LoginNodes: {Pools: [{Name: in, InstanceType: t3.small, Count: 3}]}\n"
	       "SharedStorage:\n"
	       "  - {Name: a, MountDir: /a, StorageType: Ebs,\n"
	       "     EbsSettings: {Size: 100, Raid: {Type: 0, NumberOfVolumes: 3}}}\n"
	       "  - {Name: b, MountDir: /b, StorageType: FsxLustre,\n"
	       "     FsxLustreSettings: {StorageCapacity: 2400}}\n"
	       "  - {Name: c, MountDir: /c, StorageType: Efs}\n"
	       "  - {Name: d, MountDir: /d, StorageType: Efs,\n"
	       "     EfsSettings: {FileSystemId: fs-0123456789abcdef0}}\n",
	       "head : m5.xlarge 1-1 60 GiB\n"
	       "queue q: 1-1\n"
	       "login in: t3.small 3-3\n"
	       "storage a: Ebs 1-1 300 GiB on /a\n"
	       "storage b: FsxLustre 1-1 2400 GiB on /b\n"
	       "storage c: Efs 1-1 on /c\n"
	       "storage d: Efs 0-0 on /d\n");
}

Test(demand, what_is_faulty_counts_as_nothing)
{
	expect("    - Name: q\n"
	       "      ComputeResources:\n"
	       "        - {Name: r, InstanceType: [x], MinCount: many, MaxCount: -1}\n",
	       "head : m5.xlarge 1-1 60 GiB\n"
	       "queue q: 1-1\n"
	       "compute r: 0-0\n");
}

/* ---- the line about a stack ---- */

static void expect_line(const char *text, const char *want)
{
	struct front f = {0};
	struct compilation c;
	struct ir *g;

	front_read(&f, str_c(text), NULL);
	g = ir_new(&f.a);
	c = (struct compilation){.a = &f.a,
				 .src = f.src,
				 .model = check_tree(&f.a, &f.ds, f.root, 0, NULL),
				 .graph = g};
	ir_add(g, STR("A"), "AWS::EC2::EIP", (struct ir_origin){{0}, {0}});
	assert_text(summary_line(&f.a, facts_bundled(), &c, 1000), want);
	front_end(&f);
}

Test(line, names_what_there_is_and_nothing_else)
{
	expect_line("Scheduling:\n"
		    "  Scheduler: slurm\n"
		    "  SlurmQueues:\n"
		    "    - {Name: a, ComputeResources: [{Name: r, InstanceType: p4d.24xlarge,\n"
		    "       MaxCount: 2, Efa: {Enabled: true}}]}\n"
		    "    - {Name: b, ComputeResources: [{Name: r, InstanceType: c5.large, "
		    "MinCount: 1}]}\n"
		    "SharedStorage:\n"
		    "  - {Name: a, MountDir: /a, StorageType: Ebs}\n"
		    "  - {Name: b, MountDir: /b, StorageType: Efs}\n",
		    "t.yaml: 2 queues, 1 to 12 nodes, at most 212 vCPUs and 16 GPUs, EFA on 2; "
		    "storage Ebs "
		    "on /a, Efs on /b; 1 resources, 1000 bytes\n");
	expect_line("SharedStorage: [{Name: a, MountDir: /a, StorageType: Ebs}]\n",
		    "t.yaml: storage Ebs on /a; 1 resources, 1000 bytes\n");
	expect_line("{}\n", "t.yaml: 1 resources, 1000 bytes\n");
}

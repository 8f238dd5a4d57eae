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

/* A line for each row of nodes and storage: what, name, types, min to max, and what else is said of it. */
static struct str lines_of(struct arena *a, struct demand_list l)
{
	static const char *const what[] = {"head",    "login", "queue", "compute", "environment",
					   "storage", NULL,    NULL,	NULL};
	static const char *const markets[] = {"", " spot", " block"};
	struct buf b = buf_in(a);

	for (size_t i = 0; i < l.n; i++) {
		const struct demand *d = &l.items[i];

		cr_assert_not_null(d->min_at);
		cr_assert_not_null(d->market_at);
		if (what[d->what] == NULL)
			continue;
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

/* The rows that rules read are the first ones of the whole list, without parts. */
Test(demand, nodes_are_the_first_rows_of_all)
{
	struct front f = {0};
	const struct model *m;
	struct demand_list all, nodes;

	front_read(&f,
		   arena_fmt(&f.a,
			     "%s    - {Name: q, ComputeResources: [{Name: r, InstanceType: "
			     "c5.large}]}\n"
			     "LoginNodes: {Pools: [{Name: in, InstanceType: t3.small, Count: "
			     "1}]}\n"
			     "SharedStorage: [{Name: a, MountDir: /a, StorageType: Ebs}]\n",
			     base),
		   NULL);
	m = check_tree(&f.a, &f.ds, f.root, 0, NULL);
	all = demand_of(&f.a, m);
	nodes = demand_nodes_of(&f.a, m);
	cr_assert_eq(nodes.n, 5);
	cr_assert_gt(all.n, nodes.n);
	for (size_t i = 0; i < nodes.n; i++) {
		cr_expect_eq(nodes.items[i].what, all.items[i].what);
		cr_expect(str_eq(nodes.items[i].name, all.items[i].name));
		cr_expect_eq(nodes.items[i].max, all.items[i].max);
		cr_expect_eq(nodes.items[i].nparts, 0);
	}
	front_end(&f);
}

/* ---- what is paid for beside nodes ---- */

/* A line for each row that has parts: its name, how many, and the parts; of what use tells the items alone. */
static struct str parts_of(struct arena *a, struct demand_list l)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < l.n; i++) {
		const struct demand *d = &l.items[i];

		if (d->nparts == 0)
			continue;
		buf_fmt(&b, STR_F " %d-%d:", STR_A(d->name), (int)d->min, (int)d->max);
		for (size_t k = 0; k < d->nparts; k++)
			buf_fmt(&b, " %d " STR_F, (int)d->parts[k].n,
				STR_A(demand_item_rows[d->parts[k].item].key));
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void expect_parts(const char *text, const char *want)
{
	struct front f = {0};

	front_read(&f, str_c(text), NULL);
	assert_text(parts_of(&f.a, demand_of(&f.a, check_tree(&f.a, &f.ds, f.root, 0, NULL))),
		    want);
	front_end(&f);
}

Test(parts, of_a_cluster)
{
	expect_parts(
		"Region: us-east-1\n"
		"Image: {Os: alinux2023}\n"
		"HeadNode:\n"
		"  InstanceType: m5.xlarge\n"
		"  Networking: {SubnetId: subnet-0123456789abcdef0, ElasticIp: true}\n"
		"  LocalStorage: {RootVolume: {Size: 60, Iops: 4000, Throughput: 200}}\n"
		"Monitoring: {Dashboards: {CloudWatch: {Enabled: false}}, Alarms: {Enabled: "
		"false},\n"
		"  Logs: {CloudWatch: {Enabled: false}}}\n"
		"Scheduling:\n"
		"  Scheduler: slurm\n"
		"  SlurmSettings: {Dns: {DisableManagedDns: true}}\n"
		"  SlurmQueues:\n"
		"    - Name: q\n"
		"      ComputeSettings: {LocalStorage: {RootVolume: {Size: 50, VolumeType: gp2}}}\n"
		"      Networking: {AssignPublicIp: true}\n"
		"      ComputeResources: [{Name: r, InstanceType: c5.large, MaxCount: 4}]\n"
		"SharedStorage:\n"
		"  - {Name: a, MountDir: /a, StorageType: Ebs,\n"
		"     EbsSettings: {Size: 100, VolumeType: io2, Iops: 70000, Raid: {Type: 0}}}\n"
		"  - {Name: b, MountDir: /b, StorageType: Efs,\n"
		"     EfsSettings: {ThroughputMode: provisioned, ProvisionedThroughput: 64}}\n",
		" 1-1: 60 ebs-gp3 1000 ebs-gp3-iops-over-3000 75 ebs-gp3-throughput-over-125 "
		"60 ebs-gp3 1 public-address\n"
		"r 0-4: 50 ebs-gp2 1 public-address\n"
		"a 1-1: 200 ebs-io2 64000 ebs-io2-iops-to-32000 64000 ebs-io2-iops-to-64000 "
		"12000 ebs-io2-iops-over-64000\n"
		"b 1-1: 64 efs-throughput\n"
		"files in EFS 0-0: 1 efs-standard\n"
		"traffic between zones, each way 0-0: 1 traffic-between-zones\n"
		"traffic to the internet 0-0: 1 traffic-to-internet\n"
		"calls of functions 0-0: 1 function-calls\n");
}

Test(parts, of_an_environment)
{
	expect_parts("Kind: Environment\n"
		     "Region: us-east-1\n"
		     "Network:\n"
		     "  AvailabilityZoneCount: 3\n"
		     "  NatGateway: PER_AZ\n"
		     "  Endpoints: {Interfaces: [ssm, ec2]}\n"
		     "KmsKey: {}\n"
		     "HybridNetwork:\n"
		     "  Gateway: {Type: TRANSIT_GATEWAY}\n"
		     "  OnPremisesCidrs: [192.168.0.0/16]\n"
		     "  VpnConnections:\n"
		     "    - {Name: a, CustomerGateway: {IpAddress: 192.0.2.1}}\n"
		     "    - {Name: b, CustomerGateway: {IpAddress: 192.0.2.2},\n"
		     "       Tunnels: [{TunnelBandwidth: large}]}\n"
		     "  ResolverRules: [{DomainName: a.example, TargetIps: [192.168.0.2]}]\n",
		     "NAT gateway 3-3: 1 nat-gateway 1 public-address\n"
		     "VPN connection 1-1: 1 vpn-connection\n"
		     "VPN connection with large tunnels 1-1: 1 vpn-connection-large\n"
		     "attachment to the transit gateway 3-3: 1 transit-gateway-attachment\n"
		     "address of a resolver endpoint 3-3: 1 resolver-address\n"
		     "alarm 2-2: 1 alarm\n"
		     "KMS key 1-1: 1 kms-key\n"
		     "traffic through NAT gateways 0-0: 1 nat-gateway-data\n"
		     "traffic through interface endpoints 0-0: 1 interface-endpoint-data\n"
		     "traffic through the transit gateway 0-0: 1 transit-gateway-data\n"
		     "traffic between zones, each way 0-0: 1 traffic-between-zones\n"
		     "traffic to the internet 0-0: 1 traffic-to-internet\n"
		     "log lines that are sent 0-0: 1 log-data\n"
		     "log lines that are kept 0-0: 1 log-storage\n");
}

Test(parts, of_batch)
{
	expect_parts(
		"Kind: Batch\n"
		"Region: us-east-1\n"
		"Networking: {SubnetIds: [subnet-0123456789abcdef0]}\n"
		"ComputeEnvironments:\n"
		"  - {Name: a, InstanceTypes: [c5], MaxvCpus: 64, MinvCpus: 8,\n"
		"     LocalStorage: {RootVolume: {Size: 80}, ScratchVolume: {Size: 200}}}\n"
		"  - {Name: f, Type: FARGATE, MaxvCpus: 16}\n"
		"Schedules:\n"
		"  - {Name: up, ScheduleExpression: rate(1 day), ComputeEnvironment: a, MaxvCpus: "
		"96}\n"
		"  - {Name: down, ScheduleExpression: rate(1 day), ComputeEnvironment: a, "
		"MinvCpus: 0}\n"
		"  - {Name: off, ScheduleExpression: rate(1 day), ComputeEnvironment: a,\n"
		"     MaxvCpus: 999, ScheduleState: DISABLED}\n"
		"JobQueues: [{Name: q, ComputeEnvironmentOrder: [{Order: 1, ComputeEnvironment: "
		"a}]}]\n"
		"Monitoring: {Alarms: {GpuUtilizationPercent: 10, MemoryUtilizationPercent: 90}}\n",
		"a 0-96: 80 ebs-gp3 200 ebs-gp3\n"
		"f 0-16: 1 fargate-vcpu 8 fargate-memory\n"
		"alarm 4-4: 1 alarm\n"
		"alarm 1-1: 1 alarm\n"
		"alarm 1-1: 1 alarm\n"
		"dashboard 1-1: 1 dashboard\n"
		"traffic between zones, each way 0-0: 1 traffic-between-zones\n"
		"traffic to the internet 0-0: 1 traffic-to-internet\n"
		"metrics of nodes 0-0: 1 custom-metric\n"
		"calls of functions 0-0: 1 function-calls\n");
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
	expect_line("Kind: Batch\n"
		    "ComputeEnvironments:\n"
		    "  - {Name: a, InstanceTypes: [c5], MaxvCpus: 64, MinvCpus: 8}\n"
		    "  - {Name: f, Type: FARGATE, MaxvCpus: 16}\n",
		    "t.yaml: 2 compute environments, 8 to 80 vCPUs; 1 resources, 1000 bytes\n");
	expect_line("{}\n", "t.yaml: 1 resources, 1000 bytes\n");
}

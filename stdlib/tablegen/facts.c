/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.c - the command `facts`: the tables of stdlib/facts/ to one C file.
 *
 * tablegen facts OUTPUT.c -- the files of inputs[] below, in that order.
 */
#include "stdlib/tablegen/facts.h"

enum input {
	IN_TYPES,
	IN_OFFERINGS,
	IN_REGIONS,
	IN_EFA,
	IN_IMAGES,
	IN_EBS,
	IN_LUSTRE,
	IN_LUSTRE_REGIONS,
	IN_REGION_GAPS,
	IN_ENDPOINTS,
	IN_ENDPOINT_PREFIXES,
	IN_OPENZFS,
	IN_OPENZFS_REGIONS,
	IN_TYPE_REGIONS,
	IN_INSTANCE_PRICES,
	IN_SERVICE_PRICES,
	IN_SPOT,
	IN_TIME_ZONES,
	IN_SCRIPTS,
	IN_COUNT,
};

/* The columns that each table must have. */
static const struct str columns[IN_COUNT] = {
	[IN_TYPES] = STR_INIT("name arch flags vcpus cores threads threads_ok cores_ok mem_mib gpu "
			      "neuron other efa cards net ebs_optimized ebs ebs_volumes disks "
			      "disk_gb usage placement boot"),
	[IN_OFFERINGS] = STR_INIT("kind place types"),
	[IN_REGIONS] = STR_INIT("name partition dns_suffix long_name opt_in services"),
	[IN_EFA] = STR_INIT("family rdma gpudirect"),
	[IN_IMAGES] = STR_INIT("os arch ssm_parameter gpu_ssm_parameter user root_device "
			       "package_manager image_owners image_name"),
	[IN_EBS] = STR_INIT("name min_gib max_gib min_iops max_iops iops_required iops_per_gib "
			    "min_throughput max_throughput mibps_per_1000_iops boot multi_attach "
			    "pcluster_min_gib pcluster_max_gib pcluster_max_iops "
			    "pcluster_max_throughput default_iops default_throughput"),
	[IN_LUSTRE] = STR_INIT("deployment storage throughput efa sizes step versions features"),
	[IN_LUSTRE_REGIONS] =
		STR_INIT("region scratch persistent_1_ssd persistent_1_hdd persistent_2_ssd"),
	[IN_REGION_GAPS] = STR_INIT("region feature until"),
	[IN_ENDPOINTS] = STR_INIT("service types presets prefix regional service_region partition "
				  "own_prefix"),
	[IN_ENDPOINT_PREFIXES] = STR_INIT("partition prefix"),
	[IN_OPENZFS] = STR_INIT("deployment throughput zones"),
	[IN_OPENZFS_REGIONS] = STR_INIT("region deployments"),
	[IN_TYPE_REGIONS] = STR_INIT("type offered lacked"),
	[IN_INSTANCE_PRICES] = STR_INIT("region currency date source factors prices"),
	[IN_SERVICE_PRICES] = STR_INIT("item unit date source prices"),
	[IN_SPOT] = STR_INIT("region savings"),
	[IN_TIME_ZONES] = STR_INIT("name"),
	[IN_SCRIPTS] = STR_INIT("pattern verdict needs why cure date"),
};

static void write_dates(struct buf *b, const struct table *const *t)
{
	buf_add(b, STR("const struct fact_table fact_tables[] = {\n"));
	for (size_t i = 0; i < IN_COUNT; i++) {
		buf_add(b, STR("\t{"));
		c_str(b, t[i]->name);
		buf_add(b, STR(", "));
		c_str(b, t[i]->date);
		buf_add(b, STR(", "));
		c_str(b, t[i]->source);
		buf_fmt(b, ", %zu},\n", t[i]->nrows);
	}
	buf_fmt(b, "};\nconst size_t fact_tables_n = %u;\n", IN_COUNT);
}

bool tablegen_facts(struct tablegen *tg)
{
	const struct table *t[IN_COUNT];
	struct buf code = buf_in(tg->a);
	struct facts_out out = {.code = &code};

	if (tg->ninputs != IN_COUNT || tg->noutputs != 1)
		BUG("tablegen facts takes %d tables and makes one file", IN_COUNT);
	for (size_t i = 0; i < IN_COUNT; i++) {
		t[i] = table_read(tg, tg->inputs[i], columns[i]);
		if (t[i] == NULL)
			return false;
	}
	out.types = t[IN_TYPES];
	out.offerings = t[IN_OFFERINGS];
	buf_add(&code, STR("/* Made by tablegen from stdlib/facts/: do not edit. */\n"
			   "#include \"compiler/facts/facts_tables.h\"\n\n"));
	facts_write_types(&out, t[IN_TYPES], t[IN_EFA]);
	facts_write_regions(&out, t[IN_REGIONS]);
	facts_write_offerings(&out, t[IN_OFFERINGS], t[IN_REGIONS]);
	facts_write_efa(&out, t[IN_EFA]);
	facts_write_images(&out, t[IN_IMAGES]);
	facts_write_ebs(&out, t[IN_EBS]);
	facts_write_lustre(&out, t[IN_LUSTRE]);
	facts_write_lustre_regions(&out, t[IN_LUSTRE_REGIONS]);
	facts_write_region_gaps(&out, t[IN_REGION_GAPS]);
	facts_write_endpoints(&out, t[IN_ENDPOINTS]);
	facts_write_endpoint_prefixes(&out, t[IN_ENDPOINT_PREFIXES]);
	facts_write_openzfs(&out, t[IN_OPENZFS]);
	facts_write_openzfs_regions(&out, t[IN_OPENZFS_REGIONS]);
	facts_write_type_regions(&out, t[IN_TYPE_REGIONS]);
	facts_write_instance_prices(&out, t[IN_INSTANCE_PRICES]);
	facts_write_service_prices(&out, t[IN_SERVICE_PRICES]);
	facts_write_spot(&out, t[IN_SPOT]);
	facts_write_time_zones(&out, t[IN_TIME_ZONES]);
	facts_write_scripts(&out, t[IN_SCRIPTS]);
	write_dates(&code, t);
	return tg->ds->errors == 0 && tablegen_write(tg, tg->outputs[0], buf_str(&code));
}

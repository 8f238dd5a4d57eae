/* SPDX-License-Identifier: Apache-2.0 */
/* facts_small.c - EFA abilities, images, EBS volume types, FSx, endpoints and regions of types to C. */
#include "stdlib/tablegen/facts.h"

static const char *truth(bool b)
{
	return b ? "true" : "false";
}

/* Appends "{c, n}, " for the texts of the cells [from, to). */
static void write_texts(struct buf *b, const struct str *cell, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		c_str(b, table_text(cell[i]));
		buf_add(b, STR(", "));
	}
}

static void begin(struct buf *b, const char *type, const char *name)
{
	buf_fmt(b, "const struct %s %s[] = {\n", type, name);
}

static void end(struct buf *b, const char *name, size_t n)
{
	buf_fmt(b, "};\nconst size_t %s_n = %zu;\n", name, n);
}

void facts_write_efa(struct facts_out *out, const struct table *t)
{
	struct buf *b = out->code;

	table_sorted(t, EFA_FAMILY);
	begin(b, "efa_family", "facts_efa");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		bool write = str_eq(cell[EFA_RDMA], STR("read-write"));
		bool read = write || str_eq(cell[EFA_RDMA], STR("read"));

		if (!read && !str_eq(cell[EFA_RDMA], STR("none")))
			table_fault(t, cell[EFA_RDMA], "none, read or read-write");
		buf_add(b, STR("\t{"));
		write_texts(b, cell, EFA_FAMILY, EFA_FAMILY + 1);
		buf_fmt(b, "%s, %s, %s},\n", truth(read), truth(write),
			truth(str_eq(cell[EFA_GPUDIRECT], STR("yes"))));
	}
	end(b, "facts_efa", t->nrows);
}

void facts_write_images(struct facts_out *out, const struct table *t)
{
	enum { I_OS, I_ARCH, I_SSM, I_END = 9 };

	begin(out->code, "os_image", "facts_images");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;

		buf_add(out->code, STR("\t{"));
		write_texts(out->code, cell, I_OS, I_ARCH);
		buf_fmt(out->code, "%u, ", table_bits(t, cell[I_ARCH], STR("x86_64 arm64")));
		write_texts(out->code, cell, I_SSM, I_END);
		buf_add(out->code, STR("},\n"));
	}
	end(out->code, "facts_images", t->nrows);
}

void facts_write_ebs(struct facts_out *out, const struct table *t)
{
	enum { E_NAME, E_MIN_GIB, E_REQUIRED = 5, E_BOOT = 10, E_MULTI_ATTACH, E_END = 18 };

	table_sorted(t, E_NAME);
	begin(out->code, "ebs_type", "facts_ebs_types");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;

		buf_add(out->code, STR("\t{"));
		write_texts(out->code, cell, E_NAME, E_MIN_GIB);
		for (size_t c = E_MIN_GIB; c < E_END; c++)
			if (c == E_REQUIRED || c == E_BOOT || c == E_MULTI_ATTACH)
				buf_fmt(out->code, "%s, ", truth(table_yes(t, cell[c])));
			else
				buf_fmt(out->code, "%u, ", table_uint(t, cell[c], UINT32_MAX));
		buf_add(out->code, STR("},\n"));
	}
	end(out->code, "facts_ebs_types", t->nrows);
}

/* "1200,2400" as "{1200, 2400, }", at most `max` ascending numbers; returns how many. */
static unsigned write_numbers(struct buf *b, const struct table *t, struct str cell, unsigned max)
{
	struct str rest = table_text(cell);
	uint32_t before = 0;
	unsigned n = 0;

	buf_char(b, '{');
	for (; rest.s != NULL; n++) {
		uint32_t x = table_uint(t, str_cut(&rest, ','), UINT16_MAX);

		if (x <= before)
			table_fault(t, cell, "an ascending list");
		buf_fmt(b, "%u, ", x);
		before = x;
	}
	buf_add(b, n > 0 ? STR("}") : STR("0}"));
	if (n > max)
		table_fault(t, cell, "short enough for its field");
	return n;
}

void facts_write_lustre(struct facts_out *out, const struct table *t)
{
	enum {
		L_DEPLOYMENT,
		L_THROUGHPUT = 2,
		L_EFA,
		L_SIZES,
		L_STEP,
		L_VERSIONS,
		L_FEATURES,
	};
	struct buf *b = out->code;

	begin(b, "lustre", "facts_lustre_kinds");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		bool elastic = table_text(cell[L_STEP]).n == 0;
		unsigned n;

		buf_add(b, STR("\t{"));
		write_texts(b, cell, L_DEPLOYMENT, L_THROUGHPUT);
		n = write_numbers(b, t, cell[L_THROUGHPUT], 4);
		buf_fmt(b, ", %u, %s, ", n, truth(table_yes(t, cell[L_EFA])));
		n = write_numbers(b, t, cell[L_SIZES], 2);
		buf_fmt(b, ", %u, %u, ", n, elastic ? 0 : table_uint(t, cell[L_STEP], UINT32_MAX));
		write_texts(b, cell, L_VERSIONS, L_FEATURES);
		buf_fmt(b, "%u},\n",
			table_bits(t, cell[L_FEATURES],
				   STR("dra import compression backup kms drive-cache "
				       "in-transit-encryption metadata efa read-cache")));
	}
	end(b, "facts_lustre_kinds", t->nrows);
}

void facts_write_lustre_regions(struct facts_out *out, const struct table *t)
{
	enum { R_REGION, R_SCRATCH, R_TIERS, R_END = 5 };

	table_sorted(t, R_REGION);
	begin(out->code, "lustre_region", "facts_lustre_regions");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;

		buf_add(out->code, STR("\t{"));
		write_texts(out->code, cell, R_REGION, R_SCRATCH);
		buf_fmt(out->code, "%s", truth(table_yes(t, cell[R_SCRATCH])));
		for (size_t c = R_TIERS; c < R_END; c++) {
			buf_add(out->code, STR(", "));
			write_numbers(out->code, t, cell[c], 4);
		}
		buf_add(out->code, STR("},\n"));
	}
	end(out->code, "facts_lustre_regions", t->nrows);
}

void facts_write_scripts(struct facts_out *out, const struct table *t)
{
	enum { S_PATTERN, S_VERDICT, S_NEEDS, S_DATE = 5 };
	struct buf *b = out->code;

	begin(b, "public_script", "facts_scripts");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		bool works = str_eq(cell[S_VERDICT], STR("works"));
		bool never = str_eq(cell[S_VERDICT], STR("no"));

		if (!works && !never && !str_eq(cell[S_VERDICT], STR("with")))
			table_fault(t, cell[S_VERDICT], "works, with or no");
		buf_add(b, STR("\t{"));
		write_texts(b, cell, S_PATTERN, S_VERDICT);
		buf_fmt(b, "%s, %s, ", truth(works), truth(never));
		write_texts(b, cell, S_NEEDS, S_DATE);
		buf_add(b, STR("},\n"));
	}
	end(b, "facts_scripts", t->nrows);
}

void facts_write_region_gaps(struct facts_out *out, const struct table *t)
{
	enum { G_REGION, G_UNTIL = 2 };

	begin(out->code, "region_gap", "facts_region_gaps");
	for (size_t i = 0; i < t->nrows; i++) {
		buf_add(out->code, STR("\t{"));
		write_texts(out->code, t->rows[i].cell, G_REGION, G_UNTIL);
		buf_fmt(out->code, "%u},\n", table_release(t, t->rows[i].cell[G_UNTIL]));
	}
	end(out->code, "facts_region_gaps", t->nrows);
}

void facts_write_endpoints(struct facts_out *out, const struct table *t)
{
	enum { P_NAME, P_TYPES, P_PRESETS, P_PREFIX, P_REGIONAL, P_SERVICE_REGION, P_END = 8 };
	struct buf *b = out->code;

	table_sorted(t, P_NAME);
	begin(b, "endpoint_service", "facts_endpoints");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;

		buf_add(b, STR("\t{"));
		write_texts(b, cell, P_NAME, P_TYPES);
		buf_fmt(b, "%u, %u, %s, ", table_bits(t, cell[P_TYPES], STR("gateway interface")),
			table_bits(t, cell[P_PRESETS], STR("cluster batch fargate")),
			truth(table_yes(t, cell[P_REGIONAL])));
		c_str(b, table_text(cell[P_PREFIX]).n > 0 ? cell[P_PREFIX] : STR("com.amazonaws"));
		buf_add(b, STR(", "));
		write_texts(b, cell, P_SERVICE_REGION, P_END);
		buf_add(b, STR("},\n"));
	}
	end(b, "facts_endpoints", t->nrows);
}

/* A table of nothing but texts. */
static void write_text_table(struct buf *b, const struct table *t, const char *type,
			     const char *name)
{
	table_sorted(t, 0);
	begin(b, type, name);
	for (size_t i = 0; i < t->nrows; i++) {
		buf_add(b, STR("\t{"));
		write_texts(b, t->rows[i].cell, 0, t->ncolumns);
		buf_add(b, STR("},\n"));
	}
	end(b, name, t->nrows);
}

void facts_write_endpoint_prefixes(struct facts_out *out, const struct table *t)
{
	write_text_table(out->code, t, "endpoint_prefix", "facts_endpoint_prefixes");
}

void facts_write_time_zones(struct facts_out *out, const struct table *t)
{
	write_text_table(out->code, t, "time_zone", "facts_time_zones");
}

static const struct str openzfs_deployments =
	STR_INIT("SINGLE_AZ_1 SINGLE_AZ_2 SINGLE_AZ_HA_1 SINGLE_AZ_HA_2 MULTI_AZ_1");

void facts_write_openzfs(struct facts_out *out, const struct table *t)
{
	enum { Z_DEPLOYMENT, Z_THROUGHPUT, Z_ZONES };

	table_sorted(t, Z_DEPLOYMENT);
	begin(out->code, "openzfs", "facts_openzfs_kinds");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;
		unsigned n;

		buf_add(out->code, STR("\t{"));
		write_texts(out->code, cell, Z_DEPLOYMENT, Z_THROUGHPUT);
		n = write_numbers(out->code, t, cell[Z_THROUGHPUT], 9);
		buf_fmt(out->code, ", %u, %u, %u},\n", n, table_uint(t, cell[Z_ZONES], 2),
			table_bits(t, cell[Z_DEPLOYMENT], openzfs_deployments));
	}
	end(out->code, "facts_openzfs_kinds", t->nrows);
}

void facts_write_openzfs_regions(struct facts_out *out, const struct table *t)
{
	enum { O_REGION, O_DEPLOYMENTS };

	table_sorted(t, O_REGION);
	begin(out->code, "openzfs_region", "facts_openzfs_regions");
	for (size_t i = 0; i < t->nrows; i++) {
		const struct str *cell = t->rows[i].cell;

		buf_add(out->code, STR("\t{"));
		write_texts(out->code, cell, O_REGION, O_DEPLOYMENTS);
		buf_fmt(out->code, "%u},\n",
			table_bits(t, cell[O_DEPLOYMENTS], openzfs_deployments));
	}
	end(out->code, "facts_openzfs_regions", t->nrows);
}

void facts_write_type_regions(struct facts_out *out, const struct table *t)
{
	write_text_table(out->code, t, "type_regions", "facts_type_regions");
}

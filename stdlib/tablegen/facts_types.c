/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_types.c - instance types to C.
 *
 * Names go into a table of their own with keys of one width: a binary search then reads a few neighbouring
 * pages and one row. Network cards and accelerators that occur many times are written once.
 */
#include "compiler/facts/network_speed.h"
#include "stdlib/tablegen/facts.h"

#include <stdlib.h>

enum {
	T_NAME,
	T_ARCH,
	T_FLAGS,
	T_VCPUS,
	T_CORES,
	T_THREADS,
	T_THREADS_OK,
	T_CORES_OK,
	T_MEM,
	T_GPU,
	T_NEURON,
	T_OTHER,
	T_EFA,
	T_CARDS,
	T_NET,
	T_EBS_OPTIMIZED,
	T_EBS,
	T_EBS_VOLUMES,
	T_DISKS,
	T_DISK_GB,
	T_USAGE,
	T_PLACEMENT,
	T_BOOT,
};

/* Bytes of a key in facts_type_keys: the longest name and a NUL, rounded up. */
enum { KEY_SIZE = 24 };

/* What the cards of a row come to. */
struct cards {
	unsigned n;
	double base, peak; /* sums */
	struct str code;   /* initialisers */
};

/* Definitions that rows share: their text to their name in C. */
struct shared {
	struct buf *code;
	struct map cards, accelerators;
};

static double to_double(struct tablegen *tg, struct str number)
{
	return strtod(arena_str(tg->a, number).s, NULL);
}

/* "32x2:efa:100/100": so many cards of one kind. */
static void read_card_run(const struct table *t, struct str run, struct cards *c, struct buf *code)
{
	struct str cell = run;
	uint32_t n = table_uint(t, str_cut(&run, 'x'), 32);
	uint32_t nics = table_uint(t, str_cut(&run, ':'), 255);
	struct str efa = str_cut(&run, ':');
	struct str base = table_number(t, str_cut(&run, '/'));
	struct str peak = table_number(t, run);

	if (c->n + n > 32)
		table_fault(t, cell, "within the 32 cards there is room for");
	for (uint32_t i = 0; i < n; i++)
		buf_fmt(code, "{%u, %s, " STR_F ", " STR_F "}, ", nics,
			str_eq(efa, STR("efa")) ? "true" : "false", STR_A(base), STR_A(peak));
	c->n += n;
	c->base += n * to_double(t->tg, base);
	c->peak += n * to_double(t->tg, peak);
}

static struct cards read_cards(const struct table *t, struct str cell)
{
	struct buf code = buf_in(t->tg->a);
	struct cards c = {0};
	struct str rest = table_text(cell);

	while (rest.s != NULL)
		read_card_run(t, str_cut(&rest, ','), &c, &code);
	c.code = arena_str(t->tg->a, buf_str(&code));
	if (c.n == 0)
		table_fault(t, cell, "a list of network cards");
	return c;
}

/* The C name of the definition with this text, which is written on first use. */
static struct str share(struct shared *s, struct map *names, struct str type, struct str text)
{
	struct arena *a = s->code->a;
	const struct str *known = map_get(names, text);
	struct str *name;

	if (known != NULL)
		return *known;
	name = NEW(a, struct str);
	*name = arena_fmt(a, STR_F "_%zu", STR_A(type), names->n);
	map_put(names, a, text, name);
	buf_fmt(s->code, "static const struct " STR_F " " STR_F "[] = {" STR_F "};\n", STR_A(type),
		STR_A(*name), STR_A(text));
	return *name;
}

/* maker:name:count:share:MiB:cores as an initialiser; empty for "-". */
static struct str accelerator(const struct table *t, struct str cell)
{
	struct buf code = buf_in(t->tg->a);
	struct str rest = table_text(cell), fraction;

	if (rest.n == 0)
		return rest;
	buf_add(&code, STR("{.maker = "));
	c_str(&code, str_cut(&rest, ':'));
	buf_add(&code, STR(", .name = "));
	c_str(&code, str_cut(&rest, ':'));
	buf_fmt(&code, ", .count = %u", table_uint(t, str_cut(&rest, ':'), UINT16_MAX));
	fraction = table_number(t, str_cut(&rest, ':'));
	buf_fmt(&code, ", .fraction = " STR_F, STR_A(fraction));
	buf_fmt(&code, ", .memory_mib = %u", table_uint(t, str_cut(&rest, ':'), UINT32_MAX));
	buf_fmt(&code, ", .cores = %u}", table_uint(t, rest, UINT8_MAX));
	return buf_str(&code);
}

static void write_flags(struct buf *b, const struct table *t, struct str cell)
{
	static const char *const fields[] = {
		"current_generation", "bare_metal", "burstable", "nitro",
		"hibernation",	      "disk_nvme",  "withdrawn"};
	uint32_t bits = table_bits(t, cell,
				   STR("current metal burstable nitro hibernation nvme withdrawn"));

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if ((bits >> i & 1) != 0)
			buf_fmt(b, ", .%s = true", fields[i]);
}

static void write_cpu(struct buf *b, const struct table *t, const struct str *cell)
{
	uint32_t threads = table_uint(t, cell[T_THREADS], 8);

	buf_fmt(b, ", .vcpus = %u, .cores = %u, .threads_per_core = %u",
		table_uint(t, cell[T_VCPUS], UINT16_MAX), table_uint(t, cell[T_CORES], UINT16_MAX),
		threads);
	if (threads > 1 && (table_bits(t, cell[T_THREADS_OK], STR("1 2")) & 1) != 0)
		buf_add(b, STR(", .smt_can_be_off = true"));
	buf_add(b, STR(", .cores_ok = "));
	c_str(b, table_text(cell[T_CORES_OK]));
	buf_fmt(b, ", .memory_mib = %u", table_uint(t, cell[T_MEM], UINT32_MAX));
}

/* ", .name = text" unless there is no text. */
static void write_member(struct buf *b, const char *name, struct str text)
{
	if (text.n > 0)
		buf_fmt(b, ", .%s = " STR_F, name, STR_A(text));
}

static void write_accelerators(struct shared *s, struct buf *b, const struct table *t,
			       const struct str *cell)
{
	struct str other = accelerator(t, cell[T_OTHER]);

	write_member(b, "gpu", accelerator(t, cell[T_GPU]));
	write_member(b, "neuron", accelerator(t, cell[T_NEURON]));
	if (other.n > 0)
		write_member(b, "other", share(s, &s->accelerators, STR("accelerator"), other));
}

/* What the EFA of the family can do, from efa.tsv. */
static void write_efa_abilities(struct buf *b, const struct table *efa, struct str name)
{
	size_t i = table_find(efa, str_slice(name, 0, str_find(name, '.', 0)));
	const struct str *cell = efa->rows[i].cell;

	if (i == efa->nrows)
		return;
	if (str_starts(cell[EFA_RDMA], STR("read")))
		buf_add(b, STR(", .rdma_read = true"));
	if (str_eq(cell[EFA_RDMA], STR("read-write")))
		buf_add(b, STR(", .rdma_write = true"));
	if (str_eq(cell[EFA_GPUDIRECT], STR("yes")))
		buf_add(b, STR(", .gpudirect_rdma = true"));
}

static void write_network(struct shared *s, struct buf *b, const struct table *t,
			  const struct str *cell)
{
	struct cards c = read_cards(t, cell[T_CARDS]);
	struct network_speed speed = network_speed(cell[T_NET], c.n, c.base, c.peak);

	buf_fmt(b, ", .efa_max = %u, .ncards = %u", table_uint(t, cell[T_EFA], 64), c.n);
	write_member(b, "cards", share(s, &s->cards, STR("network_card"), c.code));
	buf_fmt(b, ", .network_gbps = %.15g, .network_base_gbps = %.15g", speed.gbps,
		speed.base_gbps);
}

static void write_ebs(struct buf *b, const struct table *t, const struct str *cell)
{
	static const char *const fields[] = {"ebs_base_mbps", "ebs_max_mbps", "ebs_base_iops",
					     "ebs_max_iops"};
	struct str rest = table_text(cell[T_EBS]);

	if (str_eq(cell[T_EBS_OPTIMIZED], STR("default")))
		buf_add(b, STR(", .ebs_optimized = true, .ebs_optimized_default = true"));
	else if (str_eq(cell[T_EBS_OPTIMIZED], STR("supported")))
		buf_add(b, STR(", .ebs_optimized = true"));
	else if (!str_eq(cell[T_EBS_OPTIMIZED], STR("unsupported")))
		table_fault(t, cell[T_EBS_OPTIMIZED], "default, supported or unsupported");
	for (size_t i = 0; rest.n > 0 && i < ARRAY_LEN(fields); i++)
		buf_fmt(b, ", .%s = %u", fields[i], table_uint(t, str_cut(&rest, '/'), UINT32_MAX));
	buf_fmt(b, ", .ebs_volumes = %u", table_uint(t, cell[T_EBS_VOLUMES], UINT16_MAX));
}

static void write_uses(struct buf *b, const struct table *t, const struct str *cell)
{
	buf_fmt(b, ", .disks = %u, .disk_gb = %u", table_uint(t, cell[T_DISKS], UINT16_MAX),
		table_uint(t, cell[T_DISK_GB], UINT32_MAX));
	buf_fmt(b, ", .usage = %u, .placement = %u, .boot = %u",
		table_bits(t, cell[T_USAGE], STR("on-demand spot capacity-block")),
		table_bits(t, cell[T_PLACEMENT], STR("cluster partition spread")),
		table_bits(t, cell[T_BOOT], STR("legacy-bios uefi")));
}

/* ARCH_… bits: both Mac architectures are one. */
static unsigned arch_bits(const struct table *t, struct str cell)
{
	uint32_t bits = table_bits(t, cell, STR("x86_64 arm64 i386 x86_64_mac arm64_mac"));

	return (bits & 7) | ((bits >> 3) != 0 ? 8u : 0u);
}

static void write_type(struct shared *s, struct buf *b, const struct table *t, size_t i,
		       const struct table *efa)
{
	const struct str *cell = t->rows[i].cell;

	if (cell[T_NAME].n >= KEY_SIZE)
		table_fault(t, cell[T_NAME], "short enough for a key");
	buf_fmt(b, "\t{.name = {facts_type_keys[%zu], %zu}, .arch = %u", i, cell[T_NAME].n,
		arch_bits(t, cell[T_ARCH]));
	write_flags(b, t, cell[T_FLAGS]);
	write_cpu(b, t, cell);
	write_accelerators(s, b, t, cell);
	write_network(s, b, t, cell);
	if (table_uint(t, cell[T_EFA], 64) > 0)
		write_efa_abilities(b, efa, cell[T_NAME]);
	write_ebs(b, t, cell);
	write_uses(b, t, cell);
	buf_add(b, STR("},\n"));
}

static void write_keys(struct buf *b, const struct table *t)
{
	buf_add(b, STR("const char facts_type_keys[][FACTS_KEY_SIZE] = {\n"));
	for (size_t i = 0; i < t->nrows; i++) {
		buf_char(b, '\t');
		c_string(b, t->rows[i].cell[T_NAME]);
		buf_add(b, STR(",\n"));
	}
	buf_add(b, STR("};\n"));
}

void facts_write_types(struct facts_out *out, const struct table *t, const struct table *efa)
{
	struct shared s = {.code = out->code};
	struct buf rows = buf_in(t->tg->a);

	table_sorted(t, T_NAME);
	for (size_t i = 0; i < t->nrows; i++)
		write_type(&s, &rows, t, i, efa);
	write_keys(out->code, t);
	buf_add(out->code, STR("const struct instance_type facts_types[] = {\n"));
	buf_add(out->code, buf_str(&rows));
	buf_fmt(out->code, "};\nconst size_t facts_types_n = %zu;\n", t->nrows);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* query_print.c - lists of instance types as a table, TSV and JSON. */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/facts/query.h"

struct bit_word {
	unsigned bit;
	struct str word;
};

static const struct bit_word arch_words[] = {
	{ARCH_I386, STR_INIT("i386")},
	{ARCH_X86_64, STR_INIT("x86_64")},
	{ARCH_ARM64, STR_INIT("arm64")},
	{ARCH_MAC, STR_INIT("mac")},
	{0, {0}},
};
static const struct bit_word usage_words[] = {
	{USAGE_ONDEMAND, STR_INIT("ondemand")},
	{USAGE_SPOT, STR_INIT("spot")},
	{USAGE_CAPACITY_BLOCK, STR_INIT("capacity-block")},
	{0, {0}},
};
static const struct bit_word placement_words[] = {
	{PLACE_CLUSTER, STR_INIT("cluster")},
	{PLACE_PARTITION, STR_INIT("partition")},
	{PLACE_SPREAD, STR_INIT("spread")},
	{0, {0}},
};
static const struct bit_word boot_words[] = {
	{BOOT_LEGACY_BIOS, STR_INIT("legacy-bios")},
	{BOOT_UEFI, STR_INIT("uefi")},
	{0, {0}},
};

/* "ondemand,spot"; "-" for no bit. */
static struct str words(struct arena *a, unsigned bits, const struct bit_word *w)
{
	struct buf b = buf_in(a);

	for (; w->bit != 0; w++)
		if ((bits & w->bit) != 0) {
			if (b.n > 0)
				buf_char(&b, ',');
			buf_add(&b, w->word);
		}
	return b.n > 0 ? buf_str(&b) : STR("-");
}

/* Columns of the table for people. */

static struct str cell_name(struct arena *a, const struct instance_type *t)
{
	(void)a;
	return t->name;
}

static struct str cell_arch(struct arena *a, const struct instance_type *t)
{
	return words(a, t->arch, arch_words);
}

static struct str cell_vcpus(struct arena *a, const struct instance_type *t)
{
	return arena_fmt(a, "%u", t->vcpus);
}

static struct str cell_cores(struct arena *a, const struct instance_type *t)
{
	return arena_fmt(a, "%u", t->cores);
}

static struct str cell_memory(struct arena *a, const struct instance_type *t)
{
	if (t->memory_mib % 1024 == 0)
		return arena_fmt(a, "%u", t->memory_mib / 1024);
	return arena_fmt(a, "%.1f", t->memory_mib / 1024.0);
}

/* "8xH100", "0.125xL4", "-" */
static struct str devices(struct arena *a, const struct accelerator *d)
{
	if (d == NULL || d->count == 0)
		return STR("-");
	return arena_fmt(a, "%gx" STR_F, d->count * d->fraction, STR_A(d->name));
}

static struct str cell_accelerator(struct arena *a, const struct instance_type *t)
{
	if (t->gpu.count > 0)
		return devices(a, &t->gpu);
	return t->neuron.count > 0 ? devices(a, &t->neuron) : devices(a, t->other);
}

static struct str cell_efa(struct arena *a, const struct instance_type *t)
{
	return t->efa_max > 0 ? arena_fmt(a, "%u", t->efa_max) : STR("-");
}

static struct str cell_cards(struct arena *a, const struct instance_type *t)
{
	return arena_fmt(a, "%u", t->ncards);
}

/* "0.064-5" where baseline and peak differ, else "100" */
static struct str speed(struct arena *a, double base, double peak)
{
	if (peak <= 0)
		return STR("-");
	if (base > 0 && base < peak)
		return arena_fmt(a, "%g-%g", base, peak);
	return arena_fmt(a, "%g", peak);
}

static struct str cell_network(struct arena *a, const struct instance_type *t)
{
	return speed(a, t->network_base_gbps, t->network_gbps);
}

static struct str cell_ebs(struct arena *a, const struct instance_type *t)
{
	return speed(a, t->ebs_base_mbps / 1000.0, t->ebs_max_mbps / 1000.0);
}

static struct str cell_disks(struct arena *a, const struct instance_type *t)
{
	if (t->disks == 0)
		return STR("-");
	return arena_fmt(a, "%ux%g", t->disks, (double)t->disk_gb / t->disks);
}

static struct str cell_usage(struct arena *a, const struct instance_type *t)
{
	return words(a, t->usage, usage_words);
}

static const struct column {
	struct str title;
	bool number; /* right-aligned */
	struct str (*cell)(struct arena *, const struct instance_type *);
} columns[] = {
	{STR_INIT("NAME"), false, cell_name},
	{STR_INIT("ARCH"), false, cell_arch},
	{STR_INIT("VCPU"), true, cell_vcpus},
	{STR_INIT("CORES"), true, cell_cores},
	{STR_INIT("MEM(GiB)"), true, cell_memory},
	{STR_INIT("ACCELERATORS"), false, cell_accelerator},
	{STR_INIT("EFA"), true, cell_efa},
	{STR_INIT("CARDS"), true, cell_cards},
	{STR_INIT("NET(Gbps)"), true, cell_network},
	{STR_INIT("EBS(Gbps)"), true, cell_ebs},
	{STR_INIT("DISKS(GB)"), true, cell_disks},
	{STR_INIT("USAGE"), false, cell_usage},
};

/* Cells hold ASCII only, so bytes are columns of the terminal. */
static void pad_cell(struct buf *b, const struct column *c, struct str text, size_t width)
{
	size_t gap = width - text.n;
	bool last = c == &columns[ARRAY_LEN(columns) - 1];

	if (c->number)
		buf_pad(b, ' ', gap);
	buf_add(b, text);
	if (!c->number && !last)
		buf_pad(b, ' ', gap);
	buf_add(b, last ? STR("\n") : STR("  "));
}

static struct str print_table(struct arena *a, struct instance_list list)
{
	size_t n = ARRAY_LEN(columns), width[ARRAY_LEN(columns)];
	struct str *cells = NEW_ARRAY(a, struct str, (list.n + 1) * n);
	struct buf b = buf_in(a);

	for (size_t c = 0; c < n; c++) {
		cells[c] = columns[c].title;
		width[c] = columns[c].title.n;
		for (size_t i = 0; i < list.n; i++) {
			struct str text = columns[c].cell(a, list.items[i]);

			cells[(i + 1) * n + c] = text;
			width[c] = text.n > width[c] ? text.n : width[c];
		}
	}
	for (size_t i = 0; i < (list.n + 1) * n; i++)
		pad_cell(&b, &columns[i % n], cells[i], width[i % n]);
	return buf_str(&b);
}

static void put_uint(struct arena *a, struct json_value *o, struct str key, uint64_t n)
{
	json_put(o, key, json_new_int(a, (int64_t)n));
}

static void put_bool(struct arena *a, struct json_value *o, struct str key, bool b)
{
	json_put(o, key, json_new_bool(a, b));
}

/* Whole numbers are written as such. */
static void put_real(struct arena *a, struct json_value *o, struct str key, double x)
{
	int64_t whole = (int64_t)x;
	struct json_value *v = (double)whole < x ? json_new_real(a, x) : json_new_int(a, whole);

	json_put(o, key, v);
}

static void put_words(struct arena *a, struct json_value *o, struct str key, unsigned bits,
		      const struct bit_word *w)
{
	struct json_value *list = json_put(o, key, json_new_array(a));

	for (; w->bit != 0; w++)
		if ((bits & w->bit) != 0)
			json_push(list, json_new_text(a, w->word));
}

static void put_devices(struct arena *a, struct json_value *o, struct str key,
			const struct accelerator *d)
{
	struct json_value *v;

	if (d == NULL || d->count == 0)
		return;
	v = json_put(o, key, json_new_object(a));
	json_put(v, STR("maker"), json_new_text(a, d->maker));
	json_put(v, STR("name"), json_new_text(a, d->name));
	put_uint(a, v, STR("count"), d->count);
	put_real(a, v, STR("fraction"), d->fraction);
	put_uint(a, v, STR("memory_mib"), d->memory_mib);
	if (d->cores > 0)
		put_uint(a, v, STR("cores"), d->cores);
}

static void put_network(struct arena *a, struct json_value *o, const struct instance_type *t)
{
	struct json_value *cards;

	put_uint(a, o, STR("efa_interfaces"), t->efa_max);
	put_bool(a, o, STR("rdma_read"), t->rdma_read);
	put_bool(a, o, STR("rdma_write"), t->rdma_write);
	put_bool(a, o, STR("gpudirect_rdma"), t->gpudirect_rdma);
	put_real(a, o, STR("network_gbps"), t->network_gbps);
	put_real(a, o, STR("network_base_gbps"), t->network_base_gbps);
	cards = json_put(o, STR("network_cards"), json_new_array(a));
	for (size_t i = 0; i < t->ncards; i++) {
		struct json_value *c = json_push(cards, json_new_object(a));

		put_uint(a, c, STR("max_interfaces"), t->cards[i].max_interfaces);
		put_bool(a, c, STR("efa"), t->cards[i].efa);
		put_real(a, c, STR("baseline_gbps"), t->cards[i].baseline_gbps);
		put_real(a, c, STR("peak_gbps"), t->cards[i].peak_gbps);
	}
}

static void put_storage(struct arena *a, struct json_value *o, const struct instance_type *t)
{
	put_bool(a, o, STR("ebs_optimized"), t->ebs_optimized);
	put_uint(a, o, STR("ebs_base_mbps"), t->ebs_base_mbps);
	put_uint(a, o, STR("ebs_max_mbps"), t->ebs_max_mbps);
	put_uint(a, o, STR("ebs_base_iops"), t->ebs_base_iops);
	put_uint(a, o, STR("ebs_max_iops"), t->ebs_max_iops);
	put_uint(a, o, STR("ebs_volumes"), t->ebs_volumes);
	put_uint(a, o, STR("disks"), t->disks);
	put_uint(a, o, STR("disk_gb"), t->disk_gb);
	put_bool(a, o, STR("disk_nvme"), t->disk_nvme);
}

static struct json_value *type_object(struct arena *a, const struct instance_type *t)
{
	struct json_value *o = json_new_object(a);

	json_put(o, STR("name"), json_new_text(a, t->name));
	put_words(a, o, STR("architectures"), t->arch, arch_words);
	put_uint(a, o, STR("vcpus"), t->vcpus);
	put_uint(a, o, STR("cores"), t->cores);
	put_uint(a, o, STR("threads_per_core"), t->threads_per_core);
	put_bool(a, o, STR("smt_can_be_off"), t->smt_can_be_off);
	json_put(o, STR("valid_cores"), json_new_text(a, t->cores_ok));
	put_uint(a, o, STR("memory_mib"), t->memory_mib);
	put_devices(a, o, STR("gpu"), &t->gpu);
	put_devices(a, o, STR("neuron"), &t->neuron);
	put_devices(a, o, STR("other_accelerator"), t->other);
	put_network(a, o, t);
	put_storage(a, o, t);
	put_words(a, o, STR("usage"), t->usage, usage_words);
	put_words(a, o, STR("placement"), t->placement, placement_words);
	put_words(a, o, STR("boot"), t->boot, boot_words);
	put_bool(a, o, STR("current_generation"), t->current_generation);
	put_bool(a, o, STR("withdrawn"), t->withdrawn);
	put_bool(a, o, STR("bare_metal"), t->bare_metal);
	put_bool(a, o, STR("burstable"), t->burstable);
	put_bool(a, o, STR("nitro"), t->nitro);
	put_bool(a, o, STR("hibernation"), t->hibernation);
	return o;
}

static struct str print_json(struct arena *a, struct instance_list list)
{
	struct json_value *root = json_new_array(a);
	struct str text;

	for (size_t i = 0; i < list.n; i++)
		json_push(root, type_object(a, list.items[i]));
	text = json_write(a, root, 2, 0);
	return arena_fmt(a, STR_F "\n", STR_A(text));
}

static void tsv_devices(struct buf *b, const struct accelerator *d)
{
	if (d->count == 0)
		buf_add(b, STR("\t-\t0\t0"));
	else
		buf_fmt(b, "\t" STR_F "\t%g\t%u", STR_A(d->name), d->count * d->fraction,
			d->memory_mib);
}

static void tsv_row(struct buf *b, const struct instance_type *t)
{
	struct str arch = words(b->a, t->arch, arch_words);
	struct str usage = words(b->a, t->usage, usage_words);
	struct str placement = words(b->a, t->placement, placement_words);

	buf_fmt(b, STR_F "\t" STR_F "\t%u\t%u\t%u\t%u", STR_A(t->name), STR_A(arch), t->vcpus,
		t->cores, t->threads_per_core, t->memory_mib);
	tsv_devices(b, &t->gpu);
	tsv_devices(b, &t->neuron);
	buf_fmt(b, "\t%u\t%u\t%g\t%g\t%u\t%u\t%u\t%u", t->efa_max, t->ncards, t->network_gbps,
		t->network_base_gbps, t->ebs_base_mbps, t->ebs_max_mbps, t->disks, t->disk_gb);
	buf_fmt(b, "\t" STR_F "\t" STR_F "\t%s\n", STR_A(usage), STR_A(placement),
		t->current_generation ? "yes" : "no");
}

static struct str print_tsv(struct arena *a, struct instance_list list)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("name\tarch\tvcpus\tcores\tthreads_per_core\tmemory_mib\tgpu\tgpus\t"
			"gpu_memory_mib\tneuron\tneurons\tneuron_memory_mib\tefa_interfaces\t"
			"network_cards\tnetwork_gbps\tnetwork_base_gbps\tebs_base_mbps\t"
			"ebs_max_mbps\tdisks\tdisk_gb\tusage\tplacement\tcurrent_generation\n"));
	for (size_t i = 0; i < list.n; i++)
		tsv_row(&b, list.items[i]);
	return buf_str(&b);
}

struct str query_print(struct arena *a, struct instance_list list, enum query_format fmt)
{
	switch (fmt) {
	case QUERY_TABLE:
		return print_table(a, list);
	case QUERY_JSON:
		return print_json(a, list);
	case QUERY_TSV:
		return print_tsv(a, list);
	}
	BUG("no such format: %d", (int)fmt);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * instance_type_read.c - one InstanceTypeInfo of the EC2 API as a struct instance_type.
 *
 * What stdlib/facts/refresh.py and tablegen make of the same answer must be equal; a test compares them.
 * Members that the API leaves out mean zero or false. Words that are not known are passed over, so that an
 * answer newer than this program can be read. Source: EC2 API reference, InstanceTypeInfo.
 */
#include "compiler/base/buf.h"
#include "compiler/base/json.h"
#include "compiler/facts/facts_tables.h"
#include "compiler/facts/network_speed.h"
#include "compiler/facts/overlay.h"

/* One description being read; after the first fault `failed` is set and no other is reported. */
struct reader {
	struct arena *a;
	struct diags *ds;
	const struct source *src;
	size_t *cursor;
	struct str name; /* of the type; empty until known */
	bool failed;
};

/* Where the type is named in the file: JSON values have no places, but names stand out. */
static struct span find_name(struct reader *r)
{
	struct str quoted = arena_fmt(r->a, "\"" STR_F "\"", STR_A(r->name));
	size_t at = r->name.n > 0 ? str_find_str(r->src->text, quoted, *r->cursor) : SIZE_MAX;

	if (r->name.n > 0) /* one that is written with escapes is not looked for again */
		*r->cursor = at != SIZE_MAX ? at + quoted.n : r->src->text.n;
	return at != SIZE_MAX ? span_in(r->src, at, at + quoted.n) : span_in(r->src, 0, 0);
}

static void fault(struct reader *r, struct str key, const char *why)
{
	struct str what = arena_fmt(r->a, "`" STR_F "` %s", STR_A(key), why);

	if (!r->failed)
		diag_bad_instance_type(r->ds, find_name(r), r->name.n > 0 ? r->name : STR("?"),
				       what);
	r->failed = true;
}

/* The member, or NULL when it is absent, null or (reported) of another kind. */
static const struct json_value *member(struct reader *r, const struct json_value *object,
				       struct str key, enum json_kind kind, const char *want)
{
	const struct json_value *v = json_get(object, key);

	if (v == NULL || v->kind == JSON_KIND_NULL)
		return NULL;
	if (v->kind == kind)
		return v;
	fault(r, key, want);
	return NULL;
}

static const struct json_value *get_object(struct reader *r, const struct json_value *object,
					   struct str key)
{
	return member(r, object, key, JSON_KIND_OBJECT, "is not an object");
}

/* The first item of a list, or NULL. */
static const struct json_value *get_list(struct reader *r, const struct json_value *object,
					 struct str key)
{
	const struct json_value *v = member(r, object, key, JSON_KIND_ARRAY, "is not a list");

	return v != NULL ? v->first : NULL;
}

static struct str get_text(struct reader *r, const struct json_value *object, struct str key)
{
	const struct json_value *v = member(r, object, key, JSON_KIND_TEXT, "is not a string");

	return v != NULL ? v->text : (struct str){0};
}

static bool get_bool(struct reader *r, const struct json_value *object, struct str key)
{
	const struct json_value *v =
		member(r, object, key, JSON_KIND_BOOL, "is neither true nor false");

	return v != NULL && v->boolean;
}

static bool get_supported(struct reader *r, const struct json_value *object, struct str key)
{
	struct str word = get_text(r, object, key);

	return word.n > 0 && !str_eq(word, STR("unsupported"));
}

/* A number from 0 to max, or `absent`. */
static uint32_t get_uint(struct reader *r, const struct json_value *object, struct str key,
			 uint32_t max, uint32_t absent)
{
	const struct json_value *v = member(r, object, key, JSON_KIND_INT, "is not a whole number");

	if (v == NULL)
		return absent;
	if (v->integer >= 0 && v->integer <= (int64_t)max)
		return (uint32_t)v->integer;
	fault(r, key, "is out of range");
	return absent;
}

static double get_real(struct reader *r, const struct json_value *object, struct str key,
		       double absent)
{
	const struct json_value *v = json_get(object, key);

	if (v != NULL && v->kind == JSON_KIND_INT)
		return (double)v->integer;
	v = member(r, object, key, JSON_KIND_REAL, "is not a number");
	return v != NULL ? v->real : absent;
}

struct word_bit {
	struct str word;
	uint8_t bit;
};

/* The bits of the words in a list that are in `words`, which ends in an empty word. */
static uint8_t get_bits(struct reader *r, const struct json_value *object, struct str key,
			const struct word_bit *words)
{
	unsigned bits = 0;

	for (const struct json_value *i = get_list(r, object, key); i != NULL; i = i->next)
		for (const struct word_bit *w = words; w->word.n > 0; w++)
			if (i->kind == JSON_KIND_TEXT && str_eq(i->text, w->word))
				bits |= w->bit;
	return (uint8_t)bits;
}

static void sort_numbers(uint32_t *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t v = x[i];
		size_t k = i;

		for (; k > 0 && x[k - 1] > v; k--)
			x[k] = x[k - 1];
		x[k] = v;
	}
}

/* Ascending numbers as "2-6/2,9": three or more in even steps make a range. */
static struct str ranges(struct arena *a, const uint32_t *x, size_t n)
{
	struct buf b = buf_in(a);
	size_t end;

	for (size_t i = 0; i < n; i = end) {
		uint32_t step = i + 1 < n ? x[i + 1] - x[i] : 0;

		for (end = i + 1; end < n && x[end] - x[end - 1] == step;)
			end++;
		if (end - i < 3)
			end = i + 1;
		buf_fmt(&b, i > 0 ? ",%u" : "%u", x[i]);
		if (end - i >= 3)
			buf_fmt(&b, "-%u", x[end - 1]);
		if (end - i >= 3 && step > 1)
			buf_fmt(&b, "/%u", step);
	}
	return buf_str(&b);
}

static struct str read_cores_ok(struct reader *r, const struct json_value *cpu)
{
	const struct json_value *list =
		member(r, cpu, STR("ValidCores"), JSON_KIND_ARRAY, "is not a list");
	uint32_t *x;
	size_t n = 0;

	if (list == NULL)
		return (struct str){0};
	x = NEW_ARRAY(r->a, uint32_t, list->n);
	for (const struct json_value *i = list->first; i != NULL; i = i->next)
		if (i->kind == JSON_KIND_INT && i->integer > 0 && i->integer <= UINT16_MAX)
			x[n++] = (uint32_t)i->integer;
		else
			fault(r, STR("ValidCores"), "holds something that is no number of cores");
	sort_numbers(x, n);
	return ranges(r->a, x, n);
}

static bool lists_one_thread(struct reader *r, const struct json_value *cpu)
{
	for (const struct json_value *i = get_list(r, cpu, STR("ValidThreadsPerCore")); i != NULL;
	     i = i->next)
		if (i->kind == JSON_KIND_INT && i->integer == 1)
			return true;
	return false;
}

static void read_cpu(struct reader *r, const struct json_value *info, struct instance_type *t)
{
	static const struct word_bit archs[] = {
		{STR_INIT("x86_64"), ARCH_X86_64}, {STR_INIT("arm64"), ARCH_ARM64},
		{STR_INIT("i386"), ARCH_I386},	   {STR_INIT("x86_64_mac"), ARCH_MAC},
		{STR_INIT("arm64_mac"), ARCH_MAC}, {{0}, 0},
	};
	const struct json_value *cpu = get_object(r, info, STR("VCpuInfo"));
	const struct json_value *memory = get_object(r, info, STR("MemoryInfo"));

	t->arch = get_bits(r, get_object(r, info, STR("ProcessorInfo")),
			   STR("SupportedArchitectures"), archs);
	t->vcpus = (uint16_t)get_uint(r, cpu, STR("DefaultVCpus"), UINT16_MAX, 0);
	t->threads_per_core = (uint8_t)get_uint(r, cpu, STR("DefaultThreadsPerCore"), 8, 1);
	t->cores = (uint16_t)get_uint(r, cpu, STR("DefaultCores"), UINT16_MAX, t->vcpus);
	t->smt_can_be_off = t->threads_per_core > 1 && lists_one_thread(r, cpu);
	t->cores_ok = read_cores_ok(r, cpu);
	t->memory_mib = get_uint(r, memory, STR("SizeInMiB"), UINT32_MAX, 0);
	if (t->vcpus == 0)
		fault(r, STR("VCpuInfo.DefaultVCpus"), "is missing");
	if (t->memory_mib == 0)
		fault(r, STR("MemoryInfo.SizeInMiB"), "is missing");
	if (t->arch == 0)
		fault(r, STR("ProcessorInfo.SupportedArchitectures"), "names none that is known");
}

/* One device of a list of GPUs, Neuron devices, FPGAs …; count 0 when there is none. */
static struct accelerator read_accelerator(struct reader *r, const struct json_value *device,
					   struct str maker)
{
	struct accelerator d = {0};
	uint32_t count;

	if (device == NULL)
		return d;
	d.maker = get_text(r, device, STR("Manufacturer"));
	if (d.maker.n == 0)
		d.maker = maker;
	d.name = get_text(r, device, STR("Name"));
	count = get_uint(r, device, STR("Count"), UINT16_MAX, 0);
	d.count = (uint16_t)get_uint(r, device, STR("LogicalGpuCount"), UINT16_MAX, count);
	d.fraction = get_real(r, device, STR("GpuPartitionSize"), 1);
	d.memory_mib = get_uint(r, get_object(r, device, STR("MemoryInfo")), STR("SizeInMiB"),
				UINT32_MAX, 0);
	d.cores = (uint8_t)get_uint(r, get_object(r, device, STR("CoreInfo")), STR("Count"),
				    UINT8_MAX, 0);
	return d;
}

/* Lists of accelerators that are neither GPUs nor Neuron devices, the first found counts. */
static const struct json_value *find_other(struct reader *r, const struct json_value *info)
{
	static const struct {
		struct str group, list;
	} places[] = {
		{STR_INIT("FpgaInfo"), STR_INIT("Fpgas")},
		{STR_INIT("MediaAcceleratorInfo"), STR_INIT("Accelerators")},
		{STR_INIT("InferenceAcceleratorInfo"), STR_INIT("Accelerators")},
	};
	const struct json_value *device = NULL;

	for (size_t i = 0; i < ARRAY_LEN(places) && device == NULL; i++)
		device = get_list(r, get_object(r, info, places[i].group), places[i].list);
	return device;
}

static void read_accelerators(struct reader *r, const struct json_value *info,
			      struct instance_type *t)
{
	const struct json_value *gpus = get_object(r, info, STR("GpuInfo"));
	const struct json_value *neuron = get_object(r, info, STR("NeuronInfo"));
	const struct json_value *other = find_other(r, info);

	t->gpu = read_accelerator(r, get_list(r, gpus, STR("Gpus")), (struct str){0});
	t->neuron = read_accelerator(r, get_list(r, neuron, STR("NeuronDevices")), STR("AWS"));
	if (other != NULL && neuron == NULL) { /* Inferentia stands in both lists */
		struct accelerator *d = NEW(r->a, struct accelerator);

		*d = read_accelerator(r, other, (struct str){0});
		t->other = d;
	}
}

/*
 * An AWS CLI older than InterfaceTypes leaves it out. All cards take an EFA then, or all but the first where
 * there is one EFA less than cards (p6-b300), or as many as there are EFAs.
 */
static bool guess_efa(const struct instance_type *t, size_t card)
{
	if (t->efa_max + 1 == t->ncards && t->ncards > 2)
		return card > 0;
	return card < t->efa_max;
}

static void read_card(struct reader *r, const struct json_value *v, const struct instance_type *t,
		      struct network_card *cards)
{
	static const struct word_bit efa[] = {{STR_INIT("efa"), 1}, {{0}, 0}};
	uint32_t i = get_uint(r, v, STR("NetworkCardIndex"), t->ncards - 1u, 0);

	cards[i].max_interfaces =
		(uint8_t)get_uint(r, v, STR("MaximumNetworkInterfaces"), UINT8_MAX, 1);
	cards[i].baseline_gbps = get_real(r, v, STR("BaselineBandwidthInGbps"), 0);
	cards[i].peak_gbps = get_real(r, v, STR("PeakBandwidthInGbps"), 0);
	cards[i].efa = json_get(v, STR("InterfaceTypes")) != NULL
			       ? get_bits(r, v, STR("InterfaceTypes"), efa) != 0
			       : guess_efa(t, i);
}

static void read_cards(struct reader *r, const struct json_value *network, struct instance_type *t)
{
	const struct json_value *list =
		member(r, network, STR("NetworkCards"), JSON_KIND_ARRAY, "is not a list");
	struct network_card *cards = NEW_ARRAY(r->a, struct network_card, MAX_NETWORK_CARDS);

	t->cards = cards;
	if (list == NULL || list->n == 0)
		fault(r, STR("NetworkInfo.NetworkCards"), "is missing");
	else if (list->n > MAX_NETWORK_CARDS)
		fault(r, STR("NetworkInfo.NetworkCards"), "has more than 32 cards");
	if (r->failed)
		return;
	t->ncards = (uint8_t)list->n;
	for (const struct json_value *i = list->first; i != NULL; i = i->next)
		read_card(r, i, t, cards);
}

/* What the EFA of the family can do; the API does not say. */
static void set_efa_abilities(struct instance_type *t)
{
	struct str family = str_slice(t->name, 0, str_find(t->name, '.', 0));

	for (size_t i = 0; i < facts_efa_n && t->efa_max > 0; i++)
		if (str_eq(facts_efa[i].family, family)) {
			t->rdma_read = facts_efa[i].rdma_read;
			t->rdma_write = facts_efa[i].rdma_write;
			t->gpudirect_rdma = facts_efa[i].gpudirect;
		}
}

static void read_network(struct reader *r, const struct json_value *info, struct instance_type *t)
{
	const struct json_value *network = get_object(r, info, STR("NetworkInfo"));
	struct network_speed speed;
	double base = 0, peak = 0;

	if (get_bool(r, network, STR("EfaSupported")))
		t->efa_max = (uint16_t)get_uint(r, get_object(r, network, STR("EfaInfo")),
						STR("MaximumEfaInterfaces"), 64, 0);
	read_cards(r, network, t);
	for (size_t i = 0; i < t->ncards; i++) {
		base += t->cards[i].baseline_gbps;
		peak += t->cards[i].peak_gbps;
	}
	speed = network_speed(get_text(r, network, STR("NetworkPerformance")), t->ncards, base,
			      peak);
	t->network_gbps = speed.gbps;
	t->network_base_gbps = speed.base_gbps;
	set_efa_abilities(t);
}

static void add_ebs_speed(struct reader *r, const struct json_value *v, struct instance_type *t)
{
	t->ebs_base_mbps += get_uint(r, v, STR("BaselineBandwidthInMbps"), INT32_MAX, 0);
	t->ebs_max_mbps += get_uint(r, v, STR("MaximumBandwidthInMbps"), INT32_MAX, 0);
	t->ebs_base_iops += get_uint(r, v, STR("BaselineIops"), INT32_MAX, 0);
	t->ebs_max_iops += get_uint(r, v, STR("MaximumIops"), INT32_MAX, 0);
}

static void read_ebs(struct reader *r, const struct json_value *info, struct instance_type *t)
{
	const struct json_value *ebs = get_object(r, info, STR("EbsInfo"));
	const struct json_value *whole = get_object(r, ebs, STR("EbsOptimizedInfo"));
	struct str support = get_text(r, ebs, STR("EbsOptimizedSupport"));

	t->ebs_optimized_default = str_eq(support, STR("default"));
	t->ebs_optimized = get_supported(r, ebs, STR("EbsOptimizedSupport"));
	t->ebs_volumes = (uint16_t)get_uint(r, ebs, STR("MaximumEbsAttachments"), UINT16_MAX, 0);
	if (whole != NULL)
		add_ebs_speed(r, whole, t);
	else
		for (const struct json_value *i = get_list(r, ebs, STR("EbsCards")); i != NULL;
		     i = i->next)
			add_ebs_speed(r, i, t);
}

static void read_disks(struct reader *r, const struct json_value *info, struct instance_type *t)
{
	const struct json_value *storage = get_object(r, info, STR("InstanceStorageInfo"));
	uint32_t n = 0;

	for (const struct json_value *i = get_list(r, storage, STR("Disks")); i != NULL;
	     i = i->next)
		n += get_uint(r, i, STR("Count"), 1000, 0);
	t->disks = (uint16_t)n;
	t->disk_gb = get_uint(r, storage, STR("TotalSizeInGB"), UINT32_MAX, 0);
	t->disk_nvme = get_supported(r, storage, STR("NvmeSupport"));
}

static void read_uses(struct reader *r, const struct json_value *info, struct instance_type *t)
{
	static const struct word_bit usage[] = {
		{STR_INIT("on-demand"), USAGE_ONDEMAND},
		{STR_INIT("spot"), USAGE_SPOT},
		{STR_INIT("capacity-block"), USAGE_CAPACITY_BLOCK},
		{{0}, 0},
	};
	static const struct word_bit placement[] = {
		{STR_INIT("cluster"), PLACE_CLUSTER},
		{STR_INIT("partition"), PLACE_PARTITION},
		{STR_INIT("spread"), PLACE_SPREAD},
		{{0}, 0},
	};
	static const struct word_bit boot[] = {
		{STR_INIT("legacy-bios"), BOOT_LEGACY_BIOS},
		{STR_INIT("uefi"), BOOT_UEFI},
		{{0}, 0},
	};

	t->current_generation = get_bool(r, info, STR("CurrentGeneration"));
	t->bare_metal = get_bool(r, info, STR("BareMetal"));
	t->burstable = get_bool(r, info, STR("BurstablePerformanceSupported"));
	t->hibernation = get_bool(r, info, STR("HibernationSupported"));
	/* Bare metal has no hypervisor, and Nitro cards: EC2 guide, Instances built on the AWS Nitro System. */
	t->nitro = t->bare_metal || str_eq(get_text(r, info, STR("Hypervisor")), STR("nitro"));
	t->usage = get_bits(r, info, STR("SupportedUsageClasses"), usage);
	t->placement = get_bits(r, get_object(r, info, STR("PlacementGroupInfo")),
				STR("SupportedStrategies"), placement);
	t->boot = get_bits(r, info, STR("SupportedBootModes"), boot);
}

/* "FAMILY.SIZE" of letters, digits and dashes, so that it can stand in templates, tables and shell. */
static bool is_type_name(struct str name)
{
	size_t dots = 0;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.s[i];

		dots += c == '.';
		if (c != '.' && c != '-' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			return false;
	}
	return dots == 1;
}

const struct instance_type *instance_type_read(struct arena *a, struct diags *ds,
					       const struct source *src, size_t *cursor,
					       const struct json_value *info)
{
	struct reader r = {.a = a, .ds = ds, .src = src, .cursor = cursor};
	struct instance_type *t = NEW(a, struct instance_type);

	t->name = get_text(&r, info, STR("InstanceType"));
	r.name = t->name;
	if (!is_type_name(t->name))
		fault(&r, STR("InstanceType"), "is not the name of a type");
	read_cpu(&r, info, t);
	read_accelerators(&r, info, t);
	read_network(&r, info, t);
	read_ebs(&r, info, t);
	read_disks(&r, info, t);
	read_uses(&r, info, t);
	return r.failed ? NULL : t;
}

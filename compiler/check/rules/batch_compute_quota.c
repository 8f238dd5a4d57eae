/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_compute_quota.c - what the account must allow, and what an instance needs room for.
 *
 * Quotas are counted in vCPUs of a class of families. Source: Amazon EC2 user guide, Quotas of instances on demand and
 * Spot, November 2026. None is known for P6 on Spot, nor for HPC and High Memory.
 */
#include "compiler/base/buf.h"
#include "compiler/check/rules/batch_compute.h"

/* Classes by how the name of a family begins; the first row that fits counts. The last one is for all others. */
static const struct quota {
	const char *begin, *name, *on_demand, *spot;
	int64_t usual; /* vCPUs that accounts mostly have without asking */
} quotas[] = {
	{"vt", "G and VT", "L-DB2E81BA", "L-3819A6DF", 256},
	{"g", "G and VT", "L-DB2E81BA", "L-3819A6DF", 256},
	{"p5", "P", "L-417A185B", "L-C4BD4855", 256},
	{"p6", "P", "L-417A185B", NULL, 256},
	{"p", "P", "L-417A185B", "L-7212CCBC", 256},
	{"inf", "Inf", "L-1945791B", "L-B5D1601B", 256},
	{"trn", "Trn", "L-2C3B7624", "L-6B0D517C", 256},
	{"dl", "DL", "L-6E869C2A", "L-85EED4F7", 256},
	{"f", "F", "L-74FC7D96", "L-88CF9481", 256},
	{"x", "X", "L-7295265B", "L-E3A00192", 256},
	{"u-", "High Memory", "L-43DA4232", NULL, 256},
	{"u7", "High Memory", "L-43DA4232", NULL, 256},
	{"hpc", "HPC", "L-F7808C92", NULL, 1536},
	{"", "Standard", "L-1216C47A", "L-34B43A08", 2048},
};

/* The quota that counts a type, by its place in the table; the first of those with the same code. -1: none is known. */
static int quota_of(const struct instance_type *t, bool spot)
{
	const char *code;
	size_t i = 0;

	while (!str_starts(t->name, str_c(quotas[i].begin)))
		i++;
	code = spot ? quotas[i].spot : quotas[i].on_demand;
	if (code == NULL)
		return -1;
	for (i = 0; i < ARRAY_LEN(quotas); i++) {
		const char *other = spot ? quotas[i].spot : quotas[i].on_demand;

		if (other != NULL && str_eq(str_c(other), str_c(code)))
			return (int)i;
	}
	BUG("no such quota: %s", code);
}

/* What the file asks for: vCPUs by quota, on demand and Spot. */
struct asked {
	int64_t vcpus[ARRAY_LEN(quotas)][2];
	struct span at; /* of the first that is above the usual */
};

static void ask(const struct rules *r, const struct batch_environment *e, struct asked *a)
{
	bool counted[ARRAY_LEN(quotas)] = {false};
	struct batch_type t = {0};

	while (next_batch_type(r, e, &t)) {
		int i = quota_of(t.type, e->spot);

		if (i < 0 || counted[i])
			continue;
		counted[i] = true;
		a->vcpus[i][e->spot] += e->m->maxv_cpus;
		if (a->vcpus[i][e->spot] > quotas[i].usual && !span_is_set(a->at))
			a->at = e->m->at.maxv_cpus.value;
	}
}

static void add_class(struct buf *b, const struct quota *q, bool spot, int64_t vcpus)
{
	if (vcpus > q->usual)
		buf_fmt(b, "%s%lld vCPUs of %s%s (%s)", b->n > 0 ? ", " : "", (long long)vcpus,
			q->name, spot ? " as Spot" : "", spot ? q->spot : q->on_demand);
}

/* One note a file. */
void rule_compute_quotas(const struct rules *r)
{
	const struct batch_environment *e;
	struct asked a = {0};
	struct buf b = buf_in(r->a);
	struct diag *d;

	for (size_t it = 0; (e = next_typed_instances(r, &it)) != NULL;)
		if (WRITTEN(e->m, maxv_cpus) && !is_reserved(e))
			ask(r, e, &a);
	for (size_t i = 0; i < ARRAY_LEN(quotas); i++)
		for (size_t spot = 0; spot < 2; spot++)
			add_class(&b, &quotas[i], spot != 0, a.vcpus[i][spot]);
	if (b.n == 0)
		return;
	d = diag_vcpu_quotas(r->ds, a.at, buf_str(&b));
	diag_note(r->ds, d, "above its quota Batch starts nothing more, and jobs wait in RUNNABLE");
	diag_help(r->ds, d,
		  "`aws service-quotas get-service-quota --service-code ec2 --quota-code CODE` "
		  "tells what it is");
}

/* ---- the root volume ---- */

enum { IMAGE_GIB = 30 };

/* Source: the machine images of Amazon ECS for Amazon Linux 2023 have a root volume of 30 GiB. */
void rule_compute_root_volume(const struct rules *r)
{
	const struct batch_environment *e;
	bool told = false;

	for (size_t it = 0; (e = next_instances(r, &it)) != NULL;) {
		const struct queue_local_storage *s = &e->m->local_storage;
		const struct queue_root_volume *v = &s->root_volume;
		struct diag *d;

		if (!USABLE(e->m, local_storage) || !USABLE(s, root_volume) || !USABLE(v, size))
			continue;
		if (WRITTEN(v, size) && v->size < IMAGE_GIB) {
			d = diag_batch_root_small(r->ds, v->at.size.value, (long long)v->size,
						  IMAGE_GIB);
			diag_help(r->ds, d, "leave `Size` out, or write %d and more", IMAGE_GIB);
		}
		if (WRITTEN(v, size) || told || !batch_has_gpus(r, e))
			continue;
		told = true;
		d = diag_gpu_root(r->ds, section_span(&e->m->section), IMAGE_GIB);
		diag_note(r->ds, d,
			  "images with CUDA have 10 to 20 GiB each, and a pull needs room "
			  "for what it unpacks");
		diag_help(r->ds, d, "write `LocalStorage: {RootVolume: {Size: 100}}`");
	}
}

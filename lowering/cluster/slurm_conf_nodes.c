/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slurm_conf_nodes.c - nodes, GPUs, node sets and partitions of slurm.conf.
 *
 * Slurm must know a node's processors and memory before the node exists, so they come from the facts. Where a
 * compute resource may get different types, the least of each figure is what any of them can keep.
 * Sockets are always one: jobs should not see where a virtual machine's cores lie.
 */
#include "lowering/cluster/slurm_conf.h"

/* What Slurm is told of one node of a compute resource: what all its instance types have at least. */
struct node_shape {
	uint32_t cpus, cores, threads; /* cpus = cores * threads */
	uint32_t memory_mib;	       /* RealMemory */
	uint32_t gpus;		       /* NVIDIA GPUs only: others have no Slurm device file rule */
	struct str gpu_type;	       /* "h100"; empty when types differ */
};

/* The instance types of cr that the facts know, one after the other: NULL past the last. */
static const struct instance_type *nth_type(const struct facts *f,
					    const struct slurm_compute_resource *cr, size_t i)
{
	for (size_t k = 0; k < cr->instances.n; k++) {
		const struct instance_type *t =
			facts_instance(f, cr->instances.items[k].instance_type);

		if (t != NULL && i-- == 0)
			return t;
	}
	if (cr->instance_type.n > 0 && i == 0)
		return facts_instance(f, cr->instance_type);
	return NULL;
}

/* GPU names as Slurm types: letters and digits in lower case ("Tesla V100" becomes "teslav100"). */
static struct str gres_type(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < name.n; i++) {
		char ch = name.s[i];

		if (ch >= 'A' && ch <= 'Z')
			ch = (char)(ch - 'A' + 'a');
		if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9'))
			buf_char(&b, ch);
	}
	return buf_str(&b);
}

static struct node_shape shape_of_type(struct arena *a, const struct instance_type *t, bool smt_off)
{
	struct node_shape s = {.memory_mib = t->memory_mib};

	s.threads = smt_off || t->threads_per_core == 0 ? 1 : t->threads_per_core;
	s.cores = t->cores > 0 ? t->cores : t->vcpus;
	s.cpus = s.cores * s.threads;
	if (str_eq_nocase(t->gpu.maker, STR("NVIDIA"))) {
		s.gpus = t->gpu.count;
		s.gpu_type = gres_type(a, t->gpu.name);
	}
	return s;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void shape_join(struct node_shape *s, const struct node_shape *other)
{
	if (s->threads != other->threads || s->cores != other->cores) {
		s->cpus = least(s->cpus, other->cpus);
		s->cores = s->cpus;
		s->threads = 1;
	}
	s->memory_mib = least(s->memory_mib, other->memory_mib);
	s->gpus = least(s->gpus, other->gpus);
	if (!str_eq(s->gpu_type, other->gpu_type))
		s->gpu_type = STR("");
}

/*
 * The shape of the nodes of cr. Threads are 1 when SMT is off. Memory is SchedulableMemory, or 95 % of the
 * smallest type's: the kernel keeps the rest. cpus is 0 when no type is known.
 */
static struct node_shape node_shape(struct arena *a, const struct facts *f,
				    const struct slurm_compute_resource *cr)
{
	bool smt_off = cr->disable_simultaneous_multithreading;
	const struct instance_type *t;
	struct node_shape s = {0};

	for (size_t i = 0; (t = nth_type(f, cr, i)) != NULL; i++) {
		struct node_shape one = shape_of_type(a, t, smt_off);

		if (i == 0)
			s = one;
		else
			shape_join(&s, &one);
	}
	s.memory_mib = (uint32_t)((uint64_t)s.memory_mib * 95 / 100);
	if (is_written(&cr->at.schedulable_memory))
		s.memory_mib = cr->schedulable_memory < UINT32_MAX
				       ? (uint32_t)cr->schedulable_memory
				       : UINT32_MAX;
	return s;
}

static struct str node_range(struct arena *a, const struct slurm_queue *q, const char *kind,
			     const struct slurm_compute_resource *cr, int64_t n)
{
	if (n <= 0)
		return STR("");
	return arena_fmt(a, STR_F "-%s-" STR_F "-[1-%lld]", STR_A(q->name), kind, STR_A(cr->name),
			 (long long)n);
}

/* "q1-st-cr1-[1-2]", or empty without such nodes. */
static struct str static_nodes(struct arena *a, const struct slurm_queue *q,
			       const struct slurm_compute_resource *cr)
{
	return node_range(a, q, "st", cr, cr->min_count);
}

/* "q1-dy-cr1-[1-8]", or empty without such nodes. */
static struct str dynamic_nodes(struct arena *a, const struct slurm_queue *q,
				const struct slurm_compute_resource *cr)
{
	return node_range(a, q, "dy", cr, cr->max_count - cr->min_count);
}

/* Did the user write this key himself? Then his word replaces ours. */
static bool has_key(const struct model_map *custom, const char *key)
{
	for (size_t i = 0; i < custom->n; i++)
		if (str_eq_nocase(custom->items[i].key, str_c(key)))
			return true;
	return false;
}

/* " key=value", unless the user's own settings name the key. */
static void add_setting(struct buf *b, const struct model_map *custom, const char *key,
			struct str value)
{
	if (!has_key(custom, key))
		buf_fmt(b, " %s=" STR_F, key, STR_A(value));
}

static void add_number(struct buf *b, const struct model_map *custom, const char *key, int64_t n)
{
	add_setting(b, custom, key, arena_fmt(b->a, "%lld", (long long)n));
}

/* The user's settings of one line. */
static void add_custom(struct buf *b, const struct model_map *custom)
{
	for (size_t i = 0; i < custom->n; i++) {
		buf_fmt(b, " " STR_F "=", STR_A(custom->items[i].key));
		slurm_add_value(b, custom->items[i].value);
	}
}

static struct str features(struct arena *a, const struct slurm_compute_resource *cr, bool fixed,
			   const struct node_shape *s)
{
	struct buf b = buf_in(a);

	buf_add(&b, fixed ? STR("static") : STR("dynamic"));
	if (cr->instance_type.n > 0)
		buf_fmt(&b, "," STR_F, STR_A(cr->instance_type));
	buf_fmt(&b, "," STR_F, STR_A(cr->name));
	if (efa_of(cr) == EFA_ON)
		buf_add(&b, STR(",efa"));
	if (s->gpus > 0)
		buf_add(&b, STR(",gpu"));
	return buf_str(&b);
}

static struct str gres_count(struct arena *a, const struct node_shape *s)
{
	if (s->gpu_type.n == 0)
		return arena_fmt(a, "gpu:%u", s->gpus);
	return arena_fmt(a, "gpu:" STR_F ":%u", STR_A(s->gpu_type), s->gpus);
}

static void add_node_line(struct buf *b, const struct slurm_compute_resource *cr, struct str names,
			  bool fixed, const struct node_shape *s)
{
	const struct model_map *custom = &cr->custom_slurm_settings;

	if (names.n == 0)
		return;
	buf_fmt(b, "NodeName=" STR_F, STR_A(names));
	if (s->cpus > 0) {
		add_number(b, custom, "CPUs", s->cpus);
		add_number(b, custom, "Boards", 1);
		add_number(b, custom, "SocketsPerBoard", 1);
		add_number(b, custom, "CoresPerSocket", s->cores);
		add_number(b, custom, "ThreadsPerCore", s->threads);
	}
	if (s->memory_mib > 0)
		add_number(b, custom, "RealMemory", s->memory_mib);
	add_setting(b, custom, "State", STR("CLOUD"));
	add_setting(b, custom, "Feature", features(b->a, cr, fixed, s));
	if (s->gpus > 0)
		add_setting(b, custom, "Gres", gres_count(b->a, s));
	add_number(b, custom, "Weight",
		   fixed ? cr->static_node_priority : cr->dynamic_node_priority);
	add_custom(b, custom);
	buf_char(b, '\n');
}

static void add_name(struct buf *list, struct str name)
{
	if (name.n > 0 && list->n > 0)
		buf_char(list, ',');
	buf_add(list, name);
}

static void add_partition(struct buf *b, const struct slurm_queue *q, struct str nodes, bool first)
{
	const struct model_map *custom = &q->custom_slurm_settings;

	if (nodes.n > 0)
		buf_fmt(b, "NodeSet=" STR_F "_nodes Nodes=" STR_F "\n", STR_A(q->name),
			STR_A(nodes));
	buf_fmt(b, "PartitionName=" STR_F, STR_A(q->name));
	if (nodes.n > 0)
		add_setting(b, custom, "Nodes", arena_fmt(b->a, STR_F "_nodes", STR_A(q->name)));
	add_setting(b, custom, "MaxTime", STR("INFINITE"));
	add_setting(b, custom, "State", STR("UP"));
	if (first)
		add_setting(b, custom, "Default", STR("YES"));
	if (q->job_exclusive_allocation)
		add_setting(b, custom, "OverSubscribe", STR("EXCLUSIVE"));
	add_custom(b, custom);
	buf_char(b, '\n');
}

/* The lines of one queue; its static nodes are appended to the list `fixed`. */
static void add_queue(struct buf *b, const struct facts *f, const struct slurm_queue *q, bool first,
		      struct buf *fixed)
{
	struct buf nodes = buf_in(b->a);

	for (size_t i = 0; i < q->compute_resources.n; i++) {
		const struct slurm_compute_resource *cr = &q->compute_resources.items[i];
		struct str st = static_nodes(b->a, q, cr);
		struct str dy = dynamic_nodes(b->a, q, cr);
		struct node_shape s = node_shape(b->a, f, cr);

		add_node_line(b, cr, st, true, &s);
		add_node_line(b, cr, dy, false, &s);
		add_name(&nodes, st);
		add_name(&nodes, dy);
		add_name(fixed, st);
	}
	add_partition(b, q, buf_str(&nodes), first);
}

struct str slurm_conf_nodes(struct arena *a, const struct facts *f, const struct cluster *c)
{
	struct buf b = buf_in(a);
	struct buf fixed = buf_in(a);

	for (size_t i = 0; i < c->scheduling.slurm_queues.n; i++)
		add_queue(&b, f, &c->scheduling.slurm_queues.items[i], i == 0, &fixed);
	if (fixed.n > 0)
		buf_fmt(&b, "SuspendExcNodes=" STR_F "\n", STR_A(buf_str(&fixed)));
	return buf_str(&b);
}

bool slurm_has_gpus(const struct facts *f, const struct slurm_compute_resource *cr)
{
	const struct instance_type *t;
	size_t n = 0;

	while ((t = nth_type(f, cr, n)) != NULL) {
		if (t->gpu.count == 0 || !str_eq_nocase(t->gpu.maker, STR("NVIDIA")))
			return false;
		n++;
	}
	return n > 0;
}

/* Device files are numbered from 0: "/dev/nvidia[0-7]", or "/dev/nvidia0" alone. */
static void add_gres_line(struct buf *b, struct str names, const struct node_shape *s)
{
	if (names.n == 0 || s->gpus == 0)
		return;
	buf_fmt(b, "NodeName=" STR_F " Name=gpu", STR_A(names));
	if (s->gpu_type.n > 0)
		buf_fmt(b, " Type=" STR_F, STR_A(s->gpu_type));
	if (s->gpus == 1)
		buf_add(b, STR(" File=/dev/nvidia0\n"));
	else
		buf_fmt(b, " File=/dev/nvidia[0-%u]\n", s->gpus - 1);
}

struct str slurm_conf_gres(struct arena *a, const struct facts *f, const struct cluster *c)
{
	struct compute it = {0};
	struct buf b = buf_in(a);

	buf_add(&b, STR("# GPUs of the nodes\n"));
	while (next_compute(c, &it)) {
		struct node_shape s = node_shape(a, f, it.resource);

		add_gres_line(&b, static_nodes(a, it.queue, it.resource), &s);
		add_gres_line(&b, dynamic_nodes(a, it.queue, it.resource), &s);
	}
	return buf_str(&b);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - checks across properties.
 *
 * A rule is one small function over the typed model: it looks at one relation and reports when it does not
 * hold. rules.def lists them all with the kinds of files they are for and the codes they may report; a rule whose
 * codes are all switched off does not run. Rules pass over poisoned fields (their fault is reported already) and
 * never repeat what the type check says. The text of a property with `open: true` may be left to the deployment: who
 * reads it asks text_is_known() first. Order does not matter: findings are sorted by place.
 */
#ifndef HPCC_RULE_H
#define HPCC_RULE_H

#include "compiler/base/open_text.h"
#include "compiler/facts/facts.h"
#include "compiler/model/demand.h"
#include "compiler/model/each.h"
#include "compiler/model/effective.h"
#include "compiler/model/foundation.h"
#include "compiler/schema/schema.h"
#include "compiler/source/diag.h"

/* What a rule may look at, and where it reports. */
struct rules {
	struct arena *a;
	struct diags *ds;
	const struct cluster *c;	/* NULL where the file is of another kind */
	const struct environment *e;	/* likewise */
	const struct batch *b;		/* likewise */
	const struct batch_view *batch; /* what b comes to, compiler/model/batch.h; NULL with it */
	const struct net *net;		/* what its Network comes to; NULL where it has none */
	const struct deployment *deployment; /* compiler/model/deployment.h, or NULL */
	/* The environment at hand that is looked at: what the file stands on, or another that it imports from. */
	const struct foundation *on;
	const struct foundation *first; /* the one that the file stands on */
	const struct facts *facts;
	const struct region *region; /* of the file; NULL when none is written or it is not known */
	struct str region_name;	     /* what the file says of it, or empty */
	const struct field_at *region_at; /* where it says that, or NULL */
	const struct file_kind *kind;	  /* compiler/schema/kind.h */
	uint16_t variant;		  /* of the file: SLURM … */
	bool program;			  /* the file is a declaration of a program */
	release knows;			  /* ParallelCluster release to judge by, 0 for any 3.x */
	const struct shared_storage_list *storage; /* of the file, or an empty list */
	struct section_list sections;		   /* that the file has, see each_section() */
	struct demand_list demand;		   /* what its stack will hold */
};

/*
 * Compute resources that a cluster may have. More are one error; rules that compare each with others need not look
 * at those beyond. Source: ParallelCluster cluster_validators.py, MaxCountValidator.
 */
enum { MAX_COMPUTE_RESOURCES = 50 };

/* What the user calls a property: PROP_NAME(SlurmQueue_Name) is "Name". */
#define PROP_NAME(id) (schema_props[PROP_##id].name)

typedef void rule_function(const struct rules *r);

/* Which codes are switched off: bit per enum diag_id. */
struct code_set {
	uint64_t bits[(DIAG_COUNT + 63) / 64];
};

static inline bool code_in(const struct code_set *s, enum diag_id id)
{
	return (s->bits[id / 64] >> (id % 64) & 1) != 0;
}

static inline void code_add(struct code_set *s, enum diag_id id)
{
	s->bits[id / 64] |= (uint64_t)1 << (id % 64);
}

/*
 * Runs all rules over a model that check_tree made; ds may hold errors already. `off` may be NULL.
 */
void check_rules(struct arena *a, struct diags *ds, const struct model *m,
		 const struct facts *facts, release knows, const struct code_set *off);

/* ---- helpers for rules: walk.c ---- */

/* Calls f for every section that the file has, outer before inner, in the order of the rows. */
void each_section(const struct rules *r,
		  void (*f)(const struct rules *r, const struct any_section *s));

/* May a rule look at this field? Not when it is faulty. Use on the fields of a section: USABLE(queue, name). */
#define USABLE(section, field) (!is_poisoned(&(section)->at.field))
/* Was it written, without fault? */
#define WRITTEN(section, field) is_written(&(section)->at.field)
/* Was it written, without fault, and is its text known? One with `open: true` in stdlib/schema may be left open. */
#define KNOWN(section, field) (WRITTEN(section, field) && text_is_known((section)->field))
/* Where the value of a field stands, or the key of its section when it is a default. */
#define VALUE_AT(section_pointer, field)                                              \
	(is_written(&(section_pointer)->at.field) ? (section_pointer)->at.field.value \
						  : section_span(&(section_pointer)->section))

/* A place for a finding about a section as a whole: its key, or for a list item its first line. */
struct span section_span(const struct section_at *s);

/* An instance type as the file names it. */
struct named_type {
	struct str name;
	struct span at;			  /* of the name */
	const struct instance_type *type; /* NULL when the facts do not know it */
};

enum { MAX_TYPES = 64 };

/*
 * The instance types of a compute resource: its InstanceType or its Instances, at most MAX_TYPES, without
 * poisoned ones. Returns how many.
 */
size_t compute_types(const struct rules *r, const struct slurm_compute_resource *c,
		     struct named_type ret[MAX_TYPES]);

/* A kind of node with a type of its own: the head node, a login pool or a compute resource. */
struct typed_node {
	const char *what; /* "the head node", "the login pool", "the compute resource" */
	struct str name;  /* of the pool or resource, or empty */
	struct named_type type;
	bool computes;					/* a compute node */
	const struct node_image *image;			/* its own, over that of the cluster */
	const struct custom_action *start, *configured; /* what runs then; never NULL */
};

/* Calls f for each instance type that the file names for a node. */
void each_typed_node(const struct rules *r,
		     void (*f)(const struct rules *r, const struct typed_node *n));

/* Is there no official image of the system, so that E0303 asks for one? */
bool needs_custom_image(enum image_os os);

#define RULE(variants, name, codes, promise) rule_function rule_##name;
#include "compiler/check/rules/rules.def"
#undef RULE

#endif

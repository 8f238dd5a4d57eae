/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.h - what the files of the evaluator share; nobody else includes it.
 *
 * A program is evaluated by going through its expressions; names.h says how frames and slots work. Whatever is wrong is
 * reported once, where it is met, and gives VALUE_POISON, of which everything is made without a word. Each step is
 * counted; when a limit is met that is reported, and from then on everything is poison at once, so that the end comes
 * soon.
 */
#ifndef HPCC_HPC_EVAL_H
#define HPCC_HPC_EVAL_H

#include "compiler/base/buf.h"
#include "compiler/base/open_text.h"
#include "compiler/base/regex.h"
#include "compiler/hpc/names.h"
#include "compiler/hpc/parse.h"
#include "compiler/schema/pattern.h"

enum cell_state { CELL_WAITING, CELL_RUNNING, CELL_DONE };

/* A slot of a frame. */
struct cell {
	enum cell_state state;
	const struct value *value;
};

/* What is being evaluated: a call, or an item of a file by itself. */
struct frame {
	const struct program_file *file;
	struct cell *cells;
	const struct source *src; /* of the file, seen through the calls that led here */
	struct span
		stands; /* in the standard library: the call of the user at which all of it stands */
};

enum {
	MOST_NESTING = 1500, /* expressions within expressions, calls and values included */
	PASSAGES_KEPT =
		8, /* of a value; the others are forgotten, so that the way of none grows without end */
	INDEX_FROM = 12, /* entries of a section from which they are found by a map */
};

/* A use of an output by the declaration `by`, on the way to what is under way. */
struct stack_use {
	const struct item *by;
	struct span at;
	const struct stack_use *next;
};

/* A declaration that has a name in its file. */
struct named_declaration {
	enum cell_state state;
	struct hpc_declaration *d;
};

struct evaluator {
	struct arena *a;
	struct diags *ds;
	const struct hpc_options *o;
	struct hpc_program *program;
	struct type_maker *types;
	struct pattern_cache *patterns;
	struct regex_room *regexes;
	struct map regex_cache;		  /* text -> struct regex, or &no_regex */
	struct cell **file_cells;	  /* by program_file.index */
	struct map instance_cache;	  /* type -> its facts as a value */
	unsigned searches;		  /* of near names: there is a bound to them */
	const struct item *running;	  /* the declaration under way, or NULL */
	const struct stack_use *uses;	  /* of outputs, that led here */
	struct named_declaration **named; /* by file, then by slot; NULL: none of the file */
	struct map names; /* of declarations that were made -> struct hpc_declaration */
	struct map unknown_parameters; /* that reference() named and that were reported */
	struct span outermost; /* of the call that is farthest out; unset outside of calls */
	unsigned steps, calls, nesting;
	size_t bytes;			 /* in lists, sections and texts */
	size_t memory_base;		 /* of `a` before the run */
	bool stopped;			 /* a limit was met and reported */
	unsigned apart;			 /* errors reported of such values, see value_apart() */
	const struct policy_run *policy; /* the one under way, or NULL */
	struct statics *statics;	 /* what judges values of the schema; NULL: nothing does */
};

/* ---- values (value.c) ---- */

extern const struct value value_poison;
/*
 * What stands in the place of v, whose fault as a value of a property was reported. Who reads it meets poison; the
 * section goes on without it, so that the check of the whole file tells of what else is wrong.
 */
const struct value *value_apart(struct evaluator *ev, const struct value *v);
/* A fresh value of the kind, all else zero. */
struct value *value_new(struct arena *a, enum value_kind kind, struct span at);
/* Values of one kind each, fresh; items and text are borrowed. */
const struct value *value_of_bool(struct arena *a, bool b, struct span at);
/* A number, plain or a quantity. */
struct value *value_of_number(struct arena *a, struct number n, struct span at);
/* A text that is known. */
const struct value *value_of_text(struct arena *a, struct str s, struct span at);
/* How many values it is, for what takes longer the more there are; at least 1. */
uint32_t value_weight(const struct value *v);
/* A list of n items, none of them null. */
const struct value *value_of_list(struct arena *a, const struct value *const *items, size_t n,
				  struct span at);
/* entries stay the value's; an index is made for many. */
struct value *value_of_section(struct arena *a, const struct value_entry *entries, size_t n,
			       struct span at);
/* The entry of the key, or NULL; also where `section` is no section. */
const struct value_entry *value_find(const struct value *section, struct str key);
/* v at another place; v itself where it has that place already. */
const struct value *value_at(struct arena *a, const struct value *v, struct span at);
static inline bool is_poison(const struct value *v)
{
	return v->kind == VALUE_POISON;
}
/* Is it poison of which nothing can be made, not even what it stands in? */
static inline bool is_lost(const struct value *v)
{
	return v->kind == VALUE_POISON && !v->apart;
}
static inline bool is_section(const struct value *v)
{
	return v->kind == VALUE_SECTION || v->kind == VALUE_DECLARATION;
}
/* Is it known at deployment alone, or is something in it (deep)? */
const struct value *value_open_part(const struct value *v);

/* ---- state (eval.c) ---- */

/* The place of a node of the frame's file, for findings and values. */
struct span place(const struct frame *f, struct span at);
/* Counts n steps. False: a limit is met. */
bool steps(struct evaluator *ev, struct span at, size_t n);
/* The steps of a search that was ended because it took too long. */
enum { STEPS_OF_SEARCH = 1000 };
/* The steps of reading s once; of a short text none. False: there are no more. */
bool text_steps(struct evaluator *ev, struct span at, struct str s);
/* Counts bytes of values. False: a limit is met. */
bool bytes(struct evaluator *ev, struct span at, size_t n);
/* Reports E0836 or E0838 once, and stops the evaluation. */
void stop_steps(struct evaluator *ev, struct span at, const char *what);
/* The same with E0838; `at` may be unset. */
void stop_size(struct evaluator *ev, struct span at, const char *what);

/* A list or section of the program, counted; poison at a limit. */
const struct value *new_list(struct evaluator *ev, const struct value *const *items, size_t n,
			     struct span at);
/* A section with the type t, or NULL; its entries fit it. */
const struct value *new_section(struct evaluator *ev, const struct value_entry *entries, size_t n,
				struct span at, const struct type *t);
/* A text, counted. */
const struct value *new_text(struct evaluator *ev, struct str s, struct span at);

/* The value of e; `want` is the type that its place gives to literals, or NULL. It is not held against it. */
const struct value *eval(struct evaluator *ev, struct frame *f, const struct expr *e,
			 const struct type *want);
/* A frame for an item of the file by itself. */
struct frame frame_of_file(struct evaluator *ev, const struct program_file *file, uint32_t nslots);
/* The value of a name. `at`: where it is used. */
const struct value *eval_binding(struct evaluator *ev, struct frame *f, const struct binding *b,
				 struct span at);
/* v, seen through the place where it was used as `text` says; v itself where it is written right there. */
const struct value *value_through(struct evaluator *ev, const struct value *v, struct span at,
				  struct str text);
/* A call of a user's function or of a built-in. */
const struct value *eval_call(struct evaluator *ev, struct frame *f, const struct expr *e,
			      const struct type *want);
/* The value of a `let` in a frame, held against its type. */
const struct value *eval_let(struct evaluator *ev, struct frame *f, const struct let *let);

/* ---- operators (eval_op.c) ---- */

/* `!` and `-`, any number of them. */
const struct value *eval_unary(struct evaluator *ev, struct frame *f, const struct expr *e);
/* A chain of operators of any length. */
const struct value *eval_binary(struct evaluator *ev, struct frame *f, const struct expr *e,
				const struct type *want);
/* `a..b`; E0842 for ends that are no numbers. */
const struct value *eval_range(struct evaluator *ev, struct frame *f, const struct expr *e);
/* Is v known when compiling? Else E0822: `what` needs it now. Poison is not known and says nothing. */
bool known(struct evaluator *ev, const struct value *v, struct span at, const char *what);
/* The condition e: 1, 0, or -1 after an error. */
int eval_condition(struct evaluator *ev, struct frame *f, const struct expr *e);
/* a + b … of numbers, with all findings. `op_at`, for findings. */
const struct value *apply_arithmetic(struct evaluator *ev, enum operator op, const struct value *a,
				     const struct value *b, struct span op_at, struct span at);
/* <0, 0, >0 of two that have an order; false after an error. */
bool compare_values(struct evaluator *ev, const struct value *a, const struct value *b,
		    struct span op_at, const char *op, int *ret);
/* Deep equality with E0809 and E0822; 1, 0, -1. */
int equal_values(struct evaluator *ev, const struct value *a, const struct value *b,
		 struct span op_at, const char *op);

/* ---- texts, members (eval_text.c, eval_path.c) ---- */

/* A text with what stands in its `${}`. */
const struct value *eval_text(struct evaluator *ev, struct frame *f, const struct expr *e);
/* The text of v for `${}`: false after an error. */
bool value_text(struct evaluator *ev, const struct value *v, struct span at, struct str *ret);
/* `a.b[c]`; `forgiving`: what is absent is null, as left of `??`. */
const struct value *eval_postfix(struct evaluator *ev, struct frame *f, const struct expr *e,
				 const struct type *want, bool forgiving);
/* of[at] with all findings. key: what names items. */
const struct value *item_by_name(struct evaluator *ev, const struct value *list, struct str name,
				 struct str key, size_t *ret_i);
/* The property by which items of the list are told apart: by its type, else `Name`. */
struct str item_key_of(const struct value *list);
/* Reports E0814 with the nearest name. */
void no_such_item(struct evaluator *ev, const struct value *list, struct str name, struct str key,
		  struct span at);

/* ---- lists and loops (eval_list.c) ---- */

/* `[ … ]`; `want` is the type that its place gives the list. */
const struct value *eval_list(struct evaluator *ev, struct frame *f, const struct expr *e,
			      const struct type *want);
typedef bool round_function(struct evaluator *ev, struct frame *f, void *data);
struct loop {
	const struct clause *clauses;
	size_t n;
	round_function *round; /* false ends the loop */
	void *data;	       /* for it */
	bool faulty;	       /* out: a source or a condition is */
};
/* Runs l->round for each round of the clauses; false when it or a limit ends it. */
bool eval_rounds(struct evaluator *ev, struct frame *f, struct loop *l);

/* A list that grows. */
struct growing {
	const struct value **items;
	size_t n, cap;
};
/* False: a limit is met. */
bool grow(struct evaluator *ev, struct growing *g, const struct value *v, struct span at);

/* ---- sections (eval_section.c, build.c) ---- */

/* `{ … }`; poison when anything in it is faulty. */
const struct value *eval_section(struct evaluator *ev, struct frame *f, const struct entry_list *l,
				 const struct type *want);
/* Evaluates the condition and message of an assert or warn, and reports. */
void eval_check(struct evaluator *ev, struct frame *f, const struct check *c);

/*
 * A section or list under construction. Where it is opened, an entry becomes one too, once, so that any number of
 * entries costs time in their number.
 */
struct built {
	const struct value *value; /* or NULL: `builder` has it, or it was removed */
	struct builder *builder;
	struct str key;
	struct span key_at;
	bool from_spread;
	bool written; /* by an entry of the literal, not of a spread */
};

struct builder {
	bool list;
	const struct type *type; /* of the section or list, or NULL */
	struct span at;
	struct built *items;
	size_t n, cap;
	struct map index; /* key -> number + 1, of sections with many keys */
	bool indexed;
	bool implied;	/* made on the way to a property: without one it is not there */
	bool faulty;	/* something in it is poison, and so will it be */
	unsigned depth; /* of builders around it */
};

/* A builder that begins with what `from` holds, which may be NULL. */
struct builder *builder_new(struct evaluator *ev, const struct value *from, const struct type *t,
			    struct span at, bool list);
/* The entry of the key, or NULL. */
struct built *builder_find(struct builder *b, struct str key);
/* The entry of the key, made where there is none; NULL at a limit. */
struct built *builder_entry(struct evaluator *ev, struct builder *b, struct str key,
			    struct span key_at);
/* One more item of a list; NULL at a limit. */
struct built *builder_append(struct evaluator *ev, struct builder *b, struct span at);
/* What was built; `b` is used up. */
const struct value *builder_done(struct evaluator *ev, struct builder *b);

/* Works `entry`, of kind SET or OPEN, into b. */
void build_entry(struct evaluator *ev, struct frame *f, struct builder *b,
		 const struct section_entry *entry);
/* Works the entries of l into b. */
void build_entries(struct evaluator *ev, struct frame *f, struct builder *b,
		   const struct entry_list *l);
/* The entries of `from` set the properties of b. */
void build_spread(struct evaluator *ev, struct builder *b, const struct value *from,
		  struct span at);

/* ---- fitting (fit.c, fit_section.c) ---- */

/* What a value is fitted for, for messages. */
struct fit_for {
	struct str what;      /* "`n`", "`Size`", "the result of `f`" */
	struct span declared; /* where the type is said, or unset */
	struct span call;     /* or unset */
	struct str callee;
	const struct prop *item_of; /* the value is an item of a list at this property; or NULL */
};

/*
 * v as a value of t: v itself, a converted one, or poison after an error. t NULL takes anything.
 */
const struct value *fit(struct evaluator *ev, const struct value *v, const struct type *t,
			const struct fit_for *why);
/*
 * What stands at a property that the section does not have, which the check of the whole file reports: a quantity has
 * no unit to be stored in.
 */
const struct value *without_unit(struct evaluator *ev, const struct value *v);
/* The part of fit() for what properties of the schema take. */
const struct value *fit_prop(struct evaluator *ev, const struct value *v, const struct type *t,
			     const struct fit_for *why);
/* The part for sections and records, by their members. */
const struct value *fit_section(struct evaluator *ev, const struct value *v, const struct type *t,
				const struct fit_for *why);
/* The part for lists: each item held against `item`; the list has the type t then. */
const struct value *fit_items(struct evaluator *ev, const struct value *v, const struct type *item,
			      const struct type *t, const struct fit_for *why);
/* Do the two say the same of what is inside, so that what fits one fits the other? */
bool type_same(const struct type *a, const struct type *b);
/* The labels of a finding about v: declared, call. */
struct diag *fit_labels(struct evaluator *ev, struct diag *d, const struct fit_for *why);
/* The regular expression, from the cache; NULL: it is none, *ret_why tells. */
const struct regex *regex_of(struct evaluator *ev, struct str text, struct str *ret_why);
/* "t.x" as the catalogue knows it, else E0401, E0402, E0803. */
bool catalogue_has(struct evaluator *ev, enum catalogue c, struct str name, struct span at);

/* ---- merge.c ---- */

/* b over a in depth. t: the type that the place expects, or NULL. */
const struct value *merge_values(struct evaluator *ev, const struct value *a, const struct value *b,
				 const struct type *t, struct span at);

/* ---- deployment (eval_deploy.c) ---- */

/* The value of a `deploy param`. */
const struct value *deploy_value(struct evaluator *ev, const struct item *item);
/* NAME.Outputs.X. `name_at`, `at`: the output, all of it. */
const struct value *output_value(struct evaluator *ev, const struct item *declaration,
				 struct str output, struct span name_at, struct span at);
/* `list[n]` of a list that only the deployment knows. */
const struct value *open_item(struct evaluator *ev, const struct value *list, int64_t n,
			      struct span at);
/* How findings call what is open in v: "`key`", "`net.Outputs.VPC`". */
struct str open_name(struct arena *a, const struct value *v);
/* Reports E0824 and E0841 of the deploy params of the file. */
void check_deploy_params(struct evaluator *ev, const struct program_file *file);
/* "KeyName" of "key_name". */
struct str parameter_name(struct arena *a, struct str name);
/* The section `Parameters` for the tree, or NULL: the parameters that `tree` uses. */
const struct node *parameters_tree(struct evaluator *ev, const struct node *tree);

/* ---- built-in functions ---- */

struct builtin_call {
	struct evaluator *ev;
	struct frame *frame;
	const struct builtin *builtin;
	const struct value **arguments; /* by number; NULL: left out */
	const struct span *places;	/* of the arguments */
	size_t n;
	struct span at; /* the call */
	const struct type *want;
};

/* ---- whole programs (program.c, declare.c) ---- */

/* The value of a named declaration. */
const struct value *declaration_value(struct evaluator *ev, const struct binding *b,
				      struct span at);
/*
 * The declaration of the item, evaluated when first needed. NULL: it needs itself, which is reported; `for_output`: by
 * way of the outputs of its stack.
 */
const struct hpc_declaration *declared(struct evaluator *ev, const struct item *item,
				       struct span at, bool for_output);
/* The declaration of a named item where something needed it and it has no error, or NULL. */
const struct hpc_declaration *declaration_made(struct evaluator *ev, const struct item *item);
/* Notes that cost() found errors in the declaration of a named item, which was declared. */
void declaration_faulty(struct evaluator *ev, const struct item *item);
/* Makes the declaration of an item in the frame of the loop around it; NULL: it has no name, or a wrong one. */
const struct hpc_declaration *declare(struct evaluator *ev, struct frame *f,
				      const struct item *item);
/* Was the declaration of this name asked for? */
bool is_wanted(const struct evaluator *ev, struct str name);
/* An evaluator for the files of the program. */
struct evaluator *evaluator_new(struct arena *a, struct diags *ds, struct hpc_program *p,
				const struct hpc_options *o, struct type_maker *types);

/* A policy that is being applied. */
struct policy_run {
	const struct item *policy;
	const struct value *checked; /* the declaration that it looks at */
	struct str name;	     /* of it */
};

/* Reports the failure of a check of a policy. */
void policy_failed(struct evaluator *ev, struct frame *f, const struct check *c, struct str message,
		   struct span at);
/* Sees a part of a condition; false: it has seen enough. */
typedef bool part_function(void *data, const struct expr *e, const struct value *v);
/* Goes over the names and chains of properties in the condition, left to right, with their values. */
void condition_parts(struct evaluator *ev, struct frame *f, const struct expr *condition,
		     part_function *part, void *data);
/* The value of a parameter of the program, from settings or its default. */
const struct value *param_value(struct evaluator *ev, const struct item *item);
/* The nearest of n names to `word`, or an empty text. */
struct near_name {
	struct str name;
	unsigned distance;
};
/* Takes `name` up if it is nearer to `word` than what was met before. */
void near_name_try(struct near_name *near, struct str word, struct str name);

#endif

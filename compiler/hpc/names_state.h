/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names_state.h - what the files of the pass over names share; nobody else includes it.
 *
 * names.c walks the items and keeps the scopes, names_bind.c walks expressions, entries and types, names_call.c knows
 * calls, names_unknown.c what somebody meant by a name that means nothing, names_unused.c what nobody uses.
 */
#ifndef HPCC_HPC_NAMES_STATE_H
#define HPCC_HPC_NAMES_STATE_H

#include "compiler/hpc/names.h"

/* What a map holds that the pass still changes. */
struct handle {
	void *of;
};

static inline void *handle_get(const struct map *m, struct str key)
{
	const struct handle *h = map_get(m, key);

	return h != NULL ? h->of : NULL;
}

static inline void handle_put(struct map *m, struct arena *a, struct str key, void *of)
{
	struct handle *h = NEW(a, struct handle);

	h->of = of;
	map_put(m, a, key, h);
}

/* The names of a file, and all that is declared inside of its items. */
struct scope_table {
	struct map names; /* of the file -> handle of struct binding */
	struct binding **locals;
	size_t nlocals, cap;
};

/* A call of a function by a function, for E0737. */
struct call_edge {
	const struct item *callee;
	struct span at;
	struct call_edge *next;
};

/* What a local name meant before an inner scope gave it a meaning. */
struct undo {
	struct str name;
	struct binding *before;
	uint32_t slot; /* of the new meaning */
};

struct names {
	struct arena *a;
	struct diags *ds;
	struct program_file *file; /* whose names are being bound; NULL: of no file */
	struct map locals; /* name -> handle of the struct binding that it has here, or of NULL */
	struct undo *undo;
	size_t nundo, undo_cap;
	uint32_t nslots;	     /* of the frame that is being counted */
	bool file_only;		     /* in types: no local name is seen */
	const struct item *function; /* that is being walked, or NULL */
	struct map calls;      /* address of a function -> handle of its first struct call_edge */
	struct map parameters; /* address of a function with many -> struct map of them, by name */
	unsigned searches;     /* of near names: there is a bound to them */
	struct map unknown;    /* names that mean nothing in the file, which was reported */
	unsigned poison;       /* how many names meant nothing so far */
	struct str declaring;  /* the `let` whose value is being bound */
};

/* How an expression is used: what is said of a name that means nothing depends on it. */
enum use_as {
	USE_VALUE,   /* a value of a property, an item, an argument: text is likely meant */
	USE_OPERAND, /* an operator, condition, selector wants it */
	USE_TEXT,    /* ${…} in a text */
	USE_CALL,    /* it is called */
};

/* Searches of near names cost the number of names; a program with more faults than these gets no more of them. */
enum { MOST_SEARCHES = 100 };

/* ---- names.c ---- */

/* The local or file-level meaning of a name, or NULL; not of built-ins. */
struct binding *name_meaning(const struct names *n, struct str name);
/* Begins a scope; what is given back ends it. */
size_t scope_begin(const struct names *n);
/* Names have the meanings again that they had then. */
void scope_end(struct names *n, size_t begin);
/* Gives `name` a meaning in the scope and a slot; reports E0732, E0733. */
struct binding *declare_local(struct names *n, enum binding_kind kind, struct ident name,
			      size_t scope);

/* ---- names_bind.c ---- */

/* e may be NULL. */
void bind_expr(struct names *n, struct expr *e, enum use_as as);
/* The entries of a literal, which are a scope. list may be NULL. */
void bind_entries(struct names *n, struct entry_list *list);
/* The type and value of a `let`. */
void bind_let(struct names *n, const struct let *let);
/* The condition, place and message of an assert or warn. */
void bind_check(struct names *n, struct check *check);
/* Binds the clauses; the scope that they fill is the caller's. */
void bind_clauses(struct names *n, struct clause *clauses, size_t count, size_t scope);
/* The names in a type, which are those of the file alone. t may be NULL. */
void bind_type(struct names *n, struct type_expr *t);

/* ---- names_call.c ---- */

/* Binds a call, whose arguments are bound already: what is called, and which parameter each argument goes to. */
void bind_call(struct names *n, struct expr *e);
/* What the member of a module means, or NULL (reported). type: it stands where a type is wanted. */
struct binding *module_member(struct names *n, const struct binding *module,
			      const struct ident *name, bool type);
/* Reports functions that call themselves. */
void find_recursion(struct names *n, const struct module_set *files);

/* ---- names_unknown.c ---- */

/* Reports that e, an EXPR_NAME, means nothing. `whole` is the chain of members and signs that it begins. */
void unknown_name(struct names *n, const struct expr *e, const struct expr *whole, enum use_as as);
/* The name of the file, built-in or local that `word` is a misspelling of; empty when there is none. */
struct str near_name(struct names *n, struct str word, bool function);
/* What to write for a function of another language, or NULL; static. */
const char *foreign_function(struct str word);

#endif

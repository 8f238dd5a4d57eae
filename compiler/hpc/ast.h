/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ast.h - a program as it is written.
 *
 * The parser (parse.h) makes it; names.c binds each name in it to what it means; types, static checks and the
 * evaluator read it. Every node has its place. Memory is the arena of the call. What could not be parsed is
 * EXPR_FAULTY, TYPE_FAULTY or left out, and was reported: later passes say nothing of it. Lists are arrays with a
 * count.
 */
#ifndef HPCC_HPC_AST_H
#define HPCC_HPC_AST_H

#include "compiler/hpc/number.h"
#include "compiler/source/diag.h"

struct binding;
struct entry_list;
struct expr;
struct type;
struct type_expr;

/* A name with its place. */
struct ident {
	struct str text;
	struct span at;
};

/* ---- expressions ---- */

enum expr_kind {
	EXPR_FAULTY, /* was reported */
	EXPR_NULL,
	EXPR_BOOL,
	EXPR_NUMBER, /* with its unit taken into it */
	EXPR_TEXT,   /* pieces of text and expressions */
	EXPR_NAME,
	EXPR_LIST,
	EXPR_SECTION, /* { … } */
	EXPR_IF,      /* without else: null */
	EXPR_UNARY,
	EXPR_BINARY, /* && || ?? comparisons, in, arithmetic */
	EXPR_RANGE,  /* a..b, a.., ..b */
	EXPR_MEMBER, /* of.name, module.name */
	EXPR_INDEX,  /* of[at] */
	EXPR_CALL,   /* NAME(…) or MODULE.NAME(…) */
};

enum operator{
	OP_NOT,
	OP_MINUS, /* unary, and the binary one */
	OP_OR,
	OP_AND,
	OP_DEFAULT, /* ?? */
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_PLUS,
	OP_TIMES,
	OP_OVER,
	OP_REST, /* % */
};

/* A piece of a text: `expr`, or where that is NULL the known `text` (escapes resolved, indentation taken off). */
struct text_part {
	struct str text;
	struct expr *expr;
	struct span at;
};

/* for FIRST[, SECOND] in SOURCE   |   if CONDITION (first_name.text empty) */
struct clause {
	struct span at;		    /* the word `for` or `if` */
	struct ident first, second; /* of `for x in`: second.text is empty; x is `first` */
	struct expr *source;	    /* of `for`, or the condition of `if` */
	struct binding *first_binding, *second_binding; /* by names.c */
};

/* An item of a list. */
struct element {
	struct span at;
	bool spread;		/* ...value */
	struct clause *clauses; /* none: an item by itself */
	size_t nclauses;
	struct expr *value;
};

struct argument {
	struct ident name; /* text empty: by position */
	struct expr *value;
	size_t parameter; /* by names.c: index of the parameter it goes to */
};

struct expr {
	enum expr_kind kind;
	bool parenthesised;
	struct span at; /* from its first to its last token */
	union {
		bool boolean;
		struct number number;
		struct { /* EXPR_TEXT */
			struct text_part *parts;
			size_t n;
			bool raw;   /* '…' or ''' */
			bool block; /* """ or ''' */
		} text;
		struct { /* EXPR_NAME */
			struct str name;
			struct binding *binding; /* by names.c; NULL: was reported */
		} name;
		struct {
			struct element *items;
			size_t n;
		} list;
		struct entry_list *section;
		struct {
			struct expr *condition, *then, *otherwise; /* otherwise may be NULL */
		} branch;
		struct { /* EXPR_UNARY: right alone; EXPR_BINARY */
			enum operator op;
			struct span op_at;
			struct expr *left, *right;
		} op;
		struct { /* EXPR_RANGE: either may be NULL, not both */
			struct expr *from, *to;
			struct span op_at;
		} range;
		struct { /* EXPR_MEMBER */
			struct expr *of;
			struct ident name;
			struct binding *
				binding; /* by names.c: where `of` is a module, what is meant; else NULL */
		} member;
		struct { /* EXPR_INDEX */
			struct expr *of, *at;
		} index;
		struct {		     /* EXPR_CALL */
			struct expr *callee; /* EXPR_NAME or EXPR_MEMBER (or else: E0738) */
			struct argument *arguments;
			size_t n;
			struct binding *
				binding; /* by names.c: a function or built-in; NULL: was reported */
		} call;
	};
};

/* ---- sections ---- */

enum step_kind {
	STEP_KEY,    /* .Key or ."Key" */
	STEP_INDEX,  /* [expr]: a name or a number */
	STEP_APPEND, /* [+] */
	STEP_EACH,   /* [*] */
};

struct step {
	enum step_kind kind;
	struct span at;
	struct str key;	    /* STEP_KEY of a text that is known */
	struct expr *index; /* STEP_INDEX; STEP_KEY: a text with expressions in it, or NULL */
};

enum entry_kind {
	ENTRY_SET,    /* path: value */
	ENTRY_OPEN,   /* path { … } */
	ENTRY_SPREAD, /* ...value */
	ENTRY_LET,
	ENTRY_CHECK, /* assert, warn */
	ENTRY_IF,
	ENTRY_FOR, /* clauses { … }; the clauses may hold `if` */
};

struct check {
	bool warn; /* `warn`, else `assert` */
	struct span at;
	struct expr *condition;
	struct expr *place;   /* behind `at`, or NULL */
	struct expr *message; /* or NULL */
};

struct let {
	struct ident name;
	struct type_expr *type_expr; /* or NULL */
	struct expr *value;
	struct binding *binding; /* by names.c */
	const struct type *type; /* by types.c: of type_expr, or NULL */
};

struct section_entry {
	enum entry_kind kind;
	struct span at;
	struct step *path; /* SET, OPEN */
	size_t npath;
	struct expr *value;	      /* SET, SPREAD; IF: the condition */
	struct entry_list *body;      /* OPEN, FOR; IF: the branch that is taken */
	struct entry_list *otherwise; /* IF: may be NULL; `else if` is a list with one entry */
	struct clause *clauses;	      /* FOR */
	size_t nclauses;
	struct let *let;
	struct check *check;
};

/* What stands in `{ … }`. */
struct entry_list {
	struct span at; /* with the braces */
	struct section_entry *entries;
	size_t n;
};

/* ---- types ---- */

enum type_expr_kind {
	TYPE_EXPR_FAULTY,
	TYPE_EXPR_NAME,	  /* NAME, MODULE.NAME, with limits: NAME(expr) */
	TYPE_EXPR_LIST,	  /* [T], [T](expr) */
	TYPE_EXPR_RECORD, /* { name: T = value } */
	TYPE_EXPR_FREE,	  /* { ...: T } */
	TYPE_EXPR_CHOICE, /* "a" | "b", 0 | 1 */
};

struct type_field {
	struct ident name;
	struct type_expr *type;
	struct expr *otherwise; /* the default, or NULL */
	uint32_t nslots;	/* by names.c: of the frame of the default */
};

struct type_expr {
	enum type_expr_kind kind;
	bool optional; /* ? */
	struct span at;
	struct ident module, name; /* NAME: module.text may be empty */
	struct binding *
		binding; /* NAME: by names.c a type of a file, or NULL: of the language or the schema */
	struct expr *limit;	   /* NAME, LIST: the expression in parentheses, or NULL */
	struct type_expr *item;	   /* LIST, FREE */
	struct type_field *fields; /* RECORD */
	size_t nfields;
	struct expr **
		choices; /* CHOICE: EXPR_TEXT without expressions, or EXPR_NUMBER (with unary minus) */
	size_t nchoices;
	const struct type *type; /* by types.c, once made */
};

/* ---- items of a file ---- */

enum item_kind {
	ITEM_USE,
	ITEM_PARAM,
	ITEM_LET,
	ITEM_FN,
	ITEM_TYPE,
	ITEM_POLICY,
	ITEM_CHECK,
	ITEM_DECLARATION,
	ITEM_IF, /* around declarations */
	ITEM_FOR,
};

struct parameter_decl {
	struct ident name;
	struct type_expr *type_expr; /* or NULL: anything */
	struct expr *otherwise;	     /* the default, or NULL */
	struct binding *binding;
	const struct type *type; /* by types.c, or NULL */
};

struct item {
	enum item_kind kind;
	struct span at;
	struct str
		doc; /* `##` lines above it, without the signs, joined by newlines; may be empty */
	struct ident
		name; /* of what it declares, or of the module; a declaration with a TEXT: empty */
	struct binding *binding; /* by names.c */
	struct type_expr
		*type_expr; /* PARAM, TYPE; FN: the result, or NULL; POLICY: of its parameter */
	const struct type *type; /* by types.c */
	struct expr *
		value; /* PARAM: default; FN: the body (EXPR_SECTION of a section body), IF: condition */
	struct let *let; /* LET */
	/* USE */
	struct str path; /* "std/network" or what stands in quotes */
	struct span path_at;
	bool quoted, renamed;	     /* path is a TEXT; `as NAME` */
	struct program_file *module; /* by modules.c, or NULL: was reported */
	/* PARAM */
	bool deploy;
	/* FN, POLICY */
	struct parameter_decl *parameters;
	size_t nparameters;
	uint32_t nslots;     /* by names.c: of the frame of its body */
	struct check *check; /* CHECK */
	/* DECLARATION */
	struct ident kind_word;	 /* "cluster" */
	struct expr *title;	 /* a TEXT in place of a name, or NULL */
	struct entry_list *body; /* DECLARATION, POLICY */
	/* IF, FOR around declarations */
	struct clause *clauses;
	size_t nclauses;
	struct item *items, *otherwise;
	size_t nitems, notherwise;
};

/* One file of a program. */
struct scope_table;
struct program_file {
	const struct source *src;
	struct str doc; /* of the module: a `##` block at its head, followed by an empty line */
	struct item *items;
	size_t nitems;
	bool faulty; /* it has errors of syntax */
	bool is_std; /* of the standard library: calls in it are left out of findings */
	struct scope_table *names; /* by names.c */
	uint32_t nslots;	   /* by names.c: of the frame of the file */
	size_t index;		   /* by modules.c: its place among the files of the program */
};

/*
 * What a name means. A binding of a value has a slot in the frame of its function (or declaration, policy, check), or
 * of its file: the evaluator keeps an array of values for each frame.
 */
enum binding_kind {
	BIND_LET,      /* of a file (file_level) or a section */
	BIND_PARAM,    /* `param` of the compiled file */
	BIND_DEPLOY,   /* `deploy param` */
	BIND_ARGUMENT, /* parameter of a function or policy */
	BIND_LOOP,     /* name of a `for` */
	BIND_FN,
	BIND_TYPE,
	BIND_MODULE,
	BIND_POLICY,
	BIND_DECLARATION,
	BIND_BUILTIN,
};

struct binding {
	enum binding_kind kind;
	bool file_level;
	bool used;
	bool twice; /* something else has its name, which was reported: nobody knows what it means */
	struct ident name;
	struct program_file *file;	  /* where it is declared; NULL: built-in */
	struct item *item;		  /* of what a file declares */
	struct let *let;		  /* BIND_LET */
	struct parameter_decl *parameter; /* BIND_ARGUMENT */
	const struct builtin *builtin;
	uint32_t slot; /* in its frame; frames of files and of functions are counted apart */
};

#endif

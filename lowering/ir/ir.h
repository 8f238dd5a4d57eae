/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ir.h - the resource graph: what will exist, before it is written in any format.
 *
 * A graph is one stack: parameters, mappings, conditions, resources, outputs. Values are a small JSON with
 * references as first-class nodes, so that a pass can follow them and an emitter can spell them. Everything
 * is kept in the order it was added; emitters write it in that order. Each resource remembers the place in
 * the user's file it came from. Passes build the graph; after ir_verify it is const.
 */
#ifndef HPCC_IR_H
#define HPCC_IR_H

#include "compiler/base/map.h"
#include "compiler/source/diag.h"

enum ir_kind {
	IR_NULL,
	IR_BOOL,
	IR_INT,
	IR_NUMBER,
	IR_STRING,
	IR_LIST,
	IR_OBJECT,
	IR_REF, /* Ref: resource, parameter or pseudo parameter (AWS::Region …); .text is its name */
	IR_GETATT, /* Fn::GetAtt: .text resource, .attribute */
	IR_SUB,	   /* Fn::Sub: .text is the format, .members its variables (may be empty) */
	IR_JOIN, /* Fn::Join: .text separator, items; .boolean: items[0] is a list, which is joined */
	IR_SELECT,    /* Fn::Select: .integer index, items[0] the list */
	IR_SPLIT,     /* Fn::Split: .text separator, items[0] */
	IR_FINDINMAP, /* Fn::FindInMap: items map, key, second key */
	IR_IF,	      /* Fn::If: .text condition, items then, else */
	IR_BASE64,    /* Fn::Base64: items[0] */
	IR_IMPORT,    /* Fn::ImportValue: items[0] */
	IR_EQUALS,    /* Fn::Equals: items[0], items[1]; in conditions and rules */
	IR_NOT,	      /* Fn::Not: items[0] */
	IR_GETAZS,    /* Fn::GetAZs: items[0] */
	IR_NOVALUE,   /* { Ref: AWS::NoValue } */
	IR_CIDR,      /* Fn::Cidr: items block, number of parts, bits of a part */
};

/*
 * One value. Which fields count depends on the kind; those of other kinds share the bytes, so look at
 * `kind` first. A value may stand in several places (it is then written in each); it never contains itself.
 */
struct ir_value {
	enum ir_kind kind;
	union {
		bool boolean;	 /* BOOL, JOIN */
		int64_t integer; /* INT, SELECT */
		double number;	 /* NUMBER; finite */
	};
	struct str text; /* STRING, REF, GETATT, SUB, JOIN, SPLIT, IF */
	union {
		struct str attribute; /* GETATT; STRING: see ir_text_or, else empty */
		struct {	      /* LIST and functions */
			struct ir_value **items;
			uint32_t n, cap;
		};
		struct { /* OBJECT, SUB: in insertion order */
			struct ir_member *members;
			uint32_t nmembers, capmembers;
		};
	};
};

struct ir_member {
	struct str name;
	struct ir_value *value;
};

/*
 * What becomes of a resource that goes. IR_RETAIN_EXCEPT_ON_CREATE keeps it, but when it was made by the very operation
 * that fails; it is no policy for replacement. Source: CloudFormation, attribute reference, DeletionPolicy.
 */
enum ir_policy {
	IR_POLICY_NONE,
	IR_DELETE,
	IR_RETAIN,
	IR_SNAPSHOT,
	IR_RETAIN_EXCEPT_ON_CREATE,
};

/* Where a part of the graph came from: a place in the source and a path in the model ("HeadNode.Networking"). */
struct ir_origin {
	struct span at;
	struct str path;
};

struct ir_resource {
	struct str id;		     /* logical id: [A-Za-z0-9]{1,255}, unique in the graph */
	struct str type;	     /* "AWS::EC2::Instance" */
	struct ir_value *properties; /* IR_OBJECT */
	struct ir_value *metadata;   /* IR_OBJECT or NULL */
	struct str *depends_on;	     /* logical ids, beyond what references imply */
	size_t ndepends, capdepends;
	struct str condition; /* or empty */
	enum ir_policy deletion_policy, update_replace_policy;
	struct ir_value *creation_policy, *update_policy; /* or NULL */
	struct ir_origin origin;
};

struct ir_parameter {
	struct str name, type, description;
	struct ir_value *default_value; /* or NULL */
	bool no_echo;
	struct str allowed_pattern;
	struct ir_value *allowed_values;	/* IR_LIST or NULL */
	struct ir_value *min_value, *max_value; /* of a number, or NULL */
	struct ir_origin origin;
};

struct ir_output {
	struct str name, description;
	struct ir_value *value, *export_name; /* export_name may be NULL */
	struct str condition;
	struct ir_origin origin;
};

struct ir {
	struct arena *arena;
	struct str description;
	struct map parameters;	   /* name -> struct ir_parameter * */
	struct map mappings;	   /* name -> struct ir_value * (IR_OBJECT of IR_OBJECT) */
	struct map rules;	   /* name -> struct ir_value * (IR_OBJECT) */
	struct map conditions;	   /* name -> struct ir_value * */
	struct map resources;	   /* logical id -> struct ir_resource * */
	struct map outputs;	   /* name -> struct ir_output * */
	struct ir_value *metadata; /* of the template, IR_OBJECT or NULL */
};

/* ---- building ---- */

/* An empty graph; it and all its values live in `a`. */
struct ir *ir_new(struct arena *a);

/*
 * New values. Texts and names are borrowed, those made by a format apart: they must live as long as the graph.
 */

/* null. */
struct ir_value *ir_null(struct ir *g);
/* true or false. */
struct ir_value *ir_bool(struct ir *g, bool b);
/* A whole number. */
struct ir_value *ir_int(struct ir *g, int64_t i);
/* A finite number; BUG otherwise. */
struct ir_value *ir_number(struct ir *g, double d);
/* A text, in which ${ has no meaning. */
struct ir_value *ir_text(struct ir *g, struct str s);
/* A text, for which `shorter` may stand where room is short: it does the same. */
struct ir_value *ir_text_or(struct ir *g, struct str s, struct str shorter);
/* A text as printf makes it. */
struct ir_value *ir_textf(struct ir *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The empty list; fill it with ir_push. */
struct ir_value *ir_list(struct ir *g);
/* The empty object; fill it with ir_put. */
struct ir_value *ir_object(struct ir *g);
/* Ref of a resource, parameter or pseudo parameter; "AWS::NoValue" gives IR_NOVALUE. */
struct ir_value *ir_ref(struct ir *g, struct str name);
/* Fn::GetAtt of a resource; ir_verify knows which attributes its type has. */
struct ir_value *ir_getatt(struct ir *g, struct str resource, struct str attribute);
/* Fn::Sub of `format`; add variables with ir_put on the result. A literal "${" is written "${!". */
struct ir_value *ir_sub(struct ir *g, struct str format);
/* Fn::Sub of what printf makes of the format. */
struct ir_value *ir_subf(struct ir *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
/*
 * The other functions (IR_JOIN … IR_GETAZS, IR_CIDR): a node of `kind` with its text; add operands with ir_push.
 * The index of a Select is set in ->integer by the caller.
 */
struct ir_value *ir_func(struct ir *g, enum ir_kind kind, struct str text);
/* Fn::Base64 of v. */
struct ir_value *ir_base64(struct ir *g, struct ir_value *v);

/* Appends v to a list or operand to a function; returns the list. */
struct ir_value *ir_push(struct ir *g, struct ir_value *list, struct ir_value *v);
/* Adds member `name` to an object or variable to a Sub; BUG when the name is there. Returns the object. */
struct ir_value *ir_put(struct ir *g, struct ir_value *object, const char *name,
			struct ir_value *v);
/* The same with a counted name. */
struct ir_value *ir_put_str(struct ir *g, struct ir_value *object, struct str name,
			    struct ir_value *v);
/* ir_put of ir_text. */
struct ir_value *ir_put_text(struct ir *g, struct ir_value *object, const char *name, struct str s);
/* ir_put of ir_int. */
struct ir_value *ir_put_int(struct ir *g, struct ir_value *object, const char *name, int64_t i);
/* ir_put of ir_bool. */
struct ir_value *ir_put_bool(struct ir *g, struct ir_value *object, const char *name, bool b);
/* The member `name` of an object, or NULL. */
struct ir_value *ir_get(const struct ir_value *object, struct str name);

/* A new resource with empty properties; BUG when the id is taken. Set the other fields directly. */
struct ir_resource *ir_add(struct ir *g, struct str id, const char *type, struct ir_origin origin);
/* Adds `on` to what r waits for; a second time is ignored. */
void ir_depend(struct ir *g, struct ir_resource *r, struct str on);
/*
 * Is `on` there wherever r is? So it is without a condition, or with that of r. Only then r may depend on it: DependsOn
 * knows no conditions.
 */
bool ir_there_with(const struct ir_resource *on, const struct ir_resource *r);
/* The resource with this logical id, or NULL. */
struct ir_resource *ir_find(const struct ir *g, struct str id);
/* A new parameter with the rest empty; BUG when the name is taken. Set the other fields directly. */
struct ir_parameter *ir_add_parameter(struct ir *g, struct str name, const char *type,
				      struct str description, struct ir_origin origin);
/* A new output, likewise. */
struct ir_output *ir_add_output(struct ir *g, struct str name, struct str description,
				struct ir_value *value, struct ir_origin origin);
/* A condition; BUG when the name is taken. */
void ir_add_condition(struct ir *g, struct str name, struct ir_value *test);
/*
 * A rule: CloudFormation touches nothing unless `test` holds, and says `description` where it does not. `test` is made
 * of Ref, Equals and Not alone; BUG when the name is taken.
 */
void ir_add_rule(struct ir *g, struct str name, struct ir_value *test, struct str description);
/* A mapping: an object of objects of texts or lists; BUG when the name is taken. */
void ir_add_mapping(struct ir *g, struct str name, struct ir_value *object);

/*
 * A logical id made of words of the user's file: `prefix`, then the letters and digits of each part, the
 * first letter of each word upper case ("queue", "gpu" -> "QueueGpu"). Where another set of names would
 * give the same text ("a-1" and "a1"; "a-b", "c" and "a", "b-c") six characters of a hash of the names as
 * written follow, so that the id depends on these names alone and not on what else is in the file. An id
 * that is taken by a resource already gets the hash too. Ask once for each resource and keep the answer.
 */
struct str ir_unique_id(struct ir *g, const char *prefix, const struct str *parts, size_t nparts);

/* ---- checking, printing ---- */

/* A policy as CloudFormation calls it; empty for none. Static. */
struct str ir_policy_text(enum ir_policy p);

/*
 * Checks the graph against itself and stdlib/resources: references resolve, no cycles, known types, required
 * properties there, no unknown top-level property, known attributes, ids well-formed, CloudFormation's
 * limits. A broken graph is a BUG of a pass; a limit that the user's file exceeds is a diagnostic (E05xx).
 */
void ir_verify(struct ir *g, struct diags *ds);
/* The same but for limits, of a graph that may still grow: what is there must be whole after each pass. */
void ir_verify_after(const struct ir *g, struct str pass);

/*
 * Resources that wait for each other in a circle, by their logical ids, each before the one that it waits for; empty
 * where there is none.
 */
struct map ir_circle(struct arena *a, const struct ir *g);
/* "A -> B -> A" of a circle. */
struct str ir_circle_text(struct arena *a, const struct map *circle);

/* The graph as indented text, for --dump=ir and golden files. */
struct str ir_print(struct arena *a, const struct ir *g);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h - the graph as a CloudFormation template, told piece by piece to a writer.
 *
 * What stands in a template, and in which order, is the same in JSON and YAML; it is told once, here. A
 * format is a struct that begins with a struct document and a table of functions that write the pieces.
 */
#ifndef HPCC_DOCUMENT_H
#define HPCC_DOCUMENT_H

#include "lowering/ir/ir.h"

struct document;

/* Each function writes one piece. Keys come only inside objects, each before its value. */
struct document_ops {
	void (*open)(struct document *d, bool list); /* begins an object or a list */
	void (*close)(struct document *d, bool list, bool empty);
	void (*key)(struct document *d, struct str name);
	void (*text)(struct document *d, struct str s);
	/* A text, or the shorter one that does the same. */
	void (*either)(struct document *d, struct str s, struct str shorter);
	void (*word)(struct document *d, struct str s); /* null, true, false or a number */
	/*
	 * Begins and ends a function of CloudFormation: "Ref", "Fn::Sub" … Its argument comes between.
	 * `nested`: the argument is itself a function.
	 */
	void (*function)(struct document *d, struct str name, bool nested);
	void (*function_end)(struct document *d, struct str name, bool nested);
	/* Fn::GetAtt as a whole. */
	void (*getatt)(struct document *d, struct str resource, struct str attribute);
	/* Begins and ends a member that terse text leaves out, other members stand beside it. NULL: nobody asks. */
	void (*aside)(struct document *d, bool begins);
};

struct document {
	const struct document_ops *ops;
	struct arena *a; /* of the text */
	/*
	 * Left out is what nothing reads, descriptions of parameters and outputs and names of statements, and policies
	 * that say what CloudFormation does anyway.
	 */
	bool terse;
};

/* Tells all of g to d: section after section, what is in one in the order in which it was added to the graph. */
void document_write(struct document *d, const struct ir *g);

#endif

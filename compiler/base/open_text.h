/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_text.h - texts of which a part is known when a stack is deployed, and not before.
 *
 * `${param.X}`, `${env.X}`, `${stack.NAME.X}` and `${self.X}` of a file are references. In the tree, the model and the
 * graph under way they stand in the text they were written in, between two characters that no text of a file can hold
 * (E0004): the text stays one value, and whoever wants to read it asks text_is_known() first. What becomes of a
 * reference is decided once, at the end of lowering (lowering/aws/deployment.c).
 */
#ifndef HPCC_OPEN_TEXT_H
#define HPCC_OPEN_TEXT_H

#include "compiler/base/arena.h"

#include <string.h>

#define OPEN_BEGIN "\x01"
#define OPEN_END "\x02"

/* Does s hold no reference, so that it may be read? */
static inline bool text_is_known(struct str s)
{
	return s.n == 0 || memchr(s.s, OPEN_BEGIN[0], s.n) == NULL;
}

/* What a reference names. */
enum reference_kind {
	REFERENCE_PARAMETER,   /* ${param.X}: a parameter of the file */
	REFERENCE_ENVIRONMENT, /* ${env.X}: an output of the environment that the file stands on */
	REFERENCE_STACK,       /* ${stack.NAME.X}: an output of another stack */
	REFERENCE_SELF,	       /* ${self.X}: an output of the stack itself */
	REFERENCE_SUBNET, /* a subnet of the file's own Network: no file says it, compiler/check/placed.c does */
};

enum { MAX_REFERENCE_INDEX = 999, MAX_REFERENCE_NAME = 255, MAX_STACK_NAME = 128 };

struct reference {
	enum reference_kind kind;
	struct str stack; /* REFERENCE_STACK: its name */
	struct str name;  /* of the parameter or output */
	bool list;	  /* it stands for all items of a list property */
	bool has_index;	  /* an item of a list: `[n]`, counted from 0 */
	unsigned index;
};

/* Why a text between `${` and `}` is no reference. */
enum reference_fault {
	REFERENCE_OK,
	REFERENCE_NO_SUCH_WORD, /* what stands before the first dot is not param, env, stack or self */
	REFERENCE_BAD_STACK,
	REFERENCE_BAD_NAME,
	REFERENCE_BAD_INDEX,
	REFERENCE_HAS_DEFAULT, /* `:-` */
};

/* May s be the name of a parameter or an output? */
bool reference_is_name(struct str s);
/* May s be the name of a stack? Source: CloudFormation API Reference, CreateStack, StackName. */
bool is_stack_name(struct str s);
/* Reads what stands between `${` and `}`, such as "param.KeyName" or "stack.net.Subnets[0]". */
enum reference_fault reference_read(struct str body, struct reference *ret);
/* As reference_read, of what text_refer() or text_refer_list() put into a text; BUG when it is none. */
struct reference reference_of(struct str body);

/* What stands between the marks for a subnet of the file's own Network, before its name. */
#define SUBNET_WORD "network."

/* A piece of a text: known text, or what stands between `${` and `}` of a reference. */
struct text_piece {
	bool open;
	struct str text;
};

/* Cuts the next piece off *rest; false at its end. */
bool text_next(struct str *rest, struct text_piece *ret);
/* Cuts all up to the end of the next reference off *rest; false where no more comes. */
bool text_next_reference(struct str *rest, struct reference *ret);
/* A text that is nothing but the reference `body`. */
struct str text_refer(struct arena *a, struct str body);
/* The same, for all items of a list property. */
struct str text_refer_list(struct arena *a, struct str body);
/* Is s one reference for all items of a list property? */
bool text_is_list(struct str s);
/* The text as a person wrote it: references with `${` and `}`. s itself where it has none. */
struct str text_shown(struct arena *a, struct str s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON values, to write and to read.
 *
 * Values live in an arena and keep the order in which members were put. A value belongs to one parent at
 * most. json.c is the only file that sees the library behind it (jansson).
 */
#ifndef HPCC_JSON_H
#define HPCC_JSON_H

#include "compiler/base/arena.h"

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,	  /* boolean */
	JSON_KIND_INT,	  /* integer */
	JSON_KIND_REAL,	  /* real: never infinite, never NaN */
	JSON_KIND_TEXT,	  /* text: UTF-8 */
	JSON_KIND_ARRAY,  /* first, n; items linked by next */
	JSON_KIND_OBJECT, /* first, n; items linked by next, each with its key */
};

struct json_value {
	enum json_kind kind;
	struct str key;		 /* members of an object: borrowed */
	struct json_value *next; /* the next item of the same parent, or NULL */
	union {
		bool boolean;
		int64_t integer;
		double real;
		struct str text; /* borrowed */
		struct {
			struct json_value *first, *last;
			size_t n;
		};
	};
};

/* New values that belong to no parent yet; never NULL, owned by `a`. This one is null. */
struct json_value *json_new_null(struct arena *a);
/* true or false. */
struct json_value *json_new_bool(struct arena *a, bool b);
/* A whole number. */
struct json_value *json_new_int(struct arena *a, int64_t i);
/* x must be finite; it is written with 15 significant digits. */
struct json_value *json_new_real(struct arena *a, double x);
/* The bytes of `text` are borrowed and must be UTF-8; NUL is allowed. */
struct json_value *json_new_text(struct arena *a, struct str text);
/* An empty list, to fill with json_push. */
struct json_value *json_new_array(struct arena *a);
/* An empty mapping, to fill with json_put. */
struct json_value *json_new_object(struct arena *a);

/* Appends a member or an item and returns it. A key put twice is a BUG when the value is written. */
struct json_value *json_put(struct json_value *object, struct str key, struct json_value *value);
/* Likewise, without a key. */
struct json_value *json_push(struct json_value *array, struct json_value *value);

/* The member `key`, or NULL when there is none or `object` is NULL or no object. Cost: linear. */
const struct json_value *json_get(const struct json_value *object, struct str key);

enum {
	JSON_ASCII = 1, /* escape everything outside ASCII as \uXXXX */
};

/*
 * `value` as text without a final newline: minified when indent is 0, else one member a line, each level
 * `indent` (1 to 31) blanks deeper. The bytes depend on the arguments only.
 */
struct str json_write(struct arena *a, const struct json_value *value, unsigned indent,
		      unsigned flags);

/*
 * The value that `text` holds, or NULL: then *ret_error says why ("line 3: ...") in the arena. Duplicate keys
 * are an error. Integers outside int64 are an error.
 */
const struct json_value *json_read(struct arena *a, struct str text, struct str *ret_error);

#endif

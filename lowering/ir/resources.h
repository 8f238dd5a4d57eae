/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resources.h - what is known of the CloudFormation types we emit.
 *
 * The tables are built from stdlib/resources/ and hold no pointers, so that they need no work at start-up:
 * names are places in one text, and objects are ranges of rows. Rows of one object are sorted by name.
 */
#ifndef HPCC_RESOURCES_H
#define HPCC_RESOURCES_H

#include "compiler/base/str.h"

enum resource_kind {
	RESOURCE_ANY, /* a JSON document, or one of several kinds */
	RESOURCE_STRING,
	RESOURCE_INTEGER,
	RESOURCE_NUMBER,
	RESOURCE_BOOLEAN,
	RESOURCE_LIST,
	RESOURCE_OBJECT,
};

/* What happens to the resource when a property changes in a stack update. */
enum resource_update {
	RESOURCE_IN_PLACE,
	RESOURCE_CONDITIONAL, /* replaced or not, depending on the values */
	RESOURCE_WITHIN,      /* replaced when certain properties below it change */
	RESOURCE_REPLACE,
};

/* A text: n bytes of resource_names from `at`. */
struct resource_text {
	uint16_t at;
	uint8_t n;
};

enum { RESOURCE_NO_SHAPE = 0xffff };

struct resource_property {
	struct resource_text name;
	uint8_t kind, items; /* enum resource_kind; of the property, and of the items of a list */
	uint8_t update;	     /* enum resource_update; RESOURCE_IN_PLACE below the top level */
	bool required;
	uint16_t
		shape; /* of the object or of a list's items, or RESOURCE_NO_SHAPE: not described */
	uint16_t
		values; /* first of nvalues in resource_values: all that it may be; 0 of them: any */
	uint16_t nvalues;
};

/* The properties of an object: n rows of resource_properties from `first`. */
struct resource_shape {
	uint16_t first, n;
};

struct resource_type {
	struct resource_text name;
	bool open;     /* has properties and attributes of its own making: custom resources */
	bool snapshot; /* DeletionPolicy: Snapshot */
	bool creation_policy, update_policy;
	uint16_t shape;
	uint16_t attributes, nattributes; /* of Fn::GetAtt: in resource_values */
};

/* The type called name, or NULL. Custom::Anything is AWS::CloudFormation::CustomResource. */
const struct resource_type *resource_type_find(struct str name);
/* Does Fn::GetAtt know `attribute`? */
bool resource_has_attribute(const struct resource_type *t, struct str attribute);
/* The property `name` of an object of this shape, or NULL. */
const struct resource_property *resource_property_find(uint16_t shape, struct str name);
/* All properties of a shape: *ret_n of them, in the order of names. */
const struct resource_property *resource_properties_of(uint16_t shape, size_t *ret_n);
/* May the property have this text? Yes when the values are not listed. */
bool resource_may_be(const struct resource_property *p, struct str value);
/* The name itself; static. */
struct str resource_name(struct resource_text t);
/* "a string", "a list" …; static. */
const char *resource_kind_words(enum resource_kind kind);

/* private: made by tablegen */

extern const char resource_names[];
extern const struct resource_text resource_values[];
extern const struct resource_property resource_properties[];
extern const struct resource_shape resource_shapes[];
extern const struct resource_type resource_types[]; /* in the order of names */
extern const size_t resource_types_n;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph_of.h - from a few lines of a file to its resource graph, for tests of lowering.
 */
#ifndef HPCC_TEST_GRAPH_OF_H
#define HPCC_TEST_GRAPH_OF_H

#include "lowering/lower.h"

/*
 * The graph of a file made of `text`. Errors fail the test that asks. Memory is `a`'s; the graph
 * lives as long.
 */
const struct ir *graph_of(struct arena *a, const char *text);

/*
 * A small valid file without SharedStorage: alinux2023 in us-east-1, head node in subnet-…0, one queue in
 * subnet-…1. `rest` is appended: further top-level sections.
 */
const struct ir *graph_with(struct arena *a, const char *rest);

/* The only resource of a type; fails the test when there is none or a second one. */
const struct ir_resource *only(const struct ir *g, const char *type);
/* The resource with that logical id; fails the test when there is none. */
const struct ir_resource *found(const struct ir *g, const char *id);
/* How many resources of a type there are. */
size_t count_of(const struct ir *g, const char *type);
/*
 * A value inside an object or list by a path like "LustreConfiguration.DeploymentType" or "VolumeIds.0";
 * NULL when it is not there.
 */
const struct ir_value *at(const struct ir_value *v, const char *path);
/* The text of at(v, path): of a string, Ref, GetAtt ("Id.Attribute") or Sub; an integer in digits; "" when absent. */
const char *text_at(struct arena *a, const struct ir_value *v, const char *path);
/* The JSON of the graph's only dashboard, with references as in Fn::Sub. */
struct str dashboard_of(struct arena *a, const struct ir *g);
/* Expects of each of n rows {path, text} that text_at(v, path) is the text. */
void expect_texts(struct arena *a, const struct ir_value *v, const char *const rows[][2], size_t n);
/* The settings of the i-th shared storage, as the head node's metadata has them. */
const struct ir_value *settings_of(const struct ir *g, size_t i);
/* Does r wait for `id`, by DependsOn? */
bool waits_for(const struct ir_resource *r, struct str id);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_fmt.c - any bytes through `hpcc fmt`.
 *
 * The program itself compares tree and comments before it gives a text away, and ends with a BUG where they differ.
 * Here libyaml's own events are compared, with anchors, tags and the ways of writing; every sign that is no blank must
 * still be there as often as it was; the layout must not change a second time, nor a text grow without a bound.
 */
#include "compiler/format/format.h"
#include "compiler/source/lines.h"
#include "fuzz.h"

#include <string.h>
#include <yaml.h>

/* A text that grows by so much for each of its bytes has only lines with one sign, nested as deep as can be. */
enum { MOST_GROWTH = 256 };

/* Line ends are LF, unless nothing could be moved. */
static void check_line_ends(struct str before, struct str after)
{
	for (size_t i = 0; i < after.n; i++)
		INVARIANT(after.s[i] != '\r' || str_eq(before, after));
}

static void same_text(const yaml_char_t *a, const yaml_char_t *b)
{
	INVARIANT((a == NULL) == (b == NULL));
	INVARIANT(a == NULL || strcmp((const char *)a, (const char *)b) == 0);
}

static void same_event(const yaml_event_t *a, const yaml_event_t *b)
{
	INVARIANT(a->type == b->type);
	if (a->type == YAML_SCALAR_EVENT) {
		same_text(a->data.scalar.anchor, b->data.scalar.anchor);
		same_text(a->data.scalar.tag, b->data.scalar.tag);
		INVARIANT(a->data.scalar.style == b->data.scalar.style);
		INVARIANT(a->data.scalar.length == b->data.scalar.length);
		INVARIANT(memcmp(a->data.scalar.value, b->data.scalar.value,
				 a->data.scalar.length) == 0);
	} else if (a->type == YAML_ALIAS_EVENT) {
		same_text(a->data.alias.anchor, b->data.alias.anchor);
	} else if (a->type == YAML_SEQUENCE_START_EVENT) {
		same_text(a->data.sequence_start.anchor, b->data.sequence_start.anchor);
		same_text(a->data.sequence_start.tag, b->data.sequence_start.tag);
		INVARIANT(a->data.sequence_start.style == b->data.sequence_start.style);
	} else if (a->type == YAML_MAPPING_START_EVENT) {
		same_text(a->data.mapping_start.anchor, b->data.mapping_start.anchor);
		same_text(a->data.mapping_start.tag, b->data.mapping_start.tag);
		INVARIANT(a->data.mapping_start.style == b->data.mapping_start.style);
	} else if (a->type == YAML_DOCUMENT_START_EVENT) {
		INVARIANT(a->data.document_start.implicit == b->data.document_start.implicit);
	}
}

/* The mark at the begin is no part of the text that a parser gets. */
static void begin(yaml_parser_t *parser, struct str text)
{
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.n);
	INVARIANT(yaml_parser_initialize(parser));
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)(text.n > 0 ? text.s : ""),
				     text.n);
}

static void same_events(struct str before, struct str after)
{
	yaml_parser_t x, y;
	yaml_event_t a, b;
	bool done = false;

	begin(&x, before);
	begin(&y, after);
	while (!done) {
		INVARIANT(yaml_parser_parse(&x, &a) && yaml_parser_parse(&y, &b));
		same_event(&a, &b);
		done = a.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&a);
		yaml_event_delete(&b);
	}
	yaml_parser_delete(&x);
	yaml_parser_delete(&y);
}

/* Every sign of ASCII is there as often as before. */
static void same_signs(struct str before, struct str after)
{
	size_t counts[128] = {0};

	for (size_t i = 0; i < before.n; i++)
		if ((unsigned char)before.s[i] < ARRAY_LEN(counts))
			counts[(unsigned char)before.s[i]]++;
	for (size_t i = 0; i < after.n; i++)
		if ((unsigned char)after.s[i] < ARRAY_LEN(counts))
			counts[(unsigned char)after.s[i]]--;
	for (size_t i = ' ' + 1; i < ARRAY_LEN(counts); i++)
		INVARIANT(counts[i] == 0);
}

/* The bytes as a program: what is a BUG in the formatter is seen there, and here that a second time changes nothing. */
static void try_program(struct str text)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	struct str once = format_hpc(&a, &ds, source_new(&a, STR("fuzz.hpc"), text)), twice;

	INVARIANT((once.s == NULL) == (ds.errors > 0));
	if (once.s != NULL) {
		twice = format_hpc(&a, &ds, source_new(&a, STR("fuzz.hpc"), once));
		INVARIANT(twice.s != NULL && str_eq(once, twice));
	}
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct diags ds = {.arena = &a};
	const struct source *src =
		source_new(&a, STR("fuzz.yaml"), (struct str){(const char *)data, n});
	struct str once = format_yaml(&a, &ds, src), twice;
	struct edits e;

	INVARIANT((once.s == NULL) == (ds.errors > 0));
	if (once.s != NULL) {
		twice = format_yaml(&a, &ds, source_new(&a, STR("fuzz.yaml"), once));
		INVARIANT(twice.s != NULL && str_eq(once, twice));
		INVARIANT(once.n <= MOST_GROWTH * (n + 1));
		check_line_ends(src->text, once);
		same_signs(src->text, once);
		same_events(src->text, once);
		e = lines_between(&a, src->text, once);
		INVARIANT(str_eq(fixes_apply(&a, src, &e), once));
		fixes_diff(&a, src, &e);
	}
	try_program(src->text);
	INVARIANT(limits.depth > 0);
	arena_release(&a);
	return 0;
}

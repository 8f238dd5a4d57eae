/* SPDX-License-Identifier: Apache-2.0 */
/* test_source.c - places in texts. */
#include "compiler/base/buf.h"
#include "front.h"

#include <criterion/criterion.h>

static void place_is(const struct source *src, uint32_t offset, struct place want)
{
	struct place got = source_place(src, offset);

	cr_expect_eq(got.line, want.line, "line of %u: %u", offset, got.line);
	cr_expect_eq(got.column, want.column, "column of %u: %u", offset, got.column);
	cr_expect_eq(got.column_byte, want.column_byte, "byte column of %u: %u", offset,
		     got.column_byte);
	cr_expect_eq(got.column_utf16, want.column_utf16, "UTF-16 column of %u: %u", offset,
		     got.column_utf16);
}

Test(source, every_kind_of_line_end)
{
	struct arena a = {0};
	const struct source *src = source_new(&a, STR("t"), STR("a\nb\r\nc\rd\n\ne"));

	place_is(src, 0, (struct place){1, 1, 1, 1});
	place_is(src, 1, (struct place){1, 2, 2, 2});
	place_is(src, 2, (struct place){2, 1, 1, 1});
	place_is(src, 5, (struct place){3, 1, 1, 1});
	place_is(src, 7, (struct place){4, 1, 1, 1});
	place_is(src, 9, (struct place){5, 1, 1, 1});
	place_is(src, 11, (struct place){6, 2, 2, 2});
	assert_text(source_line(src, 2), "b");
	assert_text(source_line(src, 5), "");
	assert_text(source_line(src, 6), "e");
	assert_text(source_line(src, 7), "");
	assert_text(source_line(src, 0), "");
	cr_expect_eq(source_line_start(src, 3), 5);
	arena_release(&a);
}

Test(source, columns_in_three_units)
{
	struct arena a = {0};
	const struct source *src =
		source_new(&a, STR("t"), STR("\xef\xbb\xbf\xc3\xa4\xf0\x9f\x98\x80x\n\xc3\xa4x"));

	place_is(src, 3, (struct place){1, 1, 1, 1}); /* the byte order mark takes no column */
	place_is(src, 5, (struct place){1, 2, 3, 2});
	place_is(src, 9, (struct place){1, 3, 7, 4});
	place_is(src, 13, (struct place){2, 2, 3, 2});
	arena_release(&a);
}

Test(source, long_lines_count_the_same)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);
	const struct source *src;

	buf_add(&b, STR("first\n"));
	for (int i = 0; i < 3000; i++)
		buf_add(&b, STR("x\xc3\xa4\xf0\x9f\x98\x80")); /* 7 bytes, 3 points, 4 units */
	src = source_new(&a, STR("t"), buf_str(&b));
	for (uint32_t i = 0; i <= 3000; i++) {
		place_is(src, 6 + i * 7, (struct place){2, i * 3 + 1, i * 7 + 1, i * 4 + 1});
		if (i < 3000)
			place_is(src, 6 + i * 7 + 3,
				 (struct place){2, i * 3 + 3, i * 7 + 4, i * 4 + 3});
	}
	arena_release(&a);
}

Test(source, spans_are_clamped_and_ordered)
{
	struct arena a = {0};
	const struct source *s1 = source_new(&a, STR("a"), STR("hello"));
	const struct source *s2 = source_new(&a, STR("b"), STR("hello"));

	assert_text(span_text(span_in(s1, 1, 99)), "ello");
	assert_text(span_text(span_in(s1, 4, 2)), "");
	assert_text(span_text((struct span){0}), "");
	cr_expect_not(span_is_set((struct span){0}));
	cr_expect_lt(span_cmp((struct span){0}, span_in(s1, 0, 0)), 0);
	cr_expect_lt(span_cmp(span_in(s1, 4, 5), span_in(s2, 0, 1)), 0);
	cr_expect_lt(span_cmp(span_in(s1, 1, 2), span_in(s1, 1, 3)), 0);
	cr_expect_eq(span_cmp(span_in(s1, 1, 2), span_in(s1, 1, 2)), 0);
	arena_release(&a);
}

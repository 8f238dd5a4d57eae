/* SPDX-License-Identifier: Apache-2.0 */
/* test_memory.c - arenas, growing text, maps. */
#include "compiler/base/buf.h"
#include "compiler/base/map.h"
#include "front.h"

#include <criterion/criterion.h>
#include <string.h>

Test(arena, gives_zeroed_aligned_memory)
{
	struct arena a = {0};

	for (size_t n = 1; n < 300000; n = n * 3 + 1) {
		char *p = arena_alloc(&a, n, 1);

		cr_assert_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_release(&a);
	cr_expect_null(a.first);
	cr_expect_eq(a.total, 0);
	memset(arena_alloc(&a, 8, 8), 1, 64); /* usable again */
	arena_release(&a);
}

Test(arena, small_work_needs_one_block)
{
	struct arena a = {0};

	for (int i = 0; i < 1000; i++)
		NEW(&a, int);
	cr_expect_eq(a.total, 64 << 10);
	arena_release(&a);
}

Test(arena, strings_end_in_nul)
{
	struct arena a = {0};
	struct str s = arena_str(&a, str_slice(STR("abcdef"), 1, 3));

	cr_expect_str_eq(s.s, "bc");
	assert_text(arena_fmt(&a, "%d-%s", 7, "x"), "7-x");
	assert_text(arena_str(&a, (struct str){0}), "");
	assert_text(arena_joined(&a, STR("`"), STR("Size"), STR("`")), "`Size`");
	assert_text(arena_joined(&a, (struct str){0}, STR(""), STR("x")), "x");
	cr_expect_eq(arena_fmt(&a, "%0999d", 1).n, 999); /* longer than the buffer on the stack */
	arena_release(&a);
}

Test(arena, too_much_memory_ends_the_process_with_71, .exit_code = 71)
{
	struct arena a = {0};

	arena_alloc(&a, SIZE_MAX / 4, 8);
}

Test(buf, grows_and_keeps)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);

	assert_text(buf_str(&b), "");
	for (int i = 0; i < 1000; i++) {
		buf_fmt(&b, "%d", i % 10);
		buf_char(&b, ',');
		buf_add(&b, STR(""));
	}
	cr_assert_eq(buf_str(&b).n, 2000);
	cr_expect(str_starts(buf_str(&b), STR("0,1,2,3,4,5,6,7,8,9,0,")));
	buf_pad(&b, 'x', 5000);
	buf_fmt(&b, "%0500d", 0);
	cr_expect_eq(buf_str(&b).n, 7500);
	cr_expect(str_ends(buf_str(&b), STR("000")));
	arena_release(&a);
}

Test(buf, quoted_text_stands_on_one_line)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);

	buf_quoted(&b, STR("a\"b\\c\nd\x01\x7f\xc3\xa9"));
	buf_quoted(&b, (struct str){0});
	assert_text(buf_str(&b), "\"a\\\"b\\\\c\\nd\\x01\\x7f\xc3\xa9\"\"\"");
	arena_release(&a);
}

Test(map, iterates_in_insertion_order_across_growth)
{
	struct arena a = {0};
	struct map m = {0};

	for (int i = 999; i >= 0; i--)
		cr_assert_null(map_put(&m, &a, arena_fmt(&a, "key %d", i), &a));
	cr_assert_eq(m.n, 1000);
	for (size_t i = 0; i < m.n; i++)
		cr_assert(str_eq(m.items[i].key, arena_fmt(&a, "key %zu", 999 - i)));
	arena_release(&a);
}

Test(map, finds_only_what_was_put)
{
	struct arena a = {0};
	struct map m = {0};

	cr_expect_null(map_get(&m, STR("absent")));
	map_put(&m, &a, STR("present"), &a);
	map_put(&m, &a, STR(""), &m);
	cr_expect_eq(map_get(&m, STR("present")), &a);
	cr_expect_eq(map_get(&m, (struct str){0}), &m);
	cr_expect_null(map_get(&m, STR("absent")));
	cr_expect_eq(map_put(&m, &a, STR("present"), &m), &a);
	cr_expect_eq(map_get(&m, STR("present")), &m);
	cr_expect_eq(m.n, 2);
	arena_release(&a);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_diag.c - the list of findings. */
#include "front.h"

#include <criterion/criterion.h>

Test(diag, every_row_has_a_code_of_its_own)
{
	for (int i = 0; i < DIAG_COUNT; i++) {
		struct str code = diag_code((enum diag_id)i);
		enum diag_id found;

		cr_assert_eq(code.n, 5);
		cr_expect(diag_find(code, &found) && found == (enum diag_id)i, STR_F, STR_A(code));
		cr_expect(diag_find(diag_name((enum diag_id)i), &found) && found == (enum diag_id)i,
			  STR_F, STR_A(code));
		cr_expect_eq(code.s[0], "NWE"[diag_default_severity((enum diag_id)i)], STR_F,
			     STR_A(code));
	}
}

Test(diag, codes_and_names_are_found_however_written)
{
	enum diag_id id;

	cr_assert(diag_find(STR("e0010"), &id));
	cr_expect_eq(id, DIAG_duplicate_key);
	cr_assert(diag_find(STR("duplicate-key"), &id));
	cr_expect_eq(id, DIAG_duplicate_key);
	cr_expect_not(diag_find(STR("no-such-thing"), &id));
	cr_expect_not(diag_find(STR(""), &id));
}

Test(diag, sorting_orders_by_place_and_drops_repetitions)
{
	struct front f = {.ds.arena = &f.a};
	const struct source *src = source_new(&f.a, STR("t"), STR("one\ntwo\n"));

	diag_yaml_syntax(&f.ds, span_in(src, 4, 7), STR("late"));
	diag_yaml_syntax(&f.ds, span_in(src, 0, 3), STR("second"));
	diag_yaml_syntax(&f.ds, span_in(src, 0, 3), STR("third"));
	diag_yaml_syntax(&f.ds, span_in(src, 4, 7), STR("late"));
	cr_expect_eq(f.ds.errors, 4);
	assert_text(front_findings(&f),
		    "E0005 1:1-1:4 second\nE0005 1:1-1:4 third\nE0005 2:1-2:4 late\n");
	cr_expect_eq(f.ds.errors, 3);
	front_end(&f);
}

Test(diag, parts_stay_in_the_order_they_were_given)
{
	struct front f = {.ds.arena = &f.a};
	const struct source *src = source_new(&f.a, STR("t"), STR("abc"));
	struct diag *d = diag_yaml_syntax(&f.ds, span_in(src, 0, 1), STR("x"));

	diag_inner(&f.ds, d, "%s", "inner");
	diag_label(&f.ds, d, span_in(src, 1, 2), "label %d", 1);
	diag_label(&f.ds, d, span_in(src, 2, 3), "label %d", 2);
	diag_note(&f.ds, d, "note");
	diag_help(&f.ds, d, "help");
	diag_fix(&f.ds, d, span_in(src, 0, 0), STR(" "), true);
	assert_text(d->inner, "inner");
	assert_text(d->labels->text, "label 1");
	assert_text(d->labels->next->text, "label 2");
	cr_expect_eq(d->subs->kind, SUB_NOTE);
	cr_expect_eq(d->subs->next->kind, SUB_HELP);
	cr_expect(d->fixes->certain);
	cr_expect_null(d->fixes->next);
	front_end(&f);
}

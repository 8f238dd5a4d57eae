/* SPDX-License-Identifier: Apache-2.0 */
/* test_batch_types.c - what the words of AWS Batch for instance types stand for, held against a look at every type. */
#include "compiler/facts/batch_types.h"

#include <criterion/criterion.h>

/* Is the family of the type among the words, which have blanks between? */
static bool among(struct str type, struct str words)
{
	struct str family = facts_family(type);

	for (size_t at = 0; at < words.n; at = str_find(words, ' ', at) + 1)
		if (str_eq(str_slice(words, at, str_find(words, ' ', at)), family))
			return true;
	return false;
}

/* Steps over what the word stands for beside a look at every type; how many there are. */
static size_t same(const struct facts *f, struct str word, struct str families)
{
	size_t it = 0, found = 0;

	for (size_t i = 0; i < facts_instance_count(f); i++) {
		const struct instance_type *t = facts_instance_at(f, i);

		if (t->withdrawn || !among(t->name, families))
			continue;
		cr_assert_eq(batch_next_type(f, word, &it), t, "%.*s: not " STR_F, (int)word.n,
			     word.s, STR_A(t->name));
		found++;
	}
	cr_assert_null(batch_next_type(f, word, &it));
	cr_assert_null(batch_next_type(f, word, &it), "the end stays the end");
	return found;
}

Test(batch_types, families_are_all_their_types_in_order)
{
	const struct facts *f = facts_bundled();
	size_t families = 0;

	for (size_t i = 0; i < facts_instance_count(f); i++) {
		struct str family = facts_family(facts_instance_at(f, i)->name);

		cr_expect_eq(batch_word_of(f, family), BATCH_FAMILY);
		same(f, family, family);
		families++;
	}
	cr_expect_gt(families, 1000);
}

Test(batch_types, bundles_are_the_types_of_their_families)
{
	static const char *const words[] = {"optimal", "default_x86_64", "default_arm64"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		cr_expect_eq(batch_word_of(facts_bundled(), str_c(words[i])), BATCH_BUNDLE);
		cr_expect_gt(same(facts_bundled(), str_c(words[i]), batch_bundle(str_c(words[i]))),
			     20);
	}
}

Test(batch_types, a_type_is_itself_and_other_words_are_nothing)
{
	static const char *const words[] = {"c6", "c6i.", ".large", "c6ii",
					    "",	  "a",	  "zz",	    "x1.32xlarg"};
	const struct facts *f = facts_bundled();
	size_t it = 0;

	cr_expect_eq(batch_word_of(f, STR("c6i.large")), BATCH_TYPE);
	cr_expect_eq(batch_next_type(f, STR("c6i.large"), &it),
		     facts_instance(f, STR("c6i.large")));
	cr_expect_null(batch_next_type(f, STR("c6i.large"), &it));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		it = 0;
		cr_expect_eq(batch_word_of(f, str_c(words[i])), BATCH_UNKNOWN, "%s", words[i]);
		cr_expect_null(batch_next_type(f, str_c(words[i]), &it), "%s", words[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c - JSON is written in order and byte by byte the same, and read strictly. */
#include "compiler/base/json.h"
#include "front.h"

#include <criterion/criterion.h>

static struct json_value *sample(struct arena *a)
{
	struct json_value *o = json_new_object(a), *list;

	json_put(o, STR("z"), json_new_int(a, -5));
	list = json_put(o, STR("a"), json_new_array(a));
	json_push(list, json_new_real(a, 0.1));
	json_push(list, json_new_bool(a, true));
	json_push(list, json_new_null(a));
	json_put(o, STR("t"), json_new_text(a, STR("\xc3\xa9\"\n\xf0\x9f\x98\x80")));
	json_put(o, STR("e"), json_new_object(a));
	return o;
}

Test(json, keeps_the_order_of_members)
{
	struct arena a = {0};

	assert_text(json_write(&a, sample(&a), 0, 0),
		    "{\"z\":-5,\"a\":[0.1,true,null],\"t\":\"\xc3\xa9\\\"\\n\xf0\x9f\x98\x80\","
		    "\"e\":{}}");
	arena_release(&a);
}

Test(json, escapes_all_outside_ascii_when_asked)
{
	struct arena a = {0};

	assert_text(
		json_write(&a, sample(&a), 0, JSON_ASCII),
		"{\"z\":-5,\"a\":[0.1,true,null],\"t\":\"\\u00E9\\\"\\n\\uD83D\\uDE00\",\"e\":{}}");
	arena_release(&a);
}

Test(json, indents)
{
	struct arena a = {0};
	struct json_value *o = json_new_object(&a);

	json_push(json_put(o, STR("k"), json_new_array(&a)), json_new_int(&a, 1));
	assert_text(json_write(&a, o, 2, 0), "{\n  \"k\": [\n    1\n  ]\n}");
	arena_release(&a);
}

Test(json, reads_what_it_wrote)
{
	struct arena a = {0};
	struct str text = json_write(&a, sample(&a), 0, 0), error;
	const struct json_value *v = json_read(&a, text, &error);

	cr_assert_not_null(v);
	cr_assert_eq(json_get(v, STR("z"))->integer, -5);
	cr_assert_eq(json_get(v, STR("a"))->n, 3);
	cr_assert_null(json_get(v, STR("b")));
	cr_assert_null(json_get(json_get(v, STR("z")), STR("b")));
	cr_assert_null(json_get(NULL, STR("b")));
	cr_assert(str_eq(json_write(&a, v, 0, 0), text));
	arena_release(&a);
}

Test(json, refuses_what_is_not_json)
{
	static const char *const rows[] = {
		"",	"{",   "{\"a\":1,\"a\":2}", "[1,]",
		"{} x", "nul", "{\"a\":\xff}",	    "[99999999999999999999]",
		"[NaN]"};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str error = {0};

		cr_expect_null(json_read(&a, str_c(rows[i]), &error), "%s", rows[i]);
		cr_expect(str_starts(error, STR("line 1: ")), "%s: " STR_F, rows[i], STR_A(error));
	}
	arena_release(&a);
}

Test(json, the_same_key_twice_is_a_bug, .exit_code = 70)
{
	struct arena a = {0};
	struct json_value *o = json_new_object(&a);

	json_put(o, STR("a"), json_new_null(&a));
	json_put(o, STR("a"), json_new_null(&a));
	json_write(&a, o, 0, 0);
}

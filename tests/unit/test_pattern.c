/* SPDX-License-Identifier: Apache-2.0 */
/* test_pattern.c - patterns match whole texts, and every row's example matches its row; what breaks out is refused. */
#include "compiler/base/buf.h"
#include "compiler/base/regex.h"
#include "compiler/schema/pattern.h"

#include <criterion/criterion.h>

static const struct pattern *row(const char *name)
{
	for (size_t i = 0; i < schema_npatterns; i++)
		if (str_eq(schema_patterns[i].name, str_c(name)))
			return &schema_patterns[i];
	cr_assert_fail("no pattern %s", name);
	return NULL;
}

static bool matches(const char *name, struct str text)
{
	struct arena a = {0};
	bool yes = pattern_matches(pattern_cache_new(&a), row(name), text);

	arena_release(&a);
	return yes;
}

Test(pattern, every_row_compiles_and_matches_its_example)
{
	struct arena a = {0};
	struct pattern_cache *cache = pattern_cache_new(&a);

	for (size_t i = 0; i < schema_npatterns; i++) {
		const struct pattern *p = &schema_patterns[i];

		cr_expect(pattern_matches(cache, p, p->example), "%s", p->regex);
		cr_expect(pattern_matches(cache, p, p->example), "%s the second time", p->regex);
	}
	arena_release(&a);
}

/* tablegen compiled them on this machine: none has to be compiled again, and what is made here says the same. */
Test(pattern, what_was_packed_is_what_would_be_compiled)
{
	struct arena a = {0};
	struct regex_room *room = regex_room_new(&a);

	for (size_t i = 0; i < schema_npatterns; i++) {
		const struct pattern *p = &schema_patterns[i];
		struct regex *unpacked = regex_unpack(room, p->code);
		size_t at;

		cr_assert_not_null(unpacked, "%s", p->regex);
		cr_expect(str_eq(regex_packed(room, regex_compile(room, p->regex, &at)), p->code),
			  "%s", p->regex);
		cr_expect(regex_matches(room, unpacked, p->example), "%s", p->regex);
	}
	arena_release(&a);
}

/* Bytes of another release, or of a machine with other pointers, differ in their first twelve. */
Test(pattern, bytes_of_another_machine_are_not_taken)
{
	struct arena a = {0};
	struct regex_room *room = regex_room_new(&a);
	struct pattern odd = schema_patterns[0];

	for (size_t i = 0; i < 12; i++) {
		char *bytes = (char *)(uintptr_t)arena_str(&a, odd.code).s;

		bytes[i] = (char)(bytes[i] ^ 0x55);
		cr_expect_null(regex_unpack(room, (struct str){bytes, odd.code.n}), "byte %zu", i);
	}
	arena_release(&a);
}

Test(pattern, no_expression_is_told_with_its_place)
{
	struct arena a = {0};
	size_t at = 0;

	cr_expect_null(regex_compile(regex_room_new(&a), "ab[", &at));
	cr_expect_eq(at, 3);
	arena_release(&a);
}

Test(pattern, dollar_is_the_end_of_the_text)
{
	cr_expect(matches("resource_name", STR("queue")));
	cr_expect(!matches("resource_name", STR("queue\n")));
	cr_expect(!matches("subnet_id", STR("subnet-0123456789abcdef0\n")));
}

/*
 * What templates ask of parameters takes nothing that the pattern refuses: each text is an example with something put
 * in, alone or in place of what follows.
 */
static void asks_no_less(struct pattern_cache *cache, struct arena *a, const struct pattern *p)
{
	static const char *const inside[] = {"",
					     "\n",
					     "\r",
					     "\t",
					     "\x1b",
					     "\x7f",
					     "\xc2\x85",
					     "\xe2\x80\xa8",
					     "\xe2\x80\xa9",
					     "\xe2\x80\xae",
					     "\xc3\xbc",
					     " ",
					     "\"",
					     "'",
					     "`",
					     "$(x)",
					     ";",
					     "|",
					     "\\",
					     "*",
					     "/",
					     "//",
					     "-",
					     ".",
					     "https://",
					     "s3://",
					     "s3:///",
					     "s3://b",
					     "s3://b/",
					     "http://x",
					     "file:///x",
					     "@MUNGE@",
					     " A=b",
					     "@"};

	for (size_t i = 0; i <= p->example.n; i++)
		for (size_t k = 0; k < 2 * ARRAY_LEN(inside); k++) {
			struct str head = str_slice(p->example, 0, i);
			struct str tail =
				k % 2 == 0 ? str_slice(p->example, i, p->example.n) : STR("");
			struct str text = arena_fmt(a, STR_F "%s" STR_F, STR_A(head), inside[k / 2],
						    STR_A(tail));

			cr_expect(!pattern_takes_parameter(cache, p, text) ||
					  pattern_matches(cache, p, text),
				  STR_F ": `" STR_F "`", STR_A(p->name), STR_A(text));
		}
}

Test(pattern, templates_ask_no_less_and_what_CloudFormation_reads_alike)
{
	struct arena a = {0};
	struct pattern_cache *cache = pattern_cache_new(&a);
	size_t n = 0;

	for (size_t i = 0; i < schema_npatterns; i++) {
		const struct pattern *p = &schema_patterns[i];

		cr_expect(
			regex_is_portable(p->template_regex != NULL ? p->template_regex : p->regex),
			STR_F, STR_A(p->name));
		cr_expect(pattern_takes_parameter(cache, p, p->example), STR_F, STR_A(p->name));
		if (p->template_regex == NULL)
			continue;
		asks_no_less(cache, &a, p);
		n++;
	}
	cr_expect(n > 5, "%zu patterns", n);
	arena_release(&a);
}

Test(pattern, parameters_are_whole_names_and_addresses)
{
	struct arena a = {0};
	struct pattern_cache *cache = pattern_cache_new(&a);

	cr_expect(!pattern_takes_parameter(cache, row("bucket_name"), STR("*")));
	cr_expect(!pattern_takes_parameter(cache, row("bucket_name"), STR("ab")));
	cr_expect(!pattern_takes_parameter(cache, row("url"), STR("http://h/x")));
	cr_expect(!pattern_takes_parameter(cache, row("url"), STR("s3://b")));
	cr_expect(!pattern_takes_parameter(cache, row("url"), STR("s3://b\n/x")));
	cr_expect(pattern_takes_parameter(cache, row("url"), STR("https://h/x?y=1")));
	cr_expect(pattern_takes_parameter(cache, row("single_line"), STR("Z\xc3\xbcrich 1")));
	arena_release(&a);
}

Test(pattern, what_java_reads_in_its_own_way_is_not_portable)
{
	cr_expect(regex_is_portable("^[a-z\\[\\]]+(&&)?$"));
	cr_expect(regex_is_portable("^[^\\p{Cc}]$"));
	cr_expect(!regex_is_portable("^[^\\x00]$"));
	cr_expect(!regex_is_portable("^[^\xe2\x80\xa8]$"));
	cr_expect(!regex_is_portable("^[a[b]]$"));
	cr_expect(!regex_is_portable("^[a&&b]$"));
}

/* What is more than text somewhere: in a shell, in lines of slurm.conf, fstab, exports and sssd.conf, in tables. */
static const char hostile[] = " \t\n\r\v\f\x01\x1b\x7f\"'`$\\;|<>(){}#^";

static void refuses_hostile(struct pattern_cache *cache, struct arena *a, const struct prop *prop)
{
	const struct pattern *p = prop->pattern;
	struct str text = p->example;

	for (size_t i = 0; i <= text.n; i++)
		for (size_t k = 0; k < sizeof(hostile); k++) {
			struct str worse =
				arena_fmt(a, STR_F "%c" STR_F, STR_A(str_slice(text, 0, i)),
					  hostile[k], STR_A(str_slice(text, i, text.n)));

			cr_expect(!pattern_matches(cache, p, worse),
				  STR_F ": " STR_F " takes %#x at %zu", STR_A(prop->name),
				  STR_A(p->name), (unsigned char)hostile[k], i);
		}
}

Test(pattern, rows_without_a_writer_refuse_what_breaks_out)
{
	struct arena a = {0};
	struct pattern_cache *cache = pattern_cache_new(&a);
	size_t n = 0;

	for (size_t i = 0; i < PROP_COUNT; i++) {
		const struct prop *p = &schema_props[i];

		if (p->writer.n > 0 || p->pattern == NULL)
			continue;
		refuses_hostile(cache, &a, p);
		n++;
	}
	cr_expect(n > 50, "%zu rows", n);
	arena_release(&a);
}

Test(pattern, is_anchored_at_both_ends)
{
	cr_assert_not(matches("subnet_id", STR("xsubnet-12345678")));
	cr_assert_not(matches("subnet_id", STR("\nsubnet-12345678")));
	cr_assert_not(matches("role_arn", STR("arn:aws:iam::1:role/x and anything")));
	cr_assert(matches("role_arn", STR("arn:aws:iam::1:role/path/x")));
	cr_assert_not(matches("role_arn", STR("arn:aws:iam::1:role/x/")));
	cr_assert_not(matches("instance_profile_arn", STR("arn:aws:iam::1:instance-profile/")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("pl-1!")));
}

Test(pattern, ids_have_8_or_17_lower_case_letters_or_digits)
{
	cr_assert(matches("ami_id", STR("ami-0123456789abcdefz")));
	cr_assert_not(matches("ami_id", STR("ami-1234567")));
	cr_assert_not(matches("ami_id", STR("ami-123456789")));
	cr_assert_not(matches("ami_id", STR("ami-1234567A")));
	cr_assert_not(matches("ami_id", STR("")));
}

Test(pattern, cidr_has_a_mask_and_no_leading_zeros)
{
	cr_assert(matches("cidr_or_prefix_list", STR("0.0.0.0/0")));
	cr_assert(matches("cidr_or_prefix_list", STR("255.255.255.255/32")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("10.0.0.0")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("10.0.0.0/33")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("010.0.0.0/8")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("256.0.0.0/8")));
	cr_assert_not(matches("cidr_or_prefix_list", STR("::/0")));
}

Test(pattern, text_that_would_take_too_long_does_not_match)
{
	struct arena a = {0};
	struct buf b = buf_in(&a);

	for (int i = 0; i < 200000; i++)
		buf_add(&b, STR("arn:"));
	cr_assert_not(
		pattern_matches(pattern_cache_new(&a), row("directory_secret_arn"), buf_str(&b)));
	arena_release(&a);
}

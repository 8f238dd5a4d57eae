/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - names of the program for what the file calls otherwise. */
#include "compiler/hpc/builtins.h"
#include "compiler/import/importer.h"

/* Words of the language and its kinds: no name of ours is one of them, nor one of its functions. */
static const char *const words[] = {
	"let",	 "assert", "warn",	  "if",	  "then",   "else",	"for",
	"in",	 "true",   "false",	  "null", "use",    "param",	"deploy",
	"fn",	 "type",   "policy",	  "as",	  "at",	    "language", "cluster",
	"batch", "image",  "environment", "int",  "number", "string",	"bool",
};

static char lower(char c)
{
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* Does a word begin at s[i]: a capital behind a small letter, or before one? */
static bool begins_word(struct str s, size_t i)
{
	return i > 0 && is_upper(s.s[i]) &&
	       (is_lower(s.s[i - 1]) || is_digit(s.s[i - 1]) ||
		(is_upper(s.s[i - 1]) && i + 1 < s.n && is_lower(s.s[i + 1])));
}

/* AWS_REGION is aws_region, PublicSubnet public_subnet, gpu-queue gpu_queue. */
static struct str snake(struct arena *a, struct str s)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < s.n; i++) {
		bool sign = !is_alnum(s.s[i]);

		if ((sign || begins_word(s, i)) && b.n > 0 && b.s[b.n - 1] != '_')
			buf_char(&b, '_');
		if (!sign)
			buf_char(&b, lower(s.s[i]));
	}
	while (b.n > 0 && b.s[b.n - 1] == '_')
		b.n--;
	return buf_str(&b);
}

struct str import_word(struct arena *a, struct str s)
{
	struct str name = snake(a, s);

	if (name.n == 0)
		return STR("x");
	return is_digit(name.s[0]) ? arena_fmt(a, "_" STR_F, STR_A(name)) : name;
}

static bool is_free(const struct importer *im, struct str name)
{
	if (name.n == 0 || map_get(&im->taken, name) != NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(name, str_c(words[i])))
			return false;
	return builtin_named(name) == NULL;
}

static struct str take(struct importer *im, struct str name)
{
	map_put(&im->taken, im->a, name, im);
	return name;
}

struct str import_take_name(struct importer *im, struct str wanted, struct str fallback)
{
	struct str name = import_word(im->a, wanted);
	struct str other = fallback.n > 0 ? import_word(im->a, fallback) : STR("");
	unsigned long *last;

	if (is_free(im, name))
		return take(im, name);
	if (is_free(im, other))
		return take(im, other);
	last = (unsigned long *)(uintptr_t)map_get(&im->counts, name);
	if (last == NULL) {
		last = NEW(im->a, unsigned long);
		*last = 1;
		map_put(&im->counts, im->a, name, last);
	}
	do
		other = arena_fmt(im->a, STR_F "_%lu", STR_A(name), ++*last);
	while (!is_free(im, other));
	return take(im, other);
}

/* A name as the template has it: the words of key_name in capitals, KeyName. */
static struct str capitals(struct arena *a, struct str name)
{
	struct buf b = buf_in(a);

	buf_pascal(&b, name);
	return buf_str(&b);
}

struct str import_take_parameter(struct importer *im, struct str name)
{
	struct str plain = import_word(im->a, name), exact;

	if (str_eq(capitals(im->a, plain), name) && is_free(im, plain))
		return take(im, plain);
	exact = arena_str(im->a, name);
	if (exact.n > 0)
		((char *)(uintptr_t)exact.s)[0] = lower(exact.s[0]);
	if (key_is_name(exact) && is_free(im, exact))
		return take(im, exact);
	return import_take_name(im, name, STR(""));
}

struct str import_name(struct arena *a, struct str path)
{
	static const char *const kinds[] = {"cluster", "batch", "environment", "image"};
	struct str rest = path, base = path, folder = {0};

	while (rest.s != NULL && rest.n > 0) {
		folder = base;
		base = str_cut(&rest, '/');
		if (base.n == path.n)
			folder = STR("");
	}
	base = import_word(a, str_slice(base, 0, str_find(base, '.', 1)));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(base, str_c(kinds[i]))) {
			folder = snake(a, folder);
			return folder.n > 0 && !is_digit(folder.s[0]) ? folder : STR("main");
		}
	return base;
}

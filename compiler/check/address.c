/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.c - what to write where a URL should name one file, and names none.
 *
 * Which properties take such URLs is told by their patterns alone: they take a file by https as well as one in S3, of
 * which they show an example.
 */
#include "compiler/check/walk.h"

/* Is p the form of the URL of a file? */
static bool is_of_file(struct check *c, const struct pattern *p)
{
	return str_starts(p->example, STR("s3://")) &&
	       pattern_matches(c->patterns, p, STR("https://example.com/FILE"));
}

/* What a text names that would be the URL of a file if one stood behind it. */
static const char *named(struct str text, bool s3)
{
	struct str rest = str_slice(text, s3 ? STR("s3://").n : STR("https://").n, text.n);

	str_cut(&rest, '/');
	if (rest.n > 0)
		return "the `/` at its end makes it a folder; one file is fetched";
	return s3 ? "it names a bucket, and no object in it" : "it names a host, and no file there";
}

static bool is_path(struct str text)
{
	return str_starts(text, STR("/")) || str_starts(text, STR("./")) ||
	       str_starts(text, STR("../")) || str_starts(text, STR("~/")) ||
	       str_starts(text, STR("file:"));
}

bool help_address(struct check *c, struct diag *d, const struct pattern *p, struct str text)
{
	bool s3 = str_starts(text, STR("s3://"));
	struct str whole;

	if (!is_of_file(c, p))
		return false;
	if (is_path(text)) {
		diag_note(c->ds, d,
			  "it is fetched from a bucket or a server, and not from this computer");
		return false;
	}
	if (str_ends(text, STR("://")) || (!s3 && !str_starts(text, STR("https://"))))
		return false;
	whole = arena_fmt(c->a, STR_F "%sFILE", STR_A(text), str_ends(text, STR("/")) ? "" : "/");
	if (!pattern_matches(c->patterns, p, whole))
		return false;
	diag_note(c->ds, d, "%s", named(text, s3));
	diag_help(c->ds, d, "write the whole URL: `" STR_F "`", STR_A(shown(c, whole)));
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_secrets.c - good practice: no secrets in plain text.
 *
 * A file is committed, and its custom actions and Slurm settings end in the template and in the metadata of nodes;
 * variables of jobs are read by all who may describe job definitions. Only what can hardly be anything else is
 * reported: keys with a known form, values behind a word such as `password`, URLs with a password or a signature.
 */
#include "compiler/check/rules/rule.h"

static bool is_key_char(char c)
{
	return is_alnum(c) || c == '_' || c == '-';
}

/* Keys with a form of their own: how they begin, and how many characters follow at least. */
static const struct {
	struct str begin;
	size_t least;
	const char *what;
} forms[] = {
	{STR_INIT("AKIA"), 16, "an AWS access key id"},
	{STR_INIT("ASIA"), 16, "an AWS access key id"},
	{STR_INIT("ghp_"), 30, "a GitHub token"},
	{STR_INIT("github_pat_"), 30, "a GitHub token"},
	{STR_INIT("glpat-"), 18, "a GitLab token"},
	{STR_INIT("xoxb-"), 20, "a Slack token"},
	{STR_INIT("hf_"), 30, "a Hugging Face token"},
	{STR_INIT("-----BEGIN"), 0, "a private key"},
};

/* What the text holds, or NULL. A private key is known by its last words. */
static const char *known_form(struct str text)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t at = str_find_str(text, forms[i].begin, 0), n = 0;

		if (at == SIZE_MAX || (at > 0 && is_alnum(text.s[at - 1])))
			continue;
		if (forms[i].least == 0)
			return str_find_str(text, STR("PRIVATE KEY"), at) != SIZE_MAX
				       ? forms[i].what
				       : NULL;
		for (size_t k = at + forms[i].begin.n; k < text.n && is_key_char(text.s[k]); k++)
			n++;
		if (n >= forms[i].least)
			return forms[i].what;
	}
	return NULL;
}

/* A name alone: not an address or a path that happens to end in such a word. */
static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!is_key_char(name.s[i]))
			return false;
	return name.n > 0;
}

/* Does a name say that its value is a secret? `password`, `DB_PASSWORD`, `--api-token`, `StoragePass` */
static bool names_secret(struct str name)
{
	static const char *const ends[] = {"password",	 "passwd",    "pass",	 "secret",
					   "token",	 "api_key",   "api-key", "apikey",
					   "access_key", "access-key"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct str end = str_c(ends[i]);

		if (is_name(name) && name.n >= end.n &&
		    str_eq_nocase(str_slice(name, name.n - end.n, name.n), end))
			return true;
	}
	return false;
}

/* Can the value be the secret itself? Not a reference to where it is kept, a variable or an empty word. */
static bool may_be_secret(struct str value)
{
	static const char *const references[] = {
		"$", "{", "<", "-", "arn:", "/", "s3:", "http", "ssm:", "@"};

	for (size_t i = 0; i < ARRAY_LEN(references); i++)
		if (str_starts(value, str_c(references[i])))
			return false;
	return value.n >= 6 && str_find(value, ' ', 0) == value.n;
}

static void report(const struct rules *r, struct span at, const char *what)
{
	struct diag *d = diag_plain_secret(r->ds, at, what);

	d->secret = true;
	if (r->b != NULL)
		diag_help(r->ds, d,
			  "keep it in Secrets Manager or Parameter Store, and name it in Secrets");
	else
		diag_help(r->ds, d,
			  "keep it in Secrets Manager, and let the node fetch it by its name");
}

/* The word behind `name=` in the query of a URL, or empty. */
static struct str query_value(struct str url, const char *name)
{
	size_t at = str_find_str(url, str_c(name), 0);
	size_t begin = at == SIZE_MAX ? url.n : at + str_c(name).n;

	return str_slice(url, begin, str_find(url, '&', begin));
}

/* Is there a password in "scheme://user:password@host"? Not when it is a reference, or stands for itself. */
static bool url_has_password(struct str text)
{
	size_t scheme = str_find_str(text, STR("://"), 0), colon, end;
	struct str user;

	if (scheme == SIZE_MAX)
		return false;
	for (end = scheme + 3; end < text.n; end++)
		if (text.s[end] == '/' || text.s[end] == '?' || text.s[end] == '#' ||
		    text.s[end] == ' ')
			break;
	while (end > scheme + 3 && text.s[end - 1] != '@')
		end--;
	if (end == scheme + 3)
		return false;
	user = str_slice(text, scheme + 3, end - 1);
	colon = str_find(user, ':', 0);
	return colon + 1 < user.n && str_find(STR("$<{*"), user.s[colon + 1], 0) == 4;
}

/* What a URL gives away, or NULL. Whoever has a presigned one may do what it was signed for. */
static const char *url_secret(struct str text)
{
	if (url_has_password(text))
		return "a URL with its password";
	if (query_value(text, "X-Amz-Signature=").n > 0 ||
	    (query_value(text, "AWSAccessKeyId=").n > 0 && query_value(text, "Signature=").n > 0))
		return "a presigned URL";
	return NULL;
}

/* One text; `name` is what stands before it, or empty. */
static void text_ok(const struct rules *r, struct str name, struct str text, struct span at)
{
	size_t equals = str_find(text, '=', 0);
	const char *what;

	/* What a variable brings in does not stand in the file. */
	if (str_find_str(span_text(at), STR("${"), 0) != SIZE_MAX)
		return;
	what = known_form(text);
	if (what == NULL)
		what = url_secret(text);
	if (what == NULL && equals < text.n && names_secret(str_slice(text, 0, equals)) &&
	    may_be_secret(str_slice(text, equals + 1, text.n)))
		what = "a password or key";
	if (what == NULL && names_secret(name) && may_be_secret(text))
		what = "a password or key";
	if (what != NULL)
		report(r, at, what);
}

static void args_ok(const struct rules *r, const struct model_strings *args)
{
	for (size_t i = 0; i < args->n; i++) {
		struct str before = i > 0 ? args->items[i - 1].text : (struct str){0};

		if (!text_is_known(args->items[i].text))
			continue;
		text_ok(r, str_starts(before, STR("-")) ? before : (struct str){0},
			args->items[i].text, args->items[i].at);
	}
}

/* Any text may be a URL. Those of lists and free mappings are looked at with their names. */
static void urls_ok(const struct rules *r, const struct any_section *s)
{
	for (unsigned i = 0; i < s->schema->nprops; i++) {
		enum prop_id id = s->schema->first + i;
		const char *what;

		if (schema_props[id].kind != PROP_STRING || !is_written(any_field(s, id)) ||
		    !text_is_known(any_text(s, id)))
			continue;
		what = url_secret(any_text(s, id));
		if (what != NULL &&
		    str_find_str(span_text(any_field(s, id)->value), STR("${"), 0) == SIZE_MAX)
			report(r, any_field(s, id)->value, what);
	}
}

/* ---- variables of containers ---- */

/*
 * Has the name of a variable a word for secrets, and none behind it that makes it something else? `DB_PASSWORD`,
 * `SECRET_KEY`, but not `TOKEN_FILE`
 */
static bool variable_names_secret(struct str name)
{
	static const char *const words[] = {"PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY"};
	static const char *const others[] = {"FILE", "PATH", "DIR",   "NAME", "ARN", "ID",
					     "URL",  "URI",  "LIMIT", "TTL",  "MAX", "COUNT"};
	struct str rest = name;
	bool secret = names_secret(name);

	while (rest.s != NULL) {
		struct str word = str_cut(&rest, '_');

		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			secret = secret || str_eq_nocase(word, str_c(words[i]));
		for (size_t i = 0; rest.s == NULL && i < ARRAY_LEN(others); i++)
			if (str_eq_nocase(word, str_c(others[i])))
				return false;
	}
	return secret;
}

/* Words and numbers that switch something, and are no secret. */
static bool is_switch(struct str value)
{
	static const char *const words[] = {"true", "false", "yes",  "no",   "on",
					    "off",  "none",  "null", "auto", ""};
	bool number = true;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(value, str_c(words[i])))
			return true;
	for (size_t i = 0; i < value.n; i++)
		number = number && is_digit(value.s[i]);
	return number && value.n < 4;
}

/* What the value of a variable is, or NULL. */
static const char *variable_holds(const struct name_value *m)
{
	const char *what = known_form(m->value);

	if (what == NULL)
		what = url_secret(m->value);
	if (what == NULL && variable_names_secret(m->name) && !is_switch(m->value) &&
	    str_find(STR("$<{/"), m->value.s[0], 0) == 4 && !str_starts(m->value, STR("arn:")))
		what = "a password or key";
	return what;
}

static void variable_ok(const struct rules *r, const struct name_value *m)
{
	const char *what;
	struct diag *d;

	if (!WRITTEN(m, name) || !KNOWN(m, value) || m->value.n == 0 ||
	    str_find_str(span_text(m->at.value.value), STR("${"), 0) != SIZE_MAX)
		return;
	what = variable_holds(m);
	if (what == NULL)
		return;
	d = diag_secret_variable(r->ds, m->at.name.value, m->name, what);
	d->secret = true;
	diag_note(r->ds, d, "whoever may describe jobs reads it, and it stands in the template");
	diag_help(r->ds, d,
		  "keep it in Secrets Manager or Parameter Store: `Secrets: [{Name: " STR_F
		  ", ValueFrom: NAME-OR-ARN}]`",
		  STR_A(m->name));
}

/* Whoever may describe jobs reads the variables of their definitions. */
static void variables_ok(const struct rules *r, const struct any_section *s)
{
	if (s->schema == &schema_sections[SECTION_NameValue])
		variable_ok(r, (const struct name_value *)(const void *)s->model);
}

void rule_no_secret_variables(const struct rules *r)
{
	each_section(r, variables_ok);
}

static void settings_ok(const struct rules *r, const struct model_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		text_ok(r, m->items[i].key, m->items[i].value, m->items[i].value_at);
}

static void section_ok(const struct rules *r, const struct any_section *s)
{
	if (s->schema != &schema_sections[SECTION_NameValue]) /* see variables_ok() */
		urls_ok(r, s);
	if (any_has(s, PROP_ContainerProperties_Command))
		args_ok(r, any_strings(s, PROP_ContainerProperties_Command));
	if (any_has(s, PROP_CustomAction_Args))
		args_ok(r, any_strings(s, PROP_CustomAction_Args));
	else if (any_has(s, PROP_CustomActionScript_Args))
		args_ok(r, any_strings(s, PROP_CustomActionScript_Args));
	for (unsigned i = 0; i < s->schema->nprops; i++) {
		struct model_maps maps = any_maps(s, s->schema->first + i);

		for (size_t k = 0; k < maps.n; k++)
			settings_ok(r, &maps.items[k]);
	}
}

void rule_no_plain_secrets(const struct rules *r)
{
	each_section(r, section_ok);
}

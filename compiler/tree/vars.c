/* SPDX-License-Identifier: Apache-2.0 */
/* vars.c - ${NAME} in YAML files: finding references and putting values in their place. */
#include "compiler/tree/vars.h"

#include "compiler/base/buf.h"
#include "compiler/base/nearest.h"
#include "compiler/base/open_text.h"

/* Defaults may hold references themselves, as in a shell; this deep and no deeper. */
enum { MAX_DEFAULT_DEPTH = 8 };

/* The work on one scalar. */
struct expansion {
	const struct vars *v;
	struct diags *ds;
	struct buf out;
	struct str text; /* the scalar; references are slices of it */
	struct span at;
	bool exact;
	size_t cursor; /* when not exact: where in the source the next reference is looked for */
	size_t room;   /* for the rest of the result */
	bool full;     /* there was too little of it */
	unsigned nuses;
	size_t nreferences; /* that were put into the result */
	bool ok;
};

static bool is_name_char(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

bool vars_name_ok(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!is_name_char(name.s[i], i == 0))
			return false;
	return name.n > 0;
}

bool vars_get(const struct vars *v, struct arena *a, struct str name, struct variable *ret)
{
	const struct variable *value = map_get(&v->set, name);
	const char *env;

	if (value == NULL)
		value = map_get(&v->file, name);
	if (value != NULL) {
		*ret = *value;
		return true;
	}
	if (v->environment == NULL)
		return false;
	env = v->environment(arena_str(a, name).s);
	if (env == NULL)
		return false;
	*ret = (struct variable){.value = str_c(env), .origin = VAR_ENVIRONMENT};
	return true;
}

/* Writes a use down, for whoever reports something at the value. */
static void note_use(struct expansion *e, struct str name, struct variable variable,
		     struct span ref)
{
	struct var_uses *uses = e->v->uses;
	struct arena *a = e->out.a;

	if (uses == NULL)
		return;
	if (variable.origin != VAR_BARE && map_get(&uses->names, name) == NULL)
		map_put(&uses->names, a, name, uses);
	if (e->nuses++ >= MOST_USES)
		return;
	uses->items = arena_grow(a, uses->items, sizeof(*uses->items), uses->n, &uses->cap);
	uses->items[uses->n++] = (struct var_use){name, variable, e->at, ref, false};
}

/* Where the reference `ref`, a slice of e->text, stands in the source: the whole scalar when unknown. */
static struct span place_of(struct expansion *e, struct str ref)
{
	size_t offset = (size_t)(ref.s - e->text.s);

	if (!e->exact) {
		offset = str_find_str(span_text(e->at), ref, e->cursor);
		if (offset == SIZE_MAX) { /* written with escapes; not looked for again */
			e->cursor = span_text(e->at).n;
			return e->at;
		}
		e->cursor = offset + ref.n;
	}
	return span_in(e->at.src, e->at.lo + offset, e->at.lo + offset + ref.n);
}

static void report_unset(struct expansion *e, struct str ref, struct str name)
{
	struct diag *d = diag_unset_variable(e->ds, place_of(e, ref), name);

	e->ok = false;
	diag_help(e->ds, d,
		  "set it with `--set " STR_F "=VALUE` or a line `" STR_F
		  ": VALUE` in a file given with `--vars FILE`",
		  STR_A(name), STR_A(name));
	if (e->v->environment == NULL)
		diag_help(e->ds, d, "with `--env` it is taken from the environment");
	else
		diag_note(e->ds, d, "`--env` is given, but the environment does not have it");
}

static void report_bad(struct expansion *e, struct str ref)
{
	struct diag *d = diag_bad_variable_reference(e->ds, place_of(e, ref), ref);

	e->ok = false;
	diag_help(e->ds, d,
		  "a reference is `${NAME}` or `${NAME:-default}`; a name has letters, digits and "
		  "`_`");
	diag_help(e->ds, d, "`$${` stands for a literal `${`");
}

/* Index just after the `}` that closes the reference at text[lo], or 0 when nothing closes it. */
static size_t reference_end(struct str text, size_t lo)
{
	unsigned open = 0;

	for (size_t i = lo; i < text.n; i++) {
		if (text.s[i] == '$' && i + 1 < text.n && text.s[i + 1] == '{') {
			open++;
			i++;
		} else if (text.s[i] == '}' && --open == 0) {
			return i + 1;
		}
	}
	return 0;
}

/* An unclosed reference as it is shown: its name, and no more of what follows. */
static struct str unclosed_text(struct str text, size_t lo)
{
	size_t end = lo + 2;

	while (end < text.n && is_name_char(text.s[end], false))
		end++;
	return str_slice(text, lo, end);
}

/* Appends text, unless that is more than there is room for; then all that follows is left out. */
static void put(struct expansion *e, struct str text)
{
	if (e->full || text.n >= e->room) {
		e->full = true;
		return;
	}
	e->room -= text.n;
	buf_add(&e->out, text);
}

static void expand(struct expansion *e, struct str text, unsigned depth);

/* The word before the first dot that was meant, or NULL. */
static const char *meant_word(struct str word)
{
	static const char *const words[] = {"param", "env", "stack", "self"};
	static const char *const others[] = {"parameter", "parameters", "environment"};
	static const char *const meant[] = {"param", "param", "env"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(word, str_c(words[i])) ||
		    edit_distance(word, str_c(words[i]), 1) <= 1)
			return words[i];
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_eq_nocase(word, str_c(others[i])))
			return meant[i];
	return NULL;
}

/* Reports what begins like a reference to a value of the deployment and is none. */
static void report_reference(struct expansion *e, struct str ref, enum reference_fault fault)
{
	struct str body = str_slice(ref, 2, ref.n - 1), rest = body, word = str_cut(&rest, '.');
	struct diag *d = diag_bad_reference(e->ds, place_of(e, ref), ref);
	const char *meant = meant_word(word);
	struct reference r;

	e->ok = false;
	if (str_trim(body).n < body.n && reference_read(str_trim(body), &r) == REFERENCE_OK) {
		diag_help(e->ds, d, "write it without blanks: `${" STR_F "}`",
			  STR_A(str_trim(body)));
		return;
	}
	switch (fault) {
	case REFERENCE_NO_SUCH_WORD:
		diag_help(e->ds, d, "did you mean `${%s." STR_F "}`?", meant, STR_A(rest));
		break;
	case REFERENCE_HAS_DEFAULT:
		diag_note(e->ds, d, "what is known when the stack is deployed has no default here");
		if (str_eq(word, STR("param")))
			diag_help(e->ds, d, "give the parameter a `Default` in `Parameters`");
		break;
	case REFERENCE_BAD_STACK:
		diag_help(e->ds, d,
			  "a reference is `${stack.NAME.OUTPUT}`; the name of a stack has letters, "
			  "digits and dashes, a letter first");
		break;
	case REFERENCE_BAD_NAME:
		diag_help(e->ds, d, "a name has letters and digits, a letter first, and at most %d",
			  MAX_REFERENCE_NAME);
		break;
	case REFERENCE_BAD_INDEX:
		diag_help(e->ds, d, "an item of a list is `[0]`, `[1]` and so on, at most `[%d]`",
			  MAX_REFERENCE_INDEX);
		break;
	case REFERENCE_OK:
		BUG("a good reference is reported");
	}
	diag_help(e->ds, d,
		  "references are `${param.NAME}`, `${env.OUTPUT}`, `${stack.NAME.OUTPUT}` and, in "
		  "a batch file, `${self.OUTPUT}`; `$${` stands for a literal `${`");
}

/*
 * A value of the deployment, `${param.X}` and the like: it stays in the text, as compiler/base/open_text.h keeps it.
 * False when ref is no such thing; what was meant as one is reported.
 */
static bool put_reference(struct expansion *e, struct str ref)
{
	struct str body = str_slice(ref, 2, ref.n - 1), rest = body, word = str_cut(&rest, '.');
	struct reference r;
	enum reference_fault fault;

	if (rest.s == NULL || str_find_str(word, STR(":-"), 0) != SIZE_MAX)
		return false;
	fault = reference_read(body, &r);
	if (fault == REFERENCE_NO_SUCH_WORD && meant_word(word) == NULL)
		return false;
	if (fault != REFERENCE_OK) {
		report_reference(e, ref, fault);
		put(e, ref);
		return true;
	}
	put(e, text_refer(e->out.a, body));
	e->nreferences++;
	return true;
}

/* Appends what the closed reference `ref` stands for, or itself when there is a fault. */
static void expand_reference(struct expansion *e, struct str ref, unsigned depth)
{
	struct str body = str_slice(ref, 2, ref.n - 1), name;
	struct variable found;
	size_t dash = str_find_str(body, STR(":-"), 0);
	bool has_default = dash != SIZE_MAX;

	name = str_slice(body, 0, has_default ? dash : body.n);
	if (!vars_name_ok(name) && put_reference(e, ref))
		return;
	if (!vars_name_ok(name) || depth > MAX_DEFAULT_DEPTH) {
		report_bad(e, ref);
		put(e, ref);
	} else if (vars_get(e->v, e->out.a, name, &found) && !(has_default && found.value.n == 0)) {
		note_use(e, name, found, e->at);
		put(e, found.value);
	} else if (has_default) { /* as in a shell: `:-` also replaces an empty value */
		struct str otherwise = str_slice(body, dash + 2, body.n);

		note_use(e, name, (struct variable){.value = otherwise, .origin = VAR_DEFAULT},
			 e->at);
		expand(e, otherwise, depth + 1);
	} else {
		note_use(e, name, (struct variable){.origin = VAR_UNSET}, e->at);
		report_unset(e, ref, name);
		put(e, ref);
	}
}

/* Appends `text`, a slice of e->text, with its references replaced. */
static void expand(struct expansion *e, struct str text, unsigned depth)
{
	size_t done = 0, at, end;

	while (!e->full && (at = str_find_str(text, STR("${"), done)) != SIZE_MAX) {
		if (at > done && text.s[at - 1] == '$') {
			put(e, str_slice(text, done, at - 1));
			put(e, STR("${"));
			done = at + 2;
			continue;
		}
		put(e, str_slice(text, done, at));
		end = reference_end(text, at);
		if (end == 0) {
			report_bad(e, unclosed_text(text, at));
			done = at;
			break;
		}
		expand_reference(e, str_slice(text, at, end), depth);
		done = end;
	}
	put(e, str_slice(text, done, text.n));
}

/* The name behind the `$` at text[at], when it is one and no reference. */
static struct str bare_name(struct str text, size_t at)
{
	size_t end = at + 1;

	while (end < text.n && is_name_char(text.s[end], end == at + 1))
		end++;
	return at > 0 && text.s[at - 1] == '$' ? STR("") : str_slice(text, at + 1, end);
}

/* Versions of a launch template that EC2 knows by these names: no variables, unless they are set. */
static bool is_version(struct str name)
{
	return str_eq(name, STR("Latest")) || str_eq(name, STR("Default"));
}

/* Writes down each `$NAME` that was probably meant as a variable: the whole text, or a name that is set. */
static void find_bare(struct expansion *e)
{
	struct str text = e->text;

	for (size_t at = 0; (at = str_find(text, '$', at)) < text.n; at++) {
		struct str name = bare_name(text, at);
		struct span ref = e->at;

		if (name.n == 0 ||
		    ((name.n + 1 < text.n || is_version(name)) &&
		     map_get(&e->v->set, name) == NULL && map_get(&e->v->file, name) == NULL))
			continue;
		if (e->exact)
			ref = span_in(e->at.src, e->at.lo + at, e->at.lo + at + 1 + name.n);
		note_use(e, name, (struct variable){.origin = VAR_BARE}, ref);
	}
}

/*
 * What comes of a text for which there is no room. It is said once a file, as there is none left for others then;
 * put() never uses up all of it.
 */
static struct vars_result too_long(struct expansion *e, struct vars_text in)
{
	if (*in.room > 0)
		diag_too_much_expanded(e->ds, in.at, MOST_EXPANDED_MIB);
	*in.room = 0;
	return (struct vars_result){.text = in.text};
}

/*
 * Does the result hold references, and no more of the characters around them than these brought? Others came from an
 * escape or a variable, and are reported as any control character.
 */
static bool is_open(const struct expansion *e, struct str text)
{
	size_t begins = 0, ends = 0;

	for (size_t i = 0; i < text.n; i++) {
		begins += text.s[i] == OPEN_BEGIN[0];
		ends += text.s[i] == OPEN_END[0];
	}
	return e->nreferences > 0 && begins == e->nreferences && ends == e->nreferences;
}

struct vars_result vars_expand(struct arena *a, struct diags *ds, const struct vars *v,
			       struct vars_text in)
{
	struct expansion e = {
		.v = v,
		.ds = ds,
		.out = buf_in(a),
		.text = in.text,
		.at = in.at,
		.exact = in.exact,
		.room = *in.room,
		.ok = true,
	};
	bool whole = str_starts(in.text, STR("${")) && reference_end(in.text, 0) == in.text.n;

	if (v->uses != NULL)
		find_bare(&e);
	if (str_find_str(in.text, STR("${"), 0) == SIZE_MAX)
		return (struct vars_result){.text = in.text, .ok = true};
	expand(&e, in.text, 0);
	if (e.full)
		return too_long(&e, in);
	*in.room = e.room;
	return (struct vars_result){.text = buf_str(&e.out),
				    .ok = e.ok,
				    .whole = whole,
				    .open = is_open(&e, buf_str(&e.out))};
}

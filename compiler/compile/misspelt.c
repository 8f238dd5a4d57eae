/* SPDX-License-Identifier: Apache-2.0 */
/* misspelt.c - comments that were meant to suppress a finding, and do not. */
#include "compiler/compile/misspelt.h"

#include "compiler/base/lookalike.h"
#include "compiler/base/nearest.h"
#include "compiler/base/search.h"
#include "compiler/base/utf8.h"
#include "compiler/source/diag.h"

#include <string.h>

/* The letters at text[i]. */
static struct str letters_at(struct str text, size_t i)
{
	size_t end = i;

	while (end < text.n && is_letter(text.s[end]))
		end++;
	return str_slice(text, i, end);
}

/* Index after the characters of `set`, or what only looks like one of them, at text[i]. */
static size_t skip(struct str text, size_t i, const char *set)
{
	while (i < text.n) {
		struct lookalike like = {.ascii = {text.s[i], 0}};
		uint32_t cp = 0;
		unsigned len = utf8_decode(text, i, &cp);

		if ((cp >= 0x80 && !lookalike_find(cp, &like)) || like.ascii[0] == '\0' ||
		    strchr(set, like.ascii[0]) == NULL)
			break;
		i += len;
	}
	return i;
}

/* The word at text[i], up to a blank, a comma or a bracket. */
static struct str coded_at(struct str text, size_t i)
{
	size_t end = i;

	while (end < text.n && text.s[end] > ' ' && strchr(",])", text.s[end]) == NULL)
		end++;
	return str_slice(text, i, end);
}

/* A letter and digits, as in E0401; with `slips`, letters may stand for some of them. */
static bool is_code_shape(struct str word, bool slips)
{
	size_t digits = 0;

	for (size_t k = 1; k < word.n; k++)
		digits += word.s[k] >= '0' && word.s[k] <= '9';
	return word.n > 0 && strchr("EWNewn", word.s[0]) != NULL &&
	       (slips ? digits >= 2 && word.n == 5 : digits >= 3 && digits + 1 == word.n);
}

/* Was the word meant as the code or the name of a finding? */
static bool is_code(struct str word)
{
	struct str near;
	enum diag_id id;

	return word.n > 0 &&
	       (diag_find(word, &id) || is_code_shape(word, false) || is_code_shape(word, true) ||
		(str_find(word, '-', 0) + str_find(word, '_', 0) < 2 * word.n && word.s[0] != '-' &&
		 near_code(word, &near)));
}

static bool is_ignore(struct str word)
{
	static const char *const others[] = {"ignored", "ignores", "disable", "suppress",
					     "noqa",	"nolint",  "allow",   "skip",
					     "mute",	"silence"};

	return AMONG(word, others) || (word.n > 3 && edit_distance(word, STR("ignore"), 2) <= 2);
}

/* A word behind `ignore` that says where; other linters have such. */
static bool is_scope(struct str word)
{
	static const char *const scopes[] = {"line",  "next",  "nextline", "begin", "end",
					     "start", "block", "file",	   "files"};

	return AMONG(word, scopes);
}

/* Is the # at text[hash] the first of its line? */
static bool is_line_of_comment(struct str text, size_t hash)
{
	while (hash > 0 && (text.s[hash - 1] == ' ' || text.s[hash - 1] == '\t'))
		hash--;
	return hash == 0 || text.s[hash - 1] == '\n';
}

/* What was read of a comment. */
struct reading {
	struct str text;
	size_t hash, lo, i; /* its #, the word hpcc, and what is not read as yet */
	bool exact, colon, file, other_scope;
};

/* Reads `-file` and its like behind the verb. */
static void read_scope(struct reading *c)
{
	size_t end = skip(c->text, c->i, "-_ ");
	struct str word = letters_at(c->text, end);

	if (str_eq(word, STR("file")) && end == c->i + 1 && c->text.s[c->i] == '-') {
		c->file = true;
		c->i = end + word.n;
		end = skip(c->text, c->i, "-_ ");
		word = letters_at(c->text, end);
	}
	for (; is_scope(word) && coded_at(c->text, end).n >= word.n;
	     end = skip(c->text, c->i, "-_ "), word = letters_at(c->text, end)) {
		c->file |= str_starts(word, STR("file"));
		c->other_scope |=
			!str_starts(word, STR("file")) && !str_eq(word, STR("line")) &&
			!(str_starts(word, STR("next")) && is_line_of_comment(c->text, c->hash));
		c->exact = false;
		c->i = end + word.n;
	}
}

/* Reads the verb at c->i, with where it holds. */
static bool read_verb(struct reading *c)
{
	struct str verb = letters_at(c->text, c->i);
	size_t end;

	if (str_eq(verb, STR("file"))) { /* file-ignore */
		c->file = true;
		c->exact = false;
		c->i = skip(c->text, c->i + verb.n, "-_");
		verb = letters_at(c->text, c->i);
	}
	if (str_starts(verb, STR("ignore")) && is_scope(str_slice(verb, 6, verb.n)))
		verb.n = 6;
	if (!is_ignore(verb))
		return false;
	c->exact &= str_eq(verb, STR("ignore"));
	c->i += verb.n;
	read_scope(c);
	end = skip(c->text, c->i, ":;=.([/-_");
	if (end < c->text.n && (unsigned char)c->text.s[end] >= 0x80)
		end = skip(c->text, end, " "); /* a blank that is none */
	if (end > c->i && !str_starts(str_slice(c->text, c->i, c->text.n), STR("--"))) {
		c->exact = false; /* `ignore: E0401` */
		c->i = end;
	}
	return true;
}

/* Codes in front of a reason are no longer; it bounds the work on one comment among many. */
enum { LONGEST_CODES = 256 };

/* What is left of the line from text[i] on, or its begin. */
static struct str rest_of_line(struct str text, size_t i)
{
	struct str rest =
		str_slice(text, i, i + LONGEST_CODES < text.n ? i + LONGEST_CODES : text.n);

	return str_slice(rest, 0, str_find(rest, '\n', 0));
}

/* Is there `--` with something behind it in the line from text[i] on? */
static bool has_reason(struct str text, size_t i)
{
	return str_find_str(rest_of_line(text, i), STR(" -- "), 0) != SIZE_MAX;
}

/* `# later: hpcc:ignore E0401`: the mark, with a code, behind other words. */
static bool mark_behind_words(struct str text, size_t hash, struct meant_mark *ret)
{
	static const struct str mark = STR_INIT("hpcc:ignore");
	size_t hi = hash + 1, at;

	while (hi < text.n && text.s[hi] != '\n' && text.s[hi] != '#')
		hi++;
	at = str_find_str(str_slice(text, 0, hi), mark, hash + 1);
	if (at == SIZE_MAX || text.s[at - 1] > ' ')
		return false;
	*ret = (struct meant_mark){.lo = hash, .hi = at + mark.n};
	if (str_starts(str_slice(text, ret->hi, hi), STR("-file"))) {
		ret->file = true;
		ret->hi += 5;
	}
	return ret->hi < hi && text.s[ret->hi] == ' ' &&
	       is_code(coded_at(text, skip(text, ret->hi, " \t,")));
}

bool misspelt_mark(struct str text, size_t hash, struct meant_mark *ret)
{
	struct reading c = {.text = text, .hash = hash};
	size_t hashes = hash, end;
	struct str name, code;
	bool verb, tight;

	while (hashes < text.n && text.s[hashes] == '#')
		hashes++;
	c.lo = skip(text, hashes, " \t");
	name = letters_at(text, c.lo);
	if (name.n < 3 || name.n > 5 || edit_distance(name, STR("hpcc"), 1) > 1)
		return mark_behind_words(text, hash, ret);
	end = c.lo + name.n;
	c.i = skip(text, end, ":; \t=-");
	c.colon = skip(text, end, " \t") < skip(text, skip(text, end, " \t"), ":;");
	c.exact = str_eq(name, STR("hpcc")) && c.colon && c.i == end + 1 && text.s[end] == ':' &&
		  hashes == hash + 1 && !has_non_ascii(str_slice(text, hash, c.lo));
	tight = c.colon && c.i == skip(text, end, ":;");
	verb = read_verb(&c);
	code = coded_at(text, skip(text, c.i, " \t,"));
	if (c.exact || (!verb && !(c.colon && is_code_shape(code, false) && has_reason(text, c.i))))
		return false;
	*ret = (struct meant_mark){.lo = c.lo, .hi = c.i, .file = c.file};
	if (hashes > hash + 1 || has_non_ascii(str_slice(text, hash, c.lo)))
		ret->lo = hash; /* the # are a part of the fault */
	ret->certain =
		is_code(code) && !c.other_scope && text.s[c.i - 1] != '[' && text.s[c.i - 1] != '(';
	return ret->certain || is_code(code) || has_reason(text, c.i) ||
	       (str_eq(name, STR("hpcc")) && c.colon &&
		(tight || str_trim(rest_of_line(text, c.i)).n == 0));
}

bool near_code(struct str word, struct str *ret)
{
	unsigned least = near_limit(word);
	char code[5] = {0}, name[40];

	for (size_t i = 0; i < word.n && word.n <= sizeof(name); i++)
		name[i] = word.s[i] == '-' ? '_' : word.s[i];
	if (word.n > 6 && word.n <= sizeof(name))
		word.s = name;

	for (size_t i = 0; word.n == 5 && i < 5; i++)
		code[i] = i == 0 || (word.s[i] >= '0' && word.s[i] <= '9') ? word.s[i]
			  : word.s[i] == 'O' || word.s[i] == 'o'	   ? '0'
			  : word.s[i] == 'l' || word.s[i] == 'I'	   ? '1'
									   : 'x';
	ret->n = 0;
	for (int i = 0; i < DIAG_COUNT; i++) {
		enum diag_id id = (enum diag_id)i;
		unsigned distance =
			word.n > 6 ? edit_distance(word, diag_name(id), least) : least + 1;

		if (word.n == 5 && str_eq_nocase(diag_code(id), (struct str){code, 5})) {
			*ret = diag_code(id);
			return true;
		}
		if (distance > least || (ret->n > 0 && distance == least))
			continue;
		*ret = diag_name(id);
		least = distance;
	}
	return ret->n > 0;
}

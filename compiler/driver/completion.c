/* SPDX-License-Identifier: Apache-2.0 */
/*
 * completion.c - completion scripts for bash, zsh and fish, from the tables.
 *
 * What stands behind an option, or as an operand, comes from a source: a list of words, files, or names that
 * hpcc itself prints (codes, instance types). Each verb is offered its own options only.
 */
#include "compiler/base/buf.h"
#include "compiler/driver/options.h"
#include "compiler/facts/facts_tables.h"
#include "compiler/schema/kind.h"
#include "compiler/schema/schema.h"

/* Where words come from; CODES and TYPES are asked of hpcc when they are wanted. */
enum offer { SOURCE_NONE, SOURCE_FILES, SOURCE_WORDS, SOURCE_CODES, SOURCE_TYPES, SOURCE_COMMAND };

struct wanted {
	enum offer source;
	struct str words; /* of SOURCE_WORDS, with blanks between them */
};

#define LIST_CODES "hpcc explain --list 2>/dev/null | cut -d' ' -f1"
#define LIST_TYPES "hpcc instances --emit=tsv 2>/dev/null | cut -f1 | tail -n +2"

static void verb_names(struct buf *b)
{
	for (int i = 0; i < VERB_COUNT; i++)
		buf_fmt(b, "%s%s", i > 0 ? " " : "", verb_rows[i].name);
}

static struct str all_verbs(struct arena *a)
{
	struct buf b = buf_in(a);

	verb_names(&b);
	return buf_str(&b);
}

/* The kinds of files, in small letters. */
static struct str all_kinds(struct arena *a)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < KIND_COUNT; i++)
		buf_fmt(&b, "%s%c" STR_F, i > 0 ? " " : "", schema_kinds[i].name.s[0] - 'A' + 'a',
			STR_A(str_slice(schema_kinds[i].name, 1, schema_kinds[i].name.n)));
	return buf_str(&b);
}

static struct str regions(struct arena *a)
{
	struct buf b = buf_in(a);

	for (size_t i = 0; i < facts_regions_n; i++)
		buf_fmt(&b, "%s" STR_F, i > 0 ? " " : "", STR_A(facts_regions[i].name));
	return buf_str(&b);
}

/* "3.0 3.1 …" up to the newest that is known. */
static struct str releases(struct arena *a)
{
	struct buf b = buf_in(a);

	for (unsigned minor = 0; minor <= schema_release_number / 100 % 100; minor++)
		buf_fmt(&b, "%s3.%u", minor > 0 ? " " : "", minor);
	return buf_str(&b);
}

static struct wanted words(struct str list)
{
	return (struct wanted){SOURCE_WORDS, list};
}

/* What stands behind an option of a verb. */
static struct wanted wanted_by(struct arena *a, int option, int verb)
{
	struct str list = choice_words(a, (enum option_id)option, 1u << verb, " ", " ", true);
	struct str argument = str_c(option_rows[option].argument);

	if (list.n > 0)
		return words(list);
	if (str_starts(argument, STR("CODE")))
		return (struct wanted){.source = SOURCE_CODES};
	if (str_eq(argument, STR("REGION")))
		return words(regions(a));
	if (str_eq(argument, STR("RELEASE")))
		return words(releases(a));
	return (struct wanted){.source = str_eq(argument, STR("FILE")) ||
							 str_eq(argument, STR("PATH"))
						 ? SOURCE_FILES
						 : SOURCE_NONE};
}

/* What a verb takes as operands. */
static struct wanted operands_of(struct arena *a, int verb)
{
	struct str takes = str_c(verb_rows[verb].operands);

	if (str_starts(takes, STR("FILE")))
		return (struct wanted){.source = SOURCE_FILES};
	if (str_starts(takes, STR("[CODE")))
		return (struct wanted){.source = SOURCE_CODES};
	if (str_starts(takes, STR("[TYPE")))
		return (struct wanted){.source = SOURCE_TYPES};
	if (str_starts(takes, STR("[VERB")))
		return words(all_verbs(a));
	if (str_starts(takes, STR("[KIND")))
		return words(all_kinds(a));
	if (takes.n > 0 && str_find(takes, '|', 0) < takes.n)
		return words(STR("bash zsh fish"));
	return (struct wanted){.source = SOURCE_NONE};
}

static bool takes(int verb, int option)
{
	return (option_rows[option].verbs & 1u << verb) != 0;
}

/* ---- bash ---- */

static void bash_source(struct buf *b, struct wanted w)
{
	switch (w.source) {
	case SOURCE_WORDS:
		buf_fmt(b, "words='" STR_F "'", STR_A(w.words));
		return;
	case SOURCE_CODES:
		buf_add(b, STR("words=$(" LIST_CODES ")"));
		return;
	case SOURCE_TYPES:
		buf_add(b, STR("words=$(" LIST_TYPES ")"));
		return;
	case SOURCE_FILES:
	case SOURCE_COMMAND:
		buf_add(b, STR("files=1"));
		return;
	case SOURCE_NONE:
		buf_char(b, ':');
		return;
	}
}

/* Cases of `verb:option` for the options that take an argument. */
static void bash_arguments(struct buf *b)
{
	for (int v = 0; v < VERB_COUNT; v++)
		for (int i = 0; i < OPTION_COUNT; i++) {
			if (!takes(v, i) || option_rows[i].kind == OPTION_FLAG)
				continue;
			buf_fmt(b, "\t%s:--%s", verb_rows[v].name, option_rows[i].name);
			if (option_rows[i].letter != 0)
				buf_fmt(b, " | %s:-%c", verb_rows[v].name, option_rows[i].letter);
			buf_add(b, STR(") "));
			bash_source(b, wanted_by(b->a, i, v));
			buf_add(b, STR(" ;;\n"));
		}
}

static void bash_verbs(struct buf *b)
{
	for (int v = 0; v < VERB_COUNT; v++) {
		buf_fmt(b, "\t\t%s) options='", verb_rows[v].name);
		for (int i = 0; i < OPTION_COUNT; i++)
			if (takes(v, i))
				buf_fmt(b, " --%s%s", option_rows[i].name,
					option_rows[i].kind == OPTION_FLAG ? "" : "=");
		buf_add(b, STR("'; [[ $cur == -* ]] || "));
		bash_source(b, operands_of(b->a, v));
		buf_add(b, STR(" ;;\n"));
	}
}

static struct str bash(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("# bash completion for hpcc\n_hpcc()\n{\n"
			"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
			"\tlocal verb=build named= words= files= options= before= colon= "
			"at=$COMP_CWORD i\n"
			"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
			"\t\tcase ${COMP_WORDS[i]} in\n\t\t--) break ;;\n\t\t"));
	for (int i = 0; i < VERB_COUNT; i++)
		buf_fmt(&b, "%s%s", i > 0 ? " | " : "", verb_rows[i].name);
	buf_add(&b,
		STR(") [[ $named ]] || verb=${COMP_WORDS[i]} named=1 ;;\n\t\tesac\n\tdone\n"
		    "\tif ((i < COMP_CWORD)) && [[ $verb == exec ]]; then # the command behind --\n"
		    "\t\tif declare -F _command_offset >/dev/null; then\n"
		    "\t\t\t_command_offset $((i + 1))\n"
		    "\t\telif ((i + 1 == COMP_CWORD)); then\n"
		    "\t\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n\t\telse\n"
		    "\t\t\tmapfile -t COMPREPLY < <(compgen -f -- "
		    "\"$cur\")\n\t\tfi\n\t\treturn\n\tfi\n"
		    "\t# bash parts words at : and =\n"
		    "\tif [[ $cur == : || $prev == : ]] && ((at > 2)); then\n"
		    "\t\tif [[ $cur == : ]]; then cur= at=$((at-1)); else at=$((at-2)); fi\n"
		    "\t\tcolon=${COMP_WORDS[at]}: prev=${COMP_WORDS[at-1]}\n\tfi\n"
		    "\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		    "\telif [[ $prev == = ]] && ((at > 1)); then\n"
		    "\t\tprev=${COMP_WORDS[at-2]}\n\tfi\n"
		    "\tcase $verb:$prev in\n"));
	bash_arguments(&b);
	buf_add(&b, STR("\t*)\n\t\tcase $verb in\n"));
	bash_verbs(&b);
	buf_add(&b, STR("\t\tesac\n\t\t[[ $cur == -* ]] && words=$options\n"
			"\t\t[[ $named || $cur == -* ]] || words='"));
	verb_names(&b);
	buf_add(&b,
		STR("'\n\t\t;;\n\tesac\n"
		    "\t[[ $cur == *,* && $prev == --* ]] && before=${cur%,*},\n"
		    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -P \"$before\" -- "
		    "\"$colon${cur#\"$before\"}\")\n"
		    "\tCOMPREPLY=(\"${COMPREPLY[@]#\"$colon\"}\")\n"
		    "\t[[ ${COMPREPLY[0]-} == --*= ]] && compopt -o nospace 2>/dev/null\n"
		    "\tif [[ $files ]]; then\n"
		    "\t\tmapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$cur\")\n"
		    "\t\tcompopt -o filenames 2>/dev/null\n\tfi\n}\ncomplete -F _hpcc hpcc\n"));
	return buf_str(&b);
}

/* ---- zsh ---- */

/* Appends s for a zsh or fish string in single quotes. */
static void quoted(struct buf *b, const char *s, const char *also)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_add(b, STR("'\\''"));
		else if (*s == ':' || *s == '[' || *s == ']')
			buf_fmt(b, "%s%c", also, *s);
		else
			buf_char(b, *s);
	}
}

static void zsh_source(struct buf *b, struct wanted w)
{
	switch (w.source) {
	case SOURCE_WORDS:
		buf_char(b, '(');
		quoted(b, w.words.s, "\\");
		buf_char(b, ')');
		return;
	case SOURCE_CODES:
		buf_add(b, STR("_hpcc_codes"));
		return;
	case SOURCE_TYPES:
		buf_add(b, STR("_hpcc_types"));
		return;
	case SOURCE_FILES:
	case SOURCE_COMMAND:
		buf_add(b, STR("_files"));
		return;
	case SOURCE_NONE:
		buf_char(b, ' ');
		return;
	}
}

static void zsh_option(struct buf *b, int verb, int option)
{
	const struct option_row *row = &option_rows[option];

	buf_fmt(b, "    '%s--%s%s[", row->kind == OPTION_LIST ? "*" : "", row->name,
		row->kind == OPTION_FLAG ? "" : "=");
	quoted(b, row->help, "\\");
	buf_char(b, ']');
	if (row->kind != OPTION_FLAG) {
		buf_char(b, ':');
		quoted(b, row->argument, "\\");
		buf_char(b, ':');
		zsh_source(b, wanted_by(b->a, option, verb));
	}
	buf_add(b, STR("'\n"));
}

static struct str zsh(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("#compdef hpcc\n"
			"_hpcc_codes() { local -a all; all=(${(f)\"$(" LIST_CODES
			")\"}); _values -s , code $all }\n"
			"_hpcc_types() { local -a all; all=(${(f)\"$(" LIST_TYPES
			")\"}); compadd -a all }\n"
			"local -a verbs options\nlocal verb=build named= i\nverbs=(\n"));
	for (int i = 0; i < VERB_COUNT; i++) {
		buf_fmt(&b, "  '%s:", verb_rows[i].name);
		quoted(&b, verb_rows[i].summary, "\\");
		buf_add(&b, STR("'\n"));
	}
	buf_add(&b,
		STR(")\nfor ((i = 2; i < CURRENT; i++)); do\n"
		    "  [[ $words[i] == -- ]] && break\n"
		    "  [[ -z $named && -n ${verbs[(r)$words[i]:*]} ]] && verb=$words[i] named=1\n"
		    "done\n"
		    "if [[ $verb == exec ]] && (( i < CURRENT )); then\n"
		    "  words=(\"${(@)words[i+1,-1]}\") CURRENT=$((CURRENT - i))\n  _normal\n"
		    "  return\nfi\ncase $verb in\n"));
	for (int v = 0; v < VERB_COUNT; v++) {
		buf_fmt(&b, "%s)\n  options=(\n", verb_rows[v].name);
		for (int i = 0; i < OPTION_COUNT; i++)
			if (takes(v, i))
				zsh_option(&b, v, i);
		buf_add(&b, STR("    '*:operand:"));
		zsh_source(&b, operands_of(a, v));
		buf_add(&b, STR("'\n  ) ;;\n"));
	}
	buf_add(&b, STR("esac\n"
			"_arguments -s $options '1: :{_describe verb verbs; _files}'\n"));
	return buf_str(&b);
}

/* ---- fish ---- */

static void fish_source(struct buf *b, struct wanted w)
{
	switch (w.source) {
	case SOURCE_WORDS:
		buf_fmt(b, " -x -a '" STR_F "'", STR_A(w.words));
		return;
	case SOURCE_CODES:
		buf_add(b, STR(" -x -a '(__hpcc_codes)'"));
		return;
	case SOURCE_TYPES:
		buf_add(b, STR(" -x -a '(__hpcc_types)'"));
		return;
	case SOURCE_COMMAND:
		buf_add(b, STR(" -x -a '(__hpcc_command)'"));
		return;
	case SOURCE_FILES:
		buf_add(b, STR(" -r -F"));
		return;
	case SOURCE_NONE:
		buf_add(b, STR(" -x"));
		return;
	}
}

static void fish_option(struct buf *b, int verb, int option)
{
	const struct option_row *row = &option_rows[option];

	buf_fmt(b, "complete -c hpcc -n '__hpcc_verb %s' -l %s", verb_rows[verb].name, row->name);
	if (row->letter != 0)
		buf_fmt(b, " -s %c", row->letter);
	if (row->kind != OPTION_FLAG)
		fish_source(b, wanted_by(b->a, option, verb));
	buf_add(b, STR(" -d '"));
	quoted(b, row->help, "");
	buf_add(b, STR("'\n"));
}

static struct str fish(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("function __hpcc_verb\n    set -l verb build\n"
			"    for word in (commandline -opc)[2..-1]\n"
			"        test \"$word\" = --; and break\n        if contains -- $word "));
	verb_names(&b);
	buf_add(&b, STR("\n            set verb $word\n            break\n        end\n    end\n"
			"    contains -- $verb $argv; and not __hpcc_behind\nend\n"
			"function __hpcc_behind\n    set -l all (commandline -opc)\n"
			"    contains -- exec $all; and contains -- -- $all\nend\n"
			"function __hpcc_codes\n    " LIST_CODES "\nend\n"
			"function __hpcc_types\n    " LIST_TYPES "\nend\n"
			"function __hpcc_command\n    set -l all (commandline -opc)\n"
			"    set -l at (contains -i -- -- $all)\n"
			"    set -e all[1..$at]\n    complete -C (string join -- ' ' $all "
			"(commandline -ct))\nend\n"
			"complete -c hpcc -n __hpcc_behind"));
	fish_source(&b, (struct wanted){.source = SOURCE_COMMAND});
	buf_char(&b, '\n');
	for (int v = 0; v < VERB_COUNT; v++) {
		struct wanted w = operands_of(a, v);

		buf_fmt(&b, "complete -c hpcc -n __fish_use_subcommand -a %s -d '",
			verb_rows[v].name);
		quoted(&b, verb_rows[v].summary, "");
		buf_add(&b, STR("'\n"));
		if (w.source != SOURCE_FILES) {
			buf_fmt(&b, "complete -c hpcc -n '__hpcc_verb %s'", verb_rows[v].name);
			fish_source(&b, w);
			buf_char(&b, '\n');
		}
		for (int i = 0; i < OPTION_COUNT; i++)
			if (takes(v, i))
				fish_option(&b, v, i);
	}
	return buf_str(&b);
}

struct str completion_text(struct arena *a, struct str shell)
{
	if (str_eq(shell, STR("bash")))
		return bash(a);
	if (str_eq(shell, STR("zsh")))
		return zsh(a);
	if (str_eq(shell, STR("fish")))
		return fish(a);
	return (struct str){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* completion.c - completion scripts for bash, zsh and fish, from the tables. */
#include "compiler/base/buf.h"
#include "compiler/driver/options.h"

/* The words an option takes, separated by blanks; empty where it takes any text, which is a file's name then. */
static struct str words_of(struct arena *a, int option)
{
	return choice_words(a, (enum option_id)option, FOR_ALL, " ", " ");
}

static void verb_names(struct buf *b)
{
	for (int i = 0; i < VERB_COUNT; i++)
		buf_fmt(b, "%s%s", i > 0 ? " " : "", verb_rows[i].name);
}

static void options_of(struct buf *b, int verb)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if ((option_rows[i].verbs & 1u << verb) != 0)
			buf_fmt(b, " --%s%s", option_rows[i].name,
				option_rows[i].kind == OPTION_FLAG ? "" : "=");
}

static struct str bash(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("# bash completion for hpcc\n_hpcc()\n{\n"
			"\tlocal cur prev verb=build word options\n"
			"\t_init_completion -n = 2>/dev/null || cur=${COMP_WORDS[COMP_CWORD]}\n"
			"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
			"\t\tcase $word in\n\t\t"));
	for (int i = 0; i < VERB_COUNT; i++)
		buf_fmt(&b, "%s%s", i > 0 ? " | " : "", verb_rows[i].name);
	buf_add(&b, STR(")\n\t\t\tverb=$word\n\t\t\tbreak\n\t\t\t;;\n\t\tesac\n\tdone\n\tcase $cur "
			"in\n"));
	for (int i = 0; i < OPTION_COUNT; i++) {
		struct str words = words_of(a, i);

		if (words.n > 0)
			buf_fmt(&b,
				"\t--%s=*)\n\t\tmapfile -t COMPREPLY < <(compgen -W '" STR_F
				"' -- \"${cur#*=}\")\n"
				"\t\treturn\n\t\t;;\n",
				option_rows[i].name, STR_A(words));
	}
	buf_add(&b, STR("\t--*=*)\n\t\tmapfile -t COMPREPLY < <(compgen -f -- "
			"\"${cur#*=}\")\n\t\treturn\n\t\t;;\n"
			"\tesac\n\tcase $verb in\n"));
	for (int i = 0; i < VERB_COUNT; i++) {
		buf_fmt(&b, "\t%s) options='", verb_rows[i].name);
		options_of(&b, i);
		buf_add(&b, STR("' ;;\n"));
	}
	buf_add(&b, STR("\tesac\n\tif [[ $cur == -* ]]; then\n"
			"\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
			"\t\t[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n\telse\n"
			"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
			"\t\tif ((COMP_CWORD == 1)); then\n"
			"\t\t\tmapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -W '"));
	verb_names(&b);
	buf_add(&b, STR("' -- \"$cur\")\n\t\tfi\n\tfi\n}\ncomplete -o filenames -F _hpcc hpcc\n"));
	return buf_str(&b);
}

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

static struct str zsh(struct arena *a)
{
	struct buf b = buf_in(a);

	buf_add(&b, STR("#compdef hpcc\nlocal -a verbs common\nverbs=(\n"));
	for (int i = 0; i < VERB_COUNT; i++) {
		buf_fmt(&b, "  '%s:", verb_rows[i].name);
		quoted(&b, verb_rows[i].summary, "\\");
		buf_add(&b, STR("'\n"));
	}
	buf_add(&b, STR(")\ncommon=(\n"));
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		struct str words = words_of(a, i);

		buf_fmt(&b, "  '%s--%s%s[", row->kind == OPTION_LIST ? "*" : "", row->name,
			row->kind == OPTION_FLAG ? "" : "=");
		quoted(&b, row->help, "\\");
		buf_char(&b, ']');
		if (words.n > 0)
			buf_fmt(&b, ":%s:(" STR_F ")", row->argument, STR_A(words));
		else if (row->kind != OPTION_FLAG)
			buf_fmt(&b, ":%s:_files", row->argument);
		buf_add(&b, STR("'\n"));
	}
	buf_add(&b, STR(")\n_arguments -s $common '1: :{_describe verb verbs; _files}' "
			"'*:file:_files'\n"));
	return buf_str(&b);
}

static struct str fish(struct arena *a)
{
	struct buf b = buf_in(a);

	for (int i = 0; i < VERB_COUNT; i++) {
		buf_fmt(&b, "complete -c hpcc -n __fish_use_subcommand -a %s -d '",
			verb_rows[i].name);
		quoted(&b, verb_rows[i].summary, "");
		buf_add(&b, STR("'\n"));
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		struct str words = words_of(a, i);

		buf_fmt(&b, "complete -c hpcc -l %s", row->name);
		if (row->letter != 0)
			buf_fmt(&b, " -s %c", row->letter);
		if (row->kind != OPTION_FLAG)
			buf_add(&b, words.n > 0 ? STR(" -x") : STR(" -r"));
		if (words.n > 0)
			buf_fmt(&b, " -a '" STR_F "'", STR_A(words));
		buf_add(&b, STR(" -d '"));
		quoted(&b, row->help, "");
		buf_add(&b, STR("'\n"));
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

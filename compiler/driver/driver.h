/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver.h - what the verbs share: one session a process, one compilation a file.
 *
 * Everything that prints, opens files or decides an exit status is in this folder; nothing below it does.
 */
#ifndef HPCC_DRIVER_H
#define HPCC_DRIVER_H

#include "compiler/base/buf.h"
#include "compiler/compile/compile.h"
#include "compiler/driver/options.h"
#include "compiler/hpc/parse.h"
#include "compiler/source/render.h"
#include "compiler/yaml/yaml_write.h"
#include "lowering/emit/emit.h"
#include "lowering/lower.h"

/* Exit statuses; doc/guide.md documents them. */
enum { EXIT_OK = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2 };

/* Largest input file: a cluster file has kilobytes, the answer of describe-instance-types a few megabytes. */
enum { MAX_FILE_MIB = 16, MAX_CATALOG_MIB = 128, MAX_PROGRAM_MIB = HPC_MAX_BYTES >> 20 };

/* A file of the call. */
struct input {
	const char *path;
	bool found;	    /* in a folder that was given, not named itself */
	const char *folder; /* that one */
};

struct inputs {
	struct input *items;
	size_t n, cap;
	const char *folder; /* the last folder that was given, or NULL */
	struct map known;   /* of several operands: what was added, see operands.c */
	size_t others;	    /* files found that are of another kind, passed over */
};

/* What holds for all files of one call. */
struct session {
	struct arena arena;
	const struct options *o;
	struct diags ds; /* findings about the call itself: --vars, --catalog */
	struct compile_options compile;
	const struct renderer *renderer;
	struct render_style style;
	struct map configs;  /* folder of a cluster file -> const struct config * */
	struct map passed;   /* files called .hpcc.yaml that were not read, each told of once */
	struct map baseline; /* fingerprints to leave out */
	bool ignored[DIAG_COUNT], selected[DIAG_COUNT]; /* --ignore and --select */
	/* With --set: names that files have as ${NAME} and as $NAME; those of some file may be unknown. */
	struct map names, bare;
	bool names_unknown;
	bool programs, others;	   /* the call compiled some that are programs; some that are not */
	struct map only, stacks;   /* --only, --stack: by names of declarations */
	struct map declarations;   /* names of all that programs of the call declare */
	struct map deployed;	   /* stacks of the call, see deploy_order.c */
	struct map lent;	   /* names of what programs declare that files of the call name */
	bool declarations_unknown; /* those of some program are not known */
	struct hpc_program *const *named; /* of --policy */
	size_t nnamed;
	struct inputs inputs;
	bool found;	     /* the file that is compiled was found in a directory */
	const char *folder;  /* that one */
	const char *current; /* path of the file that is compiled */
	struct map
		neighbours; /* files that files name: place, folder -> const struct neighbour * */
	struct map places;  /* files that this call reads or writes, see places.c */
	struct buf report;  /* what goes to --output-file */
	bool reported;	    /* something, and be it nothing, goes there */
	bool refused; /* an output was found to be read as well; it was said, and nothing is written */
};

/* What --color and the --emit of `schema` stand for. */
enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
enum schema_format { SCHEMA_JSON, SCHEMA_MARKDOWN };
enum schema_of { SCHEMA_OF_FILES, SCHEMA_OF_MODEL };
enum cost_format { COST_TABLE, COST_JSON };
enum eval_format { EVAL_HPC, EVAL_JSON, EVAL_YAML };

/* Fills a session from the options. False: wrong use (one line was printed) or findings in s->ds. */
bool session_open(struct session *s, const struct options *o);
/* Gives the session's memory back; each compilation has an arena of its own. */
void session_close(struct session *s);

/* Prints "hpcc: …" and returns EXIT_USAGE. */
int usage_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* Prints what belongs to it: each line of `lines` as one line. */
void usage_lines(struct str lines);

/*
 * Compiles the file at path ("-" is standard input) up to `to`, or as far as its faults allow. All faults
 * are in ret->ds, sorted. True when the stage was reached without errors.
 */
bool compile_file(struct session *s, struct arena *a, const char *path, enum stage to,
		  struct compilation *ret);
/* The same for text that is at hand: what the file at path would be compiled to if it held src. */
bool compile_source(struct session *s, struct arena *a, const char *path, const struct source *src,
		    enum stage to, struct compilation *ret);
/* Source of a file or standard input, or NULL (reported, ret->unreadable semantics are the caller's). */
const struct source *read_source(struct arena *a, struct diags *ds, const char *path,
				 const char *name, size_t max_mib);
/* The file name as text, in `a`: bytes that are not UTF-8 would spoil JSON, other characters terminals. */
struct str printable_name(struct arena *a, const char *path);
/* EXIT_OK, EXIT_FINDINGS or EXIT_USAGE by the errors of a compilation. */
int compilation_status(const struct compilation *c);

/* ---- programs.c ---- */

/* Reads --only, --stack and --policy; false, and printed or reported in s->ds, when one is wrong. */
bool programs_open(struct session *s);
/*
 * What the program src, the file at path, may ask of the call; root: the folder that holds all its files, NULL: that
 * of path. NULL, and printed, when it cannot be used.
 */
const struct hpc_host *program_host(struct session *s, struct arena *a, const char *path,
				    const struct source *src, const char *root);
/* Does the file at path lie in the folder `root` or below it, with links resolved? */
bool lies_below(struct arena *a, const char *path, const char *root);
/* Is there one file in the call, whose names are known as soon as it is compiled? */
bool names_are_of_file(const struct session *s);
/* Notes what a program of the call declares. */
void program_names(struct session *s, const struct compilation *c);
/* Reports names of --only and --stack that no program declares, once all are compiled. */
void program_names_report(struct session *s, struct diags *ds);
/* The one of the names that was most likely meant by `name`, or an empty text. */
struct str nearest_name_of(const struct map *names, struct str name);
/* "a, b and c": what the program declares. */
struct str declarations_words(struct arena *a, const struct compilation *c);
/* Is it one stack that the file comes to? If not, that is printed. */
bool one_declaration(struct session *s, const struct compilation *c);

/* ---- declarations.c: what hosts of programs (compiler/hpc/hpc.h) tell of their declarations ---- */

/* The function `output` of a host; `known` belongs to it, and is one for a program, in `a`. */
bool declaration_output(struct session *s, struct arena *a, struct map *known,
			const struct hpc_declaration *d, struct str output, struct hpc_output *ret);
/* The function `cost`, likewise. */
enum hpc_cost declaration_cost(struct session *s, struct arena *a, struct map *known,
			       const struct hpc_declaration *d, const struct number *unpriced,
			       struct hpc_cost_range *ret);

/* ---- policies.c ---- */

/* Reads the programs of --policy; false, and printed or reported in s->ds, when one is of no use. */
bool policies_open(struct session *s);
/* Reads those of the settings src, the file at path. Faults go to s->ds. */
void policies_of_settings(struct session *s, const char *path, const struct source *src,
			  struct config *c);
/* Lets the policies of the call, and those of the settings of a file, hold for what is compiled next. */
void policies_choose(struct session *s, const struct config *c);
/* Does a policy of the call look at files of this kind? */
bool any_policy_for(const struct session *s, const struct compilation *c);

/* ---- neighbours.c ---- */

/*
 * The neighbour_function of a session: a path is taken from the folder of the file that names it, and the file at it
 * is judged with the settings of that one. It is read once for each folder that it is named in, by whatever names.
 */
neighbour_function neighbour_read;

/* ---- findings.c ---- */

/*
 * The settings for the cluster file at path: --config, or the nearest .hpcc.yaml, or the default ones. Faults
 * go to s->ds, once for a file.
 */
const struct config *config_for(struct session *s, const char *path);
/* Reads --baseline; false after a fault (reported in s->ds). */
bool baseline_read(struct session *s);
/* Writes the fingerprints of ds to --write-baseline; the exit status. */
int baseline_write(struct session *s, const struct diags *ds);

/* ---- operands.c ---- */

/* Fills s->inputs from the operands; false, and printed, when a folder cannot be read. */
bool inputs_find(struct session *s);
/* False, and printed, when a folder was given and no file of the call was one for hpcc. */
bool inputs_any(const struct session *s, size_t judged);

/* ---- codes.c ---- */

/* Reads --ignore and --select; false, and printed, when a code of them is unknown or cannot be ignored. */
bool codes_read(struct session *s);
/* Lays them over the settings of a file. */
void codes_choose(const struct session *s, struct config *c);

/* ---- variables.c ---- */

/* Notes which variables the file of a compilation uses. */
void variables_used(struct session *s, const struct compilation *c);
/* Takes note of the parameters of policies: --set and --vars may give them values as well. */
void variables_used_by_policy(struct session *s, const struct hpc_program *p);
/* Reports names of --set that no file used to s->ds, once, unless a file could not be read to its end. */
void variables_report_unused(struct session *s);
/*
 * Where the call compiles nothing but programs: reports names of --set and --vars that are no parameters of any
 * (E0826).
 */
void parameters_report_unknown(struct session *s, struct diags *ds);

/* ---- deploy.c ---- */

/* Stands in the command of `exec` for the words that `aws cloudformation deploy` needs. */
#define DEPLOY_WORDS "{args}"

enum { MAX_DEPLOY_WORDS = 9 };

struct str_list {
	struct str *items;
	size_t n;
};

/*
 * The bucket for templates: --bucket, else that of the settings, else the first one of the environment that the file
 * stands on where both files say its name; else empty.
 */
struct str bucket_of(const struct session *s, const struct compilation *c);
/* Does the call ask for deploy_words, by --deploy-args or {args}? */
bool asks_for_deploy_words(const struct options *o);
/*
 * The words after `aws cloudformation deploy --template-file F --stack-name S` for the template `text` of c: region,
 * capabilities, bucket, and of a program the name of the stack. In c's arena.
 */
struct str_list deploy_words(const struct session *s, const struct compilation *c, struct str text);
/* The same as one line for a shell, each word quoted where it must be. */
struct str deploy_args(const struct session *s, const struct compilation *c, struct str text);
/*
 * A template that is too large to be sent without a bucket, when none is known: an error (E0545) where the call asks
 * for deploy_words, else a note (N0544).
 */
void check_bucket(const struct session *s, struct compilation *c, struct str text);

/* ---- deploy_order.c ---- */

/* Notes the stacks of a file without errors, where the call has several. */
void stacks_note(struct session *s, const char *path, const struct compilation *c);
/* Reports stacks of different files that import from each other (E0840) to s->ds, once all files are compiled. */
void stacks_report(struct session *s);
/* In which order the stacks of the call are deployed, as one line; empty where there is one. */
struct str order_line(struct session *s);

/* ---- places.c ---- */

/*
 * May the call write where its options say? Not over a file that it reads, nor two results to one file: what is
 * wrong is printed. Nothing has been written when this says no.
 */
bool places_ok(struct session *s);
/* Notes a file that is read although no option names it; false, and printed, when it is an output of the call. */
bool place_read(struct session *s, const char *path);
/*
 * Writes text to the file at path, after asking once more whether it may. What went wrong, or that the file could
 * only be written in place, is printed.
 */
bool write_output(struct session *s, const char *path, struct str text);
/* Writes what --fix made of the file at path, which this call has read. */
bool write_fixed(struct session *s, const char *path, struct str text);
/* Writes what `fmt` made of the file at path, which this call has read. */
bool write_formatted(struct session *s, const char *path, struct str text);
/* Writes to standard output; what went wrong is printed. */
bool write_standard(struct str text);
/* May a result be written to path: is it neither read by the call nor written already? What is wrong is printed. */
bool place_free(struct session *s, const char *path);
/* DIR/ and the input's name with the ending of the format: "DIR/cluster.json". */
const char *path_in(struct session *s, const char *dir, const char *input);
/* The same of a name without ending. */
const char *path_to(struct session *s, const char *dir, struct str stem);
/* Is --output a directory? */
bool to_directory(const struct session *s);

/* ---- output.c ---- */

/* Appends a list in the session's format, errors only with --quiet. */
void render_findings(const struct session *s, const struct diags *ds, struct buf *out);
/*
 * Writes rendered findings to descriptor fd, or keeps them for --output-file. False, and printed, when that failed;
 * a full standard error is no failure.
 */
bool write_findings(struct session *s, struct str text, int fd);
/* Both in one. */
bool print_findings(struct session *s, const struct diags *ds, int fd);
/* Writes what was kept for --output-file, once; false, and printed, when that failed. */
bool flush_findings(struct session *s);
/* Writes the result to --output or standard output; a failure is printed and gives EXIT_USAGE. */
int write_result(struct session *s, struct str text);
/*
 * Writes what was made of the file at path, a text for each of its declarations, or for the file where it is no
 * program: into the directory of --output when that is one, else there is one text. None is written when one may not.
 */
int write_results(struct session *s, const struct compilation *c, const char *path,
		  const struct str *texts);
/*
 * The template of a finished graph by --emit, --indent, --minify. Options were checked by emit_options_ok.
 * A template that CloudFormation would refuse for its size is reported in c->ds.
 */
struct str emit_template(struct session *s, struct compilation *c);
/* Checks --emit, --indent and --bucket for verbs that write a template; prints what is wrong. */
bool emit_options_ok(const struct session *s);
/* Does the call want lines about its stacks on standard error? */
bool summary_wanted(const struct session *s);
/* Prints the line about the stack to standard error when it is wanted. */
void print_summary(struct session *s, const struct compilation *c, struct str template_text);
/* Prints in which order the stacks of the call are deployed, likewise. */
void print_order(struct session *s);
/* One line about a compiled cluster: queues, nodes and cores at most, EFA, storage, resources, bytes. */
struct str summary_line(struct arena *a, const struct facts *facts, const struct compilation *c,
			size_t template_bytes);
/* Parses a whole number given to option `name`; prints what is wrong. */
bool number_option(const char *name, const char *text, int64_t min, int64_t max, int64_t *ret);

/* ---- views.c ---- */

/* What a verb shows of a stack. */
struct view_wish {
	const char *verb; /* for messages */
	enum view view;
	const char *what; /* one text of the view: "node", "file" */
	const char *only; /* the name of the text that is wanted; NULL: all */
	bool names;	  /* all: their names alone */
	bool parts;	  /* parts of messages instead of MIME */
};

/* Compiles the one file of the call and writes texts of its stack; the exit status. */
int write_view(struct session *s, const struct view_wish *w);

#define VERB(id, name, operands, summary, description) int verb_##id(struct session *s);
#include "compiler/driver/verbs.def"
#undef VERB

#endif

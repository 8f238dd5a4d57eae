/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diag.h - what the compiler says to its user.
 *
 * A diagnostic is a value: passes add it to a list, renderers print the list at the end, nothing between
 * writes to a stream. All texts of primary messages stand in diag.def; from a row come the enumerator
 * DIAG_<id>, the code, the default severity and a constructor diag_<id>() whose arguments the C compiler
 * checks against the format.
 *
 * Wording: the message says what is wrong, names the value and the limit, begins in lower case (unless with
 * a name), has no full stop; the user's words stand in backticks. Notes give reasons and facts with their
 * source; helps say what to write. Every text is one line: control characters in it (the user's) are written
 * as escapes.
 */
#ifndef HPCC_DIAG_H
#define HPCC_DIAG_H

#include "compiler/source/source.h"

enum severity { SEV_NOTE, SEV_WARNING, SEV_ERROR };

enum diag_id {
#define DIAG(code, id, sev, params, ...) DIAG_##id,
#define DIAG0(code, id, sev, text) DIAG_##id,
#include "compiler/source/diag.def"
#undef DIAG
#undef DIAG0
	DIAG_COUNT
};

/* A further place with a few words: "MaxCount is set here". */
struct diag_label {
	struct span at;
	struct str text;
	struct diag_label *next;
};

enum diag_sub_kind { SUB_NOTE, SUB_HELP };

/* A note (why, with its source) or a help (what to write), without a place. */
struct diag_sub {
	enum diag_sub_kind kind;
	struct str text;
	struct diag_sub *next;
};

/* One edit that mends the fault: replace the bytes of `at` by `text`. All fixes of a diagnostic belong together. */
struct diag_fix {
	struct span at;
	struct str text;
	bool certain; /* may be applied without asking */
	struct diag_fix *next;
};

struct diag {
	enum diag_id id;
	enum severity sev;
	struct span at;	  /* smallest span that shows the fault; may be unset */
	struct str text;  /* the message */
	struct str inner; /* a few words under the caret, or empty */
	bool explained;	  /* what its variables and characters are was said */
	bool secret;	  /* its place may hold a secret: its line is never shown */
	struct diag_label *labels;
	struct diag_sub *subs;
	struct diag_fix *fixes, *last_fix; /* the last one means something where there is any */
	struct diag *next; /* in the order of arrival; after diags_sort in the order of places */
};

/* The list of one compilation. The zero value with .arena set is an empty list. */
struct diags {
	struct arena *arena;
	struct diag *first, *last;
	unsigned errors, warnings, notes;
	unsigned arrived;   /* how many were added, also those that were taken out again */
	struct diag *spare; /* stands for all after MOST_FINDINGS */
};

/* So many findings are kept of one list; E0025 takes the place of the others, which have no text. */
enum { MOST_FINDINGS = 10000 };

/* "E0101"; static. */
struct str diag_code(enum diag_id id);
/* "unknown_property": the id, the name of a rule in settings and suppressions; static. */
struct str diag_name(enum diag_id id);
/* The severity of the row; settings may change it in a run. */
enum severity diag_default_severity(enum diag_id id);
/* The id that has this code or name, where dashes may stand for underscores; false when none has. */
bool diag_find(struct str code_or_name, enum diag_id *ret);
/* "error", "warning", "note"; static. */
struct str severity_word(enum severity sev);

/* Adds a diagnostic; use the typed constructors below instead. Never returns NULL. */
struct diag *diag_new(struct diags *ds, enum diag_id id, struct span at, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/*
 * Each of these adds to d and returns it, so that they can be chained; text is copied. Labels, notes with
 * helps, and fixes keep the order in which they were added.
 */

/* The few words under the caret of the diagnostic's own place; a second call replaces them. */
struct diag *diag_inner(struct diags *ds, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A further place, with what it has to do with the fault. */
struct diag *diag_label(struct diags *ds, struct diag *d, struct span at, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
/* Why it is so, or where it is written. */
struct diag *diag_note(struct diags *ds, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* What to write instead. */
struct diag *diag_help(struct diags *ds, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* One edit of the repair; `certain` when it is the only right one, so that --fix may make it. */
struct diag *diag_fix(struct diags *ds, struct diag *d, struct span at, struct str text,
		      bool certain);

/*
 * Sorts by place (those without one come first), at one place by severity, errors first, then by code, so
 * that the order of passes and rules does not show; drops exact repetitions (same code, place and message).
 */
void diags_sort(struct diags *ds);

/* Did so many findings come that no more are kept? Who makes findings in a loop may leave it then. */
bool diags_full(const struct diags *ds);

/* Moves the list `more`, of another file, to the end of `all`, which must live as long as both. */
void diags_append(struct diags *all, const struct diags *more);
/* The same of a list of the same compilation: together they have no more than MOST_FINDINGS. */
void diags_take(struct diags *all, const struct diags *more);

#define DIAG_PARAMS(...) __VA_ARGS__
#define DIAG(code, id, sev, params, ...)                                                           \
	static inline struct diag *diag_##id(struct diags *ds, struct span at, DIAG_PARAMS params) \
	{                                                                                          \
		return diag_new(ds, DIAG_##id, at, __VA_ARGS__);                                   \
	}
#define DIAG0(code, id, sev, text)                                             \
	static inline struct diag *diag_##id(struct diags *ds, struct span at) \
	{                                                                      \
		return diag_new(ds, DIAG_##id, at, text);                      \
	}
#include "compiler/source/diag.def"
#undef DIAG
#undef DIAG0

#endif

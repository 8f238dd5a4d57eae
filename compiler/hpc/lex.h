/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lex.h - text of a program to tokens and comments.
 *
 * The whole text is cut at once, so that the parser can look ahead, recovery can skip what stands in brackets, and the
 * formatter sees every comment. Brackets of the result are balanced: where the text's are not, closing ones of no
 * length are put in, or one is left out, and a fault says so. Faults are kept, not reported: the parser reports those
 * that do not follow from another error. A text is several tokens: TOK_TEXT, pieces and `${` … `}`, TOK_TEXT_END.
 */
#ifndef HPCC_HPC_LEX_H
#define HPCC_HPC_LEX_H

#include "compiler/hpc/parse.h"

/* TOKEN(enumerator, text): signs and words with a fixed text, the longest of those that begin alike first. */
#define SIGN_TOKENS               \
	TOKEN(SPREAD, "...")      \
	TOKEN(RANGE, "..")        \
	TOKEN(DOT, ".")           \
	TOKEN(ARROW, "=>")        \
	TOKEN(EQ, "==")           \
	TOKEN(NE, "!=")           \
	TOKEN(LE, "<=")           \
	TOKEN(GE, ">=")           \
	TOKEN(AND, "&&")          \
	TOKEN(OR, "||")           \
	TOKEN(DEFAULT, "??")      \
	TOKEN(OPEN_BRACE, "{")    \
	TOKEN(CLOSE_BRACE, "}")   \
	TOKEN(OPEN_BRACKET, "[")  \
	TOKEN(CLOSE_BRACKET, "]") \
	TOKEN(OPEN_PAREN, "(")    \
	TOKEN(CLOSE_PAREN, ")")   \
	TOKEN(COMMA, ",")         \
	TOKEN(COLON, ":")         \
	TOKEN(ASSIGN, "=")        \
	TOKEN(BAR, "|")           \
	TOKEN(QUESTION, "?")      \
	TOKEN(NOT, "!")           \
	TOKEN(LT, "<")            \
	TOKEN(GT, ">")            \
	TOKEN(PLUS, "+")          \
	TOKEN(MINUS, "-")         \
	TOKEN(TIMES, "*")         \
	TOKEN(OVER, "/")          \
	TOKEN(REST, "%")
#define WORD_TOKENS             \
	TOKEN(LET, "let")       \
	TOKEN(ASSERT, "assert") \
	TOKEN(WARN, "warn")     \
	TOKEN(IF, "if")         \
	TOKEN(THEN, "then")     \
	TOKEN(ELSE, "else")     \
	TOKEN(FOR, "for")       \
	TOKEN(IN, "in")         \
	TOKEN(TRUE, "true")     \
	TOKEN(FALSE, "false")   \
	TOKEN(NULL, "null")

enum tok {
	TOK_END,
#define TOKEN(id, text) TOK_##id,
	SIGN_TOKENS WORD_TOKENS
#undef TOKEN
		TOK_NAME,
	TOK_NUMBER,
	TOK_TEXT,     /* the opening quotes; ->other is its TOK_TEXT_END */
	TOK_PIECE,    /* bytes of a text between the quotes and `${ }` */
	TOK_HOLE,     /* `${` */
	TOK_HOLE_END, /* its `}` */
	TOK_TEXT_END, /* the closing quotes; ->other is its TOK_TEXT */
	TOK_FOREIGN,  /* what means nothing here, and was kept as a fault */
};

/* What is asked of a kind of token: bits. */
enum trait {
	TRAIT_BEGINS_VALUE = 1,
	TRAIT_ENDS_VALUE = 2,	/* a point right behind it takes a member */
	TRAIT_NEEDS_MORE = 4,	/* a newline behind it is no separator */
	TRAIT_NEEDS_BEFORE = 8, /* a newline before it is no separator */
	TRAIT_OPENS = 16,
	TRAIT_CLOSES = 32,
};

struct token {
	uint32_t lo, hi; /* bytes of the source */
	uint32_t
		other; /* brackets and texts: index of the partner; numbers: where the unit begins, or 0 */
	uint32_t line;	 /* 0-based, of lo */
	uint32_t faults; /* how many faults begin before hi */
	uint8_t kind;	 /* enum tok */
	bool sep;	 /* a newline that separates stands before it */
	bool first;	 /* it is the first of its line */
	bool gap;	 /* blanks, a newline or a comment stand before it */
	bool broken; /* a text of its line is not closed: what else the line has means nothing */
};

struct comment {
	uint32_t lo, hi; /* from `#` to the end of the line */
	uint32_t line;
	bool own_line; /* nothing stands before it */
};

enum fault_kind {
	FAULT_CHARACTER,
	FAULT_HIDDEN,  /* an invisible sign that changes the order in which a line is shown */
	FAULT_RETURN,  /* CR without LF: the first of a file */
	FAULT_FOREIGN, /* a sign of other languages */
	FAULT_COMMENT, /* `//` or a block comment */
	FAULT_SEMICOLON,
	FAULT_YAML_BLOCK, /* `|` or `>` at the end of a line */
	FAULT_OPEN_TEXT,
	FAULT_OPEN_BLOCK,
	FAULT_ESCAPE,
	FAULT_ESCAPED, /* an escape of a character that stands in no text, see open_text.h */
	FAULT_OPEN_HOLE,
	FAULT_EMPTY_HOLE,
	FAULT_BLOCK_FIRST_LINE,
	FAULT_BLOCK_INDENT,
	FAULT_ZERO,    /* a number with a leading zero */
	FAULT_NUMBER,  /* no number */
	FAULT_NO_NAME, /* digits, then letters */
	FAULT_LONG_NUMBER,
	FAULT_UNIT,
	FAULT_NOT_CLOSED, /* at an opening bracket; `label` is the token where its partner is needed */
	FAULT_CLOSES_NOTHING,
	FAULT_DEEP,
};

struct fault {
	enum fault_kind kind;
	uint32_t lo, hi; /* the place */
	uint32_t label_lo,
		label_hi; /* FAULT_NOT_CLOSED: what stands where its partner is needed; lo == hi: the end */
	bool in_brackets; /* FAULT_SEMICOLON */
	bool silent;	  /* it follows from another */
};

struct lex {
	const struct source *src;
	struct token *tokens; /* the last one is TOK_END */
	size_t n;	      /* with TOK_END */
	struct comment *comments;
	size_t ncomments;
	struct fault *faults; /* by place */
	size_t nfaults;
	uint32_t *lines;   /* where each line begins */
	uint32_t *indents; /* how many blanks and tabs each line begins with */
	size_t nlines;
	bool too_deep; /* a FAULT_DEEP: nothing can be said of the rest */
};

/* Cuts the text, which is UTF-8 of at most HPC_MAX_BYTES. Never NULL; memory is from `a`; linear. */
struct lex *lex_text(struct arena *a, const struct source *src);

/* Where an entry, item or argument begins; `(` of arguments or parameters. */
enum mark { MARK_ENTRY = 1, MARK_ARGUMENTS = 2 };

/*
 * hpc_parse, which gives the tokens away too; marked: and for each token bits of enum mark, else NULL. Both are
 * unset where the file is faulty.
 */
struct program_file *hpc_parse_marked(struct arena *a, struct diags *ds, const struct source *src,
				      bool marked, const struct lex **ret_lex,
				      const uint8_t **ret_marks);

/* "`{`", "`let`"; of others "a number", "a text", "the end of the file": for messages. In `a`. */
struct str token_shown(struct arena *a, const struct lex *l, size_t token);
/* Has the kind of token the trait? */
bool token_is(enum tok kind, enum trait trait);
/* The bytes of a token. */
struct str token_text(const struct lex *l, size_t token);
/* How many blanks and tabs the line of the token begins with. */
uint32_t token_indent(const struct lex *l, size_t token);
/* Is it a word that may be a key or member: a name or a reserved word? */
bool token_is_word(const struct lex *l, size_t token);

/*
 * The text of a TOK_PIECE of the text whose TOK_TEXT is `open`: escapes resolved, indentation of blocks taken off,
 * line ends as LF. Faulty escapes are left out. In `a`.
 */
struct str lex_piece(struct arena *a, const struct lex *l, size_t open, size_t piece);
/* Is the text of TOK_TEXT `open` raw ('…')? */
bool lex_is_raw(const struct lex *l, size_t open);
/* Is it a block of lines? */
bool lex_is_block(const struct lex *l, size_t open);

/*
 * The word without quotes around the byte `at`, as people write ids, paths, types and addresses: "t3.micro",
 * "subnet-0123", "10.0.0.0/16", "s3://a/b".
 */
struct str lex_bare_word(struct str text, size_t at, size_t *ret_lo);

#endif

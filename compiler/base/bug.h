/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bug.h - what to do when hpcc itself is wrong.
 *
 * A mistake of the user is a diagnostic (compiler/source/diag.h) and never ends the process. A state that
 * no input may reach is a BUG: it prints one line that asks for a report, and ends with status 70.
 */
#ifndef HPCC_BUG_H
#define HPCC_BUG_H

/* Attribute of a printf-like function: `f` is the index of the format, `a` that of its first argument. */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Prints "file:line: bug in hpcc: …" and ends the process with status 70. */
_Noreturn void bug_at(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)

/* Stops unless `cond` holds; kept in release builds, so only for checks that cost nothing. */
#define INVARIANT(cond) ((cond) ? (void)0 : BUG("%s", #cond))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* bug.c - ends the process when hpcc itself is wrong. */
#include "compiler/base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* EX_SOFTWARE of sysexits.h: documented as the exit status of a bug. */
enum { BUG_STATUS = 70 };

void bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: bug in hpcc: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("; please report it with the input that caused it\n", stderr);
	_Exit(BUG_STATUS);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* shown.h - text of others on a terminal or in a log. */
#ifndef HPCC_SHOWN_H
#define HPCC_SHOWN_H

#include "compiler/base/arena.h"

/*
 * Would the character break a line, steer a terminal, or turn the direction in which a line is read? C0, DEL, C1,
 * Unicode's line ends, and its Bidi_Control property.
 */
bool is_shown_escaped(uint32_t cp);

/* Does s hold the first line of a private key, as PEM and OpenSSH write it? Source: RFC 7468, section 2. */
bool has_private_key(struct str s);

/*
 * s as one line that shows all that is in it: such characters are written as YAML escapes them. Only of a private key
 * there is no more than its first line. Every text of a file, an argument or a name that is printed goes through this,
 * once. s itself when there is nothing to escape.
 */
struct str shown_line(struct arena *a, struct str s);

#endif

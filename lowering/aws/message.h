/* SPDX-License-Identifier: Apache-2.0 */
/* message.h - user data as a MIME message of parts, as cloud-init takes it. */
#ifndef HPCC_MESSAGE_H
#define HPCC_MESSAGE_H

#include "compiler/base/buf.h"
#include "lowering/ir/ir.h"

#define MESSAGE_BOUNDARY "==HPCC=="

/* Begins a message; parts come next, each with its text behind it. */
void message_open(struct buf *b);
/* The beginning of a part, up to its text; `more` is further lines of its header, or empty. */
void message_part(struct buf *b, const char *type, const char *name, const char *more);
/* Ends a message, behind the text of its last part. */
void message_close(struct buf *b);

/*
 * A value of a finished graph that is one text, as the instance gets it. What only a deployment knows is printed as
 * ${Name} or ${Name.Attribute}.
 */
struct str message_text(struct arena *a, const struct ir *g, const struct ir_value *message);
/* The parts of a message without the MIME, each behind a line that names it; scripts that were packed are unpacked. */
struct str message_parts(struct arena *a, struct str message);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* formats.h - the functions that emitters.def names; each is described in emit.h. */
#ifndef HPCC_FORMATS_H
#define HPCC_FORMATS_H

#include "lowering/emit/emit.h"

#define EMITTER(name, function, help) emit_function function;
#include "lowering/emit/emitters.def"
#undef EMITTER

#endif

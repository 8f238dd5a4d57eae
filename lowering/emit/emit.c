/* SPDX-License-Identifier: Apache-2.0 */
/* emit.c - the table of output formats. */
#include "lowering/emit/emit.h"

#include "lowering/emit/formats.h"

const struct emitter emitters[] = {
#define EMITTER(name, function, help) {STR_INIT(#name), function},
#include "lowering/emit/emitters.def"
#undef EMITTER
};

const size_t emitters_n = ARRAY_LEN(emitters);

void emit_check_size(struct diags *ds, struct str text)
{
	const struct span nowhere = {0};

	if (text.n > CFN_LIMIT)
		diag_template_too_large(ds, nowhere, text.n, CFN_LIMIT);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_error.c - what libyaml refuses, said in the words of somebody who writes cluster files. */
#include "compiler/syntax/yaml_error.h"

#include "compiler/base/utf8.h"

void yaml_error_report(struct diags *ds, const struct source *src, struct yaml_fault fault)
{
	unsigned len = utf8_decode(src->text, fault.at, NULL);

	diag_yaml_syntax(ds, span_in(src, fault.at, fault.at + len), fault.problem);
}

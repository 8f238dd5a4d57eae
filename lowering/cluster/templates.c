/* SPDX-License-Identifier: Apache-2.0 */
/* templates.c - look-up of the embedded files. */
#include "lowering/cluster/templates.h"

#include "compiler/base/bug.h"

struct str template_text(struct str name)
{
	size_t lo = 0;
	size_t hi = template_files_n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = str_cmp(name, template_files[mid].name);

		if (order == 0)
			return template_files[mid].text;
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	BUG("no template `" STR_F "`", STR_A(name));
}

struct str payload_base64(void)
{
	return template_payload;
}

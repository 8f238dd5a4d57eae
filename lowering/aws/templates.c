/* SPDX-License-Identifier: Apache-2.0 */
/* templates.c - look-up of the embedded files. There are few, so the tables are walked. */
#include "lowering/aws/templates.h"

#include "compiler/base/bug.h"

const struct template_text *template_find(struct str name)
{
	for (size_t i = 0; i < template_texts_n; i++)
		if (str_eq(template_texts[i].name, name))
			return &template_texts[i];
	BUG("no template `" STR_F "`", STR_A(name));
}

struct str template_text(struct str name)
{
	return template_find(name)->text;
}

const struct template_module *template_module_of(struct str archive)
{
	for (size_t i = 0; i < template_modules_n; i++)
		if (str_eq(template_modules[i].archive, archive))
			return &template_modules[i];
	BUG("no module has this archive");
}

struct str template_files(struct str module)
{
	for (size_t i = 0; i < template_modules_n; i++)
		if (str_eq(template_modules[i].name, module) && template_modules[i].files.n > 0)
			return template_modules[i].files;
	BUG("no module `" STR_F "`", STR_A(module));
}

struct str template_archive(struct str module, struct str base)
{
	for (size_t i = 0; i < template_modules_n; i++)
		if (str_eq(template_modules[i].name, module) &&
		    str_eq(template_modules[i].base, base))
			return template_modules[i].archive;
	BUG("no module `" STR_F "`", STR_A(module));
}

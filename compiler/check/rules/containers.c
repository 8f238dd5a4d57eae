/* SPDX-License-Identifier: Apache-2.0 */
/* containers.c - software for containers: what it needs, and where nodes get it from. */
#include "compiler/check/rules/types.h"

static bool is_debian(enum image_os os)
{
	return os == IMAGE_OS_UBUNTU1804 || os == IMAGE_OS_UBUNTU2004 ||
	       os == IMAGE_OS_UBUNTU2204 || os == IMAGE_OS_UBUNTU2404;
}

void rule_pyxis_has_enroot(const struct rules *r)
{
	const struct containers *c = &r->c->containers;

	if (WRITTEN(c, pyxis) && c->pyxis && USABLE(c, enroot) && !c->enroot)
		diag_help(r->ds, diag_pyxis_alone(r->ds, c->at.pyxis.value),
			  "write `Enroot: true` beside it");
}

/* The name of the file at the end of the URL. */
static struct str file_name(struct str url)
{
	size_t at = url.n;

	while (at > 0 && url.s[at - 1] != '/')
		at--;
	return str_slice(url, at, url.n);
}

/* Is there a file whose name has the word, or ends in it? */
static bool brings(const struct containers *c, struct str word)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		const struct container_package *p = &c->packages.items[i];

		if (!WRITTEN(p, url) || !USABLE(p, url) ||
		    str_find_str(file_name(p->url), word, 0) != SIZE_MAX)
			return true;
	}
	return false;
}

static void sourced(const struct rules *r, const struct field_at *at, bool wanted, const char *what,
		    const char *help)
{
	if (is_written(at) && wanted)
		diag_help(r->ds, diag_container_source(r->ds, at->value, what), "%s", help);
}

/* An image of the user's own may have all, and what runs first may bring it. */
void rule_containers_sourced(const struct rules *r)
{
	const struct containers *c = &r->c->containers;
	const struct image *image = &r->c->image;

	if (!WRITTEN(image, os) || !USABLE(c, packages) ||
	    image->at.custom_ami.state != FIELD_ABSENT ||
	    r->c->head_node.image.at.custom_ami.state != FIELD_ABSENT ||
	    r->c->head_node.custom_actions.on_node_start.section.written)
		return;
	if (!is_debian(image->os) && image->os != IMAGE_OS_ALINUX2023 && !brings(c, STR("docker")))
		sourced(r, &c->at.docker, c->docker, "Docker",
			"Ubuntu and Amazon Linux 2023 have packages; name others in Packages, or "
			"use "
			"Enroot");
	if (!brings(c, STR("enroot")))
		sourced(r, &c->at.enroot, c->enroot, "Enroot",
			"name its packages with their sums in Packages, or use a CustomAmi that "
			"has it");
	if (!brings(c, STR(".tar.gz")))
		sourced(r, &c->at.pyxis, c->pyxis, "Pyxis",
			"name its sources, a `.tar.gz`, with their sum in Packages");
}

/* What the name of a package says of the processor, or 0. */
static unsigned named_arch(struct str name)
{
	static const struct {
		struct str word;
		unsigned arch;
	} words[] = {{STR_INIT("amd64"), ARCH_X86_64},
		     {STR_INIT("x86_64"), ARCH_X86_64},
		     {STR_INIT("arm64"), ARCH_ARM64},
		     {STR_INIT("aarch64"), ARCH_ARM64}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_find_str(name, words[i].word, 0) != SIZE_MAX)
			return words[i].arch;
	return 0;
}

static void package_fits(const struct rules *r, const struct container_package *p)
{
	const struct instance_type *head = head_type(r).type;
	struct str name = file_name(p->url);
	bool deb = str_ends(name, STR(".deb")), rpm = str_ends(name, STR(".rpm"));
	unsigned arch = named_arch(name);
	struct diag *d;

	if (!deb && !rpm) {
		if (!str_ends(name, STR(".tar.gz")))
			diag_package_unfit(
				r->ds, p->at.url.value, name,
				"is no package (`.deb`, `.rpm`) and no sources (`.tar.gz`)");
	} else if (WRITTEN(&r->c->image, os) && deb != is_debian(r->c->image.os)) {
		d = diag_package_unfit(r->ds, p->at.url.value, name, "is of another system");
		diag_label(r->ds, d, r->c->image.at.os.value, "packages of this one are `.%s`",
			   deb ? "rpm" : "deb");
	} else if (arch != 0 && head != NULL && (head->arch & arch) == 0) {
		d = diag_package_unfit(r->ds, p->at.url.value, name, "is for another processor");
		diag_label(r->ds, d, head_type(r).at, "the processor comes from this type");
	}
}

void rule_packages_fit(const struct rules *r)
{
	const struct containers *c = &r->c->containers;

	for (size_t i = 0; i < c->packages.n; i++)
		if (WRITTEN(&c->packages.items[i], url))
			package_fits(r, &c->packages.items[i]);
}

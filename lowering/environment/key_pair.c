/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_pair.c - a key pair for SSH, new or imported.
 *
 * It has no tags: EC2 would have to replace it with each change of them, and a second one of its name is refused.
 */
#include "lowering/environment/environment.h"

void pass_env_key_pair(struct ground *l)
{
	const struct key_pair *m = &l->e->key_pair;
	struct ir_resource *r;

	if (!m->section.written)
		return;
	r = ir_add(l->st.g, STR("KeyPair"), "AWS::EC2::KeyPair", origin_of_section(&m->section));
	ir_put_text(l->st.g, r->properties, "KeyName", m->key_name);
	if (m->public_key_material.n > 0)
		ir_put_text(l->st.g, r->properties, "PublicKeyMaterial", m->public_key_material);
	else
		ir_put_text(l->st.g, r->properties, "KeyType",
			    enum_text(PROP_KeyPair_KeyType, m->key_type));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - rules about the KMS key and the key pair of an environment. */
#include "compiler/check/rules/rule.h"

/* ---- the KMS key ---- */

void rule_kms_key_kept(const struct rules *r)
{
	const struct kms_key *k = &r->e->kms_key;

	if (WRITTEN(k, enable_key_rotation) && !k->enable_key_rotation)
		diag_fix(r->ds,
			 diag_note(r->ds,
				   diag_key_not_rotated(r->ds, k->at.enable_key_rotation.value),
				   "what was encrypted before stays readable: AWS keeps the older "
				   "material"),
			 k->at.enable_key_rotation.value, STR("true"), false);
	if (WRITTEN(k, deletion_policy) && k->deletion_policy == KMS_KEY_DELETION_POLICY_DELETE)
		diag_help(
			r->ds,
			diag_note(r->ds, diag_key_deleted(r->ds, k->at.deletion_policy.value),
				  "file systems, backups and buckets that stay are encrypted with "
				  "it"),
			"`DeletionPolicy: Retain` keeps it");
}

/* ---- the key pair ---- */

/* Four bytes, the most significant first. */
static size_t length_at(const unsigned char *s)
{
	return (size_t)s[0] << 24 | (size_t)s[1] << 16 | (size_t)s[2] << 8 | s[3];
}

static int base64_digit(char c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The bytes of base64 text in memory of the arena; n 0 where it is none. */
static struct str base64_bytes(const struct rules *r, struct str text)
{
	char *bytes = NEW_ARRAY(r->a, char, text.n / 4 * 3 + 3);
	unsigned bits = 0, held = 0;
	size_t n = 0, i = 0;

	for (; i < text.n && text.s[i] != '='; i++) {
		int digit = base64_digit(text.s[i]);

		if (digit < 0)
			return (struct str){0};
		bits = bits << 6 | (unsigned)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[n++] = (char)(bits >> held & 0xff);
		}
	}
	if (text.n % 4 != 0 || text.n - i > 2)
		return (struct str){0};
	return (struct str){bytes, n};
}

/* Cuts the next field, four bytes of length and its content, off *rest. False when it ends too early. */
static bool next_field(struct str *rest, struct str *ret)
{
	size_t n;

	if (rest->n < 4)
		return false;
	n = length_at((const unsigned char *)rest->s);
	if (n > rest->n - 4)
		return false;
	*ret = str_slice(*rest, 4, 4 + n);
	*rest = str_slice(*rest, 4 + n, rest->n);
	return true;
}

/* Bits of a number of an RSA key: bytes, the most significant first. */
static size_t bits_of(struct str number)
{
	size_t i = 0, bits;

	while (i < number.n && number.s[i] == 0)
		i++;
	if (i == number.n)
		return 0;
	bits = (number.n - i - 1) * 8;
	for (unsigned char top = (unsigned char)number.s[i]; top != 0; top >>= 1)
		bits++;
	return bits;
}

/* Why EC2 would not import the key; empty when it would. Sources: RFC 4253, 6.6; EC2 API, ImportKeyPair. */
static struct str key_fault(const struct rules *r, struct str kind, struct str material)
{
	struct str rest = base64_bytes(r, material), said, part, modulus;
	size_t bits;

	if (!next_field(&rest, &said))
		return STR("it is not whole");
	if (!str_eq(said, kind))
		return STR("what follows its first word is a key of another kind");
	if (!next_field(&rest, &part))
		return STR("it is not whole");
	if (str_eq(kind, STR("ssh-ed25519")))
		return part.n == 32 && rest.n == 0 ? STR("") : STR("it is not whole");
	if (!next_field(&rest, &modulus) || rest.n != 0)
		return STR("it is not whole");
	bits = bits_of(modulus);
	if (bits != 1024 && bits != 2048 && bits != 4096)
		return arena_fmt(r->a, "it has %zu bits; EC2 takes 1024, 2048 or 4096", bits);
	return STR("");
}

static void imported(const struct rules *r, const struct key_pair *k)
{
	struct span at = k->at.public_key_material.value;
	struct str rest = k->public_key_material, kind = str_cut(&rest, ' ');
	struct str fault = key_fault(r, kind, str_cut(&rest, ' '));
	struct str said = enum_text(PROP_KeyPair_KeyType, (int)k->key_type);
	struct diag *d;

	if (fault.n > 0) {
		diag_help(r->ds, diag_public_key(r->ds, at, fault),
			  "copy the whole line of the file that ends in `.pub`");
		return;
	}
	if (!WRITTEN(k, key_type) || str_eq(str_slice(kind, 4, kind.n), said))
		return;
	d = diag_key_type_ignored(r->ds, k->at.key_type.value, said, kind);
	diag_label(r->ds, d, at, "the key is imported from here");
	diag_help(r->ds, d, "leave KeyType out: it is for a new key");
}

/* Sources: EC2 API, ImportKeyPair; CloudFormation reference, AWS::EC2::KeyPair. */
void rule_env_key_pair(const struct rules *r)
{
	const struct key_pair *k = &r->e->key_pair;

	if (!k->section.written || k->section.poisoned || !USABLE(k, public_key_material))
		return;
	if (WRITTEN(k, public_key_material))
		imported(r, k);
	else if (WRITTEN(k, key_name))
		diag_help(r->ds, diag_private_key_kept(r->ds, k->at.key_name.value),
			  "`aws ssm get-parameter --with-decryption --name /ec2/keypair/ID` reads "
			  "it, "
			  "with the ID that `aws ec2 describe-key-pairs` tells");
}

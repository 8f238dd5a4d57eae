/* SPDX-License-Identifier: Apache-2.0 */
/* directory.c - rules about the directory service and about secrets. */
#include "compiler/check/rules/arn.h"
#include "compiler/check/rules/rule.h"

/* The region in which ParallelCluster takes the password from the Systems Manager. */
#define PARAMETER_REGION STR("us-isob-east-1")

/* One address of DomainAddr: ldaps://HOST, anything else is warned of. */
static void check_addr(const struct rules *r, struct str addr)
{
	const struct directory_service *ds = &r->c->directory_service;
	size_t colon = str_find_str(addr, STR("://"), 0);
	struct str scheme = str_slice(addr, 0, colon == SIZE_MAX ? 0 : colon);
	struct diag *d;

	if (str_eq_nocase(scheme, STR("ldaps")))
		return;
	if (scheme.n == 0) {
		d = diag_ldap_without_protocol(r->ds, ds->at.domain_addr.value, addr);
		diag_help(r->ds, d, "write `ldaps://" STR_F "`", STR_A(addr));
	} else if (!str_eq_nocase(scheme, STR("ldap"))) {
		d = diag_other_directory_protocol(r->ds, ds->at.domain_addr.value, scheme);
		diag_help(r->ds, d, "write `ldaps://HOST`");
	} else {
		d = diag_plain_ldap(r->ds, ds->at.domain_addr.value, addr);
		diag_note(r->ds, d, "passwords and entries cross the network as they are");
		diag_help(r->ds, d, "write `ldaps://" STR_F "`",
			  STR_A(str_slice(addr, colon + 3, addr.n)));
	}
}

/* Source: ParallelCluster directory_service_validators.py, DomainAddrValidator. */
void rule_directory_address(const struct rules *r)
{
	struct str rest = r->c->directory_service.domain_addr;

	if (!WRITTEN(&r->c->directory_service, domain_addr))
		return;
	if (rest.s == NULL || rest.n == 0)
		check_addr(r, (struct str){0});
	while (rest.s != NULL && rest.n > 0)
		check_addr(r, str_trim(str_cut(&rest, ',')));
}

/* Source: ParallelCluster directory_service_validators.py, LdapTlsReqCertValidator. */
void rule_directory_certificate(const struct rules *r)
{
	const struct directory_service *ds = &r->c->directory_service;
	struct diag *d;

	if (!WRITTEN(ds, ldap_tls_req_cert) ||
	    ds->ldap_tls_req_cert == DIRECTORY_SERVICE_LDAP_TLS_REQ_CERT_HARD ||
	    ds->ldap_tls_req_cert == DIRECTORY_SERVICE_LDAP_TLS_REQ_CERT_DEMAND)
		return;
	d = diag_lax_certificate(
		r->ds, ds->at.ldap_tls_req_cert.value,
		enum_text(PROP_DirectoryService_LdapTlsReqCert, (int)ds->ldap_tls_req_cert));
	diag_help(r->ds, d, "write `hard`, the default");
}

static const struct model_pair *find_pair(const struct model_map *m, struct str key)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->items[i].key, key))
			return &m->items[i];
	return NULL;
}

/* Source: ParallelCluster directory_service_validators.py, AdditionalSssdConfigsValidator. */
void rule_sssd_providers(const struct rules *r)
{
	const struct directory_service *ds = &r->c->directory_service;
	const struct model_pair *id = find_pair(&ds->additional_sssd_configs, STR("id_provider"));
	const struct model_pair *access =
		find_pair(&ds->additional_sssd_configs, STR("access_provider"));
	struct diag *d;

	if (id != NULL && !str_eq(id->value, STR("ldap"))) {
		d = diag_sssd_provider(r->ds, id->value_at, id->key, id->value);
		diag_help(r->ds, d, "leave `id_provider` out; it is `ldap`");
	}
	if (access == NULL || str_eq(access->value, STR("ldap")) ||
	    ds->at.ldap_access_filter.state == FIELD_ABSENT)
		return;
	d = diag_sssd_provider(r->ds, access->value_at, access->key, access->value);
	diag_label(r->ds, d, ds->at.ldap_access_filter.key,
		   "LdapAccessFilter needs access_provider ldap");
}

static void wrong_secret(const struct rules *r, const struct field_at *f, const char *why)
{
	struct diag *d = diag_wrong_secret(r->ds, f->value, why);

	diag_help(r->ds, d, "write `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME`");
}

/* The password of the directory or of the database. */
static void check_secret(const struct rules *r, const struct field_at *f, struct str text)
{
	struct arn a;

	if (!is_written(f) || !text_is_known(text))
		return;
	if (!arn_parse(text, &a)) {
		wrong_secret(r, f, "it has less than six parts");
	} else if (str_eq(a.service, STR("ssm")) && str_starts(a.resource, STR("parameter/"))) {
		if (r->c->at.region.state == FIELD_WRITTEN &&
		    !str_eq(r->c->region, PARAMETER_REGION))
			wrong_secret(r, f, "only us-isob-east-1 takes an SSM parameter");
	} else if (!str_eq(a.service, STR("secretsmanager")) ||
		   !str_starts(a.resource, STR("secret:"))) {
		wrong_secret(r, f, "it is no secret of Secrets Manager");
	}
}

/* Source: ParallelCluster directory_service_validators.py, PasswordSecretArnValidator. */
void rule_password_secrets(const struct rules *r)
{
	const struct directory_service *ds = &r->c->directory_service;
	const struct database *db = &r->c->scheduling.slurm_settings.database;

	check_secret(r, &ds->at.password_secret_arn, ds->password_secret_arn);
	check_secret(r, &db->at.password_secret_arn, db->password_secret_arn);
}

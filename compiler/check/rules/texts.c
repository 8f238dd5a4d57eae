/* SPDX-License-Identifier: Apache-2.0 */
/* texts.c - rules about values that are texts of a form of their own: JSON, addresses, ids, scripts. */
#include "compiler/base/json.h"
#include "compiler/check/rules/sections.h"

/* Properties whose text is JSON. `object`: it must be a mapping. */
struct json_text {
	enum prop_id id;
	bool object;
};

static const struct json_text json_texts[] = {
	{PROP_Cookbook_ExtraChefAttributes, false},
	{PROP_DevSettings_InstanceTypesData, true},
	{PROP_DevSettings_CliAttributeOverrides, true},
};

static void check_json(const struct rules *r, const struct any_section *s)
{
	for (size_t i = 0; i < ARRAY_LEN(json_texts); i++) {
		enum prop_id id = json_texts[i].id;
		const struct json_value *v;
		struct str error = STR("it is no object");
		struct diag *d;

		if (!any_has(s, id) || !is_written(any_field(s, id)))
			continue;
		v = json_read(r->a, any_text(s, id), &error);
		if (v != NULL && (!json_texts[i].object || v->kind == JSON_KIND_OBJECT))
			continue;
		d = diag_not_json(r->ds, any_field(s, id)->value, schema_props[id].name,
				  v == NULL ? error : STR("it is no object"));
		diag_help(r->ds, d,
			  "write it in single quotes: '{\"cluster\": {\"key\": \"value\"}}'");
	}
}

/* Sources: ParallelCluster common_schema.py, ExtraChefAttributes; cluster.py, InstanceTypesData. */
void rule_json_texts(const struct rules *r)
{
	each_section(r, check_json);
}

static bool is_ipv4(struct str text)
{
	struct str rest = text;
	unsigned parts = 0;

	while (rest.s != NULL) {
		struct str part = str_cut(&rest, '.');
		int64_t n;

		if (part.n == 0 || part.n > 3 || part.s[0] < '0' || part.s[0] > '9' ||
		    !str_to_int(part, &n) || n > 255)
			return false;
		parts++;
	}
	return parts == 4;
}

/* Source: ParallelCluster networking_validators.py, ElasticIpValidator: an address that EC2 has allocated. */
void rule_elastic_ip(const struct rules *r)
{
	const struct head_node_networking *n = &r->c->head_node.networking;
	struct str text = n->elastic_ip.text;
	struct diag *d;

	if (!WRITTEN(n, elastic_ip) || !n->elastic_ip.is_text || str_eq_nocase(text, STR("true")) ||
	    str_eq_nocase(text, STR("false")) || str_starts(text, STR("eipalloc-")) ||
	    is_ipv4(text))
		return;
	d = diag_bad_elastic_ip(r->ds, n->at.elastic_ip.value, text);
	diag_help(r->ds, d, "write `true` for a new one, or `eipalloc-…` of an existing one");
}

static bool is_zone_id(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!(text.s[i] >= 'A' && text.s[i] <= 'Z') &&
		    !(text.s[i] >= '0' && text.s[i] <= '9'))
			return false;
	return str_starts(text, STR("Z")) && text.n <= 32;
}

/* Source: Route 53 API reference, HostedZone: at most 32 characters, as AWS makes them. */
void rule_dns(const struct rules *r)
{
	const struct dns *dns = &r->c->scheduling.slurm_settings.dns;
	struct diag *d;

	if (WRITTEN(dns, hosted_zone_id) && !is_zone_id(dns->hosted_zone_id)) {
		d = diag_odd_hosted_zone(r->ds, dns->at.hosted_zone_id.value, dns->hosted_zone_id);
		diag_help(r->ds, d, "an id looks like `Z0123456789ABCDEFGHIJ`; a name is not one");
	}
	if (!USABLE(dns, disable_managed_dns) || !USABLE(dns, use_ec2_hostnames))
		return;
	if (dns->disable_managed_dns && WRITTEN(dns, hosted_zone_id)) {
		d = diag_unused_dns_setting(r->ds, dns->at.hosted_zone_id.key,
					    PROP_NAME(Dns_HostedZoneId),
					    "DisableManagedDns is true");
		diag_label(r->ds, d, dns->at.disable_managed_dns.value, "it is set here");
	}
	if (!dns->disable_managed_dns && dns->use_ec2_hostnames)
		diag_unused_dns_setting(r->ds, dns->at.use_ec2_hostnames.key,
					PROP_NAME(Dns_UseEc2Hostnames),
					"DisableManagedDns is not true");
	if (dns->disable_managed_dns && !dns->use_ec2_hostnames) {
		d = diag_no_name_resolution(r->ds, dns->at.disable_managed_dns.value);
		diag_help(r->ds, d, "add `UseEc2Hostnames: true`, unless your own DNS knows them");
	}
}

/* The documented limit; the reference implementation does not look. */
enum { MAX_SEQUENCE = 10 };

static void check_action(const struct rules *r, const struct any_section *s)
{
	const struct custom_action *a;
	struct diag *d;

	if (s->schema != &schema_sections[SECTION_CustomAction])
		return;
	a = (const struct custom_action *)(const void *)s->model;
	if (!WRITTEN(a, sequence))
		return;
	if (a->sequence.n > MAX_SEQUENCE) {
		d = diag_long_sequence(r->ds, a->at.sequence.key, (unsigned long)a->sequence.n,
				       MAX_SEQUENCE);
		diag_help(r->ds, d, "let one script call the others");
	}
	if (WRITTEN(a, args) && a->at.script.state == FIELD_ABSENT) {
		d = diag_unused_args(r->ds, a->at.args.key);
		diag_help(r->ds, d, "write `Args` beside the `Script` of an item of Sequence");
	}
}

/* Source: ParallelCluster user guide, CustomActions; cluster_schema.py drops what stands beside Sequence. */
void rule_custom_actions(const struct rules *r)
{
	each_section(r, check_action);
}

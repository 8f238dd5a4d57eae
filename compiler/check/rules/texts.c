/* SPDX-License-Identifier: Apache-2.0 */
/* texts.c - rules about values that are texts of a form of their own: JSON, addresses, ids, scripts. */
#include "compiler/base/json.h"
#include "compiler/check/coerce.h"
#include "compiler/check/rules/placeholders.h"
#include "compiler/check/rules/rule.h"

/* Properties whose text is JSON. `object`: it must be a mapping. */
struct json_text {
	enum prop_id id;
	bool object;
};

static const struct json_text json_texts[] = {
	{PROP_Cookbook_ExtraChefAttributes, false},
	{PROP_DevSettings_InstanceTypesData, true},
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

/* A Chef attribute that ParallelCluster looks at: its path below `cluster`. */
static const struct json_value *chef_attribute(const struct json_value *attributes,
					       const char *path)
{
	struct str rest = str_c(path);

	while (rest.s != NULL && attributes != NULL)
		attributes = json_get(attributes, str_cut(&rest, '.'));
	return attributes;
}

enum { RECONFIGURE_ABOVE = 300 }; /* seconds */

/* Python's True and False as text count as well as those of JSON. */
static bool is_chef_bool(const struct json_value *v)
{
	if (v->kind == JSON_KIND_TEXT)
		return str_eq_nocase(v->text, STR("true")) || str_eq_nocase(v->text, STR("false"));
	return v->kind == JSON_KIND_BOOL;
}

static bool is_number_above(const struct json_value *v, int64_t least)
{
	return v->kind == JSON_KIND_INT && v->integer > least;
}

/*
 * Sources: ParallelCluster dev_settings_validators.py, ExtraChefAttributesValidator: the time from 3.14.2 on, the
 * switches from 3.15.0 on, that of updates in place before 3.16.0. null is none.
 */
void rule_chef_attributes(const struct rules *r)
{
	static const struct {
		const char *path;
		bool flag;
		release since, removed; /* removed: first release that does not look, or 0 */
	} known[] = {
		{"cluster.slurm.reconfigure_timeout", false, 31402, 0},
		{"cluster.cluster_readiness_check_enabled", true, 31500, 0},
		{"cluster.cluster_readiness_check_ignore_failure", true, 31500, 0},
		{"cluster.in_place_update_on_fleet_enabled", true, 31500, 31600},
	};
	const struct cookbook *cookbook = &r->c->dev_settings.cookbook;
	const struct json_value *attributes;
	struct str error;

	if (!WRITTEN(cookbook, extra_chef_attributes))
		return;
	attributes = json_read(r->a, cookbook->extra_chef_attributes, &error);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct json_value *v = chef_attribute(attributes, known[i].path);
		bool looks = r->knows == 0
				     ? known[i].removed == 0
				     : r->knows >= known[i].since && (known[i].removed == 0 ||
								      r->knows < known[i].removed);

		if (!looks || v == NULL || v->kind == JSON_KIND_NULL ||
		    (known[i].flag ? is_chef_bool(v) : is_number_above(v, RECONFIGURE_ABOVE)))
			continue;
		diag_bad_chef_attribute(
			r->ds, cookbook->at.extra_chef_attributes.value, str_c(known[i].path),
			known[i].flag ? "true or false" : "a whole number above 300");
	}
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
	bool flag;

	if (!WRITTEN(n, elastic_ip) || !n->elastic_ip.is_text ||
	    str_starts(text, STR("eipalloc-")) || is_ipv4(text))
		return;
	d = diag_bad_elastic_ip(r->ds, n->at.elastic_ip.value, text);
	if (coerce_bool(&(struct node){.kind = NODE_STRING, .text = text}, &flag)) {
		diag_note(r->ds, d, "a text is looked up as the address of an existing one");
		diag_help(r->ds, d, "write `%s` without quotes", flag ? "true" : "false");
		diag_fix(r->ds, d, n->at.elastic_ip.value, flag ? STR("true") : STR("false"), true);
	} else {
		diag_help(r->ds, d,
			  "write `true` for a new one, or `eipalloc-…` of an existing one");
	}
}

/* The scheme of a URL, without "://", or empty. */
static struct str scheme_of(struct str url)
{
	size_t at = str_find_str(url, STR("://"), 0);

	return at == SIZE_MAX ? STR("") : str_slice(url, 0, at);
}

/* Has it a host behind the scheme, or only a port? */
static bool has_host(struct str address)
{
	size_t digits = 0;

	while (digits < address.n && address.s[digits] >= '0' && address.s[digits] <= '9')
		digits++;
	return address.n > 0 && address.s[0] != ':' && address.s[0] != '/' && digits < address.n;
}

static void check_proxy(const struct rules *r, const struct any_section *s)
{
	struct str text, scheme, rest;
	struct diag *d;

	if (!any_has(s, PROP_Proxy_HttpProxyAddress) ||
	    !is_written(any_field(s, PROP_Proxy_HttpProxyAddress)))
		return;
	text = any_text(s, PROP_Proxy_HttpProxyAddress);
	scheme = scheme_of(text);
	rest = str_slice(text, scheme.n > 0 ? scheme.n + 3 : 0, text.n);
	if (text.n == 0 || !text_is_known(text) || placeholder_in(text).n > 0 ||
	    (has_host(rest) &&
	     (str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https")))))
		return;
	d = diag_proxy_not_url(r->ds, any_field(s, PROP_Proxy_HttpProxyAddress)->value, text,
			       !has_host(rest) ? "no host"
			       : scheme.n == 0 ? "no scheme"
					       : "a scheme other than http and https");
	diag_note(r->ds, d, "apt, for one, refuses such a proxy, and the node fails at boot");
	if (has_host(rest))
		diag_help(r->ds, d, "write `http://" STR_F "`", STR_A(rest));
	else
		diag_help(r->ds, d, "write `http://HOST:PORT`");
}

/* Source: ParallelCluster user guide, HttpProxyAddress: an HTTP or HTTPS proxy server, as `https://x.x.x.x:8080`. */
void rule_proxy_address(const struct rules *r)
{
	each_section(r, check_proxy);
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

	if (KNOWN(dns, hosted_zone_id) && !is_zone_id(dns->hosted_zone_id)) {
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
	if (r->c != NULL && a->sequence.n > MAX_SEQUENCE) {
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

/* SPDX-License-Identifier: Apache-2.0 */
/* network_endpoints.c - rules about the endpoints of a network. */
#include "compiler/check/rules/network.h"
#include "compiler/model/batch.h"

/* ---- common steps ---- */

/* The endpoints of a network that a rule may look at, or NULL. */
static const struct endpoints *endpoints(const struct rules *r)
{
	const struct net *n = network(r);

	return n != NULL && USABLE(n->m, endpoints) && n->m->endpoints.section.written
		       ? &n->m->endpoints
		       : NULL;
}

static unsigned preset_bit(struct str word)
{
	if (str_eq(word, STR("CLUSTER")))
		return PRESET_CLUSTER;
	if (str_eq(word, STR("BATCH")))
		return PRESET_BATCH;
	return str_eq(word, STR("FARGATE")) ? PRESET_FARGATE : 0;
}

/* PRESET_… bits of the presets that are asked for. */
static unsigned presets(const struct endpoints *e)
{
	unsigned bits = 0;

	for (size_t i = 0; i < e->preset.n; i++)
		bits |= preset_bit(e->preset.items[i].text);
	return bits;
}

static bool is_listed(const struct endpoints *e, struct str service)
{
	for (size_t i = 0; i < e->interfaces.n; i++)
		if (str_eq(e->interfaces.items[i].text, service))
			return true;
	return false;
}

/* Is there a subnet without a way to the internet of its own that is made, in a VPC that is made? */
static bool makes_inner(const struct net *n)
{
	return n->is_new && subnet_types_known(n) && net_first_inner(n) != NULL;
}

/* ---- services ---- */

/* The last part of "com.amazonaws.us-east-1.logs"; empty when the name has not this form. */
static struct str short_name(const struct rules *r, struct str name)
{
	size_t dot = str_find(name, '.', 0);

	for (; dot < name.n; dot = str_find(name, '.', dot + 1)) {
		struct str rest = str_slice(name, dot + 1, name.n);

		if (facts_endpoint(r->facts, rest) != NULL)
			return rest;
	}
	return STR("");
}

static bool is_family(struct str name, struct str other)
{
	return other.n > name.n && other.s[name.n] == '.' && str_starts(other, name);
}

/* What people call services, and what their endpoints are called. */
static const struct {
	const char *said, *service;
} called[] = {
	{"api-gateway", "execute-api"},
	{"auto-scaling", "autoscaling"},
	{"cloudwatch", "monitoring"},
	{"cloudwatch-logs", "logs"},
	{"cloudwatchlogs", "logs"},
	{"efs", "elasticfilesystem"},
	{"elb", "elasticloadbalancing"},
	{"emr", "elasticmapreduce"},
	{"eventbridge", "events"},
	{"firehose", "kinesis-firehose"},
	{"keyspaces", "cassandra"},
	{"kinesis", "kinesis-streams"},
	{"msk", "kafka"},
	{"parameter-store", "ssm"},
	{"secrets-manager", "secretsmanager"},
	{"ses", "email"},
	{"session-manager", "ssmmessages"},
	{"step-functions", "states"},
	{"stepfunctions", "states"},
	{"systems-manager", "ssm"},
};

/* The nearest names, best first, of a service that is not known; how many. */
static unsigned near_services(const struct rules *r, struct str name, struct str *near, unsigned n)
{
	for (size_t i = 0; i < ARRAY_LEN(called); i++)
		if (str_eq_nocase(name, str_c(called[i].said))) {
			near[0] = str_c(called[i].service);
			return 1;
		}
	return facts_endpoint_near(r->facts, name, near, n);
}

static void unknown(const struct rules *r, const struct model_string *item)
{
	enum { NEAR = 3 };
	struct str near[NEAR], known = short_name(r, item->text);
	unsigned n = near_services(r, item->text, near, NEAR);
	struct diag *d;

	if (known.n > 0) {
		d = diag_no_interface(r->ds, item->at, item->text);
		diag_help(r->ds, d, "write what follows the Region: `" STR_F "`", STR_A(known));
		diag_fix(r->ds, d, item->at, known, true);
	} else if (n > 0 && is_family(item->text, near[0])) {
		while (!is_family(item->text, near[n - 1]))
			n--;
		d = diag_no_interface(r->ds, item->at, item->text);
		diag_help(r->ds, d, "write which: " STR_F, STR_A(names_in_line(r, near, n)));
	} else {
		d = diag_unknown_endpoint(r->ds, item->at, item->text);
		diag_note(r->ds, d,
			  "`aws ec2 describe-vpc-endpoint-services` lists those of a "
			  "Region");
		if (n > 0)
			diag_help(r->ds, d, "did you mean `" STR_F "`?", STR_A(near[0]));
		if (n > 0)
			diag_fix(r->ds, d, item->at, near[0], false);
	}
}

/* Source: stdlib/facts/endpoint-services.tsv. AWS adds services, so that an unknown one is a warning. */
void rule_endpoint_services(const struct rules *r)
{
	const struct endpoints *e = endpoints(r);

	for (size_t i = 0; e != NULL && USABLE(e, interfaces) && i < e->interfaces.n; i++) {
		const struct model_string *item = &e->interfaces.items[i];
		const struct endpoint_service *service = facts_endpoint(r->facts, item->text);
		struct diag *d;

		if (service == NULL) {
			unknown(r, item);
		} else if ((service->types & ENDPOINT_INTERFACE) == 0) {
			d = diag_no_interface(r->ds, item->at, item->text);
			diag_note(r->ds, d, "it is reached through a gateway endpoint alone");
		}
	}
}

/* ---- what a network without the internet needs ---- */

/*
 * Those of a preset that are not listed, into ret; how many. A service of another region, Route 53, is left out: what
 * calls it can be turned off.
 */
static size_t missing(const struct rules *r, const struct endpoints *e, unsigned preset,
		      struct str *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < facts_endpoint_count(r->facts); i++) {
		const struct endpoint_service *s = facts_endpoint_at(r->facts, i);

		if ((s->presets & preset) != 0 && s->service_region.n == 0 &&
		    !is_listed(e, s->name))
			ret[n++] = s->name;
	}
	return n;
}

/* Where nodes mount a file system of FSx that another stack made, its API tells how. */
static bool lacks_fsx(const struct rules *r, const struct endpoints *e)
{
	for (size_t i = 0; r->e != NULL && i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];

		if (WRITTEN(s, storage_type) &&
		    (s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE ||
		     s->storage_type == SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS))
			return !is_listed(e, STR("fsx"));
	}
	return false;
}

/* What a cluster calls and neither a list nor a preset has, into ret; how many. */
static size_t lacking(const struct rules *r, const struct endpoints *e, struct str *ret)
{
	size_t n = 0;

	if (presets(e) == 0) {
		if (e->interfaces.n == 0 || missing(r, e, PRESET_BATCH, ret) == 0 ||
		    missing(r, e, PRESET_FARGATE, ret) == 0)
			return 0;
		n = missing(r, e, PRESET_CLUSTER, ret);
	}
	if ((presets(e) == 0 || (presets(e) & PRESET_CLUSTER) != 0) && lacks_fsx(r, e))
		ret[n++] = STR("fsx");
	return n;
}

/* The presets that what a batch file starts needs: of instances, of tasks, or both. */
static unsigned presets_of_batch(const struct rules *r)
{
	unsigned bits = 0;

	for (size_t i = 0; i < r->batch->nenvironments; i++)
		bits |= r->batch->environments[i].fargate ? PRESET_FARGATE : PRESET_BATCH;
	return bits;
}

/* What a batch file calls and neither a list nor a preset has, into ret; how many. */
static size_t lacking_of_batch(const struct rules *r, const struct endpoints *e, struct str *ret)
{
	unsigned wanted = presets_of_batch(r), made = presets(e);
	size_t n = 0;

	if (!r->batch->whole || (made == 0 && e->interfaces.n == 0))
		return 0;
	for (size_t i = 0; i < facts_endpoint_count(r->facts); i++) {
		const struct endpoint_service *s = facts_endpoint_at(r->facts, i);

		if ((s->presets & wanted) != 0 && (s->presets & made) == 0 &&
		    s->service_region.n == 0 && !is_listed(e, s->name))
			ret[n++] = s->name;
	}
	return n;
}

static void help_batch(const struct rules *r, struct diag *d)
{
	unsigned wanted = presets_of_batch(r);

	diag_note(r->ds, d,
		  "jobs start when these services are reached, and no NAT gateway leads there");
	diag_help(r->ds, d, "`Preset: %s` makes all of them",
		  wanted == PRESET_BATCH     ? "BATCH"
		  : wanted == PRESET_FARGATE ? "FARGATE"
					     : "[BATCH, FARGATE]");
}

/* Source: the calls of the scripts in templates/ and the presets of stdlib/facts/endpoint-services.tsv. */
void rule_endpoints_complete(const struct rules *r)
{
	const struct endpoints *e = endpoints(r);
	struct str *names = NEW_ARRAY(r->a, struct str, facts_endpoint_count(r->facts) + 1);
	size_t n;
	struct diag *d;

	if (e == NULL || !USABLE(e, preset) || !USABLE(e, interfaces) || e->section.poisoned ||
	    r->net->nat != NETWORK_NAT_GATEWAY_NONE || !USABLE(r->net->m, nat_gateway) ||
	    !makes_inner(r->net))
		return;
	n = r->batch != NULL ? lacking_of_batch(r, e, names) : lacking(r, e, names);
	if (n == 0)
		return;
	d = diag_endpoints_missing(
		r->ds, WRITTEN(e, interfaces) ? e->at.interfaces.value : e->at.preset.value,
		r->batch != NULL ? "AWS Batch" : "a cluster", names_in_line(r, names, n));
	if (r->batch != NULL) {
		help_batch(r, d);
		return;
	}
	diag_note(r->ds, d,
		  "a cluster calls these services when its nodes boot and run, and no "
		  "NAT gateway leads there");
	if (presets(e) == 0)
		diag_help(r->ds, d,
			  "`Preset: CLUSTER` makes %s of them; `BATCH` and `FARGATE` those of "
			  "such stacks",
			  str_eq(names[n - 1], STR("fsx")) ? "all but fsx" : "all");
	else
		diag_help(r->ds, d,
			  "where a cluster mounts FSx storage of this stack, add `Interfaces: "
			  "[fsx]`");
}

/* The first new Lustre file system that is linked to S3 and stands in a subnet without any way out, or NULL. */
static const struct shared_storage *linked_in_isolation(const struct rules *r)
{
	for (size_t i = 0; i < r->storage->n; i++) {
		const struct shared_storage *s = &r->storage->items[i];
		const struct fsx_lustre_settings *f = &s->fsx_lustre_settings;
		const struct net_subnet *in = WRITTEN(s, subnet_name)
						      ? net_subnet(r->net, s->subnet_name)
						      : net_first_inner(r->net);

		if (in != NULL && in->type == SUBNET_TYPE_ISOLATED &&
		    (f->data_repository_associations.n > 0 || WRITTEN(f, import_path)))
			return s;
	}
	return NULL;
}

/* Source: Amazon ECR user guide, VPC endpoints: layers are in S3; repositories of AL2023 are as well. */
void rule_endpoint_s3(const struct rules *r)
{
	const struct endpoints *e = endpoints(r);
	const struct net *n = r->net;
	const struct shared_storage *linked;
	struct diag *d;

	if (e == NULL || !WRITTEN(e, s3) || e->s3 || is_listed(e, STR("s3")) ||
	    !USABLE(e, interfaces) || !USABLE(n->m, nat_gateway) || !makes_inner(n))
		return;
	linked = linked_in_isolation(r);
	if (n->nat == NETWORK_NAT_GATEWAY_NONE || linked != NULL) {
		d = diag_no_s3(r->ds, e->at.s3.value);
		diag_note(r->ds, d,
			  "packages of Amazon Linux 2023, layers of images and what "
			  "custom actions fetch come from there");
		if (linked != NULL)
			diag_label(r->ds, d, section_span(&linked->section),
				   "this is linked to S3, in an isolated subnet");
	} else {
		d = diag_s3_through_nat(r->ds, e->at.s3.value);
		diag_note(r->ds, d,
			  "each gigabyte through a NAT gateway is charged; the endpoint "
			  "of S3 costs nothing");
		note_gb_price(r, d, STR("nat-gateway-data"), "what goes through one");
	}
	diag_help(r->ds, d, "write `S3: true`");
	diag_fix(r->ds, d, e->at.s3.value, STR("true"), false);
}

/* ---- where they stand ---- */

static struct span interfaces_at(const struct endpoints *e)
{
	return WRITTEN(e, preset) ? e->at.preset.value : e->at.interfaces.value;
}

bool has_interfaces(const struct endpoints *e)
{
	return presets(e) != 0 || e->interfaces.n > 0;
}

static void unknown_subnet(const struct rules *r, const struct model_string *item)
{
	const struct net *n = r->net;
	struct str *names = NEW_ARRAY(r->a, struct str, n->nsubnets);
	struct diag *d;

	for (size_t i = 0; i < n->nsubnets; i++) {
		names[i] = n->subnets[i].name;
		if (names[i].n == 0)
			return; /* it may be the one with the faulty name */
	}
	d = diag_unknown_name(r->ds, item->at, "subnet", item->text);
	offer_names(r, d, item->at, item->text,
		    (struct choice){names, n->nsubnets, "add it to `Subnets`"});
}

static bool is_same_zone(const struct net_subnet *a, const struct net_subnet *b)
{
	return a == b || (a->zone != NET_NO_ZONE && a->zone == b->zone);
}

/* `found` are the subnets of the list, NULL where there is none of the name. */
static void one_a_zone(const struct rules *r, const struct model_strings *list,
		       const struct net_subnet **found, size_t i)
{
	const struct net_subnet *s = found[i];

	for (size_t k = 0; s != NULL && k < i; k++) {
		struct diag *d;

		if (found[k] == NULL || !is_same_zone(s, found[k]))
			continue;
		d = diag_endpoint_subnets(
			r->ds, list->items[i].at,
			s == found[k] ? arena_fmt(r->a, STR_F " twice", STR_A(subnet_words(r, s)))
				      : arena_fmt(r->a, "two subnets of " STR_F,
						  STR_A(zone_words(r, r->net, s->zone))));
		diag_label(r->ds, d, list->items[k].at, "the other is given here");
		return;
	}
}

/* Source: EC2 API, CreateVpcEndpoint: one subnet in each zone. */
void rule_endpoint_subnets(const struct rules *r)
{
	const struct endpoints *e = endpoints(r);
	const struct model_strings *list;
	const struct net_subnet **found;

	if (e == NULL || !USABLE(r->net->m, subnets) || !USABLE(e, subnet_names))
		return;
	list = &e->subnet_names;
	found = NEW_ARRAY(r->a, const struct net_subnet *, list->n);
	for (size_t i = 0; i < list->n; i++) {
		found[i] = net_subnet(r->net, list->items[i].text);
		if (found[i] == NULL)
			unknown_subnet(r, &list->items[i]);
		one_a_zone(r, list, found, i);
	}
	if (ABSENT(e, subnet_names) && has_interfaces(e) && r->net->nsubnets > 0 &&
	    subnet_types_known(r->net) && net_first_inner(r->net) == NULL) {
		struct diag *d =
			diag_endpoint_subnets(r->ds, interfaces_at(e), STR("no private subnet"));

		diag_help(r->ds, d, "name the subnets in `SubnetNames`");
	}
}

/* Source: EC2 API, CreateVpcEndpoint, PrivateDnsEnabled: one endpoint of a service in a VPC has it. */
void rule_endpoints_of_existing_vpc(const struct rules *r)
{
	const struct endpoints *e = endpoints(r);
	struct diag *d;

	if (e == NULL || r->net->is_new || !USABLE(r->net->m, vpc_id) || !has_interfaces(e))
		return;
	d = diag_endpoints_may_exist(r->ds, interfaces_at(e));
	diag_note(r->ds, d,
		  "a VPC has one endpoint of a service with private names; a second one "
		  "is refused");
	diag_help(r->ds, d,
		  "`aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=" STR_F
		  "` lists those that it has",
		  STR_A(r->net->m->vpc_id));
}

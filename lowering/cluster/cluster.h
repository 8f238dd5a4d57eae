/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.h - what the passes over a Slurm cluster share.
 *
 * passes.def lists the passes in order. Each is one function `void pass_<name>(struct lowering *l)`; it adds
 * its resources to l->g and fills the fields of l that stand under its name below. A field is filled by
 * exactly one pass and only read by later ones. Values of the graph are shared by reference: never change
 * one that another pass made.
 */
#ifndef HPCC_CLUSTER_H
#define HPCC_CLUSTER_H

#include "lowering/lower.h"

/* What later passes need of a queue. One for each of c->scheduling.slurm_queues, same index. */
struct lowered_queue {
	/* pass_network */
	struct ir_value *security_groups; /* IR_LIST of group ids: of its nodes */
	/* pass_iam */
	struct ir_value *profile;  /* name of the instance profile, or NULL: nodes without a role */
	struct ir_value *role_arn; /* of the role in the profile, or NULL */
	/* pass_queues */
	struct str *launch_templates; /* logical ids, one for each compute resource */
};

/* What later passes need of a login pool; same index as c->login_nodes.pools. */
struct lowered_pool {
	/* pass_network */
	struct ir_value *security_groups;	   /* IR_LIST */
	struct str security_group;		   /* logical id when we made it, or empty */
	struct ir_value *balancer_security_groups; /* IR_LIST */
	/* pass_iam */
	struct ir_value *profile; /* name of the instance profile, or NULL */
	/* pass_login_nodes */
	struct str group,
		balancer; /* logical ids of the Auto Scaling group and the load balancer */
};

/*
 * One shared directory, as the nodes need to know it. `settings` is an IR_OBJECT that goes into the
 * metadata of the head node and from there to every node: {"Kind": "Ebs|Raid|Efs|FsxLustre|FsxOpenZfs|
 * FsxOntap|FileCache", "Name", "MountDir" (with leading slash), and by kind "VolumeIds" (IR_LIST),
 * "RaidType", "FileSystemId", "DnsName", "MountName", "VolumePath", "AccessPointId", "Tls", "Iam",
 * "MountTargets": {subnet: ip} …}; see doc/internals.md.
 */
struct lowered_storage {
	const struct shared_storage *model;
	struct ir_value *settings;
	struct str id; /* logical id of the resource we made (first volume of a RAID), or empty */
};

struct lowering {
	struct arena *a;
	struct diags *ds;
	const struct cluster *c;
	const struct facts *facts;
	struct ir *g;

	/* lower_cluster: arrays as long as the lists in the model, zeroed; passes fill their fields */
	struct lowered_queue *queues;
	struct lowered_pool *pools;

	/* pass_lookup */
	struct str lambda;	     /* logical id of the function behind the custom resources */
	struct str lambda_role;	     /* logical id of its role, or empty when the user gave one */
	struct ir_value *vpc;	     /* id of the VPC of the head node's subnet */
	struct ir_value *head_zone;  /* its availability zone */
	struct ir_value *head_image; /* image id, pinned over updates */
	struct ir_value *lookup_statements; /* private to lookup.c: what the function may do */

	/* pass_network */
	struct str head_sg, compute_sg; /* logical ids of groups we made, or empty */
	/* IR_LISTs of distinct group ids, made or given: of the head node, of all queues, of all pools */
	struct ir_value *head_security_groups, *compute_security_groups, *login_security_groups;
	struct str head_eni;	       /* logical id */
	struct ir_value *head_address; /* private IPv4 address of the head node */

	/* pass_state */
	struct str
		state_volume; /* logical id of the EBS volume that the head mounts at /srv/hpcc */

	/* pass_storage */
	struct lowered_storage *storage;
	size_t nstorage;

	/* pass_dns; all NULL without managed names */
	struct ir_value *dns_domain;  /* "<stack>.hpcc", without a final dot */
	struct ir_value *hosted_zone; /* id of the zone */
	struct ir_value *dns_names;   /* pattern of the names of nodes, in small letters */

	/* pass_monitoring */
	struct ir_value *log_group; /* name of the log group, or NULL without logs */

	/* pass_head_iam */
	struct ir_value *head_profile;	/* name of the instance profile */
	struct ir_value *head_role_arn; /* NULL when only a profile was given */

	/* pass_fleet */
	struct str fleet; /* logical id of the custom resource that ends the fleet on delete */

	/* pass_head_node */
	struct str head_node;	 /* logical id of the instance */
	struct str head_ready;	 /* logical id of the wait condition: created when the head is up */
	struct str head_version; /* 12 hex digits: changes with the configuration of the cluster */
};

/* ---- helpers shared by passes: common.c ---- */

/* The origin of a field, or of its section when the field is absent. */
struct ir_origin origin_of(const struct section_at *section, const struct field_at *field);
/* The origin of a whole section. */
struct ir_origin origin_of_section(const struct section_at *section);

/*
 * text with every "${" written "${!": to stand inside the format of an ir_sub. A text whose pattern lets
 * through a "${" that nothing closes is the value of a variable instead.
 */
struct str sub_literal(struct lowering *l, struct str text);
/*
 * A text of a policy, where "${" would begin a variable of IAM: `${$}` is a dollar sign there. It is the value of a
 * variable of an ir_sub. Source: IAM user guide, policy variables.
 */
struct str iam_literal(struct lowering *l, struct str text);
/*
 * "arn:${AWS::Partition}:<service>:${AWS::Region}:${AWS::AccountId}:<resource>" as a Sub; `resource` may
 * hold "${LogicalId}" references.
 */
struct ir_value *arn(struct lowering *l, const char *service, struct str resource);
/* arn:${AWS::Partition}:iam::aws:policy/<name> */
struct ir_value *aws_managed_policy(struct lowering *l, const char *name);
/* An IR_LIST of texts. */
struct ir_value *text_list(struct lowering *l, const struct model_strings *items);
/* Are two values the same in structure? */
bool same_value(const struct ir_value *a, const struct ir_value *b);
/* The values of `from` that are not in `list` yet (same_value) are appended. */
void list_add_distinct(struct lowering *l, struct ir_value *list, const struct ir_value *from);

/* {"Key": key, "Value": value} appended to a Tags list. */
void tag_add(struct lowering *l, struct ir_value *tags, const char *key, struct ir_value *value);
/*
 * The tags of one resource: hpcc:cluster, hpcc:node-type (unless `node_type` is NULL), Name = `name`
 * (unless NULL), then the Tags of the cluster. `node_type` is "HeadNode", "Compute" or "LoginNode", NULL
 * for things that are no node. A Tags entry of the user with the key Name replaces `name`.
 */
struct ir_value *tags_for(struct lowering *l, struct ir_value *name, const char *node_type);

/*
 * Adds the tags of a thing that is no node as `member` of `object`: Name = `name` (unless NULL) and the Tags
 * of the cluster; nothing when there are none. CloudFormation tags such things with the stack itself.
 */
void tags_put(struct lowering *l, struct ir_value *object, const char *member,
	      struct ir_value *name);

/*
 * Sets the Tags of the user (of a queue, a compute resource): a key that is there gets the new value. Those that
 * is_own_tag names are left out.
 */
void tags_set(struct lowering *l, struct ir_value *tags, const struct tag_list *user);
/* LaunchTemplateData.TagSpecifications: `tags` on instances and their volumes. */
struct ir_value *tag_specifications(struct lowering *l, struct ir_value *tags);

/* Do the nodes of a compute resource come by CreateFleet, for it chooses among instance types or subnets? */
bool launches_fleet(const struct slurm_queue *q, const struct slurm_compute_resource *cr);

/* Do those of any? */
bool launches_fleets(const struct lowering *l);

/* MountDir with exactly one leading slash. */
struct str mount_dir(struct lowering *l, struct str written);

/* The instance type called name, or NULL when the facts do not know it. */
const struct instance_type *type_of(const struct lowering *l, struct str name);
/* The name of the (first) instance type of a compute resource; empty when it names none. */
struct str compute_type_name(const struct slurm_compute_resource *r);

/*
 * The image id of a compute or login node: its own CustomAmi, else the cluster's, else a parameter with the
 * newest image of Image.Os for the architecture (and GPU) of the type. Where AWS publishes no parameter, a
 * look-up by name when the stack is created.
 */
struct ir_value *node_image(struct lowering *l, const struct node_image *own, struct str type_name);
/* The public parameter with the newest image for a type, or empty when AWS publishes none for the system. */
struct str image_parameter_path(const struct lowering *l, struct str type_name);

/* Settings of a root volume; 0 and empty mean "as the image has it". */
struct root_volume {
	int64_t size, iops, throughput; /* GiB, -, MiB/s */
	struct str type;
	bool encrypted, keep; /* keep: not deleted with the instance */
};

/*
 * BlockDeviceMappings of a launch template or instance: the root volume of the image for `type_name`, and the instance
 * store disks of `type`, which may be NULL.
 */
struct ir_value *block_devices(struct lowering *l, const struct root_volume *v,
			       struct str type_name, const struct instance_type *type);
/* "optional" or "required": MetadataOptions of every node, from Imds.ImdsSupport. */
struct ir_value *metadata_options(struct lowering *l);
/* CpuOptions that turn SMT off, or NULL when that cannot be asked of the type. */
struct ir_value *cpu_options(struct lowering *l, struct str type_name);

/* ---- look-ups when the stack is created: lookup.c ---- */

/*
 * The logical id of the look-up of a subnet, made at the first call for it. Attributes: VpcId,
 * AvailabilityZone, Scheme ("internet-facing" when the subnet routes to an internet gateway, else
 * "internal").
 */
struct str lookup_subnet(struct lowering *l, struct str subnet_id, struct ir_origin origin);
/* The ARN of the role in an instance profile the user gave by ARN. */
struct ir_value *lookup_profile_role(struct lowering *l, struct str profile_arn,
				     struct ir_origin origin);
/* The allocation id of an Elastic IP address given as an address. */
struct ir_value *lookup_address(struct lowering *l, struct str address, struct ir_origin origin);
/*
 * "<stack>.<zone>" of a hosted zone the user gave by id, in small letters and without a final dot. Called once for a
 * zone.
 */
struct ir_value *lookup_domain(struct lowering *l, struct str zone_id, struct ir_origin origin);
/* The id of the newest image of a system for which AWS publishes no parameter. */
struct ir_value *lookup_image(struct lowering *l, const struct os_image *image);

/* ---- names of nodes: dns.c ---- */

/* allow() on the hosted zone, there being one; ChangeResourceRecordSets for addresses of this cluster's nodes only. */
void allow_names(struct lowering *l, struct ir_value *statements, const char *sid,
		 const char *actions);

/* ---- roles and policies: policy.c ---- */

/* "*", for actions that take no other resource. The caller says why. */
struct ir_value *any_resource(struct lowering *l);
/*
 * The statement `sid` of `statements`, a new one at the end where there is none, which allows `actions` (blanks
 * between) on `resources` (IR_LIST or one value). What has been allowed by this name before has the same actions or
 * the same resources: else each action would be allowed on the resources of the others.
 */
struct ir_value *allow(struct lowering *l, struct ir_value *statements, const char *sid,
		       const char *actions, struct ir_value *resources);
/* Adds {operator: {key: value}} to the Condition of a statement, beside those it has. */
void allow_if(struct lowering *l, struct ir_value *statement, const char *operator,
	      const char * key, struct ir_value *value);
/* allow_if with StringEquals. */
void allow_when(struct lowering *l, struct ir_value *statement, const char *key,
		struct ir_value *value);
/* The condition that a resource carries the tag hpcc:cluster of this stack. */
void allow_own(struct lowering *l, struct ir_value *statement);
/* {"Version", "Statement"} */
struct ir_value *policy_document(struct lowering *l, struct ir_value *statements);
/*
 * A role that `service` ("ec2", "lambda") may take, with statements (may be empty) inline and managed
 * policies (IR_LIST of ARNs, may be empty); it keeps the prefix and the boundary the cluster's Iam
 * section asks for. `statements` may grow after the call.
 */
struct ir_resource *role_add(struct lowering *l, struct str id, const char *service,
			     struct ir_value *statements, struct ir_value *managed,
			     struct ir_origin origin);
/* An instance profile with one role, given by name; returns the value of the profile's name. */
struct ir_value *profile_add(struct lowering *l, struct str id, struct ir_value *role_name,
			     struct ir_origin origin);
/* What stands after the last slash of an ARN: the name of a role or profile. */
struct str arn_name(struct str arn_text);

/* ---- network interfaces: interfaces.c ---- */

enum nic_kind { NIC_ENA, NIC_EFA, NIC_EFA_ONLY };

struct nic {
	uint8_t card, device;
	enum nic_kind kind;
};

struct nic_layout {
	struct nic nics[MAX_NETWORK_CARDS + 1];
	size_t n;
};

/*
 * The interfaces of an instance. `type` may be NULL (not known: one card). `efa`: the user asked for EFA;
 * `combined`: EFA interfaces that carry IP as well, instead of an ENA interface beside an EFA-only one.
 * Source: EC2 user guide, "Maximize network bandwidth with EFA"; ParallelCluster 3.15 release notes.
 */
struct nic_layout nic_layout(const struct instance_type *type, bool efa, bool combined);

/* ---- login nodes: login_nodes.c ---- */

/* Name of the Auto Scaling group of a pool: "<stack>-<pool>". A node finds its own lifecycle action by it. */
struct ir_value *pool_group_name(struct lowering *l, size_t pool);
#define LOGIN_HOOK_LAUNCHING "hpcc-launching"
#define LOGIN_HOOK_TERMINATING "hpcc-terminating"

/* ---- user data: user_data.c ---- */

/* UserData of the head node: Fn::Base64 of a MIME message, as are the next two. */
struct ir_value *user_data_head(struct lowering *l);
/* Of the nodes of a compute resource; both by their place in the file. */
struct ir_value *user_data_compute(struct lowering *l, size_t queue, size_t resource);
/* Of the nodes of a login pool, by its place in the file. */
struct ir_value *user_data_login(struct lowering *l, size_t pool);
/*
 * Metadata of the head node: everything its configuration needs, see doc/internals.md. An IR_OBJECT;
 * pass_head_node adds the members "Version" (head_version) and "WaitHandle" (URL) to it.
 */
struct ir_value *head_metadata(struct lowering *l);
/* The files that a finished graph carries for its nodes, each behind a line with its path below /opt/hpcc. */
struct str payload_print(struct arena *a, const struct ir *g);
/*
 * The user data of one node of a finished graph, as the node gets it. `node` is "head", "QUEUE/RESOURCE" or
 * "login/POOL". Values that only a deployment knows are printed as ${Name} or ${Name.Attribute}.
 * False when there is no such node; *ret_known lists the nodes there are, one a line, either way.
 */
bool user_data_print(struct arena *a, const struct ir *g, struct str node, bool decode,
		     struct str *ret, struct str *ret_known);

/* ---- passes, one prototype a row of passes.def ---- */

#define PASS(name, needs, gives) void pass_##name(struct lowering *l);
#include "lowering/cluster/passes.def"
#undef PASS

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.h - what the passes over a Slurm cluster share.
 *
 * passes.def lists the passes in order. Each is one function `void pass_<name>(struct lowering *l)` in
 * <name>.c; it adds its resources to l->g and fills the fields of l that its comment names. A field is
 * filled by exactly one pass and only read by later ones. Values of the graph are shared by reference:
 * never change one that another pass made.
 */
#ifndef HPCC_CLUSTER_H
#define HPCC_CLUSTER_H

#include "lowering/lower.h"

/* What later passes need of a queue. One for each of c->scheduling.slurm_queues, same index. */
struct lowered_queue {
	struct ir_value *security_groups; /* IR_LIST: of its nodes */
	struct ir_value *profile; /* instance profile: name (Ref) or ARN, see profile_is_arn */
	bool profile_is_arn;
	struct str role;		    /* logical id of a role we made, or empty */
	struct ir_value **launch_templates; /* one Ref for each compute resource */
};

/* What later passes need of a login pool; same index as c->login_nodes.pools. */
struct lowered_pool {
	struct ir_value *security_groups;
	struct str security_group; /* logical id when we made it, or empty */
	struct ir_value *profile;
	bool profile_is_arn;
	struct str role;
};

/*
 * One shared directory, as the nodes need to know it. `settings` is an IR_OBJECT that goes into the
 * metadata of the head node and from there to every node: {"Kind": "Ebs|Raid|Efs|FsxLustre|FsxOpenZfs|
 * FsxOntap|FileCache", "Name", "MountDir" (with leading slash), and by kind "VolumeIds", "RaidType", "FileSystemId", "DnsName", "MountName",
 * "VolumePath", "AccessPointId", "Tls", "Iam", "MountTargets": {subnet: ip} …}; see doc/internals.md.
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

	/* pass_lookup */
	struct ir_value *vpc;	     /* id of the VPC of the head node's subnet */
	struct ir_value *head_zone;  /* its availability zone */
	struct ir_value *head_image; /* image id, pinned over updates */
	struct str fleet; /* logical id of the custom resource that ends the fleet on delete */

	/* pass_network */
	struct str head_sg, compute_sg;	       /* logical ids of groups we made, or empty */
	struct ir_value *head_security_groups; /* IR_LIST */
	struct str head_eni;		       /* logical id */
	struct ir_value *head_address;	       /* private IPv4 address of the head node */

	/* pass_iam */
	struct ir_value *head_profile;
	bool head_profile_is_arn;
	struct str head_role; /* logical id of a role we made, or empty */

	/* pass_storage */
	struct lowered_storage *storage;
	size_t nstorage;

	/* pass_dns, pass_monitoring */
	struct ir_value *dns_domain, *hosted_zone; /* NULL without managed names */
	struct ir_value *log_group;		   /* name, or NULL without logs */

	/* pass_queues, pass_login_nodes */
	struct lowered_queue *queues;
	struct lowered_pool *pools;

	/* pass_head_node */
	struct str head_node; /* logical id of the instance: "HeadNode" */
};

/* ---- helpers shared by passes: common.c ---- */

/* The origin of a field, or of its section when the field is absent. */
struct ir_origin origin_of(const struct section_at *section, const struct field_at *field);
/* {"Key": key, "Value": value} appended to a Tags list. */
void tag_add(struct lowering *l, struct ir_value *tags, const char *key, struct ir_value *value);
/*
 * The tags of one resource: Name = `name`, the hpcc:… tags, then the cluster's own Tags; `node_type` is
 * "HeadNode", "Compute", "LoginNode" or NULL for things that are no node.
 */
struct ir_value *tags_for(struct lowering *l, struct ir_value *name, const char *node_type);
/* MountDir with exactly one leading slash. */
struct str mount_dir(struct lowering *l, struct str written);
/* The image id of a node kind: its own CustomAmi, else the cluster's, else a parameter with the newest image of Image.Os. */
struct ir_value *node_image(struct lowering *l, const struct node_image *own,
			    const struct instance_type *type);
/* LaunchTemplateData.BlockDeviceMappings or Instance.BlockDeviceMappings: the root volume and ephemeral disks. */
struct ir_value *block_devices(struct lowering *l, const void *root_volume_settings,
			       const struct instance_type *type);

/* ---- user data: user_data.c ---- */

/* IR value for UserData (Fn::Base64 of a MIME message). */
struct ir_value *user_data_head(struct lowering *l);
struct ir_value *user_data_compute(struct lowering *l, size_t queue, size_t resource);
struct ir_value *user_data_login(struct lowering *l, size_t pool);
/* Metadata of the head node: everything its configuration needs, see doc/internals.md. */
struct ir_value *head_metadata(struct lowering *l);
/*
 * The user data of one node of a finished graph, as the node gets it. `node` is "head", "QUEUE/RESOURCE" or
 * "login/POOL". Values that only a deployment knows are printed as ${Name} or ${Name.Attribute}.
 * False when there is no such node; *ret_known lists the nodes there are, one a line, either way.
 */
bool user_data_print(struct arena *a, const struct ir *g, struct str node, bool decode,
		     struct str *ret, struct str *ret_known);

#endif

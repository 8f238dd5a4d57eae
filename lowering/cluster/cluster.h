/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.h - what the passes over a cluster share.
 *
 * passes.def lists the passes in order. Each is one function `void pass_<name>(struct lowering *l)`; it adds
 * its resources to l->st.g and fills the fields of l that stand under its name below. A field is filled by
 * exactly one pass and only read by later ones. Values of the graph are shared by reference: never change
 * one that another pass made.
 */
#ifndef HPCC_CLUSTER_H
#define HPCC_CLUSTER_H

#include "compiler/model/effective.h"
#include "lowering/aws/arn.h"
#include "lowering/aws/images.h"
#include "lowering/aws/interfaces.h"
#include "lowering/aws/lookup.h"
#include "lowering/aws/network.h"
#include "lowering/aws/policy.h"
#include "lowering/aws/tags.h"

/* What later passes need of a queue. One for each of the queues of the scheduler, same index; see queue_place(). */
struct lowered_queue {
	/* pass_network */
	struct ir_value *security_groups; /* IR_LIST of group ids: of its nodes */
	/* pass_iam */
	struct ir_value *profile;  /* name of the instance profile, or NULL: nodes without a role */
	struct ir_value *role_arn; /* of the role in the profile, or NULL */
	/* pass_queues */
	struct str *launch_templates; /* logical ids, one for each compute resource */
};

/* Where the nodes of a queue stand, as the file says it. */
struct queue_place {
	const struct model_strings *subnets, *groups, *additional_groups;
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
	struct stack st;
	const struct cluster *c;
	struct node_system system;

	/* lower_cluster: arrays as long as the lists in the model, zeroed; passes fill their fields */
	struct lowered_queue *queues; /* of either scheduler */
	size_t nqueues;
	struct lowered_pool *pools;

	/* pass_own_network */
	struct lowered_network *own_network; /* of the section Network, or NULL */

	/* pass_lookup */
	struct ir_value *vpc;	     /* id of the VPC of the head node's subnet */
	struct ir_value *head_zone;  /* its availability zone */
	struct ir_value *head_image; /* image id, pinned over updates */

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

	/* The passes of lowering/awsbatch; all empty with Slurm */
	struct lowered_awsbatch {
		/* pass_awsbatch_ground: name of the bucket for what awsbsub sends */
		struct ir_value *bucket;
		/* pass_awsbatch_image: logical ids (built: made once the image is there), and the image of jobs */
		struct str repository, project, built;
		struct ir_value *image;
		/* pass_awsbatch_compute: logical ids */
		struct str environment, queue;
		/* pass_awsbatch_policy: logical id; what users of the head node may do */
		struct str policy;
		/* pass_awsbatch_commands: the configuration file of awsbsub and so on, a text */
		struct ir_value *commands;
	} awsbatch;

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

/* Does AWS Batch run the jobs, and not Slurm? */
bool is_awsbatch(const struct cluster *c);
/* How many queues its scheduler has. */
size_t queue_count(const struct cluster *c);
/* Of the i-th of them. */
struct queue_place queue_place(const struct cluster *c, size_t i);

/* Does launches_fleet hold for some compute resource? */
bool launches_fleets(const struct lowering *l);
/* Does in_capacity_block hold for some compute resource? */
bool has_capacity_blocks(const struct lowering *l);
/* Do the interfaces of some compute resource come from a launch template of the user? */
bool overrides_interfaces(const struct lowering *l);

/* The name of the (first) instance type of a compute resource; empty when it names none. */
struct str compute_type_name(const struct slurm_compute_resource *r);

/* ---- the network of the cluster's own: own_network.c ---- */

/* The subnet that is made here and that a text of the model stands for, or NULL: it is one that exists. */
const struct lowered_subnet *own_subnet(const struct lowering *l, struct str subnet_id);

/* ---- names of nodes: dns.c ---- */

/* allow() on the hosted zone, there being one; ChangeResourceRecordSets for addresses of this cluster's nodes only. */
void allow_names(struct lowering *l, struct ir_value *statements, const char *sid,
		 const char *actions);

/* ---- login nodes: login_nodes.c ---- */

/* Name of the Auto Scaling group of a pool: "<stack>-<pool>". A node finds its own lifecycle action by it. */
struct ir_value *pool_group_name(struct lowering *l, size_t pool);
#define LOGIN_HOOK_LAUNCHING "hpcc-launching"
#define LOGIN_HOOK_TERMINATING "hpcc-terminating"

/* ---- user data: user_data.c ---- */

/* UserData of the head node: Fn::Base64 of a MIME message, as are the next two. */
struct ir_value *user_data_head(struct lowering *l);
/* Of the nodes of a compute resource. */
struct ir_value *user_data_compute(struct lowering *l, const struct compute *c);
/* Of the nodes of a login pool, by its place in the file. */
struct ir_value *user_data_login(struct lowering *l, size_t pool);
/*
 * Metadata of the head node: everything its configuration needs, see doc/internals.md. An IR_OBJECT;
 * pass_head_node adds the members "Version" (head_version) and "WaitHandle" (URL) to it.
 */
struct ir_value *head_metadata(struct lowering *l);

/* ---- passes, one prototype a row of passes.def ---- */

#define PASS(variants, name, needs, gives) void pass_##name(struct lowering *l);
#include "lowering/cluster/passes.def"
#undef PASS

#endif

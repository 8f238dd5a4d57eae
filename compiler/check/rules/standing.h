/* SPDX-License-Identifier: Apache-2.0 */
/* standing.h - what rules ask of where a file stands: its own network, or that of the environment it names. */
#ifndef HPCC_RULES_STANDING_H
#define HPCC_RULES_STANDING_H

#include "compiler/base/open_text.h"
#include "compiler/check/rules/rule.h"

/* The network that the subnets of the file are of, as far as it is known, or NULL. */
const struct net *standing_net(const struct rules *r);
/* Is the reference an output of the environment that is looked at? */
bool standing_refers(const struct rules *r, const struct reference *to);
/* What a file writes for an output of it: "${env.VPC}", or "${stack.net.VPC}" of one beside the first. */
struct str standing_words(const struct rules *r, struct str name);
/* The output of the environment that a text is, whole, or NULL. */
const struct env_export *standing_export(const struct rules *r, struct str text);
/* The subnet of standing_net() that a text means: a reference to it, or the id of an existing one. NULL: unknown. */
const struct net_subnet *standing_subnet(const struct rules *r, struct str text);
/* The zone of a subnet of standing_net(): name or id; empty where it is counted or not known. */
struct str standing_zone(const struct rules *r, const struct net_subnet *s);

/* The subnet without a way out that the head node has, though the network has others: W1649. Else NULL. */
const struct net_subnet *standing_cut_off(const struct rules *r);

/* The key Network at the top of the file. */
struct span network_key(const struct rules *r);
/* The key Environment there. */
struct span environment_key(const struct rules *r);

/*
 * The subnets that a kind of node may stand in: "the head node", "the queue `q`", "the login pool `p`", "the compute
 * environment `e`" of a batch file.
 */
struct standing_nodes {
	struct str what;
	const struct slurm_queue *queue;	     /* or NULL */
	const struct aws_batch_queue *jobs;	     /* or NULL: one of the scheduler awsbatch */
	const struct batch_environment *environment; /* or NULL */
	const struct model_strings *subnets;
	const struct model_strings *groups; /* SecurityGroups: those instead of ours */
	const struct model_strings *more;   /* AdditionalSecurityGroups */
	struct span at;			    /* where its subnets are said */
	const struct node_image *image; /* its own, over that of the cluster; NULL with AWS Batch */
	const struct proxy *proxy;	/* likewise */
	const struct dcv *dcv;		/* NULL where there can be none */
	const struct field_at *groups_at, *more_at;
};

/* Do the nodes mount the storage? All of a cluster do; tasks of Fargate by the mount points of their jobs. */
bool standing_mounts(const struct rules *r, const struct standing_nodes *n,
		     const struct shared_storage *s);

/* Where the subnets or groups of a cluster were chosen, and not filled in from its network or environment. */
bool standing_chosen(const struct rules *r, struct span at);

/* Calls f for the head node, each queue and each login pool, or each compute environment; data is handed on. */
void each_standing(const struct rules *r,
		   void (*f)(const struct rules *r, const struct standing_nodes *n,
			     const void *data),
		   const void *data);

#endif

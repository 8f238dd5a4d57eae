/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage.c - file systems of a batch file: where they stand, and who may reach them.
 *
 * Where all that mount one are in the group of the stack, it is in that group too. Where some have groups of their own,
 * it gets one that lets them in, and rules of theirs let in FSx for Lustre, whose servers call their clients.
 *
 * A new one stands where the instances are: FSx for Lustre in the first subnet of the first environment that mounts it,
 * EFS with a mount target in each subnet of the environment that has most of them. EFS refuses a second one in a zone.
 */
#include "lowering/batch/storage.h"

#include "compiler/base/open_text.h"

/* ---- who ---- */

/* May instances or tasks of the environment mount it? Of tasks their jobs say so, and they take EFS alone. */
static bool may_mount(const struct batch_environment *e, const struct shared_storage *m)
{
	return e->fargate ? m->storage_type == SHARED_STORAGE_STORAGE_TYPE_EFS : batch_mounts(e, m);
}

/* The id of the group that stands for an environment: the first of its groups. */
static struct ir_value *client_of(struct batch_stack *l, const struct batch_environment *e)
{
	const struct model_strings *given = &e->m->networking.security_groups;

	return given->n > 0 ? ir_text(l->st.g, given->items[0].text) : ir_ref(l->st.g, l->group);
}

/* One for each environment, each once; the group of the stack for what nobody mounts yet. */
static struct ir_value *clients_of(struct batch_stack *l, const struct shared_storage *m)
{
	struct ir_value *list = ir_list(l->st.g);

	for (size_t i = 0; i < l->v->nenvironments; i++)
		if (may_mount(&l->v->environments[i], m))
			list_add_distinct(&l->st, list,
					  ir_push(l->st.g, ir_list(l->st.g),
						  client_of(l, &l->v->environments[i])));
	if (list->n == 0 && l->group.n > 0)
		ir_push(l->st.g, list, ir_ref(l->st.g, l->group));
	return list;
}

/* ---- where ---- */

/* The first item of a parameter for a whole list, as items of other lists have names of their own; else the text. */
static struct str first_item(struct batch_stack *l, struct str text)
{
	struct str rest = text;
	struct text_piece piece;

	if (!text_is_list(text) || !text_next(&rest, &piece))
		return text;
	return text_refer(l->st.a, arena_fmt(l->st.a, "param." STR_F "[0]",
					     STR_A(reference_of(piece.text).name)));
}

/* The subnets of an environment, each once; of a list that only the deployment knows the first. */
static struct ir_value *subnets_of(struct batch_stack *l, const struct batch_environment *e)
{
	const struct model_strings *ids = &e->m->networking.subnet_ids;
	struct ir_value *all = ir_list(l->st.g), *list = ir_list(l->st.g);

	for (size_t i = 0; i < ids->n; i++)
		ir_push(l->st.g, list, ir_text(l->st.g, first_item(l, ids->items[i].text)));
	list_add_distinct(&l->st, all, list);
	return all;
}

/* The subnets of the first environment that mounts it, or of the one that has most; of any where none does. */
static struct ir_value *home_of(struct batch_stack *l, const struct shared_storage *m, bool most)
{
	struct ir_value *best = ir_list(l->st.g);

	for (size_t i = 0; i < l->v->nenvironments; i++) {
		struct ir_value *subnets = subnets_of(l, &l->v->environments[i]);

		if (may_mount(&l->v->environments[i], m) && (best->n == 0 || most) &&
		    subnets->n > best->n)
			best = subnets;
	}
	for (size_t i = 0; best->n == 0 && i < l->v->nenvironments; i++)
		best = subnets_of(l, &l->v->environments[i]);
	return best;
}

static struct ir_value *one(struct batch_stack *l, struct ir_value *item)
{
	return ir_push(l->st.g, ir_list(l->st.g), item);
}

/* The one that SubnetName says, or NULL. */
static struct ir_value *named_subnet(struct batch_stack *l, const struct shared_storage *m)
{
	if (m->subnet_name.n > 0 && l->network != NULL &&
	    net_subnet(l->network->net, m->subnet_name) != NULL)
		return network_named(l->network, m->subnet_name)->id;
	return NULL;
}

/* Of EFS: the named one stands for its zone, so it comes first, and others of that zone do not. */
static struct ir_value *target_subnets(struct batch_stack *l, const struct shared_storage *m)
{
	struct ir_value *home = named_subnet(l, m);

	return home != NULL ? one(l, home) : home_of(l, m, true);
}

static struct storage_place place_for(struct batch_stack *l, struct ir_value *clients,
				      struct ir_value *subnets)
{
	struct storage_place place = {
		.vpc = l->vpc,
		.subnets = subnets,
		.clients = clients,
		.opens_clients = true,
		.buckets = l->buckets,
		.nbuckets = l->b->buckets.n,
		.keeps = {.policy = IR_RETAIN_EXCEPT_ON_CREATE, .persistent = true},
	};

	if (clients->n == 1 && clients->items[0]->kind == IR_REF) {
		place.group = clients->items[0];
		place.group_resource = l->group;
		place.first_rule = l->first_rule;
		place.nrules = l->nrules;
	}
	return place;
}

static struct storage_place place_of(struct batch_stack *l, const struct shared_storage *m,
				     struct ir_value *subnets)
{
	return place_for(l, clients_of(l, m), subnets);
}

struct ir_value *batch_home(struct batch_stack *l, const struct batch_environment *e)
{
	return subnets_of(l, e)->items[0];
}

struct storage_place batch_place(struct batch_stack *l, const struct batch_environment *e)
{
	return place_for(l, one(l, client_of(l, e)), one(l, batch_home(l, e)));
}

/* ---- the types ---- */

static void make_lustre(struct batch_stack *l, struct batch_storage *s)
{
	struct ir_value *named = named_subnet(l, s->m);
	struct ir_value *home = named != NULL ? named : home_of(l, s->m, false)->items[0];
	struct storage_place place = place_of(l, s->m, one(l, home));

	s->resource = lustre_add(&l->st, s->m, &place);
}

static void make_efs(struct batch_stack *l, struct batch_storage *s)
{
	struct ir_value *addresses = ir_list(l->st.g);
	struct storage_place place = place_of(l, s->m, target_subnets(l, s->m));
	struct efs efs = efs_of_all(s->m, IR_RETAIN_EXCEPT_ON_CREATE);

	s->resource = efs_add(&l->st, &efs, &place, addresses);
	s->address = addresses->items[0];
}

/* Id of the file system: of the one that the file names, or of a new one. NULL where only its API knows it. */
static struct ir_value *add_one(struct batch_stack *l, struct batch_storage *s)
{
	struct str id;

	switch (s->m->storage_type) {
	case SHARED_STORAGE_STORAGE_TYPE_FSXLUSTRE:
		id = s->m->fsx_lustre_settings.file_system_id;
		if (id.n > 0)
			return ir_text(l->st.g, id);
		make_lustre(l, s);
		return ir_ref(l->st.g, s->resource);
	case SHARED_STORAGE_STORAGE_TYPE_EFS:
		id = s->m->efs_settings.file_system_id;
		if (id.n > 0)
			return ir_text(l->st.g, id);
		make_efs(l, s);
		return ir_ref(l->st.g, s->resource);
	case SHARED_STORAGE_STORAGE_TYPE_FILECACHE:
		return ir_text(l->st.g, s->m->file_cache_settings.file_cache_id);
	case SHARED_STORAGE_STORAGE_TYPE_EBS:
	case SHARED_STORAGE_STORAGE_TYPE_FSXOPENZFS:
	case SHARED_STORAGE_STORAGE_TYPE_FSXONTAP:
	case SHARED_STORAGE_STORAGE_TYPE_UNSET:
		break;
	}
	return NULL;
}

void pass_batch_storage(struct batch_stack *l)
{
	const struct shared_storage_list *list = &l->b->shared_storage;

	l->storage = NEW_ARRAY(l->st.a, struct ir_value *, list->n);
	l->stores = NEW_ARRAY(l->st.a, struct batch_storage, list->n);
	for (size_t i = 0; i < list->n; i++) {
		l->stores[i].m = &list->items[i];
		l->storage[i] = add_one(l, &l->stores[i]);
	}
}

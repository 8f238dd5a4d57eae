/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle.c - rules about what happens to objects of a bucket with age. */
#include "compiler/check/rules/network.h"

/* Days before which S3 moves nothing to STANDARD_IA and ONEZONE_IA. Source: S3 user guide, lifecycle transitions. */
enum { IA_DAYS = 30 };

typedef void lifecycle_function(const struct rules *r, const struct lifecycle_rule *x);

static void each_rule(const struct rules *r, lifecycle_function *f)
{
	for (size_t i = 0; i < bucket_list(r)->n; i++)
		for (size_t k = 0; k < bucket_list(r)->items[i].lifecycle.n; k++)
			f(r, &bucket_list(r)->items[i].lifecycle.items[k]);
}

static struct str class_of(const struct lifecycle_rule *x)
{
	return enum_text(PROP_LifecycleRule_StorageClass, (int)x->storage_class);
}

/* ---- one rule ---- */

static void halves(const struct rules *r, const struct lifecycle_rule *x)
{
	bool days = x->at.transition_in_days.state == FIELD_ABSENT;
	bool class = x->at.storage_class.state == FIELD_ABSENT;
	const struct field_at *said = days ? &x->at.storage_class : &x->at.transition_in_days;
	struct diag *d;

	if (days == class || x->section.poisoned)
		return;
	d = diag_lifecycle_half(r->ds, section_span(&x->section),
				days ? PROP_NAME(LifecycleRule_StorageClass)
				     : PROP_NAME(LifecycleRule_TransitionInDays),
				days ? PROP_NAME(LifecycleRule_TransitionInDays)
				     : PROP_NAME(LifecycleRule_StorageClass));
	diag_label(r->ds, d, said->key, "it stands here");
	diag_help(r->ds, d,
		  days ? "add `TransitionInDays`, the age of the objects"
		       : "add `StorageClass`, such as INTELLIGENT_TIERING");
}

static void too_early(const struct rules *r, const struct lifecycle_rule *x)
{
	bool infrequent = x->storage_class == LIFECYCLE_RULE_STORAGE_CLASS_STANDARD_IA ||
			  x->storage_class == LIFECYCLE_RULE_STORAGE_CLASS_ONEZONE_IA;
	struct diag *d;

	if (!WRITTEN(x, transition_in_days) || !WRITTEN(x, storage_class) || !infrequent ||
	    x->transition_in_days >= IA_DAYS)
		return;
	d = diag_lifecycle_too_early(r->ds, x->at.transition_in_days.value, class_of(x), IA_DAYS,
				     (long long)x->transition_in_days);
	diag_label(r->ds, d, x->at.storage_class.value, "the class");
	diag_fix(r->ds, d, x->at.transition_in_days.value, STR("30"), false);
}

/*
 * Objects in an IA class are paid for 30 days, and S3 wants that time between; of other classes a day.
 * Source: S3 API, PutBucketLifecycleConfiguration.
 */
static void expires_first(const struct rules *r, const struct lifecycle_rule *x)
{
	struct diag *d;

	if (!WRITTEN(x, transition_in_days) || !WRITTEN(x, expiration_in_days) ||
	    x->expiration_in_days > x->transition_in_days)
		return;
	d = diag_lifecycle_expires_first(r->ds, x->at.expiration_in_days.value,
					 (long long)x->expiration_in_days,
					 (long long)x->transition_in_days);
	diag_label(r->ds, d, x->at.transition_in_days.value, "the transition");
	diag_help(r->ds, d, "leave the transition out, or let objects live longer");
}

/* Source: S3 user guide, transitioning objects using Amazon S3 Lifecycle. */
void rule_lifecycle_steps(const struct rules *r)
{
	each_rule(r, halves);
	each_rule(r, too_early);
	each_rule(r, expires_first);
}

/* ---- two rules for the same objects ---- */

/* How far down a class is: objects only ever go down. Source: S3 user guide, supported transitions. */
static unsigned depth(enum lifecycle_rule_storage_class class)
{
	switch (class) {
	case LIFECYCLE_RULE_STORAGE_CLASS_STANDARD_IA:
		return 1;
	case LIFECYCLE_RULE_STORAGE_CLASS_INTELLIGENT_TIERING:
		return 2;
	case LIFECYCLE_RULE_STORAGE_CLASS_ONEZONE_IA:
		return 3;
	case LIFECYCLE_RULE_STORAGE_CLASS_GLACIER_IR:
		return 4;
	case LIFECYCLE_RULE_STORAGE_CLASS_GLACIER:
		return 5;
	case LIFECYCLE_RULE_STORAGE_CLASS_DEEP_ARCHIVE:
		return 6;
	case LIFECYCLE_RULE_STORAGE_CLASS_UNSET:
		break;
	}
	return 0;
}

static bool moves(const struct lifecycle_rule *x)
{
	return WRITTEN(x, transition_in_days) && WRITTEN(x, storage_class) && USABLE(x, prefix);
}

/* Does all that `inner` is for begin with the prefix of `outer`? */
static bool covers(const struct lifecycle_rule *outer, const struct lifecycle_rule *inner)
{
	return USABLE(outer, prefix) && USABLE(inner, prefix) &&
	       str_starts(inner->prefix, outer->prefix);
}

/* x moves its objects at a time when y has moved them as far down, or deleted them. */
static void overtaken(const struct rules *r, const struct lifecycle_rule *x,
		      const struct lifecycle_rule *y)
{
	struct diag *d;

	if (!moves(x) || !covers(y, x))
		return;
	if (moves(y) && y->transition_in_days <= x->transition_in_days &&
	    depth(y->storage_class) >= depth(x->storage_class)) {
		if (y->transition_in_days == x->transition_in_days &&
		    y->storage_class == x->storage_class && covers(x, y) &&
		    y->section.span.lo > x->section.span.lo)
			return; /* two that are alike: the later one is told */
		d = diag_lifecycle_overtaken(r->ds, x->at.storage_class.value, class_of(x),
					     class_of(y), (long long)y->transition_in_days);
		diag_label(r->ds, d, y->at.storage_class.value, "by this rule");
	} else if (WRITTEN(y, expiration_in_days) &&
		   y->expiration_in_days <= x->transition_in_days) {
		d = diag_lifecycle_gone(r->ds, x->at.transition_in_days.value,
					(long long)y->expiration_in_days);
		diag_label(r->ds, d, y->at.expiration_in_days.value, "by this rule");
	}
}

/* More rules than these are not compared with each other. */
enum { MOST_COMPARED = 100 };

void rule_lifecycle_pairs(const struct rules *r)
{
	for (size_t i = 0; i < bucket_list(r)->n; i++) {
		const struct lifecycle_rule_list *list = &bucket_list(r)->items[i].lifecycle;

		for (size_t k = 0; k < list->n && list->n <= MOST_COMPARED; k++)
			for (size_t m = 0; m < list->n; m++)
				if (m != k)
					overtaken(r, &list->items[k], &list->items[m]);
	}
}

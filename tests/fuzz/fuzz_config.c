/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_config.c - any bytes as .hpcc.yaml, and its verdicts over the findings of a file that has some.
 *
 * Settings are good exactly when nothing is reported; no verdict is about a code that may not change; what is off
 * is gone, everything else is there, with the severity of its verdict.
 */
#include "compiler/check/check.h"
#include "compiler/compile/config.h"
#include "compiler/compile/suppress.h"
#include "fuzz.h"

static const char cluster[] =
	"Region: us-east-1\nImage: {Os: alinux2}\nHeadNode: {InstanceTyp: 5}\n";

/* One finding of each code. */
static void add_all(struct diags *ds, const struct source *src)
{
	for (int i = 0; i < DIAG_COUNT; i++)
		diag_new(ds, (enum diag_id)i, span_in(src, 0, 1), "finding %d", i);
}

static void check_verdicts(const struct config *c, const struct diags *ds)
{
	static const enum severity of[] = {[VERDICT_NOTE] = SEV_NOTE,
					   [VERDICT_WARNING] = SEV_WARNING,
					   [VERDICT_ERROR] = SEV_ERROR};
	unsigned seen[DIAG_COUNT] = {0};

	for (const struct diag *d = ds->first; d != NULL; d = d->next) {
		enum verdict v = (enum verdict)c->verdicts[d->id];

		seen[d->id]++;
		INVARIANT(d->sev == (v == VERDICT_DEFAULT ? diag_default_severity(d->id) : of[v]));
	}
	for (int i = 0; i < DIAG_COUNT; i++) {
		INVARIANT(seen[i] == (c->verdicts[i] == VERDICT_OFF ? 0 : 1));
		INVARIANT(c->verdicts[i] == VERDICT_DEFAULT || diag_may_change((enum diag_id)i));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct diags said = {.arena = &a}, ds = {.arena = &a};
	const struct source *src = source_new(&a, STR("s"), (struct str){(const char *)data, n});
	struct config c = config_default();
	bool good = config_read(&a, &said, src, &c);

	INVARIANT(good == (said.errors == 0));
	add_all(&ds, source_new(&a, STR("f"), STR(cluster)));
	config_apply(&c, &ds);
	check_verdicts(&c, &ds);
	arena_release(&a);
	return 0;
}

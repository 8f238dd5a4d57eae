/* SPDX-License-Identifier: Apache-2.0 */
/* verb_cost.c - hpcc cost and hpcc model: what a file costs, and what it means. */
#include "compiler/cost/cost.h"
#include "compiler/driver/driver.h"
#include "compiler/model/each.h"
#include "compiler/model/model_json.h"

#include <string.h>
#include <unistd.h>

/* The model of the one file of the call; NULL, and *ret_status, when there is none. */
static const struct model *model_of(struct session *s, const char *verb, int *ret_status)
{
	struct compilation c;
	bool good;

	if (s->o->noperands != 1) {
		*ret_status = usage_error("`hpcc %s` takes one file", verb);
		return NULL;
	}
	good = compile_file(s, &s->arena, s->o->operands[0], STAGE_MODEL, &c);
	if (!c.unreadable || c.ds.first != NULL) /* faults of the settings are told by main */
		print_findings(s, &c.ds, STDERR_FILENO);
	*ret_status = compilation_status(&c);
	if (good && !one_declaration(s, &c)) {
		*ret_status = EXIT_USAGE;
		return NULL;
	}
	return good ? c.model : NULL;
}

/* The file as findings call it. */
static struct str file_name(struct session *s)
{
	const char *path = s->o->operands[0];

	return printable_name(
		&s->arena, strcmp(path, "-") == 0 ? VALUE(s->o, stdin_filename, "<stdin>") : path);
}

/* Takes NAME=H apart; false, and printed, when it is none. */
static bool read_hours(const char *text, struct cost_hours *ret)
{
	const char *equals = strrchr(text, '=');
	int64_t hours;

	if (equals != NULL && equals > text && str_to_int(str_c(equals + 1), &hours) &&
	    hours >= 0 && hours <= HOURS_A_MONTH) {
		*ret = (struct cost_hours){str_slice(str_c(text), 0, (size_t)(equals - text)),
					   hours};
		return true;
	}
	usage_error("--hours takes NAME=H with H from 0 to %d hours a month, not `%s`",
		    HOURS_A_MONTH, text);
	return false;
}

static bool read_wish(struct session *s, struct cost_wish *w)
{
	const struct option_values *given = &s->o->given[OPTION_ID_hours];
	struct cost_hours *hours = NEW_ARRAY(&s->arena, struct cost_hours, given->n + 1);

	for (size_t i = 0; i < given->n; i++)
		if (!read_hours(given->values[i], &hours[i]))
			return false;
	w->hours = hours;
	w->nhours = given->n;
	w->region = str_c(VALUE(s->o, region, ""));
	if (w->region.n == 0 || facts_region(s->compile.facts, w->region) != NULL)
		return true;
	usage_error("there is no region `" STR_F "`", STR_A(w->region));
	return false;
}

/* Does each --hours name what the file has? What is wrong is printed. */
static bool hours_fit(const struct cost *c, const struct cost_wish *w)
{
	for (size_t i = 0; i < w->nhours; i++) {
		if (cost_takes_hours(c, w->hours[i].name))
			continue;
		usage_error("--hours: the file has no queue and no compute environment `" STR_F
			    "`; `head` is the head node of a cluster",
			    STR_A(w->hours[i].name));
		return false;
	}
	return true;
}

int verb_cost(struct session *s)
{
	bool json = option_choice(s->o, OPTION_ID_emit) == COST_JSON;
	struct cost_wish w = {0};
	const struct model *m;
	const struct cost *c;
	int status;

	if (!read_wish(s, &w))
		return EXIT_USAGE;
	m = model_of(s, "cost", &status);
	if (m == NULL)
		return status;
	if (region_of(m).n == 0 && w.region.n == 0)
		return usage_error("the file names no Region: --region says whose prices count");
	c = cost_of(&s->arena, s->compile.facts, m, &w);
	if (!hours_fit(c, &w))
		return EXIT_USAGE;
	return write_result(s, json ? cost_json(&s->arena, c, m, file_name(s))
				    : cost_table(&s->arena, c, file_name(s)));
}

int verb_model(struct session *s)
{
	int status;
	const struct model *m = model_of(s, "model", &status);

	return m != NULL ? write_result(s, model_json(&s->arena, m, file_name(s))) : status;
}

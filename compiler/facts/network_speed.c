/* SPDX-License-Identifier: Apache-2.0 */
/* network_speed.c - reads the words that the EC2 API has for bandwidth. */
#include "compiler/facts/network_speed.h"

/* Cuts `prefix` off *s; false when s does not begin with it. */
static bool cut(struct str *s, struct str prefix)
{
	if (!str_starts(*s, prefix))
		return false;
	*s = str_slice(*s, prefix.n, s->n);
	return true;
}

/* Cuts a decimal number like 12.5 off *s; 0 when there is none. */
static double cut_number(struct str *s)
{
	double whole = 0, part = 0, scale = 1;
	size_t i = 0;

	for (; i < s->n && s->s[i] >= '0' && s->s[i] <= '9'; i++)
		whole = whole * 10 + (s->s[i] - '0');
	if (i < s->n && s->s[i] == '.')
		for (i++; i < s->n && s->s[i] >= '0' && s->s[i] <= '9'; i++) {
			part = part * 10 + (s->s[i] - '0');
			scale *= 10;
		}
	*s = str_slice(*s, i, s->n);
	return whole + part / scale;
}

/* 800 for "8x 100 Gigabit" without "Up to"; 0 when the words hold no number ("Moderate"). */
static double words_gbps(struct str words)
{
	double n = cut_number(&words);

	if (cut(&words, STR("x ")))
		n *= cut_number(&words);
	if (str_eq(words, STR(" Megabit")))
		return n / 1000;
	return str_eq(words, STR(" Gigabit")) ? n : 0;
}

struct network_speed network_speed(struct str performance, size_t ncards, double sum_base,
				   double sum_peak)
{
	bool up_to = cut(&performance, STR("Up to "));
	double words = words_gbps(performance);
	struct network_speed speed = {words > 0 ? words : sum_peak, sum_base};

	if (speed.base_gbps > speed.gbps || (words > 0 && !up_to && ncards > 1))
		speed.base_gbps = speed.gbps;
	return speed;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "compiler/base/buf.h"
#include "lowering/aws/interfaces.h"

#include <criterion/criterion.h>

/* "card.device kind" of each interface, a run of further cards of one form cut to its first and last. */
static const char *text_of(struct arena *a, struct nic_layout l)
{
	static const char *const words[] = {"ena", "efa", "efa-only"};
	struct buf b = buf_in(a);

	for (size_t i = 0; i < l.n; i++) {
		const struct nic *n = &l.nics[i];
		bool inner = n->card > 1 && i + 1 < l.n && n->card == l.nics[i - 1].card + 1 &&
			     n->card + 1 == l.nics[i + 1].card &&
			     n->device == l.nics[i - 1].device &&
			     n->device == l.nics[i + 1].device && n->kind == l.nics[i - 1].kind &&
			     n->kind == l.nics[i + 1].kind;

		if (!inner)
			buf_fmt(&b, "%s%u.%u %s", b.n > 0 ? ", " : "", n->card, n->device,
				words[n->kind]);
	}
	buf_char(&b, '\0');
	return b.s;
}

static void expect(const char *type, bool efa, bool combined, size_t n, const char *want)
{
	struct arena a = {0};
	const struct instance_type *t = facts_instance(facts_bundled(), str_c(type));
	struct nic_layout l = nic_layout(t, efa, combined);

	cr_assert_not_null(t, "%s", type);
	cr_expect_str_eq(text_of(&a, l), want, "%s: %s", type, text_of(&a, l));
	cr_expect_eq(l.n, n, "%s has %zu", type, l.n);
	arena_release(&a);
}

Test(interfaces, single_card_gets_ena_and_efa_only)
{
	expect("c5n.18xlarge", true, false, 2, "0.0 ena, 0.1 efa-only");
	expect("c5n.18xlarge", false, false, 1, "0.0 ena");
}

Test(interfaces, further_cards_get_efa_only_on_device_1)
{
	expect("p4d.24xlarge", true, false, 5, "0.0 ena, 0.1 efa-only, 1.1 efa-only, 3.1 efa-only");
	expect("p5.48xlarge", true, false, 33,
	       "0.0 ena, 0.1 efa-only, 1.1 efa-only, 31.1 efa-only");
	expect("p6-b200.48xlarge", true, false, 9,
	       "0.0 ena, 0.1 efa-only, 1.1 efa-only, 7.1 efa-only");
	expect("trn1.32xlarge", true, false, 9,
	       "0.0 ena, 0.1 efa-only, 1.1 efa-only, 7.1 efa-only");
}

Test(interfaces, first_card_without_efa_stays_ena)
{
	expect("p6-b300.48xlarge", true, false, 17, "0.0 ena, 1.1 efa-only, 16.1 efa-only");
	expect("p6-b300.48xlarge", true, true, 17, "0.0 ena, 1.1 efa, 16.1 efa");
}

Test(interfaces, combined_is_one_efa_a_card)
{
	expect("c5n.18xlarge", true, true, 1, "0.0 efa");
	expect("p4d.24xlarge", true, true, 4, "0.0 efa, 1.1 efa, 3.1 efa");
	expect("p5.48xlarge", true, true, 32, "0.0 efa, 1.1 efa, 31.1 efa");
}

Test(interfaces, card_with_one_place_uses_device_0)
{
	expect("hpc6id.32xlarge", true, false, 2, "0.0 efa, 1.0 efa-only");
	expect("hpc6id.32xlarge", false, false, 2, "0.0 ena, 1.0 ena");
}

Test(interfaces, all_cards_serve_ip_without_efa)
{
	expect("p4d.24xlarge", false, false, 4, "0.0 ena, 1.1 ena, 3.1 ena");
}

Test(interfaces, type_without_efa_never_gets_one)
{
	expect("t3.micro", true, false, 1, "0.0 ena");
	expect("t3.micro", true, true, 1, "0.0 ena");
}

Test(interfaces, first_card_goes_without_when_efa_is_scarce)
{
	struct arena a = {0};
	struct network_card cards[] = {{.max_interfaces = 4, .efa = true},
				       {.max_interfaces = 4, .efa = true},
				       {.max_interfaces = 4, .efa = true}};
	struct instance_type t = {.name = STR("x9.large"), .efa_max = 2, .ncards = 3};

	t.cards = cards;
	cr_expect_str_eq(text_of(&a, nic_layout(&t, true, false)),
			 "0.0 ena, 1.1 efa-only, 2.1 efa-only");
	cr_expect_str_eq(text_of(&a, nic_layout(&t, true, true)), "0.0 ena, 1.1 efa, 2.1 efa");
	arena_release(&a);
	expect("i7ie.48xlarge", true, false, 2, "0.0 ena, 1.1 efa-only");
}

/* The type is not in the answers of the API that the facts come from; its cards are in the user guide. */
Test(interfaces, gb200_uses_even_cards_for_ip_and_all_others_for_efa)
{
	struct arena a = {0};
	struct network_card cards[17] = {{.max_interfaces = 5, .efa = false}};
	struct instance_type t = {
		.name = STR("p6e-gb200.36xlarge"), .efa_max = 16, .ncards = 17, .cards = cards};
	struct nic_layout plain, efa, both;

	for (size_t i = 1; i < ARRAY_LEN(cards); i++)
		cards[i] = (struct network_card){.max_interfaces = 3, .efa = true};
	plain = nic_layout(&t, false, false);
	efa = nic_layout(&t, true, false);
	both = nic_layout(&t, true, true);
	cr_expect_eq(plain.n, 9);
	for (size_t i = 0; i < plain.n; i++)
		cr_expect_eq(plain.nics[i].card % 2, 0);
	cr_expect_str_eq(text_of(&a, efa), "0.0 ena, 1.1 efa-only, 16.1 efa-only");
	cr_expect_eq(both.n, 17);
	for (size_t i = 1; i < both.n; i++)
		cr_expect_eq(both.nics[i].kind, i % 2 == 1 ? NIC_EFA_ONLY : NIC_EFA, "card %zu", i);
	arena_release(&a);
}

Test(interfaces, unknown_type_has_one_card)
{
	struct nic_layout plain = nic_layout(NULL, false, false);
	struct nic_layout efa = nic_layout(NULL, true, false);

	cr_expect_eq(plain.n, 1);
	cr_expect_eq(plain.nics[0].kind, NIC_ENA);
	cr_expect_eq(efa.n, 1);
	cr_expect_eq(efa.nics[0].kind, NIC_EFA);
}

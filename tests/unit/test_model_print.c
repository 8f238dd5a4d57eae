/* SPDX-License-Identifier: Apache-2.0 */
/* test_model_print.c - the dump of the model shows values, defaults and faults. */
#include "compiler/check/check.h"
#include "compiler/model/model_print.h"
#include "front.h"

#include <criterion/criterion.h>

/* Whether the dump of a cluster file has this line. */
static bool has_line(struct str dump, const char *line)
{
	while (dump.s != NULL)
		if (str_eq(str_cut(&dump, '\n'), str_c(line)))
			return true;
	return false;
}

Test(model_print, shows_what_was_written_and_what_was_not)
{
	static const char text[] = "DevSettings: {InstanceTypesData: \"eu\\n\"}\n"
				   "HeadNode:\n"
				   "  InstanceType: t3.micro\n"
				   "  Networking: {SubnetId: subnet-12345678, ElasticIp: true}\n"
				   "  Dcv: {Enabled: maybe}\n"
				   "Tags:\n"
				   "- {Key: k, Value: \"\"}\n"
				   "SharedStorage: []\n";
	static const char *const lines[] = {
		"  InstanceTypesData: \"eu\\n\"",
		"  InstanceType: \"t3.micro\"",
		"    SubnetId: \"subnet-12345678\"",
		"    ElasticIp: true",
		"  SharedStorageType: Ebs  (default)",
		"  Dcv:",
		"    Enabled: false  (faulty)",
		"    Port: 8443  (default)",
		"Tags: 1 item",
		"  [0]",
		"    Key: \"k\"",
		"    Value: \"\"",
		"SharedStorage: 0 items",
		"Monitoring: (absent)",
		"      RetentionInDays: 180  (default)",
	};
	struct front f = {0};
	struct str dump;

	front_read(&f, str_c(text), NULL);
	dump = model_print(&f.a, check_tree(&f.a, &f.ds, f.root, 0, NULL));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		cr_expect(has_line(dump, lines[i]), "%s is not in\n" STR_F, lines[i], STR_A(dump));
	cr_expect_not(has_line(dump, "  Iam: (absent)"), "a section without any value is left out");
	front_end(&f);
}

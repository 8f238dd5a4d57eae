/* SPDX-License-Identifier: Apache-2.0 */
/* arn.h - the parts of an Amazon Resource Name. */
#ifndef HPCC_RULES_ARN_H
#define HPCC_RULES_ARN_H

#include "compiler/base/str.h"

/* `arn:partition:service:region:account:resource`; region and account may be empty. Borrowed from the text. */
struct arn {
	struct str partition, service, region, account;
	struct str
		resource; /* all that follows the fifth colon: "role/name", "secret:name-AbCdEf" */
};

/* Takes an ARN apart; false when the text does not begin with `arn:` or has less than six parts. */
bool arn_parse(struct str text, struct arn *ret);

#endif

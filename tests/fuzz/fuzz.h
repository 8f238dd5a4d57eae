/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what the fuzzers share. */
#ifndef HPCC_FUZZ_H
#define HPCC_FUZZ_H

#include "compiler/compile/compile.h"
#include "tests/all_off.h"

#include <stdlib.h>

/* Limits that small inputs reach. */
static const struct yaml_limits limits = {.depth = 20, .nodes = 5000};

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* How a BUG ends the process (the linker's --wrap): here so that the fuzzer keeps the input. */
_Noreturn void __wrap__Exit(int status);
_Noreturn void __wrap__Exit(int status)
{
	(void)status;
	abort();
}

#endif

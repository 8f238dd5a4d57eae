#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a switch over an enumeration of ours names every case, so that the compiler finds the missing one.

A switch that names an enumerator may have no `default:`, and may not hide the type of what it looks at behind a cast.
Enumerations of libraries are theirs to grow.
usage: switches.py [ROOT]; prints each fault, ends with 1 when there are any.
"""
import os
import re
import sys

from layers import Lint, without_comments

FOREIGN = re.compile(r"(YAML|JSON|PCRE2|Z|LZMA)_")
SWITCH = re.compile(r"\bswitch\s*\(")
SAMPLE = """
int f(enum kind k, int c, struct yaml_event *e)
{
	switch (k) {
	case OURS_A:
		switch (c) { case 'x': return 1; default: return 2; }
	default:
		return 3;
	}
	switch ((int)k) { case OURS_B: return 4; }
	switch (e->type) { case YAML_SCALAR_EVENT: return 5; default: return 6; }
}
"""


def close_of(code, opened):
    """Index behind the bracket that closes the one at `opened`."""
    pairs, depth = {"(": ")", "{": "}"}, 0
    for i in range(opened, len(code)):
        depth += (code[i] == code[opened]) - (code[i] == pairs[code[opened]])
        if depth == 0:
            return i + 1
    return len(code)


def faults_of(text):
    """(line, what is wrong) of each switch."""
    code = without_comments(text)
    starts = [match.end() - 1 for match in SWITCH.finditer(code)]
    for start in reversed(starts):  # an inner one is judged, and blanked out, before its outer one
        head = close_of(code, start)
        end = close_of(code, code.index("{", head))
        labels = re.findall(r"\bcase\s+(\w+(?:\([A-Z_0-9]+\))?)\s*:", code[head:end])
        ours = [label for label in labels if re.match(r"[A-Z]", label) and not FOREIGN.match(label)]
        line = code.count("\n", 0, start) + 1
        if ours and re.search(r"\bdefault\s*:", code[head:end]):
            yield line, f"name the cases instead of `default:`; -Wswitch cannot see beyond {ours[0]}"
        if ours and re.match(r"\(\s*\(\s*(unsigned|int|long)\b", code[start:head]):
            yield line, f"no cast: -Wswitch must see the type of {ours[0]}"
        code = code[:head] + re.sub(r"[^\n]", " ", code[head:end]) + code[end:]


def main():
    lint = Lint(os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../..")))
    faults = [f"{path}:{line}: {what}" for path, text in sorted(lint.files.items()) for line, what in faults_of(text)]
    for fault in faults:
        print(fault)
    sample = sorted(line for line, _ in faults_of(SAMPLE))
    if sample != [4, 10]:
        faults.append("the sample is judged wrongly")
        print(f"of the sample lines {sample} are at fault, not 4 and 10")
    print(f"{len(lint.files)} files, {len(faults)} faults")
    return 1 if faults or not lint.files else 0


if __name__ == "__main__":
    sys.exit(main())

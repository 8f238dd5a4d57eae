#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What YAML files take at a property, programs take too: values made of every row that `hpcc schema` prints.

usage: rows.py HPCC; prints TAP. Each value is written into a section of its type twice, as a literal and as the result
of a function without types, so that both ways of checking see it; `eval` must give it back.
"""
import json
import os
import re
import subprocess
import sys

from common import Tap, hpcc, temporary

KINDS = ["cluster", "environment", "batch"]
MOST_DEPTH = 4


def resolved(row, defs):
    while "$ref" in row:
        row = defs[row["$ref"].rsplit("/", 1)[1]]
    return row


def texts(row):
    """Texts that the row takes for sure; of one with a pattern only its examples are known."""
    if "examples" in row:
        return [x for x in row["examples"] if isinstance(x, str)]
    return [] if "pattern" in row else ["x" * max(1, row.get("minLength", 1))]


def plainest(some):
    """YAML takes `yes`, 1 and "1" too, where programs have one way to write a bool or a number."""
    bools = any(isinstance(x, bool) for x in some)
    ints = any(isinstance(x, int) and not isinstance(x, bool) for x in some)
    words = {"true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "0", "1"} if bools else set()
    return [x for x in some if isinstance(x, bool) or not (bools and isinstance(x, int)) and
            not (isinstance(x, str) and (x.lower() in words or ints and x.isdigit()))]


def whole_numbers(row):
    least, most = row.get("minimum"), row.get("maximum")
    return sorted({int(x) for x in (least, most, least if least is not None else 1) if x is not None} )[:3]


def values(row, defs, depth=0):
    """Some values that the row takes, each in the way in which one writes it: a number is none in quotes."""
    row = resolved(row, defs)
    if depth > MOST_DEPTH or row is defs.get("variable"):
        return []
    found = []
    for inner in row.get("anyOf", []) + row.get("oneOf", []):
        found += values(inner, defs, depth + 1)
    if "enum" in row:
        return plainest(found + row["enum"])
    types = row.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "integer" in types:
        found += whole_numbers(row)
    if "number" in types:
        found += [x for x in (row.get("minimum", 0.5), row.get("maximum")) if x is not None]
    if "boolean" in types:
        found += [True, False]
    if "string" in types and not {"integer", "number", "boolean"} & set(types):
        found += texts(row)
    if "array" in types and "items" in row:
        items = values(row["items"], defs, depth + 1)
        least = row.get("minItems", 1)
        if row.get("uniqueItems") or least > 1:
            distinct = [x for n, x in enumerate(items) if x not in items[:n]]
            found += [distinct[:least]] if least <= len(distinct) and least else []
        else:
            found += [[x] for x in items]
    if "object" in types:
        found += sections(row, defs, depth)
    return plainest(found)


def sections(row, defs, depth):
    """Sections with what they need, and free mappings with one entry."""
    made = {}
    for name in row.get("required", []):
        some = values(row["properties"][name], defs, depth + 1)
        if not some:
            return []
        made[name] = some[0]
    if made or "properties" in row:
        return [made] if made else []
    inner = row.get("additionalProperties")
    keys = texts(row.get("propertyNames", {}))
    return [{key: x} for key in keys[:1] for x in values(inner, defs, depth + 1)] if isinstance(inner, dict) else []


def literal(value):
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("$", "\\$")
    if isinstance(value, list):
        return "[" + ", ".join(literal(x) for x in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'{json.dumps(k)}: {literal(v)}' for k, v in value.items()) + "}"
    return json.dumps(value)


def rows(schema):
    """(section, property, value) of the whole schema."""
    defs = schema["$defs"]
    for section, row in sorted(defs.items()):
        for name, inner in row.get("properties", {}).items():
            for value in values(inner, defs):
                yield section, name, value


def section_types(defs):
    """The names that programs have for the sections; a schema puts the word of a kind before some of those that kinds share."""
    words = "^(" + "|".join(kind.capitalize() for kind in KINDS) + ")"
    with temporary() as folder:
        path = os.path.join(folder, "types.hpc")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"fn f{n}(x: {name}) = x\n" for n, name in enumerate(defs) if name[0].isupper()))
        result = hpcc("lint", path, "--color=never", "--max-errors=0")
    unknown = re.findall("there is no type `(.*)`", (result.stdout + result.stderr).decode("utf-8"))
    return {name: re.sub(words, "", name) if name in unknown else name for name in defs}


def check(tap, binary, kind):
    schema = json.loads(subprocess.run([binary, "schema", kind], stdout=subprocess.PIPE, check=True).stdout)
    cases = list(rows(schema))
    types = section_types(schema["$defs"])
    lines = ["fn same(x) = x"]
    for n, (section, name, value) in enumerate(cases):
        section = types[section]
        lines.append(f"let a{n}: {section} = {{ {json.dumps(name)}: {literal(value)} }}")
        lines.append(f"let b{n}: {section} = {{ {json.dumps(name)}: same({literal(value)}) }}")
    tap.ok(len(cases) > 100, f"{kind}: the schema has values", str(len(cases)))
    with temporary() as folder:
        path = os.path.join(folder, "rows.hpc")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        for letter in "ab":
            given = []
            for first in range(0, len(cases), 2000):
                names = ", ".join(f"{letter}{n}" for n in range(first, min(first + 2000, len(cases))))
                result = hpcc("eval", f"[{names}]", path, "--emit=json")
                if not tap.ok(result.returncode == 0, f"{kind}: {letter}: no finding", result.stderr.decode("utf-8", "replace")[:6000]):
                    return
                given += json.loads(result.stdout)
            wrong = [(case, got) for case, got in zip(cases, given) if got != {case[1]: case[2]}]
            tap.ok(len(given) == len(cases) and not wrong, f"{kind}: {letter}: {len(cases)} values come back", str(wrong[:5]))


def main():
    tap = Tap()
    for kind in KINDS:
        check(tap, sys.argv[1], kind)
    tap.end()


if __name__ == "__main__":
    main()

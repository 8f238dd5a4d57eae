#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Spoils a small set of property rows in one place each, and looks at what tablegen says.

usage: tablegen_schema.py TABLEGEN
"""
import os
import re
import subprocess
import sys
import tempfile

ROWS = """\
Cluster:
  doc: "The root."
  properties:
    Size:
      kind: int
      default: 5
      min: 1
      max: 10
      update: SUPPORTED
      doc: "How big."
      source: "here"
    Color:
      kind: enum
      values: [red, blue]
      values_since: {blue: 3.1.1}
      default: red
      update: SUPPORTED
      doc: "Which color."
      source: "here"
    Inner:
      kind: sections
      of: Inner
      key: Name
      unique: true
      update: SUPPORTED
      doc: "What is inside."
      source: "here"
Inner:
  doc: "The inner one."
  exclude:
    - {properties: [Counts, Shade], even_empty: [Counts], why: "one is enough"}
    - {properties: [Shade, Name], told_at: Shade, why: "a name has no shade"}
    - {properties: [Name, Size, Counts], why: "too much"}
  one_of:
    - {properties: [Size, Counts], example: small, unless: Deep.Level}
  properties:
    Name:
      kind: string
      pattern: word
      required: true
      open: true
      update: SUPPORTED
      doc: "What it is called."
      source: "here"
    Size:
      kind: enum
      required_for: {RED: true}
      values: [small, large, huge]
      values_for: {OTHER: [large, huge]}
      default_for: {BLUE: small, OTHER: huge}
      target: "Properties.Size"
      update: SUPPORTED
      doc: "How big it is."
      source: "here"
    Counts:
      kind: ints
      min: 1
      max: 9
      max_items: 3
      update: SUPPORTED
      doc: "How many."
      source: "here"
    Shade:
      kind: bool
      for: [BLUE, OTHER]
      update: SUPPORTED
      note: "seldom used"
      no_effect: "nothing is painted"
      doc: "Whether it is dark."
      source: "here"
    Deep:
      kind: section
      of: Deep
      settings_by: {property: Size, value: huge, required: true}
      update: SUPPORTED
      doc: "What is deep inside."
      source: "here"
Deep:
  doc: "The deep one."
  properties:
    Level:
      kind: int
      max: 9
      update: SUPPORTED
      doc: "How deep."
      source: "here"
Other:
  doc: "The root of the other kind."
  for: [OTHER]
  properties:
    Inner:
      kind: section
      of: Inner
      update: SUPPORTED
      update_for: {OTHER: IN_PLACE}
      doc: "What is inside."
      source: "here"
    Words:
      kind: strings
      writer: template
      single: true
      unique: true
      update: SUPPORTED
      doc: "One word or several."
      source: "here"
"""
PATTERNS = "word:\n  regex: '^[a-z]+$'\n  article: \"a word\"\n  form: \"letters\"\n  example: abc\n"
KINDS = """\
Cluster: {root: Cluster, article: a cluster file, signs: [Size], choice: Color, variants: {red: RED, blue: BLUE}}
Other: {root: Other, article: an other file, kind: Other}
"""
UPDATE = "SUPPORTED: {words: \"always\"}\nIN_PLACE: {words: \"what is there is changed\"}\n"
RELEASES = "latest: 3.1.1\ndate: 2024-01-01\nreleases:\n  3.0.0: \"\"\n  3.1.1: \"\"\n"

# What stands in the files that are made.
MADE = {
    "model.h": ["struct model_ints counts;", "struct inner_list inner;", "enum cluster_color color;", "\tCLUSTER_COLOR_BLUE,",
                "\t\tconst struct cluster *cluster;\n\t\tconst struct other *other;\n"],
    "ids.h": ["\tRED = 1,\n\tBLUE = 2,\n\tOTHER = 4,\n\tCLUSTER = 3,\n\tANY_KIND = 7,\n\tKIND_COUNT = 2\n"],
    "tables.c": ["{{\"small\", 5}, 0, 0, 3},\n\t{{\"large\", 5}, 0, 0, 7},", "{2, {\"small\", 5}, 1},\n\t{4, {\"huge\", 4}, 3},",
                 ".required = 1,\n\t\t.defaults_for = defaults_Inner_Size,\n\t\t.ndefaults_for = 2,",
                 "updates_Other_Inner[] = {\n\t{4, &schema_policies[1]},\n", ".nupdates_for = 1,",
                 ".unique = true,\n\t\t.single = true,",
                 ".note = {\"not together with Counts or Name; seldom used\", 45}", ".no_effect = {\"nothing is painted\", 18}",
                 ".note = {\"not together with Shade, not even when empty; at most one of Name, Size, Counts\", ",
                 ".note = {\"at most one of Name, Size, Counts\", 33}",
                 ".required_note = {\"at least one of Size and Counts\", 31}",
                 ".required_note = {\"when Size is huge\", 17}", ".choice = 3,\n\t\t.needed = true,",
                 ".has_settings = true,\n\t\t.chooser = PROP_Inner_Size,", ".nexclude = 3,", ".none_of = 1,",
                 "{.props = {PROP_Inner_Counts, PROP_Inner_Shade, }, .n = 2, .even_empty = 1, .words = {\"one is enough\", 13}},",
                 ".unless_in = PROP_Inner_Deep, .unless = PROP_Deep_Level},",
                 ".required = 7,", ".kind = PROP_INTS,", ".target = {\"Properties.Size\", 15},",
                 "[PROP_Inner_Shade] = {\n\t\t.name = {\"Shade\", 5},\n\t\t.kind = PROP_BOOL,\n\t\t.variants = 6,",
                 ".parent = SECTION_Cluster,\n\t\t.variants = 3,", ".parent = SECTION_Other,\n\t\t.variants = 4,",
                 ".parent = SECTION_Cluster,\n\t\t.variants = 7,", "{{\"blue\", 4}, BLUE},", "[PROP_Other_Inner] = {\n\t\t.name = {\"Inner\", 5},\n\t\t.kind = PROP_SECTION,\n\t\t.variants = 4,"],
}

# What is replaced by what, and the line and words of the complaint.
SPOILT = [
    ("kind: int", "kind: integer", 4, "no known `kind`"),
    ("min: 1\n", "minimum: 1\n", 7, "unknown column `minimum`"),
    ("default: 5", "default: 11", 4, "does not fit"),
    ("default: 5", "default: \"5\"", 4, "does not fit"),
    ("default: red", "default: green", 12, "does not fit"),
    ("min: 1\n", "min: 11\n", 4, "above `max`"),
    ("min: 1\n", "min_items: 1\n", 4, "means nothing for the kind"),
    ("max: 10", "max: ten", 8, "must be a number"),
    ("{blue: 3.1.1}", "{blue: 3.2.0}", 14, "not among the releases"),
    ("{blue: 3.1.1}", "{green: 3.1.1}", 15, "not among `values`"),
    ("      values: [red, blue]\n", "", 12, "needs `values`"),
    ("of: Inner", "of: Outer", 20, "no section `Outer`"),
    ("of: Inner", "of: Cluster", 20, "contains itself"),
    ("key: Name", "key: Id", 20, "has no property `Id`"),
    ("      key: Name\n", "", 20, "`unique` needs `key`"),
    ("unique: true", "unique: maybe", 24, "`unique` must be"),
    ("pattern: word", "pattern: sentence", 37, "no pattern `sentence`"),
    ("      pattern: word\n", "", 1, "no property uses the pattern"),
    ("required: true", "required: true\n      default: a", 37, "required and has a default"),
    ("\nInner:\n  doc", "\nLost:\n  doc: x\nInner:\n  doc", 28, "no property leads to `Lost`"),
    ("      doc: \"How big.\"\n", "", 4, "lacks `doc`"),
    ("      update: SUPPORTED\n      doc: \"How big.\"\n", "      doc: \"How big.\"\n", 4, "no `update`"),
    ("update: SUPPORTED", "update: ALWAYS", 4, "no policy `ALWAYS`"),
    ("update: SUPPORTED", "update: BY_PLACE\n      update_within: SUPPORTED", 4, "means nothing for the kind"),
    ("  doc: \"The inner one.\"\n", "", 28, "lacks `doc`"),
    ("\nInner:\n  doc", "\nSize:\n  doc", 20, "no section `Inner`"),
    ("required_for: {RED: true}", "required_for: {RED: 1}", 47, "gives true or false"),
    ("required_for: {RED: true}", "required_for: {GREEN: true}", 47, "no variant `GREEN`"),
    ("required_for: {RED: true}", "required_for: {BLUE: true}", 45, "required and has a default"),
    ("values_for: {OTHER: [large", "values_for: {OTHER: [wide", 49, "`wide` is not among `values`"),
    ("values_for: {OTHER: [large, huge]}", "values_for: {OTHER: large}", 49, "gives lists of values"),
    ("default_for: {BLUE: small", "default_for: {BLUE: tiny", 50, "does not fit"),
    ("default_for: {BLUE: small", "default_for: {CLUSTER: small", 45, "required and has a default"),
    ("pattern: word", "writer: unused\n      target: Name", 37, "a `target`, and a writer that says there is none"),
    ("      of: Inner\n      key", "      of: Inner\n      open: true\n      key", 20, "`open` means nothing"),
    ("properties: [Counts, Shade]", "properties: [Counts, Colour]", 31, "no property `Colour`"),
    ("properties: [Counts, Shade]", "properties: [Counts]", 31, "lists 2 to 4"),
    ("properties: [Size, Counts]", "properties: [Size, Counts, Name]", 35, "lists 2 to 2"),
    ("even_empty: [Counts]", "even_empty: [Name]", 31, "`Name` is not among `properties`"),
    (", why: \"too much\"", "", 33, "needs `why`"),
    ("unless: Deep.Level", "unless: Deep.Depth", 35, "names a property of a section inside"),
    ("value: huge", "value: wide", 74, "names a property of the section and a value"),
    ("told_at: Shade", "said_at: Shade", 32, "unknown column `said_at`"),
    ("open: true", "open: maybe", 41, "`open` must be"),
    ("max_items: 3", "max_items: 3\n      default: 3", 55, "does not fit"),
    ("max_items: 3", "pattern: word", 55, "means nothing for the kind"),
    ("max_items: 3", "max_items: 3\n      single: true", 55, "`single` means nothing"),
    ("max_items: 3", "max_items: 3\n      unique: true", 55, "`unique` means nothing"),
    ("update_for: {OTHER: IN", "update_for: {OTHER: OUT", 95, "no policy `OUT_PLACE`"),
    ("update_for: {OTHER: IN", "update_for: {GREEN: IN", 95, "no variant `GREEN`"),
    ("for: [BLUE, OTHER]", "for: [BLUE, GREEN]", 65, "no variant `GREEN`"),
    ("for: [BLUE, OTHER]", "for: blue", 65, "`for` must be a list"),
    ("  for: [OTHER]", "  for: [CLUSTER]\n  source: \"here\"", 92, "no kind of file has `Inner` here"),
]

# The same for the kinds.
SPOILT_KINDS = [
    ("root: Cluster", "root: Kluster", 1, "no section `Kluster`"),
    ("article: a cluster", "article: the cluster", 1, "`a` or `an`"),
    ("signs: [Size]", "signs: [Sise]", 1, "no property `Sise`"),
    ("choice: Color", "choice: Colour", 1, "no property `Colour`"),
    ("choice: Color, ", "", 1, "stand together"),
    ("red: RED", "rot: RED", 1, "`rot` is not a value of `Color`"),
    ("blue: BLUE", "blue: RED", 1, "`RED` is there twice"),
    ("Other: {", "Other: {root_of: x, ", 2, "unknown column `root_of`"),
    (", kind: Other", "", 2, "told by `kind` or by `signs`"),
]


# The same for the patterns.
SPOILT_PATTERNS = [
    ("[a-z]+", "([a-z]+", 1, "wrong at its byte"),
    ("[a-z]+", r"[^\x00]+", 1, "needs a `template_regex`"),
    ("  article", "  template_regex: '^[^\\x00]+$'\n  article", 1, "needs a `template_regex`"),
    ("  article", "  template_regex: '^[0-9]+$'\n  article", 1, "does not take its example"),
    ("  article", "  template_regex: '^('\n  article", 1, "does not take its example"),
]


def run(tablegen, folder, rows, kinds=KINDS, patterns=PATTERNS):
    for name, text in (("cluster.yaml", rows), ("kinds.yaml", kinds), ("patterns.yaml", patterns), ("releases.yaml", RELEASES),
                       ("update.yaml", UPDATE)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return subprocess.run([tablegen, "schema", "ids.h", "model.h", "tables.c", "--", "cluster.yaml", "kinds.yaml",
                           "patterns.yaml", "releases.yaml", "update.yaml"], cwd=folder, capture_output=True, text=True)


def main():
    tablegen, faults = os.path.abspath(sys.argv[1]), 0
    with tempfile.TemporaryDirectory() as folder:
        good = run(tablegen, folder, ROWS)
        if good.returncode != 0 or good.stderr:
            sys.exit(f"the rows themselves are refused: {good.stderr}")
        for name, lines in MADE.items():
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            for line in lines:
                if line not in text:
                    sys.exit(f"{name} lacks {line}:\n{text}")
        for old, new, line, words in SPOILT + SPOILT_KINDS + SPOILT_PATTERNS:
            rows, kinds, patterns = ROWS, KINDS, PATTERNS
            if (old, new, line, words) in SPOILT_PATTERNS:
                patterns = patterns.replace(old, new, 1)
            else:
                rows, kinds = rows.replace(old, new, 1), kinds.replace(old, new, 1)
            assert (rows, kinds, patterns) != (ROWS, KINDS, PATTERNS), old
            out = run(tablegen, folder, rows, kinds, patterns)
            if out.returncode == 1 and re.search(rf":{line}:\d+: error: .*{re.escape(words)}", out.stderr):
                continue
            faults += 1
            print(f"{old!r} -> {new!r}: wanted line {line}, {words}; got {out.returncode}\n{out.stderr}")
    sys.exit(1 if faults else 0)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Findings through the language: what is said of a YAML file is said of the same content in a function of a module.

Every file of tests/ui with a finding goes through `hpcc import`. The content of the declaration becomes the result of a
function of a module, which a main program spreads into its declaration. Of that program hpcc must give the same codes,
in the module, at the expression that holds the same text, with the call as a label; and the same again when the
function says that it makes a section of the schema. What cannot be so stands in EXCEPTIONS, by kinds, each with its
reason; a file that is not an exception any more fails as well.

What messages, notes and helps show of a program between backticks is written as a program is: each snippet parses.
usage: through.py HPCC [NAME…]; prints TAP.
"""
import glob
import json
import os
import re
import shlex
import shutil
import sys

from common import ROOT, Tap, hpcc, temporary

UI = os.path.join(ROOT, "tests", "ui")
SECTIONS = {"cluster": "Cluster", "environment": "Environment", "batch": "Batch", "image": "BuildImage"}
CALLED = "`content` is called here"

# kind: (why, what differs, files)
EXCEPTIONS = {
    "reading": ("what cannot be read as YAML, or has no value, is no program: E0851",
        r"cannot be imported: ",
        "batch/cron-cut deployment/bad-reference deployment/meant-as-reference deployment/unread-text "
        "faulty/sections kind/helps lookalike/blank-after-colon lookalike/colon lookalike/indent "
        "reading/alias-bomb reading/alias-cycle reading/bad-merge reading/bad-variable-reference "
        "reading/control-character-escaped reading/control-character reading/directives reading/duplicate-key "
        "reading/duplicate-section reading/ini-file reading/item-mark-dash reading/item-mark-ideographic "
        "reading/item-mark-joined reading/item-mark-no-break reading/key-not-text reading/not-a-mapping-text "
        "reading/not-a-mapping reading/not-utf8-latin1 reading/nul-byte reading/only-comments "
        "reading/reference-in-flow reading/several-documents reading/syntax-indentation "
        "reading/syntax-missing-blank reading/syntax-open-bracket reading/syntax-open-quote "
        "reading/syntax-tab reading/tag-mismatch reading/too-deep reading/unknown-alias reading/unknown-tag "
        "schema/cut-number schema/null-section schema/null-value "),
    "kind": ("what a file says of its kind is the word before the declaration",
        r"",
        "deployment/unread-kind kind/batch-not-said kind/misspelt kind/no-text kind/not-said "
        "kind/not-suppressible kind/of-another kind/of-parallelcluster kind/unknown-of-cluster kind/unknown "),
    "language": ("a value of the deployment, or the type of a parameter: the language looks before all is made",
        r".* became [\w ]*E0[78]\d\d",
        "batch/own-output deployment/bad-type deployment/bad-value deployment/bucket-value "
        "deployment/cannot-choose-second deployment/default-not-allowed deployment/list-items "
        "deployment/list-or-not deployment/must-be-known-ok deployment/must-be-known deployment/url-folder "
        "deployment/values-as-meant files/file-open kind/helps-references lookalike/values "
        "reading/unset-variable variables/bare variables/unused-set "),
    "unused": ("a parameter that nothing uses is none of the stack, and said by the language",
        r".* became W0761$",
        "deployment/reserved deployment/unused "),
    "texts": ("what a property takes as text becomes a text, so that the fault is gone",
        r"",
        "files/storage-policy kind/single-type schema/mistyped-environment schema/wrong-type-time "
        "schema/wrong-type "),
    "numbers": ("a program has whole numbers where a property takes such, and no exponents",
        r"",
        "schema/fraction-dropped schema/out-of-range schema/thousands "),
    "variables": ("a variable becomes a parameter, which has a type, no form in texts, and must be declared",
        r"",
        "variables/nested variables/origin "),
    "comments": ("what is wrong with a comment is said where its own file is compiled",
        r".*W00",
        "suppress/misspelt-blank suppress/misspelt-case suppress/misspelt-colon suppress/misspelt-file "
        "suppress/misspelt-forms suppress/misspelt-other suppress/misspelt-word suppress/near-name "
        "suppress/unknown-code suppress/unused suppress/without-code suppress/without-reason "),
}


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)


def arguments(text, word="args"):
    return [arg for line in re.findall(f"(?m)^# {word}: (.*)", text) for arg in shlex.split(line)]


def findings(name, args, cwd, verb):
    """What the verb says of the file, without what is said of comments and variables."""
    result = hpcc(verb, "--format=json", name, *(["-o", "/dev/null"] if verb != "lint" else []), *args, cwd=cwd)
    return json.loads(result.stdout or result.stderr or "[]")


# ---- the program ----

def parts_of(program):
    """(parameters, what stands before the declaration, its kind, name and content) of what import printed."""
    head, kind, name, content = re.match(r"(?sm)(.*?)^(%s) (\w+) \{(.*)\}\n\Z" % "|".join(SECTIONS), program).groups()
    parameters = re.findall(r"(?m)^(deploy )?param (\w+): (.*)\n", head)
    return parameters, re.sub(r"(?m)^(deploy )?param .*\n", "", head), kind, name, content


def taken_apart(program, typed):
    """(main program, module) that say the same as the program."""
    parameters, head, kind, name, content = parts_of(program)
    taken = ", ".join(word for _, word, _ in parameters)
    declared = "".join(f"{deploy}param {word}: {rest}\n" for deploy, word, rest in parameters)
    result = f": {SECTIONS[kind]}" if typed else ""
    return (f'use "./module.hpc" as module\n{declared}{kind} {name} {{\n  ...module.content({taken})\n}}\n',
            f"fn content({taken}){result} {{\n{head}{content}\n}}\n")


# ---- what is compared ----

def stage(code):
    """Findings of a program come by stages: where values are faulty, nothing is said of what is missing, and so on."""
    return 1 if code == "E0103" else 0 if code[1:3] in ("01", "07", "08") or code[:3] == "E00" else 2


def of_first_stage(found):
    last = min([stage(f["code"]) for f in found if f["severity"] == "error"], default=2)
    return [f for f in found if stage(f["code"]) <= last]


def text_of(finding, data):
    data = data.encode(errors="surrogateescape")
    return data[finding["start"]:finding["end"]].decode("utf-8", "replace")


def plain(text):
    """A scalar of either language as its bare text."""
    text = text.strip()
    text = re.sub(r'^reference\((".*")\)$', r"\1", text)
    if text[:1] in "\"'":
        text = text.strip(text[0]).replace('\\"', '"').replace("\\\\", "\\")
    return re.sub(r"^\$\{((?:env|stack|self|param)\.[^}]*)\}$", r"\1", text)


def words_of(text):
    """The words of a text, however its lines are written; what stands in `${…}` has other names in a program."""
    text = re.sub(r"\$\{[^}]*\}", "$", text.replace("\\n", " "))
    return " ".join(re.findall(r"[^\s\"'\\[\]{},]+", text))


def is_block(text):
    return bool(re.match(r"[\[{]|- |[|>]|[\w\"]+:( |\n|$)|&\w+ ", text.strip()))


def snake(text):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\W", "_", text).lower()


def holds(was, now, rest):
    """Is the text of the YAML file `was` what the program says there, `now`, behind which `rest` stands?"""
    if is_block(was):
        words = re.findall(r"[\w./-]+(?=$|[\s,\]}\"])", re.sub(r"[\w]+: |#.*", " ", was))
        return now[:1] in "[{" or now.isidentifier() and (not words or any(word in rest for word in words)) \
            or bool(words) and words[-1] in now
    was, now = plain(was), plain(now)
    if words_of(was) in words_of(now) or snake(re.sub(r"^param\.|^\$\{|[:}].*", "", was)) == now:
        return True
    try:
        return float(was.replace("_", "")) == float(now.split()[0].replace("_", ""))
    except ValueError:
        return False


def ordinal(data, text, at):
    """(which one of those in data begins at byte `at`, how many there are) of a bare text that stands alone."""
    form = rb"(?<![\w.-])" + re.escape(text.encode()) + rb"(?![\w.-])"
    data = data.encode(errors="surrogateescape")
    return len(re.findall(form, data[:at])), len(re.findall(form, data))


def same_place(was, now, source, module):
    """Why the finding `now` of the module does not stand where `was` does in the YAML file, or an empty string."""
    old, new = text_of(was, source), text_of(now, module)
    rest = module.encode(errors="surrogateescape")[now["start"]:now["start"] + 400].decode("utf-8", "replace")
    if not holds(old, new, rest):
        return f"{was['code']} at {old[:80]!r} is at {new[:80]!r}"
    text = plain(old)
    if is_block(old) or not text.isascii() or text != plain(new):
        return ""
    (here, all_here), (there, all_there) = ordinal(source, text, was["start"]), ordinal(module, text, now["start"])
    return "" if all_here != all_there or here == there else f"{was['code']}: {text!r} number {here} is number {there}"


def main():
    tap, pick, tried, wrong = Tap(), sys.argv[2:], 0, []
    listed = {name: (kind, differs) for kind, (_, differs, names) in EXCEPTIONS.items() for name in names.split()}
    with temporary() as folder:
        for area in glob.glob(UI + "/*"):
            if os.path.isdir(area):
                shutil.copytree(area, os.path.join(folder, os.path.basename(area)))
        for path in sorted(glob.glob(folder + "/*/*.yaml")):
            label = os.path.relpath(path, folder)[:-5]
            if pick and not any(word in label for word in pick):
                continue
            why = one(path)
            tried += why is not None
            kind, differs = listed.pop(label, ("", "$"))
            if kind and not why:
                wrong.append(f"{label}: is as it is in YAML, and an exception ({kind})")
            elif why and not (kind and re.match(differs, why)):
                wrong.append(f"{label}: {why}")
        if not pick:
            snippets_parse(tap, folder)
    tap.ok(not wrong, f"{tried} files: what is said of each is said of it in a function of a module", "\n".join(wrong))
    tap.ok(pick or tried > 1000, f"{tried} files have findings")
    tap.ok(pick or not listed, "every exception is a file", "\n".join(listed))
    tap.end()


def one(path):
    """Why the findings of the file and of its program differ; empty when they do not, None for a file without any."""
    source, cwd, name = read(path), os.path.dirname(path), os.path.basename(path)
    if not re.search(r"#~[~^]? [EWN]\d{4}", source):
        return None
    args, verb = arguments(source), (arguments(source, "verb") or ["lint"])[0]
    if verb not in ("lint", "build"):
        return None
    before = of_first_stage(findings(name, args, cwd, verb))
    imported = hpcc("import", name, cwd=cwd)
    if imported.returncode != 0:
        return "cannot be imported: " + " ".join(sorted({f["code"] for f in before}))
    program = imported.stdout.decode("utf-8", "surrogateescape")
    args = [re.sub(r"^[A-Z_]+=", lambda match: match.group().lower(), arg) for arg in args]
    for typed in (False, True):
        main_text, module = taken_apart(program, typed)
        NAMES.update(re.findall(r"(?m)^(?:deploy )?param (\w+)", main_text))
        write(cwd + "/main.hpc", main_text)
        write(cwd + "/module.hpc", module)
        after = findings("main.hpc", args, cwd, verb)
        remember(after, os.path.relpath(path, os.path.dirname(cwd)))
        why = compare(before, after, source, main_text, module, name, typed)
        if why:
            return ("with a type: " if typed else "") + why
    return ""


# ---- what is shown ----

# What is an entry, a value or an item between backticks, and what a program has not.
SNIPPET = re.compile(r"`((?:- |[A-Z]\w*(?:\.\w+)*(?:: | \{)|[\[{](?=[^`{][^`]*[\]}]`)|reference\()[^`]*)`")
OF_YAML = re.compile(r"YAML 1\.1|`- |AllowedValues|\bmappings?\b|without a dash|\$\{(?:env|param|stack|self)\.")
KIND = "Kind: "  # of YAML files, which a finding of a program may speak of
NAMES = {"true", "false", "null", "reference"}  # that a program may write without quotes; parameters come to them
SHOWN = {}  # text -> (code, label of the file) of all that was said of programs


def remember(found, label):
    """Keeps the texts of what was said of a program; those of a file of another language are that one's."""
    for finding in found:
        if finding.get("file", ".hpc").endswith(".hpc"):
            for text in [*finding["notes"], *finding["helps"]]:
                SHOWN.setdefault(text, (finding["code"], label))


def filled(snippet):
    """The snippet with something in the place of `…`."""
    return re.sub(r"…", "null", re.sub(r", …", "", re.sub(r"([\[{]) ?… ?([\]}])", r"\1\2", snippet)))


def bare(snippet):
    """The words of a snippet that stand where a value does, without quotes, and are no names."""
    form = r"(?:: |\[|, )([A-Za-z/*][^\s,\]}(\[.]*)(?!(?:\.[\w\"-]+)+(?::| \{))(?=[\s,\]}(\[.]|$)"
    words = re.findall(form, re.sub(r'"[^"]*"', '""', snippet))
    return [word for word in words if word not in NAMES and not word.endswith(":")]


def snippets_parse(tap, folder):
    wrong = [f"{code} {label}: {text}" for text, (code, label) in SHOWN.items() if OF_YAML.search(text)]
    tap.ok(not wrong, f"{len(SHOWN)} notes and helps of programs show no YAML", "\n".join(wrong))
    snippets = sorted({snippet for text in SHOWN for snippet in SNIPPET.findall(text) if not snippet.startswith(KIND)})
    wrong = [f"{snippet}: {bare(snippet)}" for snippet in snippets if bare(snippet)]
    tap.ok(not wrong, f"texts in {len(snippets)} snippets stand in quotes", "\n".join(wrong))
    tap.equal([bare("Ssh: {KeyName: NAME}"), bare("SubnetIds: [subnet-1]"), bare('A { B: "x", C.D: [1, null] }')],
              [["NAME"], ["subnet-1"], []], "what has none is seen")
    entry = re.compile(r"[A-Z][\w.\"-]*(:| \{)")
    lines = [f"let _s{i} = {{ {filled(s)} }}\n" if entry.match(s) else f"let _s{i} = {filled(s)}\n"
             for i, s in enumerate(snippets)]
    write(folder + "/snippets.hpc", "".join(lines))
    result = hpcc("fmt", "--format=json", "snippets.hpc", cwd=folder)
    wrong = [lines[f["line"] - 1] + f["message"] for f in json.loads(result.stderr or result.stdout or "[]")] \
        if result.returncode else []
    tap.ok(result.returncode == 0, f"{len(snippets)} snippets in them parse", "\n".join(wrong) or result.stderr)
    tap.ok(len(snippets) > 150, "there are snippets")


def compare(before, after, source, main_text, module, name, typed):
    wanted, got = {f["code"] for f in before}, {f["code"] for f in after}
    if wanted != got:
        return f"{' '.join(sorted(wanted))} became {' '.join(sorted(got))}"
    for now in after:
        there = [was for was in before if was["code"] == now["code"]]
        if now.get("file") == "module.hpc":
            whys = [same_place(was, now, source, module) for was in there if was.get("file") == name]
            if not whys or all(whys):
                return "; ".join(whys) or "no such place in the YAML file"
            if not typed and not any(CALLED in x["message"] for x in now["labels"]):
                return f"{now['code']} does not name the call"
        elif now.get("file") == "main.hpc":
            text = text_of(now, main_text)
            if not any(was.get("start") == was.get("end") or holds(text_of(was, source), text, "") for was in there):
                return f"{now['code']} is at {text[:80]!r} of the main program"
        elif not any((was.get("file"), was.get("line")) == (now.get("file"), now.get("line")) for was in there):
            return f"{now['code']} is at {now.get('file')}:{now.get('line')}"
    for was in before:
        if not any(now["code"] == was["code"] and (now.get("file") != "module.hpc" or
                   not same_place(was, now, source, module)) for now in after):
            return f"{was['code']} at {text_of(was, source)[:80]!r} has no place"
    return ""


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Leaves each open property of the examples to the deployment, one after the other and all at once.

A property with `open: true` in stdlib/schema takes `${param.Open}`. No rule may speak of its text then: lint finds nothing that it
did not find before. The template refers to the parameter where the text stood, and nothing of how references are kept
meanwhile is left in it. With --cfn-lint, the templates with everything left open are taken by cfn-lint as well.

usage: open_values.py HPCC [--cfn-lint]; prints TAP.
"""
import difflib
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lint"))
from properties_used import kinds_of, root_of, sections_of  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEMA, KINDS = sections_of(ROOT), kinds_of(ROOT)
# What nothing reads is in no template; nor is a bucket in that of a cluster with the scheduler slurm.
UNREAD = {"LoginPoolSsh.KeyName"}
UNREAD_WITH_SLURM = {"Cluster.CustomS3Bucket"}


def places(node, section, found):
    """(property, node of its value) for each open text below a mapping that is a section."""
    for key, value in node.value:
        row = SCHEMA[section].get(key.value)
        if row is None:
            continue
        if "of" in row:
            inner = [item for _, item in value.value] if row.get("by_name") else \
                value.value if isinstance(value, yaml.SequenceNode) else [value]
            for item in inner:
                if isinstance(item, yaml.MappingNode):
                    places(item, row["of"], found)
        elif row.get("open"):
            for item in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(item, yaml.ScalarNode) and "${" not in item.value:
                    found.append((f"{section}.{key.value}", item))
    return found


def opened(text, nodes):
    """The file with parameters, one for each, in place of the values at these nodes."""
    line = ""
    for number, node in enumerate(sorted(nodes, key=lambda node: -node.start_mark.index)):
        begin, end = node.start_mark.index, node.end_mark.index
        text = text[:begin] + f'"${{param.Open{number}}}"' + ("\n" if node.style in ("|", ">") else "") + text[end:]
        line += f"  Open{number}: {{Type: string}}\n"
    if "\nParameters:\n" in text:
        return text.replace("\nParameters:\n", "\nParameters:\n" + line, 1)
    return text + "\nParameters:\n" + line


def run(*args):
    return subprocess.run(args, capture_output=True, text=True, timeout=600, check=False, cwd=ROOT)


def findings(hpcc, path):
    # What a comment takes back may not come up with open values.
    out = run(hpcc, "lint", "--no-config", "--ignore=W0040", "--format=json", path).stdout
    found = json.loads(out)
    found = found["findings"] if isinstance(found, dict) else found
    return {(item["code"], item.get("line")) for item in found}, out


def is_read(tree, prop):
    slurm = tree.get("Scheduling", {}).get("Scheduler") == "slurm"
    return prop not in UNREAD and not (slurm and prop in UNREAD_WITH_SLURM)


def judge(hpcc, path, before, prop, template):
    """What is wrong with a file in which something was left open, or an empty text; prop: what is read of it, if it is."""
    after, words = findings(hpcc, path)
    if after - before:
        return f"new findings {sorted(after - before, key=str)}: {words}"
    built = run(hpcc, path, "-o", template)
    if built.returncode == 70 or built.returncode < 0:
        return built.stderr
    if "E0501" in built.stderr:
        return ""
    if built.returncode != 0:
        return built.stderr
    with open(template, encoding="utf-8") as file:
        text = file.read()
    if "\\u0001" in text or "\\u0002" in text or "\x01" in text:
        return "a reference is left as it is kept"
    if prop and '"Open0"' not in text and "${Open0}" not in text:
        return "the template does not refer to the parameter"
    return ""


def bucket_of_jobs(hpcc, folder):
    """What is wrong with templates of awsbatch whose bucket is left open: roles, files and outputs name it as they do any."""
    with open(os.path.join(ROOT, "examples/everything/awsbatch.yaml"), encoding="utf-8") as file:
        text = file.read()
    node = [node for prop, node in places(yaml.compose(text), "Cluster", []) if prop == "Cluster.CustomS3Bucket"]
    said = []
    for number, source in enumerate((text, opened(text, node))):
        path, template = os.path.join(folder, f"bucket{number}.yaml"), os.path.join(folder, f"bucket{number}.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        built = run(hpcc, path, "-o", template)
        if built.returncode != 0:
            return built.stderr
        with open(template, encoding="utf-8") as file:
            made = json.loads(file.read().replace("ResourcesS3Bucket", "Open0"))
        # The parameter is the file's own, and versions are sums of what is in them.
        del made["Parameters"]["Open0"]
        said.append(re.sub(r"[0-9a-f]{12}(?![0-9a-f])( [$][{]Open0[}])?", "#", json.dumps(made, indent=1)).splitlines())
    if "Open0" not in json.dumps(said[0]):
        return "the template does not refer to the bucket"
    return "\n".join(difflib.unified_diff(*said, "known", "open", lineterm="", n=0))


def cfn_lint():
    sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))
    from common import tool  # what the end-to-end tests run with
    return tool("cfn-lint") or sys.exit("cfn-lint is not there")


def main():
    hpcc = os.path.abspath(sys.argv[1])
    files = sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml")))
    count, met, templates = 0, set(), []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))  # some name their neighbours
        for source in files:
            with open(source, encoding="utf-8") as file:
                text = file.read()
            tree = yaml.safe_load(text)
            root = root_of(tree, KINDS)
            if root is None:
                continue
            found = places(yaml.compose(text), root, [])
            name = os.path.relpath(source, ROOT)
            path = os.path.join(folder, name)
            args = os.path.join(os.path.dirname(source), "config.yaml")
            if "${" in text and os.path.exists(args):
                continue
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            before = findings(hpcc, path)[0]
            rounds = [(prop, [node]) for prop, node in found] + [("all", [node for _, node in found])]
            for prop, nodes in rounds if found else []:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(opened(text, nodes))
                template = os.path.join(folder, f"{count}.json")
                fault = judge(hpcc, path, before, prop if is_read(tree, prop) else "", template)
                count += 1
                met.add(prop)
                print(f"{'not ok' if fault else 'ok'} {count} - {name}: {prop}")
                for line in fault.splitlines():
                    print(f"# {line}")
                if prop == "all" and os.path.exists(template):
                    templates.append((tree["Region"], template))
        # What a release removed is written nowhere, but for the scheduler awsbatch.
        wanted = {f"{section}.{prop}" for section, rows in SCHEMA.items() for prop, row in rows.items()
                  if row.get("open") and ("removed" not in row or "AWSBATCH" in row.get("for", []))}
        count += 1
        print(f"{'ok' if wanted <= met else 'not ok'} {count} - every open property was tried")
        for prop in sorted(wanted - met):
            print(f"# no example writes {prop}")
        fault = bucket_of_jobs(hpcc, folder)
        count += 1
        print(f"{'not ok' if fault else 'ok'} {count} - awsbatch: a bucket left open stands where a known one stands")
        for line in fault.splitlines():
            print(f"# {line}")
        if "--cfn-lint" in sys.argv:
            for region in sorted({region for region, _ in templates}):
                out = run(cfn_lint(), "--ignore-checks", "W3010", "--regions", region, "--",
                          *[path for where, path in templates if where == region])
                count += 1
                print(f"{'not ok' if out.returncode else 'ok'} {count} - cfn-lint takes them in {region}")
                for line in out.stdout.splitlines():
                    print(f"# {line}")
    print(f"1..{count}")


if __name__ == "__main__":
    main()

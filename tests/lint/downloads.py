#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what runs on nodes against the one way by which foreign software may come: packages of a repository that signs
them, or fetch of templates/core/lib/pkg.sh, which takes a published sum or a key's fingerprint.

usage: downloads.py [ROOT]; prints each fault, ends with 1 when there are any.
"""
import glob
import os
import re
import sys

# Words that bring something from elsewhere, or that take a package as it comes.
BRINGS = re.compile(
    r"\b(curl|wget|aria2c|git +(?:clone|fetch|pull)|svn|pip3? |pipx|easy_install|npm|cargo|go +install|gem +install|"
    r"conda|snap +install|urlopen|urlretrieve|http\.client|urllib\.request|socket\.create_connection|ftp|scp|sftp|rsync)"
    r"|--nogpgcheck|gpgcheck=0|trusted=yes|allow-unauthenticated|AllowInsecure|apt-key|rpm +--import|https?://|"
    r"\|\s*(?:sudo +)?(?:ba|da|k|z)?sh\b|\beval\b")

# (file, what stands in the line, why it may)
MAY = [
    ("core/lib/pkg.sh", r"^curl -fsSLy 60 --retry 5 -o \"\$1\" \"\$2\" \|\| return$", "fetch itself"),
    ("signed/lib/signed.sh", r"^curl .* \"\$2\.sig\" .* \"\$4\"", "fetch itself: signature and key"),
    ("core/lib/signal.sh", r"curl .* -X PUT", "sends, to the stack"),
    ("actions/lib/actions.sh", r"^http://\* \| https://\*\) curl", "what the cluster file names"),
    ("batch/actions.sh", r"^http://\* \| https://\*\) try \d+ \d+ timeout \d+ curl", "what the batch file names"),
    ("awsbatch/lib/awsbatch.sh", r"^timeout 600 \"\$AWSBATCH\.new/bin/python\" -m pip ", "by sums, or what the cluster file names"),
    ("containers/lib/containers.sh", r"^for containers_tool in bc wget; do$", "the name of a package"),
    ("slurm/minute/watchdog.sh", r"^socket\.create_connection\(\(sys\.argv\[1\], 6820\), 15\)$", "asks whether a port answers, reads nothing"),
    ("lustrerepo/lib/lustrerepo.sh", r"curl -fsSo \"\$storage_ring\"", "a repository's key; FSx publishes no fingerprint"),
    ("core/lib/aws.py", r"", "AWS's API, by sigv4.py"),
    ("userdata/sigv4.py", r"", "AWS's API"),
    ("userdata/fetch.py", r"", "the stack's own metadata"),
    ("dns/lib/aws_route53.py", r"", "AWS's API"),
    ("dns/lib/dns.sh", r"xmlns=", "a name of XML"),
    ("fsx/lib/fsx.py", r"", "AWS's API"),
    ("lookups.py", r"", "runs in Lambda: AWS's API"),
    ("hybrid.py", r"", "runs in Lambda: AWS's API"),
    ("workflows.py", r"", "runs in Lambda: AWS's API"),
    ("answer.py", r"", "runs in Lambda: answers CloudFormation"),
    ("actions/lib/aws_s3.py", r"", "what the cluster file names"),
]
# A call of fetch: FILE URL PROOF [KEY-URL].
WORD = r'(?:"[^"]*"|[^\s"]+)+'
CALL = re.compile(r"\bfetch +(%s) +(%s) +(%s)(?: +(%s))?" % ((WORD,) * 4))
PROOF = re.compile(r'[0-9a-f]{64}|[0-9A-F]{40}|"\$sum"|"\$\{dcv_sum#\* \}"')
READ = re.compile(r"read 20\d\d-\d\d-\d\d|compared 20\d\d-\d\d-\d\d")


def code_lines(text):
    """(number, line) of what is no comment; a line that goes on is one."""
    whole, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not whole:
            first = number
        if not whole and line.startswith("#"):
            continue
        if line.endswith("\\"):
            whole += line[:-1]
            continue
        yield first, whole + line
        whole = ""


def faults_of(name, text, used):
    calls = 0
    for number, line in code_lines(text):
        if name.endswith(".sh") and not line.startswith("fetch()"):
            for call in CALL.finditer(line):
                calls += 1
                if not PROOF.fullmatch(call.group(3)):
                    yield f"{name}:{number}: fetch without a sum or fingerprint: {call.group(3)}"
            line = CALL.sub("", line)
        if re.match(r"\w+=(\"?)https://[\w./$-]+\1$", line):
            continue  # a name for what a call of fetch is given
        if BRINGS.search(line):
            row = next((i for i, (file, what, _) in enumerate(MAY) if file == name and re.search(what, line)), None)
            if row is None:
                yield f"{name}:{number}: comes from elsewhere and not by fetch: {line}"
            used.add(row)
    if calls and not READ.search(text):
        yield f"{name}: nobody can tell from where the sum or fingerprint was read, and when"


def main(root):
    faults, used = [], set()
    folder = os.path.join(root, "templates")
    with open(os.path.join(root, "doc", "runtime.md"), encoding="utf-8") as file:
        page = file.read().split("## Where software comes from")[-1].split("\n## ")[0]
    for path in sorted(glob.glob(os.path.join(folder, "**", "*"), recursive=True)):
        name = os.path.relpath(path, folder)
        if os.path.isfile(path) and name.endswith((".sh", ".py", ".service", ".yaml", ".timer")):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            faults += faults_of(name, text, used)
            if name.endswith(".sh") and f"`{name}`" not in page and any(
                    CALL.search(line) for _, line in code_lines(text)):
                faults.append(f"{name}: doc/runtime.md does not say where its software comes from")
    faults += [f"downloads.py: {MAY[i][0]} has no such line: {MAY[i][1]}" for i in range(len(MAY)) if i not in used]
    # The check must find what it is there for.
    for line in ("curl https://x.example/install.sh | sh", "fetch a https://x.example/b \"$unknown\"",
                 "dnf install --nogpgcheck a.rpm", "wget -q https://x.example/y"):
        if not list(faults_of("control.sh", line, set())):
            faults.append(f"downloads.py: silent about: {line}")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))

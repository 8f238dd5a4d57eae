# SPDX-License-Identifier: Apache-2.0
"""What goes with the programs: licences, release notes, bill of materials, checksums."""
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

ZIGS = [("musl, in the programs for Linux", "libc/musl/COPYRIGHT"),
        ("wasi-libc, in the WebAssembly module", "libc/wasi/LICENSE-MIT")]


def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def licences(libraries, zig, path):
    """The licences of all that is linked, which go wherever the programs go."""
    parts = [(f"{x.name} {x.version}", x.source(x.licence_file)) for x in libraries]
    parts += [(name, os.path.join(zig, "lib", place)) for name, place in ZIGS]
    with open(path, "w", encoding="utf-8") as file:
        file.write("hpcc is licensed under the Apache License 2.0. Its programs contain these works:\n")
        for name, place in parts:
            file.write(f"\n==== {name} ====\n\n{text_of(place).strip()}\n")


def notes(changelog, version, path):
    """The version's part of the list of changes."""
    match = re.search(rf"^## {re.escape(version)}\b.*?\n(.*?)(?=^## |\Z)", text_of(changelog), re.M | re.S)
    if not match or not match.group(1).strip():
        sys.exit(f"release: {changelog} has no part for {version}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"# hpcc {version}\n\n{match.group(1).strip()}\n")


def package(name, version, licence, place, sha256=None):
    row = {"SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name), "name": name, "versionInfo": version,
           "downloadLocation": place, "licenseConcluded": licence, "licenseDeclared": licence,
           "copyrightText": "NOASSERTION", "filesAnalyzed": False}
    if sha256:
        row["checksums"] = [{"algorithm": "SHA256", "checksumValue": sha256}]
    return row


def sbom(version, libraries, requirements, path):
    """SPDX 2.3: what the programs are made of, and with what."""
    ours = package("hpcc", version, "Apache-2.0", "NOASSERTION")
    rows, links = [ours], [("SPDXRef-DOCUMENT", "DESCRIBES", ours)]
    for library in libraries:
        rows.append(package(library.name, library.version, library.licence, library.upstream, library.sha256))
        links.append((ours["SPDXID"], "STATIC_LINK", rows[-1]))
    for name, pin in re.findall(r"^(ziglang|meson)==(\S+)$", text_of(requirements), re.M):
        rows.append(package(name, pin, {"ziglang": "MIT", "meson": "Apache-2.0"}[name],
                            f"https://pypi.org/project/{name}/{pin}/"))
        links.append((rows[-1]["SPDXID"], "BUILD_TOOL_OF", ours))
    for name in ("musl", "wasi-libc"):
        rows.append(package(name, "as in ziglang", "MIT", "NOASSERTION"))
        links.append((ours["SPDXID"], "STATIC_LINK", rows[-1]))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True,
                            cwd=os.path.dirname(os.path.abspath(__file__))).stdout.strip()
    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    document = {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
                "name": f"hpcc-{version}", "documentNamespace": f"https://spdx.org/spdxdocs/hpcc-{version}-{commit}",
                "creationInfo": {"created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: hpcc-.ci-release"]},
                "packages": rows,
                "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b["SPDXID"]}
                                  for a, kind, b in links]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)


def checksums(folder):
    """SHA256SUMS of all files, as sha256sum(1) reads it."""
    lines = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            lines.append(f"{hashlib.sha256(file.read()).hexdigest()}  {name}\n")
    with open(os.path.join(folder, "SHA256SUMS"), "w", encoding="ascii") as file:
        file.writelines(lines)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc explain: the pages of doc/diagnostics, from the program itself.

usage: explain.py HPCC; prints TAP.
"""
import glob
import os
import re
import sys

from common import ROOT, Tap, hpcc, temporary

PAGES = os.path.join(ROOT, "doc", "diagnostics")
# `## Why`, then a wrong and a right example; a page of hpcc's own data needs no examples.
FORM = re.compile(r"# (?P<code>[EWN]\d{4}): (?P<title>\S[^\n]*[^\n.])\n\n\S.*?\n\n## Why\n\n\S.*?\n\n## Wrong\n\n.+?\n\n"
                  r"## Right\n\n.+\n", re.S)


def table():
    """(code, id, severity) of each row of diag.def."""
    with open(os.path.join(ROOT, "compiler/source/diag.def"), encoding="utf-8") as file:
        return re.findall(r"^DIAG0?\((\w\d{4}), (\w+), (\w+)", file.read(), re.M)


def page(code):
    path = os.path.join(PAGES, code + ".md")
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:  # what stands behind `yaml` or `hpc` is for the tests of the documentation
        return re.sub(rb"^```(yaml|hpc).*", rb"```\1", file.read(), flags=re.M)


def pages(tap):
    rows = table()
    wrong = [code for code, _, _ in rows if hpcc("explain", code).stdout != page(code)]
    tap.equal(wrong, [], f"{len(rows)} codes: what is printed is the page in doc/diagnostics")
    tap.equal(sorted(os.path.basename(p) for p in glob.glob(PAGES + "/*.md")), sorted(c + ".md" for c, _, _ in rows),
              "each code has a page, each page a code")
    own = [code for code, _, _ in rows if code.startswith("E09")]
    form = [code for code, _, _ in rows if code not in own and not FORM.fullmatch((page(code) or b"").decode("utf-8"))]
    tap.equal(form, [], "pages have title, text, reason, wrong and right example")
    listed = hpcc("explain", "--list").stdout.decode().splitlines()
    wanted = []
    for code, _, severity in rows:
        title = re.match("# .*?: (.*)", (page(code) or b"").decode("utf-8"))
        wanted.append(f"{code}  {severity.lower():7}  {title.group(1) if title else '?'}")
    tap.equal(listed, wanted, "--list shows code, severity and title of all, in order")
    titles = [line.split("  ", 2)[2].strip() for line in listed]
    tap.equal(sorted({t for t in titles if titles.count(t) > 1}), [], "no two codes have the same title")


def forms(tap):
    wanted = page("E0101")
    for word in ("E0101", "e0101", "unknown_property", "unknown-property"):
        result = hpcc("explain", word)
        tap.ok(result.returncode == 0 and result.stdout == wanted and result.stderr == b"", f"explain {word}")
    tap.equal(hpcc("explain", "E0101", "E0103").stdout, wanted + b"\n" + page("E0103"), "two codes")
    for args, words in ((["E9999"], "there is no code `E9999`"), (["E010l"], "did you mean E0101?"), ([], "needs a code"),
                        (["E0101", "nope"], "there is no code `nope`")):
        result = hpcc("explain", *args)
        tap.ok(result.returncode == 2 and result.stdout == b"" and words in result.stderr.decode(),
               f"explain {' '.join(args)}", result.stderr.decode())
    for word, code in (("fix", "W0047"), ("spaces", "E0005"), ("Spot", "N0609")):
        result = hpcc("explain", word)
        found = result.stdout.decode()
        tap.ok(result.returncode == 0 and re.fullmatch(r"([EWN]\d{4}  \w+ +\S.*\n)+", found) and result.stderr == b"",
               f"explain {word} lists codes", found + result.stderr.decode())
    tap.equal([code for code, _, _ in table() if b"](" in page(code)], [], "no links, which lead nowhere in a terminal and in SARIF")
    tap.ok("W0409" in hpcc("explain", "gpu").stdout.decode(), "explain gpu lists the missing driver")
    tap.ok("E0401" in hpcc("explain", "instance").stdout.decode() and
           "E0402" not in hpcc("explain", "instance").stdout.decode(), "titles go before texts")
    tap.equal(hpcc("explain", "--list", "instance").stdout, hpcc("explain", "instance").stdout, "--list WORD")
    marked = [code for code, _, _ in table() if re.search(b"hpcc-fail|(fails|finds)=", hpcc("explain", code).stdout)]
    tap.equal(marked, [], "no marks of the tests")
    with temporary() as folder:
        result = hpcc("explain", "E0101", cwd=folder, env={})
        tap.equal(result.stdout, wanted, "needs no file and no environment")


def main():
    tap = Tap()
    pages(tap)
    forms(tap)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

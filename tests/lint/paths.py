#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every path of the project that a comment, a list or a page names is there.

A path begins with a folder at the top (`compiler/…`); in it `*` stands for anything, and so does a word in capitals
or in `<>` (`doc/diagnostics/CODE.md`). A name of a C file alone (`walk.c`) must be that of some file, or of one that the
build makes. Links of a page lead to files beside it, and from README.md they lead to every page of doc/. What stands
behind the name of another project is that one's.
usage: paths.py [ROOT]; prints each fault, ends with 1 when there are any.
"""
import fnmatch
import os
import re
import sys

SKIPPED = {"build", ".git", "__pycache__", "node_modules"}
# Text as a whole; of other files the comments.
PAGES = (".md", ".def", "meson.build", ".txt", ".yml")
COMMENTS = {".c": r"/\*.*?\*/|//[^\n]*", ".h": r"/\*.*?\*/|//[^\n]*", ".py": r'""".*?"""|#[^\n]*', ".sh": r"#[^\n]*",
            ".yaml": r"#[^\n]*"}
FOREIGN = re.compile(r"(ParallelCluster[ \w.:]*,? )$")
SYSTEM = {"sysexits.h", "zlib.h"}
C_NAME = re.compile(r"(?<![\w/.*<-])([a-z]\w*\.(?:c|h|def))\b(?![\w/(])")
WORD = r"(?:[\w.*@+-]|<\w+>)"
LINK = re.compile(r"\]\((?!\d*\.\.)([^)#:\s]+)(?:#[^)]*)?\)")  # `[T](1..4)` of programs is none


def files_below(root):
    found = set()
    for where, below, names in os.walk(root):
        below[:] = sorted(b for b in below if b not in SKIPPED and not b.startswith("build"))
        found.update(os.path.relpath(os.path.join(where, n), root) for n in names + below)
    return found


def made_by_build(root):
    """Names of the sources that custom targets make."""
    with open(os.path.join(root, "stdlib/tablegen/meson.build"), encoding="utf-8") as file:
        outputs = re.findall(r"output: (\[[^]]*\]|'[^']*')", file.read())
    return set(re.findall(r"'([^']+)'", " ".join(outputs)))


def told(path, text):
    """The text of the file that speaks of others, with all else blanked out."""
    if path.endswith(PAGES):
        return text
    pattern = COMMENTS.get(os.path.splitext(path)[1])
    if pattern is None:
        return ""
    kept, at = [], 0
    for match in re.finditer(pattern, text, re.S):
        kept += ["\n" * text.count("\n", at, match.start()), match.group(0)]
        at = match.end()
    return "".join(kept)


class Paths:
    def __init__(self, root):
        self.files = files_below(root)
        self.names = {os.path.basename(f) for f in self.files} | SYSTEM | made_by_build(root)
        tops = sorted({f.split("/")[0] for f in self.files if "/" in f})
        self.path = re.compile(rf"(?<![\w/.$}}~-])((?:{'|'.join(map(re.escape, tops))})/(?:{WORD}+/)*{WORD}*)")

    def is_there(self, path):
        path = re.sub(r"<\w+>", "*", path.rstrip("/."))
        if path in self.files:
            return True
        if not re.search(r"\*|[A-Z]{3,}", path):
            return False
        pattern = re.sub(r"[A-Z]{3,}(?:_[A-Z]+)*", "*", path)
        return any(fnmatch.fnmatchcase(f, pattern) for f in self.files)

    def faults_of(self, text):
        """(line, what is not there)"""
        for number, line in enumerate(text.split("\n"), 1):
            for match in self.path.finditer(line):
                if not self.is_there(match.group(1)) and not FOREIGN.search(line[:match.start()]):
                    yield number, match.group(1)
            for match in C_NAME.finditer(line):
                if match.group(1) not in self.names:
                    yield number, match.group(1)

    def dead_links(self, page, text):
        """Likewise, of what a page links to."""
        for number, line in enumerate(text.split("\n"), 1):
            for match in LINK.finditer(line):
                if linked(page, match.group(1)) not in self.files:
                    yield number, match.group(1)


def linked(page, link):
    return os.path.normpath(os.path.join(os.path.dirname(page), link))


def unreached(texts):
    """Pages of doc/ to which no links lead from README.md; `texts` are those of all pages by path."""
    found, todo = set(), ["README.md"]
    while todo:
        page = todo.pop()
        if page in texts and page not in found:
            found.add(page)
            todo += [linked(page, link) for link in LINK.findall(texts[page])]
    return sorted(p for p in texts if os.path.dirname(p) == "doc" and p not in found)


def main():
    root = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../.."))
    paths = Paths(root)
    faults, read, pages = [], 0, {}
    for path in sorted(paths.files):
        if os.path.isdir(os.path.join(root, path)) or os.path.islink(os.path.join(root, path)):
            continue
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                text = told(path, file.read())
        except UnicodeDecodeError:
            continue
        read += bool(text)
        missing = list(paths.faults_of(text))
        if path.endswith(".md"):
            missing += paths.dead_links(path, text)
            pages[path] = text
        faults += [f"{path}:{line}: no such file: {what}" for line, what in missing]
    faults += [f"{page}: no link leads here from README.md" for page in unreached(pages)]
    for fault in faults:
        print(fault)
    print(f"{read} files, {len(faults)} faults")
    return 1 if faults or not read else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the arrows between folders: who may include whom, and which file sees which library.

usage: layers.py [ROOT]; prints each fault, ends with 1 when there are any.
"""
import glob
import os
import re
import sys

# folder: the folders it may include besides its own. A longer name wins over its parent.
LAYERS = {
    "compiler/base": [],
    "compiler/source": ["compiler/base"],
    "compiler/tree": ["compiler/base", "compiler/source"],
    "compiler/yaml": ["compiler/base", "compiler/source", "compiler/tree"],
    "compiler/format": ["compiler/base", "compiler/source", "compiler/tree", "compiler/yaml", "compiler/hpc"],
    "compiler/schema": ["compiler/base", "compiler/source", "compiler/tree"],
    "compiler/facts": ["compiler/base", "compiler/source", "compiler/tree"],
    "compiler/model": ["compiler/base", "compiler/source", "compiler/tree", "compiler/schema"],
    "compiler/check": ["compiler/base", "compiler/source", "compiler/tree", "compiler/schema", "compiler/facts",
                       "compiler/model"],
    "compiler/hpc": ["compiler/base", "compiler/source", "compiler/tree", "compiler/schema", "compiler/facts"],
    "compiler/import": ["compiler/base", "compiler/source", "compiler/tree", "compiler/yaml", "compiler/schema", "compiler/hpc"],
    "compiler/convert": ["compiler/base", "compiler/source", "compiler/tree", "compiler/yaml", "compiler/schema", "compiler/facts",
                         "compiler/model"],
    "compiler/cost": ["compiler/base", "compiler/source", "compiler/tree", "compiler/schema", "compiler/facts",
                      "compiler/model"],
    "compiler/compile": ["compiler/base", "compiler/source", "compiler/tree", "compiler/yaml", "compiler/schema",
                         "compiler/facts", "compiler/model", "compiler/check", "compiler/hpc", "lowering", "lowering/emit",
                         "lowering/ir"],
    "lowering/ir": ["compiler/base", "compiler/source"],
    "lowering/emit": ["compiler/base", "compiler/source", "lowering/ir"],
    "lowering/aws": ["compiler/base", "compiler/source", "compiler/schema", "compiler/facts", "compiler/model",
                     "lowering/ir"],
    "lowering/cluster": ["compiler/base", "compiler/source", "compiler/schema", "compiler/facts", "compiler/model",
                         "lowering/ir", "lowering/aws", "lowering"],
    "lowering/awsbatch": ["compiler/base", "compiler/source", "compiler/schema", "compiler/facts", "compiler/model",
                          "lowering/ir", "lowering/aws", "lowering/cluster", "lowering/batch", "lowering"],
    "lowering/environment": ["compiler/base", "compiler/source", "compiler/schema", "compiler/facts", "compiler/model",
                             "lowering/ir", "lowering/aws", "lowering"],
    "lowering/batch": ["compiler/base", "compiler/source", "compiler/schema", "compiler/facts", "compiler/model",
                       "lowering/ir", "lowering/aws", "lowering"],
    "lowering": ["compiler/base", "compiler/source", "compiler/schema", "compiler/facts", "compiler/model",
                 "lowering/ir", "lowering/aws"],
    "stdlib/tablegen": ["compiler/base", "compiler/source", "compiler/tree", "compiler/yaml"],
    "compiler/driver": ["compiler/base", "compiler/source", "compiler/tree", "compiler/yaml", "compiler/format", "compiler/schema",
                        "compiler/facts", "compiler/model", "compiler/cost", "compiler/check", "compiler/hpc", "compiler/import",
                        "compiler/convert", "compiler/compile", "lowering", "lowering/emit", "lowering/ir"],
    "tests": None,
}

# Header made at build time: the folder it belongs to.
GENERATED = {"schema_ids.h": "compiler/schema", "model.h": "compiler/model"}

# Files that a folder may include beyond LAYERS. Generated tables are filled in by tablegen but shaped by these headers.
SHAPES = {
    "lowering": ["lowering/cluster/passes.def", "lowering/environment/passes.def", "lowering/batch/passes.def"],  # all_passes.def
    "stdlib/tablegen": ["compiler/facts/network_speed.h", "compiler/facts/facts_tables.h", "compiler/facts/facts.h",
                        "compiler/schema/schema.h", "lowering/ir/resources.h"],
}

# The only files that see a library; their headers speak our types.
LIBRARIES = {
    "yaml.h": [r"compiler/yaml/yaml_\w+\.[ch]", r"lowering/emit/cfn_yaml\.c"],
    "libfyaml.h": [],
    "jansson.h": [r"compiler/base/json\.c"],
    "pcre2.h": [r"compiler/base/regex\.c"],
    "zlib.h": [r"stdlib/tablegen/templates_pack\.c"],
    "getopt.h": [r"compiler/driver/options\.c"],
}

# Words that the house does without, and what takes their place.
BANNED = {
    r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|strtok_r)\s*\(": "struct str, buf and arena_fmt",
    r"\b(atoi|atol|atoll|atof)\s*\(": "str_to_int and friends, which see trailing text and overflow",
    r"\b(setlocale|localeconv|strcoll)\s*\(": "nothing: output does not depend on the locale",
    r"\b(time|gettimeofday|clock_gettime|localtime|gmtime|strftime|rand|random|srand|getpid)\s*\(":
        "nothing: output is a function of the input",
    r"\balloca\s*\(": "an arena",
    r"\bsystem\s*\(|\bpopen\s*\(": "port_exec",
    r"\bSTR_A\s*\(\s*str_cut\b": "a variable: STR_A takes its argument several times",
}
BANNED_OUTSIDE = {  # allowed in these files only
    r"\b(malloc|calloc|realloc|free)\s*\(": [r"compiler/base/\w+\.c", r"tests/.*"],
    r"\b(fopen|open|opendir|unlink|rename|execvp|execv|mkstemp)\s*\(": [
        r"compiler/base/port(_list|_wasi|_write)?\.c", r"stdlib/tablegen/\w+\.c", r"tests/.*"],
    r"\b(exit|abort)\s*\(": [r"compiler/driver/\w+\.c", r"compiler/base/bug\.[ch]", r"compiler/base/arena\.c",
                              r"stdlib/tablegen/\w+\.c", r"tests/.*"],
    # Text of users goes out through usage_error(), which shows it as one line, or as a rendered finding or a result.
    r"\b(v?[fd]?printf|f?puts|f?putc|putchar|perror|psignal|fwrite|p?writev?)\s*\(": [
        r"compiler/driver/session\.c",  # usage_error, usage_lines: what shown_line() made
        r"compiler/driver/main\.c",  # words of ours
        r"compiler/base/(bug|arena)\.c", r"compiler/base/port(_write)?\.c", r"stdlib/tablegen/\w+\.c", r"tests/.*"],
    r"\b(port_write_fd|port_write_file)\s*\(": [r"compiler/driver/(output|places)\.c", r"compiler/base/port(_\w+)?\.[ch]",
                                               r"tests/.*"],
    r"\bgetenv\s*\(": [r"compiler/base/port\.c", r"compiler/driver/session\.c", r"tests/.*"],
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def without_comments(text):
    """The code alone, line for line: comments and the insides of literals are blanked out."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0)) if match.group(0)[0] == "/" else '""'
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def layer_of(path):
    """The longest folder name of LAYERS that `path` is in."""
    fitting = [name for name in LAYERS if path.startswith(name + "/")]
    return max(fitting, key=len) if fitting else None


class Lint:
    def __init__(self, root):
        self.root = root
        self.faults = []
        self.files = {}
        for top in ("compiler", "lowering", "stdlib", "tests"):
            for pattern in ("*.c", "*.h", "*.def"):
                for path in glob.glob(f"{root}/{top}/**/{pattern}", recursive=True):
                    with open(path, encoding="utf-8") as file:
                        self.files[os.path.relpath(path, root)] = file.read()

    def fault(self, path, line, text):
        self.faults.append(f"{path}:{line}: {text}")

    def includes(self, path):
        """(line, quoted, name) of each #include."""
        text = self.files[path]
        for match in INCLUDE.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, match.group(1) == '"', match.group(2)

    def target(self, path, name):
        """Path of our own header `name`, a generated header's folder, or None."""
        if name in self.files:
            return name
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
        return beside if beside in self.files else None

    def arrows(self, path):
        own = layer_of(path)
        if own is None:
            self.fault(path, 1, "the folder has no row in LAYERS")
            return
        allowed = LAYERS[own]
        for line, quoted, name in self.includes(path):
            if not quoted:
                continue
            to = self.target(path, name)
            if to is None and name not in GENERATED:
                if own != "tests" and not (own == "stdlib/tablegen" or name.endswith("_tables.h")):
                    self.fault(path, line, f"{name} is neither a file of ours nor a generated one")
                continue
            if to is not None and to != name and own not in ("tests", "stdlib/tablegen"):
                self.fault(path, line, f"write the include from the root: {to}")
            folder = GENERATED.get(name) or layer_of(to)
            if allowed is None or folder == own or folder in allowed or to in SHAPES.get(own, ()):
                continue
            self.fault(path, line, f"{own} must not include {folder}: {name}")

    def libraries(self, path):
        for line, _, name in self.includes(path):
            allowed = LIBRARIES.get(name)
            if allowed is None or path.startswith("tests/"):
                continue
            if not any(re.fullmatch(pattern, path) for pattern in allowed):
                self.fault(path, line, f"{name} is for {' '.join(allowed) or 'nobody'} only")

    def words(self, path):
        code = without_comments(self.files[path])
        checks = [(pattern, [], "instead: " + instead) for pattern, instead in BANNED.items()]
        checks += [(pattern, files, "only in " + " ".join(files)) for pattern, files in BANNED_OUTSIDE.items()]
        for pattern, files, why in checks:
            if path.startswith("tests/") or any(re.fullmatch(f, path) for f in files):
                continue
            for match in re.finditer(r"(?<![\w.>])" + pattern, code):
                self.fault(path, code.count("\n", 0, match.start()) + 1, f"{match.group(0).strip(' (')}: {why}")

    def cycles(self):
        """Headers, and modules (a header with its .c), that include each other in a ring."""
        graph = {}
        for path in self.files:
            if path.startswith("tests/") or path.endswith(".def"):
                continue
            module = os.path.splitext(path)[0]
            graph.setdefault(module, set())
            for _, quoted, name in self.includes(path):
                to = self.target(path, name) if quoted else None
                if to is not None and to.endswith(".h") and os.path.splitext(to)[0] != module and path.endswith(".h"):
                    graph[module].add(os.path.splitext(to)[0])
        state, stack = {}, []

        def visit(node):
            state[node] = 1
            stack.append(node)
            for to in sorted(graph.get(node, ())):
                if state.get(to) == 1:
                    self.faults.append("headers in a ring: " + " -> ".join(stack[stack.index(to):] + [to]))
                elif to not in state:
                    visit(to)
            stack.pop()
            state[node] = 2

        for node in sorted(graph):
            if node not in state:
                visit(node)

    def folder_cycles(self):
        for name, allowed in LAYERS.items():
            for to in allowed or ():
                if name in (LAYERS.get(to) or ()):
                    self.faults.append(f"LAYERS itself goes both ways: {name} and {to}")

    def licence(self, path):
        if not self.files[path].startswith("/* SPDX-License-Identifier: Apache-2.0 */\n"):
            self.fault(path, 1, "the first line must be the SPDX line")


def main():
    lint = Lint(os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../..")))
    for path in sorted(lint.files):
        lint.arrows(path)
        lint.libraries(path)
        lint.words(path)
        lint.licence(path)
    lint.cycles()
    lint.folder_cycles()
    for fault in lint.faults:
        print(fault)
    print(f"{len(lint.files)} files, {len(lint.faults)} faults")
    return 1 if lint.faults or not lint.files else 0


if __name__ == "__main__":
    sys.exit(main())

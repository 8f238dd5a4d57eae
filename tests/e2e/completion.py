#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completion as the shells themselves do it: bash, zsh and fish run the script of `hpcc completion` and are asked.

A shell that is not installed is skipped, and said so. usage: completion.py HPCC; prints TAP.
"""
import os
import shutil
import subprocess
import sys

from common import HPCC, Tap, hpcc, temporary

# What is typed after `hpcc`, words that must be offered, and words that must not be.
CASES = [
    ([""], ["lint", "build", "explain", "exec"], ["json", "E0401"]),
    (["li"], ["lint"], ["build"]),
    (["lint", "--fo"], ["--format"], ["--emit"]),
    (["lint", "--"], ["--fix", "--ignore", "--select"], ["--emit", "--node", "--gpu-name"]),
    (["instances", "--"], ["--gpu", "--region"], ["--fix", "--format"]),
    (["lint", "--format", ""], ["text", "sarif", "gitlab"], ["lint", "yaml"]),
    (["build", "--emit", ""], ["json", "yaml"], ["markdown", "table"]),
    (["schema", ""], ["cluster", "environment", "batch"], ["lint", "json"]),
    (["schema", "--emit", ""], ["json", "markdown"], ["yaml", "tsv"]),
    (["build", "--dump", "i"], ["ir", "ir:network"], ["tree"]),
    (["explain", "E040"], ["E0401", "E0402"], ["W0601"]),
    (["lint", "--ignore", "W060"], ["W0601", "W0603"], ["E0401"]),
    (["instances", "c7i.x"], ["c7i.xlarge"], ["c7i.large", "c7a.xlarge"]),
    (["instances", "--region", "eu-cen"], ["eu-central-1", "eu-central-2"], ["eu-west-1"]),
    (["lint", "--parallelcluster", "3.1"], ["3.1", "3.11", "3.16"], ["3.2"]),
    (["completion", ""], ["bash", "zsh", "fish"], ["lint"]),
    (["help", "us"], ["userdata"], ["lint"]),
    (["lint", "clus"], ["cluster.yaml"], ["lint"]),
    (["exec", "cluster.yaml", "--", "hpcc-command-f"], ["hpcc-command-for-the-test"], ["lint", "--fix"]),
]
# zsh and fish have their own words for `--format=`; bash hands it over in three.
BASH_ONLY = [(["lint", "--format", "=", "s"], ["short", "sarif"], ["text"]),
             (["lint", "--format", "="], ["text", "short"], ["lint"]),
             (["build", "--dump", "=", "ir", ":"], ["network", "head_node"], ["ir:network", "tree", "json"]),
             (["--dump", "ir", ":", "ne"], ["network"], ["dns"]),
             (["lint", "--ignore", "E0401,W060"], ["E0401,W0601"], ["W0601"])]

BASH = r'''
source ./script
COMP_WORDS=(hpcc "$@") COMP_CWORD=$# COMPREPLY=()
_hpcc 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
'''
FISH = r'''
source ./script
complete -C "$argv[1]"
'''


def ask(shell, typed, folder):
    """The words that the shell offers."""
    env = dict(os.environ, PATH=os.pathsep.join([folder, os.path.dirname(os.path.abspath(HPCC)), os.environ["PATH"]]),
               HOME=folder, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)
    if shell == "bash":
        command = ["bash", "--norc", "-c", BASH, "bash", *typed]
    else:
        command = ["fish", "--no-config", "-c", FISH, " ".join(["hpcc", *typed])]
    out = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=600)
    return [line.split("\t")[0].rstrip("=").removesuffix(" ") for line in out.stdout.decode().splitlines()], out.stderr


def complete(tap, shell, folder):
    with open(os.path.join(folder, "script"), "wb") as file:
        file.write(hpcc("completion", shell).stdout)
    for typed, wanted, unwanted in CASES + (BASH_ONLY if shell == "bash" else []):
        offered, said = ask(shell, typed, folder)
        missing = [w for w in wanted if w not in offered]
        tap.ok(not missing and not set(unwanted) & set(offered), f"{shell}: hpcc {' '.join(typed)}",
               f"offered {offered[:40]}, missing {missing}, {said.decode()[:300]}")


def parses(tap, shell, folder):
    path = os.path.join(folder, "_hpcc")
    with open(path, "wb") as file:
        file.write(hpcc("completion", shell).stdout)
    result = subprocess.run([shell, "-n", path], capture_output=True)
    tap.ok(result.returncode == 0 and result.stderr == b"", f"{shell}: the script is one", result.stderr.decode())


def zsh_options(tap, folder):
    """zsh runs the script with _arguments replaced, and tells which options each verb would be given."""
    path = os.path.join(folder, "_hpcc")
    run = r'''
    _arguments() { print -rl -- "$@" }; _normal() { print -rl -- "command $words" }
    words=(hpcc "$@") CURRENT=$(($# + 1)); f() { source ./_hpcc }; f "$@"'''
    for typed, wanted, unwanted in ((["lint", ""], ["'*--ignore=", "--fix", "_hpcc_codes", "*:operand:_files"], ["--gpu"]),
                                    (["explain", ""], ["*:operand:_hpcc_codes", "--list"], ["--fix", "--format"]),
                                    (["instances", ""], ["*:operand:_hpcc_types", "--gpu", "eu-central-1"], ["--fix"]),
                                    (["completion", ""], ["*:operand:(bash zsh fish)"], ["--format"]),
                                    (["schema", ""], ["(json markdown)", "*:operand:(cluster environment batch)"], ["(json yaml)"]),
                                    (["build", ""], ["(tree model ir ir\\:no_effect "], ["(tree model)"]),
                                    (["exec", "f", "--", "aws", ""], ["command aws"], ["--format"])):
        result = subprocess.run(["zsh", "-f", "-c", run, "zsh", *typed], cwd=folder, capture_output=True)
        said = result.stdout.decode()
        missing = [w for w in wanted if w.lstrip("'") not in said]
        tap.ok(not missing and not [w for w in unwanted if w in said], f"zsh: hpcc {' '.join(typed)}",
               f"missing {missing}\n{said[:2000]}{result.stderr.decode()}")


def main():
    tap = Tap()
    with temporary() as folder:
        for name in ("cluster.yaml", "hpcc-command-for-the-test"):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n")
            os.chmod(path, 0o755)
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell) is None:
                tap.skip(f"{shell} completion", f"{shell} is not installed")
                continue
            parses(tap, shell, folder)
            if shell == "zsh":
                zsh_options(tap, folder)
            else:
                complete(tap, shell, folder)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

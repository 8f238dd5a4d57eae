# SPDX-License-Identifier: Apache-2.0
"""Every whole number of the cluster file at its extremes: refused or built, and nothing overflows.

usage: whole_numbers.py HPCC; prints TAP. The files of examples/everything use every property; each number in them is set to
values beyond what 32 and 64 bits hold. Each file is tried with its rules, and with all that can be switched off, so that
lowering and the summary see what passes the schema. Under the sanitizers of tests/run-all an overflow ends the process.
"""
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

from common import CLUSTER, HPCC, ROOT, Tap

VALUES = ["-1", "0", "2147483647", "2147483648", "4294967295", "9223372036854775807", "9223372036854775808", "1" + "0" * 30]
NUMBER = re.compile(r"^([ \t-]*)(\w+):[ \t]+(\d+)[ \t]*(#.*)?$", re.M)


def all_off(folder):
    codes = [line.split()[0] for line in subprocess.run([HPCC, "explain", "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
             if re.match(r"[EWN]0[234678]\d\d\b", line) and not line.startswith("E0278")]
    path = os.path.join(folder, "settings.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("severity:\n" + "".join(f"  {code}: off\n" for code in codes))
    return path


def cases():
    """(what, text) for each property and value."""
    for path in sorted(glob.glob(ROOT + "/examples/everything/*.yaml")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name in sorted({match.group(2) for match in NUMBER.finditer(text)}):
            for value in VALUES:
                yield (f"{os.path.basename(path)}: {name}",
                       NUMBER.sub(lambda m: f"{m.group(1)}{m.group(2)}: {value}" if m.group(2) == name else m.group(0), text))
    for count in ("65533", "65534") + tuple(VALUES):
        yield f"nodes: MaxCount {count}", CLUSTER.replace("MaxCount: 2", f"MaxCount: {count}")
        yield f"nodes: MinCount {count}", CLUSTER.replace("MaxCount: 2", f"MaxCount: {count}\n          MinCount: {count}")


def all_rules_off(tap, settings):
    """No rule that is switched off lets lowering meet what it cannot make."""
    wrong = []
    for path in sorted(glob.glob(ROOT + "/tests/ui/**/*.yaml", recursive=True)):
        result = subprocess.run([HPCC, "--config", settings, "--format=short", path], capture_output=True, timeout=600, check=False,
                                stdin=subprocess.DEVNULL)
        if result.returncode not in (0, 1, 2):
            wrong.append(f"{path}: exit status {result.returncode} {result.stderr[-300:]!r}")
    tap.equal(wrong, [], "files with mistakes, built without the rules that find them")


def run(args):
    settings, (what, text) = args
    result = subprocess.run([HPCC, "--summary", *settings, "--format=short", "-"], input=text.encode(), capture_output=True,
                            timeout=600, check=False)
    said = result.stderr.decode()
    good = result.returncode in (0, 1) and "runtime error" not in said and not re.search(r" -\d+ (to|nodes|vCPUs|GPUs)", said)
    return what, good, result.returncode, f"exit status {result.returncode}\n{said[-800:]}"


def main():
    tap = Tap()
    judged = {}
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        settings = all_off(folder)
        all_rules_off(tap, settings)
        both = (["--no-config"], ["--config", settings])
        for what, good, status, why in pool.map(run, [(options, case) for case in cases() for options in both]):
            judged.setdefault(what, []).append((good, status, why))
    for what, results in judged.items():
        tap.ok(all(good for good, _, _ in results), what, "\n".join(why for good, _, why in results if not good))
    statuses = [status for results in judged.values() for _, status, _ in results]
    tap.ok(1 in statuses and 0 in statuses, "some are refused and some are built")
    refused = {what: results[1][1] for what, results in judged.items() if what.startswith("nodes: MaxCount")}
    tap.equal((refused["nodes: MaxCount 65533"], refused["nodes: MaxCount 65534"]), (0, 1), "Slurm's largest number of nodes")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

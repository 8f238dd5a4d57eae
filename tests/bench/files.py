#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lints a thousand cluster files in one process, beside libyaml's event parser over the same bytes.

The files are the examples, and the good cases where there is a collection of them beside the source, each with a
small change. Clocks are shown, instruction counts (callgrind) decide: they are the same on a busy machine.
usage: files.py HPCC EVENTS [--profile]; prints TAP, the figures as comments. --profile: the functions that cost most.
"""
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bench import instructions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
HPCC, EVENTS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
FILES = 1000
# What is to be reached, and what a check fails at.
EVENTS_RATIO, EVENTS_RATIO_FAIL = 3, 3.5       # instructions, hpcc lint against libyaml alone
FILES_A_SECOND, FILES_A_SECOND_FAIL = 3000, 300  # of the clock; a busy machine must not fail it
TRUE_RATIO, TRUE_RATIO_FAIL = 2, 8             # wall time, one file against /bin/true
GROWTH_FAIL = 1.3                              # instructions of a file, late against early


def sources():
    paths = sorted(glob.glob(os.path.join(ROOT, "examples/*/*.yaml"))) + \
        sorted(glob.glob(os.path.join(SHARED, "cases/good/*.yaml")))
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if re.search("^HeadNode:", text, re.M) and "${" not in text:
            yield text


def write_files(folder):
    """Names of the files and how many bytes they have."""
    texts, names, size = list(sources()), [], 0
    for i in range(FILES):
        text = f"# file {i}\n" + texts[i % len(texts)].replace("subnet-0", f"subnet-{i % 10}")
        names.append(f"{i:04}.yaml")
        with open(os.path.join(folder, names[-1]), "w", encoding="utf-8") as file:
            file.write(text)
        size += len(text.encode())
    return names, size


def clock(command, folder, runs):
    """Least and median seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        times.append(time.perf_counter() - start)
        if result.returncode not in (0, 1) or result.stderr:
            raise SystemExit(f"{command[0]}: exit status {result.returncode}: {result.stderr.decode()[:500]}")
    return min(times), statistics.median(times)


def growth(lint, names, folder, whole):
    """Millions of instructions for the last hundred files after all others, and for the same files after one other:
    whichever hundred files these are, and however much they have to be looked at."""
    late = whole - instructions([*lint, *names[:-100]], folder)
    early = instructions([*lint, *names[:1], *names[-100:]], folder) - instructions([*lint, *names[:1]], folder)
    return late / 1e6, early / 1e6


class Report:
    def __init__(self):
        self.lines, self.failed = [], 0

    def check(self, good, name):
        self.failed += not good
        self.lines.append(f"{'ok' if good else 'not ok'} {len(self.lines) + 1} - {name}")

    def skip(self, name, why):
        self.lines.append(f"ok {len(self.lines) + 1} - {name} # SKIP {why}")

    def end(self):
        print("\n".join(self.lines) + f"\n1..{len(self.lines)}")
        return 1 if self.failed else 0


def missed(figure, aim, over=True):
    return " (missed)" if (figure > aim if over else figure < aim) else ""


def main():
    report = Report()
    with tempfile.TemporaryDirectory(prefix="hpcc-bench-") as folder:
        names, size = write_files(folder)
        lint = [HPCC, "lint", "--no-config", "--fail-on=never", "--format=short"]
        all_files, events, one, true = [*lint, *names], [EVENTS, *names], [*lint, names[0]], [shutil.which("true")]
        print(f"# {FILES} files, {size} bytes")
        least, median = clock(all_files, folder, 9)
        base, base_median = clock(events, folder, 9)
        single, single_median = clock(one, folder, 100)
        nothing, nothing_median = clock(true, folder, 100)
        for name, figures in (("hpcc lint", (least, median)), ("libyaml", (base, base_median)),
                              ("hpcc lint, one file", (single, single_median)), ("true", (nothing, nothing_median))):
            print(f"# {name:24}{figures[0] * 1000:9.2f} ms least{figures[1] * 1000:9.2f} ms median")
        speed = FILES / least
        report.check(speed >= FILES_A_SECOND_FAIL, f"{speed:,.0f} files a second, aim {FILES_A_SECOND:,}"
                     f"{missed(speed, FILES_A_SECOND, False)}, limit {FILES_A_SECOND_FAIL}")
        ratio = single / nothing
        report.check(ratio <= TRUE_RATIO_FAIL, f"one file takes {ratio:.2f} times as long as true, aim {TRUE_RATIO}"
                     f"{missed(ratio, TRUE_RATIO)}, limit {TRUE_RATIO_FAIL}")
        if shutil.which("valgrind") is None:
            report.skip("instructions against libyaml", "no valgrind")
            return report.end()
        profile = os.path.join(folder, "profile") if "--profile" in sys.argv else "/dev/null"
        mine, theirs = instructions(all_files, folder, profile), instructions(events, folder)
        print(f"# {'instructions':24}{mine:15,} hpcc{theirs:15,} libyaml")
        if profile != "/dev/null":
            shown = subprocess.run(["callgrind_annotate", "--auto=no", profile], stdout=subprocess.PIPE, text=True)
            print("".join(f"# {line}\n" for line in shown.stdout.splitlines()), end="")
        report.check(mine / theirs <= EVENTS_RATIO_FAIL, f"instructions: {mine / theirs:.2f} times libyaml's own, aim "
                     f"{EVENTS_RATIO}{missed(mine / theirs, EVENTS_RATIO)}, limit {EVENTS_RATIO_FAIL}")
        late, early = growth(lint, names, folder, mine)
        report.check(late / early <= GROWTH_FAIL, f"instructions of a hundred files as the last against the same as "
                     f"the first: {late / early:.2f} ({late:.1f} M, {early:.1f} M), limit {GROWTH_FAIL}")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())

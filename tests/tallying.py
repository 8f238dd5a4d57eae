# SPDX-License-Identifier: Apache-2.0
"""What the parts of run_all.py stand on: commands that are run, and what they say added up.

What is called ends in tally.passing, .failing or .skip. Suites of meson are counted by what they contain: Criterion's
tests, TAP's lines, or the program as one.
"""
import json
import os
import re
import shutil
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build")
VENV = os.environ.get("HPCC_VENV", os.path.join(BUILD, "venv"))
REQUIRE_ALL = os.environ.get("HPCC_REQUIRE_ALL") == "1"
JOBS = max(2, os.cpu_count() or 2)
LONG = 4800  # seconds after which something hangs, however busy the machine is
NIGHT = 10 * LONG  # the same of a part that runs by night


class Tally:
    """What came of all checks."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.faults = []

    def passing(self, n=1):
        self.passed += n

    def failing(self, what, n=1, why=()):
        """`why` are lines that tell it; the last words have the first of them."""
        self.failed += n
        self.faults.append((what, [line.rstrip()[:300] for line in why if line.strip()][:6]))
        print("FAILED: " + what)

    def skip(self, what, why, n=1):
        print(f"SKIPPED: {what}: {why}")
        if REQUIRE_ALL:
            self.failing(f"{what} (skipped, but HPCC_REQUIRE_ALL is set)", n)
        else:
            self.skipped += n

    def end(self):
        for what, why in self.faults:
            print("\n    ".join(["FAILED: " + what, *why]))
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


tally = Tally()


def run(command, env=None, timeout=1800, quiet=False):
    """(exit status, output); the output is shown as it comes unless `quiet`."""
    lines = []
    try:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                   errors="replace")
    except OSError as error:
        return 127, str(error)
    clock = threading.Timer(timeout, process.kill)
    clock.start()
    for line in process.stdout:
        lines.append(line)
        if not quiet:
            print(line, end="", flush=True)
    status = process.wait()
    late = not clock.is_alive()
    clock.cancel()
    return (124, "".join(lines) + f"timed out after {timeout} s\n") if late else (status, "".join(lines))


def check(what, command, **kwargs):
    """One command that is one check: its output is shown when it fails."""
    start = time.monotonic()
    status, text = run(command, quiet=True, **kwargs)
    took = f"({time.monotonic() - start:.1f} s)"
    if status == 0:
        tally.passing()
        print(f"ok: {what} {took}", flush=True)
    else:
        print(text)
        tally.failing(f"{what}: exit status {status} {took}", why=text.splitlines()[-6:])
    return status == 0


def have(what, *programs):
    """True when all programs are there; else the check is skipped."""
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        tally.skip(what, "no " + ", ".join(missing))
    return not missing


# ---- meson's suites ----

def count_test(test):
    """Adds one program of testlog.json by what it printed."""
    text = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
    name, before = test["name"], tally.failed
    found = False
    for match in re.finditer(r"Synthesis: Tested: (\d+) \| Passing: (\d+) \| Failing: (\d+) \| Crashing: (\d+)", text):
        tested, passing = int(match.group(1)), int(match.group(2))
        found = found or tested > 0
        tally.passing(passing)
        if tested > passing:
            tally.failing(f"{name}: {tested - passing} of {tested}", tested - passing,
                          re.findall(r"^\[-+\] .*:\d+: .*$|^\[FAIL\] .*$", text, re.M))
    for match in re.finditer(r"^SKIPPED: (.*?): (.*)$", text, re.M):  # Criterion leaves such tests out of its sums
        tally.skip(f"{name}: {match.group(1)}", match.group(2))
    if not found:
        for match in re.finditer(r"^(not ok|ok)\b *\d*(?: - )?(.*)$((?:\n#.*)*)", text, re.M):
            found = True
            skip = re.search(r"# *SKIP\b *(.*)", match.group(2), re.I)
            if skip:
                tally.skip(f"{name}: {match.group(2).split('#')[0].strip()}", skip.group(1))
            elif match.group(1) == "ok":
                tally.passing()
            else:
                tally.failing(f"{name}: {match.group(2)}", why=match.group(3).splitlines())
        skip_all = re.search(r"^1\.\.0 *# *SKIP *(.*)$", text, re.M | re.I)
        if skip_all:
            found = True
            tally.skip(name, skip_all.group(1))
    if test["result"] == "SKIP" and not found:
        tally.skip(name, "the test says so")
    elif test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and tally.failed == before:
        tally.failing(f"{name}: {test['result']}", why=text.splitlines()[-6:])
    elif not found:
        tally.passing()


def log_of(folder, base):
    return os.path.join(ROOT, folder, "meson-logs", base + ".json")


def of_meson(folder, *options, base="testlog"):
    """A command that runs tests and writes a new log of that name, and its variables."""
    if os.path.exists(log_of(folder, base)):
        os.unlink(log_of(folder, base))
    python = os.path.join(VENV, "bin", "python3")
    return (["meson", "test", "-C", folder, "-v", "--timeout-multiplier", "10", "--logbase", base, *options],
            {"HPCC_VENV": VENV, **({"HPCC_PYTHON": python} if os.path.exists(python) else {})})


def meson_test(folder, suites=(), without=(), env=None, options=(), timeout=LONG):
    command, tools = of_meson(folder, *[option for suite in suites for option in ("--suite", suite)],
                              *[option for suite in without for option in ("--no-suite", suite)], *options)
    status, _ = run(command, env={**tools, **(env or {})}, timeout=timeout)
    count_tests(folder, "testlog", status)


def counted(name, command, timeout=LONG):
    """Runs a program that prints TAP, and counts its lines."""
    status, text = run(command, env={"HPCC_VENV": VENV}, timeout=timeout)
    count_test({"name": name, "stdout": text, "result": "OK" if status == 0 else "FAIL"})


def count_tests(folder, base, status):
    log = log_of(folder, base)
    if not os.path.exists(log):
        tally.failing(f"meson test -C {folder}: exit status {status}, no log")
        return
    with open(log, encoding="utf-8") as file:
        tests = [json.loads(line) for line in file if line.strip()]
    before = tally.failed
    for test in tests:
        count_test(test)
    if status != 0 and tally.failed == before:
        tally.failing(f"meson test -C {folder}: exit status {status}")
    print(f"ok: {len(tests)} programs of {folder}" if tally.failed == before else f"{folder}: see above")

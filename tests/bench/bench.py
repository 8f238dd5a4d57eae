#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much hpcc costs, beside what everybody knows, measured in one run.

Wall time of whole processes: minimum and median of interleaved runs. Instructions: callgrind, which counts
the same on a busy machine. Memory: largest resident size and page faults. Growth: 1, 10 and 50 queues.
Kinds: what an environment and a batch file cost beside a cluster, and 200 job definitions. Checks compare figures of this run with each other, and instruction counts with each other, never with a
clock of another day. usage: bench.py HPCC [--runs N]; prints a table, then TAP.
"""
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.environ.get("HPCC_VENV", os.path.join(ROOT, "build", "venv"))
HPCC = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/hpcc"))
RUNS = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 100
NOTHING = {"PATH": "/usr/bin:/bin"}

# What is to be reached, and what a check fails at: a busy or slow machine must not fail it.
WALL_RATIO, WALL_RATIO_FAIL = 3, 12
TOUCHED_KB, TOUCHED_KB_FAIL = 2048, 4096
CFN_LINT_RATIO, CFN_LINT_RATIO_FAIL = 1000, 100


def largest_example():
    """The cluster file of examples/everything that gives the largest template."""
    best, size = None, 0
    folder = os.path.join(ROOT, "examples/everything")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            if re.search("^Kind: (?!Cluster)", file.read(), re.M):
                continue
        result = subprocess.run([HPCC, "-q", path], capture_output=True, env=NOTHING)
        if result.returncode == 0 and len(result.stdout) > size:
            best, size = path, len(result.stdout)
    return best


def run_once(command):
    """(seconds, page faults) of one process."""
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, NOTHING, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    _, status, used = os.wait4(pid, 0)
    took = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)}: exit status {status}")
    return took, used.ru_minflt


def measure(commands, runs):
    """{name: (min, median, faults)}; the commands take turns, so that all see the same machine."""
    seen = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            seen[name].append(run_once(command))
    return {name: (min(r[0] for r in rows), statistics.median(r[0] for r in rows), min(r[1] for r in rows))
            for name, rows in seen.items()}


def instructions(command, folder=None, out="/dev/null"):
    """Instructions of a whole process that came to its end, by callgrind, which also counts one that was cut off and
    says nothing of it; None without valgrind. out: where callgrind's own file goes."""
    if not shutil.which("valgrind"):
        return None
    result = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *command], env=NOTHING,
                            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    match = re.search(rb"Collected : (\d+)", result.stderr)
    if result.returncode not in (0, 1) or match is None:
        raise SystemExit(f"{' '.join(command[:2])}: exit status {result.returncode} under callgrind: "
                         f"{result.stderr.decode(errors='replace')[-1000:]}")
    return int(match.group(1))


def queues(n):
    """A cluster file with n queues of one compute resource each."""
    text = ("Region: us-east-1\nImage:\n  Os: alinux2023\nHeadNode:\n  InstanceType: m5.4xlarge\n  Networking:\n"
            "    SubnetId: subnet-0123456789abcdef0\nScheduling:\n  Scheduler: slurm\n  SlurmQueues:\n")
    for i in range(n):
        text += (f"    - Name: q{i}\n      ComputeResources:\n        - Name: r{i}\n          InstanceType: c5.xlarge\n"
                 f"          MaxCount: {i + 1}\n      Networking:\n        SubnetIds: [subnet-0123456789abcdef0]\n")
    return text


class Report:
    def __init__(self):
        self.n = self.failed = 0
        self.lines = []

    def check(self, name, figure, aim, limit, unit=""):
        """A figure that should be at most `aim` and must be at most `limit`."""
        self.n += 1
        good = figure <= limit
        self.failed += not good
        self.lines.append(f"{'ok' if good else 'not ok'} {self.n} - {name}: {figure:.2f}{unit}, aim {aim}{unit}"
                          f"{'' if figure <= aim else ' (missed)'}, limit {limit}{unit}")

    def skip(self, name, why):
        self.n += 1
        self.lines.append(f"ok {self.n} - {name} # SKIP {why}")

    def end(self):
        print("\n".join(self.lines) + f"\n1..{self.n}")
        return 1 if self.failed else 0


def table(rows):
    print(f"{'command':34}{'min ms':>9}{'median':>9}{'faults':>8}{'instructions':>15}")
    for name, (least, median, faults), count in rows:
        print(f"{name:34}{least * 1000:9.2f}{median * 1000:9.2f}{faults:8}"
              f"{'' if count is None else format(count, ',').rjust(15)}")


def cfn_lint_seconds(template, region):
    """Seconds that a whole cfn-lint process takes for the template, or None."""
    program = os.path.join(VENV, "bin/cfn-lint")
    if not os.path.exists(program):
        return None
    times = []
    for _ in range(2):
        start = time.perf_counter()
        subprocess.run([program, "--regions", region, "--", template], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def job_definitions(n):
    """A batch file with n job definitions of one queue."""
    text = ("Kind: Batch\nRegion: us-east-1\nNetworking: {SubnetIds: [subnet-0123456789abcdef0]}\nComputeEnvironments:\n"
            "  - {Name: c, InstanceTypes: [c6i], MaxvCpus: 64}\nJobQueues:\n  - {Name: q, ComputeEnvironmentOrder: [c]}\nJobDefinitions:\n")
    for i in range(n):
        text += (f"  - Name: j{i}\n    ContainerProperties: {{Image: 'public.ecr.aws/docker/library/busybox:1.36', Vcpus: 1, Memory: 512,\n"
                 f"      Command: [echo, job {i}]}}\n")
    return text


# What grows: who writes it, and how many of it; the first three are compared.
GROWS = {"queues": (queues, (1, 10, 50, 100)), "job definitions": (job_definitions, (10, 50, 200))}


def growth(report, folder):
    """Instructions and time for each further one, late against early: linear means the same."""
    commands = {}
    for what, (write, numbers) in GROWS.items():
        for n in numbers:
            path = os.path.join(folder, f"{what[0]}{n}.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(write(n))
            for name, args in (("lint", ["lint", "-q", path]), ("build", ["-q", path])):
                if subprocess.run([HPCC, *args], capture_output=True, env=NOTHING).returncode == 0:
                    commands[f"{name} {n} {what}"] = [HPCC, *args]
    figures = measure(commands, max(10, RUNS // 4))
    counts = {name: instructions(command) for name, command in commands.items()}
    table([(name, figures[name], counts[name]) for name in commands])
    for what, (_, numbers) in GROWS.items():
        for name in ("lint", "build"):
            points = [n for n in numbers[:3] if counts.get(f"{name} {n} {what}")]
            if len(points) < 3:
                report.skip(f"{name}: growth of {what}", "no valgrind, or a file that is refused")
                continue
            few, more, most = (counts[f"{name} {n} {what}"] for n in points)
            early, late = (more - few) / (points[1] - points[0]), (most - more) / (points[2] - points[1])
            report.check(f"{name}: instructions of one of {points[2]} {what}, beyond {points[1]} against up to there", late / early, 1.2, 2)


def dearest(report, folder, example, beside, aim, limit):
    """The dearest file of a kind against a cluster, in instructions."""
    paths = [os.path.join(ROOT, folder, name) for name in sorted(os.listdir(os.path.join(ROOT, folder))) if name.endswith(".yaml")]
    for path in paths:
        subprocess.run([HPCC, "-q", path], capture_output=True, env=NOTHING, check=True)
    cluster = instructions([HPCC, "-q", example])
    if cluster is None:
        report.skip(f"{folder} against {beside}", "no valgrind")
        return
    counts = {path: instructions([HPCC, "-q", path]) for path in paths}
    for path, count in {**counts, example: cluster}.items():
        print(f"{'hpcc build, ' + os.path.relpath(path, ROOT):52}{count:>23,}")
    report.check(f"build: instructions of the dearest of {folder} against {beside}", max(counts.values()) / cluster, aim, limit)


def kinds(report, example):
    """An environment compiles in the time of the dearest cluster, and operations of AWS Batch within twice that of the tutorial's."""
    dearest(report, "examples/environment", example, "the dearest cluster", 1, 1.5)
    dearest(report, "examples/batch", example, "the dearest cluster", 1.5, 4)
    tutorial, operations = (instructions([HPCC, "-q", os.path.join(ROOT, "examples", name)]) for name in ("tutorial/cluster.yaml", "batch/operations.yaml"))
    if tutorial is not None:
        report.check("build: instructions of the operations environment against the tutorial's cluster", operations / tutorial, 2, 2)


def main():
    report = Report()
    example = largest_example()
    if example is None:
        print("not ok 1 - no file of examples/everything compiles\n1..1")
        return 1
    with open(example, encoding="utf-8") as file:
        region = re.search(r"^Region: (\S+)", file.read(), re.M).group(1)
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "stack.json")
        subprocess.run([HPCC, "-q", example, "-o", template], check=True, env=NOTHING)
        commands = {"true": [shutil.which("true")], "cat": [shutil.which("cat"), template]}
        if shutil.which("jq"):
            commands["jq ."] = [shutil.which("jq"), ".", template]
        commands.update({"hpcc --version": [HPCC, "--version"], "hpcc lint": [HPCC, "lint", "-q", example],
                         "hpcc build": [HPCC, "-q", example], "hpcc build, YAML": [HPCC, "-q", "--emit=yaml", example]})
        print(f"{os.path.relpath(example, ROOT)}: {os.path.getsize(example)} bytes in, "
              f"{os.path.getsize(template)} bytes out; {RUNS} runs of each")
        figures = measure(commands, RUNS)
        table([(name, figures[name], instructions(command)) for name, command in commands.items()])
        growth(report, folder)
        kinds(report, example)
        build, true = figures["hpcc build"], figures["true"]
        report.check("build: wall time against true", build[0] / true[0], WALL_RATIO, WALL_RATIO_FAIL, "x")
        touched = (build[2] - true[2]) * resource.getpagesize() / 1024
        report.check("build: memory touched beyond true", max(touched, 0), TOUCHED_KB, TOUCHED_KB_FAIL, " KiB")
        seconds = cfn_lint_seconds(template, region)
        if seconds is None:
            report.skip("build against cfn-lint reading the result", "no cfn-lint in the virtual environment")
        else:
            print(f"{'cfn-lint':34}{seconds * 1000:9.0f}")
            print(f"cfn-lint takes {seconds / build[0]:,.0f} times as long to read the template as hpcc to make it")
            report.check("build: time against cfn-lint, in parts of one thousandth", 1000 * build[0] / seconds,
                         1000 / CFN_LINT_RATIO, 1000 / CFN_LINT_RATIO_FAIL)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())

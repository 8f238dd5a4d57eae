#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every check and adds up what they say. Called by tests/run-all, which see.

A part is a function below and a row in PARTS or NIGHTLY.
"""
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from tallying import BUILD, JOBS, LONG, NIGHT, ROOT, VENV, check, count_tests, counted, have, meson_test, of_meson, run, tally


# ---- building ----

def configure(folder, options, env=None):
    fresh = not os.path.exists(os.path.join(ROOT, folder, "build.ninja"))
    return ["meson", "setup", *([] if fresh else ["--reconfigure"]), *options, folder], env


def build(what, folder, options, env=None):
    command, env = configure(folder, options, env)
    status, text = run(command, env=env, quiet=True)
    if status != 0:
        print(text)
        tally.failing(f"{what}: cannot configure")
        return False
    return check(what, ["ninja", "-C", folder], env=env)


def unit_option():
    return "enabled" if run(["pkg-config", "--exists", "criterion"], quiet=True)[0] == 0 else "auto"


def part_build():
    unit = unit_option()
    if unit == "auto":
        tally.skip("unit tests", "Criterion is not installed")
    build("build without warnings, default compiler", "build", ["-Dwerror=true", "-Dunit=" + unit])
    if have("build with clang", "clang"):
        build("build without warnings, clang", "build-clang", ["-Dwerror=true"], {"CC": "clang"})


def made(folder, options, env=None):
    """Is what a part needs there, after it was made? The part `build` counts it; here only a failure is told."""
    command, env = configure(folder, options, env)
    if not os.path.exists(os.path.join(ROOT, folder, "build.ninja")) and run(command, env=env, quiet=True)[0] != 0:
        tally.failing(f"{folder} cannot be configured")
        return False
    status, text = run(["ninja", "-C", folder], env=env, quiet=True)
    if status != 0:
        print(text)
        tally.failing(f"{folder} cannot be built")
    return status == 0


def program():
    return made("build", ["-Dwerror=true", "-Dunit=" + unit_option()])


def program_and_clang():
    return program() and (not shutil.which("clang") or made("build-clang", ["-Dwerror=true"], {"CC": "clang"}))


def tools_and_program():
    make_venv()
    return program()


def all_tools_and_program():
    make_venv(os.environ.get("HPCC_SCANNERS", VENV + "-scanners"), "requirements-scanners.txt")
    make_venv(os.environ.get("HPCC_AWSBATCH", VENV + "-awsbatch"), "requirements-awsbatch.txt")
    return tools_and_program()


# ---- tools, and meson's suites ----

def make_venv(folder=VENV, requirements="requirements.txt"):
    """Tools from PyPI. Without them the tests that need them are skipped, each with a line."""
    python = os.path.join(folder, "bin", "python3")
    wanted = os.path.join(ROOT, "tests", requirements)
    stamp = os.path.join(folder, "requirements.txt")
    if os.path.exists(stamp) and open(stamp).read() == open(wanted).read():
        return
    if "HPCC_VENV" in os.environ and os.path.exists(python):
        return
    print(f"installing the tools of tests/{requirements} into {os.path.relpath(folder, ROOT)}", flush=True)
    for command in (["python3", "-m", "venv", folder],
                    [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", wanted]):
        status, text = run(command, quiet=True)
        if status != 0:
            print(text)
            print(f"run-all: SKIPPED what needs the tools of tests/{requirements}: they cannot be installed", flush=True)
            return
    shutil.copy(wanted, stamp)


def part_suites():
    meson_test("build", without=["e2e", "bench", "runtime", "laboratory", "weather", "workflows", "sanitizers"])


def part_e2e():
    meson_test("build", suites=["e2e"])


def part_workflows():
    meson_test("build", suites=["workflows"])


def part_runtime():
    meson_test("build", suites=["runtime"])


def part_laboratory():
    begin(Booting)
    begun[Booting].done()


def sanitized(*suites, timeout=LONG):
    if build("build with sanitizers", "build-asan", ["-Dwerror=true", "-Db_sanitize=address,undefined",
                                                     "-Db_lundef=false", "-Doptimization=1"]):
        meson_test("build-asan", suites=suites, timeout=timeout, env={
                   "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0",
                   "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})


def part_sanitizers():
    sanitized("unit", "ui", "stages", "reports", "sanitizers")


# ---- fuzzing ----

def fuzz_one(target, seeds, dictionary, most):
    name = os.path.basename(target)
    seconds = most if name in ("fuzz_all", "fuzz_front") else most // 2 + 1  # the whole compiler, and parts of it
    with tempfile.TemporaryDirectory() as corpus:
        status, text = run([target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                            "-print_final_stats=1", f"-artifact_prefix={BUILD}/{name}-", "-max_len=8192",
                            "-dict=" + dictionary, corpus, seeds,
                            *sorted(p for p in {"tests/fuzz/" + name.removeprefix("fuzz_"), "tests/fuzz/front"}
                                    if os.path.isdir(ROOT + "/" + p))],
                           timeout=most * 4 + 60, quiet=True)
    runs = re.search(r"number_of_executed_units: (\d+)", text)
    return name, status, text, int(runs.group(1)) if runs else 0


def seed_corpus(folder):
    sources = glob.glob(ROOT + "/examples/*/*.yaml") + glob.glob(ROOT + "/tests/ui/**/*.yaml", recursive=True) \
        + glob.glob(ROOT + "/tests/stages/*/in.yaml") + glob.glob(ROOT + "/examples/language/*.hpc") \
        + glob.glob(ROOT + "/tests/ui/**/*.hpc", recursive=True) + glob.glob(ROOT + "/stdlib/std/*.hpc")
    for number, path in enumerate(sorted(sources)):
        shutil.copy(path, os.path.join(folder, str(number) + os.path.splitext(path)[1]))


def part_fuzz():
    fuzz(int(os.environ.get("HPCC_FUZZ_SECONDS", "30")))


def fuzz(most):
    """Each target, for so many seconds at the most."""
    if not have("fuzzing", "clang"):
        return
    command, env = configure("build-fuzz", ["-Dfuzz=true", "-Dunit=disabled", "-Db_lundef=false"], {"CC": "clang"})
    status, text = run(command, env=env, quiet=True)
    if status != 0:
        print(text)
        tally.failing("fuzzing: cannot configure")
        return
    status, text = run(["meson", "introspect", "--targets", "build-fuzz"], quiet=True)
    targets = [t["filename"][0] for t in json.loads(text) if t["name"].startswith("fuzz_")]
    names = [os.path.relpath(target, ROOT + "/build-fuzz") for target in targets]
    if not targets:
        tally.failing("fuzzing: no targets")
    elif not check("build of the fuzz targets", ["ninja", "-C", "build-fuzz", *names]):
        return
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(JOBS) as pool:
        seeds, dictionary = os.path.join(folder, "seeds"), os.path.join(folder, "fuzz.dict")
        os.mkdir(seeds)
        seed_corpus(seeds)
        status, words = run(["python3", "tests/fuzz/dictionary.py", "build/hpcc"], quiet=True)
        with open(dictionary, "w", encoding="utf-8") as file:
            file.write(words if status == 0 else "")
        for name, status, text, runs in pool.map(lambda target: fuzz_one(target, seeds, dictionary, most), targets):
            if status == 0 and runs > 0:
                tally.passing()
                print(f"ok: {name}: {runs} inputs")
            else:
                print("\n".join(text.splitlines()[-60:]))
                tally.failing(f"{name}: exit status {status}, {runs} inputs", why=re.findall(
                    r"^.*(?:runtime error|ERROR|SUMMARY|invariant|ALARM|Test unit written).*$|^ +#[0-3] .*$", text, re.M))


# ---- looking at the source ----

def c_files():
    return sorted(path for top in ("compiler", "lowering", "stdlib", "tests") for path in
                  glob.glob(f"{ROOT}/{top}/**/*.[ch]", recursive=True))


def clang_format_14():
    """clang-format's taste changes from version to version, so it is one version everywhere."""
    for program in ("clang-format-14", "clang-format", os.path.join(VENV, "bin", "clang-format")):
        if shutil.which(program) and "version 14." in run([program, "--version"], quiet=True)[1]:
            return program
    return None


def scripts():
    """{interpreter: [path]} of every shell script in the project."""
    found = {"sh": [], "bash": []}
    names = run(["git", "ls-files", "-co", "--exclude-standard"], quiet=True)[1].splitlines()
    for name in names:
        path = os.path.join(ROOT, name)
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            first = file.readline(100)
        match = re.match(rb"#! ?/\S*?/?(?:env )?(sh|bash)\b", first[first.find(b"#"):] if b"#" in first else b"")
        if match and first.startswith(b"#!"):
            found[match.group(1).decode()].append(path)
        elif name.endswith(".sh"):
            found["sh"].append(path)
    return found


def part_lint():
    formatter = clang_format_14()
    if formatter:
        check("clang-format", [formatter, "--dry-run", "-Werror", *c_files()])
    else:
        tally.skip("clang-format", "no version 14")
    shell = scripts()
    if have("shellcheck", "shellcheck"):
        check(f"shellcheck of {sum(map(len, shell.values()))} scripts",
              ["shellcheck", "-x", *shell["sh"], *shell["bash"]])
    if have("dash -n", "dash"):
        for path in shell["sh"]:
            check("dash -n " + os.path.relpath(path, ROOT), ["dash", "-n", path])
    for path in shell["bash"]:
        check("bash -n " + os.path.relpath(path, ROOT), ["bash", "-n", path])
    check("Python compiles", ["python3", "-c", "import ast, sys\nfor p in sys.argv[1:]: ast.parse(open(p).read(), p)",
                              *glob.glob(ROOT + "/**/*.py", recursive=False),
                              *[p for top in (".ci", "tests", "templates", "stdlib") for p in
                                glob.glob(f"{ROOT}/{top}/**/*.py", recursive=True)]])
    check("no marks of a merge", ["sh", "-c", "! git grep -nE '^(<{7}|[|]{7}|>{7}) '"])
    if have("manual page", "man", "groff"):
        check("manual page without warnings", ["sh", "-c", "out=$(LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 "
              "man --warnings -l build/doc/hpcc.1 2>&1 >/dev/null); printf %s \"$out\"; [ -z \"$out\" ]"])


# ---- memory and speed ----

def part_memory():
    """A static program keeps its own malloc, out of valgrind's sight, so the dynamic twin is looked at."""
    if not have("valgrind", "valgrind"):
        return
    if not check("build of the dynamic twin", ["ninja", "-C", "build", "tests/hpcc-dynamic"]):
        return
    twin = "build/tests/hpcc-dynamic"
    everything = "examples/everything/scheduling.yaml"
    for args in (["--version"], ["--help"], ["schema"], ["instances", "--efa", "--emit=json"],
                 ["lint", everything, "examples/awsbatch/cluster.yaml"], [everything], [everything, "--emit=yaml"],
                 ["--dump=tree", everything], ["--dump=model", everything], ["--dump=ir", everything],
                 ["userdata", everything, "--node=head"], ["cost", everything, "--emit=json"], ["cost", "examples/batch/operations.yaml"],
                 ["model", everything], ["completion", "bash"], ["man"], ["fmt", "--check", everything],
                 ["lint", "--vars", "examples/training-gpu/config.yaml", "examples/training-gpu/cluster.yaml"]):
        check("valgrind hpcc " + " ".join(args), ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
              "--errors-for-leak-kinds=definite,indirect,possible", twin, *args])


def part_bench():
    counted("bench", ["python3", "tests/bench/bench.py", "build/hpcc"])
    meson_test("build", ["bench"])


# ---- in the background ----

# All of it begins as soon as there is a program. The laboratory waits more than it computes, but has clocks that
# others set, so it goes before the parts in the foreground, which are nice; the rest takes what is left.
NICE = 5


class Booting:
    """The laboratory, in the background."""

    TOOLS = ("meson",)

    def __init__(self):
        self.log = tempfile.TemporaryFile()
        self.start = time.monotonic()
        command, tools = of_meson("build", "--no-rebuild", "--num-processes", str(JOBS + 1), "--suite", "laboratory",
                                  base="laboratory")
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **tools}, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT)

    def done(self):
        """Waits for it, and counts what it tried."""
        try:
            status = self.process.wait(timeout=LONG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.log.seek(0)
        print(self.log.read().decode("utf-8", "replace"))
        count_tests("build", "laboratory", status)
        print(f"the laboratory took {time.monotonic() - self.start:.1f} s, in the background", flush=True)


class Making:
    """The release, made in the background."""

    TOOLS = ("qemu-aarch64", "rpmbuild", "rpm", "skopeo", "dpkg-deb", "node")

    def __init__(self):
        self.log = tempfile.TemporaryFile()
        self.start = time.monotonic()
        self.process = subprocess.Popen(["nice", "-n", "10", ".ci/release"], cwd=ROOT, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT)

    def done(self):
        """Waits for it, and counts it as a check."""
        try:
            status = self.process.wait(timeout=LONG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        took = f"({time.monotonic() - self.start:.1f} s, in the background)"
        if status == 0:
            tally.passing()
            print(f"ok: release is made {took}", flush=True)
        else:
            self.log.seek(0)
            print(self.log.read().decode("utf-8", "replace"))
            tally.failing(f"release is made: exit status {status} {took}")
        return status == 0


class Tidying:
    """clang-tidy over what build-clang compiles, but for tests, in the background."""

    TOOLS = ("clang-tidy", "clang")
    # How many states of a function clang's analyzer looks at before it leaves it: half of its own limit takes half the time.
    LIMIT = tuple(f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=100000"))

    def __init__(self):
        self.start = time.monotonic()
        with open(ROOT + "/build-clang/compile_commands.json", encoding="utf-8") as file:
            built = {os.path.normpath(os.path.join(c["directory"], c["file"])) for c in json.load(file)}
        self.paths = [path for path in c_files() if path in built and not path.startswith(ROOT + "/tests/")]
        self.paths.sort(key=os.path.getsize, reverse=True)  # what takes long comes first, so no processor waits for it
        self.pool = ThreadPoolExecutor(JOBS)
        self.results = [self.pool.submit(self.tidy, path) for path in self.paths]

    def tidy(self, path):
        return run(["nice", "-n", "15", "clang-tidy", "--quiet", "-p", "build-clang", "--warnings-as-errors=*", *self.LIMIT, path],
                   quiet=True)

    def done(self):
        """Waits for it, and counts it as a check."""
        wrong = []
        for path, result in zip(self.paths, self.results):
            status, text = result.result()
            if status != 0:
                print(text)
                wrong.append(os.path.relpath(path, ROOT))
        self.pool.shutdown()
        if wrong or not self.paths:
            tally.failing(f"clang-tidy of {len(self.paths)} files: {' '.join(wrong)}")
        else:
            tally.passing()
            took = time.monotonic() - self.start
            print(f"ok: clang-tidy of {len(self.paths)} files ({took:.1f} s, in the background)", flush=True)


class TidyingDeep(Tidying):
    """The same with the analyzer's own limit."""

    LIMIT = ()


begun = {}  # Booting, Making and Tidying of this run


def begin(work):
    """Begins it once, where its tools are."""
    if work not in begun and all(shutil.which(name) for name in work.TOOLS):
        begun[work] = work()


def begin_all(names):
    """What of the parts runs in the background."""
    for name, work in (("laboratory", Booting), ("release", Making), ("tidy", Tidying)):
        if name in names and PARTS[name][1]() is not False:
            begin(work)
    os.nice(NICE)


def tidied(work):
    if have("clang-tidy", *work.TOOLS):
        begin(work)
        begun[work].done()


def part_tidy():
    tidied(Tidying)


# ---- what is handed out ----

def proven(*options, timeout=LONG):
    """Makes the whole release and takes it as users do; doc/testing.md says what cannot run here."""
    if have("release", *Making.TOOLS):
        begin(Making)
        if begun[Making].done():
            counted("release", ["python3", "-u", "tests/release/proof.py", "build/hpcc", "build/release/dist", *options], timeout)


def part_release():
    proven()
    without_libc()


def without_libc():
    """A machine that has no libc.a: what is configured there is dynamic, without an option."""
    with tempfile.TemporaryDirectory() as folder:
        compiler = os.path.join(folder, "cc")
        with open(compiler, "w", encoding="ascii") as file:
            file.write('#!/bin/sh\nfor a; do [ "$a" != -static ] || { echo "cannot find -lc" >&2; exit 1; }; done\n'
                       'exec cc "$@"\n')
        os.chmod(compiler, 0o755)
        built = folder + "/build"
        if check("configuring without libc.a", ["meson", "setup", "-Dunit=disabled", "-Doptimization=0", built],
                 env={"CC": compiler}) and \
                check("build without libc.a", ["ninja", "-C", built, "hpcc"]):
            check("it is dynamic, and gives the same template", ["sh", "-c", "\"$1\" examples/tutorial/cluster.yaml >\"$2\""
                  " && build/hpcc examples/tutorial/cluster.yaml | cmp - \"$2\" && ldd \"$1\" | grep 'libc\\.'", "-",
                  built + "/hpcc", folder + "/stack.json"])


# name: (what it does, what it needs made first, what it is)
PARTS = {
    "build": (part_build, make_venv, "two compilers, no warning"),
    "suites": (part_suites, tools_and_program, "unit, ui, stages, lint and cases"),
    "sanitizers": (part_sanitizers, make_venv, "unit, ui, stages, reports and all templates under ASan and UBSan"),
    "fuzz": (part_fuzz, program, "each fuzz target for HPCC_FUZZ_SECONDS (30)"),
    "lint": (part_lint, tools_and_program, "clang-format, shellcheck, the manual page"),
    "e2e": (part_e2e, all_tools_and_program, "whole runs, judged by other programs"),
    "workflows": (part_workflows, all_tools_and_program, "state machines as others read them, and executed under all weather"),
    "runtime": (part_runtime, tools_and_program, "scripts of nodes, slurm.conf before slurmctld, roles"),
    "laboratory": (part_laboratory, all_tools_and_program, "clusters that boot; needs root; begun behind build"),
    "bench": (part_bench, tools_and_program, "speed"),
    "memory": (part_memory, program, "valgrind"),
    "release": (part_release, program, "what is handed out: made with zig, installed and run; begun behind build"),
    "tidy": (part_tidy, program_and_clang, "clang-tidy; begun behind build"),
}


# ---- by night ----

def part_long_fuzz():
    fuzz(int(os.environ.get("HPCC_FUZZ_SECONDS", "600")))


def part_all_mutants():
    counted("mutate", ["python3", "-u", "tests/e2e/mutate.py", "build/hpcc", "--all"], NIGHT)
    counted("advice", ["python3", "-u", "tests/e2e/advice.py", "build/hpcc", "--all"], NIGHT)
    counted("values", ["python3", "-u", "tests/e2e/values.py", "build/hpcc", "--rounds=4"], NIGHT)


def part_all_sums():
    sanitized("unchanged", timeout=NIGHT)


def part_all_emulated():
    proven("--all", timeout=NIGHT)


def part_deep_tidy():
    tidied(TidyingDeep)


def part_weather():
    """Three at once: they wait more than they compute."""
    meson_test("build", suites=["weather"], options=["--num-processes", str(JOBS + 1)], timeout=NIGHT)


# What is too long for every run; alone by its name, or all of it as `nightly`.
NIGHTLY = {
    "long-fuzz": (part_long_fuzz, program, "each fuzz target for HPCC_FUZZ_SECONDS (600)"),
    "all-mutants": (part_all_mutants, tools_and_program, "every mutant and every piece of advice, not a sample; hostile values at more places"),
    "all-sums": (part_all_sums, make_venv, "what else than a template hpcc makes of any file, under the sanitizers"),
    "all-emulated": (part_all_emulated, program, "every file of ui with the programs for aarch64 and WebAssembly, not a sample"),
    "deep-tidy": (part_deep_tidy, program_and_clang, "clang-tidy with the analyzer's own limit, not half of it"),
    "weather": (part_weather, all_tools_and_program, "clusters in bad weather: what every run leaves out; needs root"),
}
# What no run does, by the command that does it.
ASIDE = {
    "HPCC_FUZZ_SECONDS=3600 tests/run-all long-fuzz": "an hour for each fuzz target",
    "examples/smoke/smoke.sh REGION": "a cluster in an account of AWS; costs some cents",
}


def show_parts():
    def show(parts):
        for name, (_, _, what) in parts.items():
            print(f"{name:14}{what}")
    show(PARTS)
    print("\nonly by name, or all of them as `nightly`:")
    show(NIGHTLY)
    print("\nnever but by hand:")
    for command, what in ASIDE.items():
        print(f"  {command}\n{'':15}{what}")


def run_part(name):
    """Runs one part with what it needs; the seconds it took."""
    start = time.monotonic()
    print(f"\n==== {name} ====", flush=True)
    part, needs, _ = {**PARTS, **NIGHTLY}[name]
    if needs() is not False:
        part()
    took = time.monotonic() - start
    print(f"==== {name}: {took:.0f} s ====", flush=True)
    return took


def main():
    names = sys.argv[1:]
    if names == ["--list"]:
        show_parts()
        return 0
    names = [name for given in names for name in (NIGHTLY if given == "nightly" else [given])]
    unknown = sorted(set(names) - set(PARTS) - set(NIGHTLY))
    if unknown:
        print(f"run-all: no part {' '.join(unknown)}; the parts are {' '.join([*PARTS, *NIGHTLY, 'nightly'])}", file=sys.stderr)
        return 2
    os.makedirs(BUILD, exist_ok=True)
    took, start = {}, time.monotonic()
    names = names or list(PARTS)
    if names[0] != "build":
        begin_all(names)
    for name in names:
        took[name] = run_part(name)
        if name == "build":
            begin_all(names)
    print("\n" + "\n".join(f"{name:12}{seconds:6.0f} s" for name, seconds in took.items()))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{'all':12}{time.monotonic() - start:6.0f} s, {used.ru_utime + used.ru_stime:.0f} s of a processor")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())

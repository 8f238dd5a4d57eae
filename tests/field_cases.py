#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `hpcc lint` against small cluster files from public reports and from newer releases of ParallelCluster.

usage: field_cases.py HPCC FOLDER

FOLDER holds NAME.yaml with NAME.expect beside it, which says `silent`, or `SEVERITY LINE REGEX` of one finding that
must be there. What newer releases added or changed (r-kN-*.yaml) is judged by the table below. Without the folder the
test is skipped (status 77).
"""
import glob
import os
import re
import subprocess
import sys

# name of a file from newer releases: (arguments, what must be found), or None where nothing may be.
NEWER = [
    ("r-k1-backup-retention-90", "", None),
    ("r-k1-backup-retention-90", "--parallelcluster 3.16.1", None),
    ("r-k1-backup-retention-90", "--parallelcluster 3.15", "error 31 between 0 and 35"),
    ("r-k2-compute-instance-info-timeout", "", None),
    ("r-k2-compute-instance-info-timeout", "--parallelcluster 3.15.1", "error 24 E0114"),
    ("r-k3-ami-name-prefix", "", None),
    ("r-k4-launch-template-version-0", "", "error 21 E0105"),
    ("r-k4-launch-template-version-text", "", "error 21 E0102"),
    ("r-k5-efs-settings-without-efs", "", "error 10 SharedStorageType"),
    ("r-k6-chef-readiness-not-bool", "", "error 24 cluster_readiness_check_enabled"),
    ("r-k6-chef-reconfigure-timeout-10", "", "error 24 reconfigure_timeout"),
    ("r-k7-cli-attribute-overrides", "", "error 23 E0101"),
    ("r-k7-slurm-patches", "", "error 23 E0101"),
    ("r-k8-iso-dcv", "", "warning 10 W0603"),
    ("r-k8-iso-lustre", "", "warning 28 W0608"),
    ("r-k8-iso-ontap", "", None),
    ("r-k9-efa-public-ip", "", "warning 26 W0615"),
    ("r-k9-efa-public-ip", "--parallelcluster 3.16.1", "error 26 E0429"),
    ("r-k9-efa-public-ip", "--parallelcluster 3.15.1", "warning 26 W0615"),
    ("r-k10-dcv-no-gpu", "", None),
    ("r-k10-dcv-no-gpu", "--parallelcluster 3.16.1", "warning 10 GPU"),
    ("r-k11-head-memory", "", "warning 5 W0444"),
    ("r-k11-head-memory", "--parallelcluster 3.12", "warning 5 W0444"),
    ("r-k11-head-memory", "--parallelcluster 3.13", "error 5 memory"),
    ("r-k12-efa-interface-type-other", "", "warning 23 efa-only"),
]

# Files in which a finding that must be there is an error: no other error may stand beside it.
ALONE = {"error": 1, "warning": 0, "note": 0}


def findings(hpcc, path, arguments=()):
    """The findings of one file, as `SEVERITY LINE TEXT`."""
    out = subprocess.run([hpcc, "lint", "--no-config", "--format=short", *arguments, path],
                         capture_output=True, encoding="utf-8", errors="replace")
    if out.returncode not in (0, 1):
        sys.exit(f"{path}: hpcc ended with status {out.returncode}: {out.stderr}")
    found = re.findall(r"^.*?:(\d+):\d+: (\w+): (.*)$", out.stdout + out.stderr, re.M)
    return [f"{severity} {line} {text}" for line, severity, text in found]


def fault(found, expected):
    """Why the findings are not what is expected, or None."""
    if expected is None:
        return f"not silent: {found}" if found else None
    severity, line, regex = expected.split(None, 2)
    there = [f for f in found if f.startswith(f"{severity} {line} ") and re.search(regex, f, re.I)]
    errors = sum(f.startswith("error ") for f in found)
    if not there:
        return f"`{expected}` is not there: {found}"
    return f"an error too many: {found}" if errors > ALONE[severity] else None


def main():
    hpcc, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    judged = sorted(glob.glob(os.path.join(folder, "*.expect")))
    if not judged:
        print(f"skipped: no judged files in {folder}")
        sys.exit(77)
    cases = [(os.path.splitext(path)[0], "", open(path, encoding="utf-8").read().strip()) for path in judged]
    cases += [(os.path.join(folder, name), arguments, expected) for name, arguments, expected in NEWER]
    faults = []
    for stem, arguments, expected in cases:
        why = fault(findings(hpcc, stem + ".yaml", arguments.split()), None if expected == "silent" else expected)
        if why is not None:
            faults.append(f"{os.path.basename(stem)} {arguments}: {why}")
    print(f"# {len(cases) - len(faults)} of {len(cases)} cases hold")
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


main()

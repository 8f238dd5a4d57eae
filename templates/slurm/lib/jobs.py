# SPDX-License-Identifier: Apache-2.0
# jobs.py FILE - which job wakes which nodes, of Slurm's resume file: lines of job id, tab, node list. Jobs that wake one
# node are left out: there is nothing to hold together, and many of them share a call to EC2.
import json
import sys

try:
    with open(sys.argv[1]) as file:
        jobs = json.load(file).get("jobs", [])
except (OSError, ValueError):
    # Slurm without JSON writes none; then no node counts as wanted by a job.
    jobs = []
for job in jobs:
    nodes = job.get("nodes_resume", job.get("nodes", ""))
    if set(nodes) & set("[,"):
        print("%s\t%s" % (job["job_id"], nodes))

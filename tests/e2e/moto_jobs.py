# SPDX-License-Identifier: Apache-2.0
"""Jobs of AWS Batch for the server of moto_server.py: run as processes of this machine, in the place of containers.

moto wants Docker for that. What a job prints goes to the log group of the service, as it does there. A job of several nodes is
a job for each node; a termination ends the process. Variables of the service are those of its user guide. As the service does
it, vCPUs and memory of an override count only where the definition has the old members, and not ResourceRequirements.
"""
import json
import os
import subprocess
import sys
import time
from datetime import datetime

from moto.batch.models import Job, JobDefinition, JobQueue
from moto.batch.responses import BatchResponse

OLD_MEMBERS = {"vcpus", "memory"}
describe_alone = Job.describe
describe_queue = JobQueue.describe
describe_definition = JobDefinition.describe
submit_alone = BatchResponse.submitjob


def properties_of(job):
    definition = job.job_definition
    return definition.container_properties or definition.node_properties["nodeRangeProperties"][0]["container"]


def variables(job):
    known = {v["name"]: v["value"] for source in (properties_of(job), job.container_overrides) for v in source.get("environment", [])}
    known.update({"AWS_BATCH_JOB_ID": job.job_id, "AWS_BATCH_JOB_ATTEMPT": "1", "AWS_BATCH_JQ_NAME": job.job_queue.name})
    if "index" in job.array_properties:
        known["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.array_properties["index"])
    known.update(getattr(job, "node_variables", {}))
    return known


def run(job):
    """The life of a job, in its thread."""
    if job.depends_on and not job._wait_for_dependencies():
        return
    job.status, job.job_started_at, job.log_stream_name = "RUNNING", datetime.now(), job._stream_name.replace(":", "/").replace("#", "/")
    job._start_attempt()
    # The AWS CLI that scripts of awsbsub call is in the virtual environment of this server.
    path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    process = subprocess.Popen(job.container_overrides.get("command") or ["true"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, env={**os.environ, "PATH": path, **variables(job)})
    while process.poll() is None:
        if job.stop:
            process.kill()
        time.sleep(0.05)
    lines = process.stdout.read().decode().splitlines()
    now = int(time.time() * 1000)
    job._log_backend.ensure_log_group(job._log_group)
    job._log_backend.ensure_log_stream(job._log_group, job.log_stream_name)
    if lines:
        job._log_backend.put_log_events(job._log_group, job.log_stream_name, [{"timestamp": now, "message": line} for line in lines])
    job.exit_code = process.returncode
    job._mark_stopped(success=process.returncode == 0 and not job.stop)


def describe(job):
    told = describe_alone(job)
    if "nodes" in job.__dict__:
        told.pop("container", None)
        told["nodeProperties"] = {**job.job_definition.node_properties, "numNodes": len(job.nodes)}
        states = {node.status for node in job.nodes}
        told["status"] = job.status = next((s for s in ("FAILED", "RUNNING", "SUBMITTED") if s in states), job.nodes[0].status)
    elif "node_variables" in job.__dict__:
        told.pop("nodeProperties", None)
        told["container"] = {"logStreamName": job.log_stream_name} if job.log_stream_name else {}
    elif "container" in told:
        old = {name: properties_of(job).get(name) for name in OLD_MEMBERS if name in properties_of(job)}
        for name in OLD_MEMBERS & old.keys():
            told["container"][name] = job.container_overrides.get(name, old[name])
    return told


def told_definition(definition):
    """With its nodes, which moto leaves out."""
    told = describe_definition(definition)
    return {**told, "nodeProperties": definition.node_properties} if definition.node_properties else told


def told_queue(queue):
    return {**describe_queue(queue), "statusReason": "JobQueue Healthy"}


def submit(response):
    """SubmitJob with nodeOverrides, which moto does not know."""
    overrides = response._get_param("nodeOverrides")
    if not overrides:
        return submit_alone(response)
    backend = response.batch_backend
    definition, queue = (find(response._get_param(name)) for find, name in (
        (backend.get_job_definition, "jobDefinition"), (backend.get_job_queue, "jobQueue")))
    wanted = [o["containerOverrides"] for o in overrides["nodePropertyOverrides"] if o["targetNodes"] == "0:"][0]

    def make(identifier=None):
        made = Job(response._get_param("jobName"), definition, queue, backend, log_backend=backend.logs_backend, container_overrides=wanted,
                   eks_properties_override=None, depends_on=None, all_jobs=backend._jobs, timeout=None, array_properties={}, parameters=None,
                   provided_job_id=identifier)
        backend._jobs[made.job_id] = made
        return made

    job = make()
    job.nodes = [make(f"{job.job_id}#{i}") for i in range(overrides["numNodes"])]
    for i, node in enumerate(job.nodes):
        queue.jobs.remove(node)
        node.node_variables = {"AWS_BATCH_JOB_NODE_INDEX": str(i), "AWS_BATCH_JOB_MAIN_NODE_INDEX": "0",
                               "AWS_BATCH_JOB_NUM_NODES": str(len(job.nodes))}
        node.start()
    return json.dumps({"jobId": job.job_id, "jobName": job.job_name, "jobArn": job.arn})


def install():
    Job.run, Job.describe, BatchResponse.submitjob = run, describe, submit
    JobDefinition.describe, JobQueue.describe = told_definition, told_queue

# SPDX-License-Identifier: Apache-2.0
"""What alarms on job queues look at and AWS Batch publishes nowhere: how long jobs wait, and how they end.

Every five minutes the clock calls it with the names of the queues; it publishes how many jobs could run in each, and how
long the oldest of them has waited. Each end of a job calls it with the event, which it counts.
"""
import time

import boto3
from botocore.config import Config

SPACE = "hpcc/Batch"
MANY = 100  # jobs that DescribeJobs takes
MARGIN = 15  # seconds kept back to publish before Lambda ends the function
PATIENT = Config(retries={"mode": "standard", "max_attempts": 8}, connect_timeout=5, read_timeout=20)
UNDER_WAY = ("STARTING", "RUNNING", "SUCCEEDED", "FAILED")


def client(service):
    """A client that repeats what AWS refuses for a moment."""
    return boto3.client(service, config=PATIENT)


def publish(cloudwatch, queue, unit, figures):
    """Figures of a queue by their names."""
    dimensions = [{"Name": "Queue", "Value": queue}]
    cloudwatch.put_metric_data(Namespace=SPACE, MetricData=[
        {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": unit} for name, value in figures.items()])


def listed(batch, queue, status, deadline):
    """The jobs of a queue in a state, as far as there is time."""
    for page in batch.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=status):
        yield from page.get("jobSummaryList", [])
        if time.monotonic() > deadline:
            print(f"{queue}: too many jobs are {status} to look at all")
            return


def described(batch, ids):
    """What AWS Batch knows of jobs, by their ids; of those that are gone nothing."""
    found, ids = {}, sorted(ids)
    for i in range(0, len(ids), MANY):
        for job in batch.describe_jobs(jobs=ids[i:i + MANY]).get("jobs", []):
            found[job["jobId"]] = job
    return found


def waits(job):
    """An array that is under way does not wait: its children start one after the other."""
    summary = job.get("arrayProperties", {}).get("statusSummary")
    return summary is None or (summary.get("RUNNABLE", 0) > 0 and not any(summary.get(s) for s in UNDER_WAY))


def since(job, others):
    """When a job could run: when it was made, or what it depended on or its last attempt had ended."""
    ends = [attempt.get("stoppedAt") for attempt in job.get("attempts", [])]
    ends += [others.get(d.get("jobId"), {}).get("stoppedAt") for d in job.get("dependsOn", [])]
    return max([job["createdAt"]] + [end for end in ends if end])


def oldest(batch, jobs, deadline):
    """Since when the job waits that waits longest, or None; no job waits longer than since it was made."""
    jobs, first = sorted(jobs, key=lambda job: job["createdAt"]), None
    for i in range(0, len(jobs), MANY):
        some = jobs[i:i + MANY]
        if i > 0 and (time.monotonic() > deadline or (first is not None and some[0]["createdAt"] >= first)):
            break
        known = described(batch, {job["jobId"] for job in some})
        before = {d["jobId"] for job in known.values() for d in job.get("dependsOn", []) if "jobId" in d}
        others = described(batch, before - set(known))
        times = [since(job, {**known, **others}) for job in known.values() if waits(job)]
        first = min(times + ([] if first is None else [first]), default=None)
    return first


def look(batch, cloudwatch, queue, deadline):
    """Publishes what waits in one queue. The parent of an array is PENDING while its children wait."""
    jobs = list(listed(batch, queue, "RUNNABLE", deadline))
    arrays = [job for job in listed(batch, queue, "PENDING", deadline) if "size" in job.get("arrayProperties", {})]
    first = oldest(batch, jobs + arrays, deadline)
    waited = 0 if first is None else max(0, time.time() - first / 1000)
    publish(cloudwatch, queue, "Seconds", {"OldestRunnableSeconds": waited})
    publish(cloudwatch, queue, "Count", {"RunnableJobs": len(jobs)})


def look_at_all(batch, cloudwatch, queues, end):
    """Each queue for itself: what AWS says of one does not keep the others from being looked at."""
    faults = []
    for i, queue in enumerate(queues):
        now = time.monotonic()
        try:
            look(batch, cloudwatch, queue, now + (end - now) / (len(queues) - i))
        except Exception as fault:  # pylint: disable=broad-except
            print(f"{queue}: {fault!r}")
            faults.append(queue)
    if faults:
        raise RuntimeError(f"no figures of {', '.join(faults)}")


def count(cloudwatch, job):
    """Counts the end of a job. Both figures, so that there is a share wherever a job has ended."""
    failed = job["status"] == "FAILED"
    publish(cloudwatch, job["jobQueue"].rsplit("/", 1)[-1], "Count",
            {"JobsFailed": int(failed), "JobsSucceeded": int(not failed)})


def handler(event, context):
    """Lambda's way in."""
    if "detail" in event:
        count(client("cloudwatch"), event["detail"])
        return
    end = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - MARGIN
    look_at_all(client("batch"), client("cloudwatch"), event["Queues"], end)

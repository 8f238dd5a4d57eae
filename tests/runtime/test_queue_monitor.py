#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates/queue_monitor.py: what it makes of the answers of AWS Batch, in good and in bad weather."""
import contextlib
import io
import time
import unittest

from function import program, simulated

simulated()
import boto3  # noqa: E402 - after the right interpreter is found
import moto  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

monitor = program("queue_monitor")

NOW = int(time.time() * 1000)


def minutes(n):
    """A time of AWS Batch, that many minutes ago."""
    return NOW - n * 60000


def job(name, age, **more):
    return {"jobId": name, "jobName": name, "createdAt": minutes(age), **more}


class Refused(ClientError):
    def __init__(self, code="TooManyRequestsException"):
        super().__init__({"Error": {"Code": code, "Message": "not now"}}, "ListJobs")


class Batch:
    """Jobs of queues by state, in pages of two; `known` are others that DescribeJobs knows."""

    def __init__(self, queues, known=()):
        self.queues, self.described = queues, []
        self.known = {j["jobId"]: j for states in queues.values() if isinstance(states, dict)
                      for jobs in states.values() for j in jobs}
        self.known.update({j["jobId"]: j for j in known})

    def get_paginator(self, call):
        assert call == "list_jobs"
        return self

    def paginate(self, jobQueue, jobStatus):
        if isinstance(self.queues[jobQueue], Exception):
            raise self.queues[jobQueue]
        jobs = self.queues[jobQueue].get(jobStatus, [])
        for i in range(0, max(len(jobs), 1), 2):
            # a summary tells neither what a job depends on, nor its attempts
            yield {"jobSummaryList": [{k: v for k, v in j.items() if k not in ("dependsOn", "attempts")} for j in jobs[i:i + 2]]}

    def describe_jobs(self, jobs):
        assert 0 < len(jobs) <= 100
        self.described.append(jobs)
        return {"jobs": [self.known[j] for j in jobs if j in self.known]}


class CloudWatch:
    def __init__(self, refuses=()):
        self.figures, self.refuses = {}, refuses

    def put_metric_data(self, Namespace, MetricData):
        assert Namespace == "hpcc/Batch"
        for datum in MetricData:
            (dimension,) = datum["Dimensions"]
            assert dimension["Name"] == "Queue"
            if dimension["Value"] in self.refuses:
                raise Refused("ThrottlingException")
            self.figures[dimension["Value"], datum["MetricName"]] = datum["Value"]

    def waited(self, queue):
        return round(self.figures[queue, "OldestRunnableSeconds"] / 60)


class Monitor(unittest.TestCase):
    def look(self, queues, known=(), refuses=(), seconds=60.0):
        """What is published of queues, and what is printed; faults of the handler are its last word."""
        batch, cloudwatch, said = Batch(queues, known), CloudWatch(refuses), io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                monitor.look_at_all(batch, cloudwatch, list(queues), time.monotonic() + seconds)
            except RuntimeError as fault:
                print(fault)
        return batch, cloudwatch, said.getvalue()

    def test_an_empty_queue_waits_for_nothing(self):
        batch, cloudwatch, said = self.look({"work": {}})
        self.assertEqual(cloudwatch.figures, {("work", "OldestRunnableSeconds"): 0, ("work", "RunnableJobs"): 0})
        self.assertEqual((batch.described, said), ([], ""))

    def test_the_oldest_counts_from_all_pages(self):
        jobs = [job(f"j{n}", n) for n in (3, 5, 44, 1, 9)]
        cloudwatch = self.look({"work": {"RUNNABLE": jobs}})[1]
        self.assertEqual((cloudwatch.waited("work"), cloudwatch.figures["work", "RunnableJobs"]), (44, 5))

    def test_time_before_a_job_could_run_is_no_waiting(self):
        first = job("first", 300, stoppedAt=minutes(12))
        later = job("later", 299, dependsOn=[{"jobId": "first"}, {"jobId": "gone"}, {"type": "SEQUENTIAL"}])
        again = job("again", 200, attempts=[{"stoppedAt": minutes(90)}, {"stoppedAt": minutes(7)}, {}])
        cloudwatch = self.look({"work": {"RUNNABLE": [later, again]}}, [first])[1]
        self.assertEqual(cloudwatch.waited("work"), 12)

    def test_more_jobs_than_one_question_takes(self):
        late = [job(f"late{n}", 500, dependsOn=[{"jobId": "done"}]) for n in range(150)]
        done = job("done", 600, stoppedAt=minutes(2))
        batch, cloudwatch, _ = self.look({"work": {"RUNNABLE": [job("old", 30), job("young", 1)] + late}}, [done])
        self.assertEqual((cloudwatch.waited("work"), cloudwatch.figures["work", "RunnableJobs"]), (30, 152))
        self.assertLessEqual(max(len(ids) for ids in batch.described), 100)

    def test_younger_jobs_are_not_asked_about(self):
        jobs = [job(f"j{n}", 60 if n < 100 else 5) for n in range(300)]
        batch, cloudwatch, _ = self.look({"work": {"RUNNABLE": jobs}})
        self.assertEqual((cloudwatch.waited("work"), len(batch.described)), (60, 1))

    def test_an_array_waits_until_its_first_child_starts(self):
        def array(name, age, **summary):
            return job(name, age, arrayProperties={"size": 10, "statusSummary": summary})

        stuck = array("stuck", 50, RUNNABLE=10, RUNNING=0)
        under_way = array("under-way", 400, RUNNABLE=8, SUCCEEDED=1, RUNNING=1)
        depends = array("depends", 300, PENDING=10)
        plain = job("plain", 900)
        cloudwatch = self.look({"work": {"PENDING": [under_way, depends, plain, stuck]}})[1]
        self.assertEqual((cloudwatch.waited("work"), cloudwatch.figures["work", "RunnableJobs"]), (50, 0))
        cloudwatch = self.look({"work": {"PENDING": [under_way, depends, plain]}})[1]
        self.assertEqual(cloudwatch.waited("work"), 0)

    def test_jobs_that_are_gone_meanwhile(self):
        batch = Batch({"work": {"RUNNABLE": [job("gone", 30)]}})
        batch.known.clear()
        cloudwatch = CloudWatch()
        monitor.look(batch, cloudwatch, "work", time.monotonic() + 9)
        self.assertEqual(cloudwatch.waited("work"), 0)

    def test_one_queue_that_fails_hides_no_other(self):
        queues = {"broken": Refused(), "mute": {}, "work": {"RUNNABLE": [job("a", 20)]}, "empty": {}}
        _, cloudwatch, said = self.look(queues, refuses=["mute"])
        self.assertEqual((cloudwatch.waited("work"), cloudwatch.waited("empty")), (20, 0))
        self.assertEqual({queue for queue, _ in cloudwatch.figures}, {"work", "empty"})
        self.assertIn("TooManyRequestsException", said)
        self.assertIn("no figures of broken, mute", said)

    def test_without_time_there_is_a_figure_all_the_same(self):
        jobs = [job(f"j{n}", n) for n in range(1, 300)]
        _, cloudwatch, said = self.look({"one": {"RUNNABLE": jobs}, "other": {"RUNNABLE": jobs[:1]}}, seconds=-1.0)
        self.assertIn("one: too many jobs are RUNNABLE", said)
        self.assertEqual((cloudwatch.waited("one"), cloudwatch.waited("other")), (2, 1))

    def test_ends_are_counted_with_both_figures(self):
        arn = "arn:aws:batch:eu-west-1:123456789012:job-queue/work"
        for status, figures in (("FAILED", (1, 0)), ("SUCCEEDED", (0, 1))):
            cloudwatch = CloudWatch()
            monitor.count(cloudwatch, {"jobQueue": arn, "status": status})
            self.assertEqual((cloudwatch.figures["work", "JobsFailed"], cloudwatch.figures["work", "JobsSucceeded"]), figures)
        with self.assertRaises(ClientError):  # Lambda then tries again
            monitor.count(CloudWatch(["work"]), {"jobQueue": arn, "status": "FAILED"})

    @moto.mock_aws
    def test_the_way_in(self):
        class Context:
            def get_remaining_time_in_millis(self):
                return 60000

        monitor.handler({"detail": {"jobQueue": "a/work", "status": "FAILED"}}, Context())
        with contextlib.redirect_stdout(io.StringIO()) as said, self.assertRaises(RuntimeError):
            monitor.handler({"Queues": ["none"]}, Context())
        self.assertIn("none", said.getvalue())
        metrics = boto3.client("cloudwatch").list_metrics(Namespace="hpcc/Batch")["Metrics"]
        self.assertEqual(sorted(m["MetricName"] for m in metrics), ["JobsFailed", "JobsSucceeded"])


if __name__ == "__main__":
    unittest.main()

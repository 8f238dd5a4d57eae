# SPDX-License-Identifier: Apache-2.0
"""AWS Batch, and the launch templates that its instances come from. A job writes where its instance has mounted what the
user data of that moment names; what it could not write anywhere is lost."""
import base64
import fnmatch
import posixpath
import re

from instance import boots, mounts
from interpreter import ServiceError

BOOT, RUN, IDLE = 120, 600, 400  # seconds until an instance is there, of an attempt, and until an idle instance ends
OUTCOMES = {  # of an attempt: exit code, reason of the container, status reason
    "ok": (0, None, "Essential container in task exited"),
    "fail": (1, None, "Essential container in task exited"),
    "spot": (None, None, "Host EC2 (instance i-0123456789abcdef0) terminated."),
    "pull": (None, "CannotPullContainerError: pull access denied", "Task failed to start"),
}


class LaunchTemplates:
    def __init__(self, account):
        self.account, self.templates, self.descriptions, self.by_token = account, {}, {}, {}

    def add(self, name, data):
        """A template of the stack, with its one version."""
        self.templates[name] = [data]
        self.descriptions[name] = [None]
        return name

    def create_launch_template_version(self, LaunchTemplateData, LaunchTemplateId=None, SourceVersion=None, ClientToken=None,
                                       VersionDescription=None, **_):
        if LaunchTemplateId not in self.templates:
            raise ServiceError("InvalidLaunchTemplateId.NotFound", f"The launch template {LaunchTemplateId} does not exist.")
        versions = self.templates[LaunchTemplateId]
        if ClientToken is None or ClientToken not in self.by_token:
            source = versions[int(SourceVersion) - 1] if SourceVersion else {}
            data = {**source, **LaunchTemplateData}
            if len(base64.b64decode(data["UserData"], validate=True)) > 16384:
                raise ServiceError("InvalidUserData.Malformed", "User data is limited to 16384 bytes")
            versions.append(data)
            self.descriptions[LaunchTemplateId].append(VersionDescription)
            self.by_token[ClientToken or object()] = len(versions)
        number = self.by_token.get(ClientToken, len(versions))
        return {"LaunchTemplateVersion": {"LaunchTemplateId": LaunchTemplateId, "VersionNumber": number}}

    def delete_launch_template_versions(self, LaunchTemplateId, Versions, **_):
        for number in Versions:
            if number == "1":
                raise ServiceError("InvalidLaunchTemplateId.VersionNotFound", "The default version cannot be deleted.")
            self.templates[LaunchTemplateId][int(number) - 1] = None
        return {}

    def deployed(self, name):
        """A deployment changes the template: it has another version of the stack's own, which its environment gets."""
        base = next(data for data, words in zip(self.templates[name][::-1], self.descriptions[name][::-1]) if data and not words)
        self.templates[name].append(base)
        self.descriptions[name].append(None)
        for environment in self.account.batch.environments.values():
            if environment["template"]["launchTemplateId"] == name:
                environment["template"] = {"launchTemplateId": name, "version": str(len(self.templates[name]))}

    def describe_launch_template_versions(self, LaunchTemplateId, Versions=(), MaxResults=200, NextToken="0", **_):
        number = {"$Latest": str(len(self.templates[LaunchTemplateId])), "$Default": "1"}
        wanted = {number.get(version, version) for version in Versions}
        found = [
            {"LaunchTemplateId": LaunchTemplateId, "VersionNumber": i + 1, "DefaultVersion": i == 0,
             "LaunchTemplateData": {"UserData": data.get("UserData", "")},
             **({"VersionDescription": description} if description else {})}
            for i, (data, description) in enumerate(zip(self.templates[LaunchTemplateId], self.descriptions[LaunchTemplateId]))
            if data is not None and (not wanted or str(i + 1) in wanted)][::-1]
        first = int(NextToken)
        return {"LaunchTemplateVersions": found[first:first + MaxResults],
                **({"NextToken": str(first + MaxResults)} if len(found) > first + MaxResults else {})}

    def user_data(self, launch_template):
        versions = self.templates[launch_template["launchTemplateId"]]
        wanted = launch_template.get("version", "$Default")
        data = versions[{"$Default": 0, "$Latest": len(versions) - 1}.get(wanted, int(wanted) - 1 if wanted.isdigit() else 0)]
        return base64.b64decode(data.get("UserData", "")).decode()


class Batch:
    """One compute environment and one queue a workflow. `outcomes` says what becomes of the attempts of jobs to come."""

    def __init__(self, account):
        self.account, self.environments, self.queues = account, {}, {}
        self.definitions, self.jobs, self.instances = {}, {}, {}
        self.outcomes, self.fates = ["ok"], {}
        self.boot, self.taken, self.idle = BOOT, RUN, IDLE  # of jobs to come

    def add(self, environment, queue, template):
        self.environments[environment] = {"template": {"launchTemplateId": template, "version": "1"}, "status": "VALID"}
        self.queues[queue] = environment

    def environment(self, name):
        key = next((key for key in self.environments if name in (key, self.account.arn("batch", "compute-environment/" + key))),
                   None)
        if key is None:
            raise ServiceError("ClientException", f"{name} does not exist")
        return key, self.environments[key]

    def update_compute_environment(self, computeEnvironment, computeResources=None, updatePolicy=None, **other):
        assert not other, f"the test does not know {other}"
        key, environment = self.environment(computeEnvironment)
        if environment["status"] in ("UPDATING", "CREATING"):
            raise ServiceError("ClientException", "Cannot update, resource is being modified.")
        template = (computeResources or {}).get("launchTemplate", environment["template"])
        if template.get("launchTemplateId") not in self.account.templates.templates:
            raise ServiceError("ClientException", f"the launch template of {template} does not exist")
        environment.update(template=template, status="UPDATING")
        self.account.after(40, lambda: environment.update(status=self.fates.get("environment", "VALID"))
                           if environment["status"] == "UPDATING" else None)
        return {"computeEnvironmentName": key, "computeEnvironmentArn": self.account.arn("batch", "compute-environment/" + key)}

    def describe_compute_environments(self, computeEnvironments=None, **_):
        found = [self.environment(name) for name in computeEnvironments or self.environments]
        return {"computeEnvironments": [
            {"computeEnvironmentName": key, "computeEnvironmentArn": self.account.arn("batch", "compute-environment/" + key),
             "ecsClusterArn": "cluster",
             "computeResources": {"type": "SPOT", "maxvCpus": 16, "subnets": [], "launchTemplate": e["template"]}, "status": e["status"], "state": "ENABLED", "statusReason": "ComputeEnvironment Healthy"}
            for key, e in found]}

    # ---- definitions ----

    def register_job_definition(self, jobDefinitionName, **p):
        revisions = self.definitions.setdefault(jobDefinitionName, [])
        revisions.append({**p, "status": "ACTIVE"})
        number = len(revisions)
        return {"jobDefinitionName": jobDefinitionName, "revision": number,
                "jobDefinitionArn": self.account.arn("batch", f"job-definition/{jobDefinitionName}:{number}")}

    def definition(self, name):
        name, _, revision = name.split("/")[-1].partition(":")
        revisions = self.definitions.get(name, [])
        number = int(revision) if revision else len(revisions)
        if not 0 < number <= len(revisions) or revisions[number - 1]["status"] != "ACTIVE":
            raise ServiceError("ClientException", f"JobDefinition {name} is not ACTIVE")
        return name, number, revisions[number - 1]

    def tags_of_definition(self, name):
        """Those of one revision, which it keeps when it is no longer active."""
        name, _, revision = name.split("/")[-1].partition(":")
        return self.definitions[name][int(revision) - 1].get("tags", {})

    def deregister_job_definition(self, jobDefinition):
        name, _, revision = jobDefinition.split("/")[-1].partition(":")
        self.definitions[name][int(revision) - 1]["status"] = "INACTIVE"

    def describe_job_definitions(self, jobDefinitionName, status=None, **_):
        found = enumerate(self.definitions.get(jobDefinitionName, []), 1)
        return {"jobDefinitions": [
            {"jobDefinitionName": jobDefinitionName, "revision": n, "status": d["status"], "type": d["type"],
             "jobDefinitionArn": self.account.arn("batch", f"job-definition/{jobDefinitionName}:{n}")}
            for n, d in found if status in (None, d["status"])]}

    # ---- jobs ----

    def submit_job(self, jobName, jobQueue, jobDefinition, **p):
        queue = jobQueue.split("/")[-1]
        if queue not in self.queues:
            raise ServiceError("ClientException", f"JobQueue {jobQueue} not found.")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}", jobName):
            raise ServiceError("ClientException", "Job name should match valid pattern")
        name, revision, definition = self.definition(jobDefinition)
        number = self.account.id("job")
        job = {"id": number, "name": jobName, "queue": queue, "definition": definition, "asked": p, "status": "SUBMITTED",
               "of": f"{name}:{revision}", "attempts": [], "reason": None, "outcomes": list(self.outcomes), "instance": None}
        self.jobs[number] = job
        self.account.after(30, lambda: self.runnable(job))
        return {"jobArn": self.account.arn("batch", "job/" + number), "jobName": jobName, "jobId": number}

    def runnable(self, job):
        if job["status"] in ("SUCCEEDED", "FAILED"):
            return
        job["status"] = "RUNNABLE"
        if self.environments[self.queues[job["queue"]]]["status"] != "VALID":
            self.account.after(30, lambda: self.runnable(job))
            return
        self.account.after(self.boot, lambda: self.begins(job))

    def begins(self, job):
        """An attempt on an instance that its environment starts now."""
        if job["status"] in ("SUCCEEDED", "FAILED"):
            return
        text = self.account.templates.user_data(self.environments[self.queues[job["queue"]]]["template"])
        instance = {"id": self.account.id("i"), "storage": self.mounted(text), "text": text}
        if instance["storage"] is None and not boots(text):  # it ends, and another one comes
            self.account.after(300, lambda: self.begins(job))
            return
        volume = self.account.ebs.volumes.get(instance["storage"])
        if volume is not None:
            if volume["state"] != "available":  # the old instance has it; the new one waits, and gives up
                self.account.after(60, lambda: self.begins(job))
                return
            volume.update(state="in-use", instance=instance["id"], attachment="attached")
        self.instances[instance["id"]] = instance
        job.update(status="RUNNING", instance=instance["id"])
        self.account.after(self.taken, lambda: self.ends(job, instance))
        self.writes(job, instance, f"part-{len(job['attempts'])}")

    def mounted(self, text):
        """The id of the storage that the user data mounts, or None."""
        known = [name for name in [*self.account.lustre.systems, *self.account.ebs.volumes] if name in text]
        assert len(known) <= 1, f"user data names {known}"
        return known[0] if known else None

    def writes(self, job, instance, name):
        """The job writes one file where its container has the storage."""
        storage = self.account.lustre.systems.get(instance["storage"]) or self.account.ebs.volumes.get(instance["storage"])
        owners = {(tags or {}).get("hpcc:execution") for tags in (job["asked"].get("tags"), storage and storage["tags"])} - {None}
        if storage and len(owners) > 1:
            self.account.lost.append((job["id"], f"written to the storage of another execution, {instance['storage']}"))
        system = self.account.lustre.systems.get(instance["storage"])
        volume = self.account.ebs.volumes.get(instance["storage"])
        if system is not None:
            where = host_directory(job, mounts(instance["text"], system["id"]))
            if self.account.lustre.lacks_input(system):
                self.account.lost.append((job["id"], "began before its input was there"))
            if where is None or system["lifecycle"] != "AVAILABLE":
                self.account.lost.append((job["id"], "written to nowhere"))
            else:
                system["files"][posixpath.join(where, job["id"] + "." + name)] = self.account.clock.now
        elif volume is not None:
            volume["files"][job["id"] + "." + name] = self.account.clock.now
        else:
            self.account.lost.append((job["id"], "written to nowhere"))

    def ends(self, job, instance):
        if job["status"] != "RUNNING" or job["instance"] != instance["id"]:
            return
        outcome = job["outcomes"].pop(0) if len(job["outcomes"]) > 1 else job["outcomes"][0]
        code, reason, status = OUTCOMES[outcome]
        container = {} if code is None else {"exitCode": code}
        if reason:
            container["reason"] = reason
        job["attempts"].append({"container": container, "statusReason": status})
        self.account.after(0 if outcome == "spot" else self.idle, lambda: self.gone(instance))
        if outcome == "ok":
            self.writes(job, instance, "result")
            job["status"] = "SUCCEEDED"
        elif self.again(job, code, reason or "", status):
            self.runnable(job)
        else:
            job.update(status="FAILED", reason=status)

    def again(self, job, code, reason, status):
        """Does the job's retry strategy repeat it? Source: AWS Batch API, RetryStrategy."""
        strategy = job["asked"].get("retryStrategy") or job["definition"].get("retryStrategy", {})
        if len(job["attempts"]) >= strategy.get("attempts", 1):
            return False
        for rule in strategy.get("evaluateOnExit", []):
            wanted = {"onStatusReason": status, "onReason": reason, "onExitCode": str(code)}
            if all(fnmatch.fnmatchcase(wanted[key], rule[key]) for key in wanted if key in rule):
                return rule["action"].upper() == "RETRY"
        return True

    def gone(self, instance):
        """An instance ends, and lets go of its volume."""
        self.instances.pop(instance["id"], None)
        for volume in self.account.ebs.volumes.values():
            if volume["instance"] == instance["id"]:
                volume.update(instance=None, state="available")

    def shown(self, job):
        return {"jobId": job["id"], "jobName": job["name"], "jobQueue": self.account.arn("batch", "job-queue/" + job["queue"]),
                "status": job["status"], "startedAt": 0, "attempts": job["attempts"], "createdAt": 0,
                "jobDefinition": self.account.arn("batch", "job-definition/" + job["of"]),
                **({"statusReason": job["reason"]} if job["reason"] else {})}

    def describe_jobs(self, jobs):
        return {"jobs": [self.shown(self.jobs[name]) for name in jobs if name in self.jobs]}

    def list_jobs(self, jobQueue=None, jobStatus=None, filters=(), **_):
        found = [job for job in self.jobs.values() if jobQueue is None or job["queue"] == jobQueue.split("/")[-1]]
        for wanted in filters:
            assert wanted["name"] == "JOB_NAME", wanted
            found = [job for job in found if any(fnmatch.fnmatchcase(job["name"], value) for value in wanted["values"])]
        if not filters:
            found = [job for job in found if job["status"] == (jobStatus or "RUNNING")]
        return {"jobSummaryList": [{"jobId": job["id"], "jobName": job["name"], "status": job["status"], "createdAt": 0,
                                    **({"statusReason": job["reason"]} if job["reason"] else {})} for job in found]}

    def terminate_job(self, jobId, reason):
        job = self.jobs.get(jobId)
        if job is None:
            raise ServiceError("ClientException", f"Job {jobId} not found")
        if job["status"] not in ("SUCCEEDED", "FAILED"):
            job.update(status="FAILED", reason=reason)
            instance = self.instances.get(job["instance"])
            if instance:
                self.account.after(self.idle, lambda: self.gone(instance))

    cancel_job = terminate_job


def host_directory(job, mounts_of_it):
    """The directory of the file system that the container has at its mount point, or None where it has another one: its
    volume is a directory of the host, at or below one at which the file system is mounted."""
    properties = job["definition"].get("containerProperties") or {}
    if not properties:
        ranges = job["definition"].get("nodeProperties", {}).get("nodeRangeProperties", [{}])
        properties = ranges[0].get("container", {})
    points = {point["sourceVolume"] for point in properties.get("mountPoints", []) if not point.get("readOnly")}
    for volume in properties.get("volumes", []):
        path = volume.get("host", {}).get("sourcePath", "")
        for mount in mounts_of_it:
            if volume["name"] in points and (path + "/").startswith(mount.rstrip("/") + "/"):
                return "/" + path[len(mount.rstrip("/")):].strip("/")
    return None

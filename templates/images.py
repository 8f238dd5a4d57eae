# SPDX-License-Identifier: Apache-2.0
"""Custom resources of a cluster with the scheduler awsbatch: look-ups at creation, the image in which its jobs run,
what an update may not change.

Custom::HpccLookup answers from what the account knows; CloudFormation keeps the answer until a property of
the look-up changes. Custom::HpccImage has CodeBuild make the image when it is created and when a property
changes, and waits for the end. Custom::HpccHeld refuses an update that changes one of its values. Nothing is
left to do when they are deleted: the repository goes with its images.
"""
import hashlib

# @lookups.py@


# @lookups_more.py@


REFUSALS.append("InvalidInputException")  # of CodeBuild, for the role of a project that was just made


def start(client, project, deadline):
    """Id of a new build; a refusal is tried again for a while, for roles that were just made."""
    deadline = min(deadline, time.monotonic() + PATIENCE)
    while True:
        try:
            return client("codebuild").start_build(projectName=project)["build"]["id"]
        except botocore.exceptions.ClientError as fault:
            if fault.response["Error"]["Code"] not in REFUSALS or time.monotonic() + PAUSE > deadline:
                raise
        time.sleep(PAUSE)


def build(client, project, deadline):
    """Returns when the image is in its repository; RuntimeError with the place of the log when it does not get there. A look that
    fails, or finds nothing yet, is no answer: the next one may be."""
    codebuild, run = client("codebuild"), start(client, project, deadline)
    while True:
        fault, state, found = None, "IN_PROGRESS", []
        try:
            found = codebuild.batch_get_builds(ids=[run])["builds"]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as refusal:
            fault = refusal
        if found:
            state = found[0]["buildStatus"]
        if state == "SUCCEEDED":
            return
        if state != "IN_PROGRESS":
            where = found[0].get("logs", {}).get("groupName", "no log")
            raise RuntimeError(f"build {run} of the image of jobs: {state}; see {where}")
        if time.monotonic() + PAUSE > deadline:
            raise fault or TimeoutError(f"build {run} of the image of jobs has not ended yet; deploy again")
        time.sleep(PAUSE)


def hold(event):
    """ValueError where an update changes a value that is held. What comes or goes, with its key, does not count."""
    held = event["ResourceProperties"]["Held"]
    mark = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]
    # The id is that of the last update that went through: it comes again when CloudFormation rolls back.
    if not event.get("PhysicalResourceId", "").endswith(mark):
        old = event.get("OldResourceProperties", {}).get("Held", {})
        others = [f"{k} is {old[k] or 'not set'}" for k in sorted(held) if old.get(k, held[k]) != held[k]]
        if others:
            raise ValueError(f"an update cannot change these: restore the old value, or make a new cluster. {'; '.join(others)}")
    event["PhysicalResourceId"] = f"{event['LogicalResourceId']}-{mark}"


def act(event, deadline, client):
    """Does what the event asks; returns the attributes of the resource."""
    kind, deleted = event["ResourceType"], event["RequestType"] == "Delete"
    properties = event["ResourceProperties"]
    if kind == "Custom::HpccLookup":
        return {} if deleted else look_up_once_allowed(client, properties, deadline)
    if kind == "Custom::HpccHeld":
        return {} if deleted else hold(event) or {}
    if kind != "Custom::HpccImage":
        raise ValueError(f"unknown resource type {kind}")
    if not deleted:
        build(client, properties["Project"], deadline)
    return {}


# @answer.py@

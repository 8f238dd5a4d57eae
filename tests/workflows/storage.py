# SPDX-License-Identifier: Apache-2.0
"""FSx for Lustre with its links to S3, and volumes of EBS. Who writes to one is jobs.py."""
import datetime

from account import tags_of
from clock import BEGIN
from interpreter import ServiceError

LAG = 150  # seconds until automatic export has a file in its bucket
DELAY = 90  # seconds until a metric's value can be had


def bucket_and_prefix(path):
    bucket, _, prefix = path[len("s3://"):].partition("/")
    return bucket, prefix.strip("/")


class Kept:
    """What several calls with one token make once."""

    def __init__(self, mismatch):
        self.by_token, self.mismatch = {}, mismatch

    def once(self, token, parameters, make):
        if token is None:
            return make()
        if token not in self.by_token:
            self.by_token[token] = (parameters, make())
        known, made = self.by_token[token]
        if known != parameters:
            raise ServiceError(self.mismatch, "The token was used before, with other parameters.")
        return made


class Lustre:
    """FSx. Each file system has `files`: {path: seconds at which it was written}, and `exported`: paths."""

    def __init__(self, account):
        self.account, self.metrics = account, Metrics(self)
        self.systems, self.links, self.tasks = {}, {}, {}
        self.tokens = Kept("IncompatibleParameterError")
        self.slowness = 1  # by which all takes longer
        self.fates = {}  # what becomes of things to come: {"system": lifecycle, "link":, "task":, "left": files, "stuck":, "silent":}

    # ---- file systems ----

    def create_file_system(self, ClientRequestToken=None, Tags=(), **p):
        p["Tags"] = list(Tags)
        if len(p["SubnetIds"]) != 1:
            raise ServiceError("BadRequest", "A Lustre file system has one subnet.")
        return {"FileSystem": self.shown(self.tokens.once(ClientRequestToken, dict(p), lambda: self.made(p)))}

    def made(self, p):
        name = self.account.id("fs")
        system = {"id": name, "lifecycle": "CREATING", "asked": p, "tags": tags_of(p["Tags"]), "files": {}, "exported": set(),
                  "stuck": self.fates.get("stuck"), "silent": self.fates.get("silent")}
        self.systems[name] = system
        self.account.after(100 * self.slowness, lambda: self.becomes(system, self.fates.get("system", "AVAILABLE")))
        return system

    @staticmethod
    def becomes(thing, lifecycle):
        if thing["lifecycle"] not in ("DELETING", "FAILED", "GONE", "SUCCEEDED"):
            thing["lifecycle"] = lifecycle

    def shown(self, system):
        asked = system["asked"]
        return {"FileSystemId": system["id"], "Lifecycle": system["lifecycle"], "FileSystemType": "LUSTRE",
                "DNSName": system["id"] + ".fsx.us-east-1.amazonaws.com", "StorageCapacity": asked["StorageCapacity"],
                "ResourceARN": self.account.arn("fsx", "file-system/" + system["id"]),
                "LustreConfiguration": {"MountName": "m" + system["id"][-7:],
                                        "DeploymentType": asked["LustreConfiguration"]["DeploymentType"]},
                "Tags": [{"Key": k, "Value": v} for k, v in system["tags"].items()],
                "CreationTime": self.account.clock.date()}

    def system(self, name):
        if name not in self.systems or self.systems[name]["lifecycle"] == "GONE":
            raise ServiceError("FileSystemNotFound", f"File system '{name}' does not exist.")
        return self.systems[name]

    def alive(self):
        return [system for system in self.systems.values() if system["lifecycle"] != "GONE"]

    def describe_file_systems(self, FileSystemIds=None, NextToken=None, **_):
        """Of all, a page that has none and a token comes first: what a page holds is FSx's choice."""
        if FileSystemIds is None and NextToken is None:
            return {"FileSystems": [], "NextToken": "page-2"}
        found = self.alive() if FileSystemIds is None else [self.system(name) for name in FileSystemIds]
        return {"FileSystems": [self.shown(system) for system in found]}

    def delete_file_system(self, FileSystemId, **_):
        system = self.system(FileSystemId)
        if system["lifecycle"] == "DELETING":
            raise ServiceError("BadRequest", f"File system {FileSystemId} is being deleted.")
        if any(task["system"] == FileSystemId and task["lifecycle"] in ("PENDING", "EXECUTING", "CANCELING")
               for task in self.tasks.values()):
            raise ServiceError("BadRequest", "A data repository task is active.")
        self.export_what_is_due(system)
        if set(system["files"]) - system["exported"]:
            self.account.lost.append((FileSystemId, sorted(set(system["files"]) - system["exported"])))
        system["lifecycle"] = "DELETING"
        self.account.after(300, lambda: system.update(lifecycle="GONE"))
        return {"FileSystemId": FileSystemId, "Lifecycle": "DELETING"}

    def tag_resource(self, ResourceARN, Tags):
        self.system(ResourceARN.split("/")[-1])["tags"].update(tags_of(Tags))

    # ---- links ----

    def create_data_repository_association(self, ClientRequestToken=None, Tags=(), **p):
        p["Tags"] = list(Tags)
        return {"Association": self.shown_link(self.tokens.once(ClientRequestToken, dict(p), lambda: self.linked(p)))}

    def linked(self, p):
        system = self.system(p["FileSystemId"])
        if system["lifecycle"] != "AVAILABLE":
            raise ServiceError("BadRequest", "The file system is not available.")
        if any(link["asked"]["FileSystemId"] == system["id"] for link in self.links.values()):
            raise ServiceError("BadRequest", "There is an association that overlaps.")
        link = {"id": self.account.id("dra"), "lifecycle": "CREATING", "asked": p, "s3": dict(p.get("S3", {})),
                "tags": tags_of(p["Tags"])}
        self.links[link["id"]] = link
        self.account.after(50 * self.slowness, lambda: self.made_link(link, system))
        return link

    def made_link(self, link, system):
        """Only now the import begins. Source: FSx API, CreateDataRepositoryAssociation."""
        self.becomes(link, self.fates.get("link", "AVAILABLE"))
        if link["lifecycle"] == "AVAILABLE" and link["asked"].get("BatchImportMetaDataOnCreate"):
            self.account.after(20, lambda: self.imports(system))

    def imports(self, system):
        if system["lifecycle"] != "AVAILABLE":
            return
        task = self.new_task(system, "IMPORT_METADATA_FROM_REPOSITORY", {})
        self.account.after(400 * self.slowness, lambda: self.becomes(task, self.fates.get("import", "SUCCEEDED")))

    def lacks_input(self, system):
        """Was metadata asked for that is not there?"""
        link = self.link_of(system)
        return bool(link and link["asked"].get("BatchImportMetaDataOnCreate")) and not any(
            task["system"] == system["id"] and task["type"].startswith("IMPORT") and task["lifecycle"] == "SUCCEEDED"
            for task in self.tasks.values())

    def new_task(self, system, kind, asked):
        task = {"id": self.account.id("task"), "lifecycle": "PENDING", "system": system["id"], "failed": 0, "asked": asked, "type": kind}
        self.tasks[task["id"]] = task
        self.account.after(30, lambda: self.becomes(task, "EXECUTING"))
        return task

    def shown_link(self, link):
        return {"AssociationId": link["id"], "Lifecycle": link["lifecycle"], "FileSystemId": link["asked"]["FileSystemId"],
                "FileSystemPath": link["asked"].get("FileSystemPath", "/"),
                "DataRepositoryPath": link["asked"]["DataRepositoryPath"], "S3": link["s3"]}

    def link(self, name):
        if name not in self.links:
            raise ServiceError("DataRepositoryAssociationNotFound", f"Association '{name}' does not exist.")
        return self.links[name]

    def describe_data_repository_associations(self, AssociationIds=None, Filters=(), **_):
        found = [self.link(name) for name in AssociationIds] if AssociationIds else list(self.links.values())
        for wanted in Filters:
            assert wanted["Name"] == "file-system-id", wanted
            found = [link for link in found if link["asked"]["FileSystemId"] in wanted["Values"]]
        found = [link for link in found if self.systems[link["asked"]["FileSystemId"]]["lifecycle"] != "GONE"]
        return {"Associations": [self.shown_link(link) for link in found]}

    def update_data_repository_association(self, AssociationId, S3=None, **_):
        link = self.link(AssociationId)
        if link["lifecycle"] not in ("AVAILABLE", "MISCONFIGURED"):
            raise ServiceError("BadRequest", "The association is not available.")
        self.export_what_is_due(self.system(link["asked"]["FileSystemId"]))
        link["s3"].update(S3 or {})
        link["lifecycle"] = "UPDATING"
        self.account.after(60, lambda: self.becomes(link, "AVAILABLE"))
        return {"Association": self.shown_link(link)}

    def link_of(self, system):
        return next((link for link in self.links.values() if link["asked"]["FileSystemId"] == system["id"]), None)

    def exports_by_itself(self, system):
        link = self.link_of(system)
        return bool(link and link["s3"].get("AutoExportPolicy", {}).get("Events"))

    def inside(self, system, path):
        """The key that a path of the file system has in the bucket, or None where it is not linked."""
        link = self.link_of(system)
        root = "/" + link["asked"].get("FileSystemPath", "/").strip("/") if link else None
        if link is None or not (path + "/").startswith(root.rstrip("/") + "/"):
            return None
        prefix = bucket_and_prefix(link["asked"]["DataRepositoryPath"])[1]
        return "/".join(filter(None, [prefix, path[len(root):].lstrip("/")]))

    def export(self, system, paths):
        bucket = bucket_and_prefix(self.link_of(system)["asked"]["DataRepositoryPath"])[0]
        for path in paths:
            key = self.inside(system, path)
            if key is not None:
                self.account.buckets.setdefault(bucket, set()).add(key)
                system["exported"].add(path)

    def export_what_is_due(self, system):
        if self.exports_by_itself(system) and not system.get("stuck"):
            self.export(system, [p for p, when in system["files"].items() if when + LAG <= self.account.clock.now])

    # ---- tasks ----

    def create_data_repository_task(self, ClientRequestToken=None, Tags=(), **p):
        p["Tags"] = list(Tags)
        return {"DataRepositoryTask": self.shown_task(self.tokens.once(ClientRequestToken, dict(p), lambda: self.begun(p)))}

    def begun(self, p):
        system, link, report = self.system(p["FileSystemId"]), None, p["Report"]
        link = self.link_of(system)
        if link is None or link["lifecycle"] != "AVAILABLE" or p["Type"] != "EXPORT_TO_REPOSITORY":
            raise ServiceError("BadRequest", "There is no association that could export.")
        if self.exports_by_itself(system):
            raise ServiceError("BadRequest", "Automatic export and export tasks exclude each other.")
        inside = link["asked"]["DataRepositoryPath"].rstrip("/") + "/"
        if report["Enabled"] and not (report.get("Path", "").rstrip("/") + "/").startswith(inside):
            raise ServiceError("BadRequest", "The report's path is not inside the linked repository.")
        if report["Enabled"] and not {"Format", "Scope"} <= set(report):
            raise ServiceError("BadRequest", "The report has no format or scope.")
        if any(t["system"] == system["id"] and t["lifecycle"] in ("PENDING", "EXECUTING") for t in self.tasks.values()):
            raise ServiceError("DataRepositoryTaskExecuting", "A task is running.")
        task = self.new_task(system, p["Type"], p)
        self.account.after(130 * self.slowness, lambda: self.ended(task, system))
        return task

    def ended(self, task, system):
        if task["lifecycle"] not in ("PENDING", "EXECUTING"):
            return
        if self.fates.get("task"):
            task["lifecycle"] = self.fates["task"]
            return
        left = sorted(system["files"])[:self.fates.get("left", 0)]
        roots = ["/" + path.strip("/") for path in task["asked"].get("Paths", ["/"])]
        self.export(system, [path for path in system["files"] if path not in left
                             and any((path + "/").startswith(root.rstrip("/") + "/") for root in roots)])
        task.update(lifecycle="SUCCEEDED", failed=len(left))

    def shown_task(self, task):
        return {"TaskId": task["id"], "Lifecycle": task["lifecycle"], "FileSystemId": task["system"],
                "Type": task["type"], "CreationTime": self.account.clock.date(),
                "Status": {"TotalCount": 3, "SucceededCount": 3 - task["failed"], "FailedCount": task["failed"]}}

    def describe_data_repository_tasks(self, TaskIds=None, Filters=(), **_):
        if any(name not in self.tasks for name in TaskIds or ()):
            raise ServiceError("DataRepositoryTaskNotFound", "There is no such task.")
        found = [self.tasks[name] for name in TaskIds] if TaskIds else list(self.tasks.values())
        for wanted in Filters:
            key = {"file-system-id": "system", "task-lifecycle": "lifecycle"}[wanted["Name"]]
            found = [task for task in found if task[key] in wanted["Values"]]
        return {"DataRepositoryTasks": [self.shown_task(task) for task in found]}

    def cancel_data_repository_task(self, TaskId):
        task = self.tasks[TaskId]
        if task["lifecycle"] not in ("PENDING", "EXECUTING"):
            raise ServiceError("DataRepositoryTaskEnded", "The task has ended.")
        task["lifecycle"] = "CANCELING"
        self.account.after(60, lambda: task.update(lifecycle="CANCELED"))
        return {"TaskId": TaskId, "Lifecycle": "CANCELING"}


class Metrics:
    """AgeOfOldestQueuedMessage of automatic export, a value a minute."""

    def __init__(self, lustre):
        self.lustre = lustre

    def get_metric_data(self, MetricDataQueries, StartTime, EndTime, ScanBy="TimestampDescending", MaxDatapoints=100800, **_):
        results = []
        for query in MetricDataQueries:
            stat = query["MetricStat"]
            metric, dimensions = stat["Metric"], {d["Name"]: d["Value"] for d in stat["Metric"]["Dimensions"]}
            system = self.lustre.systems.get(dimensions.get("FileSystemId"))
            points = []
            if (metric["Namespace"], metric["MetricName"], dimensions.get("Publisher")) == (
                    "AWS/FSx", "AgeOfOldestQueuedMessage", "AutoExport") and system and not system.get("silent"):
                points = self.points(system, seconds(StartTime), seconds(EndTime), stat["Period"])
            if ScanBy != "TimestampAscending":
                points.reverse()
            points = points[:MaxDatapoints]
            results.append({"Id": query["Id"], "StatusCode": "Complete", "Values": [v for _, v in points],
                            "Timestamps": [BEGIN + datetime.timedelta(seconds=t) for t, _ in points]})
        return {"MetricDataResults": results}

    def points(self, system, start, end, period):
        """Those from `start` on and before `end` that CloudWatch has by now."""
        last = min(end, self.lustre.account.clock.now - DELAY)
        minute, found = -(-start // period) * period, []
        while minute < end and minute <= last:
            if self.lustre.exports_by_itself(system):
                lag = float("inf") if system.get("stuck") else LAG
                waiting = [when for when in system["files"].values() if when <= minute < when + lag]
                found.append((minute, float(minute - min(waiting)) + 1 if waiting else 0.0))
            minute += period
        return found


def seconds(when):
    if isinstance(when, str):
        when = datetime.datetime.fromisoformat(when.replace("Z", "+00:00"))
    return (when - BEGIN).total_seconds()


class Ebs:
    """Volumes, with the instance that has one; snapshots."""

    def __init__(self, account):
        self.account, self.volumes, self.snapshots, self.fates = account, {}, {}, {}
        self.tokens = Kept("IdempotentParameterMismatch")

    def create_volume(self, ClientToken=None, TagSpecifications=(), **p):
        p["TagSpecifications"] = list(TagSpecifications)
        return self.shown(self.tokens.once(ClientToken, dict(p), lambda: self.made(p)))

    def made(self, p):
        tags = {}
        for spec in p["TagSpecifications"]:
            assert spec["ResourceType"] == "volume", spec
            tags.update(tags_of(spec["Tags"]))
        volume = {"id": self.account.id("vol"), "state": "creating", "asked": p, "tags": tags, "instance": None, "files": {}}
        self.volumes[volume["id"]] = volume
        self.account.after(20, lambda: volume.update(state=self.fates.get("volume", "available"))
                           if volume["state"] == "creating" else None)
        return volume

    def shown(self, volume):
        attached = [{"InstanceId": volume["instance"], "VolumeId": volume["id"], "Device": "/dev/sdf",
                     "State": volume.get("attachment", "attached")}] if volume["instance"] else []
        return {"VolumeId": volume["id"], "State": volume["state"], "Size": volume["asked"].get("Size", 1),
                "AvailabilityZone": volume["asked"]["AvailabilityZone"], "Attachments": attached,
                "Tags": [{"Key": k, "Value": v} for k, v in volume["tags"].items()]}

    def alive(self):
        return [volume for volume in self.volumes.values() if volume["state"] != "gone"]

    def volume(self, name):
        if name not in self.volumes or self.volumes[name]["state"] == "gone":
            raise ServiceError("InvalidVolume.NotFound", f"The volume '{name}' does not exist.")
        return self.volumes[name]

    def describe_volumes(self, VolumeIds=None, Filters=(), **_):
        found = [self.volume(name) for name in VolumeIds] if VolumeIds else self.alive()
        return {"Volumes": [self.shown(volume) for volume in found if filtered(volume["tags"], volume["state"], Filters)]}

    def detach_volume(self, VolumeId, **_):
        volume = self.volume(VolumeId)
        if volume["state"] != "in-use":
            raise ServiceError("IncorrectState", f"Volume '{VolumeId}' is in the 'available' state.")
        volume["attachment"] = "detaching"  # until it is unmounted: here, until its instance ends
        return {"VolumeId": VolumeId, "State": "detaching"}

    def delete_volume(self, VolumeId, **_):
        volume = self.volume(VolumeId)
        if volume["state"] == "in-use":
            raise ServiceError("VolumeInUse", f"Volume {VolumeId} is currently attached to {volume['instance']}")
        volume["state"] = "deleting"
        self.account.after(20, lambda: volume.update(state="gone"))

    def create_snapshot(self, VolumeId, TagSpecifications=(), **_):
        volume = self.volume(VolumeId)
        tags = {k: v for spec in TagSpecifications for k, v in tags_of(spec["Tags"]).items()}
        snapshot = {"id": self.account.id("snap"), "state": "pending", "volume": VolumeId, "tags": tags,
                    "files": dict(volume["files"])}
        self.snapshots[snapshot["id"]] = snapshot
        self.account.after(130, lambda: snapshot.update(state=self.fates.get("snapshot", "completed"))
                           if snapshot["state"] == "pending" else None)
        return self.shown_snapshot(snapshot)

    def shown_snapshot(self, snapshot):
        return {"SnapshotId": snapshot["id"], "State": snapshot["state"], "VolumeId": snapshot["volume"],
                "Tags": [{"Key": k, "Value": v} for k, v in snapshot["tags"].items()]}

    def describe_snapshots(self, SnapshotIds=None, Filters=(), **_):
        if any(name not in self.snapshots for name in SnapshotIds or ()):
            raise ServiceError("InvalidSnapshot.NotFound", "The snapshot does not exist.")
        found = [self.snapshots[name] for name in SnapshotIds] if SnapshotIds else list(self.snapshots.values())
        return {"Snapshots": [self.shown_snapshot(s) for s in found if filtered(s["tags"], s["state"], Filters)]}

    def delete_snapshot(self, SnapshotId, **_):
        self.snapshots.pop(SnapshotId)

    def create_tags(self, Resources, Tags):
        for name in Resources:
            for things in (self.volumes, self.snapshots):
                if name in things:
                    things[name]["tags"].update(tags_of(Tags))


def filtered(tags, state, filters):
    """Do the filters of EC2 let it through?"""
    for wanted in filters:
        name, values = wanted["Name"], wanted["Values"]
        if name.startswith("tag:"):
            if tags.get(name[4:]) not in values:
                return False
        elif name == "tag-key":
            if not set(values) & set(tags):
                return False
        elif name in ("status", "state"):
            if state not in values:
                return False
        else:
            raise AssertionError(f"the test has no filter {name}")
    return True

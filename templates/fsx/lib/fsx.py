# SPDX-License-Identifier: Apache-2.0
# Where an FSx file system that existed before the cluster is to be mounted from: only its API tells. Used by
# configure.py on the head node. Source: FSx API reference.
import json
import os
import time

from sigv4 import request

REGION = os.environ.get("HPCC_REGION", "")
SUFFIX = os.environ.get("HPCC_SUFFIX", "")


# The first thing that a Describe action knows under the member `list_name`. No answer, or half of one, is asked for again.
def describe(action, list_name, member, name):
    url = os.environ.get("AWS_ENDPOINT_URL", "https://fsx.%s.%s/" % (REGION, SUFFIX))
    for pause in (2, 4, 8, 16, 0):
        try:
            with request("fsx", REGION, "POST", url,
                         {"Content-Type": "application/x-amz-json-1.1",
                          "X-Amz-Target": "AWSSimbaAPIService_v20180301." + action},
                         json.dumps({member: [name]}).encode()) as answer:
                return json.load(answer)[list_name][0]
        except Exception:
            if not pause:
                raise
            time.sleep(pause)


def lustre(found):
    return {"DnsName": found["DNSName"], "MountName": found["LustreConfiguration"]["MountName"]}


# The members that mounting needs of one entry of Storage.
def resolve(entry):
    kind = entry["Kind"]
    if kind == "FsxLustre" and "MountName" not in entry:
        return lustre(describe("DescribeFileSystems", "FileSystems", "FileSystemIds",
                               entry["FileSystemId"]))
    if kind == "FileCache":
        return lustre(describe("DescribeFileCaches", "FileCaches", "FileCacheIds",
                               entry["FileCacheId"]))
    if kind in ("FsxOpenZfs", "FsxOntap"):
        volume = describe("DescribeVolumes", "Volumes", "VolumeIds", entry["VolumeId"])
        if kind == "FsxOpenZfs":
            return {"DnsName": "%s.fsx.%s.%s" % (volume["FileSystemId"], REGION, SUFFIX),
                    "VolumePath": volume["OpenZFSConfiguration"]["VolumePath"]}
        machine = describe("DescribeStorageVirtualMachines", "StorageVirtualMachines",
                           "StorageVirtualMachineIds",
                           volume["OntapConfiguration"]["StorageVirtualMachineId"])
        return {"DnsName": machine["Endpoints"]["Nfs"]["DNSName"],
                "VolumePath": volume["OntapConfiguration"]["JunctionPath"]}
    return {}

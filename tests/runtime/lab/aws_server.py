#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The AWS of the laboratory: tests/e2e/moto_server.py and what real nodes need besides. doc/testing.md lists it:

- DescribeStackResource gives the resource's metadata with intrinsic functions worked out
- RunInstances takes subnet, interfaces, market and profile from the launch template, counts up to MaxCount, and
  fails with InsufficientInstanceCapacity where the test says so; an instant fleet does the same
- RunInstances with a ClientToken starts instances once
- no two cards in use have one address; RunInstances fails with InsufficientFreeAddressesInSubnet where there is none
- the URL of a wait condition handle takes signals
- AttachVolume refuses a device name that is in use and a volume that is attached
- calls of machines are struck by weather (aws_weather.py)
- FSx answers with what the test says; a lifecycle action completes
- the caller's access key names its instance, so that every call can be traced to a role
- LAB_DOWNLOADS names the files that servers of others have, {"HOST/PATH": "FILE"}

Serves HTTP on 127.0.0.1 (prints the port) and HTTPS on LAB_ADDRESS:443 with the certificate LAB_CERTIFICATE.
GET /hpcc-test/signals, /hpcc-test/requests, /hpcc-test/rules; POST /hpcc-test/weather [rules], /hpcc-test/states [states],
/hpcc-test/fsx {"DescribeVolumes": {"ID": {volume}}},
/hpcc-test/capacity {"TYPE or TYPE/SUBNET": how many can be had}, /hpcc-test/older {"INSTANCE": seconds},
/hpcc-test/delay {"RunInstances": seconds until its answer}.
"""
import datetime
import io
import itertools
import json
import os
import re
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "e2e")]
import aws_weather  # noqa: E402
import moto_server  # noqa: E402
from moto_passed import LEAVING  # noqa: E402
from moto_server import Application, Recorded, parsing  # noqa: E402

import moto.cloudformation.responses as cloudformation  # noqa: E402
from moto.core.exceptions import ServiceException  # noqa: E402
import moto.ec2.models.elastic_network_interfaces as network_interfaces  # noqa: E402
from moto.ec2.exceptions import EC2ClientError  # noqa: E402
from moto.ec2.models import ec2_backends  # noqa: E402
from moto.ec2.models.elastic_block_store import EBSBackend  # noqa: E402
from moto.ec2.models.fleets import Fleet  # noqa: E402
from moto.ec2.models.instances import InstanceBackend  # noqa: E402
from moto.ec2.models.subnets import Subnet  # noqa: E402
from moto.ec2.responses.elastic_block_store import ElasticBlockStore  # noqa: E402
from moto.ec2.responses.fleets import Fleets  # noqa: E402
from moto.ec2.responses.instances import InstanceResponse  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

signals = []  # {"handle": name, "signal": body} of wait conditions
requests = []  # [access key, service, action]
capacity = {}  # "TYPE" or "TYPE/SUBNET": how many more can be started
file_systems = {}  # {action of FSx: {id: what it describes}}
delays = {}  # action: seconds between what it does and its answer
answers = {}  # ClientToken of RunInstances: its answer
starting = threading.RLock()  # moto's tables are not for two that write, and the second try is to find the answer of the first
asked = threading.local()  # MinCount and MaxCount of the call under way
downloads = json.loads(os.environ.get("LAB_DOWNLOADS", "{}"))  # "host/path": file
makers = {address.split("/")[0] for address in downloads}
HANDLE = "https://cloudformation-waitcondition-{}.s3.amazonaws.com/{}"


class OutOfCapacity(ServiceException):
    code = "InsufficientInstanceCapacity"
    message = "There is not enough capacity to fulfil your request"


class OutOfAddresses(ServiceException):
    code = "InsufficientFreeAddressesInSubnet"
    message = "There are not enough free addresses in the subnet to satisfy the requested number of instances"


# ---- CloudFormation ----

class WaitHandle(Recorded):
    """Its Ref is an address that takes signals; one that goes and comes again has another."""

    __module__ = "moto.cloudformation.recorded"
    number = itertools.count(1)

    def __init__(self, *words):
        super().__init__(*words)
        self.path = f"{self.logical_id}/{next(self.number)}"

    @property
    def physical_resource_id(self):
        return HANDLE.format(self.region, self.path)


def describe_stack_resource(response):
    stack, resource = response.cloudformation_backend.describe_stack_resource(
        response._get_param("StackName"), response._get_param("LogicalResourceId"))
    detail = cloudformation.StackResourceDTO(stack, resource)
    written = stack.template_dict["Resources"][detail.logical_resource_id].get("Metadata")
    if written is not None:
        detail.metadata = json.dumps(parsing.clean_json(written, stack.resource_map))
    return cloudformation.ActionResult({"StackResourceDetail": detail})


# ---- instances ----

def can_start(instance_type, subnet, wanted):
    """How many of the wanted instances can be had; they are taken."""
    for key in (f"{instance_type}/{subnet}", instance_type):
        if key in capacity:
            found = min(wanted, capacity[key])
            capacity[key] -= found
            return found
    return wanted


def run_instances(backend, image_id, count, user_data, security_group_names, **kwargs):
    """RunInstances as EC2 does it with a launch template."""
    least, most = getattr(asked, "counts", (count, count))
    template = kwargs.get("launch_template")
    if template:
        data = backend._get_template_from_args(template).data
        kwargs = {**kwargs, **from_template(data, kwargs)}
    subnet = kwargs.get("subnet_id") or next((n["SubnetId"] for n in kwargs.get("nics") or [] if "SubnetId" in n), "")
    found = can_start(kwargs["instance_type"], subnet, most)
    if found < least:
        raise OutOfCapacity()
    return plain_run_instances(backend, image_id, found, user_data, security_group_names, **kwargs)


def from_template(data, kwargs):
    taken = {"instance_type": data["InstanceType"]} if kwargs.get("is_instance_type_default") else {}
    nics = [dict(n) for n in data.get("NetworkInterfaces", [])[:1]]  # a machine here has one card
    if nics and not kwargs.get("nics"):
        if kwargs.get("subnet_id"):
            nics[0]["SubnetId"] = kwargs["subnet_id"]
        taken.update(nics=nics, subnet_id=None)
    taken["instance_initiated_shutdown_behavior"] = data.get("InstanceInitiatedShutdownBehavior")
    taken["instance_market_options"] = data.get("InstanceMarketOptions", {})
    taken["metadata_options"] = data.get("MetadataOptions", {})
    taken["iam_instance_profile"] = data.get("IamInstanceProfile")
    return taken


def response_run_instances(response):
    """Who asks again with the same ClientToken hears of the instances that there are."""
    token = response._get_param("ClientToken")
    asked.counts = (int(response._get_param("MinCount")), int(response._get_param("MaxCount")))
    try:
        with starting:
            answer = answers.get(token) or plain_response(response)
            if token:
                answers[token] = answer
        time.sleep(delays.get("RunInstances", 0))
        return answer
    finally:
        del asked.counts


def fleet_instances(fleet, wanted):
    """An instant fleet: the first override that has capacity; all from one when the fleet says so."""
    wanted, market = int(wanted), fleet.target_capacity_specification["DefaultTargetCapacityType"]
    options = (fleet.spot_options if market == "spot" else fleet.on_demand_options) or {}
    least = int(options.get("MinTargetCapacity") or 1)
    fleet.shortages = shortages = []
    for launch in fleet.launch_specs:
        subnet = (launch.overrides or {}).get("SubnetId")
        found = can_start(launch.instance_type, subnet, wanted)
        if found < least:
            shortages.append({"ErrorCode": OutOfCapacity.code, "ErrorMessage": OutOfCapacity.message})
            continue
        reservation = plain_run_instances(
            fleet.ec2_backend, launch.image_id, found, None, [],
            **{**dict(launch_template=launch.launch_template_spec, instance_type=launch.instance_type,
                      is_instance_type_default=False, region_name=fleet.ec2_backend.region_name, fleet_id=fleet.id),
               **from_template(fleet.ec2_backend._get_template_from_args(launch.launch_template_spec).data,
                               {"subnet_id": subnet})})
        fleet.on_demand_instances += [{"id": reservation.id, "instance": i, "launch_spec": launch}
                                      for i in reservation.instances]
        wanted -= found
        if wanted == 0:
            break
    fleet.fulfilled_capacity = fleet.target_capacity - wanted


def create_fleet(response):
    with starting:
        answer = plain_create_fleet(response)
    answer.result["Errors"] = response.ec2_backend.fleets[answer.result["FleetId"]].shortages
    return answer


def attach_volume(response):
    """As EC2 does: one disk a name, one place a disk."""
    volume_id, device_path = response._get_param("VolumeId"), response._get_param("Device")
    volume = response.ec2_backend.get_volume(volume_id)
    instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))
    if volume.attachment:
        raise EC2ClientError("VolumeInUse", f"{volume_id} is already attached to an instance")
    if device_path in instance.block_device_mapping:
        raise EC2ClientError("InvalidParameterValue", f"Invalid value '{device_path}' for unixDevice. "
                             f"Attachment point {device_path} is already in use")
    return plain_attach_volume(response)


def detach_volume(backend, volume_id, instance_id, device_path):
    """EC2 knows where a disk is; moto wants to be told. What the stack has no more goes then."""
    volume = backend.get_volume(volume_id)
    if not volume.attachment:
        raise EC2ClientError("IncorrectState", f"Volume '{volume_id}' is in the 'available' state.")
    answer = plain_detach_volume(backend, volume_id, instance_id or volume.attachment.instance.id, device_path)
    if volume_id in LEAVING:
        LEAVING.remove(volume_id)
        backend.delete_volume(volume_id)
    return answer


plain_detach_volume = EBSBackend.detach_volume
plain_attach_volume = ElasticBlockStore.attach_volume
plain_reservations = InstanceBackend.describe_instances
plain_parameter = InstanceResponse._get_param
plain_create_fleet = Fleets.create_fleet
plain_run_instances = InstanceBackend.run_instances
plain_response = InstanceResponse.run_instances


draw_address = network_interfaces.random_private_ip


def backends():
    return [region for account in ec2_backends.values() for region in account.values()]


def free_address(cidr=None, ipv6=False):
    """An address that no card in use has; moto draws one blindly."""
    used = {card.private_ip_address for backend in backends() for card in backend.enis.values()
            if not card.instance or card.instance.state != "terminated"}
    for _ in range(10000):
        found = draw_address(cidr, ipv6)
        if found not in used and found.rsplit(".", 1)[-1] not in ("0", "1", "255"):
            return found
    raise OutOfAddresses()


# ---- hooks ----

def install_hooks():
    moto_server.install_hooks()
    known = parsing.resource_class_from_type
    parsing.resource_class_from_type = lambda name: (
        WaitHandle if name == "AWS::CloudFormation::WaitConditionHandle" else known(name))
    network_interfaces.random_private_ip = free_address
    Subnet.get_available_subnet_ip = lambda subnet, instance: free_address(subnet.cidr_block)
    cloudformation.CloudFormationResponse.describe_stack_resource = describe_stack_resource
    InstanceBackend.run_instances = run_instances
    InstanceResponse.run_instances = response_run_instances
    InstanceBackend.describe_instances = lambda backend, filters=None: aws_weather.fewer(
        plain_reservations(backend, filters))
    InstanceResponse._get_param = lambda response, name, *rest, **named: aws_weather.page_size(
        name, plain_parameter(response, name, *rest, **named))
    ElasticBlockStore.attach_volume = attach_volume
    EBSBackend.detach_volume = detach_volume
    Fleets.create_fleet = create_fleet
    Fleet.create_on_demand_requests = Fleet.create_spot_requests = fleet_instances


def make_older(ages):
    for backend in backends():
        for instance in backend.all_instances():
            if instance.id in ages:
                instance.launch_time -= datetime.timedelta(seconds=ages[instance.id])
    return {}


class LabApplication(Application):
    """Wait conditions, the log of requests, and what the test asks for."""

    def __call__(self, environ, start_response):
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size) if size else b""
        environ["wsgi.input"] = io.BytesIO(body)
        key, action = self.note(environ, body)
        rule = action and aws_weather.rule_for(key, action)
        if rule:
            try:
                return aws_weather.answer(rule, lambda *words: self.fair(*words, body), environ, start_response)
            except aws_weather.Lost:
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # else it stays open for the next request
                raise
        return self.fair(environ, start_response, body)

    def fair(self, environ, start_response, body):
        """Without weather."""
        path, host = environ["PATH_INFO"], environ.get("HTTP_HOST", "")
        if host.startswith("cloudformation-waitcondition-"):
            signals.append({"handle": path.strip("/"), "signal": json.loads(body), "time": time.time(),
                            "type": environ.get("CONTENT_TYPE", "")})
            result = {}
        elif path in TOLD:
            result = TOLD[path](json.loads(body) if body else None)
        elif b"Action=CompleteLifecycleAction&" in body:
            start_response("200 OK", [("Content-Type", "text/xml")])
            return [b"<CompleteLifecycleActionResponse/>"]
        elif host.startswith("fsx."):
            action = environ["HTTP_X_AMZ_TARGET"].split(".")[-1]
            members = json.loads(body)
            result = {action.removeprefix("Describe"): [file_systems[action][name] for names in members.values()
                                                        for name in names]}
        elif host in makers:
            file = downloads.get(host + path)
            start_response("200 OK" if file else "404 Not Found", [("Content-Type", "application/octet-stream")])
            return [open(file, "rb").read()] if file else []
        else:
            return super().__call__(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(result).encode()]

    @staticmethod
    def note(environ, body):
        """(access key, "service:Action") of a call; ("", None) of what is none."""
        signed = re.match(r"AWS4-HMAC-SHA256 Credential=(\w+)/\d+/[\w-]+/(\w+)/",
                          environ.get("HTTP_AUTHORIZATION", ""))
        if environ.get("HTTP_HOST", "").startswith("cloudformation-waitcondition-"):
            return "ASIA", "signal:PUT"
        if not signed:
            return "", None
        action = re.search(rb"(?:^|&)Action=(\w+)", body)
        target = environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
        called = [signed.group(1), signed.group(2), action.group(1).decode() if action else
                  target or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"]
        requests.append(called)
        return called[0], ":".join(called[1:])


def replaced(table):
    def replace(value):
        table.clear()
        table.update(value)
        return table
    return replace


def states(wanted):
    """Instances by their state. An answer of DescribeInstances takes seconds where there are a thousand, and is asked for often."""
    return {instance.id: [instance.state, dict(backend.tags.get(instance.id, {}))] for backend in backends()
            for instance in backend.all_instances() if instance.state in wanted}


# What the test asks and says.
TOLD = {"/hpcc-test/signals": lambda _: signals, "/hpcc-test/requests": lambda _: requests,
        "/hpcc-test/rules": lambda _: aws_weather.rules, "/hpcc-test/weather": aws_weather.set_rules,
        "/hpcc-test/capacity": replaced(capacity), "/hpcc-test/delay": replaced(delays),
        "/hpcc-test/fsx": lambda told: file_systems.update(told) or file_systems, "/hpcc-test/older": make_older, "/hpcc-test/states": states}


def main():
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1",
                      AWS_EC2_METADATA_DISABLED="true", no_proxy="127.0.0.1", NO_PROXY="127.0.0.1")
    install_hooks()
    application = LabApplication(DomainDispatcherApplication(create_backend_app))
    plain = make_server("127.0.0.1", 0, application, threaded=True)
    moto_server.base_url = os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{plain.server_port}"
    servers = [plain]
    if "LAB_ADDRESS" in os.environ:
        certificate = os.environ["LAB_CERTIFICATE"]
        servers.append(make_server(os.environ["LAB_ADDRESS"], 443, application, threaded=True,
                                   ssl_context=(certificate + ".pem", certificate + ".key")))
        servers[-1].socket.do_handshake_on_connect = False  # a machine may die in it
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(plain.server_port, flush=True)
    sys.stdin.read()  # whoever started us is gone when this ends
    os._exit(0)


if __name__ == "__main__":
    main()

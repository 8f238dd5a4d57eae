#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""moto's AWS on 127.0.0.1, with stand-ins for what moto does not do. doc/testing.md lists them:

- Custom:: resources run the inline code of their function for real, and its answer is what GetAtt gives
- a resource type that moto does not know is recorded with its worked-out properties; GetAtt and Ref give names
- AWS::EC2::Instance gets the network interface, subnet and metadata options that moto's CloudFormation drops
- a type that moto's CloudFormation does not know, but its services do, is made through their API; so are properties
  that it drops (moto_passed.py)
- Fn::Cidr, IPv6 blocks of a VPC and IPv6 routes
- DeletionPolicy holds in updates too, in both its words, and a stack whose exports are imported cannot be deleted
- an update that changes no property keeps the resource
- jobs of AWS Batch are processes of this machine (moto_jobs.py)
- assertions of the template's rules must hold, and a template of more than 51,200 bytes needs a bucket

Prints its port, then serves until standard input ends. GET /hpcc-test/recorded gives what was recorded,
GET /hpcc-test/calls what custom resources were asked and answered, GET /hpcc-test/asked what the AWS CLI asked for.
"""
import datetime
import hashlib
import io
import ipaddress
import itertools
import json
import os
import re
import sys
import threading
import types
import uuid
import zipfile

import boto3
import moto.cloudformation.parsing as parsing
import moto_jobs
import yaml
from moto_passed import AFTER, GONE, PASSED
from moto.awslambda.utils import get_backend as lambda_backend
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import yaml_tag_constructor
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_block_store import Volume
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.route_tables import Route
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC
from moto.efs.models import MountTarget
from moto.elbv2.models import FakeLoadBalancer, elbv2_backends
from moto.kms.models import Key
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.ssm.models import Parameter, SimpleSystemManagerBackend
from werkzeug.serving import make_server

recorded = []  # live stand-ins
calls = []  # {"event": …, "answer": …} of custom resources
asked = []  # "service:Action" of each request of the AWS CLI
answers = {}  # id of a pending call: body that came back
base_url = ""
IMAGE_GIB = 8  # size of the root volume that every image of this world has
add_device = Instance.add_block_device
make_route = Route.create_from_cloudformation_json
make_key = Key.create_from_cloudformation_json
find_attribute = VPC.get_cfn_attribute
work_out = parsing.ResourceMap.parse_ssm_parameter
find_parameter = SimpleSystemManagerBackend.get_parameter
one_at_a_time = threading.RLock()


# ---- custom resources ----

class Context:
    """What a handler may ask Lambda for."""

    def __init__(self, seconds):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000


def inline_module(function):
    """The module in a function's ZipFile, executed."""
    with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
        source = archive.read("index.py").decode()
    module = types.ModuleType("index")
    exec(compile(source, "index.py", "exec"), module.__dict__)  # noqa: S102 - that is the test
    return module


def call_function(event, account_id, region):
    """Runs the handler as Lambda would; returns the answer it sends to the response URL."""
    function = lambda_backend(account_id, region).get_function(event["ServiceToken"])
    call = uuid.uuid4().hex
    event = {**event, "RequestId": str(uuid.uuid4()), "ResponseURL": f"{base_url}/hpcc-test/response/{call}"}
    with one_at_a_time:  # the region is a variable of the process
        os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region
        module = inline_module(function)
        getattr(module, function.handler.split(".")[1])(event, Context(int(function.timeout)))
    answer = answers.pop(call, None) or {"Status": "FAILED", "Reason": "the function sent no answer"}
    calls.append({"event": event, "answer": answer})
    if answer["Status"] != "SUCCESS":
        raise RuntimeError(f"{event['LogicalResourceId']}: {answer['Reason']}")
    return answer


class Custom(CloudFormationModel):
    """A Custom:: resource whose function has answered."""

    __module__ = "moto.cloudformation.custom"  # moto takes a model's service from here

    def __init__(self, event, answer):
        self.event, self.answer = event, answer

    @property
    def physical_resource_id(self):
        return self.answer["PhysicalResourceId"]

    @staticmethod
    def cloudformation_type():
        return "Custom::"

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attribute_name):
        return self.answer["Data"][attribute_name]

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        event = {"RequestType": "Create", "ServiceToken": properties["ServiceToken"], "StackId": kwargs["StackId"],
                 "LogicalResourceId": kwargs["LogicalId"], "ResourceType": kwargs["ResourceType"],
                 "ResourceProperties": properties}
        return cls(event, call_function(event, account_id, region_name))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id,
                                        region_name):
        old = original_resource
        event = {**old.event, "RequestType": "Update", "PhysicalResourceId": old.physical_resource_id,
                 "OldResourceProperties": old.event["ResourceProperties"],
                 "ResourceProperties": cloudformation_json["Properties"]}
        return cls(event, call_function(event, account_id, region_name))

    def delete(self, account_id, region_name):
        call_function({**self.event, "RequestType": "Delete", "PhysicalResourceId": self.physical_resource_id},
                      account_id, region_name)


# ---- types that moto does not know ----

class Recorded(CloudFormationModel):
    """Keeps what it was given."""

    __module__ = "moto.cloudformation.recorded"

    def __init__(self, name, properties, region, kwargs):
        self.name, self.properties, self.region = name, properties, region
        self.type, self.logical_id, self.stack_id = kwargs["ResourceType"], kwargs["LogicalId"], kwargs["StackId"]
        recorded.append(self)

    @property
    def physical_resource_id(self):
        return self.name

    @staticmethod
    def cloudformation_type():
        return "?"

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attribute_name):
        return f"{self.logical_id}.{attribute_name}"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(resource_name, cloudformation_json.get("Properties", {}), region_name, kwargs)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id,
                                        region_name):
        original_resource.properties = cloudformation_json.get("Properties", {})
        return original_resource

    def delete(self, account_id, region_name):
        if self in recorded:  # moto tries a deletion again when another resource stood in its way
            recorded.remove(self)


# ---- types and properties that moto's services know, and its CloudFormation does not ----

clients = {}


def client(service, region):
    if (service, region) not in clients:
        clients[service, region] = boto3.client(service, region_name=region, endpoint_url=base_url)
    return clients[service, region]


class PassedOn(Recorded):
    """Made through the API; recorded as well."""

    __module__ = "moto.cloudformation.recorded"

    def get_cfn_attribute(self, attribute_name):
        return self.attributes[attribute_name]

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json.get("Properties", {})
        row = PASSED[kwargs["ResourceType"]]
        made = row.create(client(row.service, region_name), properties)
        made = {"id": made} if isinstance(made, str) else made
        resource = cls(made.pop("id"), properties, region_name, kwargs)
        resource.attributes = made
        return resource

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id,
                                        region_name):
        old, row, now = original_resource, PASSED[original_resource.type], cloudformation_json.get("Properties", {})
        if row.update and row.update(client(row.service, region_name), old.name, old.properties, now):
            old.properties = now
            return old
        if not row.update:
            old.delete(account_id, region_name)
        new = cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name,
            ResourceType=old.type, LogicalId=old.logical_id, StackId=old.stack_id)
        if row.update:  # as CloudFormation does: the new one first
            if row.retire:
                row.retire(client(row.service, region_name), old.name, now)
                recorded.remove(old)
            else:
                old.delete(account_id, region_name)
        return new

    def delete(self, account_id, region_name):
        if self in recorded:
            row = PASSED[self.type]
            row.delete(client(row.service, region_name), self.name, self.properties)
        super().delete(account_id, region_name)


def set_rest(resource, resource_type, properties, region, before=None):
    """What moto dropped when it made or changed the resource."""
    if resource_type in AFTER:
        service, function, _ = AFTER[resource_type]
        function(client(service, region), resource.physical_resource_id, properties, before)


def sets_all(resource_type, before, now):
    """Is every change of properties one that set_rest makes?"""
    changed = {name for name in {**(before or {}), **now} if (before or {}).get(name) != now.get(name)}
    return resource_type in AFTER and changed <= set(AFTER[resource_type][2])


# ---- what moto's CloudFormation does not pass on to its own EC2 ----

def create_interface(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """AWS::EC2::NetworkInterface with its security groups."""
    properties = cloudformation_json["Properties"]
    backend = ec2_backends[account_id][region_name]
    return backend.create_network_interface(
        backend.get_subnet(properties["SubnetId"]), properties.get("PrivateIpAddress"),
        group_ids=properties.get("GroupSet", []), description=properties.get("Description"),
        tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])})


def create_volume(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """AWS::EC2::Volume with more than its size."""
    properties = cloudformation_json["Properties"]
    return ec2_backends[account_id][region_name].create_volume(
        size=properties.get("Size"), zone_name=properties["AvailabilityZone"],
        snapshot_id=properties.get("SnapshotId"), encrypted=properties.get("Encrypted", False),
        kms_key_id=properties.get("KmsKeyId"), volume_type=properties.get("VolumeType"),
        iops=properties.get("Iops"), throughput=properties.get("Throughput"))


class AddressAssociation(Recorded):
    """AWS::EC2::EIPAssociation, which moto does not know."""

    __module__ = "moto.cloudformation.recorded"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        backend = ec2_backends[account_id][region_name]
        backend.associate_address(eni=backend.get_network_interface(properties["NetworkInterfaceId"]),
                                  allocation_id=properties["AllocationId"], reassociate=True)
        return cls(resource_name, properties, region_name, kwargs)


def add_block_device(instance, size, device_path, snapshot_id=None, *args, **kwargs):
    """EC2 takes the size of a root volume from the image when none is said; moto wants it said."""
    size = IMAGE_GIB if size is None and snapshot_id is None else size
    return add_device(instance, size, device_path, snapshot_id, *args, **kwargs)


def create_instance(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """AWS::EC2::Instance with its interface, metadata options and what a launch template adds."""
    properties = cloudformation_json["Properties"]
    backend = ec2_backends[account_id][region_name]
    if "LaunchTemplate" in properties:
        template = backend.get_launch_template(properties["LaunchTemplate"]["LaunchTemplateId"])
        properties = {**template.latest_version().data, **properties}
    interfaces = [backend.get_network_interface(i["NetworkInterfaceId"]) for i in properties["NetworkInterfaces"]]
    reservation = backend.run_instances(
        image_id=properties["ImageId"], user_data=properties.get("UserData"), count=1, security_group_names=[],
        instance_type=properties["InstanceType"], is_instance_type_default=False,
        key_name=properties.get("KeyName"), subnet_id=interfaces[0].subnet.id, region_name=region_name,
        nics=[{"DeviceIndex": i["DeviceIndex"], "NetworkInterfaceId": i["NetworkInterfaceId"]}
              for i in properties["NetworkInterfaces"]],
        metadata_options=properties.get("MetadataOptions", {}),
        ebs_optimized=properties.get("EbsOptimized", False),
        block_device_mappings=[m for m in properties.get("BlockDeviceMappings", []) if "Ebs" in m])
    instance = reservation.instances[0]
    for tag in properties.get("Tags", []):
        instance.add_tag(tag["Key"], tag["Value"])
    if properties.get("IamInstanceProfile"):
        backend.associate_iam_instance_profile(instance_id=instance.id,
                                               iam_instance_profile_name=properties["IamInstanceProfile"])
    return instance


MADE_SUBNET = Subnet.create_from_cloudformation_json


def create_subnet(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """A subnet in the zone that its AvailabilityZoneId names."""
    properties = dict(cloudformation_json["Properties"])
    zone = properties.pop("AvailabilityZoneId", None)
    for known in RegionsAndZonesBackend.zones[region_name]:
        if known.zone_id == zone:
            properties["AvailabilityZone"] = known.name
    return MADE_SUBNET(resource_name, {**cloudformation_json, "Properties": properties}, account_id, region_name, **kwargs)


def create_nat_gateway(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """A NAT gateway of a whole VPC stands in no subnet, which moto cannot say: it is recorded."""
    properties = cloudformation_json["Properties"]
    if properties.get("AvailabilityMode") == "regional":
        return Recorded(resource_name, properties, region_name, kwargs)
    return ec2_backends[account_id][region_name].create_nat_gateway(
        properties["SubnetId"], properties["AllocationId"],
        tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])})


def create_key(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """moto tags a key in the words of the API alone."""
    properties = dict(cloudformation_json["Properties"])
    properties["Tags"] = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    return make_key(resource_name, {**cloudformation_json, "Properties": properties}, account_id, region_name, **kwargs)


def create_route(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """A route with an IPv6 destination, which moto drops."""
    properties = cloudformation_json["Properties"]
    if "DestinationIpv6CidrBlock" not in properties:
        return make_route(resource_name, cloudformation_json, account_id, region_name, **kwargs)
    return ec2_backends[account_id][region_name].create_route(
        properties["RouteTableId"], None, destination_ipv6_cidr_block=properties["DestinationIpv6CidrBlock"],
        gateway_id=properties.get("GatewayId"), egress_only_igw_id=properties.get("EgressOnlyInternetGatewayId"))


def network_attribute(vpc, name):
    if name != "Ipv6CidrBlocks":
        return find_attribute(vpc, name)
    return [block["cidr_block"] for block in vpc.get_cidr_block_association_set(ipv6=True)]


def substituted(text, own, clean, resources):
    """The text of an Fn::Sub, whose values are not looked through again, as moto does: `${x:-y}` of a script stays."""
    def value_of(match):
        name = match.group(1)
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in own:
            return str(own[name])
        whole = {"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name}
        return str(clean(whole, resources))
    return re.sub(r"\$\{([^}]*)\}", value_of, text)


def with_parts(clean):
    """moto knows no Fn::Cidr, and looks through what it has put into an Fn::Sub."""
    def clean_json(value, resources):
        if isinstance(value, dict) and set(value) == {"Fn::Sub"}:
            text, own = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else (value["Fn::Sub"], {})
            return substituted(text, {name: clean_json(inner, resources) for name, inner in own.items()}, clean_json, resources)
        if not isinstance(value, dict) or "Fn::Cidr" not in value:
            return clean(value, resources)
        block, count, bits = (clean_json(operand, resources) for operand in value["Fn::Cidr"])
        network = ipaddress.ip_network(block)
        parts = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(part) for part in itertools.islice(parts, int(count))]
    return clean_json


def create_load_balancer(resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """moto's CloudFormation makes every load balancer one for HTTP."""
    properties = cloudformation_json["Properties"]
    return elbv2_backends[account_id][region_name].create_load_balancer(
        name=properties.get("Name", resource_name), security_groups=properties.get("SecurityGroups"),
        subnet_ids=properties.get("Subnets"), subnet_mappings=properties.get("SubnetMappings"),
        scheme=properties.get("Scheme", "internet-facing"),
        loadbalancer_type=properties.get("Type", "application"), tags=properties.get("Tags"))


# ---- images ----

def image_parameter(backend, name):
    """moto has some of AWS's public image parameters; any other gives an image id made of its name."""
    found = find_parameter(backend, name)
    if found is not None or not re.match(r"/aws/service/[\w./-]*ami", name):
        return found
    image = "ami-" + hashlib.sha256(name.encode()).hexdigest()[:17]
    return Parameter(backend.account_id, name, image, "String", None, None, None,
                     datetime.datetime.now(datetime.timezone.utc), 1, "aws:ec2:image")


def parameter_value(resources, value, value_type):
    """UsePreviousValue hands over what was worked out the first time, which moto takes for a name."""
    return value if value.startswith("ami-") else work_out(resources, value, value_type)


# ---- rules and sizes ----

def holds(test, region):
    """A rule's assertion, as far as hpcc writes them."""
    (function, operands), = test.items()
    if function == "Fn::Not":
        return not holds(operands[0], region)
    if function != "Fn::Equals":
        raise ValidationError(message=f"Template format error: a rule knows no {function}")
    left, right = ({"AWS::Region": region}[o["Ref"]] if isinstance(o, dict) else o for o in operands)
    return left == right


def check_rules(template, region):
    """CloudFormation makes nothing unless each assertion of the template's rules holds; moto does not look at them."""
    yaml.add_multi_constructor("", yaml_tag_constructor, Loader=yaml.Loader)
    rules = (yaml.load(template, Loader=yaml.Loader) or {}).get("Rules", {}) if isinstance(template, str) else {}
    for name, rule in rules.items():
        for assertion in rule["Assertions"]:
            if not holds(assertion["Assert"], region):
                raise ValidationError(message=f"rule {name}: {assertion['AssertDescription']}")


def with_rules(call):
    def checked(backend, *args, **kwargs):
        check_rules(kwargs.get("template"), backend.region_name)
        return call(backend, *args, **kwargs)
    return checked


def with_size(call):
    """A template of more than 51,200 bytes does not come with the request."""
    def checked(response, *args):
        if len(response._get_param("TemplateBody") or "") > 51200:
            raise ValidationError(message="1 validation error detected: templateBody has more than 51200 bytes")
        return call(response, *args)
    return checked


def with_outputs(call):
    """A stack that came of a change set has outputs too, and imports those of others."""
    def executed(backend, change_set_name, stack_name=None):
        found = [c for c in backend.change_sets.values() if change_set_name in (c.change_set_id, c.change_set_name)]
        stack = backend.stacks[found[-1].stack_id]
        stack.cross_stack_resources = stack.resource_map.cross_stack_resources = backend.exports
        call(backend, change_set_name, stack_name)
        stack._parse_template()
        stack.resource_map.template = stack.template_dict
        stack.output_map = stack._create_output_map()
        backend.exports.update({export.name: export for export in stack.exports})
    return executed


# ---- order ----

def same_parameters(stack, parameters):
    """A default and the value it gave are one and the same."""
    resolved = stack.resource_map.resolved_parameters
    return all(resolved.get(name) == value for name, value in parameters.items())


def depended_on(resource_json):
    after = resource_json.get("DependsOn", [])
    return [after] if isinstance(after, str) else after


def names_in(value):
    """What a resource's JSON refers to."""
    if isinstance(value, list):
        return set().union(*map(names_in, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(names_in, value.values())) if value else set()
    if "Ref" in value:
        found.add(value["Ref"])
    if "Fn::GetAtt" in value:
        found.add(value["Fn::GetAtt"][0])
    if "Fn::Sub" in value:
        text = value["Fn::Sub"] if isinstance(value["Fn::Sub"], str) else value["Fn::Sub"][0]
        found |= set(re.findall(r"\$\{(\w+)", text))
    after = depended_on(value)
    return found | set(after if isinstance(after, list) else [])


def delete_in_order(resources):
    """Deletes what nobody refers to any more, as CloudFormation does; moto takes any order."""
    left = {name: names_in(json_) for name, json_ in resources._resource_json_map.items()}
    while left:
        free = [name for name in left if not any(name in needs for other, needs in left.items() if other != name)]
        for name in free:
            json_, made = resources._resource_json_map[name], resources._parsed_resources.get(name)
            if made is not None:
                resources._delete_resource(made, json_)
                resources._parsed_resources.pop(name, None)
            del left[name]


def unless_retained(delete):
    """What an update takes out of the template stays as well; moto looks at deletions of stacks alone, at one word alone."""
    def delete_resource(resources, made, json_):
        if json_.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate"):
            return
        if json_["Type"] in GONE and not isinstance(made, Recorded):
            service, function = GONE[json_["Type"]]
            function(client(service, resources._region_name), made.physical_resource_id, made.hpcc_properties)
        else:
            delete(resources, made, json_)
        for name in [name for name, other in resources._parsed_resources.items() if other is made]:
            del resources._parsed_resources[name]  # else the same name in a later update would be this one
    return delete_resource


# ---- exports ----

def imports_in(value):
    if isinstance(value, list):
        return [found for item in value for found in imports_in(item)]
    if not isinstance(value, dict):
        return []
    here = [value["Fn::ImportValue"]] if "Fn::ImportValue" in value else []
    return here + [found for item in value.values() for found in imports_in(item)]


def imported(stack):
    """Names of the exports that a stack stands on."""
    return {parsing.clean_json(name, stack.resource_map) for name in imports_in(stack.template_dict.get("Resources", {}))}


def unless_imported(call):
    """A stack whose export another one imports is not deleted: DELETE_FAILED, and nothing is lost."""
    def delete_stack(backend, name):
        for stack in [s for s in backend.stacks.values() if name in (s.stack_id, s.name)]:
            for other in backend.stacks.values():
                used = imported(other) & {export.name for export in stack.exports} if other is not stack else set()
                if used:
                    stack.status = "DELETE_FAILED"
                    stack._add_stack_event("DELETE_FAILED", f"Export {min(used)} cannot be deleted as it is in use by {other.name}")
                    return
        call(backend, name)
    return delete_stack


# ---- hooks ----

class AnyName:
    """All parameters: what a resource refers to in an Fn::Sub or a condition moto does not see, and one that stays as it is is not updated."""

    def __contains__(self, name):
        return True


def install_hooks():
    known = parsing.resource_class_from_type
    update = parsing.parse_and_update_resource
    parsing.NULL_MODELS.clear()

    def resource_class_from_type(resource_type):
        if resource_type.startswith("Custom::"):
            return Custom
        if resource_type == "AWS::EC2::EIPAssociation":
            return AddressAssociation
        if resource_type in PASSED:
            return PassedOn
        return known(resource_type) if resource_type in parsing.get_model_map() else Recorded

    def parse_and_update_resource(logical_id, resource_json, resources_map, account_id, region_name):
        old = resources_map[logical_id]
        before = getattr(old, "hpcc_properties", None)
        now = parsing.clean_json(resource_json.get("Properties", {}), resources_map)
        if before == now:  # its Metadata or DependsOn changed
            return old
        new = old if sets_all(resource_json["Type"], before, now) else update(
            logical_id, resource_json, resources_map, account_id, region_name)
        if new is None:
            raise RuntimeError(f"moto cannot update {resource_json['Type']} {logical_id}")
        new.hpcc_properties = now
        set_rest(new, resource_json["Type"], now, region_name, before)
        return new

    create = parsing.parse_and_create_resource

    def parse_and_create_resource(logical_id, resource_json, resources_map, account_id, region_name):
        for name in depended_on(resource_json):  # moto makes what a Ref asks for at once, whatever it waits for
            resources_map[name]
        resource = create(logical_id, resource_json, resources_map, account_id, region_name)
        if resource is not None:
            resource.hpcc_properties = parsing.clean_json(resource_json.get("Properties", {}), resources_map)
            set_rest(resource, resource_json["Type"], resource.hpcc_properties, region_name)
        return resource

    moto_jobs.install()
    parsing.get_references_from_template = lambda template: AnyName()
    parsing.resource_class_from_type = resource_class_from_type
    parsing.parse_and_update_resource = parse_and_update_resource
    parsing.parse_and_create_resource = parse_and_create_resource
    Instance.create_from_cloudformation_json = staticmethod(create_instance)
    Instance.add_block_device = add_block_device
    NetworkInterface.create_from_cloudformation_json = staticmethod(create_interface)
    Volume.create_from_cloudformation_json = staticmethod(create_volume)
    Key.create_from_cloudformation_json = staticmethod(create_key)
    NatGateway.create_from_cloudformation_json = staticmethod(create_nat_gateway)
    Route.create_from_cloudformation_json = staticmethod(create_route)
    VPC.get_cfn_attribute = network_attribute
    Subnet.create_from_cloudformation_json = staticmethod(create_subnet)
    Subnet.get_cfn_attribute = lambda subnet, name: {"AvailabilityZone": subnet.availability_zone, "VpcId": subnet.vpc_id}[name]
    Subnet.has_cfn_attr = classmethod(lambda cls, name: True)
    VPC.has_cfn_attr = classmethod(lambda cls, name: True)
    parsing.clean_json = with_parts(parsing.clean_json)
    FakeLoadBalancer.create_from_cloudformation_json = staticmethod(create_load_balancer)
    SimpleSystemManagerBackend.get_parameter = image_parameter
    parsing.ResourceMap.parse_ssm_parameter = parameter_value
    parsing.ResourceMap.delete = delete_in_order
    parsing.ResourceMap._delete_resource = unless_retained(parsing.ResourceMap._delete_resource)
    CloudFormationBackend.delete_stack = unless_imported(CloudFormationBackend.delete_stack)
    Stack.has_parameters = same_parameters
    for name in ("create_stack", "update_stack", "create_change_set"):
        setattr(CloudFormationBackend, name, with_rules(getattr(CloudFormationBackend, name)))
        setattr(CloudFormationResponse, name, with_size(getattr(CloudFormationResponse, name)))
    CloudFormationBackend.execute_change_set = with_outputs(CloudFormationBackend.execute_change_set)
    # A change set without changes fails as a change set, which the AWS CLI understands; moto refuses the call.
    CloudFormationResponse._validate_different_update = lambda *args: None
    remove = NetworkInterface.delete
    NetworkInterface.delete = lambda interface, *args: remove(interface)
    MountTarget.get_cfn_attribute = lambda target, name: {"IpAddress": target.ip_address}[name]
    # Outputs name the address itself as well, which moto does not know.
    ElasticAddress.get_cfn_attribute = lambda address, name: {
        "AllocationId": address.allocation_id, "PublicIp": address.public_ip}[name]


def action_of(environ):
    """"service:Action" of a request of the AWS CLI, as policies call it; S3 and REST by method and path."""
    signed = re.search(r"Credential=[^/]+/\d+/[\w-]+/([\w-]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) if environ.get("CONTENT_LENGTH") else b""
    environ["wsgi.input"] = io.BytesIO(body)
    named = re.search(rb"(?:^|&)Action=(\w+)", body)
    if not signed:
        return None
    if named:
        return f"{signed.group(1)}:{named.group(1).decode()}"
    if signed.group(1) == "s3":
        whole = environ["PATH_INFO"].strip("/").count("/") == 0
        return {("PUT", True): "s3:CreateBucket", ("PUT", False): "s3:PutObject", ("HEAD", False): "s3:GetObject",
                ("HEAD", True): "s3:ListBucket", ("GET", True): "s3:ListBucket", ("GET", False): "s3:GetObject"}.get(
                    (environ["REQUEST_METHOD"], whole), "s3:" + environ["REQUEST_METHOD"])
    return f"{signed.group(1)}:{environ.get('HTTP_X_AMZ_TARGET', environ['REQUEST_METHOD']).rsplit('.', 1)[-1]}"


class Application:
    """moto, and a few addresses of our own."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith("/hpcc-test/"):
            if environ.get("HTTP_USER_AGENT", "").startswith("aws-cli/"):
                asked.append(action_of(environ))
            return self.inner(environ, start_response)
        if path.startswith("/hpcc-test/response/"):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            answers[path.rsplit("/", 1)[1]] = json.loads(body)
            result = {}
        elif path == "/hpcc-test/asked":
            result = asked
        elif path == "/hpcc-test/recorded":
            result = [{"type": r.type, "id": r.logical_id, "stack": r.stack_id, "name": r.name, "region": r.region,
                       "properties": r.properties} for r in recorded]
        else:
            result = calls
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(result).encode()]


def main():
    global base_url
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1",
                      AWS_EC2_METADATA_DISABLED="true", no_proxy="127.0.0.1", NO_PROXY="127.0.0.1")
    install_hooks()
    server = make_server("127.0.0.1", 0, Application(DomainDispatcherApplication(create_backend_app)), threaded=True)
    base_url = f"http://127.0.0.1:{server.server_port}"
    os.environ["AWS_ENDPOINT_URL"] = base_url
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()  # whoever started us is gone when this ends
    os._exit(0)


if __name__ == "__main__":
    main()

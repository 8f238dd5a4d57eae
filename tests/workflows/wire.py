# SPDX-License-Identifier: Apache-2.0
"""Requests and answers as Step Functions writes them (each key with a capital), held against botocore's models of the
services: a key, a type or a missing parameter that the service would refuse is refused here."""
import datetime
import functools
import re

import botocore.loaders
import botocore.model
import botocore.validate

NAMES = {"sfn": "stepfunctions", "states": "stepfunctions"}


class Refused(Exception):
    """What Step Functions or the service would not take."""


@functools.lru_cache(None)
def model(service):
    loader = botocore.loaders.Loader()
    return botocore.model.ServiceModel(loader.load_service_model(NAMES.get(service, service), "service-2"), service)


def operation(service, action):
    """The model of `createFileSystem` as Step Functions names it."""
    name = action[0].upper() + action[1:]
    try:
        return model(service).operation_model(name)
    except botocore.model.OperationNotFoundError as error:
        raise Refused(f"{service} has no action {name}") from error


def capital(name):
    return name[0].upper() + name[1:]


def told(name):
    """The key of an answer. Step Functions has it from the AWS SDK for Java, which makes dnsName of DNSName; whether the
    state then sees DnsName or DNSName is not documented. Each run of a test takes one of them."""
    name = capital(name)
    return re.sub("[A-Z]{2,}(?=[A-Z][a-z])", lambda m: m[0].capitalize(), name) if AS_IN_JAVA else name


AS_IN_JAVA = True


def to_service(value, shape, where="Parameters"):
    """A request with the service's own keys."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            raise Refused(f"{where} is no object: {value!r}")
        known, found = {capital(name): name for name in shape.members}, {}
        for key, member in value.items():
            if key not in known:
                raise Refused(f"{where} has no {key}; it knows {', '.join(sorted(known))}")
            found[known[key]] = to_service(member, shape.members[known[key]], f"{where}.{key}")
        return found
    if shape.type_name == "list" and isinstance(value, list):
        return [to_service(item, shape.member, f"{where}[{i}]") for i, item in enumerate(value)]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: to_service(item, shape.value, f"{where}.{key}") for key, item in value.items()}
    limits = shape.metadata
    if isinstance(value, str):
        if "enum" in limits and value not in limits["enum"]:
            raise Refused(f"{where} is {value!r}, not one of {', '.join(limits['enum'])}")
        if len(value) > limits.get("max", len(value)):
            raise Refused(f"{where} is longer than {limits['max']}")
    return value


def from_service(value, shape):
    """An answer with the keys that Step Functions gives it."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {told(name): from_service(value[name], member) for name, member in shape.members.items() if name in value}
    if shape.type_name == "list" and isinstance(value, list):
        return [from_service(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: from_service(item, shape.value) for key, item in value.items()}
    if isinstance(value, datetime.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value


def request(service, action, parameters):
    """(the service's parameters, its model of the operation), or Refused."""
    op = operation(service, action)
    found = to_service(parameters, op.input_shape) if op.input_shape else {}
    check(op, found)
    return found, op


def check(op, parameters):
    report = botocore.validate.ParamValidator().validate(parameters, op.input_shape)
    if report.has_errors():
        raise Refused(report.generate_report())


def check_answer(op, answer):
    """A fake that gives what the service cannot give is a fault of the test."""
    report = botocore.validate.ParamValidator().validate(answer, op.output_shape)
    assert not report.has_errors(), f"{op.name}: {report.generate_report()}"


def enums(value, shape, path=()):
    """(path, values) of each text of an answer for which the service has a list of values."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from enums(value[name], member, path + (name,))
    elif shape.type_name == "list" and isinstance(value, list):
        for i, item in enumerate(value):
            yield from enums(item, shape.member, path + (i,))
    elif "enum" in shape.metadata:
        yield path, shape.metadata["enum"]

# SPDX-License-Identifier: Apache-2.0
"""What tests of the function of custom resources share: a Python with boto3 and moto, and its programs as modules."""
import json
import os
import pathlib
import re
import sys
import types
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]


def simulated():
    """Runs the test again with the virtual environment's Python where boto3 and moto are not at hand; names no real account."""
    try:
        import boto3  # noqa: F401, pylint: disable=import-outside-toplevel,unused-import
        import moto  # noqa: F401, pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        venv = pathlib.Path(os.environ.get("HPCC_VENV", ROOT / "build" / "venv")) / "bin" / "python"
        if venv.exists() and os.environ.get("HPCC_IN_VENV") is None:
            os.execve(venv, [str(venv), *sys.argv], {**os.environ, "HPCC_IN_VENV": "1"})
        print("boto3 and moto are not installed")
        sys.exit(77)  # skipped, for meson
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        os.environ[f"AWS_{name}"] = "test"
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"


def text(name):
    """templates/NAME as the build puts it together (stdlib/tablegen/templates.c)."""
    def part(match):
        whole = re.sub(r"\A(#.*\n)+", "", text(match.group(1)))
        return re.sub(r"# @@\n", lambda _: match.group(2) + "\n", whole) if match.group(2) else re.sub(r" *# @@\n", "", whole)
    return re.sub(r"^(?:# )?@([\w/.-]+) ?(.*)@\n", part, (ROOT / "templates" / name).read_text("utf-8"), flags=re.M)


def program(name):
    """templates/NAME.py as a module."""
    module = types.ModuleType(name)
    exec(compile(text(f"{name}.py"), f"{name}.py", "exec"), module.__dict__)  # noqa: S102, pylint: disable=exec-used
    return module


class Context:
    """What Lambda tells of a call."""

    def __init__(self, seconds=60):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000


def event(kind, request, properties, **more):
    """What CloudFormation sends for a custom resource."""
    return {"ResourceType": f"Custom::{kind}", "RequestType": request, "ResourceProperties": {"ServiceToken": "x", **properties},
            "StackId": "arn:aws:cloudformation:eu-west-1:1:stack/c/0a-0b", "RequestId": "r", "LogicalResourceId": "L",
            "ResponseURL": "http://127.0.0.1/", **more}


def told(module, client, asked, seconds=60):
    """What a program with so many seconds tells CloudFormation of an event, with `client` in place of boto3's."""
    with mock.patch.object(module.boto3, "client", client), mock.patch.object(module.urllib.request, "urlopen") as urlopen:
        module.handler(asked, Context(seconds))
    return json.loads(urlopen.call_args.args[0].data)

# SPDX-License-Identifier: Apache-2.0
"""What tests of the function of custom resources share: a Python with boto3 and moto, and its programs as modules."""
import importlib.util
import os
import pathlib
import sys

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


def program(name):
    """templates/NAME.py as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "templates" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

# SPDX-License-Identifier: Apache-2.0
"""What the tests of `hpcc fmt` share: files as bytes, and a call."""
import os

from common import hpcc


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def fmt(*args, **kwargs):
    return hpcc("fmt", "--no-config", *args, **kwargs)

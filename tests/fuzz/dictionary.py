#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A dictionary for the fuzzers: words of YAML, and the names and values that `hpcc schema` knows.

usage: dictionary.py HPCC > fuzz.dict
"""
import json
import os
import subprocess
import sys


def words(schema, found):
    """All names of properties and all values of enumerations below `schema`."""
    if isinstance(schema, dict):
        found.update(schema.get("properties", {}))
        found.update(value for value in schema.get("enum", []) if isinstance(value, str))
        for value in schema.values():
            words(value, found)
    elif isinstance(schema, list):
        for value in schema:
            words(value, found)
    return found


def main():
    schema = json.loads(subprocess.run([sys.argv[1], "schema"], check=True, capture_output=True).stdout)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "yaml.dict"), encoding="ascii") as file:
        print(file.read())
    for word in sorted(words(schema, set())):
        print('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"')
    for word in ("# hpcc:ignore W0206 -- x", "# hpcc:ignore-file E0401 --", "t3.micro", "p5.48xlarge", "hpc6a.48xlarge",
                 "subnet-0123456789abcdef0", "us-east-1", "10.0.0.0/8", "arn:aws:iam::123456789012:role/x", "s3://b/k"):
        print(f'"{word}"')


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print moto's copy of the answer of describe-instance-types; nothing, and exit 1, where moto is not installed.

--version prints the version of moto instead.
"""

import gzip
import importlib.metadata
import importlib.util
import json
import os
import sys

spec = importlib.util.find_spec("moto")
if spec is None:
    sys.exit(1)
if "--version" in sys.argv:
    print(importlib.metadata.version("moto"))
    sys.exit()
path = os.path.join(os.path.dirname(spec.origin), "ec2", "resources", "instance_types.json")
opener = open if os.path.exists(path) else gzip.open
with opener(path if os.path.exists(path) else path + ".gz", "rt", encoding="utf-8") as f:
    json.dump({"InstanceTypes": list(json.load(f).values())}, sys.stdout)

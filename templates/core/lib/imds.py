# SPDX-License-Identifier: Apache-2.0
# imds.py PATH - prints one path below latest/ of the instance metadata service; fails when it is not there.
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sigv4 import imds  # noqa: E402

try:
    print(imds(sys.argv[1]))
except OSError as error:
    sys.exit("imds: %s: %s" % (sys.argv[1], error))

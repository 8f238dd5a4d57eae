# SPDX-License-Identifier: Apache-2.0
# imds.py PATH - prints one path below latest/ of the instance metadata service; fails when it is not there.
import sys

from sigv4 import imds

try:
    print(imds(sys.argv[1]))
except OSError as error:
    sys.exit("imds: %s: %s" % (sys.argv[1], error))

# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The AWS CLI, in the role of the instance.

# api COMMAND...: many instances may ask at once, and a role that was just made needs some seconds to be known.
api() {
	try 10 5 timeout 60 aws --output text "$@"
}

# SPDX-License-Identifier: Apache-2.0
"""lifecycle.py for stacks that look up nothing but subnets and images by parameters."""
# @lookups.py@


# @lifecycle_common.py@


# @answer.py@

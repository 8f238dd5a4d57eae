# SPDX-License-Identifier: Apache-2.0
"""Custom resources of an hpcc cluster: look-ups at creation, the end of the fleet at deletion.

Custom::HpccLookup answers from what the account knows; CloudFormation keeps the answer until a property of
the look-up changes. Custom::HpccFleet does nothing until it is deleted: then it terminates the compute nodes
of the cluster, waits until they are gone, and removes their names from the hosted zone.
"""
# @lookups.py@


# @lookups_more.py@


# @lifecycle_common.py@


# @answer.py@

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clusters in bad weather, in the laboratory: each group of scenarios has a cluster of its own.

usage: weather.py HPCC SUITE GROUP|TEST…, with a release of Debian; prints TAP, after a failure the logs of machines.
       weather.py --groups [plain]: the names of all groups, or of those that every run tries
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab"))
from lab import enter  # noqa: E402 - it knows where the others are
import weather_head as head  # noqa: E402
import weather_nodes as nodes  # noqa: E402
import weather_updates as updates  # noqa: E402
from cluster_base import run_tests  # noqa: E402
from common import in_venv  # noqa: E402
from weather_base import boots  # noqa: E402

# {group: (how its cluster is made, its scenarios)}. Groups run side by side.
PLAIN = {
    "calls": (nodes.make, [boots, nodes.throttled, nodes.half_answers, nodes.no_answer, nodes.suspend_killed]),
    "failures": (nodes.make_hasty, [boots, nodes.all_or_nothing, nodes.pending, nodes.closed_queue, nodes.own_nodes, nodes.stopped,
                                     nodes.drained, nodes.unknown_resource, nodes.delete_while_starting]),
    "updates": (updates.make, [boots, updates.three, updates.cut_off, updates.blind, updates.terminate,
                               updates.rollback_drain]),
    "steps": (updates.make_quick, [boots, updates.cut_at_odd_steps]),
    "steps2": (updates.make_quick, [boots, updates.cut_at_even_steps]),
    "first": (head.make_empty, [head.boot_cut_some]),
    "night": (head.make_login, [boots, head.reboot_login, head.overnight]),
    "full": (head.make, [boots, head.controller_full, head.readable]),
}
# What takes too long for every run.
MORE = {
    "calls2": (nodes.make, [boots, nodes.fleet_stopped, nodes.refused_for_a_while]),
    "failures2": (nodes.make, [boots, nodes.spool_full, nodes.controller_away, nodes.reboot_compute]),
    "gone": (nodes.make, [boots, nodes.head_gone]),
    "invalid": (nodes.make_strict, [boots, nodes.invalid]),
    "updates2": (updates.make, [boots, updates.two_at_once, updates.rollback_terminate, updates.rollback_stop,
                                updates.bad_setting, updates.late_answers]),
    "disks": (updates.make_disks, [boots, updates.disk_away, updates.letters, updates.storage_removed]),
    "first2": (head.make_empty, [head.boot_cut_rest]),
    "storm": (head.make_empty, [head.boot_in_a_storm]),
    "login": (head.make_login, [boots, head.reboot_login, head.login_without_head]),
    "secrets": (head.make_secrets, [boots, head.database_away, head.key_replaced]),
    "thousand": (head.make_thousand, [boots, head.thousand]),
}
ALL = {**PLAIN, **MORE}


def made_by(names):
    """How the cluster of the named groups or tests is made: that of the first that is not of all."""
    for name in names:
        for group, (make, tests) in ALL.items():
            if name == group or name in [t.__name__ for t in tests if t is not boots]:
                return make
    return updates.make


if __name__ == "__main__":
    if sys.argv[1] == "--groups":
        print("\n".join(PLAIN if "plain" in sys.argv else ALL))
        sys.exit()
    in_venv("boto3")
    enter(5000, sys.argv[2])
    run_tests(made_by(sys.argv[3:]), {group: tests for group, (_, tests) in ALL.items()})

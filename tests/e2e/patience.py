# SPDX-License-Identifier: Apache-2.0
"""Time as it passes for programs on a machine that others use too."""
import os
import time


# Who looks for a fault on a busy machine may not want to wait for as long as it deserves.
MOST = float(os.environ.get("HPCC_MOST_CROWDING", "inf"))
LEAST = 60  # seconds: what is shorter on an idle machine says nothing of a busy one, and nobody waits it out in vain


def crowding():
    """How many wait for each processor, of the last minute or now, at least one: about how much longer everything takes
    than on an idle machine."""
    with open("/proc/loadavg", "rb") as file:
        words = file.read().split()
    return min(MOST, max(1.0, max(float(words[0]), int(words[3].split(b"/")[0])) / (os.cpu_count() or 1)))


def patient(seconds):
    """What a wait that takes so long at most on an idle machine is given now. Nobody waits longer than for the event."""
    return seconds * (1 + crowding())


class Patience:
    """A deadline of so many seconds of an idle machine; it moves away while the machine is crowded."""

    def __init__(self, seconds):
        self.left, self.seen = max(seconds, LEAST), time.monotonic()

    def ended(self):
        now = time.monotonic()
        self.left -= (now - self.seen) / crowding()
        self.seen = now
        return self.left < 0

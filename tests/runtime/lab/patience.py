# SPDX-License-Identifier: Apache-2.0
"""Time as it passes for programs on a machine that others use too."""
import os
import time


def crowding():
    """How many wait for each processor, at least one: about how much longer everything takes than on an idle machine."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def patient(seconds):
    """What a wait that takes so long at most on an idle machine is given now. Nobody waits longer than for the event."""
    return seconds * (1 + crowding())


class Patience:
    """A deadline of so many seconds of an idle machine; it moves away while the machine is crowded."""

    def __init__(self, seconds):
        self.left, self.seen = seconds, time.monotonic()

    def ended(self):
        now = time.monotonic()
        self.left -= (now - self.seen) / crowding()
        self.seen = now
        return self.left < 0

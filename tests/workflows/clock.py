# SPDX-License-Identifier: Apache-2.0
"""Time that passes only when everybody waits: executions, each in a thread of its own, of which one runs at a time."""
import datetime
import heapq
import threading

BEGIN = datetime.datetime(2026, 11, 2, 3, 0, tzinfo=datetime.timezone.utc)


class Clock:
    """Seconds since BEGIN in `now`. Who takes part calls enter() first, sleep() to wait and leave() at the end; who is not
    in (a test, a function that the sweep runs) may read and move the clock while nobody else is in."""

    def __init__(self):
        self.now = 0.0
        self.turn = threading.Condition()
        self.sleepers = []
        self.running = None  # the ticket of who runs
        self.tickets = 0

    def text(self):
        return self.date().isoformat().replace("+00:00", "Z")

    def date(self):
        return BEGIN + datetime.timedelta(seconds=self.now)

    def enter(self, seconds=0):
        """Takes part from so many seconds on; returns when it is its turn."""
        with self.turn:
            self.wait_for_turn(seconds)

    def sleep(self, seconds):
        with self.turn:
            self.running = None
            self.wait_for_turn(seconds)

    def leave(self):
        with self.turn:
            self.running = None
            self.next()

    def wait_for_turn(self, seconds):
        self.tickets += 1
        ticket = self.tickets
        heapq.heappush(self.sleepers, (self.now + seconds, ticket))
        self.turn.notify_all()
        if self.running is None:
            self.next()
        while self.running != ticket:
            self.turn.wait()

    def next(self):
        if self.sleepers:
            when, self.running = heapq.heappop(self.sleepers)
            self.now = max(self.now, when)
            self.turn.notify_all()

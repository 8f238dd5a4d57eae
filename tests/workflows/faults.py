# SPDX-License-Identifier: Apache-2.0
"""What may go wrong, as a property of the services: the n-th call of a state answers something else. Which states there are,
and what they call, comes from the machine and from a run of it; so a new state is covered without a line here."""
import copy

import wire
from interpreter import Lost, ServiceError, Stop

MARK = "weather 4711"  # stands in each error of ours; a failure has to tell it
THROTTLES = {"fsx": "ThrottlingException", "ec2": "RequestLimitExceeded", "batch": "TooManyRequestsException",
             "ssm": "ThrottlingException", "secretsmanager": "ThrottlingException", "cloudwatch": "Throttling",
             "dynamodb": "ThrottlingException", "sns": "Throttling", "sfn": "ThrottlingException"}
BROKEN = {"batch": "ServerException", "fsx": "InternalServerError", "ec2": "InternalError", "ssm": "InternalServerError",
          "secretsmanager": "InternalServiceError", "cloudwatch": "InternalServiceFault", "dynamodb": "InternalServerError",
          "sns": "InternalError", "sfn": "InternalError"}


class Fault:
    """Nothing happens. `recovers`: the execution ends as it would have without. `who` is the execution that has it."""

    recovers = True
    tells = None  # what the failure has to say, if there is one
    label = "nothing"
    who = "run-1"

    def __init__(self, state=None):
        self.state = state
        self.since = None  # did a job exist when it first struck?

    def again(self, who):
        """The same for another run, in which it is `who` that has it."""
        fault = copy.copy(self)
        fault.who, fault.since = who, None
        return fault

    def enters(self, execution):
        pass

    def answer(self, call, n, ask):
        """What the n-th call (from 1) of the fault's own state answers."""
        return ask()


class Refused(Fault):
    label, recovers, tells = "refused for ever", False, MARK

    def answer(self, call, n, ask):
        raise ServiceError("AccessDeniedException", MARK, 403)


class Throttled(Fault):
    label = "throttled twice"

    def answer(self, call, n, ask):
        if n <= 2:
            raise ServiceError(THROTTLES[call.service], MARK, 429)
        return ask()


class ThrottledForEver(Fault):
    label, recovers, tells = "throttled for ever", False, MARK

    def answer(self, call, n, ask):
        raise ServiceError(THROTTLES[call.service], MARK, 429)


class Broken(Fault):
    label = "an error of the service, once"

    def answer(self, call, n, ask):
        if n == 1:
            raise ServiceError(BROKEN[call.service], MARK, 500)
        return ask()


class LostAnswer(Fault):
    label = "done, but the answer is lost"

    def answer(self, call, n, ask):
        found = ask()
        if n == 1:
            raise ServiceError(BROKEN[call.service], MARK, 500) if call.service == "batch" else Lost(MARK)
        return found


class LostForEver(Fault):
    label, recovers, tells = "done, but each answer is lost", False, MARK

    def answer(self, call, n, ask):
        ask()
        raise Lost(MARK)


class TimedOut(Fault):
    label, recovers = "timed out for ever", False

    def answer(self, call, n, ask):
        raise TimeoutError(MARK)


class Late(Fault):
    label = "five answers of the past"

    def __init__(self, state):
        super().__init__(state)
        self.first = None

    def again(self, who):
        fault = super().again(who)
        fault.first = None
        return fault

    def answer(self, call, n, ask):
        found = ask()
        self.first = self.first or copy.deepcopy(found)
        return copy.deepcopy(self.first) if n <= 5 else found


class Nothing(Fault):
    """What was asked for is not there, in an answer that is no error."""

    label, recovers = "an empty answer", False

    def answer(self, call, n, ask):
        return {key: [] if isinstance(value, list) else value for key, value in ask().items()}


class Value(Fault):
    """One text of each answer has another of its values."""

    recovers = False

    def __init__(self, state, path, value):
        super().__init__(state)
        self.path, self.value = path, value
        self.label = f"{'.'.join(map(str, path))} is {value}"

    def answer(self, call, n, ask):
        found = copy.deepcopy(ask())
        at = found
        try:
            for key in self.path[:-1]:
                at = at[key]
            at[self.path[-1]] = self.value
        except (IndexError, KeyError):
            pass  # this answer has none
        return found


class Ended(Fault):
    """The execution is stopped, or its time is over, when it comes to a state."""

    recovers = False

    def __init__(self, state, status):
        super().__init__(state)
        self.status, self.label = status, f"{status} before the call"

    def enters(self, execution):
        execution.stop(self.status)


class Stopped(Fault):
    """The execution is stopped at the n-th state that it comes to, whatever it is."""

    label, recovers = "stopped", False

    def __init__(self, n, who):
        super().__init__(None)
        self.n, self.who = n, who

    def enters(self, execution):
        if len(execution.visited) == self.n:
            execution.stop()


class Cut(Fault):
    """The same, while its call is on the way."""

    label, recovers = "ABORTED behind the call", False

    def answer(self, call, n, ask):
        ask()
        raise Stop


FOR_CALLS = (Refused, Throttled, ThrottledForEver, Broken, LostAnswer, LostForEver, TimedOut, Late, Cut)


def of_state(name, state, call, answer):
    """All faults of a state; call and answer are the first that it had in a good run, or None."""
    yield Ended(name, "ABORTED")
    yield Ended(name, "TIMED_OUT")
    if state["Type"] != "Task" or call is None:
        return
    for kind in FOR_CALLS:
        yield kind(name)
    op = wire.operation(call.service, call.action)
    if op.output_shape is None:
        return
    if call.action.startswith(("describe", "list", "get")) and any(isinstance(v, list) for v in answer.values()):
        yield Nothing(name)
    if call.action == "describeExecution":
        return  # of an execution that runs Step Functions does not say that it has ended
    for path, values in wire.enums(answer, op.output_shape):
        if str(path[-1]).lower() in ("lifecycle", "state", "status"):
            at = answer
            for key in path:
                at = at[key]
            for value in values:
                if value != at:
                    yield Value(name, path, value)

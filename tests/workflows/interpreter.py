# SPDX-License-Identifier: Apache-2.0
"""State machines as they are emitted, executed by the interpreter of Amazon States Language in moto.

What is patched, all of it in `patch`, and nothing in the machine: time (waits, pauses of retries and of .sync, and the clock of
the context object are those of clock.py), services (each call goes to a Simulation), the names of errors (those of the Java
SDK, see ERRORS), JSONata (query.py), and parameters, which moto would drop where it does not know them. What took most of the
time and changes nothing is done once or not at all: see `hasten`.
"""
import copy
import datetime
import functools
import json
import logging
import threading

import query
import wire
from clock import Clock

import moto.stepfunctions.parser.asl.component.common.path.result_path as result_module
import moto.stepfunctions.parser.asl.component.common.retry.retrier_decl as retrier
import moto.stepfunctions.parser.asl.component.common.string.string_expression as expression_module
import moto.stepfunctions.parser.asl.component.state.exec.execute_state as execution_module
import moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service as task_module
import moto.stepfunctions.parser.asl.component.state.state as state_module
import moto.stepfunctions.parser.asl.eval.states as data_module
import moto.stepfunctions.parser.asl.utils.json_path as path_module
from moto.stepfunctions.parser.api import EvaluationFailedEventDetails, HistoryEventType, StateMachineType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import StateTaskServiceAwsSdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_batch import StateTaskServiceBatch
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_dynamodb import StateTaskServiceDynamoDB
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import StateTaskServiceSfn
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sns import StateTaskServiceSns
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext, EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
from moto.stepfunctions.parser.asl.eval.states import ContextObjectData, ExecutionData, StateMachineData
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

ACCOUNT, REGION = "123456789012", "us-east-1"
MOST_STATES = 8000  # entered by an execution of a test; a history holds 25000 events, some six for a state
MOST_DATA = 256 * 1024  # bytes of an answer. Source: Step Functions Developer Guide, "Quotas related to state executions"
# Clients of the AWS SDK for Java 2, whose names stand before those of their errors; what the service's model does not name
# is its base exception. Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations".
ERRORS = {"batch": "Batch", "cloudwatch": "CloudWatch", "dynamodb": "DynamoDb", "ec2": "Ec2", "fsx": "FSx", "s3": "S3",
          "secretsmanager": "SecretsManager", "sfn": "Sfn", "sns": "Sns", "ssm": "Ssm", "eventbridge": "EventBridge"}
# The same for the integrations that Step Functions has of its own.
OPTIMISED = {"dynamodb": "DynamoDB", "batch": "Batch", "sns": "SNS", "states": "StepFunctions"}
BASES = {"dynamodb": "AmazonDynamoDBException", "batch": "AWSBatchException", "sns": "AmazonSNSException",
         "states": "AWSStepFunctionsException"}


class ServiceError(Exception):
    """An answer that is an error: its code, as the service's model has it, and what it says."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Lost(Exception):
    """No answer: the connection broke, whatever the service did."""


class Stop(Exception):
    """The execution was stopped while a call was on its way."""


def error_name(service, api, code):
    """What `ErrorEquals` has to say for a ServiceError."""
    modelled = {shape.name: shape.metadata.get("error", {}).get("code", shape.name) for shape in wire.model(service).error_shapes}
    name = next((shape for shape, other in modelled.items() if code in (shape, other)), None)
    if api == "aws-sdk":
        prefix = ERRORS[service]
        return f"{prefix}.{prefix + 'Exception' if name is None else name if name.endswith('Exception') else name + 'Exception'}"
    return f"{OPTIMISED[service]}.{code if name or code.startswith('TooMany') else BASES[service]}"


class Execution:
    """One execution, in a thread of its own. Ended: status, output or error and cause, visited states, events."""

    def __init__(self, simulation, machine, name, data, seconds):
        self.simulation, self.machine, self.name, self.data = simulation, machine, name, data
        self.arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine.name}:{name}"
        self.status, self.error, self.cause, self.output = "RUNNING", None, None, None
        self.visited, self.broken = [], None
        self.ended_by = None  # ABORTED or TIMED_OUT, from the moment that it is
        self.started = simulation.clock.now + seconds
        self.env = Environment(
            aws_execution_details=AWSExecutionDetails(account=ACCOUNT, region=REGION, role_arn=machine.role),
            execution_type=StateMachineType.STANDARD,
            context=ContextObjectData(
                Execution=ExecutionData(Id=self.arn, Input=data, Name=name, RoleArn=machine.role,
                                        StartTime=simulation.clock.text()),
                StateMachine=StateMachineData(Id=machine.arn, Name=machine.name)),
            event_history_context=EventHistoryContext.of_program_start(), cloud_watch_logging_session=None, activity_store={})
        self.env.next_state_name = machine.program.start_at.start_at_name
        self.thread = threading.Thread(target=self.run, args=(seconds,), daemon=True)

    def run(self, seconds):
        simulation = self.simulation
        simulation.clock.enter(seconds)
        try:
            EvalComponent.eval(self.machine.program, self.env)
            state = self.env.program_state()
            if isinstance(state, ProgramEnded):
                self.status, self.output = "SUCCEEDED", self.env.states.get_input()
            elif isinstance(state, ProgramError):
                self.status, self.error, self.cause = "FAILED", state.error.get("error"), state.error.get("cause")
            self.status = self.ended_by or self.status
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self.broken = error
        try:
            simulation.ended(self)
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self.broken = self.broken or error
        simulation.clock.leave()

    def stop(self, why="ABORTED"):
        self.ended_by = self.ended_by or why
        self.env.set_stop(stop_date=None, cause=why, error=why)

    def entered(self, name):
        """A state is entered, or a wait in it is over."""
        limit = self.machine.definition.get("TimeoutSeconds")
        if limit and self.simulation.clock.now - self.started > limit:
            self.stop("TIMED_OUT")
        if name is not None:
            self.visited.append(name)
            if len(self.visited) > MOST_STATES:
                self.stop("ENDLESS")
            self.simulation.entered(self, name)


class Machine:
    """A definition with its name; parsed once, since reading takes longer than executing."""

    def __init__(self, name, definition, role=f"arn:aws:iam::{ACCOUNT}:role/workflow"):
        self.name, self.definition, self.role = name, definition, role
        self.arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"
        self.program = parse(json.dumps(definition))


@functools.lru_cache(None)
def parse(text):
    program = AmazonStateLanguageParser.parse(text)[0]
    assert isinstance(program, Program)
    return program


class Simulation:
    """What executions of one test share: the clock, and services that answer.

    service(execution, state, service, action, parameters) -> answer, with the service's own keys, or raises ServiceError,
    Lost, TimeoutError, Stop. `entered` and `ended` may be set to see each state that is entered, and each end.
    """

    current = None

    def __init__(self, service):
        patch()
        self.clock, self.service = Clock(), service
        self.executions = {}
        self.entered = lambda execution, name: None
        self.ended = lambda execution: None
        Simulation.current = self

    def start(self, machine, name, data=None, seconds=0):
        execution = Execution(self, machine, name, {} if data is None else data, seconds)
        self.executions[execution.name] = execution
        return execution

    def run(self, *executions, limit=600):
        """Executes until all have ended, those too that `ended` starts; `limit` is of seconds of our own time."""
        self.begin(*executions)
        with self.clock.turn:
            self.clock.next()
        for execution in self.running():
            execution.thread.join(limit)
            assert not execution.thread.is_alive(), f"{execution.name} hangs in {execution.visited[-3:]}"
            if execution.broken:
                raise execution.broken

    def begin(self, *executions):
        """They wait for their turn when this returns."""
        with self.clock.turn:
            self.clock.running = self.clock.running or 0  # nobody runs before all wait
            wanted = len(self.clock.sleepers) + len(executions)
        for execution in executions:
            execution.thread.start()
        with self.clock.turn:
            self.clock.turn.wait_for(lambda: len(self.clock.sleepers) == wanted)

    def running(self):
        """All executions, those too that come while others are waited for."""
        seen = 0
        while seen < len(self.executions):
            yield list(self.executions.values())[seen]
            seen += 1


# ---- what is patched in moto ----

def execution_of(env):
    return Simulation.current.executions[env.states.context_object.context_object_data["Execution"]["Name"]]


def sleep(env, seconds):
    if seconds > 0:
        Simulation.current.clock.sleep(seconds)
    execution_of(env).entered(None)


def call(task, env, service, action, parameters, api):
    """One call of a service, whose answer has Step Functions' keys."""
    state = env.states.context_object.context_object_data["State"]["Name"]
    if execution_of(env).ended_by:
        raise Stop
    try:
        known, op = wire.request(service, action, parameters)
    except wire.Refused as refused:
        fail(task, env, "States.Runtime", f"{service}:{action}: {refused}")
    try:
        answer = Simulation.current.service(execution_of(env), state, service, action, known)
    except ServiceError as error:
        fail(task, env, error_name(service, api, error.code),
             f"{error.message} (Service: {ERRORS[service if service != 'states' else 'sfn']}, Status Code: {error.status}, "
             f"Request ID: 1)")
    except Lost as error:
        names = ERRORS if api == "aws-sdk" else OPTIMISED
        fail(task, env, f"{names[service]}.SdkClientException", str(error))
    except Stop:
        execution_of(env).stop()
        return {}
    if op.output_shape:
        wire.check_answer(op, answer)
        if len(json.dumps(answer, default=str)) > MOST_DATA:
            fail(task, env, "States.DataLimitExceeded", f"the answer of {service}:{action} is too long")
        return wire.from_service(answer, op.output_shape)
    return {}


def named(error):
    """An error name, for what compares it with `ErrorEquals`."""
    known = {kind.to_name(): kind for kind in StatesErrorNameType}
    return StatesErrorName(typ=known[error]) if error in known else CustomErrorName(error_name=error)


def fail(task, env, error, cause):
    details = TaskFailedEventDetails(resource=task._get_sfn_resource(), resourceType=task._get_sfn_resource_type(),
                                     error=error, cause=cause)
    raise FailureEventException(FailureEvent(env=env, error_name=named(error), event_type=HistoryEventType.TaskFailed,
                                             event_details=EventDetails(taskFailedEventDetails=details)))


class Dates:
    """`datetime` of the module in which moto says when a state was entered."""

    timezone = datetime.timezone

    class datetime:  # noqa: N801 - the name that moto uses
        @staticmethod
        def now(tz=None):
            return Simulation.current.clock.date().astimezone(tz)


def run_job(task, env, parameters):
    """batch:submitJob.sync: looks until the job has ended, after an hour less often. Step Functions itself looks, with the
    role's right to do so; when the execution ends meanwhile, it ends the job. Source: Step Functions Developer Guide, "Run a
    Job (.sync)"."""
    execution, service = execution_of(env), Simulation.current.service
    job, looks = call(task, env, "batch", "submitJob", parameters, "optimised").get("JobId"), 0
    while not execution.ended_by:
        found = service(execution, None, "batch", "describeJobs", {"jobs": [job]})["jobs"][0]
        if found["status"] in ("SUCCEEDED", "FAILED"):
            told = wire.from_service(found, wire.operation("batch", "describeJobs").output_shape.members["jobs"].member)
            if found["status"] == "FAILED":
                fail(task, env, "States.TaskFailed", json.dumps(told))
            return told
        looks += 1
        sleep(env, 30 if looks < 120 else 300)
    if job:
        service(execution, None, "batch", "terminateJob", {"jobId": job, "reason": "the execution was stopped"})
    return {}


def evaluate(expression, env):
    """A JSONata expression, with those variables of the execution that it names."""
    text, store, known = expression.expression, env.variable_store, {}
    if "$states" in text:
        states = env.states._states_data
        known = {key: value for key, value in states.items() if key in ("input", "context") or value is not None}
    try:
        found = query.evaluate(text, {key: value for scope in (store._outer_scope, store._inner_scope)
                                      for key, value in scope.items() if "$" + key in text}, known)
    except query.Unanswered as error:
        details = EvaluationFailedEventDetails(error="States.QueryEvaluationError", cause=str(error))
        raise FailureEventException(FailureEvent(
            env=env, error_name=named("States.QueryEvaluationError"), event_type=HistoryEventType.EvaluationFailed,
            event_details=EventDetails(evaluationFailedEventDetails=details))) from error
    env.stack.append(found)


def copied(value):
    """A copy of what is JSON, as copy.deepcopy makes it."""
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value if kind in (str, int, float, bool, type(None)) else copy.deepcopy(value)


def hasten():
    """The data of states are copied a dozen times in each, as what they are; paths are read once; how a program stands is
    only looked at; and what stood in events is not written, since no event is kept."""
    for module in (data_module, execution_module, expression_module, result_module, task_module):
        module.copy = type("Copies", (), {"deepcopy": staticmethod(copied)})
    for module in (path_module, result_module):
        module.parse = functools.lru_cache(None)(module.parse)
    Environment.program_state = lambda self: self._program_state
    CommonStateField._get_state_entered_event_details = lambda self, env: None
    CommonStateField._get_state_exited_event_details = lambda self, env: None


@functools.lru_cache(None)
def patch():
    """Once in a process."""
    logging.getLogger("moto").setLevel(logging.CRITICAL + 1)
    hasten()

    def retry(self, env):
        retrier.time = type("Pause", (), {"sleep": staticmethod(lambda seconds: sleep(env, seconds))})
        return kept_retry(self, env)
    kept_retry = retrier.RetrierDecl._eval_body
    retrier.RetrierDecl._eval_body = retry
    WaitFunction._eval_body = lambda self, env: sleep(env, self._get_wait_seconds(env=env))
    state_module.datetime = Dates
    StringJSONata._eval_body = evaluate
    EventManager.add_event = lambda self, *args, **kwargs: 0  # nobody reads the history, of which each event is copied

    def state(self, env):
        execution_of(env).entered(self.name)
        if env.is_running():
            kept_state(self, env)
    kept_state = CommonStateField._eval_body
    CommonStateField._eval_body = state

    def task(api):
        def evaluate(self, env, resource_runtime_part, normalised_parameters, state_credentials):
            service = self.resource.api_name if api == "aws-sdk" else self.resource.service_name
            if self.resource.condition == "sync":
                env.stack.append(run_job(self, env, normalised_parameters))
            else:
                env.stack.append(call(self, env, service, self.resource.api_action, normalised_parameters, api))
        return evaluate
    StateTaskServiceAwsSdk._eval_service_task = task("aws-sdk")
    for kind in (StateTaskServiceBatch, StateTaskServiceDynamoDB, StateTaskServiceSfn, StateTaskServiceSns):
        kind._eval_service_task = task("optimised")
        kind._normalise_parameters = StateTaskService._normalise_parameters
        kind._normalise_response = StateTaskService._normalise_response
        kind._from_error = StateTask._from_error
        kind._get_supported_parameters = lambda self: {}
    StateTaskServiceAwsSdk._from_error = StateTask._from_error
    StateTaskServiceBatch._is_integration_pattern = lambda self: False  # .sync is run_job's
    StateTaskServiceBatch._attach_aws_environment_variables = staticmethod(lambda parameters: None)

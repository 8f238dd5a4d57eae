# SPDX-License-Identifier: Apache-2.0
"""Expressions of JSONata as Step Functions works them out, by jsonata-python; moto leaves them to a program that is not there.

An expression without a result is an error, as are results that are no JSON. Functions of Step Functions beside JSONata's own:
hash, parse, uuid, random, partition, range. Source: Step Functions Developer Guide, "Transforming data with JSONata".
"""
import functools
import hashlib
import json
import math
import re

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata

HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


class Unanswered(Exception):
    """What States.QueryEvaluationError says."""


def hashed(value, algorithm):
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return hashlib.new(HASHES[algorithm], text.encode()).hexdigest()


FUNCTIONS = {"hash": hashed, "parse": json.loads, "uuid": lambda: "00000000-0000-4000-8000-000000000000", "random": lambda: 0.5,
             "partition": lambda items, n: [items[i:i + n] for i in range(0, len(items), n)],
             "range": lambda first, last, step: list(range(first, last + 1, step))}


@functools.lru_cache(None)
def compiled(expression):
    try:
        query = Jsonata.jsonata(expression)
    except JException as error:
        raise Unanswered(f"{expression}: {error}") from error
    for name, function in FUNCTIONS.items():
        query.register_lambda(name, function)
    return query


def plain(value):
    """As it stands in JSON: numbers without a fraction are whole."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise Unanswered(f"a result of type {type(value).__name__}")


@functools.lru_cache(50000)
def answered(expression, data):
    """The result for variables and states as JSON. Most is asked again: runs of a test differ in what comes after a fault."""
    variables, states = json.loads(data)
    try:
        found = compiled(expression).evaluate(None, {**variables, "states": states})
    except Unanswered:
        raise
    except Exception as error:  # the library raises whatever Python does
        raise Unanswered(f"{expression}: {type(error).__name__} {error}") from error
    if found is None:
        raise Unanswered(f"{expression} returned nothing")
    return plain(found)


@functools.lru_cache(None)
def named(expression):
    """The members of $states that an expression names, of its context one deeper; None where it takes more of it."""
    found = re.findall(r"\$states(?:\.(\w+)(?:\.(\w+))?)?", expression)
    return None if any(not key or key == "context" and not member for key, member in found) else tuple(set(found))


def of_states(expression, states):
    """What an expression sees of `states`: no more than it names, which leaves out when a state was entered."""
    names = named(expression)
    if names is None:
        return states
    found = {key: states[key] for key, _ in names if key != "context" and key in states}
    return {**found, "context": {member: states["context"][member] for key, member in names
                                 if key == "context" and member in states["context"]}}


def evaluate(expression, variables, states):
    """The result of `expression` without its {% %}; it is nobody else's."""
    if "$now" in expression or "$millis" in expression:
        return answered.__wrapped__(expression, json.dumps([variables, states]))
    return plain(answered(expression, json.dumps([variables, of_states(expression, states) if states else {}])))

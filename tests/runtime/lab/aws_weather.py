# SPDX-License-Identifier: Apache-2.0
"""Bad weather between machines and AWS. A test sends a list of rules, {what: value}; the first that fits a call holds:

  action   a pattern of "service:Action" (s3: "s3:GET /bucket/key"; signals: "signal:PUT")
  who      a pattern of the caller's access key; machines have ASIA and their id ("ASIA")
  does     throttle, error, refuse (code, message, status)       nothing is done, and AWS says so
           page                                                  nothing is done; a proxy says 502 in HTML
           reset, hang (wait)                                     nothing is done, and nobody says anything
           lost, late (wait), empty, half                        it is done; the answer does not come, late, or not whole
           partial (missing: ids, or every how manieth), pages (size)      DescribeInstances without some; in pages
  every    of how many calls the first is struck (1); `after` how many; `times` how many at most; within `seconds` from now

Each rule counts in "hits" how often it was used.
"""
import re
import threading
import time

now = threading.local()  # the rule of the call under way
lock = threading.Lock()
rules = []
ERROR = ("<?xml version=\"1.0\"?><Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors>"
         "<RequestID>lab</RequestID></Response>")


class Lost(ConnectionResetError):
    """The server closes the connection without a word."""


def set_rules(wanted):
    with lock:
        rules[:] = [{"action": ".*", "who": "ASIA", "seen": 0, "hits": 0, "since": time.monotonic(), **rule}
                    for rule in wanted]
    return rules


def rule_for(key, action):
    with lock:
        for rule in rules:
            if not re.fullmatch(rule["action"], action) or not re.match(rule["who"], key):
                continue
            rule["seen"] += 1
            if rule["hits"] < rule.get("times", 1 << 30) and rule["seen"] > rule.get("after", 0) and \
                    time.monotonic() < rule["since"] + rule.get("seconds", 1 << 30) and \
                    (rule["seen"] - 1) % rule.get("every", 1) == 0:
                rule["hits"] += 1
                return rule
    return None


def refusal(rule):
    """(status, code, message) of what does nothing but say so."""
    return {"throttle": ("503 Service Unavailable", "RequestLimitExceeded", "Request limit exceeded."),
            "error": ("500 Internal Server Error", "InternalError", "An internal error has occurred"),
            "refuse": (rule.get("status", "400 Bad Request"), rule.get("code", "UnauthorizedOperation"),
                       rule.get("message", "refused by the test"))}.get(rule["does"])


def whole(application, environ):
    """(status, headers, body) of a call that is carried out."""
    said = []
    parts = application(environ, lambda status, headers, *_: said.append((status, headers)))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return *said[0], body


def answer(rule, application, environ, start_response):
    """What the caller gets under a rule."""
    does, refused = rule["does"], refusal(rule)
    if refused:
        start_response(refused[0], [("Content-Type", "text/xml")])
        return [ERROR.format(*refused[1:]).encode()]
    if does == "page":
        start_response("502 Bad Gateway", [("Content-Type", "text/html")])
        return [b"<html><head><title>502 Bad Gateway</title></head><body><hr>proxy</body></html>"]
    if does in ("reset", "hang"):
        time.sleep(rule.get("wait", 600) if does == "hang" else 0)
        raise Lost()
    now.rule = rule
    try:
        status, headers, body = whole(application, environ)
    finally:
        now.rule = None
    if does == "lost":
        raise Lost()
    if does == "late":
        time.sleep(rule.get("wait", 30))
    if does in ("empty", "half"):
        body = body[:len(body) // 2] if does == "half" else b""
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    start_response(status, headers)
    return [body]


def fewer(reservations):
    """Those that DescribeInstances may tell of."""
    rule = getattr(now, "rule", None)
    if not rule or rule["does"] != "partial":
        return reservations
    missing, number, found = rule["missing"], 0, []
    for reservation in reservations:
        kept = []
        for instance in reservation.instances:
            number += 1
            if not (instance.id in missing if isinstance(missing, list) else number % missing == 0):
                kept.append(instance)
        copy = object.__new__(type(reservation))
        copy.__dict__.update(reservation.__dict__, instances=kept)
        found += [copy] if kept else []
    return found


def page_size(name, value):
    """MaxResults, where a rule decides it."""
    rule = getattr(now, "rule", None)
    return rule.get("size", 1) if rule and rule["does"] == "pages" and name == "MaxResults" else value

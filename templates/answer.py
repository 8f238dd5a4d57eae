# SPDX-License-Identifier: Apache-2.0
# How programs of custom resources end; each has its own act(). A LINE that it brings ("# @answer.py LINE@") stands in
# the body.
def answer(event, status, reason, data):
    """Tells CloudFormation how it went."""
    own = f"{event['StackId'].rsplit('/', 1)[-1]}-{event['LogicalResourceId']}"
    body = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": event.get("PhysicalResourceId", own),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        # @@
        "Data": data,
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(body).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def handler(event, context):
    """Lambda's way in. Whatever happens, CloudFormation hears of it; else it would wait for an hour."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - MARGIN
    try:
        data = act(event, deadline, boto3.client)
        answer(event, "SUCCESS", "done", data)
    except Exception as fault:  # pylint: disable=broad-except
        print(f"{event['RequestType']} {event['LogicalResourceId']}: {fault!r}")
        answer(event, "FAILED", f"{type(fault).__name__}: {fault}", {})

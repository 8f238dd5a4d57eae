#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""templates/images.py: what it makes of the answers of CodeBuild, and that it looks up what other stacks look up."""
import unittest

from function import event, program, simulated, told

simulated()
import botocore.exceptions  # noqa: E402 - after the right interpreter is found

images = program("images")


def refusal(code):
    return botocore.exceptions.ClientError({"Error": {"Code": code, "Message": "no"}}, "StartBuild")


class CodeBuild:
    """Refuses so many starts, then builds with these states in turn."""

    def __init__(self, states, refusals=(), logs=None):
        self.states, self.refusals, self.logs, self.started = list(states), list(refusals), logs or {}, 0

    def start_build(self, projectName):
        self.started += 1
        if self.refusals:
            raise refusal(self.refusals.pop(0))
        return {"build": {"id": f"{projectName}:1"}}

    def batch_get_builds(self, ids):
        assert ids == ["project:1"], ids
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return {"builds": [{"buildStatus": state, "logs": self.logs}] if state else []}


class Images(unittest.TestCase):
    def setUp(self):
        self.pause, images.PAUSE = images.PAUSE, 0.01
        self.addCleanup(lambda: setattr(images, "PAUSE", self.pause))

    def send(self, codebuild, request="Create", seconds=60):
        return told(images, lambda service: {"codebuild": codebuild}[service],
                    event("HpccImage", request, {"Project": "project", "Tag": "t"}), seconds)

    def test_waits_for_the_end(self):
        for request in ("Create", "Update"):
            codebuild = CodeBuild(["IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"])
            answer = self.send(codebuild, request)
            self.assertEqual((answer["Status"], codebuild.started), ("SUCCESS", 1), answer)

    def test_a_look_that_fails_is_no_answer(self):
        away = botocore.exceptions.EndpointConnectionError(endpoint_url="https://codebuild")
        codebuild = CodeBuild(["", away, refusal("ThrottlingException"), "IN_PROGRESS", "SUCCEEDED"])
        answer = self.send(codebuild)
        self.assertEqual((answer["Status"], codebuild.started), ("SUCCESS", 1), answer)
        answer = self.send(CodeBuild([refusal("AccessDeniedException")]), seconds=images.MARGIN + 0.1)
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("AccessDeniedException", answer["Reason"])

    def test_a_build_that_fails_says_where_its_log_is(self):
        answer = self.send(CodeBuild(["IN_PROGRESS", "FAILED"], logs={"groupName": "the-group"}))
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("project:1", answer["Reason"])
        self.assertIn("FAILED; see the-group", answer["Reason"])

    def test_a_build_that_does_not_end_is_given_up_in_time(self):
        answer = self.send(CodeBuild(["IN_PROGRESS"]), seconds=images.MARGIN + 0.1)
        self.assertEqual(answer["Status"], "FAILED")
        self.assertIn("has not ended yet", answer["Reason"])

    def test_roles_that_were_just_made(self):
        codebuild = CodeBuild(["SUCCEEDED"], ["AccessDeniedException", "InvalidInputException"])
        answer = self.send(codebuild)
        self.assertEqual((answer["Status"], codebuild.started), ("SUCCESS", 3), answer)
        answer = self.send(CodeBuild(["SUCCEEDED"], ["ResourceNotFoundException"]))
        self.assertEqual(answer["Status"], "FAILED")

    def test_deletion_builds_nothing(self):
        codebuild = CodeBuild(["SUCCEEDED"])
        answer = self.send(codebuild, "Delete")
        self.assertEqual((answer["Status"], codebuild.started), ("SUCCESS", 0), answer)

    def test_looks_up_what_other_stacks_do(self):
        self.assertEqual(sorted(images.LOOK_UPS), sorted(program("lifecycle").LOOK_UPS))

        class Ssm:
            def get_parameter(self, Name):
                return {"Parameter": {"Value": f"ami of {Name}"}}

        answer = told(images, lambda service: {"ssm": Ssm()}[service], event("HpccLookup", "Create", {"ImageParameter": "/p"}))
        self.assertEqual(answer["Data"], {"ImageId": "ami of /p"}, answer)

    def test_what_is_held_stays(self):
        def send(request, held, **more):
            return told(images, None, event("HpccHeld", request, {"Held": held}, **more))

        first = {"Image/Os": "alinux2023", "Dcv/Enabled": "", "Storage[a]/Size": "40", "Args": []}
        made = send("Create", first)
        self.assertEqual(made["Status"], "SUCCESS", made)

        def update(held, old=first, of=made):
            return send("Update", held, PhysicalResourceId=of["PhysicalResourceId"],
                        OldResourceProperties={"ServiceToken": "x", "Held": old})

        self.assertEqual(update(dict(reversed(first.items())))["PhysicalResourceId"], made["PhysicalResourceId"])
        for key, value in (("Image/Os", "alinux2"), ("Dcv/Enabled", "true"), ("Args", ["-x"])):
            answer = update({**first, key: value})
            self.assertEqual((answer["Status"], answer["PhysicalResourceId"]), ("FAILED", made["PhysicalResourceId"]), answer)
            self.assertIn(f"{key} is {first[key] or 'not set'}", answer["Reason"])
            self.assertNotIn("Storage", answer["Reason"])
            # CloudFormation rolls back: the old values come as new ones.
            self.assertEqual(update(first, {**first, key: value})["Status"], "SUCCESS")
        more = {**first, "Storage[b]/Size": "80"}
        grown = update(more)
        self.assertEqual(grown["Status"], "SUCCESS", grown)
        self.assertNotEqual(grown["PhysicalResourceId"], made["PhysicalResourceId"])
        self.assertEqual(update(first, more, grown)["PhysicalResourceId"], made["PhysicalResourceId"])
        both = {**more, "Image/Os": "alinux2"}
        self.assertEqual(update(both)["Status"], "FAILED")
        self.assertEqual(update(first, both)["Status"], "SUCCESS")
        self.assertEqual(send("Delete", first, PhysicalResourceId=made["PhysicalResourceId"])["Status"], "SUCCESS")

    def test_other_types_are_refused(self):
        answer = told(images, None, event("HpccFleet", "Create", {}))
        self.assertEqual(answer["Status"], "FAILED")


if __name__ == "__main__":
    unittest.main()

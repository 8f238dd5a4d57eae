# SPDX-License-Identifier: Apache-2.0
"""What runs a batch stack when nobody looks: rules and state machines, as the API tells of them. Schedules and alarms moto's
CloudFormation does not hand on: these are compared with what was recorded of the deployment; what machines do is tests/workflows'."""
import json

from compare import Deployed, get

# What an alarm says of itself in the API, of what stands in the template as it is.
OF_ALARMS = ("Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator",
             "TreatMissingData", "AlarmDescription")
# Figures of Monitoring.Alarms, what each is of: (metric, the threshold).
FIGURES = {"QueueWaitMinutes": ("OldestRunnableSeconds", lambda v: v * 60)}


class Operations(Deployed):
    """Checks of BatchComparison."""

    def of_template(self, kind):
        """{logical id: (physical id, properties)}"""
        return {name: (self.physical(name), r["Properties"]) for name, r in self.template["Resources"].items() if r["Type"] == kind}

    def worked_out(self, value):
        """A text of the template, in which nothing but the stack is named."""
        return value["Fn::Sub"].replace("${AWS::StackName}", self.stack.name) if isinstance(value, dict) else value

    def schedules(self):
        rows, made = self.file.get("Schedules", []), self.of_template("AWS::Scheduler::Schedule")
        self.same("schedules", len(made), len(rows))
        for row, (name, said) in zip(rows, made.values()):
            found = self.record_of("AWS::Scheduler::Schedule", name)
            for key, default in (("ScheduleExpression", None), ("ScheduleExpressionTimezone", "UTC"), ("State", "ENABLED")):
                self.same(f"{key} of {row['Name']}", found.get(key, default), row.get(key, default))
            target = found["Target"]
            self.true(f"role of {row['Name']}", target["RoleArn"].endswith("/" + self.physical("SchedulerRole")), target["RoleArn"])
            self.same(f"tries of {row['Name']}", target["RetryPolicy"], said["Target"]["RetryPolicy"])
            told = json.loads(target["Input"])
            if "ComputeEnvironment" in row:
                self.same(f"environment of {row['Name']}", told["ComputeEnvironment"],
                          self.output("ComputeEnvironment", {"Name": row["ComputeEnvironment"]}))
                for key in ("MinvCpus", "MaxvCpus"):
                    self.same(f"{key} of {row['Name']}", get(told, "ComputeResources", key), row.get(key))
            if "Workflow" in row:
                self.same(f"workflow of {row['Name']}", told["StateMachineArn"], self.output("Workflow", {"Name": row["Workflow"]}))

    def alarms(self):
        topic, there = self.physical("Topic"), []
        for logical, (name, said) in self.of_template("AWS::CloudWatch::Alarm").items():
            found = self.record_of("AWS::CloudWatch::Alarm", name)
            there.append(found)
            self.true(f"name of {logical}", found["AlarmName"].startswith(self.stack.name + "-"), found["AlarmName"])
            for key in OF_ALARMS:
                if key in said:
                    self.same(f"{key} of {logical}", found.get(key), self.worked_out(said[key]))
            self.same(f"metrics of {logical}", [m["Id"] for m in found.get("Metrics", [])], [m["Id"] for m in said.get("Metrics", [])])
            self.same(f"who hears of {logical}", found.get("AlarmActions", []), [topic] if topic else [])
        for figure, (metric, threshold) in FIGURES.items():
            wanted = get(self.file, "Monitoring", "Alarms", figure)
            if wanted:
                self.same(f"thresholds of {figure}", {a["Threshold"] for a in there if a.get("MetricName") == metric}, {threshold(wanted)})

    def rules(self):
        events = self.world.client("events", self.stack.region)
        for logical, (name, said) in self.of_template("AWS::Events::Rule").items():
            name = name.rsplit("/", 1)[-1]
            found = events.describe_rule(Name=name)
            self.same(f"state of {logical}", found["State"], said.get("State", "ENABLED"))
            self.same(f"clock of {logical}", found.get("ScheduleExpression") or None, said.get("ScheduleExpression"))
            if "EventPattern" in said:
                pattern = json.loads(found["EventPattern"])
                self.same(f"what {logical} hears", (pattern["source"], pattern["detail-type"], sorted(pattern["detail"])),
                          (said["EventPattern"]["source"], said["EventPattern"]["detail-type"], sorted(said["EventPattern"]["detail"])))
            targets = events.list_targets_by_rule(Rule=name)["Targets"]
            self.same(f"targets of {logical}", [t["Id"] for t in targets], [t["Id"] for t in said["Targets"]])
            self.true(f"targets of {logical}", all(t["Arn"].startswith("arn:") for t in targets), "are no ARNs")

    def machines(self):
        client, rows = self.world.client("stepfunctions", self.stack.region), self.file.get("Workflows", [])
        made = self.of_template("AWS::StepFunctions::StateMachine")
        self.same("workflows", len(made), len(rows))
        for row in rows:
            found = client.describe_state_machine(stateMachineArn=self.output("Workflow", row))
            said = next(said for arn, said in made.values() if arn == found["stateMachineArn"])
            self.same(f"name of {row['Name']}", found["name"], f"{self.stack.name}-{row['Name']}")
            role = said["RoleArn"]["Fn::GetAtt"][0]
            self.true(f"role of {row['Name']}", found["roleArn"].endswith("/" + self.physical(role)), found["roleArn"])

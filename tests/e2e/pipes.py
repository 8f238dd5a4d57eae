#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ways from hpcc to AWS that are pipes, for real: create-change-set from standard input, and the AWS CLI
alias of examples/aws-cli. Also what a plain create-stack shows: the outputs.
usage: pipes.py HPCC; prints TAP.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from common import HPCC, ROOT, Tap, examples, hpcc, need_tools, in_venv, temporary

in_venv("boto3")
need_tools("aws")

from world import BUCKET, World  # noqa: E402


def shell(world, region, script, *args, home="/nonexistent"):
    environment = {**world.environment(region), "HOME": home}
    return subprocess.run(["bash", "-o", "pipefail", "-c", script, "sh", *args], env=environment, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=600)


def said(result):
    return f"exit status {result.returncode}\n{result.stdout.decode()}\n{result.stderr.decode()}"


def small_cluster(folder, path):
    """The file without what makes its template large, for calls that take 51,200 bytes at most."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    small = os.path.join(folder, "small.yaml")
    with open(small, "w", encoding="utf-8") as file:
        file.write(re.sub(r"^SharedStorage:.*", "", text, flags=re.M | re.S) +
                   "\nMonitoring:\n  Dashboards:\n    CloudWatch:\n      Enabled: false\n  Alarms:\n    Enabled: false\n")
    return small


def change_set(tap, world, region, path):
    text = hpcc("--minify", "-q", path).stdout
    if len(text) > 51200:
        # AWS's limit, which the local one does not know; the command is the same.
        print(f"# the template has {len(text)} bytes, AWS would want --template-url")
    result = shell(world, region, '"$1" --minify -q "$2" | aws cloudformation create-change-set --stack-name piped '
                   "--change-set-name first --change-set-type CREATE --capabilities CAPABILITY_NAMED_IAM "
                   "--template-body file:///dev/stdin", HPCC, path)
    tap.ok(result.returncode == 0, "create-change-set takes the template from a pipe", said(result))
    client = world.client("cloudformation", region)
    found = client.describe_change_set(StackName="piped", ChangeSetName="first")
    tap.equal(sorted(c["ResourceChange"]["LogicalResourceId"] for c in found["Changes"]),
              sorted(json.loads(text)["Resources"]), "and its changes are the template's resources")


def outputs(tap, world, region, path):
    result = shell(world, region, '"$1" --minify -q "$2" | aws cloudformation create-stack --stack-name shown '
                   "--capabilities CAPABILITY_NAMED_IAM --template-body file:///dev/stdin", HPCC, path)
    tap.ok(result.returncode == 0, "create-stack takes the template from a pipe", said(result))
    stack = world.client("cloudformation", region).describe_stacks(StackName="shown")["Stacks"][0]
    tap.equal(stack["StackStatus"], "CREATE_COMPLETE", "create-stack: CREATE_COMPLETE")
    found = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    wanted = json.loads(hpcc("-q", "--minify", path).stdout)["Outputs"]
    tap.equal(sorted(found), sorted(wanted), "every output has a value")
    resources = {r["LogicalResourceId"]: r.get("PhysicalResourceId") for r in world.client(
        "cloudformation", region).describe_stack_resources(StackName="shown")["StackResources"]}
    tap.ok(resources["HeadNode"] in found.values(), "one is the head node's instance", found)
    address = world.client("ec2", region).describe_instances(InstanceIds=[resources["HeadNode"]])["Reservations"][0][
        "Instances"][0]["PrivateIpAddress"]
    tap.ok(address in found.values(), "one is its address", found)
    tap.ok(any("ssm start-session" in v and resources["HeadNode"] in v for v in found.values()),
           "one is the command that opens a session", found)


def alias(tap, world, region, path, folder):
    home = os.path.join(folder, "home")
    os.makedirs(home + "/.aws/cli")
    os.makedirs(home + "/tmp", mode=0o700)
    shutil.copy(os.path.join(ROOT, "examples/aws-cli/alias"), home + "/.aws/cli/alias")
    script = 'export TMPDIR="$HOME/tmp"; "$1" -q "$2" | aws hpcc-deploy --stack-name aliased --s3-bucket "$3"'
    bucket = f"{BUCKET}-{region}"
    result = shell(world, region, script, HPCC, path, bucket, home=home)
    client = world.client("cloudformation", region)
    tap.ok(result.returncode == 0, "hpcc FILE | aws hpcc-deploy", said(result))
    tap.equal(client.describe_stacks(StackName="aliased")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE",
              "which makes the stack")
    tap.equal(os.listdir(home + "/tmp"), [], "and leaves no file")
    result = shell(world, region, script, HPCC, path, bucket, home=home)
    tap.ok(result.returncode == 0 and b"No changes" in result.stdout + result.stderr, "again: nothing to do",
           said(result))
    for option in ("--region us-west-2", "--profile=other"):
        result = shell(world, region, script.replace("hpcc-deploy", f"hpcc-deploy {option}"), HPCC, path, bucket, home=home)
        tap.ok(result.returncode == 2 and b"AWS_REGION" in result.stderr, f"{option}, which an alias never sees, is refused",
               said(result))
    broken = os.path.join(folder, "broken.yaml")
    with open(broken, "w", encoding="utf-8") as file:
        file.write("Region: 5\n")
    events = len(client.describe_stack_events(StackName="aliased")["StackEvents"])
    result = shell(world, region, script, HPCC, broken, bucket, home=home)
    tap.ok(result.returncode != 0 and b"no template" in result.stderr, "a file with errors deploys nothing",
           said(result))
    tap.equal(len(client.describe_stack_events(StackName="aliased")["StackEvents"]), events, "the stack is untouched")
    tap.equal(os.listdir(home + "/tmp"), [], "and no file is left then either")


def main():
    tap, world = Tap(), World()
    example = [e for e in examples() if e.name == "tutorial/cluster"][0]
    try:
        with temporary() as folder:
            path, _ = world.prepare(example, folder)
            world.client("s3", "us-east-1").create_bucket(Bucket=f"{BUCKET}-{example.region}")
            small = small_cluster(folder, path)
            change_set(tap, world, example.region, small)
            outputs(tap, world, example.region, small)
            alias(tap, world, example.region, path, folder)
    finally:
        world.end()
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

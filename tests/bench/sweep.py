#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No input costs more than its size: each kind of repetition once and twice as often, in instructions.

usage: sweep.py HPCC [--all] [NAME…]; prints TAP. N is chosen so that a run takes about 50 million instructions above
those of an empty one, or as many as the limits of a file allow; twice as much input may take 2.3 times as many. The
kinds marked PLAIN are run always, with a fifth of that; --all or names run the others and the whole N.
"""
import concurrent.futures
import json
import math
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from common import CLUSTER, HPCC, Tap  # noqa: E402
from program_kinds import PLAIN as PLAIN_PROGRAMS, PROGRAMS  # noqa: E402

GOAL, LARGEST, LARGEST_PROGRAM, MOST = 50e6, 15 << 20, 1 << 20, 2.3
HEAD, QUEUES = CLUSTER.split("  SlurmQueues:\n")
KINDS = {}
TEXTS = {}  # what the kinds of texts are made by
OFTEN = {}  # how often a kind may repeat it, where a limit of the compiler ends it


def kind(function):
    """A kind of repetition: n -> arguments, after files were written into the folder."""
    KINDS[function.__name__] = function
    return function


def text_kind(name, make, *args, verb="lint"):
    """One whose input is a text."""
    def run(folder, n):
        path = put(folder, "in.yaml", make(n))
        return ([] if verb == "build" else [verb]) + ["--no-config", *args, path]
    KINDS[name] = run
    TEXTS[name] = make


def put(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def each(n, form, between=""):
    return between.join(form.replace("@", str(i)) for i in range(n))


def cluster(more="", queue="", head="", resource="", slurm=""):
    """CLUSTER with more lines in its places."""
    text = CLUSTER.replace("          MaxCount: 2\n", "          MaxCount: 2\n" + resource)
    text = text.replace("    KeyName: key\n", "    KeyName: key\n" + head).replace("  Scheduler: slurm\n", "  Scheduler: slurm\n" + slurm)
    return text + queue + more


def queues(n, lines=""):
    one = CLUSTER[CLUSTER.index("    - Name: compute"):]
    return HEAD + "  SlurmQueues:\n" + "".join(one.replace("compute", f"q{i}", 1) + lines for i in range(n))


def resources(n):
    one = re.search(r"        - Name: nodes\n.*?MaxCount: 2\n", CLUSTER, re.S).group(0)
    return CLUSTER.replace(one, "".join(one.replace("nodes", f"r{i}") for i in range(n)))


EBS = "  - {MountDir: /m@, Name: v@, StorageType: Ebs}\n"

# ---- what YAML repeats ----
text_kind("list", lambda n: "a: [" + "x, " * n + "]\n")
text_kind("list_of_lines", lambda n: "a:\n" + "  - x\n" * n)
text_kind("keys", lambda n: "a:\n" + each(n, "  k@: 1\n"))
text_kind("keys_in_one_line", lambda n: "{" + each(n, "k@: 1, ") + "}\n")
text_kind("keys_like_known_ones", lambda n: cluster(head=each(n, "  InstanceTyp@: 1\n")))
text_kind("keys_twice", lambda n: "a: 1\n" * n)
text_kind("long_keys", lambda n: each(n // 500 + 1, "k@" + "x" * 500 + ": 1\n"))
text_kind("explicit_keys", lambda n: each(n, "? k@\n: 1\n"))
text_kind("keys_that_are_lists", lambda n: "? [a]\n: 1\n" * n)
text_kind("anchors", lambda n: "a:\n" + each(n, "  - &a@ x\n"))
text_kind("anchor_again", lambda n: "a:\n" + "  - &a x\n" * n)
text_kind("aliases", lambda n: "a: &a x\nb: [" + "*a, " * n + "]\n")
text_kind("aliases_of_mappings", lambda n: "a: &a {b: c, d: e}\nb: [" + "*a, " * n + "]\n")
text_kind("unknown_aliases", lambda n: "b: [" + each(n, "*a@, ") + "]\n")
text_kind("merges", lambda n: "a: &a {b: c}\nb:\n" + "  - {<<: *a, d: e}\n" * n)
text_kind("merges_in_a_list", lambda n: "a: &a {b: c}\nb: {<<: [" + "*a, " * n + "]}\n")
text_kind("merges_of_many", lambda n: each(n, "a@: &a@ {k@: c}\n") + "b: {<<: [" + each(n, "*a@, ") + "]}\n")
text_kind("merge_keys", lambda n: "a: &a {b: c}\nb:\n" + "  <<: *a\n" * n)
text_kind("tags", lambda n: "a: [" + "!!str x, " * n + "]\n")
text_kind("unknown_tags", lambda n: "a:\n" + "  - !x y\n" * n)
text_kind("directives", lambda n: each(n, "%TAG !a@! tag:x\n") + "---\n" + CLUSTER)
text_kind("directives_after_nel", lambda n: each(n, "%TAG !a@! tag:x\u0085") + "---\n" + CLUSTER)
text_kind("directives_later", lambda n: CLUSTER + "...\n" + each(n, "%TAG !a@! tag:x\n") + "---\n" + CLUSTER)
text_kind("unknown_directives", lambda n: each(n, "%X@ y\n") + "---\n" + CLUSTER)
text_kind("documents", lambda n: CLUSTER + "---\na: 1\n" * n)
text_kind("document_ends", lambda n: CLUSTER + "...\n" * n)
text_kind("comments", lambda n: "# a comment\n" * n + CLUSTER)
text_kind("comments_in_a_comment", lambda n: "# " * n + "\n" + CLUSTER)
text_kind("marks_in_a_comment", lambda n: "# hpcc: " * n + "\n" + CLUSTER)
text_kind("hashes", lambda n: "#" * n + "\n" + CLUSTER)
text_kind("comments_behind_values", lambda n: "a:\n" + "  - x # a comment\n" * n)
text_kind("blank_lines", lambda n: "\n" * n + CLUSTER)
text_kind("blanks", lambda n: "a: " + " " * n + "b\n")
text_kind("plain", lambda n: "a: " + "x" * n + "\n")
text_kind("plain_words", lambda n: "a: " + "x " * n + "\n")
text_kind("plain_lines", lambda n: "a:\n" + "  x\n" * n)
text_kind("double_quoted", lambda n: 'a: "' + "x" * n + '"\n')
text_kind("double_quoted_lines", lambda n: 'a: "' + "x\n  " * n + '"\n')
text_kind("single_quoted", lambda n: "a: '" + "it''s " * n + "'\n")
text_kind("escapes", lambda n: 'a: "' + "\\x41" * n + '"\n')
text_kind("escapes_of_control_characters", lambda n: 'a: "' + "\\x1b" * n + '"\n')
text_kind("literal", lambda n: "a: |\n" + "  x\n" * n)
text_kind("folded", lambda n: "a: >\n" + "  x\n" * n)
text_kind("folded_blank_lines", lambda n: "a: >\n  x\n" + "\n" * n + "  y\n")
text_kind("digits", lambda n: "a: " + "1" * n + "\n")
text_kind("digits_of_a_count", lambda n: CLUSTER.replace("MaxCount: 2", "MaxCount: " + "1" * n))
text_kind("beyond_ascii", lambda n: "a: " + "äöü€😀" * n + "\n")
text_kind("depth", lambda n: "a: " + "[" * n + "]" * n + "\n")
text_kind("depth_of_mappings", lambda n: "a: " + "{a: " * n + "}" * n + "\n")
text_kind("depth_again", lambda n: "a:\n" + ("  - " + "[" * 90 + "]" * 90 + "\n") * (n // 90 + 1))
text_kind("unclosed_brackets", lambda n: "a: " + "[" * n)
text_kind("unclosed_list", lambda n: "a: [" + "x, " * n)
text_kind("unclosed_quote", lambda n: 'a: "' + "x\n " * n)
text_kind("tabs", lambda n: "a:\n" + "\t- x\n" * n)
text_kind("colons", lambda n: "a: " + "b: " * n)
text_kind("carriage_returns", lambda n: "a:\r" + "  - x\r" * n)
text_kind("braces_of_templates", lambda n: each(n, "a@: {{ b }}\n"))

# ---- the layout of all those ----
for name, make in list(TEXTS.items()):
    text_kind("fmt_" + name, make, "--diff", verb="fmt")
text_kind("fmt_indented", lambda n: "a:\n" + "".join("   " * (i % 90 + 1) + "a:\n" for i in range(n // 90 * 90)) + " b", "--check", verb="fmt")
text_kind("fmt_brackets_in_brackets", lambda n: "a: [" + "[[[[[[x, # c\n y]]]]]], " * n + "]\n", "--diff", verb="fmt")
text_kind("fmt_comments_in_brackets", lambda n: "a: [" + "x # c\n, # d\n " * n + "]\n", "--diff", verb="fmt")
text_kind("fmt_block_scalars", lambda n: "a:\n" + "- |\n x\n\n" * n, "--diff", verb="fmt")

# ---- suppressions ----
text_kind("suppressions", lambda n: CLUSTER + "# hpcc:ignore W0601 -- x\n" * n)
text_kind("suppressions_behind_values", lambda n: "a:\n" + "  - x # hpcc:ignore W0601 -- x\n" * n)
text_kind("suppressions_of_the_file", lambda n: CLUSTER + "# hpcc:ignore-file W0601 -- x\n" * n)
text_kind("suppressed_codes", lambda n: CLUSTER + "# hpcc:ignore " + "W0601 " * n + "\n")
text_kind("suppressed_codes_unknown", lambda n: CLUSTER + "# hpcc:ignore " + "X " * n + "\n")
text_kind("suppressed_line", lambda n: "Tags: [" + "{Key: a, Value: b}, " * n + "] # hpcc:ignore " + "W0601 " * n + "-- x\n")
text_kind("suppressions_that_are_text", lambda n: "a: |\n" + "  # hpcc:ignore W0601\n" * n)
text_kind("suppressions_in_aliases", lambda n: "a: &a |\n" + "  # hpcc:ignore W0601\n" * n + "b: [" + "*a, " * n + "]\n")
text_kind("suppressed_findings", lambda n: queues(n, "      CustomSlurmSettings: {Foo: b} # hpcc:ignore W0601 -- x\n"))

# ---- variables ----
text_kind("variables", lambda n: "a: " + "${A} " * n + "\n", "--set", "A=b")
text_kind("variables_in_values", lambda n: "a:\n" + "  - ${A}\n" * n, "--set", "A=b")
text_kind("variables_not_set", lambda n: "a: " + "${A} " * n + "\n")
text_kind("variables_not_set_in_escapes", lambda n: 'a: "' + "\\x24{A}" * n + "x" * 20 * n + '"\n')
text_kind("variables_of_many_names", lambda n: "a: " + each(n, "${A@:-x} ") + "\n", "--set", "B=b")
text_kind("variables_not_closed", lambda n: "a: " + "${A" * n + "\n")
text_kind("variables_in_defaults", lambda n: "a: '" + "${A:-" * n + "}" * n + "'\n")
text_kind("variables_escaped", lambda n: "a: " + "$${A} " * n + "\n")
text_kind("variables_bare", lambda n: "a: " + "$A" * n + "\n", "--set", "A=b")
text_kind("variables_with_long_values", lambda n: "a: " + "${A} " * n + "\n", "--set", "A=" + "b" * 5000)
text_kind("variables_of_the_environment", lambda n: "a: " + "${PATH} " * n + "\n", "--env")


@kind
def vars_file(folder, n):
    return ["lint", "--no-config", "--vars", put(folder, "vars", each(n, "A@: b\n")), put(folder, "in.yaml", CLUSTER)]


@kind
def vars_file_json(folder, n):
    return ["lint", "--no-config", "--vars", put(folder, "vars", json.dumps({f"A{i}": "b" for i in range(n)})),
            put(folder, "in.yaml", CLUSTER)]


@kind
def vars_file_directives(folder, n):
    return ["lint", "--no-config", "--vars", put(folder, "vars", each(n, "%TAG !a@! x\n") + "---\nA: b\n"), put(folder, "in.yaml", CLUSTER)]


@kind
def vars_set(folder, n):
    sets = [f"--set=A{i}=b" for i in range(min(n, 20000))]
    return ["lint", "--no-config", *sets, put(folder, "in.yaml", CLUSTER + "Tags: [{Key: a, Value: '" + each(n, "${A@}") + "'}]\n")]


@kind
def vars_set_unused(folder, n):
    sets = [f"--set=A{i}=b" for i in range(min(n, 20000))]
    return ["lint", "--no-config", *sets, put(folder, "in.yaml", "a: '" + each(n, "${B@:-x}") + "'\n")]


@kind
def settings(folder, n):
    return ["lint", "--config", put(folder, "settings", "severity:\n" + each(n, "  X@: off\n")), put(folder, "in.yaml", CLUSTER)]


@kind
def settings_directives(folder, n):
    return ["lint", "--config", put(folder, "settings", each(n, "%TAG !a@! x\n") + "---\nfail-on: note\n"), put(folder, "in.yaml", CLUSTER)]


# ---- other files ----
TYPE = {"InstanceType": "m5.large", "VCpuInfo": {"DefaultVCpus": 2, "DefaultCores": 1, "DefaultThreadsPerCore": 2},
        "MemoryInfo": {"SizeInMiB": 8192}, "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]}}


def catalog(folder, types):
    return ["instances", "--catalog", put(folder, "catalog.json", json.dumps({"InstanceTypes": types})), "m5.large"]


@kind
def catalog_rows(folder, n):
    with open(os.path.join(os.path.dirname(HPCC), "..", "tests", "data", "describe-instance-types.json"), encoding="utf-8") as file:
        one = json.load(file)["InstanceTypes"][0]
    return catalog(folder, [{**one, "InstanceType": f"x{i}.large"} for i in range(n)])


@kind
def catalog_faults(folder, n):
    return catalog(folder, [{"InstanceType": f"x{i}.large", "VCpuInfo": 1} for i in range(n)])


@kind
def catalog_faults_in_escapes(folder, n):
    text = json.dumps({"InstanceTypes": [{"InstanceType": f"x{i}.large", "VCpuInfo": 1} for i in range(n)]})
    return ["instances", "--catalog", put(folder, "catalog.json", text.replace('"x', '"\\u0078')), "m5.large"]


@kind
def catalog_members(folder, n):
    return catalog(folder, [{**TYPE, **{f"k{i}": 1 for i in range(n)}}])


@kind
def baseline(folder, n):
    return ["lint", "--no-config", "--baseline", put(folder, "baseline", json.dumps({"fingerprints": [f"{i:016x}" for i in range(n)]})),
            put(folder, "in.yaml", CLUSTER)]


@kind
def baseline_written(folder, n):
    return ["lint", "--no-config", "--write-baseline", os.path.join(folder, "new"), put(folder, "in.yaml", "{" + each(n, "k@: 1, ") + "}\n")]


@kind
def files(folder, n):
    return ["lint", "--no-config", *[put(folder, f"{i}.yaml", CLUSTER) for i in range(min(n, 5000))]]


@kind
def files_with_findings(folder, n):
    return ["lint", "--no-config", "--format=sarif", *[put(folder, f"{i}.yaml", "a: 1\n") for i in range(min(n, 5000))]]


@kind
def files_built(folder, n):
    return ["--no-config", "-o", os.path.join(folder, "out") + "/", *[put(folder, f"{i}.yaml", CLUSTER) for i in range(min(n, 500))]]


# ---- findings ----
for form in ("text", "short", "json", "jsonl", "sarif", "junit", "github", "gitlab"):
    text_kind("findings_" + form, lambda n: "a: 1\n" + each(n, "k@: 1\n"), "--max-errors=0", "--format=" + form)
    text_kind("findings_of_one_line_" + form, lambda n: "{" + each(n, "kä@: 1, ") + "}\n", "--max-errors=0", "--format=" + form)
text_kind("fixes", lambda n: queues(n, "      CapacityTyp: SPOT\n"), "--fix", "--diff")
text_kind("fixes_of_one_line", lambda n: HEAD + "  SlurmQueues: [" + each(n, "{Name: q@, CapacityTyp: SPOT, ComputeResources: []}, ") + "]\n",
          "--fix", "--diff")

# ---- what a cluster repeats; each is built too, as far as the limits of AWS let it ----
CLUSTERS = {
    "queues": queues,
    "queues_alike": lambda n: queues(n).replace("Name: q", "Name: q0 #"),
    "resources": resources,
    "resources_of_queues": lambda n: queues(n).replace("        - Name: nodes", "        - Name: r"),
    "instances": lambda n: cluster().replace("          InstanceType: c6i.large\n", "          Instances:\n" + "            - InstanceType: c6i.large\n" * n),
    "instances_unknown": lambda n: cluster().replace("          InstanceType: c6i.large\n", "          Instances:\n" + each(n, "            - InstanceType: x@.large\n")),
    "subnets": lambda n: cluster().replace("          - subnet-0123456789abcdef0\n", each(n, "          - subnet-0@\n")),
    "subnets_alike": lambda n: cluster().replace("          - subnet-0123456789abcdef0\n", "          - subnet-0123456789abcdef0\n" * n),
    "subnets_of_resources": lambda n: resources(n).replace("          - subnet-0123456789abcdef0\n", "          - subnet-0123456789abcdef0\n" * n),
    "storage_existing": lambda n: cluster("SharedStorage:\n" + each(
        n, "  - {MountDir: /m@, Name: v@, StorageType: Efs, EfsSettings: {FileSystemId: fs-@}}\n")),
    "storage_of_disks": lambda n: queues(n).replace("c6i.large", "c6id.large") + "SharedStorage:\n" + each(n, EBS),
    "storage": lambda n: cluster("SharedStorage:\n" + each(n, EBS)),
    "storage_below": lambda n: cluster("SharedStorage:\n" + each(n, EBS).replace("/m", "/m/m/m")),
    "storage_alike": lambda n: cluster("SharedStorage:\n" + EBS.replace("@", "") * n),
    "tags": lambda n: cluster("Tags:\n" + each(n, "  - {Key: k@, Value: v}\n")),
    "tags_alike": lambda n: cluster("Tags:\n" + "  - {Key: k, Value: v}\n" * n),
    "tags_of_queues": lambda n: cluster(queue="      Tags:\n" + each(n, "        - {Key: k@, Value: v}\n")),
    "tags_of_both": lambda n: cluster("Tags:\n" + each(n, "  - {Key: k@, Value: v}\n"), "      Tags:\n" + each(n, "        - {Key: q@, Value: v}\n")),
    "tags_of_resources": lambda n: resources(n) + "Tags:\n" + each(n, "  - {Key: k@, Value: v}\n"),
    "slurm_settings": lambda n: cluster(slurm="  SlurmSettings:\n    CustomSlurmSettings:\n" + each(n, "      - {Key@: v}\n")),
    "slurm_settings_in_one": lambda n: cluster(slurm="  SlurmSettings:\n    CustomSlurmSettings:\n      - A: b\n" + each(n, "        Key@: v\n")),
    "slurm_settings_of_queues": lambda n: cluster(queue="      CustomSlurmSettings:\n" + each(n, "        Key@: v\n")),
    "slurm_settings_of_resources": lambda n: cluster(resource="          CustomSlurmSettings:\n" + each(n, "            Key@: v\n")),
    "policies": lambda n: cluster(head="  Iam:\n    AdditionalIamPolicies:\n" + each(n, "      - Policy: arn:aws:iam::aws:policy/p@\n")),
    "buckets": lambda n: cluster(head="  Iam:\n    S3Access:\n" + each(n, "      - BucketName: bucket-@\n")),
    "buckets_of_scripts": lambda n: cluster(
        head="  Iam:\n    S3Access:\n" + each(n, "      - BucketName: bucket-@\n") +
        "  CustomActions:\n    OnNodeConfigured:\n      Sequence:\n" + each(n, "        - Script: s3://bucket-x@/a\n")),
    "bucket_key": lambda n: cluster(
        head="  Iam:\n    S3Access:\n      - {BucketName: b, KeyName: '*" + "a" * n + "b'}\n"
        "  CustomActions:\n    OnNodeConfigured:\n      Script: s3://b/" + "a" * n + "\n"),
    "scripts": lambda n: cluster(head="  CustomActions:\n    OnNodeConfigured:\n      Sequence:\n" + each(n, "        - Script: https://example.com/@\n")),
    "arguments": lambda n: cluster(head="  CustomActions:\n    OnNodeConfigured:\n      Script: https://example.com/x\n      Args:\n" + each(n, "        - a@\n")),
    "long_argument": lambda n: cluster(head="  CustomActions:\n    OnNodeConfigured:\n      Script: https://example.com/x\n      Args: ['" + "a" * n + "']\n"),
    "long_tag": lambda n: cluster("Tags: [{Key: a, Value: " + "v" * n + "}]\n"),
    "chef": lambda n: cluster("DevSettings: {Cookbook: {ExtraChefAttributes: '{" + each(n, '"k@": 1', ", ") + "}'}}\n"),
    "pools": lambda n: cluster("LoginNodes:\n  Pools:\n" + each(
        n, "    - {Name: p@, InstanceType: t3.medium, Count: 1, Networking: {SubnetIds: [subnet-0123456789abcdef0]}, Ssh: {KeyName: k}}\n")),
    "security_groups": lambda n: cluster().replace("    SubnetId: subnet-0123456789abcdef0\n", "    SubnetId: subnet-0123456789abcdef0\n    AdditionalSecurityGroups:\n" + each(n, "      - sg-0@\n")),
    "sssd": lambda n: cluster("DirectoryService:\n  DomainName: a.b\n  DomainAddr: ldaps://a.b\n  PasswordSecretArn: arn:aws:secretsmanager:us-east-1:111122223333:secret:x\n"
                              "  DomainReadOnlyUser: cn=a\n  AdditionalSssdConfigs:\n" + each(n, "    key@: v\n")),
    "overrides": lambda n: queues(n, "      Networking2: {PlacementGroup: {Enabled: true}}\n"),
}
for name, make in CLUSTERS.items():
    text_kind(name, make, "--max-errors=0")
    text_kind(name + "_built", make, "--summary", verb="build")
    if name in ("queues", "resources", "tags", "slurm_settings", "storage"):
        text_kind(name + "_as_yaml", make, "--emit=yaml", verb="build")
        text_kind(name + "_dumped", make, "--dump=ir", verb="build")

# ---- what an environment repeats, likewise ----
GROUND = "Kind: Environment\nRegion: us-east-1\nNetwork:\n"
NEW = GROUND + "  AvailabilityZones: [us-east-1a]\n"
FILES = "SharedStorage:\n  - {Name: f, StorageType: FsxLustre, FsxLustreSettings: {StorageCapacity: 1200, DataRepositoryAssociations: ["


def of(n, form):
    """A form in which @ is a number, %octets two octets that tell it, %id 17 digits."""
    return "".join(form.replace("@", str(i)).replace("%octets", f"{i // 256 % 256}.{i % 256}").replace("%id", f"{i:017x}") for i in range(n))


def way(more, gateway="VIRTUAL_PRIVATE_GATEWAY", homes="192.168.0.0/16"):
    return NEW + "HybridNetwork:\n  Gateway: {Type: " + gateway + "}\n  OnPremisesCidrs: [" + homes + "]\n" + more


ENVIRONMENTS = {
    "ground_subnets": lambda n: NEW + "  Subnets:\n" + of(n, "    - {Name: S@, Type: PRIVATE, CidrBlock: 10.%octets.0/28}\n"),
    "ground_subnets_alike": lambda n: NEW + "  Subnets:\n" + of(n, "    - {Name: S@, Type: PRIVATE, CidrBlock: 10.0.0.0/24}\n"),
    "ground_subnets_of_no_zone": lambda n: NEW + "  Subnets:\n" + of(n, "    - {Name: S@, Type: PRIVATE}\n"),
    "ground_subnets_existing": lambda n: GROUND + "  VpcId: vpc-0123456789abcdef0\n  Subnets:\n" + of(
        n, "    - {Name: S@, Type: PRIVATE, SubnetId: subnet-%id}\n"),
    "ground_subnets_with_storage": lambda n: GROUND + "  VpcId: vpc-0123456789abcdef0\n  Subnets:\n" + of(
        n, "    - {Name: S@, Type: ISOLATED, SubnetId: subnet-%id}\n") + "SharedStorage:\n  - {Name: e, StorageType: Efs}\n",
    "ground_subnets_of_endpoints": lambda n: NEW + "  Subnets:\n" + of(n, "    - {Name: S@, Type: PRIVATE, CidrBlock: 10.%octets.0/28}\n")
    + "  Endpoints: {Interfaces: [ec2], SubnetNames: [" + of(n, "S@, ") + "]}\n",
    "ground_blocks": lambda n: NEW + "  AdditionalCidrBlocks: [" + of(n, "10.%octets.0/28, ") + "]\n",
    "ground_zones": lambda n: GROUND + "  AvailabilityZones: [" + of(n, "us-east-@, ") + "]\n",
    "ground_tables": lambda n: GROUND + "  VpcId: vpc-0123456789abcdef0\n  RouteTableIds: [" + of(n, "rtb-%id, ") + "]\n",
    "ground_endpoints": lambda n: NEW + "  Endpoints: {Interfaces: [" + of(n, "svc@, ") + "]}\n",
    "ground_name_servers": lambda n: NEW + "  DhcpOptions: {DomainNameServers: [" + of(n, "10.0.%octets, ") + "]}\n",
    "ground_groups": lambda n: NEW + "SecurityGroups:\n" + of(n, "  - {Name: G@}\n"),
    "ground_groups_of_groups": lambda n: NEW + "SecurityGroups:\n" + of(
        n, "  - {Name: G@, Ingress: [{FromPort: 1, SecurityGroup: G0}]}\n"),
    "ground_groups_unknown": lambda n: NEW + "SecurityGroups:\n" + of(
        n, "  - {Name: G@, Ingress: [{FromPort: 1, SecurityGroup: H@}]}\n"),
    "ground_rules": lambda n: NEW + "SecurityGroups:\n  - Name: G\n    Ingress:\n" + of(n, "      - {FromPort: 1, CidrIp: 10.%octets.0/24}\n"),
    "ground_buckets": lambda n: NEW + "Buckets:\n" + of(n, "  - {Name: B@, BucketName: bucket-@}\n"),
    "ground_lifecycles": lambda n: NEW + "Buckets:\n  - Name: B\n    Lifecycle:\n" + of(n, "      - {Prefix: p@/, ExpirationInDays: 3}\n"),
    "ground_efs": lambda n: NEW + "SharedStorage:\n" + of(n, "  - {Name: e@, StorageType: Efs}\n"),
    "ground_lustre": lambda n: NEW + "SharedStorage:\n" + of(
        n, "  - {Name: e@, StorageType: FsxLustre, FsxLustreSettings: {DeploymentType: SCRATCH_2, StorageCapacity: 1200}}\n"),
    "ground_links": lambda n: NEW + "Buckets: [{Name: D}]\n" + FILES + of(n, "{Name: d@, FileSystemPath: /d@, Bucket: D, Prefix: p@/}, ") + "]}}\n",
    "ground_links_of_buckets": lambda n: NEW + "Buckets:\n" + of(n, "  - {Name: B@, KmsKeyId: alias/k}\n") + FILES + of(
        n, "{Name: d@, FileSystemPath: /d@, Bucket: B@}, ") + "]}}\n",
    "ground_nfs_clients": lambda n: NEW + "SharedStorage:\n  - {Name: f, StorageType: FsxOpenZfs, FsxOpenZfsSettings: {NfsClients: [" + of(
        n, "10.0.%octets, ") + "]}}\n",
    "ground_tags": lambda n: NEW + "Tags:\n" + of(n, "  - {Key: k@, Value: v}\n"),
    "ground_mails": lambda n: NEW + "Notifications: {Emails: [" + of(n, "a@(at)b.c, ").replace("(at)", "@") + "]}\n",
    "ground_percents": lambda n: NEW + "Budget: {Amount: 1, Emails: ['a@b.c'], ActualPercent: [" + of(n, "@, ") + "]}\n",
    "way_homes": lambda n: way("", homes=of(n, "192.%octets.0/24, ")),
    "way_homes_of_transit": lambda n: way("", "TRANSIT_GATEWAY", of(n, "192.%octets.0/24, ")),
    "way_static_routes": lambda n: way("  VpnConnections:\n    - {Name: V, CustomerGateway: {IpAddress: 203.0.113.3}, StaticRoutesOnly: true, "
                                       "StaticRoutes: [" + of(n, "192.%octets.0/24, ") + "]}\n"),
    "way_vpns": lambda n: way("  VpnConnections:\n" + of(
        n, "    - {Name: V@, CustomerGateway: {IpAddress: 203.0.%octets, BgpAsn: 65010}, Tunnels: [{TunnelInsideCidr: 169.254.%octets/30}]}\n")),
    "way_tunnels": lambda n: way("  VpnConnections:\n    - {Name: V, CustomerGateway: {IpAddress: 203.0.113.3}, Tunnels: [" + of(
        n, "{TunnelInsideCidr: 169.254.%octets/30}, ") + "]}\n"),
    "way_interfaces": lambda n: way("  DirectConnect:\n    VirtualInterfaces:\n" + of(
        n, "      - {ConnectionId: dxcon-fg1234ab, Vlan: @, BgpAsn: 65010}\n")),
    "way_prefixes": lambda n: way("  DirectConnect: {AllowedPrefixes: [" + of(n, "10.%octets.0/24, ") + "]}\n"),
    "way_names": lambda n: way("  ResolverRules:\n" + of(n, "    - {DomainName: d@.example.com, TargetIps: [192.168.0.2]}\n")),
    "way_name_servers": lambda n: way("  ResolverRules:\n    - {DomainName: d.example.com, TargetIps: [" + of(n, "192.168.%octets, ") + "]}\n"),
}
for name, make in ENVIRONMENTS.items():
    text_kind(name, make, "--max-errors=0")
    text_kind(name + "_built", make, "--summary", verb="build")

# ---- what a batch file repeats, likewise ----
PLACE = "Kind: Batch\nRegion: us-east-1\nNetworking: {SubnetIds: [subnet-0123456789abcdef0]}\n"
FLEET = "ComputeEnvironments:\n  - {Name: c, InstanceTypes: [c6i], MaxvCpus: 64}\n"
QUEUE = "JobQueues:\n  - {Name: q, ComputeEnvironmentOrder: [c]}\n"
IMAGE = "public.ecr.aws/docker/library/busybox:1.36"
JOB = "Name: j@, ContainerProperties: {Image: '" + IMAGE + "', Vcpus: 1, Memory: 512"


def jobs(n, more="", before=""):
    return PLACE + before + FLEET + QUEUE + "JobDefinitions:\n" + of(n, "  - {" + JOB + more + "}}\n")


def job(more, before=""):
    """One job definition, of which a part is repeated."""
    return PLACE + before + FLEET + QUEUE + "JobDefinitions:\n  - {" + JOB.replace("@", "") + more + "}}\n"


def fleets(n, more=""):
    return PLACE + "ComputeEnvironments:\n" + of(n, "  - {Name: c@, InstanceTypes: [c6i], MaxvCpus: 64" + more + "}\n")


BATCHES = {
    "batch_environments": lambda n: fleets(n) + "JobQueues:\n" + of(n, "  - {Name: q@, ComputeEnvironmentOrder: [c@]}\n"),
    "batch_environments_of_groups": lambda n: fleets(n, ", Networking: {SecurityGroups: [sg-%id]}") + QUEUE.replace("[c]", "[c0]") + FILES.replace("Name: f,", "Name: f, MountDir: /f,") + "]}}\n",
    "batch_types": lambda n: PLACE + "ComputeEnvironments:\n  - {Name: c, MaxvCpus: 64, InstanceTypes: [" + of(n, "c@.large, ") + "]}\n" + QUEUE,
    "batch_types_alike": lambda n: PLACE + "ComputeEnvironments:\n  - {Name: c, MaxvCpus: 64, InstanceTypes: [" + of(n, "c6i.large, ") + "]}\n" + QUEUE,
    "batch_queues": lambda n: PLACE + FLEET + "JobQueues:\n" + of(n, "  - {Name: q@, ComputeEnvironmentOrder: [c]}\n"),
    "batch_queue_order": lambda n: fleets(n) + "JobQueues:\n  - {Name: q, ComputeEnvironmentOrder: [" + of(n, "c@, ") + "]}\n",
    "batch_queues_of_jobs": lambda n: PLACE + FLEET + "JobQueues:\n" + of(n, "  - {Name: q@, ComputeEnvironmentOrder: [c]}\n") + "JobDefinitions:\n" + of(
        n, "  - {" + JOB + "}}\n"),
    # Each queue tries all compute environments, and each job may run in all queues.
    "batch_jobs_everywhere": lambda n: fleets(math.isqrt(n)) + "JobQueues:\n" + of(
        math.isqrt(n), "  - {Name: q@, ComputeEnvironmentOrder: [" + each(math.isqrt(n), "c@", ", ") + "]}\n") + "JobDefinitions:\n" + of(
        n, "  - {" + JOB + "}}\n"),
    "batch_limits": lambda n: PLACE + FLEET + "JobQueues:\n  - Name: q\n    ComputeEnvironmentOrder: [c]\n    JobStateTimeLimitActions:\n" + of(
        n, "      - {Reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, MaxTimeSeconds: 6000}\n"),
    "batch_shares": lambda n: PLACE + FLEET + "SchedulingPolicies:\n  - Name: p\n    FairsharePolicy:\n      ShareDistribution:\n" + of(
        n, "        - {ShareIdentifier: s@, WeightFactor: 0.5}\n") + "JobQueues: [{Name: q, SchedulingPolicy: p, ComputeEnvironmentOrder: [c]}]\n",
    "batch_policies": lambda n: PLACE + FLEET + "SchedulingPolicies:\n" + of(n, "  - {Name: p@, FairsharePolicy: {ComputeReservation: 5}}\n") + QUEUE,
    "batch_resources": lambda n: PLACE + FLEET + QUEUE + "ConsumableResources:\n" + of(n, "  - {Name: r@, TotalQuantity: 4}\n"),
    "batch_jobs": jobs,
    "batch_jobs_of_default": lambda n: jobs(n, "", "JobDefaults: {RetryStrategy: {Attempts: 3}}\n"),
    "batch_job_roles": lambda n: PLACE + "JobRoles:\n" + of(n, "  - {Name: r@, S3Access: [{BucketName: bucket-@}]}\n") + FLEET + QUEUE,
    "batch_variables": lambda n: job(", Environment: [" + of(n, "{Name: v@, Value: a}, ") + "]"),
    "batch_secrets": lambda n: job(", Secrets: [" + of(n, "{Name: v@, ValueFrom: 'arn:aws:ssm:us-east-1:111122223333:parameter/p@'}, ") + "]"),
    "batch_mounts": lambda n: job(", MountPoints: [" + of(n, "{SourceVolume: f, ContainerPath: /m@}, ") + "]",
                                  "SharedStorage: [{Name: f, StorageType: Efs, MountDir: /f}]\n"),
    "batch_storage_of_jobs": lambda n: jobs(n, ", MountPoints: [{SourceVolume: f@, ContainerPath: /m}]",
                                            "SharedStorage:\n" + of(n, "  - {Name: f@, StorageType: Efs, MountDir: /f@}\n")),
    "batch_volumes": lambda n: job(", Volumes: [" + of(n, "{Name: v@, Host: {SourcePath: /v@}}, ") + "]"),
    "batch_devices": lambda n: job(", LinuxParameters: {Devices: [" + of(n, "{HostPath: /dev/d@}, ") + "]}"),
    "batch_rules_of_retries": lambda n: PLACE + FLEET + QUEUE + "JobDefinitions:\n  - {Name: j, RetryStrategy: {Attempts: 2, EvaluateOnExit: [" + of(
        n, "{OnReason: r@, Action: RETRY}, ") + "]}, ContainerProperties: {Image: x, Vcpus: 1, Memory: 512}}\n",
    "batch_repositories": lambda n: PLACE + FLEET + QUEUE + "Repositories:\n" + of(n, "  - {Name: r@}\n"),
    "batch_schedules": lambda n: PLACE + FLEET + QUEUE + "Schedules:\n" + of(
        n, "  - {Name: s@, ScheduleExpression: cron(0 22 ? * MON-FRI *), ScheduleExpressionTimezone: Asia/Tokyo, JobQueue: q, State: DISABLED}\n"),
    "batch_workflows": lambda n: PLACE + "JobDefinitions:\n  - {" + JOB.replace("@", "") + "}}\n" + "Workflows:\n" + of(
        n, "  - {Name: w@, Mode: Ebs, JobDefinition: j, EbsSettings: {Size: 10}, ComputeEnvironment: {InstanceTypes: [c6i], MaxvCpus: 2}}\n"),
    "batch_own_outputs": lambda n: PLACE + FLEET + QUEUE + "Buckets: [{Name: B}]\nTags:\n" + of(n, "  - {Key: k@, Value: '${self.B}'}\n"),
}
for name, make in BATCHES.items():
    text_kind(name, make, "--max-errors=0")
    text_kind(name + "_built", make, "--summary", verb="build")

# ---- parameters and references ----
text_kind("parameters", lambda n: CLUSTER + "Parameters:\n" + each(n, "  P@: {Type: string, Default: a}\n"), "--max-errors=0")
text_kind("parameters_unknown", lambda n: CLUSTER + "Parameters: {A: {Type: string}}\nTags:\n" + each(
    n, "  - {Key: k@, Value: '${param.X@}'}\n"), "--max-errors=0")
text_kind("parameter_values", lambda n: CLUSTER + "Parameters:\n  A: {Type: string, AllowedValues: [" + each(n, "v@, ") + "]}\n", "--max-errors=0")
text_kind("parameter_values_used", lambda n: CLUSTER + "Parameters:\n  A: {Type: string, AllowedValues: [" + each(
    n, "v@, ") + "]}\nTags: [{Key: k, Value: '${param.A}'}]\n", "--max-errors=0")
text_kind("references_in_values", lambda n: CLUSTER + "Environment: {Stack: ground}\nTags:\n" + each(
    n, "  - {Key: k@, Value: '${env.VPC}'}\n"), "--max-errors=0")
text_kind("references_in_a_value", lambda n: CLUSTER + "Environment: {Stack: ground}\nTags: [{Key: k, Value: '" + "${env.VPC}" * n + "'}]\n",
          "--max-errors=0")


@kind
def lists_of_an_environment(folder, n):
    """A list of as many items as the environment has subnets, in as many queues as a cluster may have."""
    put(folder, "env.yaml", ENVIRONMENTS["ground_subnets_existing"](n))
    text = queues(min(n, 50)).replace("SubnetIds:\n          - subnet-0123456789abcdef0\n", "SubnetIds: ${env.PrivateSubnets}\n")
    return ["lint", "--no-config", "--max-errors=0", put(folder, "in.yaml", text + "Environment: {Stack: ground, File: env.yaml}\n")]


def program_kind(name, make, most, verb, *args):
    """One whose input is a program."""
    OFTEN[name] = most
    KINDS[name] = lambda folder, n: [verb, "--no-config", *args, put(folder, "in.hpc", make(n))]


for name, (make, most) in PROGRAMS.items():
    program_kind(name, make, most, "lint", "--max-errors=0")
    program_kind(name + "_expanded", make, most, "expand", "--max-errors=0")
    program_kind("fmt_" + name, make, most, "fmt", "--diff")


PLAIN = """subnets_alike tags_of_both buckets_of_scripts bucket_key storage_existing comments_in_a_comment keys keys_in_one_line anchors aliases merges merges_of_many directives suppressed_codes suppressed_line
 suppressions_in_aliases variables variables_not_set_in_escapes variables_with_long_values vars_file catalog_faults baseline files
 findings_text findings_of_one_line_gitlab findings_of_one_line_text fixes queues queues_built resources storage_built tags
 slurm_settings_built escapes literal double_quoted depth_again ground_subnets_built ground_groups_of_groups_built ground_rules ground_lustre_built
 ground_links_of_buckets way_vpns way_names parameters_unknown parameter_values_used references_in_values lists_of_an_environment""".split() + ["program_" + name for name in PLAIN_PROGRAMS]


def instructions(name, n):
    """What one run takes, and its exit status; None when the input would be larger than a file may be."""
    if n > OFTEN.get(name, n):
        return None, 0
    with tempfile.TemporaryDirectory(prefix="hpcc-sweep-") as folder:
        args = KINDS[name](folder, n)
        if any(os.path.getsize(a) > (LARGEST_PROGRAM if a.endswith(".hpc") else LARGEST) for a in args if os.path.isfile(a)):
            return None, 0
        log = os.path.join(folder, "log")
        result = subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", "--log-file=" + log,
                                 HPCC, *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=1800, check=False)
        with open(log, encoding="utf-8", errors="replace") as file:
            found = re.search(r"I\s+refs:\s+([\d,]+)", file.read())
        return int(found.group(1).replace(",", "")), result.returncode


def judge(name, goal):
    """(good, words) of one kind."""
    base, alone = instructions(name, 1)
    n, cost = 100, instructions(name, 100)[0]
    while cost is not None and cost - base < goal / 20 and n < 1 << 22:
        n *= 8
        cost, _ = instructions(name, n)
    if cost is None:
        n //= 8
        cost, _ = instructions(name, n)
    if cost - base < goal and cost > base:
        n = min(1 << 22, int(n * min(64, goal / (cost - base))) + 1)
        cost, _ = instructions(name, n)
        while cost is None:
            n = n * 2 // 3
            cost, _ = instructions(name, n)
    twice, status = instructions(name, 2 * n)
    if twice is None:
        n //= 2
        twice, (cost, status) = cost, instructions(name, n)
        if twice is None:
            twice, _ = instructions(name, 2 * n)
    if alone != status:  # one ends elsewhere than many, and is no part of what they cost
        base = 0
    ratio = (twice - base) / max(cost - base, 1e6)
    return ratio <= MOST and status in (0, 1, 2), f"{name}: {n} {cost / 1e6:.1f} M, {2 * n} {twice / 1e6:.1f} M: {ratio:.2f} (status {status})"


def main():
    names = [a for a in sys.argv[2:] if a != "--all"] or (list(KINDS) if "--all" in sys.argv else PLAIN)
    goal = GOAL if len(sys.argv) > 2 else GOAL / 5
    tap = Tap()
    try:
        subprocess.run(["valgrind", "--version"], stdout=subprocess.DEVNULL, check=True)
    except OSError:
        print("1..0 # SKIP no valgrind", flush=True)
        return
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for good, words in pool.map(lambda name: judge(name, goal), names):
            tap.ok(good, words, "twice the input costs more than twice")
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Cluster files made at random, with values that are odd in YAML or in a program, in all ways of writing them, for import_.py."""
import copy
import re

import yaml

TEXTS = ["a: b", "- x", "#x", "x #y", "it's", 'say "hi"', "\\n", "C:\\x", "\\", "$", "$x", "$(x)", "a $ b", "$${x}", "$${", "$$$${", "}", "~", "null",
         "yes", "no", "on", "off", "True", "y", "1e3", "0x10", "08", "010", "0o7", "1_000", "1:30", ".inf", ".nan", "2001-01-01", "+1", "-0", "-1",
         "0.10", "1.", ".5", "1.5e3", "12345678901234567890", "0.1234567890123456789", " lead", "trail ", "\u00e4\u00f6", "\u00a0", "'''", '"""',
         'a"""b', "=", "<<", "!x", "&x", "*x", "%x", "@x", "`x", "{a}", "[a]", "a,b", "?x", "? x", ":x", "x:", "-", "--- a", "...", "|", ">", "true",
         "false", "5 GiB", "10min", "if", "for", "null x", '"', "'", "\"'", "\\'", "#", " ", "x\\", "x" * 200]
LINES = ["x\n", "x\ny", "x\ny\n", "x\n\ny\n\n", "\nx", "  x\ny\n", "x \n y \n", "x\n#y\n", "a\\\nb\n", "$${a}\nb\n", "'''\n\"\"\"\n", "\t", "a\tb\nc\n",
         "x\n\n\n", "\n", "\n\n", "\u00e9\n", "x\\\n", "a\n b\n\tc\n", "tab\tx", "a\u2028b"]
KEYS = ["null", "yes", "no", "on", "off", "True", "y", "x", "true", "false", "if", "for", "let", "in", "else", "then", "assert", "warn", "use", "Name",
        "null_", "cluster", "K"]
# What a line of slurm.conf takes.
PLAIN = [text for text in TEXTS if not re.search('["]|^ | $', text)]
COMMENTS = ["# own", "#", '# Key: "x"', "## doc", "# 'c' ${x} \"\"\""]


def cluster(random_):
    """The values of a file; the same section or list may stand at two places."""
    def free():
        return {random_.choice(KEYS): random_.choice([*PLAIN, 1, 0, -5, 2.5, True, False]) for _ in range(random_.choice([1, 2, 4]))}

    queue = {"Name": "q1", "ComputeResources": [{"Name": "c", "InstanceType": "c5.large", "MaxCount": random_.choice([1, 10])}],
             "Networking": {"SubnetIds": ["subnet-0123456789abcdef0"]}, "CustomSlurmSettings": free()}
    args = [random_.choice(TEXTS + LINES) for _ in range(random_.choice([0, 1, 2, 5]))]
    if args:
        queue["CustomActions"] = {"OnNodeConfigured": {"Script": "s3://b/x.sh", "Args": args}}
    queues = [queue]
    if random_.random() < 0.4:
        queues.append({**queue, "Name": "q2", "ComputeResources": copy.deepcopy(queue["ComputeResources"])})
        queues[1]["ComputeResources"][0]["Name"] = "c2"
    made = {"Region": "us-east-1", "Image": {"Os": "alinux2023"},
            "HeadNode": {"InstanceType": "c6i.4xlarge", "Networking": {"SubnetId": "subnet-0123456789abcdef0"}, "Ssh": {"KeyName": "key"}},
            "Scheduling": {"Scheduler": "slurm", "SlurmQueues": queues}}
    if random_.random() < 0.5:
        made["Scheduling"]["SlurmSettings"] = {"CustomSlurmSettings": [free() for _ in range(random_.choice([1, 3]))]}
    if random_.random() < 0.7:
        made["Tags"] = [{"Key": f"k{i}", "Value": random_.choice(TEXTS)} for i in range(random_.choice([1, 3]))]
    return made


def written(random_, value):
    """The value as YAML, each text in a style of its own."""
    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style=random_.choice([None, None, "'", '"', "|", ">"])))
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=random_.random() < 0.5, indent=random_.choice([2, 4]),
                     width=random_.choice([40, 80, 1000]), default_flow_style=random_.choice([False, False, None]))


def commented(random_, text):
    """With comments on lines of their own, behind values, and empty lines."""
    within = set()
    for token in yaml.scan(text):
        if isinstance(token, yaml.ScalarToken):
            within |= set(range(token.start_mark.line + 1, token.end_mark.line + 1))
    lines, out = text.split("\n"), []
    for i, line in enumerate(lines):
        if i not in within and i < len(lines) - 1 and random_.random() < 0.15:
            out.append(" " * random_.choice([0, 2, 4, 6, 9]) + random_.choice(COMMENTS))
        if i not in within and i + 1 not in within and line.strip() and random_.random() < 0.15:
            line += random_.choice([" ", "   "]) + random_.choice(COMMENTS)
        if i not in within and random_.random() < 0.05:
            out.append("")
        out.append(line)
    return "\n".join(out) + random_.choice(["", "# end", "\n# end\n"])


def file(random_):
    """The text of a cluster file without an error."""
    text = written(random_, cluster(random_))
    return commented(random_, text) if random_.random() < 0.7 else text

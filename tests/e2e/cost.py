#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hpcc cost: files that were reckoned by hand, what templates hold, and what holds of every file.

tests/data/cost/figures.tsv has the arithmetic of each figure, with prices as they stand in stdlib/facts: a refresh of the
prices means new figures there. usage: cost.py HPCC; prints TAP.
"""
import csv
import decimal
import glob
import json
import os
import re
import resource

from common import CLUSTER, ROOT, SHARED, Tap, by_default, hpcc, temporary

D = decimal.Decimal
DATA = os.path.join(ROOT, "tests/data/cost")
FIGURES = ("floor", "ceiling", "usual")
ARITHMETIC = re.compile(r"[0-9.+*/() ]+")
INTERNAL = "FileSystemHpccInternal"  # of SharedStorageType: Efs, which is paid for by its contents alone
MOST_SECONDS = 60  # of the processor


def cost(path, *args):
    """(status, what was printed as JSON, what was said)."""
    result = hpcc("cost", "-q", "--no-config", "--emit=json", *args, path)
    return result.returncode, json.loads(result.stdout, parse_float=D) if result.returncode == 0 else None, result.stderr


def reckon(text):
    """The value of sums and products of decimal numbers."""
    assert ARITHMETIC.fullmatch(text), text
    return eval(re.sub(r"[0-9.]+", lambda m: f"D('{m[0]}')", text), {"D": D})  # pylint: disable=eval-used


# ---- reckoned by hand ----


def judge_figures(tap):
    with open(os.path.join(DATA, "figures.tsv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    told = {}
    for row in rows:
        key = row["file"], row["arguments"]
        if key not in told:
            told[key] = cost(os.path.join(DATA, row["file"] + ".yaml"), *row["arguments"].replace("-", "", row["arguments"] == "-").split())[1]
        lines = [told[key]["sum"]] if row["what"] == "sum" else [
            line for line in told[key]["lines"] if (line["what"], line["name"]) == (row["what"], row["name"])]
        got = [D(line[row["figure"]]["month"]) for line in lines]
        tap.equal(got, [reckon(row["reckoning"])], " ".join([*key, row["what"], row["name"], row["figure"]]))
    tap.equal(len({row["file"] for row in rows}), 5, "five files are reckoned")
    tap.equal(sorted({row["file"] + ".yaml" for row in rows}), sorted(os.path.basename(p) for p in glob.glob(f"{DATA}/*.yaml")),
              "each file beside the figures has some")


def judge_unpriced(tap):
    """What has no price is named, and the figures that lack it say so."""
    want = {"cluster": (["composite alarm"], True, True, "USD"),
            "spot": (["c8i.large as Spot"], False, True, "USD"),
            "environment": (["FSx for Lustre, scratch"], True, True, "USD"),
            "batch": (["vCPU of Fargate Spot, with its memory"], False, True, "USD"),
            "china": (["gp3 volume", "hosted zone"], True, True, "CNY")}
    for name, (unpriced, floor, ceiling, currency) in want.items():
        told = cost(os.path.join(DATA, name + ".yaml"))[1]
        tap.equal((told["unpriced"], told["sum"]["floor"].get("at_least", False), told["sum"]["ceiling"].get("at_least", False),
                   told["currency"]), (unpriced, floor, ceiling, currency), f"{name}: what has no price")


# ---- what templates hold ----


def amount(parts, *items):
    return sum(part["max"] for part in parts if part["item"] in items)


def held(template):
    """What of a template is paid for: {item: how many}."""
    found = {}

    def add(item, n=1):
        found[item] = found.get(item, 0) + n
    simple = {"AWS::CloudWatch::Alarm": "alarm", "AWS::CloudWatch::CompositeAlarm": "composite-alarm",
              "AWS::CloudWatch::Dashboard": "dashboard", "AWS::Route53::HostedZone": "hosted-zone", "AWS::KMS::Key": "kms-key",
              "AWS::ElasticLoadBalancingV2::LoadBalancer": "load-balancer", "AWS::SecretsManager::Secret": "secret",
              "AWS::EC2::VPNConnection": "vpn", "AWS::EC2::EIP": "address", "AWS::EC2::NatGateway": "nat-gateway"}
    for name, r in template["Resources"].items():
        p = r.get("Properties", {})
        if r["Type"] in simple:
            add(simple[r["Type"]])
        elif r["Type"] == "AWS::EC2::VPCEndpoint" and p["VpcEndpointType"] == "Interface":
            add("interface-endpoint", len(p["SubnetIds"]))
        elif r["Type"] == "AWS::Route53Resolver::ResolverEndpoint":
            add("resolver-address", len(p["IpAddresses"]))
        elif r["Type"] == "AWS::EC2::Volume":
            add("volumes", by_default(template, p["Size"]))
        elif r["Type"] in ("AWS::FSx::FileSystem", "AWS::EFS::FileSystem") and name != INTERNAL:
            add("file-system")
    return found


def priced(told):
    """The same as the cost tells it."""
    fixed = [line for line in told["lines"] if line["what"] in ("head", "service", "endpoints")]
    parts = [part for line in fixed for part in line["parts"]]
    storage = [line for line in told["lines"] if line["what"] == "storage" and line["max"] > 0]
    ebs = [line for line in storage if any(part["item"].startswith("ebs-") for part in line["parts"])]
    head = [part for line in fixed if line["what"] == "head" for part in line["parts"] if part["unit"] == "GB"]
    found = {item: amount(parts, item) for item in (
        "alarm", "composite-alarm", "dashboard", "hosted-zone", "kms-key", "load-balancer", "secret", "nat-gateway",
        "interface-endpoint", "resolver-address")}
    found["vpn"] = amount(parts, "vpn-connection", "vpn-connection-large")
    found["address"] = amount(parts, "public-address")
    found["volumes"] = sum(part["max"] for line in ebs for part in line["parts"] if part["unit"] == "GB")
    found["volumes"] += head[-1]["max"] if head else 0  # the state volume
    found["file-system"] = len(storage) - len(ebs)
    return {item: n for item, n in found.items() if n > 0}


def judge_templates(tap, paths):
    n = 0
    for path, args in paths:
        built = hpcc("-q", "--no-config", *args, path)
        if built.returncode != 0:
            continue
        told = cost(path, *args, "--region=us-east-1")[1]
        template = json.loads(built.stdout)
        want = held(template)
        if any(r.get("Properties", {}).get("AvailabilityMode") == "regional" for r in template["Resources"].values()):
            want["nat-gateway"] = priced(told)["nat-gateway"]  # it takes its addresses itself, in each zone
            want["address"] = want.get("address", 0) + want["nat-gateway"]
        tap.equal(priced(told), want, f"{os.path.relpath(path, ROOT)}: all that the template holds is paid for")
        n += 1
    tap.ok(n >= 40, f"{n} templates were looked at")


# ---- what holds of every file ----


def known_types():
    """{region: types with a price in the table}."""
    found = {}
    with open(os.path.join(ROOT, "stdlib/facts/instance-prices.tsv"), encoding="utf-8") as file:
        for line in file:
            cells = line.rstrip("\n").split("\t")
            if not line.startswith(("#", "region")):
                families = (word.split(":") for word in cells[5].split(" "))
                found[cells[0]] = {f"{family}.{pair.split('=')[0]}" for family, pairs in families for pair in pairs.split(",")}
    return found


KNOWN = known_types()


def faults_of_sums(told):
    for line in told["lines"]:
        for figure in FIGURES:
            if figure not in line:
                continue
            parts = [part[figure] for part in line["parts"]]
            if sum(D(part["month"]) for part in parts) != D(line[figure]["month"]):
                yield f"{line['what']} {line['name']}: {figure} is not that of its parts"
            for flag in ("estimate", "at_least"):
                if any(part.get(flag) for part in parts) != line[figure].get(flag, False):
                    yield f"{line['what']} {line['name']}: {flag} of {figure}"
        if not 0 <= D(line["floor"]["month"]) <= D(line["ceiling"]["month"]):
            yield f"{line['what']} {line['name']}: the floor is above the ceiling"
    for figure in FIGURES:
        if figure in told["sum"]:
            if sum(D(line[figure]["month"]) for line in told["lines"]) != D(told["sum"][figure]["month"]):
                yield f"the sum of {figure} is not that of the lines"
            hour = (D(told["sum"][figure]["month"]) / 730).quantize(D("1e-10"), decimal.ROUND_HALF_UP)
            if abs(hour - D(told["sum"][figure]["hour"])) > abs(hour) * D("1e-14"):
                yield f"{figure} an hour is not a 730th of a month"


def faults_of_parts(told):
    for line in told["lines"]:
        for part in line["parts"]:
            has = "price" in part
            if has != (part["state"] != "unpriced"):
                yield f"{part['item']}: {part['state']}, but with a price: {has}"
            if has and not (part["price"]["date"] and part["price"]["source"] and part["price"]["unit"]):
                yield f"{part['item']}: a price without date, source or unit"
            if not has and (D(part["ceiling"]["month"]) > 0 or not told["unpriced"]):
                yield f"{part['item']}: unpriced, but in the sum or not named"
            if part.get("spot") and part["state"] == "priced":
                yield f"{part['item']}: a Spot price is an estimate"
            for item in {part["item"], part.get("ceiling_item", part["item"])}:
                if has and "." in item and not part.get("spot") and part["state"] == "priced" and item not in KNOWN[told["region"]]:
                    yield f"{item}: priced, but not in the table"


def faults_of_types(told, model):
    """Each instance type that the file names has a price in the table or an estimate, or is named."""
    named = {words.split(" ")[0] for words in told["unpriced"]}
    counted = {item for line in told["lines"] for part in line["parts"] for item in (part["item"], part.get("ceiling_item"))}
    base = KNOWN["us-east-1"]

    def types(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "InstanceType" and isinstance(inner, str):
                    yield inner
                else:
                    yield from types(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from types(inner)
    for name in set(types(model["value"])):
        if name not in KNOWN.get(told["region"], ()) and name not in base and name not in named and name in counted:
            yield f"{name}: neither a price nor named"


def shown(amount_of, digits):
    return str(D(amount_of).quantize(D(1).scaleb(-digits), decimal.ROUND_HALF_UP))


def faults_of_table(told, table):
    """The table has the lines and figures of the JSON, in the same order."""
    rows = table.split("\n\n")[1].splitlines()[1:]
    if len(rows) != len(told["lines"]) + 1:
        yield f"{len(rows)} rows for {len(told['lines'])} lines"
        return
    figures = FIGURES if "usual" in told["sum"] else FIGURES[:2]
    for row, line in zip(rows, [*told["lines"], told["sum"]]):
        want = []
        for figure in figures:
            sign = "~" if line[figure].get("estimate") else ""
            want += [sign + shown(line[figure]["hour"], 4)] if figure != "usual" else []
            want.append(sign + shown(line[figure]["month"], 2))
        none = line.get("parts") and all(part["state"] == "unpriced" for part in line["parts"])
        want = ["-"] * len(want) if none else want
        got = re.split(r"  +", row.strip())
        if not any(got[i:i + len(want)] == want for i in range(len(got))):
            yield f"{row.strip()}: not {want}"
    for words in told["unpriced"]:
        if f"\n  {words}\n" not in table:
            yield f"the table does not name {words}"
    for use in told["by_use"]:
        if f"\n  {use['name']}" not in table:
            yield f"the table does not name {use['name']}"


def faults_of(path, args):
    """None where the file has no cost; else what is wrong with it."""
    args = [*args, "--region=us-east-1"]  # where the file names none
    status, told, said = cost(path, *args)
    if status != 0:
        judged = hpcc("lint", "-q", "--no-config", *args[:-1], path).returncode
        return None if status == judged != 0 else [f"status {status}, but {judged} of lint: {said!r:.300}"]
    table = hpcc("cost", "-q", "--no-config", *args, path).stdout.decode()
    model = json.loads(hpcc("model", "-q", "--no-config", *args[:-1], path).stdout)
    return [*faults_of_sums(told), *faults_of_parts(told), *faults_of_types(told, model), *faults_of_table(told, table)]


def all_files():
    """Each file with the arguments it is compiled with."""
    folders = [os.path.join(ROOT, folder) for folder in ("examples", "tests/stages", "tests/ui")]
    folders.append(os.path.join(SHARED, "cases", "kinds"))  # where there are any
    for folder in folders:
        for path in sorted(glob.glob(folder + "/**/*.yaml", recursive=True)):
            config = os.path.join(os.path.dirname(path), "config.yaml")
            if os.path.basename(path) != "config.yaml":
                yield path, ["--vars", config] if folder.endswith("examples") and os.path.exists(config) else []


def judge_all(tap):
    judged, faults = 0, []
    for path, args in all_files():
        found = faults_of(path, args)
        judged += found is not None
        faults += [f"{os.path.relpath(path, ROOT)}: {fault}" for fault in found or ()]
    tap.ok(not faults, f"what holds of every cost holds of {judged} files", "\n".join(faults))
    tap.ok(judged > 400, f"{judged} files have a cost")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    tap.ok(used.ru_utime + used.ru_stime < MOST_SECONDS, f"all took {used.ru_utime + used.ru_stime:.0f} seconds of the processor")


# ---- the call ----


def judge_calls(tap):
    with temporary() as folder:
        path, other = os.path.join(folder, "c.yaml"), os.path.join(folder, "out.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CLUSTER)
        refused = [(["--hours=compute"], "takes NAME=H"), (["--hours=compute=731"], "takes NAME=H"), (["--hours==1"], "takes NAME=H"),
                   (["--hours=nobody=1"], "no queue and no compute environment `nobody`"), (["--region=mars-1"], "no region `mars-1`"),
                   ([path], "takes one file"), (["--emit=yaml"], "yaml")]
        for args, words in refused:
            result = hpcc("cost", *args, path)
            tap.ok(result.returncode == 2 and words in result.stderr.decode() and not result.stdout, f"{' '.join(args)[:40]} is refused",
                   result.stderr.decode())
        result = hpcc("cost", "-q", "--emit=json", "-o", other, path)
        with open(other, encoding="utf-8") as file:
            tap.equal((result.returncode, json.load(file)["region"]), (0, "us-east-1"), "-o writes a file")
        without = CLUSTER.replace("Region: us-east-1\n", "")
        result = hpcc("cost", "-q", "-", input=without.encode())
        tap.ok(result.returncode == 2 and b"--region" in result.stderr, "a file without a Region asks for --region")
        result = hpcc("cost", "-q", "--emit=json", "--region=eu-west-1", "-", input=without.encode())
        tap.equal(json.loads(result.stdout)["region"], "eu-west-1", "--region counts where the file names none")
        result = hpcc("cost", "-q", "--emit=json", "--region=eu-west-1", "-", input=CLUSTER.encode())
        tap.equal(json.loads(result.stdout)["region"], "us-east-1", "the Region of the file goes before --region")
        result = hpcc("cost", "-", input=CLUSTER.replace("MaxCount: 2", "MaxCount: -2").encode())
        tap.ok(result.returncode == 1 and not result.stdout and b"error" in result.stderr, "a file with an error has no cost")


def main():
    tap = Tap()
    judge_figures(tap)
    judge_unpriced(tap)
    judge_templates(tap, [(path, args) for path, args in all_files() if "/examples/" in path or "/stages/" in path]
                    + [(path, []) for path in sorted(glob.glob(f"{DATA}/*.yaml"))])
    judge_calls(tap)
    judge_all(tap)
    tap.end()


main()

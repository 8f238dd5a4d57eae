#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rebuild the generated tables of stdlib/facts from answers of the EC2 API.

    refresh.py --types FILE...      -> instance-types.tsv   aws ec2 describe-instance-types
               [--withdrawn FILE...]                        older answers of the same
    refresh.py --offerings DIR      -> offerings.tsv        aws ec2 describe-instance-type-offerings
    refresh.py --endpoints FILE     -> regions.tsv          endpoints.json of botocore
               [--regions FILE...]                          aws ec2 describe-regions --all-regions
    refresh.py --schemas DIR        -> type-regions.tsv     cfnlint/data/schemas/providers of cfn-lint
    refresh.py --prices PATH@DATE@NAME... -> instance-prices.tsv   Linux on demand, three forms: refresh_prices.py
    refresh.py --spot PATH          -> spot-savings.tsv    spot-advisor-data.json of the Spot Instance Advisor
    refresh.py --ebs-prices PATH    -> the rows of EBS in service-prices.tsv   ebs.json of ec2.shop
    refresh.py --reference PYTHON   -> ../schema/reference.tsv   the installed package of ParallelCluster, see
                                                         ../schema/compare.py; prints what changed
    each with --date YYYY-MM-DD and --source TEXT; --out DIR is where the tables are (default: here).

FILE is JSON, plain or gzipped. A types file is the answer itself, a list of such answers, or an object
from type names to descriptions; when a type comes twice, the later one counts. Types that only a
withdrawn file describes are kept with the flag `withdrawn`, so that cluster files that use them are
still understood. DIR holds one file a region, in two folders: region/REGION.json and availability-zone-id/REGION.json; each is the answer itself
or its list. Offerings are written in terms of instance-types.tsv, so write that one first.

Rows are transcribed, not interpreted: what follows from them is computed by the compiler. The other
tables of this folder are kept by hand. See doc/facts.md.
"""

import argparse
import collections
import gzip
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import refresh_prices  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ARCHITECTURES = ("i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac")
SERVICES = {"batch": "batch", "elasticfilesystem": "efs", "fsx": "fsx"}
TYPE_COLUMNS = (
    "name", "arch", "flags", "vcpus", "cores", "threads", "threads_ok", "cores_ok", "mem_mib", "gpu",
    "neuron", "other", "efa", "cards", "net", "ebs_optimized", "ebs", "ebs_volumes", "disks", "disk_gb",
    "usage", "placement", "boot",
)


def load(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as f:
        return json.load(f)


def number(x):
    """Without trailing zeros: 100.0 is 100, 0.064 stays."""
    return f"{x:.6f}".rstrip("0").rstrip(".") if isinstance(x, float) else str(x)


def words(values, separator=","):
    return separator.join(values) or "-"


def ranges(numbers):
    """[2, 4, 6, 9] -> 2-6/2,9: three or more in even steps make a range; /1 is left out."""
    numbers = sorted(set(numbers))
    out = []
    at = 0
    while at < len(numbers):
        end = at + 1
        step = numbers[end] - numbers[at] if end < len(numbers) else 0
        while end < len(numbers) and numbers[end] - numbers[end - 1] == step:
            end += 1
        if end - at >= 3:
            out.append(f"{numbers[at]}-{numbers[end - 1]}" + (f"/{step}" if step > 1 else ""))
            at = end
        else:
            out.append(str(numbers[at]))
            at += 1
    return words(out)


def accelerator(device, maker=""):
    """maker:name:count:share:MiB:cores; share is below 1 where a type has a part of one device."""
    share = device.get("GpuPartitionSize", 1)
    return ":".join((
        device.get("Manufacturer", maker),
        device["Name"],
        str(device.get("LogicalGpuCount", device["Count"])),
        number(float(share)),
        str(device.get("MemoryInfo", {}).get("SizeInMiB", 0)),
        str(device.get("CoreInfo", {}).get("Count", 0)),
    ))


def one_accelerator(name, devices, maker=""):
    if len(devices) > 1:
        sys.exit(f"{name}: more than one kind of accelerator; the table has room for one")
    return accelerator(devices[0], maker) if devices else "-"


def takes_efa(c, network):
    """Answers older than InterfaceTypes leave it to be guessed, as compiler/facts does."""
    if "InterfaceTypes" in c:
        return "efa" in c["InterfaceTypes"]
    efas, n = max_efa(network), len(network["NetworkCards"])
    return c["NetworkCardIndex"] > 0 if efas + 1 == n and n > 2 else c["NetworkCardIndex"] < efas


def max_efa(network):
    return network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0) if network.get("EfaSupported") else 0


def card(c, network):
    """interfaces:efa:baseline/peak"""
    efa = "efa" if takes_efa(c, network) else "-"
    speed = number(c.get("BaselineBandwidthInGbps", 0)) + "/" + number(c.get("PeakBandwidthInGbps", 0))
    return f"{c['MaximumNetworkInterfaces']}:{efa}:{speed}"


def cards(network):
    """32x2:efa:100/100, equal neighbours counted together"""
    runs = []
    for c in sorted(network["NetworkCards"], key=lambda c: c["NetworkCardIndex"]):
        text = card(c, network)
        if runs and runs[-1][1] == text:
            runs[-1][0] += 1
        else:
            runs.append([1, text])
    return words(f"{n}x{text}" for n, text in runs)


def ebs(info):
    """baseline/maximum Mbit/s, baseline/maximum IOPS"""
    fields = ("BaselineBandwidthInMbps", "MaximumBandwidthInMbps", "BaselineIops", "MaximumIops")
    optimized = info.get("EbsOptimizedInfo")
    if optimized is None and not info.get("EbsCards"):
        return "-"
    if optimized is None:
        optimized = {f: sum(c.get(f, 0) for c in info["EbsCards"]) for f in fields}
    return "/".join(str(optimized.get(f, 0)) for f in fields)


def flags(t, withdrawn):
    return words(name for name, is_set in (
        ("current", t.get("CurrentGeneration") and not withdrawn),
        ("metal", t.get("BareMetal")),
        ("burstable", t.get("BurstablePerformanceSupported")),
        # Bare metal has no hypervisor, and Nitro cards: EC2 guide, Instances built on the AWS Nitro System.
        ("nitro", t.get("Hypervisor") == "nitro" or t.get("BareMetal")),
        ("hibernation", t.get("HibernationSupported")),
        ("nvme", t.get("InstanceStorageInfo", {}).get("NvmeSupport", "unsupported") != "unsupported"),
        ("withdrawn", withdrawn),
    ) if is_set)


def type_row(t, withdrawn=False):
    cpu, network = t["VCpuInfo"], t["NetworkInfo"]
    storage = t.get("InstanceStorageInfo", {})
    other = t.get("FpgaInfo", {}).get("Fpgas", []) + t.get("MediaAcceleratorInfo", {}).get("Accelerators", [])
    if "NeuronInfo" not in t:
        other += t.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    return {
        "name": t["InstanceType"],
        "arch": words(a for a in ARCHITECTURES if a in t["ProcessorInfo"]["SupportedArchitectures"]),
        "flags": flags(t, withdrawn),
        "vcpus": cpu["DefaultVCpus"],
        "cores": cpu["DefaultCores"],
        "threads": cpu["DefaultThreadsPerCore"],
        "threads_ok": words(str(n) for n in sorted(cpu.get("ValidThreadsPerCore", []))),
        "cores_ok": ranges(cpu.get("ValidCores", [])),
        "mem_mib": t["MemoryInfo"]["SizeInMiB"],
        "gpu": one_accelerator(t["InstanceType"], t.get("GpuInfo", {}).get("Gpus", [])),
        "neuron": one_accelerator(t["InstanceType"], t.get("NeuronInfo", {}).get("NeuronDevices", []), "AWS"),
        "other": one_accelerator(t["InstanceType"], other),
        "efa": max_efa(network),
        "cards": cards(network),
        "net": network.get("NetworkPerformance", "-"),
        "ebs_optimized": t["EbsInfo"].get("EbsOptimizedSupport", "unsupported"),
        "ebs": ebs(t["EbsInfo"]),
        "ebs_volumes": t["EbsInfo"].get("MaximumEbsAttachments", 0),
        "disks": sum(d["Count"] for d in storage.get("Disks", [])),
        "disk_gb": storage.get("TotalSizeInGB", 0),
        "usage": words(sorted(t.get("SupportedUsageClasses", []))),
        "placement": words(sorted(t.get("PlacementGroupInfo", {}).get("SupportedStrategies", []))),
        "boot": words(sorted(t.get("SupportedBootModes", []))),
    }


def described_types(answer):
    """The descriptions in an answer, in a list of answers, or in an object of name -> description."""
    if isinstance(answer, list):
        for page in answer:
            yield from described_types(page)
    elif "InstanceTypes" in answer:
        yield from answer["InstanceTypes"]
    elif "InstanceType" in answer:
        yield answer
    else:
        yield from answer.values()


def write_table(options, name, about, columns, rows):
    path = os.path.join(options.out, name)
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(f"# {about}\n# Written by refresh.py: do not edit.\n")
        f.write(f"# date: {options.date}\n# source: {options.source}\n")
        f.write("\t".join(columns) + "\n")
        for row in rows:
            f.write("\t".join(str(row[c]) for c in columns) + "\n")
    print(f"{path}: {len(rows)} rows")


def read_table(path):
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def refresh_types(options):
    types = {t["InstanceType"]: type_row(t, withdrawn=True)
             for path in options.withdrawn for t in described_types(load(path))}
    types.update({t["InstanceType"]: type_row(t)
                  for path in options.types for t in described_types(load(path))})
    write_table(options, "instance-types.tsv",
                "EC2 instance types, as DescribeInstanceTypes describes them; columns: doc/facts.md.",
                TYPE_COLUMNS, [types[name] for name in sorted(types)])


def offerings(path):
    """{place: {type, ...}} of one file."""
    answer = load(path)
    places = collections.defaultdict(set)
    for o in answer["InstanceTypeOfferings"] if isinstance(answer, dict) else answer:
        places[o["Location"]].add(o["InstanceType"])
    return places


def shorten(types, families):
    """c5 when all sizes of the family are there, else c5:large,xlarge"""
    by_family = collections.defaultdict(list)
    for name in sorted(types):
        family, size = name.split(".", 1)
        by_family[family].append(size)
    return words((f if len(sizes) == families[f] else f + ":" + ",".join(sizes)
                  for f, sizes in sorted(by_family.items())), " ")


def offered_rows(folder, known):
    families = collections.Counter(name.split(".", 1)[0] for name in known)
    for name in sorted(os.listdir(os.path.join(folder, "region"))):
        region = name.split(".json")[0]
        zones = offerings(os.path.join(folder, "availability-zone-id", name))
        offered = offerings(os.path.join(folder, "region", name))[region].union(*zones.values()) & known
        yield {"kind": "region", "place": region, "types": shorten(offered, families)}
        for zone in sorted(zones):
            yield {"kind": "zone", "place": zone, "types": shorten(offered - zones[zone], families)}


def refresh_offerings(options):
    known = {row["name"] for row in read_table(os.path.join(options.out, "instance-types.tsv"))}
    write_table(options, "offerings.tsv",
                "Which types a region offers; a zone row names the types of its region that the zone lacks.\n"
                "# A family alone stands for all its sizes in instance-types.tsv.",
                ("kind", "place", "types"), list(offered_rows(options.offerings, known)))


def region_services(partition, region):
    return words(sorted(short for service, short in SERVICES.items()
                        if region in partition["services"].get(service, {}).get("endpoints", {})))


def opt_in(name, partition, described, before):
    """yes or no; where nobody says, what the table said, else yes: all regions since 2019 are opt-in."""
    if partition != "aws":
        return "no"
    if name in described:
        return "no" if described[name] == "opt-in-not-required" else "yes"
    return before.get(name, "yes")


def refresh_regions(options):
    path = os.path.join(options.out, "regions.tsv")
    before = {r["name"]: r["opt_in"] for r in read_table(path)} if os.path.exists(path) else {}
    described = {r["RegionName"]: r["OptInStatus"]
                 for f in options.regions for r in load(f)["Regions"]}
    rows = [{
        "name": name,
        "partition": partition["partition"],
        "dns_suffix": partition["dnsSuffix"],
        "long_name": region["description"],
        "opt_in": opt_in(name, partition["partition"], described, before),
        "services": region_services(partition, name),
    } for partition in load(options.endpoints)["partitions"] for name, region in partition["regions"].items()]
    write_table(options, "regions.tsv",
                "AWS regions; services: those of batch, efs and fsx that have an endpoint there.",
                ("name", "partition", "dns_suffix", "long_name", "opt_in", "services"),
                sorted(rows, key=lambda r: r["name"]))


def emitted_types():
    """Names of the types that stdlib/resources describes."""
    folder = os.path.join(HERE, os.pardir, "resources")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                yield from (line.strip()[:-1] for line in f if line.startswith("  AWS::"))


def refresh_type_regions(options):
    """A list of a region that is that of us-east-1 in every type is a copy and tells nothing."""
    lists = {name[:-len(".json")]: set(load(os.path.join(options.schemas, name)))
             for name in os.listdir(options.schemas) if name.endswith(".json")}
    told = {region for region, types in lists.items() if region == "us-east-1" or types != lists["us-east-1"]}
    told &= {row["name"] for row in read_table(os.path.join(options.out, "regions.tsv"))}
    rows = []
    for name in sorted(emitted_types()):
        lacked = {region for region in told if name not in lists[region]}
        if lacked:
            rows.append({"type": name, "offered": words(sorted(told - lacked)), "lacked": words(sorted(lacked))})
    write_table(options, "type-regions.tsv",
                "CloudFormation types that not every region has; a type without a row is everywhere, as far as is told.",
                ("type", "offered", "lacked"), rows)


def refresh_instance_prices(options):
    known = {row["name"] for row in read_table(os.path.join(options.out, "instance-types.tsv"))}
    sources = [tuple(text.split("@")) for text in options.prices]
    write_table(options, "instance-prices.tsv",
                "What instance types cost an hour: Linux, shared tenancy, on demand. A region comes from one source.\n"
                "# factors: by class of types (refresh_prices.py), what a price of us-east-1 is multiplied with for an estimate.",
                refresh_prices.INSTANCE_COLUMNS, list(refresh_prices.instance_rows(sources, known)))


def refresh_spot(options):
    known = {row["name"] for row in read_table(os.path.join(options.out, "instance-types.tsv"))}
    write_table(options, "spot-savings.tsv",
                "What Spot saves of the price on demand, in percent: Linux, mean of the month before the date.",
                refresh_prices.SPOT_COLUMNS, list(refresh_prices.spot_rows(options.spot, known)))


def refresh_ebs_prices(options):
    """The rows of EBS; the others are kept by hand, and so is the head."""
    path = os.path.join(options.out, "service-prices.tsv")
    regions = {row["long_name"]: row["name"] for row in read_table(os.path.join(options.out, "regions.tsv"))}
    rows = [row for row in read_table(path) if not row["item"].startswith("ebs-")]
    rows += refresh_prices.ebs_rows(options.ebs_prices, options.date, options.source, regions)
    with open(path, encoding="utf-8") as f:
        head = "".join(line for line in f if line.startswith("#"))
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(head + "\t".join(refresh_prices.SERVICE_COLUMNS) + "\n")
        for row in sorted(rows, key=lambda row: row["item"]):
            f.write("\t".join(row[c] for c in refresh_prices.SERVICE_COLUMNS) + "\n")
    print(f"{path}: {len(rows)} rows")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--types", nargs="+", metavar="FILE")
    p.add_argument("--withdrawn", nargs="+", default=[], metavar="FILE")
    p.add_argument("--offerings", metavar="DIR")
    p.add_argument("--endpoints", metavar="FILE")
    p.add_argument("--regions", nargs="+", default=[], metavar="FILE")
    p.add_argument("--schemas", metavar="DIR")
    p.add_argument("--prices", nargs="+", metavar="PATH@DATE@NAME")
    p.add_argument("--spot", metavar="PATH")
    p.add_argument("--ebs-prices", metavar="PATH")
    p.add_argument("--reference", metavar="PYTHON")
    p.add_argument("--date", required=True, metavar="YYYY-MM-DD")
    p.add_argument("--source", required=True, metavar="TEXT")
    p.add_argument("--out", default=HERE, metavar="DIR")
    options = p.parse_args()
    if options.types:
        refresh_types(options)
    if options.offerings:
        refresh_offerings(options)
    if options.endpoints:
        refresh_regions(options)
    if options.schemas:
        refresh_type_regions(options)
    if options.prices:
        refresh_instance_prices(options)
    if options.spot:
        refresh_spot(options)
    if options.ebs_prices:
        refresh_ebs_prices(options)
    if options.reference:
        compare = os.path.join(HERE, os.pardir, "schema", "compare.py")
        subprocess.run([sys.executable, compare, "--package", options.reference, "--write"], check=True)


if __name__ == "__main__":
    main()

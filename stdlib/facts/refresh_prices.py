# SPDX-License-Identifier: Apache-2.0
"""Prices for refresh.py: what instances cost by the hour, what Spot saves of it, and EBS by the month.

Instance prices come in three forms: a Go file of Karpenter (zz_generated.pricing_*.go), a folder of files
REGION-ondemand.json and REGION-previousgen-ondemand.json as ec2.shop keeps them, and offer files of the price list
(https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/REGION/index.json). Linux, shared
tenancy, on demand. A region comes whole from the first form that has it, so that it has one date.

Where a region lacks a type, its price can be estimated: that of us-east-1 times the median of the region's prices over
those of us-east-1 in the class of the type. What Spot saves, in percent of the price on demand, is in the data file of
the Spot Instance Advisor, https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json. A class is the letters before the generation, with `a` (AMD) or `g`
(Graviton) where the letter after it says so: c7gn is cg, p5en is p.
"""

import collections
import json
import os
import re
import statistics

BASE = "us-east-1"
INSTANCE_COLUMNS = ("region", "currency", "date", "source", "factors", "prices")
SPOT_COLUMNS = ("region", "savings")
SERVICE_COLUMNS = ("item", "unit", "date", "source", "prices")
REGION = re.compile(r"[a-z]+(-gov)?-[a-z]+-\d")
# Lists from before the cut of June 2025 are wrong of these families.
CUT = {"date": "2025-06-30", "families": {"p4d", "p4de", "p5", "p5en"}}

# What the EBS feed calls them: item, unit, divisor.
EBS_ITEMS = {
    "Storage General Purpose gp3 GB Mo": ("ebs-gp3", "GB-month", 1),
    "Provisioned EBS IOPS gp3 Volumes per IOPS Mo": ("ebs-gp3-iops-over-3000", "IOPS-month", 1),
    "Provisioned Throughput gp3 per GiBps mo": ("ebs-gp3-throughput-over-125", "MiBps-month", 1024),
    "Storage General Purpose gp2 GB Mo": ("ebs-gp2", "GB-month", 1),
    "Storage Provisioned IOPS io1 GB Mo": ("ebs-io1", "GB-month", 1),
    "Provisioned EBS IOPS io1 Volumes per IOPS Mo": ("ebs-io1-iops", "IOPS-month", 1),
    "Storage Provisioned IOPS io2 GB month": ("ebs-io2", "GB-month", 1),
    "Provisioned EBS IOPS io2 Volumes per IOPS Mo": ("ebs-io2-iops-to-32000", "IOPS-month", 1),
    "Provisioned EBS IOPS Tier 2 io2 Volumes per IOPS Mo": ("ebs-io2-iops-to-64000", "IOPS-month", 1),
    "Provisioned EBS IOPS Tier 3 io2 Volumes per IOPS Mo": ("ebs-io2-iops-over-64000", "IOPS-month", 1),
    "Storage Throughput Optimized HDD st1 GB Mo": ("ebs-st1", "GB-month", 1),
    "Storage Cold HDD sc1 GB Mo": ("ebs-sc1", "GB-month", 1),
    "Storage Magnetic standard GB Mo": ("ebs-standard", "GB-month", 1),
    "Storage Snapshot Amazon S3 GB Mo": ("ebs-snapshot", "GB-month", 1),
}


def amount(x):
    """Six digits after the point at most, without trailing zeros."""
    return f"{float(x):.6f}".rstrip("0").rstrip(".")


def class_of(family):
    letters, after = re.fullmatch(r"([a-z]+)-?[0-9]*([a-z]?).*", family).groups()
    return letters + (after if after in ("a", "g") else "")


# ---- the three forms: {region: {type: price}} ----


def read_go(path):
    prices, region = collections.defaultdict(dict), None
    with open(path, encoding="utf-8") as f:
        for line in f:
            start = re.match(r'\s*"([a-z0-9-]+)":\s*\{', line)
            region = start[1] if start else region
            prices[region].update(re.findall(r'"([a-z0-9-]+\.[a-z0-9-]+)":\s*([0-9.]+)', line))
    return prices


def read_folder(path):
    prices = collections.defaultdict(dict)
    for name in sorted(os.listdir(path)):
        region = re.sub(r"(-previousgen)?-ondemand\.json$", "", name)
        if not name.endswith("ondemand.json") or not REGION.fullmatch(region):
            continue
        with open(os.path.join(path, name), encoding="utf-8") as f:
            text = f.read()
        for rows in json.loads(text)["regions"].values() if text.startswith("{") else ():
            prices[region].update({row["Instance Type"]: row["price"] for row in rows.values()
                                   if row.get("plc:OperatingSystem") == "Linux"})
    return prices


def read_offer(path):
    with open(path, encoding="utf-8") as f:
        offer = json.load(f)
    prices = collections.defaultdict(dict)
    for sku, product in offer["products"].items():
        a = product["attributes"]
        if (a.get("operatingSystem"), a.get("tenancy"), a.get("capacitystatus"), a.get("preInstalledSw")) != (
                "Linux", "Shared", "Used", "NA") or "instanceType" not in a:
            continue
        for term in offer["terms"]["OnDemand"].get(sku, {}).values():
            for dimension in term["priceDimensions"].values():
                prices[a["regionCode"]][a["instanceType"]] = next(iter(dimension["pricePerUnit"].values()))
    return prices


def read(path):
    if os.path.isdir(path):
        return read_folder(path)
    return read_go(path) if path.endswith(".go") else read_offer(path)


# ---- rows ----


def shown_types(prices):
    """c5:large=0.085,xlarge=0.17 by family"""
    families = collections.defaultdict(list)
    for name in sorted(prices):
        family, size = name.split(".", 1)
        families[family].append(f"{size}={amount(prices[name])}")
    return " ".join(f"{family}:{','.join(sizes)}" for family, sizes in sorted(families.items()))


def factors(prices, base):
    """The median for each class."""
    ratios = collections.defaultdict(list)
    for name, price in prices.items():
        if name in base:
            ratios[class_of(name.split(".", 1)[0])].append(float(price) / float(base[name]))
    return ",".join(f"{c}={statistics.median(r):.4f}" for c, r in sorted(ratios.items())) or "-"


def instance_rows(sources, known):
    """`sources`: (path, date, name) of each form, the best first; `known`: names of instance-types.tsv."""
    found = {}
    for path, date, name in sources:
        for region, prices in read(path).items():
            stale = CUT["families"] if date < CUT["date"] else ()
            kept = {t: p for t, p in prices.items() if t in known and float(p) > 0 and t.split(".")[0] not in stale}
            if region and kept:
                found.setdefault(region, (date, name, kept))
    base = found[BASE][2]
    for region, (date, name, prices) in sorted(found.items()):
        own = region.startswith("cn-")
        yield {
            "region": region,
            "currency": "CNY" if own else "USD",
            "date": date,
            "source": name,
            # What the yuan prices are over the dollar prices would be an exchange rate.
            "factors": "-" if own or region == BASE else factors(prices, base),
            "prices": shown_types(prices),
        }


def spot_rows(path, known):
    """What Spot saves, by region. A saving of 0 stands where the advisor has no figure."""
    with open(path, encoding="utf-8") as f:
        advisor = json.load(f)["spot_advisor"]
    for region, systems in sorted(advisor.items()):
        savings = {t: row["s"] for t, row in systems.get("Linux", {}).items() if t in known and 0 < row["s"] < 100}
        if savings and REGION.fullmatch(region):
            yield {"region": region, "savings": shown_types(savings)}


def region_of(place, regions):
    """The region that the feed calls so, or None: a Local Zone."""
    own = {"AWS GovCloud (US)": "us-gov-west-1"}
    return own.get(place) or regions.get(re.sub(r"^EU \(", "Europe (", place))


def ebs_rows(path, date, name, regions):
    """`regions`: long name -> region."""
    with open(path, encoding="utf-8") as f:
        feed = json.load(f)["regions"]
    by_item = collections.defaultdict(dict)
    for place, prices in feed.items():
        region = region_of(place, regions)
        for what, (item, unit, divisor) in EBS_ITEMS.items():
            if region and what in prices:
                by_item[item, unit][region] = amount(float(prices[what]["price"]) / divisor)
    for (item, unit), prices in sorted(by_item.items()):
        yield {"item": item, "unit": unit, "date": date, "source": name,
               "prices": ",".join(f"{r}={p}" for r, p in sorted(prices.items()))}

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""refresh.py writes the rows that are bundled: types from the sample answer, offerings from themselves."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FACTS = os.path.join(ROOT, "stdlib", "facts")
SAMPLE = os.path.join(ROOT, "tests", "data", "describe-instance-types.json")


def refresh(*arguments):
    subprocess.run([sys.executable, os.path.join(FACTS, "refresh.py"), "--date", "2000-01-01", "--source", "test",
                    *arguments], check=True, stdout=subprocess.DEVNULL)


def rows(path):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]


def write_offered(folder, kind, region, offered):
    """{place: {type, ...}} as the API would answer"""
    os.makedirs(os.path.join(folder, kind), exist_ok=True)
    with open(os.path.join(folder, kind, region + ".json"), "w", encoding="utf-8") as f:
        json.dump({"InstanceTypeOfferings": [{"InstanceType": t, "Location": place}
                                             for place, types in offered.items() for t in types]}, f)


class Refresh(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = folder.name
        self.types = rows(os.path.join(FACTS, "instance-types.tsv"))

    def test_types_of_the_sample_are_the_bundled_rows(self):
        refresh("--types", SAMPLE, "--out", self.out)
        written = rows(os.path.join(self.out, "instance-types.tsv"))
        bundled = {row[0]: row for row in self.types}
        self.assertGreater(len(written), 5)
        for row in written:
            self.assertEqual(row, bundled[row[0]])

    def test_withdrawn_types_are_kept_and_flagged(self):
        with open(SAMPLE, encoding="utf-8") as f:
            newest = {"InstanceTypes": [t for t in json.load(f)["InstanceTypes"] if t["InstanceType"] != "t3.micro"]}
        path = os.path.join(self.out, "newest.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(newest, f)
        refresh("--types", path, "--withdrawn", SAMPLE, "--out", self.out)
        flags = {row[0]: row[2].split(",") for row in rows(os.path.join(self.out, "instance-types.tsv"))}
        self.assertIn("withdrawn", flags["t3.micro"])
        self.assertNotIn("current", flags["t3.micro"])
        self.assertNotIn("withdrawn", flags["p5.48xlarge"])

    def expand(self, cell):
        types = set()
        for word in [] if cell == "-" else cell.split(" "):
            family, _, sizes = word.partition(":")
            prefix = family + "."
            types |= ({prefix + s for s in sizes.split(",")} if sizes else
                      {row[0] for row in self.types if row[0].startswith(prefix)})
        return types

    def test_offerings_survive_a_round_trip(self):
        bundled = os.path.join(FACTS, "offerings.tsv")
        answers = os.path.join(self.out, "answers")
        regions = {}
        for kind, place, cell in rows(bundled)[1:]:
            if kind == "region":
                region, offered = place, self.expand(cell)
                regions[region] = {}
                write_offered(answers, "region", region, {region: offered})
            else:
                regions[region][place] = offered - self.expand(cell)
        for region, zones in regions.items():
            write_offered(answers, "availability-zone-id", region, zones)
        os.symlink(os.path.join(FACTS, "instance-types.tsv"), os.path.join(self.out, "instance-types.tsv"))
        refresh("--offerings", answers, "--out", self.out)
        self.assertEqual(rows(os.path.join(self.out, "offerings.tsv")), rows(bundled))

    def prices(self, *sources):
        os.symlink(os.path.join(FACTS, "instance-types.tsv"), os.path.join(self.out, "instance-types.tsv"))
        refresh("--prices", *sources, "--out", self.out)
        return rows(os.path.join(self.out, "instance-prices.tsv"))

    def write(self, name, text):
        path = os.path.join(self.out, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def test_prices_survive_a_round_trip(self):
        bundled, files = rows(os.path.join(FACTS, "instance-prices.tsv")), []
        for number, (region, _, date, source, _, cell) in enumerate(bundled[1:]):
            each = (f'"{family}.{size}": {price},' for family, _, sizes in (word.partition(":") for word in cell.split(" "))
                    for size, _, price in (s.partition("=") for s in sizes.split(",")))
            files.append(self.write(f"{number}.go", f'\t"{region}": {{\n' + "\n".join(each) + "\n},\n") + f"@{date}@{source}")
        self.assertEqual(self.prices(*files), bundled)

    def test_prices_of_a_folder(self):
        def row(name, system, price):
            return {"Instance Type": name, "plc:OperatingSystem": system, "price": price}

        self.write("shop/eu-west-1-ondemand.json", json.dumps({"regions": {"EU": {
            "1": row("c5.large", "Linux", "0.0960000000"), "2": row("c5.large", "Windows", "0.2"),
            "3": row("p5.48xlarge", "Linux", "98"), "4": row("x9.huge", "Linux", "1")}}}))
        self.write("shop/eu-west-1-previousgen-ondemand.json", json.dumps({"regions": {"EU": {"1": row("m1.small", "Linux", "0.047")}}}))
        self.write("shop/eu-west-1-wl1-ondemand.json", json.dumps({"regions": {"EU": {"1": row("c5.xlarge", "Linux", "1")}}}))
        base = self.write("base.go", '"us-east-1": {\n"c5.large": 0.08, "m1.small": 0.04,\n}')
        self.assertEqual(self.prices(f"{base}@2026-01-01@go", os.path.join(self.out, "shop") + "@2025-04-04@shop")[1:], [
            ["eu-west-1", "USD", "2025-04-04", "shop", "c=1.2000,m=1.1750", "c5:large=0.096 m1:small=0.047"],
            ["us-east-1", "USD", "2026-01-01", "go", "-", "c5:large=0.08 m1:small=0.04"]])

    def test_prices_of_an_offer(self):
        product = {"operatingSystem": "Linux", "tenancy": "Shared", "capacitystatus": "Used", "preInstalledSw": "NA",
                   "regionCode": "us-east-1", "instanceType": "c5.large"}
        offer = {"products": {"A": {"attributes": product}, "B": {"attributes": {**product, "tenancy": "Dedicated"}}},
                 "terms": {"OnDemand": {sku: {"T": {"priceDimensions": {"D": {"pricePerUnit": {"USD": price}}}}}
                                        for sku, price in (("A", "0.085"), ("B", "9"))}}}
        path = self.write("offer.json", json.dumps(offer))
        self.assertEqual(self.prices(f"{path}@2026-11-01@AWS")[1:],
                         [["us-east-1", "USD", "2026-11-01", "AWS", "-", "c5:large=0.085"]])

    def test_spot_survives_a_round_trip(self):
        bundled = rows(os.path.join(FACTS, "spot-savings.tsv"))
        advisor = {"spot_advisor": {region: {"Linux": {
            f"{family}.{size}": {"s": int(saving), "r": 0}
            for family, sizes in (word.split(":") for word in savings.split(" "))
            for size, saving in (pair.split("=") for pair in sizes.split(","))}}
            for region, savings in bundled[1:]}}
        path = os.path.join(self.out, "advisor.json")
        # What has no figure, is no type of ours or stands in no region is left out.
        advisor["spot_advisor"]["us-east-1"]["Linux"].update({"c5.large9": {"s": 50}, "a1.large": {"s": 0}})
        advisor["spot_advisor"]["us-east-1-wl1"] = {"Linux": {"c5.large": {"s": 50}}}
        with open(path, "w", encoding="utf-8") as f:
            json.dump(advisor, f)
        shutil.copy(os.path.join(FACTS, "instance-types.tsv"), self.out)
        refresh("--spot", path, "--out", self.out)
        self.assertEqual(rows(os.path.join(self.out, "spot-savings.tsv")), bundled)

    def test_ebs_prices_take_the_place_of_theirs_alone(self):
        for name in ("regions.tsv", "service-prices.tsv"):
            with open(os.path.join(FACTS, name), encoding="utf-8") as f:
                self.write(name, f.read())
        feed = self.write("ebs.json", json.dumps({"regions": {
            "EU (Ireland)": {"Storage General Purpose gp3 GB Mo": {"price": "0.0900000000"},
                             "Provisioned Throughput gp3 per GiBps mo": {"price": "51.2"}},
            "AWS GovCloud (US)": {"Storage General Purpose gp3 GB Mo": {"price": "0.1"}},
            "Peru (Lima)": {"Storage General Purpose gp3 GB Mo": {"price": "1"}}}}))
        refresh("--ebs-prices", feed, "--out", self.out)
        written = rows(os.path.join(self.out, "service-prices.tsv"))
        others = [row for row in rows(os.path.join(FACTS, "service-prices.tsv")) if not row[0].startswith("ebs-")]
        self.assertEqual([row for row in written if not row[0].startswith("ebs-")], others)
        self.assertEqual([row for row in written if row[0].startswith("ebs-")], [
            ["ebs-gp3", "GB-month", "2000-01-01", "test", "eu-west-1=0.09,us-gov-west-1=0.1"],
            ["ebs-gp3-throughput-over-125", "MiBps-month", "2000-01-01", "test", "eu-west-1=0.05"]])

    def schemas(self, **lists):
        """A folder as cfn-lint has it, of {region: [type, ...]}; returns the rows written from it."""
        folder = os.path.join(self.out, "schemas")
        os.mkdir(folder)
        for region, types in lists.items():
            with open(os.path.join(folder, region.replace("_", "-") + ".json"), "w", encoding="utf-8") as f:
                json.dump(dict.fromkeys(types, ""), f)
        os.symlink(os.path.join(FACTS, "regions.tsv"), os.path.join(self.out, "regions.tsv"))
        refresh("--schemas", folder, "--out", self.out)
        return rows(os.path.join(self.out, "type-regions.tsv"))[1:]

    def test_types_that_a_region_lacks_have_a_row(self):
        with open(os.path.join(FACTS, os.pardir, "resources", "budgets.yaml"), encoding="utf-8") as f:
            self.assertIn("AWS::Budgets::Budget", f.read())
        every = {row[0] for row in self.schemas(us_east_1=[], eu_west_1=["AWS::Budgets::Budget"])}
        self.assertGreater(len(every), 70)

    def test_a_list_that_is_a_copy_tells_nothing(self):
        names = subprocess.run(["grep", "-rhoE", "^  AWS::[A-Za-z0-9:]+", os.path.join(FACTS, os.pardir, "resources")],
                               check=True, capture_output=True, text=True).stdout
        types = [name.strip().rstrip(":") for name in names.splitlines()]
        rest = [name for name in types if name != "AWS::Budgets::Budget"]
        self.assertEqual(self.schemas(us_east_1=types, us_iso_east_1=types, eu_west_1=rest, sam=["AWS::Serverless::Api"]),
                         [["AWS::Budgets::Budget", "us-east-1", "eu-west-1"]])


if __name__ == "__main__":
    unittest.main()

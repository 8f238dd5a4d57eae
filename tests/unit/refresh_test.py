#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""refresh.py writes the rows that are bundled: types from the sample answer, offerings from themselves."""

import json
import os
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

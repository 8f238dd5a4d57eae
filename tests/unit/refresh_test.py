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


if __name__ == "__main__":
    unittest.main()

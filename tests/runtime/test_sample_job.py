#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/batch/sample-job/write_test.sh: what is whole is skipped, what an interruption cut off is written again."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "examples" / "batch" / "sample-job" / "write_test.sh"


class SampleJob(unittest.TestCase):
    def run_in(self, folder, attempt, **more):
        env = {**os.environ, "BLOCK": "1", "AWS_BATCH_JOB_ATTEMPT": str(attempt), **more}
        return subprocess.run(["sh", SCRIPT, "3", "1", folder], env=env, check=True, capture_output=True, text=True).stdout

    def test_an_interrupted_job_goes_on(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            self.assertEqual(self.run_in(folder, 1).count("attempt 1"), 3)
            (here / "part-0-2").unlink()
            (here / "part-0-2.new").write_bytes(b"half")
            said = self.run_in(folder, 2)
            self.assertEqual(said.count("is there, from attempt 1"), 2)
            self.assertIn("part-0-2: attempt 2", said)
            self.assertEqual({f.stat().st_size for f in here.glob("part-0-?")}, {1024})
            self.assertFalse(list(here.glob("*.new")))
            self.assertEqual((here / "part-0-2.attempt").read_text().strip(), "2")

    def test_children_of_an_array_write_files_of_their_own(self):
        with tempfile.TemporaryDirectory() as folder:
            for index in ("0", "1"):
                self.run_in(folder, 1, AWS_BATCH_JOB_ARRAY_INDEX=index)
            self.assertEqual(len(list(pathlib.Path(folder).glob("part-?-?"))), 6)


if __name__ == "__main__":
    unittest.main()

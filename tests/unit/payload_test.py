# SPDX-License-Identifier: Apache-2.0
# payload_test.py HPCC SOURCE: what the templates of the examples carry for the nodes is whole and can be read.
#
# Takes payloads and user data apart as a node does, and lets the shells and Python read what comes out: the
# generator leaves out comments and indentation, and must not break a script by it.
import base64
import email
import gzip
import glob
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import zlib

LIMIT = 16384  # bytes of user data before Base64


def unpack(payload):
    core = lzma.decompress(base64.b85decode(payload[0].replace(",", "$")))
    archives = [core] + [
        zlib.decompressobj(zdict=core).decompress(base64.b85decode(p.replace(",", "$")))
        for p in payload[1:]]
    files = {}
    for archive in archives:
        while archive:
            line, archive = archive.split(b"\n", 1)
            name, size = line.decode().split()
            assert name not in files, name
            files[name], archive = archive[:int(size)], archive[int(size):]
            assert len(files[name]) == int(size), name
    return files


def check_script(name, text):
    """Syntax of a script, by whoever will run it."""
    if name.endswith(".py"):
        compile(text, name, "exec")
        return
    shell = shutil.which("dash") or "sh"
    done = subprocess.run([shell, "-n"], input=text, capture_output=True)
    assert done.returncode == 0, (name, done.stderr)


def check_libraries(files):
    """Every function a boot script calls by `optional` or not is there, or its module was left out."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            if name.startswith("lib/") and name.endswith(".sh"):
                with open(os.path.join(folder, os.path.basename(name)), "wb") as out:
                    out.write(text)
        script = "".join(". %s/%s\n" % (folder, name) for name in sorted(os.listdir(folder))
                         if name != "base.sh")
        done = subprocess.run(["sh", "-eu"], input=script.encode(), capture_output=True)
        assert done.returncode == 0, done.stderr


def check_user_data(hpcc, options, node):
    raw = subprocess.run([hpcc, "userdata", "--node", node] + options, capture_output=True,
                         check=True).stdout
    assert len(raw) <= LIMIT, (node, len(raw))
    message = email.message_from_bytes(raw)
    assert message.is_multipart() and not message.defects
    parts = message.get_payload()
    if [p.get_content_type() for p in parts] == ["text/x-shellscript"]:  # of instances of AWS Batch
        check_script("hpcc.sh", parts[0].get_payload(decode=True))
        return
    assert [p.get_content_type() for p in parts] == [
        "text/cloud-config", "text/cloud-boothook", "application/gzip"], node
    config, hook, packed = (p.get_payload(decode=True) for p in parts)
    assert hook.startswith(b"#!/bin/sh\n") and config.startswith(b"#cloud-config\n")
    script = gzip.decompress(packed)
    assert script.startswith(b"#!/bin/sh\n")
    check_script("env.sh", hook)
    check_script("bootstrap.sh", script)
    for part in script.split(b"<<'HPCC_END'\n")[1:]:
        compile(part.split(b"HPCC_END\n")[0], "embedded.py", "exec")


def main(hpcc, source):
    examples = [[e] for e in sorted(glob.glob(source + "/examples/*/*.yaml"))
                if not e.endswith("config.yaml")]
    seen = 0
    for options in examples:
        vars_file = os.path.join(os.path.dirname(options[0]), "config.yaml")
        if os.path.exists(vars_file):
            options += ["--vars", vars_file]
        built = subprocess.run([hpcc] + options, capture_output=True)
        if built.returncode != 0:
            continue  # whether an example compiles is another test's business
        resources = json.loads(built.stdout)["Resources"]
        if "HeadNode" not in resources:
            continue  # not a cluster
        seen += 1
        files = unpack(resources["HeadNode"]["Metadata"]["Payload"])
        for name, text in files.items():
            if name.endswith((".sh", ".py")):
                check_script(name, text)
        check_libraries(files)
        nodes = subprocess.run([hpcc, "userdata"] + options, capture_output=True, check=True).stdout
        for node in nodes.decode().split():
            check_user_data(hpcc, options, node)
    assert seen >= 5, "only %d examples compile" % seen


main(sys.argv[1], sys.argv[2])

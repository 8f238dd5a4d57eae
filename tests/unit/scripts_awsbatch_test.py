# SPDX-License-Identifier: Apache-2.0
# scripts_awsbatch_test.py SOURCE: how the commands of AWS Batch come to a head node (templates/awsbatch), how instances wait for it
# (templates/batch/nfs.sh), and what a container of the job image does before its job (templates/jobimage).
import os
import re
import subprocess
import tempfile

from scripts_base import SOURCE, programs, shell, template

LIBRARY = "awsbatch/lib/awsbatch.sh"


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def library(folder):
    """The library with its places in `folder`."""
    text = template(LIBRARY, folder)
    return re.sub(r"(?<![\w$}\"/.])/(usr/local/bin|home|opt|etc/skel)(?=[/ *\n]|$)", folder + r"/\1", text, flags=re.M)


def sh(text, folder, environment=None):
    done = subprocess.run(["sh"], input=text.encode(), capture_output=True, check=False, env=environment, cwd=folder)
    assert done.returncode == 0, done
    return done.stdout.decode()


def test_configure():
    """Each home, and what new ones are made of, names the one configuration; what somebody wrote stays beside it."""
    with tempfile.TemporaryDirectory() as folder:
        for home in ("ec2-user", "ann", "root-made"):
            os.makedirs(f"{folder}/home/{home}")
        os.makedirs(folder + "/etc/skel")
        os.symlink("/etc", folder + "/home/link")
        write(folder + "/home/ann/.parallelcluster/awsbatch-cli.cfg", "[main]\ncluster_name = old\n")
        write(folder + "/hpcc/etc/awsbatch-cli.cfg", "[main]\n")
        text = """set -u
HPCC=%(f)s/hpcc HPCC_USER=ec2-user
log() { echo "log $*"; }
getent() { echo "ec2-user:x:1000:1000::%(f)s/home/ec2-user:/bin/bash"; }
stat() { case $3 in */root-made) echo root ;; *) echo me ;; esac; }
runuser() { shift 3; "$@"; }
""" % {"f": folder} + library(folder) + "\nawsbatch_configure\nawsbatch_configure\n"
        assert sh(text, folder) == ""
        for home in ("home/ec2-user", "home/ann", "etc/skel"):
            path = f"{folder}/{home}/.parallelcluster/awsbatch-cli.cfg"
            assert os.readlink(path) == folder + "/hpcc/etc/awsbatch-cli.cfg", home
        with open(folder + "/home/ann/.parallelcluster/awsbatch-cli.cfg.before", encoding="utf-8") as file:
            assert "old" in file.read()
        assert os.listdir(folder + "/home/root-made") == []


# A Python whose virtual environments have a pip that does what the file `pip` says.
PYTHON = """#!/bin/sh
case $1 in
-c) exit 0 ;;
-m) ;;
esac
mkdir -p "$3/bin"
cat >"$3/bin/python" <<'END'
#!/bin/sh
echo "pip $*" >>@F/asked
. @F/pip
END
chmod 755 "$3/bin/python"
"""


def test_install():
    """A package that cannot be had is asked for again, and one that is there is not; another one takes its place as a whole."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder + "/hpcc/lib/awsbatch.txt", "pinned\n")
        write(folder + "/bin/python3.12", PYTHON.replace("@F", folder), 0o755)
        os.makedirs(folder + "/usr/local/bin")
        os.makedirs(folder + "/opt")
        environment = {**os.environ, "PATH": folder + "/bin:" + os.environ["PATH"]}
        begin = """set -u
HPCC=%(f)s/hpcc HPCC_AWSBATCH_PACKAGE=%(p)s
log() { echo "log $*"; }
put() { printf '%%s\\n' "$2" >"$1"; }
timeout() { shift; "$@"; }
actions_fetch() { echo "fetch $1" >>%(f)s/asked; : >"$2"; }
pkg_try() { return 1; }
"""

        def install(package):
            text = begin % {"f": folder, "p": package} + library(folder) + "\nawsbatch_install\n"
            return sh(text, folder, environment)

        write(folder + "/pip", "exit 1\n")
        said = install("")
        assert "cannot be installed" in said and os.listdir(folder + "/opt") == [], said
        write(folder + "/pip", """for name in awsbsub awsbstat; do
	echo "#!@F/opt/awsbatch-cli.new/bin/python" >"${0%/*}/$name"
	chmod 755 "${0%/*}/$name"
done
""".replace("@F", folder))
        assert install("") == ""
        with open(folder + "/usr/local/bin/awsbsub", encoding="utf-8") as file:
            assert file.read() == f"#!{folder}/opt/awsbatch-cli/bin/python\n"
        with open(folder + "/asked", encoding="utf-8") as file:
            assert f"install --require-hashes --only-binary :all: -r {folder}/hpcc/lib/awsbatch.txt" in file.read()
        os.remove(folder + "/asked")
        assert install("") == "" and not os.path.exists(folder + "/asked")
        with open(folder + "/opt/awsbatch-cli/of", encoding="utf-8") as file:
            assert file.read().strip()
        # Cut off before the commands were where everybody finds them, or taken away since.
        os.remove(folder + "/usr/local/bin/awsbstat")
        assert install("") == "" and not os.path.exists(folder + "/asked")
        assert os.readlink(folder + "/usr/local/bin/awsbstat") == folder + "/opt/awsbatch-cli/bin/awsbstat"
        assert install("s3://bucket/a.tgz") == ""
        with open(folder + "/asked", encoding="utf-8") as file:
            asked = file.read()
        # What cannot be had leaves what is there, and nothing beside it.
        write(folder + "/pip", "exit 1\n")
        assert "cannot be installed" in install("s3://bucket/b.tgz")
        assert os.listdir(folder + "/opt") == ["awsbatch-cli"] and os.path.exists(folder + "/usr/local/bin/awsbsub")
        assert "--require-hashes" not in asked and asked.startswith("fetch s3://bucket/a.tgz\n") and f"{folder}/awsbatch/a.tgz" in asked, asked


# Counts the commands that change something, and ends the shell before the one of that number.
CUT = """put() { cut; printf '%%s\\n' "$2" >"$1"; }
cut() {
	count=$(cat %(f)s/count 2>/dev/null || echo 0)
	echo $((count + 1)) >%(f)s/count
	[ $count -ne %(n)d ] || kill -9 $$
}
""" + "".join(f'{name}() {{ cut; command {name} "$@"; }}\n' for name in ("rm", "sed", "mv", "ln"))


def test_cut():
    """Cut off before any of its commands, the installation comes to the same end the next time."""
    for number in range(1, 30):
        with tempfile.TemporaryDirectory() as folder:
            write(folder + "/hpcc/lib/awsbatch.txt", "pinned\n")
            write(folder + "/bin/python3.12", PYTHON.replace("@F", folder), 0o755)
            write(folder + "/pip", ": >\"${0%/*}/awsbsub\"\n: >\"${0%/*}/awsbstat\"\nchmod 755 \"${0%/*}\"/awsb*\n")
            os.makedirs(folder + "/usr/local/bin")
            os.makedirs(folder + "/opt")
            environment = {**os.environ, "PATH": folder + "/bin:" + os.environ["PATH"]}
            begin = "set -u\nHPCC=%s/hpcc\nlog() { echo \"log $*\"; }\ntimeout() { shift; \"$@\"; }\n" % folder + library(folder)
            cut = begin + CUT % {"f": folder, "n": number - 1} + "awsbatch_once\n"  # in no shell of its own, which would live on
            done = subprocess.run(["sh"], input=cut.encode(), capture_output=True, check=False, env=environment, cwd=folder)
            assert sh(begin + CUT % {"f": folder, "n": -1} + "awsbatch_install\n", folder, environment) == "", number
            for name in ("awsbsub", "awsbstat"):
                assert os.readlink(f"{folder}/usr/local/bin/{name}") == f"{folder}/opt/awsbatch-cli/bin/{name}", number
            assert os.listdir(folder + "/opt") == ["awsbatch-cli"] and os.path.exists(folder + "/opt/awsbatch-cli/of"), number
            if done.returncode == 0:
                break
    assert number > 7, number


def test_python():
    """The first that has what it takes; `pipes` is no more in 3.13."""
    with tempfile.TemporaryDirectory() as folder:
        said = shell("command() { :; }\nawsbatch_python || echo none\n", folder, LIBRARY)
        assert said and (said[0] == "none" or said[0].startswith("python3")), said
        environment = programs(folder, **{"python3.12": "exit 1", "python3.11": "exit 0"})
        done = subprocess.run(["sh", "-c", template(LIBRARY) + "\nawsbatch_python"], env=environment, capture_output=True, check=True)
        assert done.stdout == b"python3.11\n", done


def test_exports():
    """An instance waits until the head node answers, and mounts then; one that does not answer ends it."""
    for answers, expected in ((2, ["doing the wait for the head node", "attach 10.0.0.4:/home /home nfs hard,noatime,_netdev"]), (999, None)):
        with tempfile.TemporaryDirectory() as folder:
            text = """set -eu
tries=0
need() { :; }
doing() { echo "doing $1"; }
attach() { echo "attach $*"; }
timeout() { tries=$((tries + 1)); [ $tries -ge %d ]; }
sleep() { :; }
""" % answers + re.search(r"^try\(\) \{\n.*?^\}\n", template("batch/boot.sh"), re.M | re.S)[0] + template("batch/nfs.sh") + "\nnfs 10.0.0.4 /home\n"
            done = subprocess.run(["sh"], input=text.encode(), capture_output=True, check=False, cwd=folder)
            assert (done.stdout.decode().splitlines() == expected) if expected else done.returncode != 0, done


def test_job_image():
    """Two nodes of a job meet, the main one writes who is there, itself first; a job of one node begins at once."""
    with tempfile.TemporaryDirectory() as folder:
        environment = programs(
            folder, ip=f'echo "10.0.0.9 via 10.0.0.1 dev eth0 src 10.0.0.$AWS_BATCH_JOB_NODE_INDEX uid 0"', nproc="echo 4", sshd="exit 0", sleep="exit 0")
        script = template("jobimage/entrypoint.sh").replace("/run/sshd", folder + "/sshd").replace("/etc/ssh/", folder + "/")
        write(folder + "/entrypoint", script, 0o755)
        common = {**environment, "AWS_BATCH_JOB_ID": "job-1#", "AWS_BATCH_JOB_ATTEMPT": "1", "AWS_BATCH_JOB_MAIN_NODE_INDEX": "1",
                  "AWS_BATCH_JOB_NUM_NODES": "3", "PCLUSTER_HOSTS_DIR": folder + "/shared", "PCLUSTER_STACK_NAME": "c"}
        nodes = []
        for i in range(3):
            os.makedirs(f"{folder}/{i}/.ssh")
            nodes.append(subprocess.Popen(["bash", folder + "/entrypoint", "sh", "-c", "cat ~/hostfile 2>/dev/null; echo runs"], stdout=subprocess.PIPE,
                                          env={**common, "HOME": f"{folder}/{i}", "AWS_BATCH_JOB_ID": f"job-1#{i}", "AWS_BATCH_JOB_NODE_INDEX": str(i)}))
        said = [node.communicate()[0].decode() for node in nodes]
        assert said[1] == "10.0.0.1 slots=4\n10.0.0.0 slots=4\n10.0.0.2 slots=4\nruns\n", said
        assert said[0] == said[2] == "runs\n", said
        assert os.listdir(folder + "/shared") == []
        with open(folder + "/0/.ssh/environment", encoding="utf-8") as file:
            assert "PCLUSTER_STACK_NAME=c\n" in file.read()
        alone = subprocess.run(["bash", folder + "/entrypoint", "echo", "alone"], env=environment, capture_output=True, check=True)
        assert alone.stdout == b"alone\n", alone


def test_pins():
    """Each has a sum, and the package is among them."""
    lines = [line for line in template("awsbatch/lib/awsbatch.txt").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines), lines
    assert any(line.startswith("aws-parallelcluster-awsbatch-cli==1.") for line in lines) and len(lines) > 8


def main():
    assert os.path.isdir(SOURCE)
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()


main()

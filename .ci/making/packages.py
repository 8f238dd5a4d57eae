# SPDX-License-Identifier: Apache-2.0
"""What a program is handed out in: archives, .deb, .rpm, an image. All of it the same for the same commit."""
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUMMARY = "Compiler from descriptions of HPC clusters to CloudFormation templates"
PAGES = ["guide", "language", "reference", "differences", "ci", "facts", "runtime", "containers"]
MAINTAINER = "The authors of hpcc <hpcc@example.com>"


def now():
    return int(os.environ["SOURCE_DATE_EPOCH"])


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def put(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def stage(tree, program, native, work):
    """A folder with bin/ and share/ as they are installed below a prefix."""
    shutil.rmtree(tree, ignore_errors=True)
    put(tree + "/bin/hpcc", read(program), 0o755)
    put(tree + "/share/man/man1/hpcc.1.gz", gzip.compress(output_of([native, "man"]), mtime=0))
    for shell, name in (("bash", "bash-completion/completions/hpcc"), ("zsh", "zsh/site-functions/_hpcc"),
                        ("fish", "fish/vendor_completions.d/hpcc.fish")):
        put(f"{tree}/share/{name}", output_of([native, "completion", shell]))
    folder = tree + "/share/doc/hpcc/"
    for name in ("README.md", "CHANGELOG.md", "LICENSE", *(f"doc/{page}.md" for page in PAGES)):
        put(folder + name, read(os.path.join(ROOT, name)))
    put(folder + "licences.txt", read(work + "/licences.txt"))
    return tree


def entry(name, size, mode):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, mode, now()
    return info


def add_tree(tar, tree, prefix):
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            data = read(path)
            tar.addfile(entry(os.path.join(prefix, os.path.relpath(path, tree)), len(data),
                              os.stat(path).st_mode & 0o777), io.BytesIO(data))


def archive(tree, path, prefix):
    with open(path, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed, \
            tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        add_tree(tar, tree, prefix)


def deb(tree, target, version, out):
    """Debian wants the licence as `copyright`, and completions of zsh in a place of its own."""
    root = os.path.join(os.path.dirname(tree), "deb")
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(tree, root + "/usr")
    os.rename(root + "/usr/share/doc/hpcc/LICENSE", root + "/usr/share/doc/hpcc/copyright")
    os.rename(root + "/usr/share/zsh/site-functions", root + "/usr/share/zsh/vendor-completions")
    size = sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(root) for name in names)
    put(root + "/DEBIAN/control", f"""Package: hpcc
Version: {version}
Architecture: {target.deb}
Maintainer: {MAINTAINER}
Section: admin
Priority: optional
Installed-Size: {(size + 1023) // 1024}
Description: {SUMMARY}
 hpcc checks files that describe clusters, written as for AWS ParallelCluster
 3, or what clusters stand on, and compiles each to one CloudFormation
 template. It needs no network.
""".encode())
    os.chmod(root, 0o755)
    for folder, folders, _ in os.walk(root):
        for name in folders:
            os.chmod(os.path.join(folder, name), 0o755)
    quietly(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, f"{out}/hpcc_{version}_{target.deb}.deb"])


def rpm(tree, target, version, out):
    top = os.path.join(os.path.dirname(tree), "rpm")
    shutil.rmtree(top, ignore_errors=True)
    files = "".join(f"/usr/{os.path.relpath(os.path.join(folder, name), tree)}\n"
                    for folder, folders, names in os.walk(tree) for name in sorted(names))
    put(top + "/hpcc.spec", f"""Name: hpcc
Version: {version}
Release: 1
Summary: {SUMMARY}
License: Apache-2.0 AND MIT AND BSD-3-Clause
AutoReqProv: no
%description
hpcc checks files that describe clusters, written as for AWS ParallelCluster
3, or what clusters stand on, and compiles each to one CloudFormation
template. It needs no network.
%install
mkdir -p %{{buildroot}}/usr
cp -a {tree}/. %{{buildroot}}/usr/
%files
%defattr(-,root,root)
%dir /usr/share/doc/hpcc
%dir /usr/share/doc/hpcc/doc
{files}""".encode())
    settings = {"_topdir": top, "_rpmdir": out, "_rpmfilename": f"hpcc-{version}-1.%{{ARCH}}.rpm", "_buildhost": "hpcc",
                "use_source_date_epoch_as_buildtime": "1", "clamp_mtime_to_source_date_epoch": "1",
                "__os_install_post": "%{nil}", "debug_package": "%{nil}", "_build_id_links": "none",
                "_binary_payload": "w9.gzdio"}
    options = [word for name, value in settings.items() for word in ("--define", f"{name} {value}")]
    for folder, _, names in os.walk(tree):  # rpm keeps times up to the commit's
        for name in [".", *names]:
            os.utime(os.path.join(folder, name), (now(), now()))
    quietly(["rpmbuild", "-bb", "--quiet", "--target", f"{target.cpu}-linux", *options, top + "/hpcc.spec"])


def quietly(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{result.stdout}\nrelease: {command[0]}: exit status {result.returncode}")


# ---- the image ----

def blob(blobs, data, media_type):
    """A descriptor of the OCI image specification; the data goes to `blobs`."""
    name = hashlib.sha256(data).hexdigest()
    blobs[name] = data
    return {"mediaType": media_type, "digest": "sha256:" + name, "size": len(data)}


def layer(copies, context):
    """The one layer of an image: the files that COPY names, with their folders."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        seen = {"."}
        for source, place in copies:
            parts = place.strip("/").split("/")
            for n in range(1, len(parts)):
                if "/".join(parts[:n]) not in seen:
                    seen.add("/".join(parts[:n]))
                    info = entry("/".join(parts[:n]), 0, 0o755)
                    info.type = tarfile.DIRTYPE
                    tar.addfile(info)
            data = read(context[source])
            tar.addfile(entry("/".join(parts), len(data), 0o755 if source == "hpcc" else 0o644), io.BytesIO(data))
    return buffer.getvalue()


def image(programs, containerfile, path, version):
    """An OCI archive (image-layout 1.0.0) of one image for each architecture, as the Containerfile says."""
    created = subprocess.run(["date", "-u", "-d", f"@{now()}", "+%Y-%m-%dT%H:%M:%SZ"], capture_output=True, text=True,
                             check=True).stdout.strip()
    with open(containerfile, encoding="utf-8") as file:
        lines = [line.split(None, 1) for line in file.read().splitlines() if line and not line.startswith("#")]
    said = dict(lines)
    copies = [rest.split() for word, rest in lines if word == "COPY"]
    if set(said) != {"FROM", "COPY", "WORKDIR", "USER", "ENTRYPOINT"} or said["FROM"] != "scratch":
        sys.exit(f"release: {containerfile} says what packages.image does not know")
    blobs, manifests = {}, []
    work = os.path.join(ROOT, "build", "release")
    for target, program in programs:
        tar = layer(copies, {"hpcc": program, "licences.txt": work + "/licences.txt"})
        packed = blob(blobs, gzip.compress(tar, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip")
        settings = blob(blobs, json.dumps({
            "created": created, "architecture": target.deb, "os": target.system,
            "config": {"User": said["USER"], "WorkingDir": said["WORKDIR"], "Entrypoint": json.loads(said["ENTRYPOINT"]),
                       "Labels": {"org.opencontainers.image.version": version,
                                  "org.opencontainers.image.title": "hpcc"}},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
            "history": [{"created": created, "created_by": "Containerfile"}]}).encode(),
            "application/vnd.oci.image.config.v1+json")
        manifest = blob(blobs, json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                           "config": settings, "layers": [packed]}).encode(),
                        "application/vnd.oci.image.manifest.v1+json")
        manifests.append({**manifest, "platform": {"architecture": target.deb, "os": target.system}})
    index = blob(blobs, json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                                    "manifests": manifests}).encode(), "application/vnd.oci.image.index.v1+json")
    index["annotations"] = {"org.opencontainers.image.ref.name": version}
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
             "index.json": json.dumps({"schemaVersion": 2, "manifests": [index]}).encode(),
             **{"blobs/sha256/" + name: data for name, data in blobs.items()}}
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted(files.items()):
            tar.addfile(entry(name, len(data), 0o644), io.BytesIO(data))

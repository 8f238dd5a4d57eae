# SPDX-License-Identifier: Apache-2.0
"""The libraries that hpcc links: where their sources come from, and how they are compiled for any target.

The tarballs are upstream's, as Debian keeps them. Each sum stands in the .dsc that Debian signed, and was compared on
2026-11-28 with a packager who fetched it from upstream: libyaml in Homebrew's formula, Jansson in Termux's package,
PCRE2 in the Bazel workspace of a program that uses it.
"""
import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

PCRE2 = ("auto_possess chartables compile config context convert dfa_match error extuni find_bracket jit_compile "
         "maketables match match_data newline ord2utf pattern_info script_run serialize string_utils study substitute "
         "substring tables ucd valid_utf xclass")  # NON-AUTOTOOLS-BUILD; jit_compile is empty without SUPPORT_JIT


@dataclasses.dataclass
class Library:
    name: str
    version: str
    licence: str  # SPDX
    licence_file: str
    upstream: str  # where the tarball was published
    pool: str  # its path in Debian's archive
    sha256: str
    pkg_config: str
    archive: str  # lib….a
    headers: dict  # file: name under which it is included
    files: list  # what to compile, in src/
    flags: list
    folder: str = ""

    def source(self, name):
        return os.path.join(self.folder, name)


LIBRARIES = [
    Library("libyaml", "0.2.5", "MIT", "License", "https://github.com/yaml/libyaml/archive/0.2.5.tar.gz",
            "liby/libyaml/libyaml_0.2.5.orig.tar.gz",
            "fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e", "yaml-0.1", "yaml",
            {"include/yaml.h": "yaml.h"}, "api dumper emitter loader parser reader scanner writer".split(),
            ["-DYAML_VERSION_MAJOR=0", "-DYAML_VERSION_MINOR=2", "-DYAML_VERSION_PATCH=5",
             '-DYAML_VERSION_STRING="0.2.5"']),
    Library("jansson", "2.14", "MIT", "LICENSE", "https://github.com/akheron/jansson/archive/v2.14.tar.gz",
            "j/jansson/jansson_2.14.orig.tar.gz",
            "c739578bf6b764aa0752db9a2fdadcfe921c78f1228c7ec0bb47fa804c55d17b", "jansson", "jansson",
            {"src/jansson.h": "jansson.h", "android/jansson_config.h": "jansson_config.h"},
            "dump error hashtable hashtable_seed load memory pack_unpack strbuffer strconv utf value version".split(),
            ["-DHAVE_STDINT_H", "-DHAVE_UNISTD_H", "-DHAVE_FCNTL_H", "-DHAVE_SYS_TYPES_H", "-DHAVE_SYS_STAT_H",
             "-DHAVE_OPEN", "-DHAVE_CLOSE", "-DHAVE_READ", "-DUSE_URANDOM"]),
    Library("pcre2", "10.42", "BSD-3-Clause", "LICENCE",
            "https://github.com/PCRE2Project/pcre2/releases/download/pcre2-10.42/pcre2-10.42.tar.gz",
            "p/pcre2/pcre2_10.42.orig.tar.gz",
            "c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f", "libpcre2-8", "pcre2-8",
            {"src/pcre2.h.generic": "pcre2.h", "src/config.h.generic": "config.h",
             "src/pcre2_chartables.c.dist": "pcre2_chartables.c"}, ["pcre2_" + name for name in PCRE2.split()],
            ["-DPCRE2_CODE_UNIT_WIDTH=8", "-DHAVE_CONFIG_H", "-DSUPPORT_UNICODE", "-DHAVE_MEMMOVE"]),
]


def debian_mirror():
    """The address that apt is set up with for the distribution's own packages."""
    result = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
                             "Component: main"], capture_output=True, text=True, check=False)
    places = [line for line in result.stdout.split() if line.rstrip("/").endswith(("/debian", "/ubuntu"))]
    return places[0].rstrip("/") if places else "http://deb.debian.org/debian"


def sum_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def fetch(cache):
    """The libraries with their sources unpacked beside the tarballs in `cache`."""
    os.makedirs(cache, exist_ok=True)
    for library in LIBRARIES:
        tarball = os.path.join(cache, os.path.basename(library.pool))
        if not os.path.exists(tarball):
            subprocess.run(["/usr/lib/apt/apt-helper", "-o", "APT::Sandbox::User=root", "download-file",
                            f"{debian_mirror()}/pool/main/{library.pool}", tarball, "SHA256:" + library.sha256],
                           check=True, stdout=subprocess.DEVNULL)
        if sum_of(tarball) != library.sha256:
            sys.exit(f"release: {tarball} is not what its sum says; it was published at {library.upstream}")
        library.folder = os.path.join(cache, f"{library.name}-{library.version}")
        shutil.rmtree(library.folder, ignore_errors=True)
        with tarfile.open(tarball) as tar:
            tar.extractall(cache)
    return LIBRARIES


def build_libraries(libraries, compiler, zig, folder):
    """Static libraries and pkg-config's files for one compiler, in FOLDER/lib; done once for the same sources."""
    lib, include, objects = (os.path.join(folder, name) for name in ("lib", "include", "objects"))
    stamp = os.path.join(lib, "made-of")
    made_of = repr((compiler, [(x.sha256, x.flags, x.files) for x in libraries]))
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == made_of:
        return lib
    for path in (lib + "/pkgconfig", include, objects):
        os.makedirs(path, exist_ok=True)
    open(include + "/jansson_private_config.h", "w", encoding="ascii").close()  # what configure would find out
    for library in libraries:
        for name, as_name in library.headers.items():
            shutil.copy(library.source(name), os.path.join(include, as_name))
        commands, made = [], []
        for name in library.files:
            path = library.source(f"src/{name}.c")
            made.append(f"{objects}/{library.name}-{name}.o")
            commands.append([*compiler, "-O2", "-ffunction-sections", "-I" + include, "-I" + library.source("src"),
                             *library.flags, "-c", path if os.path.exists(path) else f"{include}/{name}.c",
                             "-o", made[-1]])
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda command: subprocess.run(command, check=True), commands))
        archive = f"{lib}/lib{library.archive}.a"
        if os.path.exists(archive):
            os.unlink(archive)
        subprocess.run([zig, "ar", "rcs", archive, *made], check=True)
        with open(f"{lib}/pkgconfig/{library.pkg_config}.pc", "w", encoding="utf-8") as file:
            file.write(f"Name: {library.name}\nDescription: {library.name}\nVersion: {library.version}\n"
                       f"Cflags: -isystem {include}\nLibs: -L{lib} -l{library.archive}\n")
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(made_of)
    return lib

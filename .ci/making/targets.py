# SPDX-License-Identifier: Apache-2.0
"""What hpcc is released for: one row a target, and its names in the world outside."""
import dataclasses
import platform


@dataclasses.dataclass(frozen=True)
class Target:
    name: str  # in file names
    triple: str  # zig's
    system: str  # meson's
    cpu: str  # meson's family
    deb: str = ""  # architecture in .deb and in images (there Go's names, which are the same)
    flags: tuple = ()

    def native(self):
        """Does the program run on this machine?"""
        return platform.system().lower() == self.system and platform.machine() == self.cpu


TARGETS = [
    Target("linux-x86_64", "x86_64-linux-musl", "linux", "x86_64", "amd64"),
    Target("linux-aarch64", "aarch64-linux-musl", "linux", "aarch64", "arm64"),
    Target("macos-x86_64", "x86_64-macos", "darwin", "x86_64"),
    Target("macos-arm64", "aarch64-macos", "darwin", "aarch64"),
    Target("wasi", "wasm32-wasi", "wasi", "wasm32"),
]

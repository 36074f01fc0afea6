"""Executes the Dockerfile without a container engine: its steps on a Debian in a folder.

debootstrap makes the base in place of python:3.13-slim (also Debian trixie with Python
3.13). Every instruction that changes the file system or the environment is executed as
written in the Dockerfile; an unknown one raises ValueError.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.publishing import dockerfile
from tests.publishing.dockerfile import Instruction
from tests.publishing.package import PROJECT

BASE = "python:3.13-slim"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_DEBOOTSTRAP_SECONDS = 900
_STEP_SECONDS = 600
# Metadata for people who run the container, and for the tests.
_DESCRIBES = {"VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD"}


@dataclass
class Image:
    """A folder with a root file system, and the environment of the container's process."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"

    def run(self, command: str) -> None:
        """RUN: run a shell in it, with the network of this machine."""
        subprocess.run(
            ["chroot", self.root, "/bin/sh", "-c", f"cd {self.folder} && {command}"],
            env={**_of_this_machine(), **self.environment},
            check=True,
            timeout=_STEP_SECONDS,
        )

    def path(self, inside: str) -> Path:
        """A path in the image as one on this machine."""
        return self.root / os.path.join(self.folder, inside).lstrip("/")


def debian(folder: Path) -> Path:
    """A minimal Debian with Python in `folder`; made once and kept there."""
    root = folder / "debian"
    if not (root / "complete").exists():
        shutil.rmtree(root, ignore_errors=True)
        packages = "python3,python3-venv,ca-certificates"
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={packages}", "trixie", root],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=_DEBOOTSTRAP_SECONDS,
        )
        (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")  # as in the official image
        (root / "complete").touch()
    return root


def build(base: Path, folder: Path) -> Image:
    """Build the last stage of the Dockerfile."""
    stages: list[Image] = []
    names: dict[str, Image] = {}
    for one in dockerfile.read(PROJECT / "Dockerfile"):
        if one.name == "FROM":
            image, _, name = one.text.partition(" AS ")
            if image.partition("@")[0] != BASE:
                raise ValueError(f"another base: {image}")
            stages.append(Image(_copied(base, folder / f"stage-{len(stages)}")))
            names[name] = stages[-1]
        else:
            _do(one, stages[-1], names)
    return stages[-1]


def _copied(base: Path, target: Path) -> Path:
    subprocess.run(["cp", "--archive", base, target], check=True, timeout=_STEP_SECONDS)
    # How this machine reaches the package index is its own matter, and no step of the image.
    files = ("/etc/resolv.conf", "/etc/pip.conf", CERTIFICATES)
    for file in files:
        if Path(file).is_file():
            shutil.copy(file, target / file.lstrip("/"))
    return target


def _of_this_machine() -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name.endswith("_proxy")}
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **given} | {
        "PIP_CERT": CERTIFICATES
    }


def _do(one: Instruction, image: Image, names: dict[str, Image]) -> None:
    if one.name == "ENV":
        for name, value in re.findall(r"(\w+)=(\S+)", one.text):
            path = _of_this_machine()["PATH"]
            image.environment[name] = value.replace("$PATH", path)
    elif one.name == "WORKDIR":
        image.folder = one.text
        image.path("").mkdir(parents=True, exist_ok=True)
    elif one.name == "COPY":
        _copy(one.text, image, names)
    elif one.name == "RUN":
        image.run(one.text)
    elif one.name not in _DESCRIBES:
        raise ValueError(f"not known here: {one.name}")


def _copy(text: str, image: Image, names: dict[str, Image]) -> None:
    *sources, target = text.split()
    origin = PROJECT
    if sources[0].startswith("--from="):
        origin = names[sources.pop(0).removeprefix("--from=")].root
    for source in sources:
        found = origin / source.lstrip("/")
        place = image.path(target)
        if found.is_dir():
            shutil.copytree(found, place, symlinks=True, ignore=_ignored, dirs_exist_ok=True)
        else:
            shutil.copy(found, place if target.endswith("/") else place.parent / place.name)


def _ignored(folder: str, names: list[str]) -> set[str]:
    """What .dockerignore excludes from folders that are copied."""
    if not Path(folder).is_relative_to(PROJECT):
        return set()
    return {one for one in names if one == "__pycache__" or one.startswith(".")}

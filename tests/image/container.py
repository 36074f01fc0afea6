"""A container without an engine: a read-only root, a data folder, a user, few capabilities."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.image.root_file_system import Image
from tests.publishing import dockerfile
from tests.publishing.package import PROJECT
from tests.servers.server_process import free_port

INSTRUCTIONS = dockerfile.read(PROJECT / "Dockerfile")
ENTRYPOINT = dockerfile.only(INSTRUCTIONS, "ENTRYPOINT").words()
COMMAND = dockerfile.only(INSTRUCTIONS, "CMD").words()
HEALTHCHECK: list[str] = json.loads(
    dockerfile.only(INSTRUCTIONS, "HEALTHCHECK").text.partition("CMD ")[2]
)
_RIGHTS = "+chown,+dac_read_search,+setgid,+setuid"
"""What compose.yaml adds; a test holds the two together."""
_READY_SECONDS = 60


@dataclass(frozen=True)
class Container:
    """`user` is the argument of `docker run --user`; "" is the image's own, which is root."""

    image: Image
    data: Path
    settings: Mapping[str, str]
    user: str = ""

    def command(self, words: list[str]) -> list[str]:
        """A process in its own mount namespaces, from which only `data` can be written."""
        root = shlex.quote(str(self.image.root))
        mounts = (
            "mount --make-rprivate /",
            f"mount --bind {root} {root}",
            f"mount --bind {shlex.quote(str(self.data))} {root}/data",
            f"mount -o remount,bind,ro {root}",
            f"mount -t tmpfs none {root}/tmp",
            f"mount -t proc none {root}/proc",
            f"mount --rbind /dev {root}/dev",
        )
        return [
            "unshare",
            "--mount",
            "--",
            "sh",
            "-ec",
            f"{'; '.join(mounts)}; {self._enter(words)}",
        ]

    def _enter(self, words: list[str]) -> str:
        limits = f"--no-new-privs --bounding-set -all,{_RIGHTS}"
        if self.user:
            limits += f" --reuid {self.user} --regid {self.user} --clear-groups --inh-caps -all"
        environment = {**self.image.environment, **self.settings}
        assignments = shlex.join(f"{name}={value}" for name, value in environment.items())
        inside = f"cd {self.image.folder} && exec setpriv {limits} {shlex.join(words)}"
        root = shlex.quote(str(self.image.root))
        return f"exec env -i {assignments} chroot {root} /bin/sh -c {shlex.quote(inside)}"

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`docker run --rm -i IMAGE WORDS`, to completion."""
        return self._run([*ENTRYPOINT, *words], stdin)

    def execute(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`docker exec CONTAINER WORDS`, to completion."""
        return self._run(list(words))

    def is_healthy(self) -> bool:
        """The Dockerfile's HEALTHCHECK."""
        return self._run(HEALTHCHECK).returncode == 0

    def _run(self, words: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(words),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def serving(self, log: Path) -> Iterator[Served]:
        """The Dockerfile's CMD, until the block or the container ends; `docker stop` ends it."""
        port = free_port()
        at = {**self.settings, "HELPR_BIND": f"127.0.0.1:{port}"}
        container = Container(self.image, self.data, at, self.user)
        with log.open("wb") as output:
            process = subprocess.Popen(
                container.command([*ENTRYPOINT, *COMMAND]), stdout=output, stderr=output
            )
        served = Served(container, process, port, log)
        try:
            served.wait_until_ready()
            yield served
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(_READY_SECONDS)


@dataclass(frozen=True)
class Served:
    """A running container."""

    container: Container
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> None:
        """Raises RuntimeError with its output if it does not start."""
        give_up_at = time.monotonic() + _READY_SECONDS
        while time.monotonic() < give_up_at and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"the container did not start:\n{self.log.read_text()}")

    def users(self) -> set[int]:
        """The user ids of the server and its workers."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return {Path(f"/proc/{pid}").stat().st_uid for pid in pids}


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

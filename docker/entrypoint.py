"""What the container starts: Helpr, with no setting except where its data is.

    docker run -p 7071:7071 -v ./data:/data helpr                     serves the page
    docker run --rm -it -v ./data:/data helpr hash-password           any other command of Helpr
    docker exec helpr helpr check                                     the same where it runs

Started as root, it gives the data folder to PUID:PGID and continues as that user; started as
another user, it stays that user. Only the standard library, because it runs before anything else.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

DATA = Path("/data")
KEY_FILE = "secret-key"
SETTINGS_FILE = "helpr.env"
DEFAULT_ID = "10001"
DEFAULT_BIND = "0.0.0.0:7071"
_BIND = re.compile(r"(\[[0-9A-Fa-f:]+\]|[\w.-]+):(\d{1,5})")
_REQUIRED = ("PLEX_TOKEN", "PLEX_SERVER_NAME")


class NotPossible(Exception):
    """Helpr cannot start like this; the text says what to do."""


def main(words: list[str]) -> None:
    """Prepare the data folder, then become the command. Raises NotPossible."""
    drop_root(DATA)
    os.umask(0o077)  # nobody else may read the database, its backups and the key
    require_writable(DATA)
    os.environ.setdefault("HOME", "/tmp")
    if not (os.environ.get("SECRET_KEY") or names_secret_key(DATA / SETTINGS_FILE)):
        os.environ["SECRET_KEY"] = kept_secret_key(DATA)
    if words[:1] not in ([], ["serve"]):
        become([sys.executable, "-m", "helpr_core", *words])
    host, port = address(os.environ)
    print(started_text(port), flush=True)
    become(gunicorn(host, port))


def drop_root(data: Path) -> None:
    """Change from root to PUID:PGID, with the data folder owned by that user; other users stay."""
    if os.geteuid() != 0:
        return
    uid, gid = (_id(name) for name in ("PUID", "PGID"))
    data.mkdir(exist_ok=True)
    for path in (data, *sorted(data.rglob("*"))):
        try:
            if (path.lstat().st_uid, path.lstat().st_gid) != (uid, gid):
                os.chown(path, uid, gid, follow_symlinks=False)
        except OSError as exc:
            # Network shares often refuse this but still let the user write.
            print(f"{path}: owner not changed ({exc.strerror})", file=sys.stderr)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _id(name: str) -> int:
    text = os.environ.get(name) or DEFAULT_ID
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise NotPossible(f"{name} must be the number of a user or group, and not 0 (root).")
    return int(text)


def require_writable(data: Path) -> None:
    """Find out now, not when the first friend asks."""
    probe = data / f".writable-{os.getpid()}"
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as exc:
        who = f"{os.geteuid()}:{os.getegid()}"
        raise NotPossible(
            f"{data} cannot be written by user {who} ({exc.strerror}).\n"
            f"On the host: chown -R {who} the folder that is mounted there, or set PUID and PGID\n"
            "to the user it belongs to. Without a mount: -v ./data:/data"
        ) from exc


def names_secret_key(settings_file: Path) -> bool:
    """Whether the owner's file has its own key: the environment would take precedence over it."""
    if not settings_file.exists():
        return False
    text = settings_file.read_text("utf-8", errors="replace")
    return re.search(r"^\s*(export\s+)?SECRET_KEY\s*=\s*\S", text, re.MULTILINE) is not None


def kept_secret_key(data: Path) -> str:
    """The key in the data folder, created at the first start; of two processes, one creates it."""
    path = data / KEY_FILE
    if not path.exists():
        _make_secret_key(path)
    key = path.read_text("ascii").strip()
    if len(key) < 32:
        raise NotPossible(
            f"{path} does not hold a key of at least 32 characters. Delete it, and a new\n"
            "one is made: the dashboard then asks you to sign in again."
        )
    return key


def _make_secret_key(path: Path) -> None:
    """Completely or not at all: nobody reads half of it, and an existing one stays."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(32)}\n")
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    except OSError:  # a network share without hard links
        os.replace(unfinished, path)
    with suppress(FileNotFoundError):
        os.unlink(unfinished)


def address(environ: Mapping[str, str]) -> tuple[str, int]:
    """Host and port of HELPR_BIND."""
    found = _BIND.fullmatch(environ.get("HELPR_BIND") or DEFAULT_BIND)
    if found is None or not 0 < int(found[2]) < 65536:
        raise NotPossible("HELPR_BIND must be HOST:PORT, such as 0.0.0.0:7071 or [::]:7071.")
    return found[1], int(found[2])


def started_text(port: int) -> str:
    """What to open now."""
    public = os.environ.get("HELPR_PUBLIC_URL") or f"http://ADDRESS-OF-THIS-MACHINE:{port}"
    lines = [f"Helpr: {public}"]
    configured = (DATA / SETTINGS_FILE).exists() or all(os.environ.get(n) for n in _REQUIRED)
    if not configured:
        lines.append(
            "Where it is not set up yet, an address that begins with /setup/ follows: open"
        )
        lines.append(f"it at {public} and sign in with Plex there. Settings may come from the")
        lines.append(f"container's environment or {DATA / SETTINGS_FILE} as well.")
    return "\n".join(lines)


def gunicorn(host: str, port: int) -> list[str]:
    """Two processes with eight threads each. A friend waits at most 20 s for plex.tv, and a stop
    waits for requests being answered. The workers' heartbeat file is in memory, because on a slow
    disk gunicorn would think a worker dead."""
    options = {
        "workers": "2",
        "threads": "8",
        "timeout": "60",
        "graceful-timeout": "30",
        "worker-tmp-dir": "/dev/shm",
        "bind": f"{host}:{port}",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return ["gunicorn", *words, "helpr_core.wsgi:application"]


def become(words: list[str]) -> None:
    """Replace this process, so that signals reach the server."""
    os.execvp(words[0], words)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except NotPossible as exc:
        sys.exit(str(exc))

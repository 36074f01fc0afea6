"""Files that a command writes where its owner says: why one cannot be written, and what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpr_core.commands.failed import CommandFailed

_CAUSES = {
    errno.EACCES: "file.not_allowed",
    errno.EPERM: "file.not_allowed",
    errno.EROFS: "file.read_only",
    errno.ENOSPC: "file.no_space",
    errno.EDQUOT: "file.no_space",
    errno.ENAMETOOLONG: "file.long_name",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """While the block writes that file: an OSError becomes a CommandFailed that says why."""
    try:
        yield
    except OSError as exc:
        raise _failed(path, exc) from exc


def require_writable(path: Path) -> None:
    """Raise CommandFailed if that file could not be written: before questions are asked for it."""
    with writing(path):
        if not os.access(path if path.exists() else path.parent, os.W_OK) or path.is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _failed(path: Path, error: OSError) -> CommandFailed:
    folder = path.absolute().parent
    try:
        if path.is_dir():
            cause = "file.is_folder"
        elif isinstance(error, FileExistsError):
            cause = "file.exists"
        elif not folder.is_dir():
            cause = "file.no_folder"
        else:
            cause = _CAUSES.get(error.errno or 0, "file.other")
    except OSError as exc:  # a name that cannot be one, or a folder that may not be looked into
        cause = _CAUSES.get(exc.errno or 0, "file.other")
    named = error.strerror or type(error).__name__
    return CommandFailed(cause, file=str(path), folder=str(folder), error=named)

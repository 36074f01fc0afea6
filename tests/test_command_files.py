"""What is said of a file that cannot be written, for each reason the system may give."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from helpr_core.commands.failed import CommandFailed
from helpr_core.commands.files import require_writable, writing
from helpr_core.texts import say


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "may not be written by the user that runs this command"),
        (errno.EPERM, "may not be written by the user that runs this command"),
        (errno.EROFS, "is read-only; name another folder"),
        (errno.ENOSPC, "is full; free some space"),
        (errno.EDQUOT, "is full; free some space"),
        (errno.EIO, "cannot be written: Input/output error"),
    ],
    ids=errno.errorcode.get,
)
def test_each_reason_has_its_sentence(number: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed) as caught, writing(tmp_path / "file"):
        raise OSError(number, os.strerror(number), "/a/temporary/name")
    assert said in say(caught.value.words)
    assert "temporary" not in say(caught.value.words)


def test_a_file_is_tried_before_questions_are_asked_for_it(tmp_path: Path) -> None:
    require_writable(tmp_path / "new.json")
    (tmp_path / "old.json").write_text("{}")
    require_writable(tmp_path / "old.json")
    assert (tmp_path / "old.json").read_text() == "{}"
    with pytest.raises(CommandFailed, match="is a folder"):
        require_writable(tmp_path)
    with pytest.raises(CommandFailed, match="create it first"):
        require_writable(tmp_path / "absent" / "new.json")

"""The two files that hold settings on one's own computer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpr_core.local_settings import load_local_settings

NAMES = ("HELPR_TEST_ONE", "HELPR_TEST_TWO", "HELPR_TEST_THREE")


@pytest.fixture(autouse=True)
def _environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        # Set and deleted, so that monkeypatch takes away what the function will add.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def load(root: Path) -> list[str | None]:
    load_local_settings(root)
    return [os.environ.get(name) for name in NAMES]


def test_without_files_nothing_happens(tmp_path: Path) -> None:
    assert load(tmp_path) == [None, None, None]


def test_the_environment_wins_then_the_json_then_dotenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAMES[0], "environment")
    (tmp_path / "local.settings.json").write_text(
        '{"IsEncrypted": false, "Values": {"HELPR_TEST_ONE": "json", "HELPR_TEST_TWO": "json"}}'
    )
    (tmp_path / ".env").write_text("\n".join(f"{name}='dotenv'" for name in NAMES))
    assert load(tmp_path) == ["environment", "json", "dotenv"]


def test_a_file_that_windows_wrote_is_read(tmp_path: Path) -> None:
    text = '{"Values": {"HELPR_TEST_ONE": "Fernsehgerät"}}'
    (tmp_path / "local.settings.json").write_text(text, "utf-8-sig")
    assert load(tmp_path) == ["Fernsehgerät", None, None]


def test_a_name_without_a_value_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HELPR_TEST_ONE\nHELPR_TEST_TWO=\n")
    (tmp_path / "local.settings.json").write_text('{"Values": {"HELPR_TEST_THREE": ""}}')
    assert load(tmp_path) == [None, None, None]


def test_an_empty_value_in_the_json_does_not_hide_the_one_in_dotenv(tmp_path: Path) -> None:
    # local.settings.json is copied from an example in which most values are empty.
    (tmp_path / "local.settings.json").write_text('{"Values": {"HELPR_TEST_ONE": ""}}')
    (tmp_path / ".env").write_text("HELPR_TEST_ONE=dotenv")
    assert load(tmp_path) == ["dotenv", None, None]


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[]", "{}", '{"Values": []}', '{"Values": "x"}', '{"Values": null}', "null"],
)
def test_what_is_no_settings_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "local.settings.json").write_text(text)
    with pytest.raises(ValueError, match=r"^local.settings.json is not JSON with an object"):
        load_local_settings(tmp_path)


def test_bytes_that_are_no_text_are_refused_too(tmp_path: Path) -> None:
    (tmp_path / "local.settings.json").write_bytes(b'{"Values": {"HELPR_TEST_ONE": "\xff"}}')
    with pytest.raises(ValueError, match=r"^local.settings.json is not JSON"):
        load_local_settings(tmp_path)


def test_values_that_are_no_text_are_named_and_not_shown(tmp_path: Path) -> None:
    text = '{"Values": {"B_NUMBER": 4711, "A_LIST": ["hunter2"], "HELPR_TEST_ONE": "good"}}'
    (tmp_path / "local.settings.json").write_text(text)
    with pytest.raises(ValueError, match=r"text in quotes: A_LIST, B_NUMBER$") as refused:
        load_local_settings(tmp_path)
    assert "hunter2" not in str(refused.value)
    assert NAMES[0] not in os.environ

"""The two files with settings on one's own computer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpr_core.configuration.local_files import WrongFileError, load_local_settings

NAMES = ("HELPR_TEST_ONE", "HELPR_TEST_TWO", "HELPR_TEST_THREE")


@pytest.fixture(autouse=True)
def _environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        # Set and deleted, so that monkeypatch removes what the function will add.
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


def test_a_file_saved_by_windows_is_read(tmp_path: Path) -> None:
    text = '{"Values": {"HELPR_TEST_ONE": "Fernsehgerät"}}'
    (tmp_path / "local.settings.json").write_text(text, "utf-8-sig")
    assert load(tmp_path) == ["Fernsehgerät", None, None]


def test_a_name_without_a_value_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HELPR_TEST_ONE\nHELPR_TEST_TWO=\n")
    (tmp_path / "local.settings.json").write_text('{"Values": {"HELPR_TEST_THREE": ""}}')
    assert load(tmp_path) == [None, None, None]


def test_an_empty_value_in_the_json_does_not_hide_the_one_in_dotenv(tmp_path: Path) -> None:
    # local.settings.json is copied from an example in which most values are empty.
    (tmp_path / "local.settings.json").write_text('{"Values": {"HELPR_TEST_ONE": ""}}')
    (tmp_path / ".env").write_text("HELPR_TEST_ONE=dotenv")
    assert load(tmp_path) == ["dotenv", None, None]


def message(root: Path) -> str:
    with pytest.raises(WrongFileError, match=", line ") as refused:
        load_local_settings(root)
    assert "hunter2" not in str(refused.value)
    assert not any(name in os.environ for name in NAMES)
    return str(refused.value)


def test_a_symlinked_file_is_reported_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "helpr.env").write_text("HELPR_TEST_ONE='hunter2\n")
    (tmp_path / ".env").symlink_to("helpr.env")
    assert message(tmp_path).startswith("helpr.env, line 1: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "line 1: this is not JSON"),
        ("not json", "line 1: this is not JSON"),
        *(
            (text, "line 1: there must be an object 'Values'")
            for text in ("[]", "{}", '{"Values": []}', '{"Values": "x"}', "null")
        ),
        ('{\n\n "Values": null}', "line 3: there must be an object 'Values'"),
        ('{\n "Values": {\n  // hunter2\n  "A": "x"}}', "line 3: a comment begins here"),
        ('{\n "Values": {\n  "A": "x" // hunter2\n }}', "line 3: a comment begins here"),
        ('{\n "Values": {\n  /* hunter2 */ "A": "x"}}', "line 3: a comment begins here"),
        ('// hunter2\n{"Values": {}}', "line 1: a comment begins here"),
        ('{"Values": {}}\n# hunter2', "line 2: a comment begins here"),
        ('{\n "Values": {\n  "A": "hunter2",\n\n }}', "line 3: there is a comma after the last"),
        ('{\n "Values": {"A": "x"},\n}', "line 2: there is a comma after the last"),
        ('{\n "Values": {\n  "A": "hunter2"\n  "B": "x"}}', "line 3: a comma is missing after"),
        ("{\n 'Values': {}}", "line 2: names and values must be in double quotes"),
        ('{\n "Values": {\n  "A": "hunter2', "line 3: this is not JSON"),
        ('{"Values": {\n "B": "x",\n "NUMBER": 4711}}', "line 3: NUMBER must be text in quotes"),
        ('{"Values": {\n "A_LIST": ["hunter2"]}}', "line 2: A_LIST must be text in quotes"),
        ('{"Values": {\n "B": true}}', "line 2: B must be text in quotes"),
        ('{"Values": {\n "B": "hunter2\\u0000"}}', "line 2: a name or value contains a character"),
        ('{"Values": {\n "B=C": "x"}}', "line 2: a name or value contains a character"),
    ],
)
def test_an_error_in_the_json_is_reported_with_its_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    (tmp_path / "local.settings.json").write_text(text)
    assert message(tmp_path).startswith(f"local.settings.json, {expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HELPR_TEST_ONE='x'\n\nHELPR_TEST_TWO='hunter2\n", "line 3: this is neither"),
        ("A=x\nthis is hunter2, and no setting\n", "line 2: this is neither"),
        ('A=x\n\n\nB="hunter2\n', "line 4: this is neither"),
    ],
)
def test_an_error_in_dotenv_is_reported_with_its_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    (tmp_path / ".env").write_text(text)
    assert message(tmp_path).startswith(f".env, {expected}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_both_files_are_read_in_any_encoding_used_by_windows(tmp_path: Path, encoding: str) -> None:
    json = '{"Values": {"HELPR_TEST_ONE": "Fernsehgerät"}}\r\n'
    (tmp_path / "local.settings.json").write_bytes(json.encode(encoding))
    (tmp_path / ".env").write_bytes("HELPR_TEST_TWO='é ✓'\r\nHELPR_TEST_THREE=x".encode(encoding))
    assert load(tmp_path) == ["Fernsehgerät", "é ✓", "x"]


@pytest.mark.parametrize("name", ["local.settings.json", ".env"])
def test_bytes_that_are_not_text_are_reported_with_their_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b'{"Values":\n{"A": "\xff"}}')
    assert message(tmp_path).startswith(f"{name}, line 2: it is not UTF-8")
    (tmp_path / name).write_bytes('{"Values": {"A": "x"}}'.encode("utf-16-le"))
    assert message(tmp_path).startswith(f"{name}, line 1: it seems to be UTF-16")


def test_a_folder_with_that_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert message(tmp_path) == ".env, line 1: it cannot be read: IsADirectoryError"

"""A backup from one kind of store is restored into each kind, and nothing is lost on the way."""

from __future__ import annotations

import gzip
import json
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.all_tables import metadata
from helpr_core.adapters.sql.backup_tables import NOT_THE_OWNERS, kept_tables
from helpr_core.adapters.sql.models import audit_events, decisions
from helpr_core.adapters.sql.schema import HEAD
from helpr_core.domain.audit import COMMAND_LINE, Actor, Door
from helpr_core.errors import BackupUnusable
from helpr_core.services.backup.file import BackupFile
from helpr_core.services.backup.service import OF_THE_PLACE
from helpr_core.services.ports import LIMITS, SITE
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

MADE_BY_0_1_0 = Path(__file__).with_name("made-by-0.1.0.jsonl.gz")
PLACES = ["sqlite", "postgresql", "postgresql and tables"]


@pytest.fixture
def open_place(
    request: pytest.FixtureRequest, new_worker: NewWorker, tmp_path: Path
) -> Callable[[str], Worker]:
    """Starts a worker on empty stores of the given kind."""
    numbers = iter(range(9))

    def start(place: str) -> Worker:
        if place == "sqlite":
            return new_worker(f"sqlite:///{tmp_path}/{next(numbers)}.db")
        url = request.getfixturevalue("migrated_postgres_database")()
        tables = request.getfixturevalue("azurite_tables") if "tables" in place else ""
        worker = new_worker(url, tables=tables)
        for entry in worker.state.list(SITE):  # one Azurite serves the whole run
            worker.state.delete(SITE, entry.key)
        return worker

    return start


def fill(worker: Worker) -> None:
    """A friend with an invite, somebody unknown to Plex, an action and the owner's settings."""
    worker.send("first-friend")
    worker.send("nobody1")
    worker.send("zoe@example.org")
    worker.parts.stores.settle_decisions()  # as a restore does: defaults are recorded
    actor = Actor(Door.SESSION, "owner", "reference")
    worker.parts.owner.audit_trail().note(
        actor, "invite_sent", "target", after={"title": "“Zoë”\n🎬"}
    )
    worker.state.put(SITE, "a-choice", {"title": "Ours"})


def everything(worker: Worker) -> dict[str, list[dict[str, Any]]]:
    """All rows of the owner's tables, and the settings in the state store."""
    with worker.database.single() as connection:
        found = {
            table.name: [
                dict(row)
                for row in connection.execute(
                    sa.select(table).order_by(*table.primary_key)
                ).mappings()
            ]
            for table in kept_tables()
        }
    found["site"] = [
        {entry.key: dict(entry.value)}
        for entry in worker.state.list(SITE)
        if (SITE, entry.key) not in OF_THE_PLACE
    ]
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("target", PLACES)
@pytest.mark.parametrize("source", PLACES)
def test_a_backup_is_restored_into_any_kind_of_store(
    source: str, target: str, open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    first = open_place(source)
    fill(first)
    before = everything(first)
    path = tmp_path / "helpr.jsonl.gz"
    counts = first.parts.backup.service().make(path)
    assert counts["invite_requests"] == 3

    second = open_place(target)
    second.parts.backup.service().restore(BackupFile(path))
    assert everything(second) == before

    later = second.send("another-friend")  # numbered after the restored ones
    assert [row[0] for row in second.rows()][-1] == later.email_or_username


@pytest.mark.parametrize("target", ["sqlite", "postgresql and tables"])
def test_links_that_were_handed_out_work_in_the_new_place(
    target: str, open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    first, path = open_place("sqlite"), tmp_path / "helpr.jsonl.gz"
    given = {"code": "sesame-street", "uses_limit": 2}
    made = first.parts.links().book().make(given, COMMAND_LINE).link
    first.parts.links().openings().note(made.link_id)
    first.parts.backup.service().make(path)
    assert b"sesame" not in gzip.decompress(path.read_bytes())

    second = open_place(target)
    second.parts.backup.service().restore(BackupFile(path))
    listed = second.parts.links().book().get(made.link_id)
    assert (listed.link.code, listed.statistics.opened) == ("sesame-street", 1)
    found = second.parts.links().find()("SESAME STREET")
    assert found is not None
    assert found.link_id == made.link_id
    if second.parts.stores.has_tables():
        assert second.parts.links().copies().find("sesame-street") is not None


def test_every_table_is_in_the_backup_or_has_a_reason_not_to_be() -> None:
    assert {table.name for table in kept_tables()} | NOT_THE_OWNERS == set(metadata.tables)


def test_a_database_with_rows_is_replaced_only_if_the_owner_says_so(
    open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place("sqlite")
    fill(worker)
    before = everything(worker)
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(path)
    worker.send("came-later")
    worker.state.put(SITE, "a-choice", {"title": "Changed"})
    with pytest.raises(BackupUnusable, match="--replace"):
        worker.parts.backup.service().restore(BackupFile(path))
    assert len(worker.rows()) == 4
    worker.parts.backup.service().restore(BackupFile(path), replace=True)
    assert everything(worker) == before


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_settings_that_cannot_be_written_leave_the_rows_unchanged_too(
    place: str, open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place(place)
    fill(worker)
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(path)
    worker.send("came-later")
    before = everything(worker)

    def spoil(lines: list[Any]) -> None:
        next(line for line in lines if line.get("state") == SITE)["key"] = "no key of ours"

    spoiled = BackupFile(rewritten(path, spoil))
    with pytest.raises(BackupUnusable, match="nothing was changed"):
        worker.parts.backup.service().restore(spoiled, replace=True)
    assert everything(worker) == before


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_of_two_simultaneous_restores_one_finds_the_database_in_use(
    place: str, open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    source = open_place("sqlite")
    fill(source)
    path = tmp_path / "helpr.jsonl.gz"
    source.parts.backup.service().make(path)
    target = open_place(place)
    assert target.rows() == []
    together = threading.Barrier(2)

    def restore() -> str:
        backup = BackupFile(path)
        together.wait(timeout=60)
        try:
            target.parts.backup.service().restore(backup)
        except BackupUnusable as exc:
            return str(exc)
        return "restored"

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(restore) for _ in range(2)]
        told = sorted(one.result() for one in done)
    assert sorted("in use" in one for one in told) == [False, True]
    assert everything(target) == everything(source)


def test_what_is_true_only_of_the_old_place_stays_there(
    open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place("sqlite")
    worker.housekeeping()
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(path)
    assert not any(line["key"] == "housekeeping" for line in BackupFile(path).lines("state"))


def test_what_can_be_recreated_is_not_in_the_backup(
    open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place("sqlite")
    worker.warm_up()
    worker.state.put(LIMITS, "a-key", {"count": 1})
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(path)
    text = gzip.decompress(path.read_bytes()).decode()
    assert {json.loads(line).get("state") for line in text.splitlines()} <= {None, "site", "inbox"}
    assert worker.plex.token not in text


def test_only_its_owner_may_read_it_and_nothing_is_overwritten(
    open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place("sqlite")
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    with pytest.raises(FileExistsError):
        worker.parts.backup.service().make(path)
    assert path.read_bytes() == first
    assert [one.name for one in tmp_path.iterdir() if "unfinished" in one.name] == []


def test_a_network_share_without_hard_links_takes_a_backup_too(
    open_place: Callable[[str], Worker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    path = tmp_path / "helpr.jsonl.gz"
    open_place("sqlite").parts.backup.service().make(path)
    assert BackupFile(path).counts == {}


@pytest.fixture
def backup(open_place: Callable[[str], Worker], tmp_path: Path) -> Path:
    worker = open_place("sqlite")
    fill(worker)
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(path)
    return path


def rewritten(path: Path, change: Callable[[list[Any]], None]) -> Path:
    """The backup with its lines changed."""
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    change(lines)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return path


def test_a_file_cut_off_anywhere_is_refused_before_anything_is_restored(backup: Path) -> None:
    whole = backup.read_bytes()
    for length in (0, 1, 9, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        backup.write_bytes(whole[:length])
        with pytest.raises(BackupUnusable):
            BackupFile(backup)
    rewritten_whole = gzip.decompress(whole).splitlines(keepends=True)
    for count in range(len(rewritten_whole)):
        backup.write_bytes(gzip.compress(b"".join(rewritten_whole[:count])))
        with pytest.raises(BackupUnusable):
            BackupFile(backup)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x1f\x8b", gzip.compress(b"[1]", mtime=0), b"{}"]
)
def test_another_file_is_distinguished_from_a_backup(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.gz"
    path.write_bytes(content)
    with pytest.raises(BackupUnusable):
        BackupFile(path)
    with pytest.raises(BackupUnusable, match="no file"):
        BackupFile(tmp_path / "absent.gz")


def test_a_newer_format_and_a_newer_schema_are_refused(
    backup: Path, open_place: Callable[[str], Worker]
) -> None:
    target = open_place("sqlite")
    rewritten(backup, lambda lines: lines[0].update(schema="9999"))
    with pytest.raises(BackupUnusable, match="newer version of Helpr"):
        target.parts.backup.service().restore(BackupFile(backup))
    assert target.rows() == []
    rewritten(backup, lambda lines: lines[0].update(helpr_backup=2))
    with pytest.raises(BackupUnusable, match="newer version of Helpr"):
        BackupFile(backup)


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "wrong",
    [{"timestamp": "no time"}, {"request_id": "no id"}, {"status": None}, {"attempts": [1]}],
)
def test_a_row_that_does_not_fit_changes_nothing(
    backup: Path, open_place: Callable[[str], Worker], place: str, wrong: dict[str, Any]
) -> None:
    target = open_place(place)
    target.send("was-here-before")
    before = everything(target)

    def spoil(lines: list[Any]) -> None:
        rows = [line["row"] for line in lines if line.get("table") == "invite_requests"]
        rows[-1].update(wrong)

    rewritten(backup, spoil)
    with pytest.raises(BackupUnusable):
        target.parts.backup.service().restore(BackupFile(backup), replace=True)
    assert everything(target) == before


def test_a_column_that_this_version_does_not_know_is_left_out(
    backup: Path, open_place: Callable[[str], Worker]
) -> None:
    def add(lines: list[Any]) -> None:
        for line in lines:
            if "row" in line:
                line["row"]["from_the_past"] = 1

    target = open_place("sqlite")
    target.parts.backup.service().restore(BackupFile(rewritten(backup, add)))
    assert len(target.rows()) == 3


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_a_backup_of_the_previous_version_is_restored(
    place: str, open_place: Callable[[str], Worker]
) -> None:
    """Made by Helpr 0.1.0 with schema 0002; a new column without a default would break it."""
    file = BackupFile(MADE_BY_0_1_0)
    assert (file.heading.version, file.heading.schema) == ("0.1.0", "0002")
    assert file.heading.schema <= HEAD
    target = open_place(place)
    target.parts.backup.service().restore(file)
    assert target.rows() == [
        ("first-friend", "success"),
        ("nobody1", "failed"),
        ("zoe@example.org", "success"),
    ]
    with target.database.single() as connection:
        assert connection.execute(sa.select(audit_events.c.action)).scalars().all() == [
            "invite_sent"
        ]
        # What was only in the state store is now in the table.
        (choice,) = connection.execute(
            sa.select(decisions.c.value).where(decisions.c.name == "libraries")
        ).scalars()
    assert [one["title"] for one in choice["libraries"]] == ["Movies", "TV Shows"]
    assert target.parts.stores.decided_libraries().current().names == ("Movies", "TV Shows")


def test_settings_are_in_it_encrypted_or_not_at_all(
    open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place("sqlite")
    path = tmp_path / "helpr.jsonl.gz"
    settings = {"PLEX_TOKEN": "not-a-real-token", "PLEX_SERVER_NAME": "Mia's \\ server $HOME"}
    with pytest.raises(ValueError, match="passphrase"):
        worker.parts.backup.service().make(path, settings)
    worker.parts.backup.service().make(path, settings, "not a real passphrase")
    assert b"not-a-real-token" not in gzip.decompress(path.read_bytes())
    file = BackupFile(path)
    assert worker.parts.backup.settings_in(file, "not a real passphrase") == (
        "PLEX_SERVER_NAME='Mia\\'s \\\\ server $HOME'\nPLEX_TOKEN='not-a-real-token'\n"
    )
    with pytest.raises(BackupUnusable, match="passphrase is wrong"):
        worker.parts.backup.settings_in(file, "another passphrase")


def test_sealed_settings_that_were_tampered_with_are_refused(
    open_place: Callable[[str], Worker], tmp_path: Path
) -> None:
    worker = open_place("sqlite")
    path = tmp_path / "helpr.jsonl.gz"
    worker.parts.backup.service().make(
        path, {"PLEX_TOKEN": "not-a-real-token"}, "not a real passphrase"
    )

    made = path.read_bytes()
    for name, value in (("n", 2**40), ("n", "x"), ("salt", "*"), ("token", None)):

        def tamper(lines: list[Any], name: str = name, value: object = value) -> None:
            (sealed,) = (line["sealed_settings"] for line in lines if "sealed_settings" in line)
            sealed[name] = value

        path.write_bytes(made)
        file = BackupFile(rewritten(path, tamper))
        with pytest.raises(BackupUnusable):
            worker.parts.backup.settings_in(file, "not a real passphrase")

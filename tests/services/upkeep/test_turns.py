"""Each step of housekeeping has its own time budget and its own failure."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from helpr_core.container.housekeeping import steps
from helpr_core.errors import BackupFailed, StateUnavailable
from helpr_core.patience import seconds_left
from helpr_core.services.backup.folder import BackupFolder
from helpr_core.services.plex.catalog import ServerCatalog
from helpr_core.services.ports import SITE
from helpr_core.services.upkeep.housekeeping import TO_FINISH_SECONDS, Housekeeping
from helpr_core.services.upkeep.runs import KEY, Failure
from helpr_core.services.upkeep.steps.backup import MakeBackup
from helpr_core.services.upkeep.turn import Step, Turn, Work
from helpr_core.texts import Message
from tests.services.requests.test_submit import MINUTE
from tests.services.worker import NOON, Worker

HOST_JSON = json.loads((Path(__file__).parents[3] / "host.json").read_text("utf-8"))


def test_a_step_stops_waiting_for_plex_soon_after_its_time_is_up(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[float] = []
    monkeypatch.setattr(
        ServerCatalog, "look_again", lambda _catalog: left.append(seconds_left(1000))
    )
    worker.housekeeping()
    (server,) = (step for step in steps(worker.parts) if step.name == "server")
    assert server.seconds < left[0] <= server.seconds + TO_FINISH_SECONDS


def test_all_steps_together_end_before_the_host_ends_the_run(worker: Worker) -> None:
    hours, minutes, seconds = map(int, HOST_JSON["functionTimeout"].split(":"))
    # A backup is written only on one's own computer, where no host ends anything.
    longest = sum(step.seconds for step in steps(worker.parts) if step.name != "backup")
    assert longest + TO_FINISH_SECONDS < (hours * 60 + minutes) * 60 + seconds


class Steps:
    """Steps defined by the test, in the worker's housekeeping."""

    def __init__(self, worker: Worker) -> None:
        self.taken: list[str] = []
        self._worker = worker
        self._seconds = 0.0

    def __call__(self, **works: Work) -> Housekeeping:
        parts = self._worker.parts
        return Housekeeping(
            [Step(name, 10, partial(self._build, name, work)) for name, work in works.items()],
            parts.upkeep.runs(),
            parts.stores.database_due(),
            self._worker.clock,
            upgrade=parts.stores.upgrade_database,
            next_due=lambda: None,
            seconds=lambda: self._seconds,
            sleep=self.take,
        )

    def take(self, seconds: float) -> None:
        """Let that many seconds pass."""
        self._seconds += seconds

    def works(self, _turn: Turn) -> None:
        """A step that succeeds."""

    def _build(self, name: str, work: Work) -> Work:
        self.taken.append(name)
        return work


def test_a_bug_in_one_step_stops_no_other(worker: Worker) -> None:
    def broken(_turn: Turn) -> None:
        raise KeyError("a bug")

    steps_of = Steps(worker)
    report = steps_of(first=broken, second=steps_of.works).run()
    assert steps_of.taken == ["first", "second"]
    assert {step: one.code for step, one in report.failures.items()} == {"first": "unexpected"}
    assert report.failures["first"].advice == Message("check.unexpected_fix")


def test_a_step_that_cannot_be_built_is_built_again_in_the_next_run(worker: Worker) -> None:
    tries: list[int] = []

    def build() -> Work:
        tries.append(1)
        if len(tries) == 1:
            raise StateUnavailable("it is down")
        return lambda turn: turn.counts.update(done=1)

    parts = worker.parts
    housekeeping = Housekeeping(
        [Step("late", 10, build)],
        parts.upkeep.runs(),
        parts.stores.database_due(),
        worker.clock,
        upgrade=parts.stores.upgrade_database,
        next_due=lambda: None,
    )
    assert housekeeping.run().failures["late"].words == "it is down"
    assert housekeeping.run().counts == {"done": 1}
    assert housekeeping.run().counts == {"done": 1}
    assert len(tries) == 2


def test_a_slow_step_takes_no_time_from_the_next_one(worker: Worker) -> None:
    left: list[float] = []
    steps_of = Steps(worker)

    def slow(_turn: Turn) -> None:
        steps_of.take(60.0)

    def quick(turn: Turn) -> None:
        left.append(turn.until - turn.seconds())

    assert steps_of(slow=slow, quick=quick).run().failures == {}
    assert left == [10]


def test_the_report_says_since_when_a_step_has_been_failing(worker: Worker) -> None:
    down = True

    def work(_turn: Turn) -> None:
        if down:
            raise StateUnavailable("it is down", fix="Switch it on.")

    housekeeping = Steps(worker)(step=work)
    for _ in range(3):
        failure = housekeeping.run().failures["step"]
        told = (failure.since, failure.words, failure.advice)
        assert told == (NOON, "it is down", "Switch it on.")
        worker.clock.forward(minutes=5)
    down = False
    assert housekeeping.run().failures == {}
    down = True
    worker.clock.forward(minutes=5)
    assert housekeeping.run().failures["step"].since == NOON + 20 * MINUTE


def test_english_stored_by_the_previous_version_is_read(worker: Worker) -> None:
    failure = {"code": "unavailable", "since": NOON.isoformat(), "found": "down", "fix": "Wait."}
    times = dict.fromkeys(("started_at", "finished_at"), NOON.isoformat())
    worker.state.put(SITE, KEY, {**times, "counts": {}, "failures": {"queue": failure}})
    report = worker.parts.upkeep.runs().last().report
    assert report is not None
    read = report.failures["queue"]
    assert (read.code, read.words, read.advice) == ("unavailable", "down", "Wait.")


def test_a_failure_is_stored_without_english_and_readable_by_the_previous_version(
    worker: Worker,
) -> None:
    words = Message("backup.no_space.found")

    def fail(_turn: Turn) -> None:
        raise BackupFailed(words, Message("backup.no_space.fix"))

    housekeeping = Steps(worker)(step=fail)
    assert housekeeping.run().failures["step"].words == words
    entry = worker.state.get(SITE, KEY)
    assert entry is not None
    kept = entry.value["failures"]["step"]
    assert (kept["found"], kept["fix"]) == ("", "")
    assert kept["words"] == words.to_json()
    report = worker.parts.upkeep.runs().last().report
    assert report is not None
    assert report.failures["step"].words == words


def test_a_failure_stored_by_an_earlier_version_is_read(worker: Worker) -> None:
    old = {
        "started_at": NOON.isoformat(),
        "finished_at": NOON.isoformat(),
        "counts": {},
        "failures": {"queue": "unavailable", "backup": "backup_failed"},
        "told": {"backup": ["the disk is full", "Make room."]},
    }
    worker.state.put(SITE, KEY, old)
    report = worker.parts.upkeep.runs().last().report
    assert report is not None
    assert report.failures == {
        "queue": Failure("unavailable", NOON, "unavailable", "", "unavailable", ""),
        "backup": Failure(
            "backup_failed",
            NOON,
            "the disk is full",
            "Make room.",
            "the disk is full",
            "Make room.",
        ),
    }


def test_a_backup_folder_that_hangs_is_abandoned_and_reported(
    worker: Worker, tmp_path: Path
) -> None:
    answers, at_work = Event(), Event()
    begun: list[int] = []

    class HangingFolder(BackupFolder):
        def __call__(self) -> bool:
            begun.append(1)
            at_work.set()
            return answers.wait(60)

    folder = HangingFolder(tmp_path, 3, worker.parts.backup.service(), worker.clock)
    make = MakeBackup(folder)
    for _ in range(2):
        with pytest.raises(BackupFailed, match="has not answered"):
            make(Turn(time.monotonic() + 0.05))
    assert at_work.wait(60)
    assert len(begun) == 1, "nobody begins another beside it"
    answers.set()
    turn = Turn(time.monotonic() + 60)
    make(turn)
    assert (turn.counts["backups"], len(begun)) == (1, 1)

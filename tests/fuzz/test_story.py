"""Friends, the owner, Plex and the clock act in any order: what must be true stays true."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from werkzeug.test import Client, TestResponse

from demo_plex import DemoPlex
from demo_plex.world import Unknown
from helpr_core import container
from helpr_core.container import Container
from helpr_core.domain.identity_key import identity_key
from helpr_core.local.application import Application
from helpr_core.services.requests import submit as send_invite
from helpr_core.services.upkeep.steps import queue
from tests.contract.places import MovableClock
from tests.fuzz.budget import examples
from tests.web.site_under_test import SiteUnderTest, settings_for

PEOPLE = st.sampled_from(
    ["alice", "ALICE", " alice ", "bob@example.com", "Bob@Example.COM", "carol", "nobody-there"]
)
FAULTS = st.sampled_from(
    [
        ("drop", {}),
        ("drop_after", {"method": "POST"}),
        ("status", {"status": 500}),
        ("status", {"status": 503}),
        ("status", {"status": 429, "headers": {"Retry-After": "90"}}),
        ("status", {"status": 401}),
        ("malformed", {"method": "POST"}),
    ]
)
OPEN = ("pending", "queued", "awaiting_approval")
IN_DOUBT = "plex_answer_lost"


class Story(RuleBasedStateMachine):
    """One site from its first day; the fixture below provides it."""

    application: ClassVar[Application]
    plex: ClassVar[DemoPlex]
    template: ClassVar[Path]
    folder: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        database = self.folder / "story.db"
        for left in self.folder.glob("story.db*"):
            left.unlink()
        shutil.copy(self.template, database)
        self.plex.reset()
        self.clock = MovableClock()
        self.clock.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.parts = Container(settings_for(self.plex, database), self.clock)
        container.install(lambda: self.parts)
        client = Client(self.application, use_cookies=False)
        self.site = SiteUnderTest(client, self.plex, self.parts, database)

    def teardown(self) -> None:
        if hasattr(self, "parts"):
            self.parts.stores.database().dispose()

    @rule(name=PEOPLE)
    def a_friend_asks(self, name: str) -> None:
        self._checked(self.site.invite(name))

    @rule(name=PEOPLE)
    def the_owner_invites(self, name: str) -> None:
        self._checked(self.site.owner("POST", "invites", json={"email_or_username": name}))

    @rule(number=st.integers(0, 20), what=st.sampled_from(["retry", "approve", "deny"]))
    def the_owner_acts(self, number: int, what: str) -> None:
        rows = self.site.owner("GET", "invites?limit=100").get_json()["invites"]
        if rows:
            row = rows[number % len(rows)]
            answer = self._checked(self.site.owner("POST", f"invites/{row['request_id']}/{what}"))
            assert (answer.status_code in (200, 202)) == (what in row["actions"]), row

    @rule(approval=st.booleans(), paused=st.booleans(), cap=st.sampled_from([0, 0, 2]))
    def the_owner_changes_the_settings(self, approval: bool, paused: bool, cap: int) -> None:
        saved = self.site.save(approval_required=approval, paused=paused, daily_cap=cap)
        assert saved.status_code == 200, saved.text

    @rule(fault=FAULTS, times=st.integers(1, 3))
    def plex_has_a_bad_moment(self, fault: tuple[str, dict[str, Any]], times: int) -> None:
        kind, options = fault
        self.plex.fail(kind, times=times, **options)

    @rule(name=PEOPLE)
    def somebody_accepts(self, name: str) -> None:
        try:
            self.plex.accept(name.strip())
        except Unknown:
            return

    @rule(minutes=st.sampled_from([1, 6, 20, 70, 25 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(60 * minutes)

    @rule()
    def the_timer_comes(self) -> None:
        report = self.parts.upkeep.housekeeping().run()
        assert "unexpected" not in {one.code for one in report.failures.values()}, report

    @invariant()
    def nobody_waits_twice(self) -> None:
        open_rows = Counter(row["identity_key"] for row in self._rows() if row["status"] in OPEN)
        assert not [key for key, count in open_rows.items() if count > 1]

    @invariant()
    def invites_and_shares_at_plex_match_the_record(self) -> None:
        rows = self._rows()
        shared = {
            identity_key(name)
            for share in (self.plex.shares if rows else [])
            for name in (share.person.username, share.person.email)
            if name
        }
        for row in rows:
            if row["status"] == "success":
                assert row["identity_key"] in shared, row
        known = {
            row["identity_key"]
            for row in rows
            if row["status"] == "success" or row["error_code"] in (IN_DOUBT, "already_shared")
        }
        for share in self.plex.shares if rows else []:
            names = {identity_key(name) for name in (share.person.username, share.person.email)}
            assert names & known, share

    @invariant()
    def every_view_agrees_on_every_row(self) -> None:
        for request_id in [row["request_id"] for row in self._rows()[-3:]]:
            # The friend comes first: opening a long overdue request processes it.
            friend = self._checked(self.site.get(f"/api/invites/{request_id}")).get_json()
            owner = self._checked(self.site.owner("GET", f"invites/{request_id}")).get_json()
            (row,) = [row for row in self._rows() if row["request_id"] == request_id]
            assert friend["status"] == owner["status"] == row["status"]
            if row["status"] == "queued":
                assert row["next_attempt_at"]

    def _rows(self) -> list[dict[str, Any]]:
        return self.site.rows() if hasattr(self, "site") else []

    def _checked(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code < 500, answer.text
        return answer


@pytest.fixture(scope="module", autouse=True)
def stage(
    application: Application,
    running_plex: DemoPlex,
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    Story.application, Story.plex = application, running_plex
    Story.template, Story.folder = migrated_sqlite, tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "_current", container._current)  # put back at the end
        patch.setattr(queue, "_PACE_SECONDS", 0.0)
        patch.setattr(send_invite, "_PATIENCE_SECONDS", 0.1)
        yield


TestStory = Story.TestCase
TestStory.settings = settings(
    max_examples=examples(8, share=0.1), stateful_step_count=25, deadline=None
)

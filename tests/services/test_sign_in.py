"""Signing in, on a real state store: what opens, and what it costs to guess."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.state.limits_storage import StateStoreStorage
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.errors import RateLimited, SetupRequired, SignInFailed
from helpr_core.services.rate_limit import UNWAITED_SIGN_IN as RULE
from helpr_core.services.rate_limit import UNWAITED_SIGN_IN_RATE as RATE
from helpr_core.services.rate_limit import RateLimiter
from helpr_core.services.sessions import Sessions
from helpr_core.services.sign_in import WAITING_PLACES, SignIn
from tests.contract.places import MovableClock

NAME = "Olga Öwner"
PASSWORD = "  correct hörse ✓ "
CHEAP = "scrypt:1024:8:1"
HASH = generate_password_hash(PASSWORD, CHEAP)


def keyed_hash(purpose: str, text: str) -> str:
    return hmac.new(b"not-a-real-key", f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


class Instance:
    """One worker's sign-in; two on one URL share what they know."""

    def __init__(self, url: str, clock: MovableClock, password_hash: str = HASH) -> None:
        self.database: Database = connect(url)
        self.clock = clock
        state = SqlStateStore(self.database, clock)
        self.waits: list[float] = []
        self.sessions = Sessions(NAME, keyed_hash("sessions", password_hash), state, clock)
        self.sign_in = SignIn(
            NAME,
            password_hash,
            self.sessions,
            state,
            RateLimiter({RULE: RATE}, StateStoreStorage(state)),
            keyed_hash,
            self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def attempt(self, name: str = NAME, password: str = "wrong", client: str = "one") -> bool:
        """Whether these open the door."""
        try:
            self.sign_in(name, password, client)
        except SignInFailed:
            return False
        return True


NewInstance = Callable[..., Instance]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def new_instance(sqlite_path: Path, clock: MovableClock) -> Iterator[NewInstance]:
    made: list[Instance] = []

    def new(url: str = f"sqlite:///{sqlite_path}", **options: Any) -> Instance:
        made.append(Instance(url, clock, **options))
        return made[-1]

    yield new
    for instance in made:
        instance.database.dispose()


@pytest.fixture
def instance(new_instance: NewInstance) -> Instance:
    return new_instance()


@pytest.fixture
def without_store(new_instance: NewInstance) -> Instance:
    """An instance whose state store does not answer."""
    return new_instance("sqlite:////no/such/folder/helpr.db")


@pytest.mark.parametrize("method", [CHEAP, "pbkdf2:sha256:1000", "pbkdf2:sha512:1000"])
def test_the_right_name_and_password_open(new_instance: NewInstance, method: str) -> None:
    instance = new_instance(password_hash=generate_password_hash(PASSWORD, method))
    token, session = instance.sign_in(NAME, PASSWORD, "one")
    assert session.username == NAME
    assert instance.sessions.check(token) == session
    assert not instance.attempt(password="wrong")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (NAME, "wrong"),
        (NAME, ""),
        (NAME, PASSWORD.strip()),
        (NAME, HASH),
        (NAME, "x" * 1024),
        ("somebody", PASSWORD),
        ("", PASSWORD),
        (NAME.lower(), PASSWORD),
        (f"{NAME}\0", PASSWORD),
    ],
)
def test_nothing_else_does(instance: Instance, name: str, password: str) -> None:
    with pytest.raises(SignInFailed) as refused:
        instance.sign_in(name, password, "one")
    assert str(refused.value) == "wrong name or password"


def test_blanks_around_the_name_do_not_matter(instance: Instance) -> None:
    assert instance.attempt(f" {NAME}\n", PASSWORD)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The parameters of every scrypt that is computed, in order."""
    computed = []
    real = hashlib.scrypt

    def scrypt(password: bytes, *, n: int, r: int, p: int, **rest: Any) -> bytes:
        computed.append((n, r, p))
        return real(password, n=n, r=r, p=p, **rest)

    monkeypatch.setattr(hashlib, "scrypt", scrypt)
    return computed


@pytest.mark.parametrize("name", [NAME, "somebody", "", "x" * 255])
def test_each_attempt_costs_one_hash_of_the_same_parameters(
    instance: Instance, hashed: list[tuple[int, int, int]], name: str
) -> None:
    instance.attempt(name)
    assert hashed == [(1024, 8, 1)]


def test_an_unknown_name_takes_as_long_as_a_wrong_password(new_instance: NewInstance) -> None:
    costly = generate_password_hash(PASSWORD, "scrypt:32768:8:2")
    instance = new_instance(password_hash=costly)
    fastest = {
        name: min(_seconds(partial(instance.attempt, name)) for _ in range(4))
        for name in (NAME, "somebody")
    }
    assert fastest["somebody"] > fastest[NAME] / 2
    assert fastest[NAME] > fastest["somebody"] / 2


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


@pytest.mark.parametrize("name", [NAME, "somebody"])
def test_each_failure_makes_the_next_attempt_wait_longer_up_to_a_cap(
    instance: Instance, name: str
) -> None:
    for _ in range(8):
        instance.attempt(name)
    assert instance.waits == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_all_instances_count_together_and_each_name_by_itself(new_instance: NewInstance) -> None:
    here, there = new_instance(), new_instance()
    for _ in range(3):
        here.attempt()
    there.attempt()
    there.attempt("somebody")
    assert (here.waits, there.waits) == ([0.25], [0.5])


def test_who_is_waited_for_is_let_in_and_the_count_starts_anew(instance: Instance) -> None:
    for _ in range(9):
        instance.attempt()
    assert instance.attempt(password=PASSWORD)
    instance.waits.clear()
    instance.attempt()
    instance.attempt()
    assert instance.waits == []


def test_after_a_quarter_of_an_hour_all_is_forgotten(
    instance: Instance, clock: MovableClock
) -> None:
    for _ in range(9):
        instance.attempt()
    instance.waits.clear()
    clock.advance(15 * 60)
    instance.attempt()
    assert instance.waits == []


def test_without_the_shared_count_every_attempt_waits_a_second(without_store: Instance) -> None:
    without_store.attempt()
    assert without_store.attempt(password=PASSWORD)
    assert without_store.waits == [1.0, 1.0]


class Crowd:
    """Attempts that wait until they are let go."""

    def __init__(self, instance: Instance, size: int) -> None:
        self._go = threading.Event()
        self._waiting = threading.Semaphore(0)
        instance.sign_in._sleep = self._sleep
        targets = [
            threading.Thread(target=instance.attempt, kwargs={"client": f"crowd-{number}"})
            for number in range(size)
        ]
        for thread in targets:
            thread.start()
        for _ in targets:
            assert self._waiting.acquire(timeout=30)
        self._threads = targets

    def _sleep(self, _seconds: float) -> None:
        self._waiting.release()
        assert self._go.wait(60)

    def disperse(self) -> None:
        self._go.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def crowd(instance: Instance) -> Iterator[Crowd]:
    """All places to wait are taken, by somebody who guesses the owner's password."""
    for _ in range(9):
        instance.attempt()
    crowd = Crowd(instance, WAITING_PLACES)
    yield crowd
    crowd.disperse()


@pytest.mark.usefixtures("crowd")
def test_while_all_places_are_taken_the_owner_gets_in(instance: Instance) -> None:
    assert not instance.attempt(client="owner")
    assert instance.attempt(password=PASSWORD, client="owner")


@pytest.mark.usefixtures("crowd")
def test_while_all_places_are_taken_a_guesser_is_refused(instance: Instance) -> None:
    for _ in range(2):
        assert not instance.attempt(client="guesser")
    for _ in range(3):
        with pytest.raises(RateLimited) as refused:
            instance.sign_in(NAME, PASSWORD, "guesser")
        assert refused.value.retry_after_seconds == 2


def test_a_place_is_free_again_after_the_wait(instance: Instance, crowd: Crowd) -> None:
    crowd.disperse()
    for _ in range(5):
        instance.attempt(client="guesser")


@pytest.mark.parametrize(
    "broken", ["scrypt:x:8:1$salt$00", "scrypt:3:8:1$salt$00", "pbkdf2:none:9$salt$00"]
)
def test_a_hash_that_cannot_be_computed_is_named_and_not_shown(
    new_instance: NewInstance, broken: str
) -> None:
    with pytest.raises(SetupRequired) as refused:
        new_instance(password_hash=broken).attempt()
    assert [one.field for one in refused.value.problems] == ["ADMIN_PASSWORD_HASH"]
    assert "salt" not in str(refused.value)

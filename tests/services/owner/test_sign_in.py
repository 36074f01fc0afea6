"""Signing in, on a real state store: what works, and what guessing costs."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.domain.clients import Group
from helpr_core.errors import CeilingReached, RateLimited, SetupRequired, SignInFailed
from helpr_core.services.owner import sign_in
from helpr_core.services.owner.devices import Device, Devices
from helpr_core.services.owner.limits import FAILED, RULE
from helpr_core.services.owner.sign_in import PLACES, SignIn
from helpr_core.services.rate_limit import RateLimiter, for_all, per_client
from helpr_core.services.upkeep.sightings import Sighting, Sightings
from tests.contract.places import MovableClock
from tests.services.owner.second_factor import second_factors

NAME = "Olga Öwner"
PASSWORD = "  correct hörse ✓ "
CHEAP = "scrypt:1024:8:1"
HASH = generate_password_hash(PASSWORD, CHEAP)


def keyed_hash(purpose: str, text: str) -> str:
    return hmac.new(b"not-a-real-key", f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def who(name: str) -> tuple[Group, ...]:
    """A client whose network nobody else shares."""
    return (Group(name, 1),)


class Instance:
    """One worker's sign-in; two with one URL share their state. `record_url` is the database,
    if that is separate from the state store."""

    def __init__(
        self,
        url: str,
        clock: MovableClock,
        password_hash: str = HASH,
        rate: str = "1000/minute",
        record_url: str = "",
    ) -> None:
        self.database: Database = connect(url)
        self.record = connect(record_url or url)
        self.clock = clock
        state = SqlStateStore(self.database, clock)
        self.waits: list[float] = []
        key = keyed_hash("sessions", password_hash)
        self.devices = Devices(key, clock)
        self.sightings = Sightings(state, clock)
        rules = {RULE: per_client(rate), FAILED: for_all("20/hour", 5)}
        limiter = RateLimiter(rules, state, clock)
        self.second_factors = second_factors(self.record, state, clock)
        self.sign_in = SignIn(
            NAME, password_hash, limiter, self.sightings, self.second_factors, self._sleep
        )

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def known_browser(self) -> Device:
        """A browser in which the owner has signed in before."""
        device = self.devices.find(self.devices.remember(None))
        assert device
        return device

    def attempt(
        self,
        name: str = NAME,
        password: str = "wrong",
        client: str = "one",
        device: Device | None = None,
    ) -> bool:
        """Whether these sign in."""
        try:
            self.sign_in(name, password, who(client), device)
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
        instance.record.dispose()


@pytest.fixture
def instance(new_instance: NewInstance) -> Instance:
    return new_instance()


@pytest.fixture
def without_store(new_instance: NewInstance, sqlite_path: Path) -> Instance:
    """An instance whose state store does not answer."""
    record_url = f"sqlite:///{sqlite_path}"
    return new_instance("sqlite:////no/such/folder/helpr.db", record_url=record_url)


@pytest.mark.parametrize("method", [CHEAP, "pbkdf2:sha256:1000", "pbkdf2:sha512:1000"])
def test_the_right_name_and_password_open(new_instance: NewInstance, method: str) -> None:
    instance = new_instance(password_hash=generate_password_hash(PASSWORD, method))
    assert instance.sign_in(NAME, PASSWORD, who("one")) == NAME
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
        instance.sign_in(name, password, who("one"))
    assert str(refused.value) == "sign_in_failed", "and not which of the two is wrong"


def test_whitespace_around_the_name_does_not_matter(instance: Instance) -> None:
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
def test_each_attempt_costs_one_hash_with_the_same_parameters(
    instance: Instance, hashed: list[tuple[int, int, int]], name: str
) -> None:
    instance.attempt(name)
    assert hashed == [(1024, 8, 1)]


def test_an_unknown_name_takes_as_long_as_a_wrong_password(new_instance: NewInstance) -> None:
    costly = generate_password_hash(PASSWORD, "scrypt:16384:8:1")
    instance = new_instance(password_hash=costly)
    fastest = {
        name: min(_seconds(partial(instance.attempt, name)) for _ in range(4))
        for name in (NAME, "somebody")
    }
    assert fastest["somebody"] > fastest[NAME] / 2
    assert fastest[NAME] > fastest["somebody"] / 2


def _seconds(call: Callable[[], object]) -> float:
    started = (
        time.process_time()
    )  # CPU time: hashing does nothing else, and other processes run here too
    call()
    return time.process_time() - started


@pytest.mark.parametrize("name", [NAME, "somebody"])
def test_each_failure_makes_the_next_attempt_wait_longer_up_to_a_cap(
    instance: Instance, name: str
) -> None:
    for _ in range(8):
        instance.attempt(name)
    assert instance.waits == [0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_all_instances_count_together_whichever_name_was_tried(new_instance: NewInstance) -> None:
    here, there = new_instance(), new_instance()
    for _ in range(3):
        here.attempt()
    there.attempt("somebody")
    there.attempt("nobody")
    assert (here.waits, there.waits) == ([0.0, 0.0, 0.25], [0.5, 1.0])


def test_the_delay_does_not_reveal_whether_the_owner_has_signed_in(instance: Instance) -> None:
    """If success reset the count of a name, a shorter delay would reveal that the name exists."""
    for _ in range(4):
        instance.attempt()
    assert instance.attempt(password=PASSWORD)
    instance.waits.clear()
    for name in (NAME, "somebody"):
        instance.attempt(name)
    assert instance.waits == [1.0, 2.0]


def test_a_correct_attempt_succeeds_after_the_delay_and_counts_as_no_failure(
    instance: Instance,
) -> None:
    for _ in range(4):
        assert instance.attempt(password=PASSWORD)
    assert instance.waits == [0.0] * 4


def test_failures_are_forgotten_after_an_hour(
    new_instance: NewInstance, clock: MovableClock
) -> None:
    new_instance()
    for _ in range(9):
        new_instance().attempt()
    clock.advance(3600)
    later = new_instance()
    later.attempt()
    assert later.waits == [0.0]


def test_without_the_shared_count_an_instance_uses_its_own(without_store: Instance) -> None:
    for _ in range(3):
        without_store.attempt()
    assert without_store.attempt(password=PASSWORD)
    assert without_store.waits == [0.0, 0.0, 0.25, 0.5]


def test_after_a_hundred_failures_in_an_hour_strangers_are_refused_and_the_owner_is_told(
    instance: Instance,
) -> None:
    for number in range(100):
        assert not instance.attempt(client=f"client-{number}")
    for _ in range(3):
        with pytest.raises(CeilingReached) as refused:
            instance.sign_in(NAME, PASSWORD, who("another"))
        assert 3500 < refused.value.retry_after_seconds <= 3600
    assert set(instance.sightings.recent()) == {Sighting.FAILED_SIGN_INS}
    assert instance.attempt(password=PASSWORD, device=instance.known_browser())


def test_a_known_browser_is_not_delayed_by_others_failures_but_has_its_own_limit(
    new_instance: NewInstance,
) -> None:
    instance = new_instance(rate="5/minute")
    for _ in range(9):
        with suppress(RateLimited):
            instance.attempt(client="shared")
    instance.waits.clear()
    device = instance.known_browser()
    assert instance.attempt(password=PASSWORD, client="shared", device=device)
    for _ in range(4):
        assert not instance.attempt(client="shared", device=device)
    assert instance.waits == []
    with pytest.raises(RateLimited):
        instance.sign_in(NAME, PASSWORD, who("elsewhere"), device)


class Crowd:
    """Attempts that wait until they are released."""

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
            assert self._waiting.acquire(timeout=120)
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
    """Somebody guessing the owner's password has taken every place to wait."""
    crowd = Crowd(instance, PLACES)
    yield crowd
    crowd.disperse()


@pytest.mark.usefixtures("crowd")
def test_while_all_places_are_taken_the_owner_can_sign_in_from_a_known_browser(
    instance: Instance,
) -> None:
    device = instance.known_browser()
    assert not instance.attempt(client="owner", device=device)
    assert instance.attempt(password=PASSWORD, client="owner", device=device)


@pytest.mark.usefixtures("crowd")
def test_while_all_places_are_taken_others_are_asked_to_come_back_and_cost_no_hash(
    instance: Instance, hashed: list[tuple[int, int, int]]
) -> None:
    for number in range(30):
        with pytest.raises(RateLimited) as refused:
            instance.sign_in(NAME, PASSWORD, who(f"guesser-{number}"))
        assert refused.value.retry_after_seconds == 2
    assert hashed == []


def test_a_place_is_free_again_after_the_wait(instance: Instance, crowd: Crowd) -> None:
    crowd.disperse()
    instance.sign_in._sleep = instance._sleep
    for _ in range(5):
        instance.attempt(client="guesser")


def test_no_more_than_two_hashes_are_computed_at_once(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, most, lock = [0], [0], threading.Lock()

    def check(_hash: str, _password: str) -> bool:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        time.sleep(0.05)
        with lock:
            at_work[0] -= 1
        return False

    monkeypatch.setattr(sign_in, "check_password_hash", check)
    device = instance.known_browser()

    def burst(number: int) -> None:
        with suppress(RateLimited):
            instance.attempt(client=f"client-{number}", device=device if number % 2 else None)

    threads = [threading.Thread(target=burst, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


@pytest.mark.parametrize(
    "broken", ["scrypt:x:8:1$salt$00", "scrypt:3:8:1$salt$00", "pbkdf2:none:9$salt$00"]
)
def test_a_hash_that_cannot_be_computed_is_named_but_not_shown(
    new_instance: NewInstance, broken: str
) -> None:
    with pytest.raises(SetupRequired) as refused:
        new_instance(password_hash=broken).attempt()
    assert [one.field for one in refused.value.problems] == ["ADMIN_PASSWORD_HASH"]
    assert "salt" not in str(refused.value)

"""Passkeys on real stores, with an authenticator in software: what signs in, and what does not."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest

from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.sql.decisions import SqlDecisions
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.adapters.webauthn import WebAuthn
from helpr_core.domain.passkeys import Passkeys, Site, host_of
from helpr_core.errors import NotFound, NotPossible, StateUnavailable
from helpr_core.services.decisions import Decided
from helpr_core.services.owner.challenges import Challenges
from helpr_core.services.owner.errors import PasskeyRefused
from helpr_core.services.owner.passkeys import DOCUMENT, FRESH, OwnersPasskeys
from tests.contract.places import MovableClock
from tests.services.owner.authenticator import PRESENT, Authenticator, data_of, text

KEY = "a" * 64
HERE = Site("https://helpr.example", "helpr.example")
ELSEWHERE = Site("https://other.example", "other.example")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


def worker(
    database: Database, clock: MovableClock, state_database: Database | None = None
) -> OwnersPasskeys:
    state = SqlStateStore(state_database or database, clock)
    table = SqlDecisions(database)
    decided = Decided(
        DOCUMENT, Passkeys(), lambda: table, state, clock, FRESH, always_in_table=True
    )
    return OwnersPasskeys(decided, WebAuthn(), Challenges(KEY, state, clock), KEY, clock)


@pytest.fixture
def passkeys(database: Database, clock: MovableClock) -> OwnersPasskeys:
    return worker(database, clock)


@pytest.fixture
def phone(passkeys: OwnersPasskeys) -> Authenticator:
    """The owner's passkey, already added."""
    phone = Authenticator(HERE.origin)
    passkeys.add(HERE, phone.make(passkeys.begin_adding(HERE, "olga")), "Phone", "olga")
    return phone


def test_an_added_passkey_signs_in(
    passkeys: OwnersPasskeys, phone: Authenticator, clock: MovableClock
) -> None:
    (added,) = passkeys.all()
    assert (added.name, added.host, added.used_at) == ("Phone", "helpr.example", None)
    clock.advance(60)
    used = passkeys.sign_in(HERE, phone.sign(passkeys.begin_sign_in(HERE)))
    assert (used.passkey_id, used.used_at) == (added.passkey_id, clock())
    assert passkeys.all() == (used,)


def test_the_options_make_a_passkey_sufficient_by_itself(
    passkeys: OwnersPasskeys, phone: Authenticator
) -> None:
    making, asking = passkeys.begin_adding(HERE, "olga"), passkeys.begin_sign_in(HERE)
    chosen = making["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert asking["userVerification"] == "required"
    assert [one["id"] for one in making["excludeCredentials"]] == [text(phone.credential_id)]
    assert "olga" not in str(asking)


def test_an_answer_can_be_used_once(passkeys: OwnersPasskeys, phone: Authenticator) -> None:
    answer = phone.sign(passkeys.begin_sign_in(HERE))
    passkeys.sign_in(HERE, answer)
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(HERE, answer)
    options = passkeys.begin_adding(HERE, "olga")
    made = Authenticator(HERE.origin).make(options)
    passkeys.add(HERE, made, "Tablet", "olga")
    with pytest.raises(PasskeyRefused):
        passkeys.add(HERE, made, "Again", "olga")


def test_of_many_workers_with_one_answer_one_signs_in(
    database: Database, passkeys: OwnersPasskeys, phone: Authenticator, clock: MovableClock
) -> None:
    answer = phone.sign(passkeys.begin_sign_in(HERE))
    workers = [worker(database, clock) for _ in range(4)]
    together, opened = Barrier(len(workers)), list[bool]()

    def use(one: OwnersPasskeys) -> None:
        together.wait()
        try:
            one.sign_in(HERE, answer)
        except PasskeyRefused:
            opened.append(False)
        else:
            opened.append(True)

    threads = [Thread(target=use, args=(one,)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened) == [False, False, False, True]


@pytest.mark.parametrize(("seconds", "good"), [(299, True), (300, False)])
def test_a_challenge_is_good_for_five_minutes(
    passkeys: OwnersPasskeys, phone: Authenticator, clock: MovableClock, seconds: int, *, good: bool
) -> None:
    clock.now = clock.now.replace(microsecond=0)
    answer = phone.sign(passkeys.begin_sign_in(HERE))
    clock.advance(seconds)
    if good:
        passkeys.sign_in(HERE, answer)
    else:
        with pytest.raises(PasskeyRefused):
            passkeys.sign_in(HERE, answer)


def _refused(passkeys: OwnersPasskeys, answer: dict[str, Any], site: Site = HERE) -> None:
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(site, answer)


def test_a_challenge_of_another_site_or_purpose_is_refused(
    passkeys: OwnersPasskeys, phone: Authenticator
) -> None:
    asking = passkeys.begin_sign_in(HERE)
    phone.origin = ELSEWHERE.origin
    _refused(passkeys, phone.sign(asking))
    phone.origin, phone.host = HERE.origin, ELSEWHERE.host
    _refused(passkeys, phone.sign(asking))
    phone.host = ""
    _refused(passkeys, phone.sign(asking), ELSEWHERE)
    adding = passkeys.begin_adding(HERE, "olga")
    _refused(passkeys, phone.sign({"challenge": adding["challenge"], "rpId": HERE.host}))
    other = text(bytes(56))
    _refused(passkeys, phone.sign({"challenge": other, "rpId": HERE.host}))
    passkeys.sign_in(HERE, phone.sign(asking))


def test_without_user_verification_a_passkey_neither_signs_in_nor_is_added(
    passkeys: OwnersPasskeys, phone: Authenticator
) -> None:
    phone.flags = PRESENT
    _refused(passkeys, phone.sign(passkeys.begin_sign_in(HERE)))
    unlocked = Authenticator(HERE.origin, flags=PRESENT)
    with pytest.raises(PasskeyRefused):
        passkeys.add(HERE, unlocked.make(passkeys.begin_adding(HERE, "olga")), "x", "olga")
    assert len(passkeys.all()) == 1


def test_an_unknown_passkey_and_a_wrong_signature_are_refused(
    passkeys: OwnersPasskeys, phone: Authenticator
) -> None:
    _refused(passkeys, Authenticator(HERE.origin).sign(passkeys.begin_sign_in(HERE)))
    forged = Authenticator(HERE.origin, credential_id=phone.credential_id, uses=99)
    _refused(passkeys, forged.sign(passkeys.begin_sign_in(HERE)))
    answer = phone.sign(passkeys.begin_sign_in(HERE))
    signature = bytearray(data_of(answer["response"]["signature"]))
    signature[-1] ^= 1
    answer["response"]["signature"] = text(bytes(signature))
    _refused(passkeys, answer)


def test_a_cloned_passkey_whose_counter_has_not_grown_is_refused(
    passkeys: OwnersPasskeys, phone: Authenticator
) -> None:
    passkeys.sign_in(HERE, phone.sign(passkeys.begin_sign_in(HERE)))
    phone.uses -= 1
    _refused(passkeys, phone.sign(passkeys.begin_sign_in(HERE)))
    passkeys.sign_in(HERE, phone.sign(passkeys.begin_sign_in(HERE)))


def test_a_passkey_without_a_counter_signs_in_repeatedly(passkeys: OwnersPasskeys) -> None:
    synced = Authenticator(HERE.origin)
    passkeys.add(HERE, synced.make(passkeys.begin_adding(HERE, "olga")), "Synced", "olga")
    for _ in range(3):
        synced.uses = -1
        passkeys.sign_in(HERE, synced.sign(passkeys.begin_sign_in(HERE)))


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"clientDataJSON": ""},
        {"clientDataJSON": text(b"{}")},
        {"clientDataJSON": text(b"[" * 5000)},
        {"clientDataJSON": text(b'{"challenge": 7}')},
        {"clientDataJSON": "A"},
        {"clientDataJSON": text(b"\xff")},
    ],
)
def test_what_no_browser_sends_is_refused(
    passkeys: OwnersPasskeys, phone: Authenticator, response: dict[str, str]
) -> None:
    _refused(passkeys, {"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


@pytest.mark.parametrize("cut", [0, 1, 36, 37, 38, 60, -1])
def test_truncated_authenticator_data_is_refused(
    passkeys: OwnersPasskeys, phone: Authenticator, cut: int
) -> None:
    signed = phone.sign(passkeys.begin_sign_in(HERE))
    whole = data_of(signed["response"]["authenticatorData"])
    signed["response"]["authenticatorData"] = text(whole[:cut] if cut < 37 else whole + b"x" * cut)
    _refused(passkeys, signed)
    made = Authenticator(HERE.origin).make(passkeys.begin_adding(HERE, "olga"))
    attestation = data_of(made["response"]["attestationObject"])
    made["response"]["attestationObject"] = text(attestation[:cut])
    with pytest.raises(PasskeyRefused):
        passkeys.add(HERE, made, "x", "olga")


def test_a_passkey_can_be_renamed_and_opens_nothing_once_removed(
    passkeys: OwnersPasskeys, phone: Authenticator
) -> None:
    (added,) = passkeys.all()
    assert passkeys.rename(added.passkey_id, "Old phone", "olga").name == "Old phone"
    passkeys.remove(added.passkey_id, "olga")
    _refused(passkeys, phone.sign(passkeys.begin_sign_in(HERE)))
    with pytest.raises(NotFound):
        passkeys.remove(added.passkey_id, "olga")
    with pytest.raises(NotFound):
        passkeys.rename(added.passkey_id, "x", "olga")


def test_there_are_at_most_twenty(passkeys: OwnersPasskeys) -> None:
    def add(name: str) -> None:
        device = Authenticator(HERE.origin)
        passkeys.add(HERE, device.make(passkeys.begin_adding(HERE, "olga")), name, "olga")

    for number in range(20):
        add(str(number))
    with pytest.raises(NotPossible):
        add("one too many")


def test_while_the_state_store_is_down_no_answer_is_accepted(
    passkeys: OwnersPasskeys, phone: Authenticator, database: Database, clock: MovableClock
) -> None:
    broken = connect("sqlite:////no/such/folder/helpr.db")
    cut_off = worker(database, clock, broken)
    with pytest.raises(StateUnavailable):
        cut_off.sign_in(HERE, phone.sign(cut_off.begin_sign_in(HERE)))


def test_while_the_database_is_down_a_passkey_still_signs_in(
    passkeys: OwnersPasskeys, phone: Authenticator, database: Database, clock: MovableClock
) -> None:
    broken = connect("sqlite:////no/such/folder/helpr.db")
    cut_off = worker(broken, clock, database)
    cut_off.sign_in(HERE, phone.sign(cut_off.begin_sign_in(HERE)))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://helpr.example", "helpr.example"),
        ("https://helpr.example:8443", "helpr.example"),
        ("http://localhost:7071", "localhost"),
        ("http://helpr.localhost", "helpr.localhost"),
        ("http://helpr.example", ""),
        ("http://127.0.0.1:7071", ""),
        ("https://192.0.2.7", ""),
        ("https://[2001:db8::1]", ""),
        ("null", ""),
        ("", ""),
    ],
)
def test_where_browsers_have_passkeys(origin: str, host: str) -> None:
    assert host_of(origin) == host

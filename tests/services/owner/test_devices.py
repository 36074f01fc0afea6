"""The cookie of a browser in which the owner has signed in."""

from __future__ import annotations

import pytest

from helpr_core.services.owner.devices import Device, Devices
from tests.contract.places import MovableClock

DAY = 86_400


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def devices(clock: MovableClock) -> Devices:
    return Devices("not-a-real-key", clock)


def test_a_browser_is_recognised_by_its_id_and_keeps_it(devices: Devices) -> None:
    device = devices.find(devices.remember(None))
    assert device
    assert devices.find(devices.remember(device)) == device
    assert devices.find(devices.remember(None)) != device


@pytest.mark.parametrize("back", [0, 3600, 30 * DAY])
def test_it_is_recognised_for_400_days_wherever_the_clock_goes(
    devices: Devices, clock: MovableClock, back: int
) -> None:
    token = devices.remember(None)
    clock.advance(-back)
    assert devices.find(token)
    clock.advance(back + 400 * DAY - 2)
    assert devices.find(token)
    clock.advance(2)
    assert devices.find(token) is None


@pytest.mark.parametrize(
    "token", ["", "x", "0" * 32, f"{'0' * 32}.1700000000.{'A' * 43}", "é" * 40, "x" * 9000]
)
def test_a_token_that_we_did_not_sign_is_unknown(devices: Devices, token: str) -> None:
    assert devices.find(token) is None


def test_a_changed_letter_or_another_key_makes_it_unknown(
    devices: Devices, clock: MovableClock
) -> None:
    token = devices.remember(Device("0" * 32))
    assert devices.find("1" + token[1:]) is None
    assert Devices("another-key", clock).find(token) is None

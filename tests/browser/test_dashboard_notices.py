"""Channels on the dashboard: added, tested, changed, deleted, and their addresses never shown."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SignIn
from tests.browser.owner import Door, Owner
from tests.browser.test_dashboard_look import needs_axe
from tests.browser.test_look import AXE, TOO_WIDE, axe_everywhere

NOWHERE = "json://127.0.0.1:9/hunter2hunter2"


@pytest.fixture(autouse=True)
def _none_at_first(other: Door) -> None:
    for one in other.ask("GET", "channels")["channels"]:
        other.ask("DELETE", f"channels/{one['channel_id']}")


def _add(owner: Owner) -> None:
    owner.open("#/settings")
    page = owner.page
    page.get_by_role("link", name="Notices").click()
    owner.sees("Notices")
    page.get_by_role("button", name="Add a channel").click()
    page.get_by_label("Address").fill("nonsense")
    page.locator(".channel-form button[type=submit]").click()
    expect(page.locator(".summary")).to_contain_text("Helpr finds no service for this address")
    page.get_by_label("Address").fill(NOWHERE)
    page.get_by_label("Name", exact=True).fill("My phone")
    page.get_by_label("somebody accepted").check()
    page.get_by_label("From").fill("22:00")
    page.get_by_label("Until").fill("07:30")
    page.locator(".channel-form button[type=submit]").click()
    expect(owner.told()).to_contain_text("The channel has been added.")


def test_a_channel_is_added_tested_changed_and_deleted(owner: Owner, other: Door) -> None:
    _add(owner)
    page = owner.page
    (made,) = other.ask("GET", "channels")["channels"]
    assert made["label"] == "My phone"
    assert "accepted" in made["events"]
    assert (made["quiet_hours"]["begins"], made["quiet_hours"]["ends"]) == ("22:00", "07:30")
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator(".channel .notice")).to_contain_text("HELPR_NOTIFY_PRIVATE")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Address")).to_have_value("")
    page.get_by_label("Send to this channel").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".channel")).to_contain_text("Switched off")
    assert "hunter2" not in page.content() + json.dumps(other.ask("GET", "channels"))
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(owner.told()).to_contain_text("The channel is deleted.")
    assert other.ask("GET", "channels")["channels"] == []


def test_a_generated_secret_is_shown_once(owner: Owner) -> None:
    owner.open("#/notices", "Notices")
    page = owner.page
    page.get_by_role("button", name="Add a channel").click()
    page.get_by_label("What is it?").select_option("webhook")
    page.get_by_label("Address").fill("https://hooks.example/helpr")
    page.locator(".channel-form button[type=submit]").click()
    expect(owner.told()).to_contain_text("whsec_")
    page.reload()
    owner.sees("Notices")
    expect(page.locator(".channel")).to_contain_text("Nothing has been sent yet.")
    assert "whsec_" not in page.content()


@needs_axe
def test_axe_finds_nothing_while_a_channel_is_added(sign_in: SignIn, other: Door) -> None:
    other.ask("POST", "channels", {"kind": "apprise", "address": NOWHERE, "label": "Phone"})
    owner = sign_in(viewport=PHONE, color_scheme="light", bypass_csp=True)
    owner.open("#/notices", "Notices")
    owner.page.get_by_role("button", name="Add a channel").click()
    expect(owner.page.locator(".channel-form")).to_be_visible()
    owner.page.evaluate(AXE.read_text())
    assert axe_everywhere(owner.page) == []
    assert not owner.page.evaluate(TOO_WIDE)

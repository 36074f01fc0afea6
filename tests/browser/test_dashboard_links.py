"""Links, from the first click to an invited friend, and lists of friends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo_plex.shares import OTHER_LIBRARIES, OTHER_MACHINE_IDENTIFIER, OTHER_SERVER_NAME
from helpr_core import first_use
from tests.browser.conftest import PHONE, NewPage, SignIn
from tests.browser.live import LiveSite
from tests.browser.owner import Door, Owner
from tests.browser.test_dashboard_look import OPEN_ALL
from tests.browser.test_look import AXE, NARROW, TOO_WIDE, axe_in_light_and_dark

# What somebody presses, selects or types into; one after the other in less than a minute.
KEEP_STEPS = """() => {
  window.steps = new Set();
  const keep = ({ target }) => window.steps.add(target.closest("a, button, input, select"));
  for (const kind of ["click", "input"]) document.addEventListener(kind, keep, true);
}"""
MODULES = """async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const count = canvas.width / 8;
  const dark = (x, y) => data[4 * ((y * 8 + 4) * canvas.width + x * 8 + 4)] < 128 ? "1" : "0";
  const line = (_, y) => Array.from({ length: count }, (_, x) => dark(x, y)).join("");
  return Array.from({ length: count }, line);
}"""
LIST = (
    "E-Mail;Mediatheken;Tage;Notiz\r\n"
    "Ann <list-ann@example.com>;Movies;30;cousin\r\n"
    "LIST-ANN@example.com;;;\r\n"
    "list-bob@gmial.com;;;\r\n"
    "no@address@here;;;\r\n"
)


PICTURES = os.environ.get("HELPR_PICTURES")
"""A folder for what a person should look at."""


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def pixels(page: Page, address: str) -> list[str]:
    """The drawing as a browser paints it: a line of 0 and 1 for each row of modules."""
    found: list[str] = page.evaluate(MODULES, address)
    return found


def expected(text: str) -> list[str]:
    code = first_use.module("segno").make(text, error="m", micro=False)
    return ["".join(map(str, row)) for row in code.matrix_iter(border=4)]


def make(door: Door, **fields: Any) -> Any:
    return door.ask("POST", "links", fields)


def test_a_link_for_my_sister_movies_only_for_30_days_takes_six_steps(
    sign_in: SignIn, new_page: NewPage, owned: LiveSite
) -> None:
    """Uses only what is visible on the page: each step is the text that somebody reads there."""
    owner = sign_in(viewport=PHONE)
    page = owner.page
    owner.open()
    page.evaluate(KEEP_STEPS)

    owner.follow("Links")
    owner.sees("Links")
    picture(page, "links-begin")
    page.get_by_role("button", name="For one friend").click()
    page.get_by_label("Who is it for?").fill("My sister")
    page.get_by_role("checkbox", name="TV Shows").uncheck()
    page.get_by_label("For how long?").select_option("30 days")
    picture(page, "links-form")
    owner.press("Make the link")
    owner.sees("My sister")
    expect(page.get_by_text("The link is ready")).to_be_visible()

    assert page.evaluate("steps.size") == 6
    expect(page.locator("img.qr").first).to_be_visible()
    picture(page, "links-made")
    (link,) = owner.door.ask("GET", "links?search=sister")["links"]
    assert (link["uses_limit"], link["access_days"], link["approval"]) == (1, 30, "no")
    movies = next(one for one in owned.plex.libraries if one.title == "Movies")
    assert link["libraries"] == [movies.id]


def test_the_code_on_screen_and_on_paper_is_the_links_address(owner: Owner) -> None:
    owner.door.set(owner_name="Robin")
    link = make(owner.door, label="A poster")
    owner.open(f"#/links/{link['link_id']}", "A poster")
    page = owner.page
    address = f"{owner.site.url}{link['url']}"
    shown = page.get_by_role("img", name="QR code of the link “A poster”")

    assert pixels(page, shown.get_attribute("src") or "") == expected(address)

    page.emulate_media(media="print")
    expect(page.locator(".print-card")).to_be_visible()
    expect(page.locator(".on-screen")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Dashboard")).to_be_hidden()
    # The label is only for the owner.
    assert "A poster" not in page.locator("main").inner_text()
    assert address in page.locator(".print-card").inner_text()
    assert "Robin invites you to their Plex" in page.locator(".print-card").inner_text()
    picture(page, "links-print")


def test_a_phone_that_scans_the_print_is_invited(
    owner: Owner, new_page: NewPage, owned: LiveSite
) -> None:
    link = make(owner.door, label="Kitchen door", approval="no")
    owner.open(f"#/links/{link['link_id']}", "Kitchen door")
    owner.page.emulate_media(media="print")
    source = owner.page.locator(".print-card img").get_attribute("src") or ""
    address = f"{owner.site.url}{link['url']}"
    assert pixels(owner.page, source) == expected(address)

    phone = new_page(viewport=PHONE)
    phone.goto(address)
    phone.get_by_label("Plex username or e-mail").fill("scanned@example.com")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/invited/*")

    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert owned.plex.share_of("scanned@example.com") is not None


def test_a_link_is_changed_switched_off_duplicated_and_deleted(owner: Owner) -> None:
    link = make(
        owner.door, label="Old name", uses_limit=2, restrictions={"movies": "contentRating=PG"}
    )
    owner.open(f"#/links/{link['link_id']}", "Old name")
    page = owner.page

    owner.press("Change")
    page.get_by_label("Who is it for?").fill("New name")
    page.get_by_label("How many people can use it?").fill("many")
    owner.press("Save")
    expect(page.get_by_label("How many people can use it?")).to_have_attribute(
        "aria-invalid", "true"
    )
    page.get_by_label("How many people can use it?").fill("4")
    owner.press("Save")
    owner.sees("New name")
    expect(page.get_by_text("0 of 4 places")).to_be_visible()

    owner.press("Switch off")
    expect(page.get_by_text("It is switched off.")).to_be_visible()
    owner.press("Switch on")
    expect(page.get_by_text("It is switched off.")).to_have_count(0)

    owner.press("Duplicate")
    page.get_by_label("Who is it for?").fill("Its copy")
    owner.press("Make the link")
    owner.sees("Its copy")
    copied = owner.door.ask("GET", "links?search=copy")["links"][0]
    assert (copied["uses_limit"], copied["code"] != link["code"]) == (4, True)
    assert copied["restrictions"] == {"movies": "contentRating=PG"}  # options without a field here

    owner.press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    owner.sees("Links")
    expect(owner.row("Its copy")).to_have_count(0)
    expect(owner.row("New name")).to_be_visible()


def test_errors_in_the_folded_part_are_not_hidden(owner: Owner) -> None:
    owner.open("#/links")
    page = owner.page
    page.get_by_role("button", name="Open house").click()
    page.get_by_text("More choices").click()
    page.get_by_label("A word of your own in the address").fill("abc")
    page.get_by_text("More choices").click()

    owner.press("Make the link")

    expect(owner.told()).to_be_visible()
    expect(page.get_by_label("A word of your own in the address")).to_be_visible()


def test_a_link_for_children_starts_from_a_preset_and_can_be_opened_up_again(owner: Owner) -> None:
    owner.open("#/links")
    page = owner.page
    page.get_by_role("button", name="For one friend").click()
    page.get_by_label("Who is it for?").fill("My nephew")
    page.get_by_text("More choices").click()
    page.get_by_label("Start from").select_option(label="Kids (Germany)")
    expect(page.get_by_label("Only these movies")).to_have_value("contentRating=de/0,de/6")
    page.get_by_label("Downloads").select_option("Not allowed")
    picture(page, "links-restrictions")
    owner.press("Make the link")
    owner.sees("My nephew")
    (link,) = owner.door.ask("GET", "links?search=nephew")["links"]
    assert link["restrictions"] == {
        "downloads": False,
        "live_tv": "none",
        "movies": "contentRating=de/0,de/6",
        "television": "contentRating=de/0,de/6",
    }

    facts = page.locator(".facts").first
    expect(facts).to_contain_text("Only these movies: contentRating=de/0,de/6")
    expect(facts).to_contain_text("Downloads: Not allowed")

    owner.press("Change")
    page.get_by_text("More choices").click()
    page.get_by_label("Only these movies").fill("")
    page.get_by_label("Downloads").select_option("As set in Plex")
    owner.press("Save")
    expect(owner.told()).to_contain_text("Saved.")
    kept = owner.door.ask("GET", f"links/{link['link_id']}")["restrictions"]
    assert kept == {"live_tv": "none", "television": "contentRating=de/0,de/6"}


def test_with_two_servers_a_link_names_its_server(owner: Owner, owned: LiveSite) -> None:
    owned.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    managed = [owned.plex.machine_identifier, OTHER_MACHINE_IDENTIFIER]
    owner.open("#/links")
    page = owner.page
    page.get_by_role("button", name="Open house").click()
    expect(page.get_by_label("Who is it for?")).to_be_visible()
    expect(page.get_by_label("Server")).to_have_count(0)  # with one there is nothing to choose
    owner.door.ask("PUT", "servers", {"managed": managed})

    page.get_by_role("button", name="For one friend").click()
    page.get_by_label("Server").select_option(label=OTHER_SERVER_NAME)
    films = page.get_by_role("checkbox", name=OTHER_LIBRARIES[0].title)
    films.check()
    page.get_by_label("Who is it for?").fill("At the lake")
    owner.press("Make the link")
    owner.sees("At the lake")
    expect(page.locator(".facts").first).to_contain_text(OTHER_LIBRARIES[0].title)
    (link,) = owner.door.ask("GET", "links?search=lake")["links"]
    assert link["server_id"] == OTHER_MACHINE_IDENTIFIER
    assert link["libraries"] == [OTHER_LIBRARIES[0].id]
    owner.press("Change")
    expect(films).to_be_checked()
    owner.door.ask("PUT", "servers", {"managed": managed[:1]})


def test_links_are_filtered_by_name_and_state(owner: Owner) -> None:
    make(owner.door, label="Findable one")
    make(owner.door, label="Findable two", enabled=False)
    owner.open("#/links?search=findable")
    expect(owner.page.get_by_role("row")).to_have_count(1 + 2)

    owner.page.get_by_label("Status").select_option("Switched off")
    owner.page.keyboard.press("Enter")

    owner.press("Filter")
    expect(owner.page.get_by_role("row")).to_have_count(1 + 1)
    expect(owner.row("Findable two")).to_be_visible()
    assert "state=disabled" in owner.page.url

    owner.page.get_by_label("Status").select_option("Used up")
    owner.press("Filter")
    expect(owner.page.get_by_text("No link matches")).to_be_visible()


def test_a_pasted_list_is_previewed_then_sent_and_followed(
    owner: Owner, owned: LiveSite, tmp_path: Path
) -> None:
    owner.open("#/batches")
    page = owner.page
    page.get_by_label("Your friends, one on each line").fill(LIST)

    owner.press("See what would happen")

    expect(page.get_by_role("heading", name="What would happen")).to_be_focused()
    expect(page.get_by_text("Already on line 2.")).to_be_visible()
    expect(page.get_by_text("Did you mean list-bob@gmail.com?")).to_be_visible()
    picture(page, "batch-looked")
    assert owned.plex.share_of("list-ann@example.com") is None

    owner.press("Invite 2 friends")

    owner.sees("List")
    expect(page.get_by_role("heading", name="Done: 2 friends")).to_be_visible()
    picture(page, "batch-done")
    assert owned.plex.share_of("list-ann@example.com") is not None
    with page.expect_download() as download:
        page.get_by_role("link", name="Result as CSV").click()
    download.value.save_as(tmp_path / "result.csv")
    assert "list-ann@example.com" in (tmp_path / "result.csv").read_text("utf-8-sig")
    page.get_by_role("link", name="All lists").click()
    expect(page.get_by_role("link", name="2 friends")).to_be_visible()


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8-sig", "Zoë"), ("windows-1252", "Zoë"), ("utf-16", "Zoë")]
)
def test_a_file_is_read_in_any_format_that_spreadsheets_save(
    owner: Owner, tmp_path: Path, encoding: str, name: str
) -> None:
    file = tmp_path / "friends.csv"
    file.write_bytes(f"{name};file-zoe@example.com\r\n".encode(encoding))
    owner.open("#/batches")

    owner.page.get_by_label("Or read them from a file").set_input_files(file)

    lines = owner.page.get_by_label("Your friends, one on each line")
    expect(lines).to_have_value(f"{name};file-zoe@example.com\n")


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core")
def test_axe_finds_nothing_and_everything_fits_a_small_phone(sign_in: SignIn) -> None:
    owner = sign_in(viewport=NARROW, color_scheme="light", locale="de-DE", bypass_csp=True)
    link = make(owner.door, label="Ein langer Name für einen Link, der nicht abreißt" + "x" * 30)
    answer = owner.door.ask("POST", "batches", {"lines": "small@example.com\n" + LIST})
    page = owner.page
    for view, heading in {
        "#/links": "Links",
        f"#/links/{link['link_id']}": link["label"],
        "#/batches": "Liste einladen",
        f"#/batches/{answer['batch_id']}": "Liste",
    }.items():
        owner.open(view, heading)
        page.evaluate(OPEN_ALL)
        page.add_script_tag(path=AXE)
        assert (view, axe_in_light_and_dark(page)) == (view, [])
        assert not page.evaluate(TOO_WIDE)
        picture(page, f"small-{view.split('/')[1]}-{len(view)}")

"""The page of a friend with access: where to go, what it offers and costs, the owner's words."""

from __future__ import annotations

from helpr_core.texts import text
from tests.web.site_under_test import SiteUnderTest

PERKS = ["home"]


def page_of(site: SiteUnderTest, name: str, *, accepted: bool = True) -> str:
    """The result page of a friend of the owner, who has access at once."""
    if accepted:
        site.plex.share(name)
        site.plex.stage.plex.world.end_share(site.plex.accept(name).id)
    location = site.invite(name).headers["Location"]
    return site.page(location).text


def test_it_opens_plex_at_this_server(site: SiteUnderTest) -> None:
    page = page_of(site, "insider")
    assert f"https://app.plex.tv/desktop/#!/media/{site.plex.machine_identifier}/" in page
    assert text("inside.open", server=site.plex.server_name) in page
    assert "https://apps.apple.com/app/" in page
    assert "https://play.google.com/store/apps/" in page


def test_a_friend_who_has_not_accepted_sees_none_of_it(site: SiteUnderTest) -> None:
    site.save(guide="The secret handshake")
    page = page_of(site, "invited", accepted=False)
    assert "handshake" not in page
    assert 'id="open-server"' not in page


def test_the_cost_of_watching_remotely_is_shown_only_without_a_plex_pass(
    site: SiteUnderTest,
) -> None:
    site.container.plex.owner().look()
    assert text("inside.away") not in page_of(site, "with-pass")
    site.plex.change(features=PERKS)
    owner = site.container.plex.owner()
    owner.note("demo-owner", plex_pass=site.container.plex.media().fetch_account().plex_pass)
    assert text("inside.away") in page_of(site, "without-pass")


def test_if_a_plex_pass_is_not_known_of_nothing_is_claimed(site: SiteUnderTest) -> None:
    site.container.plex.owner().note("demo-owner", "plex_unavailable")
    assert text("inside.away") not in page_of(site, "unknown")


def test_the_owners_words_are_rendered_and_sanitised(site: SiteUnderTest) -> None:
    site.save(guide="## Rules\n\n**Be kind** <script>alert(1)</script>", contact="tea@home")
    page = page_of(site, "reader")
    assert "<h4>Rules</h4>" in page
    assert "<strong>Be kind</strong> &lt;script&gt;" in page
    assert text("inside.contact", contact="tea@home") in page

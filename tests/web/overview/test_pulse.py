"""One cheap request tells whether anything has changed; an unchanged state has no body."""

from __future__ import annotations

from tests.web.site_under_test import SiteUnderTest


def test_an_unchanged_state_is_a_304_and_a_new_request_is_not(site: SiteUnderTest) -> None:
    site.save(approval_required=True)
    first = site.owner("GET", "pulse")
    assert first.get_json() == {"awaiting": 0}
    seen = {"If-None-Match": first.headers["ETag"]}

    same = site.owner("GET", "pulse", headers=seen)
    assert (same.status_code, same.get_data()) == (304, b"")

    site.invite("anna")
    news = site.owner("GET", "pulse", headers=seen)
    assert (news.status_code, news.get_json()) == (200, {"awaiting": 1})

    waiting = {"If-None-Match": news.headers["ETag"]}
    request_id = site.rows()[0]["request_id"]
    assert site.owner("POST", f"invites/{request_id}/deny").status_code == 200
    assert site.owner("GET", "pulse", headers=waiting).get_json() == {"awaiting": 0}

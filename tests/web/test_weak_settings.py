"""Settings that work but are weak: the overview, the connection check and the log say so."""

from __future__ import annotations

import pytest

from tests.web.conftest import MakeSite

WEAK = {
    "INVITE_CODE": "a",
    "SECRET_KEY": "my-secret-secret-secret-secret-key",
    "HELPR_PUBLIC_URL": "http://helpr.example.net",
}


@pytest.mark.parametrize("name", WEAK)
def test_a_weak_setting_is_a_warning_everywhere_and_stops_nobody(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    site = make_site(**{name: WEAK[name]})
    code = WEAK[name] if name == "INVITE_CODE" else ""
    assert site.invite("anna", invite_code=code).status_code == 201
    for path in ("overview", "connection"):
        body = site.owner("GET", path).get_json()
        (found,) = [one for one in body["checks"] if one["name"] == "settings"]
        assert found["severity"] == "warning"
        assert name in found["detail"]
        assert name in found["fix"]
        assert WEAK[name] not in found["detail"].split() + found["fix"].split()
    assert site.owner("GET", "connection").get_json()["ok"] is True
    logged = [line for line in caplog.messages if line.startswith(f"setting {name} is weak: it ")]
    assert len(logged) == 1


def test_each_unusable_setting_is_logged_once_and_not_at_each_request(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(SECRET_KEY="x" * 40, HELPR_RATE_STATUS="often")
    for _ in range(3):
        assert site.page("/").status_code == 503
    logged = [line for line in caplog.messages if " cannot be used: it " in line]
    assert sorted(line.split()[1] for line in logged) == ["HELPR_RATE_STATUS", "SECRET_KEY"]

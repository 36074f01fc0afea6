"""No setting, however odd, causes a 500 or is revealed: pages, check and log."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpr_core import logs
from helpr_core.configuration.settings import SETTING_NAMES
from tests.web.conftest import MakeSite
from tests.web.dashboard import ADMINISTRATOR, PASSWORD
from tests.web.site_under_test import SiteUnderTest

MARK = "hunter2"
# Every network address is this computer, where nothing listens.
NOBODY = "127.0.0.1:9"
ODD = (
    MARK,
    f"[{MARK}",
    f"{MARK}]",
    f"'{MARK}",
    f"{MARK}\udcff",
    f"{MARK}\x00",
    f"{MARK}\r\nX-Evil: 1",
    f"{MARK}%",
    f"%{MARK}%s%(x)s{{0}}",
    f"-{MARK}",
    f"９{MARK}",
    f"{MARK}…✓😀",
    f"{'9' * 5000}{MARK}",
    f"${{{MARK}}}",
    f"<b>{MARK}</b>",
)
SHAPES = {
    "DATABASE_URL": (
        *(f"postgresql://helpr:{MARK}{sign}x@{NOBODY}/d" for sign in "[]{}<>@:/?#%&=+ \\'\"|^~;"),
        f"postgresql://helpr:{MARK}@{NOBODY}/d?{MARK}=x",
        f"postgresql://helpr:{MARK}@{NOBODY}/d?plugin={MARK}",
        f"postgresql://helpr:{MARK}@{NOBODY}/d?connection_factory={MARK}&async_=1",
        f"postgresql://helpr@{NOBODY}/d?password={MARK}&port={MARK}",
        f"sqlite:////no/such/folder/{MARK}.db",
        f"sqlite:///{MARK}\\..\\x.db",
        f'Host=127.0.0.1;Port=9;Database=d;Username=u;Password="{MARK}[""x"',
        f"host=127.0.0.1 port=9 dbname=d user=u password='{MARK}\\'[x'",
    ),
    "DATABASE_PATH": (f"/no/such/folder/{MARK}.db", "/", "/dev/null/x", f"/proc/{MARK}", "x" * 300),
    "HELPR_TABLES_CONNECTION": (
        f"DefaultEndpointsProtocol=http;AccountName=x;AccountKey={MARK}=;"
        f"TableEndpoint=http://{NOBODY}/x",
        f"AccountName={MARK}",
        f"TableEndpoint=http://[{MARK};SharedAccessSignature={MARK}",
    ),
    "HELPR_TABLES_ENDPOINT": (f"http://{NOBODY}/{MARK}", f"https://[::1]:9/{MARK}"),
    "PLEX_API_URL": (
        *(f"http://{NOBODY}/{MARK}", f"http://[::1]:9/{MARK}", "http://[:::]", "http://a..b"),
        *(f"http://{'x' * 70}", "http://" + "x." * 150, "http://.", "http://-"),
    ),
    "ADMIN_PASSWORD_HASH": (
        f"scrypt:{MARK}$x$y",
        f"scrypt:99999999999:8:1$x${MARK}",
        f"pbkdf2:{MARK}:1$x$y",
        f"pbkdf2:sha256:0${MARK}$y",
        "scrypt:$$",
    ),
    "HELPR_RATE_INVITES": (f"{'9' * 30}/minute", "1/99999999999 year", "-1/minute", "0/day"),
    "INVITE_CODE": (f"{MARK} ﬁ ß İ", "\u200b", "٣٤٥٦٧٨٩"),
}
# A third of all pairs, each name and each value in some of them; hypothesis does the rest.
CASES = [
    *(
        (name, value)
        for row, name in enumerate(SETTING_NAMES)
        for column, value in enumerate(ODD)
        if (row + column) % 3 == 0
    ),
    *((name, value) for name, values in SHAPES.items() for value in values),
]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An odd path is still a file, and is created."""
    monkeypatch.chdir(tmp_path)


_OWNERS_LINK = re.compile(r'"link":"[^"]*"')


def look_everywhere(site: SiteUnderTest) -> list[str]:
    """Everything that can be shown to anybody, after checking that nothing is a 500."""
    answers = [
        site.page("/"),
        site.get("/api/site"),
        site.invite("anna"),
        site.fill_in("bob", invite_code="x"),
        site.page("/dashboard"),
        site.ask("POST", "/dashboard/session", json={"username": "owner", "password": PASSWORD}),
    ]
    key = {"x-functions-key": "x"}
    for path in ("overview", "connection", "libraries", "settings", "invites"):
        try:
            answers.append(site.owner("GET", path))
        except Exception:  # noqa: BLE001 - there is no key while settings are missing
            answers.append(site.ask("GET", f"/api/manage/{path}", headers=key))
    assert [one.status_code for one in answers if one.status_code == 500] == []
    return [one.text + str(one.headers) for one in answers]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_an_odd_setting_breaks_no_page_and_is_not_revealed(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    logs.install()
    site = make_site(**(ADMINISTRATOR | {name: value}))
    shown = look_everywhere(site)
    if name in ("PLEX_SERVER_NAME", "PLEX_LIBRARIES", "HELPR_PUBLIC_URL"):
        return  # these are there to be shown
    if name == "PLEX_API_URL":
        shown = []  # browsers make the PINs of a sign-in there
    if name == "INVITE_CODE":  # only the owner's link contains it
        shown = [_OWNERS_LINK.sub("", one) for one in shown]
    assert [one for one in shown if MARK in one] == []
    assert [one for one in caplog.messages if MARK in one] == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(sorted(set(SETTING_NAMES) - {"PGHOST", "DATABASE_PATH"})),
        st.text(st.characters(codec=None), max_size=12).map(lambda text: f"{MARK}{text}"),
        min_size=1,
        max_size=4,
    )
)
def test_no_combination_of_settings_breaks_a_page(make_site: MakeSite, odd: dict[str, str]) -> None:
    logging.getLogger("helpr_core").setLevel(logging.WARNING)
    look_everywhere(make_site(**(ADMINISTRATOR | odd)))

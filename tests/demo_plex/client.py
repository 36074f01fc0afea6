"""A client of the demo that sends what PlexAPI sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self
from xml.etree import ElementTree as ET

import requests

from demo_plex import LIBRARIES, DemoPlex

MOVIES, SHOWS, MUSIC, KIDS = (library.id for library in LIBRARIES)


class PlexClient:
    """One keep-alive connection to the demo, signed in with its token."""

    def __init__(self, plex: DemoPlex) -> None:
        self._plex = plex
        self.session = requests.Session()
        self.session.headers["X-Plex-Token"] = plex.token
        self.session.headers["X-Plex-Client-Identifier"] = "not-a-real-client"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.session.close()

    @property
    def shares_path(self) -> str:
        return f"/api/servers/{self._plex.machine_identifier}/shared_servers"

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", 10)
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self._plex.url + path, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.ask("GET", path, **options)

    def share(self, who: str, library_ids: Sequence[Any] = (MOVIES,)) -> requests.Response:
        body = {
            "server_id": self._plex.machine_identifier,
            "shared_server": {"library_section_ids": list(library_ids), "invited_email": who},
            "sharing_settings": {"allowSync": "0"},
        }
        return self.ask("POST", self.shares_path, json=body)

    def rows(self, path: str) -> list[ET.Element]:
        """The rows of a list, after checking that `size` counts them."""
        root = xml_of(self.get(path))
        assert root.get("size") == str(len(root))
        return list(root)


def xml_of(answer: requests.Response) -> ET.Element:
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    return ET.fromstring(answer.content)


def refusal(answer: requests.Response) -> str:
    """The sentence of a v1 refusal, after checking its shape."""
    root = xml_of(answer)
    assert root.tag == "Response"
    assert root.get("code") == str(answer.status_code)
    return root.attrib["status"]

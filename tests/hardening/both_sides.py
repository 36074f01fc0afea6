"""How to ask Microsoft's worker library and our own server the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract.sides import Case, Side

UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_PARAMETER = re.compile(r"{\*?(\w+)}")


@dataclass
class Asked:
    """One side with Helpr on it. `keys` open the key door, `session` the session door."""

    name: str
    side: Side
    function_key: str
    session: dict[str, str] = field(default_factory=dict)

    @property
    def is_worker(self) -> bool:
        """Whether it is Microsoft's worker library, which sees no request without a function."""
        return self.name == "worker"

    def functions(self) -> list[tuple[dict[str, Any], str]]:
        """Each HTTP function with each of its methods."""
        return [
            (one, method)
            for one in self.side.functions
            if "route" in one
            for method in one["methods"]
        ]

    def ask(
        self,
        function: Mapping[str, Any],
        method: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        scheme: str = "http",
    ) -> dict[str, Any]:
        """That function's answer, with something plausible for each parameter of its route."""
        params = {name: UNKNOWN for name in _PARAMETER.findall(function["route"])}
        if "path" in params:
            params["path"] = "overview" if function["name"] == "dashboard_api" else "icon.svg"
        target = "/" + _PARAMETER.sub(lambda found: params[found[1]], function["route"])
        case = Case(f"{method} {target}", function["name"], None, params, {}, headers, body)
        if not self.is_worker:
            return self.side.ask(case.as_sent())
        message = case.as_given_to_the_worker()
        return self.side.ask(message | {"url": message["url"].replace("http:", f"{scheme}:", 1)})

    def sign_in(self, password: str) -> None:
        """Keep a session's headers."""
        body = json.dumps({"username": "owner", "password": password}).encode()
        (sign_in,) = [one for one in self.side.functions if one["name"] == "sign_in"]
        answer = self.ask(sign_in, "POST", {"content-type": "application/json"}, body)
        told = json.loads(answer["body"])
        cookies = [
            text.partition(";")[0] for name, text in answer["headers"] if name == "set-cookie"
        ]
        (cookie,) = [one for one in cookies if one.startswith("helpr_session=")]
        self.session = {"cookie": cookie, "x-csrf-token": told["csrf_token"]}


def headers_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """The answer's headers; none occurs twice, except cookies."""
    names = [name for name, _ in answer["headers"] if name != "set-cookie"]
    assert len(names) == len(set(names)), names
    return {str(name): str(value) for name, value in answer["headers"]}

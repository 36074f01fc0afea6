"""What a page costs: the requests that reached the server, and the bytes of their answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass
class Traffic:
    """Sizes by request, headers included; answers from the browser's cache cost nothing."""

    sizes: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> list[str]:
        """The addresses of the requests."""
        return list(self.addresses.values())

    @property
    def transferred_bytes(self) -> int:
        """The size of all answers, compressed as sent."""
        return sum(self.sizes.values())

    def sent(self, event: dict[str, Any]) -> None:
        """A request may be sent, unless the cache has the answer."""
        self.addresses[event["requestId"]] = event["request"]["url"]

    def from_cache(self, event: dict[str, Any]) -> None:
        """It was answered from the cache."""
        self.addresses.pop(event["requestId"], None)

    def answered(self, event: dict[str, Any]) -> None:
        """The beginning of an answer has arrived."""
        if event["response"].get("fromDiskCache"):
            self.from_cache(event)

    def whole(self, event: dict[str, Any]) -> None:
        """The whole answer has arrived."""
        if event["requestId"] in self.addresses:
            self.sizes[event["requestId"]] = event["encodedDataLength"]


@contextmanager
def traffic_of(page: Page) -> Iterator[Traffic]:
    """The traffic in the block, until the page has been quiet for half a second."""
    traffic = Traffic()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", traffic.sent)
    session.on("Network.requestServedFromCache", traffic.from_cache)
    session.on("Network.responseReceived", traffic.answered)
    session.on("Network.loadingFinished", traffic.whole)
    yield traffic
    page.wait_for_load_state("networkidle")
    session.detach()

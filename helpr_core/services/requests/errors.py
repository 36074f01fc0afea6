"""The errors about requests."""

from __future__ import annotations

from helpr_core.domain.requests import InviteRequest
from helpr_core.errors import HelprError


class OtherServerFirst(HelprError):
    """The person has an open request, `row`, to another of the owner's servers.

    The record has one open request per person, so this one has to wait for that one's end.
    """

    def __init__(self, row: InviteRequest) -> None:
        super().__init__("other_server_first")
        self.row = row

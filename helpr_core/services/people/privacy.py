"""Erasing what is known about a person, and deleting a request."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from helpr_core.errors import NotFound, NotPossible
from helpr_core.services.people.ports import Erased, Erasing, StillOpen
from helpr_core.texts import Message


class Privacy:
    """`forget` removes what waits in the state store under these keys.

    Raises LogUnavailable and StateUnavailable: it can be repeated, and nothing comes back.
    """

    def __init__(self, erasing: Erasing, forget: Callable[[Collection[str]], int]) -> None:
        self._erasing = erasing
        self._forget = forget

    def erase(self, person_id: UUID) -> Erased:
        """Erase everything that names the person; what must stay for the seat count stays nameless.

        Raises NotFound, and NotPossible while something about the person is still pending.
        """
        try:
            erased = self._erasing.erase(person_id)
        except StillOpen as exc:
            raise NotPossible(Message(f"people.erase_open_{exc.what}")) from exc
        if erased is None:
            raise NotFound
        self._forget(erased.identity_keys)
        return erased

    def delete_request(self, request_id: UUID) -> None:
        """Delete a settled request with its notes and events. Raises NotFound and NotPossible."""
        deleted = self._erasing.delete_request(request_id)
        if deleted is None:
            raise NotFound
        if not deleted:
            raise NotPossible(Message("requests.delete_open"))

"""What is known of one person, erased; of one request, deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from helpr_core.errors import NotFound, NotPossible
from helpr_core.services.people.ports import Erased, Erasing, StillOpen
from helpr_core.texts import Message


class Privacy:
    """`forget` takes what waits in the state store under these keys out of it.

    Raises LogUnavailable and StateUnavailable: both can be asked again, and nothing comes back.
    """

    def __init__(self, erasing: Erasing, forget: Callable[[Collection[str]], int]) -> None:
        self._erasing = erasing
        self._forget = forget

    def erase(self, person_id: UUID) -> Erased:
        """Everything that names the person; what has to stay for the seats stays without a name.

        NotFound, and NotPossible while something about the person is still to be done.
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
        """One settled request with its notes and events. NotFound and NotPossible as above."""
        deleted = self._erasing.delete_request(request_id)
        if deleted is None:
            raise NotFound
        if not deleted:
            raise NotPossible(Message("requests.delete_open"))

"""What is due is ordered for each, whatever one of the orders meets."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest

from helpr_core.errors import FieldError, HelprError, InvalidInput, NotFound, NotPossible
from helpr_core.services.people.due import PeopleDue
from helpr_core.texts import Message


@pytest.mark.parametrize(
    "met",
    [
        NotFound("gone since"),
        NotPossible(Message("people.gone_already")),
        InvalidInput(FieldError("libraries", Message("field.libraries_unknown", ids="7"))),
    ],
    ids=lambda met: type(met).__name__,
)
def test_one_order_that_cannot_be_given_keeps_no_other_waiting(met: HelprError) -> None:
    people, orders, first, second = Mock(), Mock(), uuid4(), uuid4()
    people.over.return_value = [(first, "server"), (second, "server")]
    people.stale.return_value = people.restrictions_due.return_value = []
    people.tell_ends_soon.return_value = 0
    ordered: list[UUID] = []

    def remove(person_id: UUID, *_: Any) -> None:
        if person_id == first:
            raise met
        ordered.append(person_id)

    orders.remove.side_effect = remove
    assert PeopleDue(people, orders, lambda: 0)() == {"access_ended": 1}
    assert ordered == [second]

"""What is known about a person: exported as a file, or erased everywhere."""

from __future__ import annotations

from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.web.call import Call
from helpr_core.web.people.handlers import story_of, target
from helpr_core.web.reading import note, path_id
from helpr_core.web.responses import json_response, no_content

_ALL = 10_000


class ErasedOut(BaseModel):
    """What was erased."""

    requests: int = Field(description="How many requests were deleted.")
    stays: bool = Field(
        description="The person still has access: the account's id stays, for the seats."
    )


def export_person(call: Call) -> Response:
    """GET people/{person_id}/export: everything that is known about one person, as a file."""
    wanted = path_id(call, "person_id")
    answer = json_response(story_of(wanted, _ALL))
    note(call, "person_exported", target(wanted))
    answer.headers["Content-Disposition"] = f'attachment; filename="helpr-{wanted}.json"'
    return answer


def erase_person(call: Call) -> Response:
    """POST people/{person_id}/erase: erase what names the person; nothing changes in Plex."""
    wanted = path_id(call, "person_id")
    erased = container.current().people().privacy().erase(wanted)
    note(call, "person_erased", target(wanted), after={"requests": erased.requests})
    return json_response(ErasedOut(requests=erased.requests, stays=erased.stays))


def delete_request(call: Call) -> Response:
    """DELETE invites/{request_id}: a settled request with its notes and history."""
    wanted = path_id(call, "request_id")
    container.current().people().privacy().delete_request(wanted)
    note(call, "request_deleted", str(wanted))
    return no_content()

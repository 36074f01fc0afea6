"""The site's own invite code: set on the dashboard and sealed at rest, or INVITE_CODE."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from helpr_core.domain.concerns import Concern, about_code
from helpr_core.domain.links import SHORTEST_CODE, is_long_enough
from helpr_core.errors import FieldError, InvalidInput
from helpr_core.frozen import dataclass
from helpr_core.services.sealing import SealBroken, Sealer
from helpr_core.texts import Message


class CodeSource(StrEnum):
    """Where the code is set."""

    ENVIRONMENT = "environment"
    DASHBOARD = "dashboard"


@dataclass(frozen=True, slots=True)
class SiteCode:
    """`text` is what friends type: "" where there is no code, and where it is `unreadable`, since
    SECRET_KEY is another one than when it was set. Then a code is asked for, and none is right."""

    text: str = ""
    source: CodeSource | None = None
    unreadable: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is a code that could be asked for."""
        return self.source is not None


NONE = SiteCode()


def concerns_about(code: SiteCode) -> list[Concern]:
    """What is wrong with a code that was set on the dashboard."""
    if code.source is not CodeSource.DASHBOARD:
        return []
    name = Message("concern.site_code")
    if code.unreadable:
        found, fix = Message("concern.code_unreadable"), Message("concern.code_unreadable_fix")
        return [Concern(name, found, fix)]
    return about_code(name, code.text)


class CodeKeeper:
    """`environments` is INVITE_CODE, "" without it: where it is set, it counts. `sealer` is made at
    its first use. `is_taken` says whether a link has a code already."""

    def __init__(
        self,
        environments: str,
        sealer: Callable[[], Sealer],
        is_taken: Callable[[str], bool],
    ) -> None:
        self._environments = (
            SiteCode(environments, CodeSource.ENVIRONMENT) if environments else NONE
        )
        self._sealer = sealer
        self._is_taken = is_taken
        self._last = ("", NONE)

    def of(self, sealed: str) -> SiteCode:
        """The code that counts where this one is stored."""
        return self._environments if self._environments.exists else self.stored(sealed)

    def stored(self, sealed: str) -> SiteCode:
        """The dashboard's code, whether it counts or not."""
        last = self._last  # replaced whole: a thread sees both parts or neither
        if last[0] != sealed:
            last = self._last = (sealed, self._opened(sealed))
        return last[1]

    def _opened(self, sealed: str) -> SiteCode:
        if not sealed:
            return NONE
        try:
            return SiteCode(self._sealer().unseal(sealed), CodeSource.DASHBOARD)
        except SealBroken:
            return SiteCode("", CodeSource.DASHBOARD, unreadable=True)

    def sealed(self, typed: str, before: str) -> str:
        """What is stored in the place of `before` for the code that the owner has typed.

        One that cannot be read stays until another is typed: else it would open the form to
        everybody. Raises InvalidInput.
        """
        if typed == self.stored(before).text:
            return before
        if self._environments.exists:
            raise InvalidInput(FieldError("invite_code", Message("field.code_of_environment")))
        if not typed:
            return ""
        if not is_long_enough(typed):
            too_short = Message("link.code_too_short", least=SHORTEST_CODE)
            raise InvalidInput(FieldError("invite_code", too_short))
        if self._is_taken(typed):
            raise InvalidInput(FieldError("invite_code", Message("field.code_of_a_link")))
        return self._sealer().seal(typed)

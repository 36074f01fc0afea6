"""What the owner should change in settings that work, for every place that shows it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.concerns import Concern
from helpr_core.errors import Unavailable
from helpr_core.texts import Message, clauses, sentences

log = logging.getLogger(__name__)

Source = Callable[[], Iterable[Concern]]


class SettingConcerns:
    """Call it: it returns what the settings themselves show, then what each source has seen since.

    Each source is asked every time; one whose store does not answer has seen nothing. `lacking`
    names the settings without which nobody can sign in to the dashboard: a script needs none.
    """

    def __init__(
        self,
        of_settings: Sequence[Concern],
        sources: Sequence[Source] = (),
        lacking: Sequence[str] = (),
    ) -> None:
        self._of_settings = tuple(of_settings)
        self._sources = tuple(sources)
        self._lacking = tuple(lacking)

    def __call__(self) -> tuple[Concern, ...]:
        """All of them."""
        found = list(self._of_settings)
        for source in self._sources:
            try:
                found += source()
            except Unavailable as exc:
                log.info("concerns not known reason=%s", exc)
        return tuple(found)

    def check(self, more: Iterable[Concern] = ()) -> Check:
        """One layer for the overview, the connection check and the command line. `more` is what
        is only looked at on demand."""
        found = (*self(), *more)
        if not found:
            return Check("settings", Severity.OK, self._well())
        return Check(
            "settings",
            Severity.WARNING,
            clauses(
                *(Message("setting.named", setting=one.setting, found=one.found) for one in found)
            ),
            sentences(
                *dict.fromkeys(
                    Message("setting.with_fix", setting=one.setting, fix=one.fix) for one in found
                )
            ),
        )

    def _well(self) -> Message:
        if not self._lacking:
            return Message("check.settings.ok")
        return Message("check.settings.no_administrator", names=self._lacking)

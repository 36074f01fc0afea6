"""`second-factor-off`: the way back in for an owner who has lost phone and recovery codes."""

from __future__ import annotations

import argparse

from helpr_core.texts import text


def second_factor_off(_options: argparse.Namespace) -> int:
    """Turn the second factor of the dashboard's password off."""
    from helpr_core import container
    from helpr_core.domain.audit import COMMAND_LINE
    from helpr_core.domain.notices import WayInChange
    from helpr_core.web.session.changed import tell_change

    owner = container.current().owner
    if not owner.second_factors().turn_off(COMMAND_LINE.name):
        print(text("command.second_factor_off.was_off"))
        return 0
    owner.audit_trail().note(COMMAND_LINE, "second_factor_off", "second_factor")
    tell_change(WayInChange.SECOND_FACTOR_OFF)
    print(text("command.second_factor_off.done"))
    return 0

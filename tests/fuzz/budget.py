"""How much is tried: what HELPR_FUZZ_EXAMPLES says (`make faults`, `make fuzz`), else a little."""

from __future__ import annotations

import os

_GIVEN = os.environ.get("HELPR_FUZZ_EXAMPLES", "")


def examples(usually: int, share: float = 1.0) -> int:
    """How many examples a test has; `share` is that of one whose examples take longer."""
    return max(usually, int(int(_GIVEN) * share)) if _GIVEN else usually

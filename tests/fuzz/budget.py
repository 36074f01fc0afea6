"""How many examples are tried: HELPR_FUZZ_EXAMPLES (`make faults`, `make fuzz`), else a few.

They are the same in every run, so that a change is judged by what it changes; `make fuzz` looks for
new ones (HELPR_FUZZ_NEW).
"""

from __future__ import annotations

import os

_GIVEN = os.environ.get("HELPR_FUZZ_EXAMPLES", "")
LOOKS_FOR_NEW = bool(os.environ.get("HELPR_FUZZ_NEW"))


def examples(usually: int, share: float = 1.0) -> int:
    """How many examples a test has; `share` reduces it for tests whose examples take longer."""
    return max(usually, int(int(_GIVEN) * share)) if _GIVEN else usually

"""The limits of signing in to the dashboard, by their names in the rate limiter.

Apart from `sign_in`: every limiter has these rules, and most workers let nobody in.
"""

from __future__ import annotations

RULE = "sign_in"
FAILED = "failed_sign_ins"
"""For all browsers together in which nobody has signed in before."""

"""Computes what Azure costs, from one table; docs/deploy.md and docs/security.md quote the sums.

US dollars without tax, pay as you go, West Europe or East US, as of November 2026.
`infra/prices.json` has each with its source. Look them up in Azure's calculator before you rely
on them; after a change of the file run `python -m tests.publishing.prices` for the new sums.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace

from tests.publishing.package import PROJECT

FILE = PROJECT / "infra/prices.json"
TABLE = json.loads(FILE.read_text("utf-8"))
PRICES: dict[str, float] = {name: one["amount"] for name, one in TABLE["prices"].items()}
DAYS = 30
TIMER_RUNS = DAYS * 24 * 12
"""Housekeeping, every five minutes."""
GB_AN_INSTANCE = 2048 / 1024
SECONDS_A_REQUEST = 2.0
"""A page that takes milliseconds is billed as a second; an invite waits for plex.tv."""
LOG_BYTES_A_REQUEST = 4_000
"""Its row in AppRequests and Helpr's own lines, generously estimated."""

LARGEST_FILE_BYTES = 100_000
"""An upper bound for the size of any file that is served; a test checks it."""


@dataclass(frozen=True)
class SetUp:
    """One row of the table of set-ups."""

    name: str
    postgres: bool = False
    endpoints: int = 0
    alerts: bool = True
    requests: int = 0
    always_ready: int = 0


CHEAPEST = SetUp("cheapest")
STANDARD = SetUp("standard", postgres=True)
PRIVATE = SetUp("private", postgres=True, endpoints=5)
SET_UPS = (CHEAPEST, STANDARD, PRIVATE)
LIGHT = 5_000


def compute(executions: float, gb_seconds: float) -> float:
    """Flex Consumption, on demand, minus the free amount per month."""
    paid_seconds = max(0.0, gb_seconds - PRICES["functions_free_gb_seconds"])
    paid_executions = max(0.0, executions - PRICES["functions_free_executions"])
    return (
        paid_seconds * PRICES["functions_gb_second"]
        + paid_executions / 1e6 * PRICES["functions_million_executions"]
    )


def month(set_up: SetUp) -> dict[str, float]:
    """What each part of a set-up costs in 30 days; parts that cost nothing are 0."""
    executions = set_up.requests + TIMER_RUNS
    gb_seconds = (set_up.requests * SECONDS_A_REQUEST + TIMER_RUNS * 1.0) * GB_AN_INSTANCE
    hours = DAYS * 24
    logged = (executions * LOG_BYTES_A_REQUEST) / 1e9
    return {
        "functions": compute(executions, gb_seconds),
        "always ready": set_up.always_ready * GB_AN_INSTANCE * hours * 3600
        * PRICES["functions_always_ready_gb_second"],
        # The timer's lease and note, the host's own, the rate limits of a request.
        "storage": PRICES["storage_gb"] * 0.1
        + (TIMER_RUNS * 20 + set_up.requests * 30) / 1e4 * PRICES["storage_10k_operations"],
        "key vault": (DAYS * 24 * 5) / 1e4 * PRICES["vault_10k_operations"],
        "logs": max(0.0, logged - PRICES["logs_free_gb"]) * PRICES["logs_gb"],
        "alert rule": PRICES["log_alert_rule"] if set_up.alerts else 0.0,
        "postgresql": (hours * PRICES["postgres_b1ms_hour"] + 32 * PRICES["postgres_storage_gb"])
        if set_up.postgres
        else 0.0,
        "endpoints": set_up.endpoints
        * (hours * PRICES["private_endpoint_hour"] + PRICES["private_dns_zone"]),
    }  # fmt: skip


def total(set_up: SetUp) -> float:
    """The month's sum."""
    return sum(month(set_up).values())


DAY_SECONDS = 24 * 3600
REQUESTS_A_SECOND = 200
"""Per instance, with one processor: more than the bench has measured behind the host."""


@dataclass(frozen=True)
class Flood:
    """A day of an attack: every instance is busy from midnight to midnight, and nothing is free."""

    instances: int

    @property
    def requests(self) -> int:
        """How many requests are answered."""
        return self.instances * REQUESTS_A_SECOND * DAY_SECONDS

    def parts(self) -> dict[str, float]:
        """What the day costs, in dollars, by cause."""
        return {
            "computing": self.instances * GB_AN_INSTANCE * DAY_SECONDS
            * PRICES["functions_gb_second"],
            "executions": self.requests / 1e6 * PRICES["functions_million_executions"],
            # Whatever is requested, no answer is larger than the largest file.
            "data out": self.requests * LARGEST_FILE_BYTES / 1e9 * PRICES["data_out_gb"],
            # A client within its limits is counted there; one over them is refused from memory.
            "state store": self.requests / 1e4 * PRICES["storage_10k_operations"],
            # No more than the daily cap is ingested.
            "log": PRICES["logs_daily_cap_gb"] * PRICES["logs_gb"],
        }  # fmt: skip

    def dollars(self) -> float:
        """The day's sum."""
        return sum(self.parts().values())


FLOODS = (Flood(4), Flood(40))


def main() -> None:
    """Print the sums that are quoted in the documents."""
    for set_up in SET_UPS:
        light = replace(set_up, requests=LIGHT)
        sys.stdout.write(f"{set_up.name}: idle {total(set_up):.2f}, light {total(light):.2f}\n")
        for part, dollars in month(light).items():
            sys.stdout.write(f"    {part:14}{month(set_up)[part]:8.2f}{dollars:8.2f}\n")
    for one in FLOODS:
        sys.stdout.write(f"a flood of {one.instances} instances: {one.dollars():.0f}\n")
        for part, dollars in one.parts().items():
            sys.stdout.write(f"    {part:14}{dollars:8.2f}\n")


if __name__ == "__main__":
    main()

"""Memory of a worker that has sent invites and shown the form, many times."""

from __future__ import annotations

import shutil

from bench.processes import PROJECT, Bench, demo_plex, helpr_environment, run_child
from bench.table import NOTHING, Row
from tests.servers.azurite import azurite_table_service

_MOST_MB = 120
_AZURITE = PROJECT / "node_modules/azurite"


def rows(bench: Bench, postgres_url: str) -> list[Row]:
    """With only SQLite, and with everything that a worker on Azure uses."""
    return [
        _row(bench, "SQLite", {"DATABASE_PATH": str(bench.folder / "memory.db")}),
        _on_azure(bench, postgres_url),
    ]


def _on_azure(bench: Bench, postgres_url: str) -> Row:
    stores = "PostgreSQL and Azure Tables"
    if not (shutil.which("node") and _AZURITE.exists()):
        return Row(
            _name(stores), NOTHING, "not measured: run `npm install` for Azurite", NOTHING, None
        )
    with azurite_table_service() as tables:
        settings = {"DATABASE_URL": postgres_url, "HELPR_TABLES_CONNECTION": tables}
        return _row(bench, stores, settings)


def _row(bench: Bench, stores: str, settings: dict[str, str]) -> Row:
    number = bench.times(full=200, smoke=60)
    with demo_plex() as plex_url:
        environment = helpr_environment(plex_url, bench.folder, **settings)
        run_child(environment, "bench.child", "prepare", "0")
        told = run_child(environment, "bench.child", "memory", str(number))
    megabytes = told["resident_bytes"] / 1e6
    measured = f"{megabytes:.0f} MB after {number} invites and {number} form views"
    promised, kept = f"< {_MOST_MB} MB", megabytes < _MOST_MB
    return Row(_name(stores), NOTHING, measured, promised, kept)


def _name(stores: str) -> str:
    return f"memory of a warm worker, {stores}"

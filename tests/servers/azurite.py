"""Azurite, Microsoft's emulator of Azure Storage: its table service, kept in memory."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.server_process import free_port, running

_PROGRAM = Path(__file__).parents[2] / "node_modules/azurite/dist/src/table/main.js"
_ACCOUNT = "helprtests"
_ACCOUNT_KEY = base64.b64encode(b"not-a-real-account-key").decode()


@contextmanager
def azurite_table_service() -> Iterator[str]:
    """The connection string of a table service that lives as long as the block."""
    node = shutil.which("node")
    if node is None or not _PROGRAM.exists():
        pytest.skip("Azurite is missing: install node (20 or later) and run `npm install`")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="helpr-azurite-") as folder:
        command: list[str | Path] = [node, _PROGRAM, "--inMemoryPersistence"]
        command += ["--tableHost", "127.0.0.1", "--tablePort", str(port)]
        # The SDK may be newer than Azurite and ask for a version unknown to it.
        command += ["--skipApiVersionCheck", "--silent", "--disableTelemetry"]
        with running(
            command,
            port=port,
            log=Path(folder) / "azurite.log",
            environment={"AZURITE_ACCOUNTS": f"{_ACCOUNT}:{_ACCOUNT_KEY}"},
        ):
            yield connection_string(port)


def port_of(connection_string: str) -> int:
    """The port in one of our connection strings."""
    return int(connection_string.partition("://127.0.0.1:")[2].partition("/")[0])


def connection_string(port: int) -> str:
    """How to reach a table service on that port of 127.0.0.1, whether or not it exists."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_ACCOUNT_KEY};"
        f"TableEndpoint=http://127.0.0.1:{port}/{_ACCOUNT};"
    )

"""A Tables address or connection string that cannot work is refused with the reason."""

from __future__ import annotations

import pytest

from helpr_core.configuration.settings import read_settings
from helpr_core.errors import SetupRequired
from helpr_core.texts import say

REQUIRED = {
    "PLEX_TOKEN": "not-a-real-token",
    "PLEX_SERVER_NAME": "Demo Plex",
    "SECRET_KEY": "not a real secret key, long enough",
}
MARK = "hunter2"
KEY = "bm90LWEtcmVhbC1rZXk="
HOST = "https://sthelpr.table.core.windows.net"
AZURE = f"DefaultEndpointsProtocol=https;AccountName=st;AccountKey={KEY}"


def problem(name: str, value: str) -> str:
    """The one sentence about that setting."""
    with pytest.raises(SetupRequired) as refused:
        read_settings({**REQUIRED, name: value})
    (only,) = refused.value.problems
    assert only.field == name
    assert MARK not in str(only.message)
    return say(only.message)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://hunter2.blob.core.windows.net", "the account's blobs, not of its tables"),
        ("https://hunter2.queue.core.windows.net/", "the account's queues"),
        ("https://hunter2.file.core.windows.net", "the account's files"),
        ("https://hunter2.dfs.core.windows.net", "the account's data lake"),
        ("https://hunter2.z6.web.core.windows.net", "static web site"),
        ("https://X.BLOB.core.windows.net", "blobs"),
        ("https://x-secondary.blob.core.windows.net", "blobs"),
        ("https://x.blob.core.usgovcloudapi.net", "https://NAME.table.core.usgovcloudapi.net"),
        (f"{HOST}/hunter2", "must end after the host"),
        (f"{HOST}/?sv=2024&sig=hunter2", "SharedAccessSignature"),
        ("https://st helpr.table.core.windows.net", "a space"),
        (f"{HOST}:99999", "port"),
        (f"{HOST}:hunter2", "port"),
    ],
)
def test_an_endpoint_that_is_not_one_of_tables_is_refused(value: str, expected: str) -> None:
    assert expected in problem("HELPR_TABLES_ENDPOINT", value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("AccountName=st;AccountKey=hunter2!", "an incomplete AccountKey"),
        (f"AccountName=st;AccountKey={KEY[:-3]}", "an incomplete AccountKey"),
        (f"AccountKey={KEY}", "no AccountName"),
        ("AccountName=hunter2", "neither AccountKey nor SharedAccessSignature"),
        ("hunter2", "NAME=VALUE"),
        (f"AccountName=st; AccountKey={KEY}", "without spaces"),
        (f"AccountName=st;AccountName=st;AccountKey={KEY}", "twice"),
        (HOST, "HELPR_TABLES_ENDPOINT"),
        (f"{AZURE};TableEndpoint={HOST}:hunter2", "a TableEndpoint that has a port"),
        (f"{AZURE};TableEndpoint={HOST}:99999/", "a TableEndpoint that has a port"),
        (f"{AZURE};TableEndpoint=https://st.blob.core.windows.net", "TableEndpoint that is the"),
        (f"{AZURE};TableEndpoint=st.table.core.windows.net", "does not start with https://"),
        (f"{AZURE};EndpointSuffix=https://core.windows.net", "EndpointSuffix"),
        (f"TableEndpoint={HOST};SharedAccessSignature=sv=2024", "without sig="),
        (f"TableEndpoint={HOST};SharedAccessSignature=ss=b&sig=hunter2", "not for tables"),
        ("SharedAccessSignature=sig=hunter2", "neither AccountName nor TableEndpoint"),
    ],
)
def test_an_invalid_connection_string_is_refused(value: str, expected: str) -> None:
    assert expected in problem("HELPR_TABLES_CONNECTION", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HELPR_TABLES_ENDPOINT", HOST),
        ("HELPR_TABLES_ENDPOINT", f"{HOST}/"),
        ("HELPR_TABLES_ENDPOINT", "http://127.0.0.1:10002/devstoreaccount1"),
        ("HELPR_TABLES_ENDPOINT", "https://x.table.cosmos.azure.com:443/"),
        ("HELPR_TABLES_CONNECTION", "UseDevelopmentStorage=true;"),
        ("HELPR_TABLES_CONNECTION", f"{AZURE};EndpointSuffix=core.windows.net"),
        ("HELPR_TABLES_CONNECTION", f"TableEndpoint={HOST};SharedAccessSignature=?ss=bt&sig=x"),
    ],
)
def test_a_valid_value_is_accepted(name: str, value: str) -> None:
    read_settings({**REQUIRED, name: value})

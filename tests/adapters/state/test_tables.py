"""What is particular to the state store in Azure Tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import (
    AccountSasPermissions,
    ResourceTypes,
    TableServiceClient,
    generate_account_sas,
)

from helpr_core.adapters.state.azure_table import AzureTable
from helpr_core.adapters.state.connect import connect
from helpr_core.adapters.state.tables import TABLE_NAMES, TablesStateStore
from helpr_core.errors import SetupRequired, StateUnavailable
from helpr_core.services.ports import KINDS, LIMITS, SITE
from helpr_core.texts import Message
from tests.contract.places import MovableClock

HTTP_LOG = "azure.core.pipeline.policies.http_logging_policy"


class FakeCredential:
    """Signs in without asking anybody."""

    def get_token(self, *scopes: str, **_options: object) -> object:
        raise AssertionError("nothing is sent in these tests")


@pytest.fixture
def service(azurite_tables: str) -> Iterator[TableServiceClient]:
    with connect(azurite_tables) as client:
        yield client
        for name in TABLE_NAMES.values():
            client.delete_table(name)


@pytest.fixture
def round_trips(
    service: TableServiceClient, caplog: pytest.LogCaptureFixture
) -> Callable[[Callable[[], object]], list[str]]:
    """The methods of the requests that a call sends, as logged by the SDK itself."""

    def sent_by(call: Callable[[], object]) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.INFO, logger=HTTP_LOG):
            call()
        lines = [r.getMessage().splitlines() for r in caplog.records if r.name == HTTP_LOG]
        return [line[1].split("'")[1] for line in lines if line[0].startswith("Request URL")]

    return sent_by


@pytest.mark.filterwarnings(
    "ignore:Testing an element:DeprecationWarning"
)  # the SDK's own warning before a 403
def test_a_read_only_store_is_down_and_a_ping_leaves_nothing(
    service: TableServiceClient, azurite_tables: str
) -> None:
    store = TablesStateStore(service)
    table = service.get_table_client(TABLE_NAMES[SITE])
    store.ping()  # the table now exists; other tests may have left entries in it
    before = list(table.list_entities())
    store.ping()
    assert list(table.list_entities()) == before
    parts = dict(one.split("=", 1) for one in azurite_tables.split(";") if one)
    signature = generate_account_sas(
        AzureNamedKeyCredential(parts["AccountName"], parts["AccountKey"]),
        ResourceTypes(service=True, object=True),
        AccountSasPermissions(read=True, list=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    reading = f"TableEndpoint={parts['TableEndpoint']};SharedAccessSignature={signature}"
    with connect(reading) as client:
        only_reads = TablesStateStore(client)
        assert only_reads.get(SITE, "absent") is None
        with pytest.raises(StateUnavailable) as refused:
            only_reads.ping()
    assert refused.value.fix == Message("state.tables_not_allowed")
    assert signature.split("sig=")[1][:10] not in f"{refused.value} {refused.value.fix}"


def test_every_kind_has_a_table_with_a_name_that_azure_accepts() -> None:
    assert set(TABLE_NAMES) == set(KINDS)
    assert all(name.isalnum() and name[0].isalpha() for name in TABLE_NAMES.values())


@pytest.mark.parametrize("end", ["", ";", " ; "])
def test_development_storage_is_azurite_on_this_computer(end: str) -> None:
    with connect(f"UseDevelopmentStorage=true{end}") as client:
        assert client.url == "http://127.0.0.1:10002/devstoreaccount1"


def test_an_endpoint_is_signed_in_to_with_the_credential() -> None:
    with connect("https://helpr.table.core.windows.net", FakeCredential()) as client:  # type: ignore[arg-type]
        assert client.account_name == "helpr"


@pytest.mark.parametrize("text", ["", "x", "a=b;c", "AccountName=not-a-real-name"])
def test_an_invalid_connection_string_is_a_problem_of_its_setting(text: str) -> None:
    with pytest.raises(SetupRequired) as caught:
        connect(text).close()
    assert [problem.field for problem in caught.value.problems] == ["HELPR_TABLES_CONNECTION"]
    assert "not-a-real" not in str(caught.value)


def test_an_invalid_account_key_makes_the_store_unusable(azurite_tables: str) -> None:
    before, key, after = azurite_tables.partition("AccountKey=")
    with connect(f"{before}{key}not-a-real-key-{after}") as client:
        with pytest.raises(StateUnavailable) as caught:
            TablesStateStore(client).get(SITE, "key")
        assert "real" not in str(caught.value)


def test_a_token_is_not_sent_unencrypted() -> None:
    with pytest.raises(SetupRequired) as caught:
        connect("http://helpr.table.core.windows.net", FakeCredential())  # type: ignore[arg-type]
    assert [problem.field for problem in caught.value.problems] == ["HELPR_TABLES_ENDPOINT"]


def test_requests_are_not_logged(
    service: TableServiceClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        TablesStateStore(service).put(SITE, "key", {"text": "private"})
    assert [r for r in caplog.records if r.name.startswith("azure")] == []


def test_reading_creates_no_table(
    service: TableServiceClient, round_trips: Callable[[Callable[[], object]], list[str]]
) -> None:
    store = TablesStateStore(service)
    assert round_trips(lambda: store.get(SITE, "key")) == ["GET"]
    assert round_trips(lambda: store.list(SITE)) == ["GET"]
    assert [table.name for table in service.list_tables()] == []


def test_the_first_write_creates_the_table_and_the_next_is_one_round_trip(
    service: TableServiceClient, round_trips: Callable[[Callable[[], object]], list[str]]
) -> None:
    store = TablesStateStore(service)
    assert round_trips(lambda: store.put(SITE, "key", {})) == ["PUT", "POST", "PUT"]
    assert round_trips(lambda: store.put(SITE, "key", {})) == ["PUT"]
    assert [table.name for table in service.list_tables()] == ["HelprSite"]


def test_an_increment_is_one_round_trip_without_contention(
    service: TableServiceClient, round_trips: Callable[[Callable[[], object]], list[str]]
) -> None:
    one, other = TablesStateStore(service), TablesStateStore(service)
    one.increment(LIMITS, "key", 1, 60)
    assert round_trips(lambda: one.increment(LIMITS, "key", 1, 60)) == ["PUT"]
    assert round_trips(lambda: one.increment(LIMITS, "key", 1, 60)) == ["PUT"]
    assert round_trips(lambda: other.increment(LIMITS, "key", 1, 60)) == ["GET", "PUT"]
    assert round_trips(lambda: one.increment(LIMITS, "key", 1, 60)) == ["PUT", "GET", "PUT"]
    assert round_trips(lambda: one.increment(LIMITS, "new", 1, 60)) == ["GET", "POST"]


@pytest.mark.parametrize("text", ["{", "[]", '"text"', "null"])
def test_a_row_that_helpr_did_not_write_makes_the_store_unusable(
    service: TableServiceClient, text: str
) -> None:
    store = TablesStateStore(service)
    store.put(SITE, "key", {})
    store.increment(SITE, "key", 1, 60)
    table = service.get_table_client(TABLE_NAMES[SITE])
    table.upsert_entity({"PartitionKey": "entries", "RowKey": "key", "Value0": text})
    table.upsert_entity({"PartitionKey": "counters", "RowKey": "key", "Count": text})
    with pytest.raises(StateUnavailable):
        store.get(SITE, "key")
    with pytest.raises(StateUnavailable):
        TablesStateStore(service).increment(SITE, "key", 1, 60)


def test_times_are_read_as_plain_datetimes(service: TableServiceClient) -> None:
    expires_at = datetime(2126, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
    store = TablesStateStore(service)
    store.put(SITE, "key", {}, expires_at)
    found = store.get(SITE, "key")
    assert found is not None
    assert found.expires_at == expires_at
    assert type(found.expires_at) is datetime


def test_a_hundred_expired_counters_are_deleted_in_one_request(
    service: TableServiceClient, round_trips: Callable[[Callable[[], object]], list[str]]
) -> None:
    clock = MovableClock()
    store = TablesStateStore(service, clock)
    for number in range(101):
        store.increment(LIMITS, f"past-{number}", 1, 10)
    clock.advance(10)
    assert round_trips(lambda: store.purge_expired(LIMITS)) == ["GET", "POST", "POST"]
    assert store.purge_expired(LIMITS) == 0


def test_a_row_written_during_a_bulk_delete_stays(
    service: TableServiceClient,
) -> None:
    table = AzureTable(service.get_table_client(TABLE_NAMES[LIMITS]))
    for key in ("a", "b", "c"):
        table.create({"PartitionKey": "p", "RowKey": key, "Text": "old"})
    rows = list(table.query("PartitionKey eq 'p'"))
    table.overwrite({"PartitionKey": "p", "RowKey": "b", "Text": "new"})
    assert table.remove_all(rows) == 2
    assert [row["Text"] for row in table.query("PartitionKey eq 'p'")] == ["new"]
    assert table.remove_all(rows) == 0

"""A long record, made by PostgreSQL itself: the same rows every time, over three years.

Of a hundred requests some ninety-two succeeded and eight failed; of ten thousand one is
queued, one was denied. The older two thirds are of people with an address at OLD_DOMAIN.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

OLD_DOMAIN = "old.example.net"
DAYS = 1096
NEWEST = datetime(2026, 1, 2, 12, tzinfo=UTC)
"""When the newest row was asked for."""

FIRST_NAMES = (
    "anna ben carla david emma felix greta henry ida jonas kate liam mia noah olivia paul quinn "
    "rosa sam tina umar vera will xenia yusuf zoe alex bruno chloe diego elena frank gina hugo "
    "jörg zoë łukasz"
)
LAST_NAMES = (
    "smith jones miller brown garcia davis wilson moore taylor anderson thomas jackson white "
    "harris martin thompson young allen king wright scott green baker adams nelson hill campbell "
    "mitchell roberts carter phillips evans turner torres parker collins edwards stewart morris "
    "müller nuñez o'brien d\\souza 100%real a_b_c"
)
DOMAINS = "example.com example.com example.org example.net mail.example.com"

# `chance` is a number below a million that looks like chance and is not.
_INSERT = """
INSERT INTO invite_requests (
    request_id, email_or_username, identity_key, timestamp, status, source, server_name,
    libraries, client_key, attempts, next_attempt_at, sent_at, accepted_at, updated_at, duration_ms
)
WITH words AS (
    SELECT string_to_array(:first_names, ' ') AS first, string_to_array(:last_names, ' ') AS last,
        string_to_array(:domains, ' ') AS domain
), numbers AS (
    SELECT number, (hashint8(number)::bigint + 2147483648) % 999983 AS chance
    FROM generate_series(1, :count) AS number
), requests AS (
    SELECT number, chance,
        CAST(:newest AS timestamptz) - (:count - number) * (interval '1 day' * :days / :count)
            AS asked_at,
        first[1 + chance % cardinality(first)]
            || (ARRAY['.', '_', '', '-'])[1 + chance / 7 % 4]
            || last[1 + chance / 11 % cardinality(last)]
            || CASE WHEN chance % 10 < 7 THEN (number % 9973)::text ELSE '' END
            || CASE WHEN number < :count * 2 / 3 THEN '@' || :old_domain
                WHEN chance % 10 < 8 THEN '@' || domain[1 + chance / 13 % cardinality(domain)]
                ELSE '' END AS name,
        CASE WHEN number % 10000 = 5000 THEN 'queued' WHEN number % 10000 = 2500 THEN 'denied'
            WHEN chance % 100 < 8 THEN 'failed' ELSE 'success' END AS status
    FROM numbers CROSS JOIN words
)
SELECT lpad(to_hex(number), 32, '0')::uuid, initcap(name), name, asked_at, status, 'form',
    'Demo Plex', '[{"id": 118181361, "title": "Movies", "type": "movie"}]', md5(number::text), 1,
    CASE WHEN status = 'queued' THEN asked_at + interval '1 minute' END,
    CASE WHEN status = 'success' THEN asked_at END,
    CASE WHEN status = 'success' AND chance % 10 > 0 THEN asked_at + interval '1 hour' END,
    asked_at, 200
FROM requests
ON CONFLICT DO NOTHING
"""
_LATER = "SELECT indexname, indexdef FROM pg_indexes WHERE starts_with(indexname, 'ix_invite_req')"


def fill(engine: sa.Engine, count: int) -> None:
    """Put so many rows into the empty table, its indexes made afterwards, and look them over."""
    values = {
        "count": count,
        "days": DAYS,
        "newest": NEWEST,
        "old_domain": OLD_DOMAIN,
        "first_names": FIRST_NAMES,
        "last_names": LAST_NAMES,
        "domains": DOMAINS,
    }
    with engine.begin() as connection:
        indexes = connection.exec_driver_sql(_LATER).all()
        for name, _ in indexes:
            connection.exec_driver_sql(f"DROP INDEX {name}")
        connection.execute(sa.text(_INSERT), values)
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            connection.exec_driver_sql(definition)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE invite_requests")

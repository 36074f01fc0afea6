"""What is promised while the database is in trouble. Columns as in plex_promises.py."""

from __future__ import annotations

from tests.faults.promises import WELL, promises

# PostgreSQL does not answer; the state store does, and keeps the requests.
DOWN = promises("""
invite, warm | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
invite, cold | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
repeat | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
fourth | 202 queued | no row, 4 in the inbox | 0/0 | request to the inbox
page | 200 We keep your request | no row, 1 in the inbox | 0/0 | request to the inbox
queue | failed=queue,acceptances,retention +1 | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=queue,acceptances,retention +1 | pending #0 | 0/0 | step=interrupted
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 error: database, queue, inbox | no row, 1 in the inbox | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | manage_libraries_get
invites | 503 unavailable Retry-After | no row, 1 in the inbox | 0/0 | code=unavailable
settings | 200 | no row | 0/0 | action not in the audit log
""")

# It answers nobody, and later carries out what it was asked: a claim of somebody who is gone.
FROZEN = DOWN | promises("""
retry | 503 unavailable Retry-After | pending plex_unavailable #1 | 0/0 | code=unavailable
""")

# Its table is locked: the server itself answers, and so does the audit log.
LOCKED = DOWN | promises("""
queue | failed=queue,acceptances,interrupted | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=queue,acceptances,interrupted | pending #0 | 0/0 | step=interrupted
connection | 200 database: what to do | no row | 0/0 | manage_connection
settings | 200 | no row | 0/0 | manage_settings_put
""")

# It was restarted, and the connections of before are dead: found out at once, or at first use.
RESTARTED = WELL
RESTARTED_JUST_NOW = promises("""
invite, warm | 202 queued | no row, 1 in the inbox | 0/0 | request to the inbox
invite, cold | 201 success | success #1 | 1/1 | function=invite status=201
page | 200 We keep your request | queued #0 +0s | 0/0 | drained request_id=
queue | failed=queue | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | sent=1 failed=queue | success #1 | 1/1 | found interrupted
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 warning: inbox | no row, 1 in the inbox | 0/0 | manage_overview
invites | 200 none | no row, 1 in the inbox | 0/0 | invites_list
settings | 200 | no row | 0/0 | action not in the audit log
""")

# It can be read and not written.
READ_ONLY = DOWN | promises("""
queue | failed=queue,retention,interrupted | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=queue,retention,interrupted | pending #0 | 0/0 | step=interrupted
overview | 200 error: database, inbox | no row, 1 in the inbox | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
invites | 200 none | no row, 1 in the inbox | 0/0 | invites_list
""")
DISK_FULL = READ_ONLY | promises("""
queue | left=1 failed=queue | queued plex_unavailable #1 +0s | 0/0 | step=queue
interrupted | failed=interrupted | pending #0 | 0/0 | step=interrupted
settings | 200 | no row | 0/0 | manage_settings_put
connection | 200 database: what to do | no row | 0/0 | manage_connection
""")

# It goes away between the row and the outcome: what Plex said is true all the same.
WHILE_PLEX_IS_ASKED = promises("""
invite, warm | 201 success | pending #0 | 1/1 | outcome not recorded
invite, cold | 201 success | pending #0 | 1/1 | outcome not recorded
queue | left=1 sent=1 failed=queue,acceptances,retention +1 | pending plex_unavailable #1 | 1/1 | outcome not recorded
interrupted | sent=1 failed=interrupted | pending #0 | 1/1 | outcome not recorded
retry | 202 success | pending plex_unavailable #1 | 1/1 | outcome not recorded
""")  # noqa: E501 - the table has a line for each operation

# SQLite holds the state as well: nothing can be kept, so that nothing is sent.
SQLITE_NOT_WRITABLE = promises("""
invite, warm | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
invite, cold | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
repeat | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
fourth | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
queue | failed=queue,retention,expiry +1 | queued plex_unavailable #1 +0s | 0/0 | without a lease
interrupted | failed=queue,retention,expiry +1 | pending #0 | 0/0 | run not stored
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 error: database, state_store, housekeeping | no row | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | server not stored
invites | 200 none | no row | 0/0 | invites_list
settings | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")
SQLITE_GONE = SQLITE_NOT_WRITABLE | promises("""
queue | failed=inbox,queue,acceptances +3 | queued plex_unavailable #1 +0s | 0/0 | step
interrupted | failed=inbox,queue,acceptances +3 | pending #0 | 0/0 | step=interrupted
overview | 200 error: database, state_store, queue +4 | no row | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
invites | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")
# Who has nothing to write does not notice.
SQLITE_DISK_FAILS = SQLITE_NOT_WRITABLE | promises("""
queue | left=1 failed=queue,expiry | queued plex_unavailable #1 +0s | 0/0 | without a lease
interrupted | failed=interrupted | pending #0 | 0/0 | run not stored
""")
# Where a page has room left things still fit: what housekeeping writes may, and a friend does not.
SQLITE_FULL = {
    name: SQLITE_NOT_WRITABLE[name]
    for name in ("invite, warm", "invite, cold", "repeat", "fourth", "invites")
}
SQLITE_WHILE_PLEX_IS_ASKED = WHILE_PLEX_IS_ASKED | promises("""
queue | left=1 sent=1 failed=queue,retention,expiry +1 | pending plex_unavailable #1 | 1/1 | not rec
interrupted | sent=1 failed=interrupted | pending #0 | 1/1 | outcome not recorded
""")

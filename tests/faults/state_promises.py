"""What is promised while the state store is in trouble. Columns as in plex_promises.py."""

from __future__ import annotations

from tests.faults.promises import promises

# A warm worker goes on with what it knows; a cold one keeps the request for later.
DOWN = promises("""
invite, warm | 201 success | success #1 | 1/1 | rate limits from memory alone
invite, cold | 202 queued | queued #0 +0s | 0/0 | request queued unseen
repeat | 201 success | success #1 | 1/1 | rate limits from memory alone
fourth | 201 success | success #1 | 4/4 | rate limits from memory alone
page | 200 Invite sent to friend@example.com | success #1 | 1/1 | rate limits from memory alone
queue | sent=1 failed=inbox,expiry | success #2 | 1/1 | housekeeping without a lease
interrupted | sent=1 failed=inbox,expiry | success #1 | 1/1 | run not stored
retry | 202 success | success #2 | 1/1 | manage_invites_retry
overview | 200 warning: state_store, housekeeping, breaker +2 | success #1 | 1/1 | seats not
connection | 200 state_store: See that it runs, | no row | 0/0 | server not stored
libraries | 200 | no row | 0/0 | server not stored
invites | 200 success | success #1 | 1/1 | invites_list
settings | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")

# Neither store can keep anything: nothing is sent.
BOTH_DOWN = promises("""
invite, warm | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
invite, cold | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
repeat | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
fourth | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
queue | failed=inbox,queue,acceptances +3 | queued plex_unavailable #1 +0s | 0/0 | step
interrupted | failed=inbox,queue,acceptances +3 | pending #0 | 0/0 | step=interrupted
retry | 503 unavailable Retry-After | queued plex_unavailable #1 +0s | 0/0 | code=unavailable
overview | 200 error: database, state_store, queue +4 | no row | 0/0 | manage_overview
connection | 200 database: what to do | no row | 0/0 | manage_connection
libraries | 200 | no row | 0/0 | server not stored
invites | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
settings | 503 unavailable Retry-After | no row | 0/0 | code=unavailable
""")

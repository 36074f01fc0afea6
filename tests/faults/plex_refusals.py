"""What is promised where plex.tv says no to a person: the friend learns what to do.

Columns as in plex_promises.py.
"""

from __future__ import annotations

from tests.faults.promises import promises

ALREADY_SHARED = promises("""
invite, warm | 409 already_shared | failed already_shared #1 | 1/0 | code=already_shared
invite, cold | 409 already_shared | failed already_shared #1 | 1/0 | code=already_shared
repeat | 409 already_shared | failed already_shared #1 | 1/0 | code=already_shared
page | 200 You are on the list already | failed already_shared #1 | 1/0 | invited
queue | failed=1 failed= | failed already_shared #2 | 1/0 | code=already_shared
retry | 202 failed | failed already_shared #2 | 1/0 | code=already_shared
overview | 200 ok: all well | failed already_shared #1 | 1/0 | manage_overview
invites | 200 failed already_shared | failed already_shared #1 | 1/0 | invites_list
""")

NAME_UNKNOWN = promises("""
invite, warm | 422 plex_refused | failed plex_refused #1 | 1/0 | code=plex_refused
invite, cold | 422 plex_refused | failed plex_refused #1 | 1/0 | code=plex_refused
repeat | 422 plex_refused | failed plex_refused #1 | 1/0 | code=plex_refused
page | 200 Plex did not accept that name | failed plex_refused #1 | 1/0 | invited
queue | failed=1 failed= | failed plex_refused #2 | 1/0 | code=plex_refused
interrupted | failed=1 failed= | failed plex_refused #1 | 1/0 | code=plex_refused
retry | 202 failed | failed plex_refused #2 | 1/0 | code=plex_refused
overview | 200 ok: all well | failed plex_refused #1 | 1/0 | manage_overview
invites | 200 failed plex_refused | failed plex_refused #1 | 1/0 | invites_list
""")

SERVER_FULL = promises("""
invite, warm | 409 server_full | failed server_full #1 | 1/0 | code=server_full
invite, cold | 409 server_full | failed server_full #1 | 1/0 | code=server_full
repeat | 409 server_full | failed server_full #1 | 1/0 | code=server_full
fourth | 409 server_full | failed server_full #1 | 4/0 | code=server_full
page | 200 No seats left | failed server_full #1 | 1/0 | invited
queue | failed=1 failed= | failed server_full #2 | 1/0 | code=server_full
interrupted | failed=1 failed= | failed server_full #1 | 1/0 | code=server_full
retry | 202 failed | failed server_full #2 | 1/0 | code=server_full
overview | 200 error: seats | failed server_full #1 | 1/0 | manage_overview
connection | 200 seats: Plex's limit of 100 | no row | 0/0 | manage_connection
invites | 200 failed server_full | failed server_full #1 | 1/0 | invites_list
""")

"""What is promised for each kind of trouble at plex.tv.

Columns: operation, answer, the friend's row (see Seen), invitations that reached plex.tv /
that it carried out, a part of a log line.
"""

from __future__ import annotations

from tests.faults.promises import WELL, carried_out, promises, unreached

# Surely not carried out: 503.
UNAVAILABLE = promises("""
invite, warm | 202 queued | queued plex_unavailable #1 +60s | 1/0 | code=plex_unavailable
invite, cold | 202 queued | queued plex_unavailable #1 +60s | 0/0 | code=plex_unavailable
repeat | 202 queued | queued plex_unavailable #1 +60s | 1/0 | code=plex_unavailable
fourth | 202 queued | queued plex_unavailable #1 +30s | 3/0 | not asked for 30 s
page | 200 We keep your request | queued plex_unavailable #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_unavailable #2 +300s | 1/0 | code=plex_unavailable
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | code=plex_answer_lost
retry | 202 queued | queued plex_unavailable #2 +300s | 1/0 | code=plex_unavailable
overview | 200 warning: queue | queued plex_unavailable #1 +60s | 1/0 | seats not read
connection | 200 token: Nothing to do: what | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_unavailable | queued plex_unavailable #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")
REFUSING = unreached(UNAVAILABLE)

# plex.tv says how long: it is obeyed by this request, and by those who come after it.
UNAVAILABLE_FOR_10_MINUTES = UNAVAILABLE | promises("""
invite, warm | 202 queued | queued plex_unavailable #1 +600s | 1/0 | not asked for 600 s
invite, cold | 202 queued | queued plex_unavailable #1 +600s | 0/0 | not asked for 600 s
repeat | 202 queued | queued plex_unavailable #1 +600s | 1/0 | not asked for 600 s
fourth | 202 queued | queued plex_unavailable #1 +600s | 1/0 | not asked for 600 s
page | 200 We keep your request | queued plex_unavailable #1 +600s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_unavailable #2 +600s | 1/0 | not asked for 600 s
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +600s | 0/0 | not asked for 600 s
retry | 202 queued | queued plex_unavailable #2 +600s | 1/0 | not asked for 600 s
overview | 200 warning: queue, breaker | queued plex_unavailable #1 +600s | 1/0 | seats not read
libraries | 503 plex_unreachable Retry-After | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_unavailable | queued plex_unavailable #1 +600s | 1/0 | invites_list
""")

# 429: nothing is carried out, and everybody waits for half a minute.
LIMITED = promises("""
invite, warm | 202 queued | queued plex_limited #1 +60s | 1/0 | not asked for 30 s
invite, cold | 202 queued | queued plex_limited #1 +60s | 0/0 | not asked for 30 s
repeat | 202 queued | queued plex_limited #1 +60s | 1/0 | code=plex_limited
fourth | 202 queued | queued plex_limited #1 +30s | 1/0 | code=plex_limited
page | 200 We keep your request | queued plex_limited #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_limited #2 +300s | 1/0 | not asked for 30 s
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | not asked for 30 s
retry | 202 queued | queued plex_limited #2 +300s | 1/0 | not asked for 30 s
overview | 200 warning: queue, breaker | queued plex_limited #1 +60s | 1/0 | seats not read
connection | 200 token: Nothing to do: what | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_limited | queued plex_limited #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")
LIMITED_FOR_10_MINUTES = LIMITED | promises("""
invite, warm | 202 queued | queued plex_limited #1 +600s | 1/0 | not asked for 600 s
invite, cold | 202 queued | queued plex_limited #1 +600s | 0/0 | not asked for 600 s
repeat | 202 queued | queued plex_limited #1 +600s | 1/0 | code=plex_limited
fourth | 202 queued | queued plex_limited #1 +600s | 1/0 | code=plex_limited
page | 200 We keep your request | queued plex_limited #1 +600s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_limited #2 +600s | 1/0 | not asked for 600 s
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +600s | 0/0 | not asked for 600 s
retry | 202 queued | queued plex_limited #2 +600s | 1/0 | not asked for 600 s
overview | 200 warning: queue, breaker | queued plex_limited #1 +600s | 1/0 | seats not read
libraries | 503 plex_unreachable Retry-After | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_limited | queued plex_limited #1 +600s | 1/0 | invites_list
""")

# The token is refused: the owner is told to mend it, and nobody has to wait after that.
TOKEN = promises("""
invite, warm | 202 queued | queued plex_unauthorized #1 +60s | 1/0 | code=plex_unauthorized
invite, cold | 202 queued | queued plex_unauthorized #1 +60s | 0/0 | code=plex_unauthorized
repeat | 202 queued | queued plex_unauthorized #1 +60s | 1/0 | code=plex_unauthorized
fourth | 202 queued | queued plex_unauthorized #1 +60s | 4/0 | code=plex_unauthorized
page | 200 We keep your request | queued plex_unauthorized #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_unauthorized #2 +300s | 1/0 | code=plex_unauthorized
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | code=plex_answer_lost
retry | 202 queued | queued plex_unauthorized #2 +300s | 1/0 | code=plex_unauthorized
overview | 200 error: token, queue | queued plex_unauthorized #1 +60s | 1/0 | seats not read
connection | 200 token: Plex refused the token | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_unauthorized | queued plex_unauthorized #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")

# Sent, and no usable answer, to the reading back neither.
LOST = promises("""
invite, warm | 202 queued | queued plex_answer_lost #1 +60s | 1/0 | code=plex_answer_lost
invite, cold | 202 queued | queued plex_unavailable #1 +60s | 0/0 | code=plex_unavailable
repeat | 202 queued | queued plex_answer_lost #1 +60s | 1/0 | code=plex_answer_lost
fourth | 202 queued | queued plex_unavailable #1 +30s | 3/0 | not asked for 30 s
page | 200 We keep your request | queued plex_answer_lost #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_answer_lost #2 +300s | 1/0 | code=plex_answer_lost
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | code=plex_answer_lost
retry | 202 queued | queued plex_answer_lost #2 +300s | 1/0 | code=plex_answer_lost
overview | 200 warning: queue | queued plex_answer_lost #1 +60s | 1/0 | seats not read
connection | 200 token: Nothing to do: what | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_answer_lost | queued plex_answer_lost #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")
CARRIED_OUT = carried_out(LOST)

# The same where somebody has waited for it in vain: the others are not kept waiting.
ONE_WAITS = promises("""
fourth | 202 queued | queued plex_unavailable #1 +30s | 1/0 | not asked for 30 s
overview | 200 warning: queue, breaker | queued plex_answer_lost #1 +60s | 1/0 | manage_overview
""")
HANGING = LOST | ONE_WAITS

# The invitation's answer is lost, and Plex's list can be read: it has it.
FOUND = WELL

# ... and it does not have it: perhaps plex.tv is slow, so that nothing is sent again now.
NOT_FOUND = FOUND | promises("""
invite, warm | 202 queued | queued plex_answer_lost #1 +60s | 1/0 | code=plex_answer_lost
invite, cold | 202 queued | queued plex_answer_lost #1 +60s | 1/0 | code=plex_answer_lost
repeat | 202 queued | queued plex_answer_lost #1 +60s | 1/0 | code=plex_answer_lost
fourth | 202 queued | queued plex_unavailable #1 +30s | 3/0 | not asked for 30 s
page | 200 We keep your request | queued plex_answer_lost #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_answer_lost #2 +300s | 1/0 | code=plex_answer_lost
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 1/0 | code=plex_answer_lost
retry | 202 queued | queued plex_answer_lost #2 +300s | 1/0 | code=plex_answer_lost
overview | 200 warning: queue | queued plex_answer_lost #1 +60s | 1/0 | manage_overview
invites | 200 queued plex_answer_lost | queued plex_answer_lost #1 +60s | 1/0 | invites_list
""")

LATE = NOT_FOUND | ONE_WAITS

# The account has no such server any more.
NO_SERVER = promises("""
invite, warm | 202 queued | queued plex_server_unknown #1 +60s | 1/0 | code=plex_server_unknown
invite, cold | 202 queued | queued plex_server_unknown #1 +60s | 0/0 | code=plex_server_unknown
repeat | 202 queued | queued plex_server_unknown #1 +60s | 1/0 | code=plex_server_unknown
fourth | 202 queued | queued plex_server_unknown #1 +60s | 4/0 | code=plex_server_unknown
page | 200 We keep your request | queued plex_server_unknown #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_server_unknown #2 +300s | 1/0 | server_unknown
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | code=plex_answer_lost
retry | 202 queued | queued plex_server_unknown #2 +300s | 1/0 | code=plex_server_unknown
overview | 200 error: server, queue | queued plex_server_unknown #1 +60s | 1/0 | seats not read
connection | 200 token: This Plex account owns | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_server_unknown | queued plex_server_unknown #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")

# An answer that says nothing about the friend: everything is kept, and the owner sees red.
UNEXPECTED = promises("""
invite, warm | 202 queued | queued plex_unexpected #1 +60s | 1/0 | code=plex_unexpected
invite, cold | 202 queued | queued plex_unexpected #1 +60s | 0/0 | code=plex_unexpected
repeat | 202 queued | queued plex_unexpected #1 +60s | 1/0 | code=plex_unexpected
fourth | 202 queued | queued plex_unexpected #1 +30s | 3/0 | not asked for 30 s
page | 200 We keep your request | queued plex_unexpected #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_unexpected #2 +300s | 1/0 | code=plex_unexpected
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | code=plex_answer_lost
retry | 202 queued | queued plex_unexpected #2 +300s | 1/0 | code=plex_unexpected
overview | 200 error: plex, queue | queued plex_unexpected #1 +60s | 1/0 | list not read
connection | 200 token: plex.tv, or something between | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_unexpected | queued plex_unexpected #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")

# plex.tv has removed what is asked for, and says so with 410 or with its page for no such path.
GONE = promises("""
invite, warm | 202 queued | queued plex_endpoint_gone #1 +60s | 1/0 | code=plex_endpoint_gone
invite, cold | 202 queued | queued plex_endpoint_gone #1 +60s | 0/0 | code=plex_endpoint_gone
repeat | 202 queued | queued plex_endpoint_gone #1 +60s | 1/0 | code=plex_endpoint_gone
fourth | 202 queued | queued plex_endpoint_gone #1 +30s | 3/0 | not asked for 30 s
page | 200 We keep your request | queued plex_endpoint_gone #1 +60s | 1/0 | invited
queue | queued_again=1 failed= | queued plex_endpoint_gone #2 +300s | 1/0 | code=plex_endpoint_gone
interrupted | queued_again=1 failed= | queued plex_answer_lost #1 +60s | 0/0 | code=plex_answer_lost
retry | 202 queued | queued plex_endpoint_gone #2 +300s | 1/0 | code=plex_endpoint_gone
overview | 200 error: plex, queue | queued plex_endpoint_gone #1 +60s | 1/0 | list not read
connection | 200 token: plex.tv no longer has | no row | 0/0 | manage_connection
libraries | 503 plex_unreachable | no row | 0/0 | code=plex_unreachable
invites | 200 queued plex_endpoint_gone | queued plex_endpoint_gone #1 +60s | 1/0 | invites_list
settings | 200 | no row | 0/0 | manage_settings_put
""")

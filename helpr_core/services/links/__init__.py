"""Links: created by the owner, found by a friend's code."""

"""The owner's log of requests."""

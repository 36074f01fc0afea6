"""The owner's links."""

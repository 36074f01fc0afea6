"""The owner's overview, statistics and connection check."""

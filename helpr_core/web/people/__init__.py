"""Who has access, and what is done about it."""

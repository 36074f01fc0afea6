"""Links: made and kept by the owner, found by the code that a friend has."""

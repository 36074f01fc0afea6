"""People's access, and changes to it."""

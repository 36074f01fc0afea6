"""People: reading who has access, and doing at plex.tv what was promised."""

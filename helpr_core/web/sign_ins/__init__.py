"""Friends sign in with Plex."""

"""A friend signs in with Plex: begun and finished in the same browser."""

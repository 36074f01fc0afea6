"""A friend signs in with Plex: begun in one browser, finished in it, and over."""

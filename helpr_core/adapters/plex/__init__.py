"""plex.tv, through PlexAPI."""

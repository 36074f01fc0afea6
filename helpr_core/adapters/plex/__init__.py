"""plex.tv: its calls, answers and errors."""

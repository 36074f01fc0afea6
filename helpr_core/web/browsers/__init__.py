"""The browsers that are signed in to the dashboard."""

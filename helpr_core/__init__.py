"""Helpr: a friend asks, Plex invites. See docs/ and README.md for the way in."""

__version__ = "0.1.0"

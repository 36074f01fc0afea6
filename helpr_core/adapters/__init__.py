"""Connections to the outside: plex.tv, the database, the state store."""

"""Channels on the owner's side, and the page behind a notice's link."""

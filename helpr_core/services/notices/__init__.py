"""Notices: channels, what is sent through them, and mails to friends."""

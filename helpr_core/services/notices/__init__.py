"""Notices: channels, what goes over them, and mails to friends."""

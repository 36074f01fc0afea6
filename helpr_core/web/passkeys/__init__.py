"""Passkeys that open the dashboard."""

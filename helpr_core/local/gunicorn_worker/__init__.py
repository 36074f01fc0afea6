"""Serving on one's own machine with gunicorn: what gunicorn leaves to a proxy."""

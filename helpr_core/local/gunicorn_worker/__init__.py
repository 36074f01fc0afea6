"""Serving on a machine of one's own with gunicorn: what gunicorn itself leaves to a proxy."""

"""Housekeeping's steps, one module each; container/housekeeping.py lists them."""

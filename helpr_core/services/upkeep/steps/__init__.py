"""What housekeeping does, a module for each step; container/housekeeping.py lists them."""

"""The template, and what provisions it."""

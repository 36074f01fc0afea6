"""Command-line commands of more than a few lines, each in its own module."""

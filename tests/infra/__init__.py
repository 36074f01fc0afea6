"""The templates in infra/: what they compile to, and whether that fits the code."""

"""What stands in infra/: what it compiles to, and whether that fits the code."""

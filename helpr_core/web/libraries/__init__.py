"""Which libraries are shared."""

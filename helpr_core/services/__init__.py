"""Use cases, one module each. They import ports, never adapters."""

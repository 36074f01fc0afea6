"""Pure rules: the standard library only, no I/O, time and randomness as arguments."""

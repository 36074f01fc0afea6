"""Real servers for the tests: started once, on free ports of 127.0.0.1, and always ended."""

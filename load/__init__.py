"""Friends all at once, for half a minute, on this machine alone: does Helpr stay as it was?

`python -m load` runs it with PostgreSQL and Azurite, `--sqlite` with SQLite; `--smoke` is short.
"""

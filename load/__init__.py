"""Load test: clients in parallel for half a minute, on this machine only. Does Helpr stay healthy?

`python -m load` runs it with PostgreSQL and Azurite, `--sqlite` with SQLite; `--smoke` is short.
"""

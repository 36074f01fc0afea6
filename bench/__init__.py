"""Measures Helpr's promised numbers, next to the naive PlexAPI way in the same run.

`python -m bench` prints one table; `--smoke` does the same with fewer repetitions.
"""

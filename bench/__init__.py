"""Measures the numbers that Helpr promises, beside the naive PlexAPI way in the same run.

`python -m bench` prints one table; `--smoke` does the same with fewer repetitions.
"""

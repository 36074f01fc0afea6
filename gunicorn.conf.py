"""Read by gunicorn where it is started: each worker keeps the timers, and one of them works."""

from typing import Any


def post_worker_init(worker: Any) -> None:
    """The application is loaded, in this process and no other."""
    worker.wsgi.start_timers()

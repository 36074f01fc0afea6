"""The `context` a handler may ask for, with the names of the worker's own."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field

_storage = threading.local()


@dataclass(frozen=True)
class TraceContext:
    """Empty, as on Azure without Application Insights."""

    trace_parent: str = ""
    trace_state: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RetryContext:
    """HTTP functions are never tried again."""

    retry_count: int = 0
    max_retry_count: int = 0


@dataclass(frozen=True)
class InvocationContext:
    """One invocation, as azure.functions.Context shows it to a handler."""

    function_name: str
    function_directory: str
    invocation_id: str
    trace_context: TraceContext = field(default_factory=TraceContext)
    retry_context: RetryContext = field(default_factory=RetryContext)
    thread_local_storage: threading.local = _storage


def new_context(function_name: str, function_directory: str) -> InvocationContext:
    """Make the context of a new invocation and note its id in this thread's storage."""
    context = InvocationContext(function_name, function_directory, str(uuid.uuid4()))
    context.thread_local_storage.invocation_id = context.invocation_id
    return context

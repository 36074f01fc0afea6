"""Times imports in a fresh process: `python -m bench.import_child function_app|eager`.

`eager` is function_app with everything that its lazy imports ever load. Prints JSON.
"""

from __future__ import annotations

import json
import pkgutil
import sys
import time
from importlib import import_module

# Not part of a worker: the demo, the command line, the WSGI front, one-time migrations.
_NOT_IN_A_WORKER = ("local", "wsgi", "__main__", "commands", "migrations")
_DRIVERS = ("psycopg2", "azure.identity", "azure.data.tables")


def main(what: str) -> None:
    """Print the seconds that the imports take once azure.functions is loaded."""
    import_module("azure.functions")
    started = time.perf_counter()
    import_module("function_app")
    if what == "eager":
        for name in (*_modules("helpr_core"), *_DRIVERS):
            import_module(name)
    print(json.dumps({"seconds": time.perf_counter() - started}))


def _modules(package: str) -> list[str]:
    found = []
    for module in pkgutil.iter_modules(import_module(package).__path__):
        if module.name not in _NOT_IN_A_WORKER:
            name = f"{package}.{module.name}"
            found += [name, *(_modules(name) if module.ispkg else ())]
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The import rule, the import budget and the sizes of docs, enforced on the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "helpr_core"
FILES = [PROJECT / "function_app.py", *sorted(PACKAGE.rglob("*.py"))]

LEAVES = {
    *("errors", "clock", "first_use", "frozen", "kept", "once", "logs", "patience"),
    *("shapes", "texts"),
}
# What each part of helpr_core may import of helpr_core, TYPE_CHECKING included.
MAY_IMPORT = {
    "errors": {"frozen", "texts"},
    "texts": {"texts", "first_use", "frozen"},
    "clock": set(),
    "first_use": set(),
    "frozen": set(),
    "kept": set(),
    "once": set(),
    "logs": set(),
    "patience": set(),
    "shapes": set(),
    "configuration": {"configuration", "errors", "domain", "first_use", "frozen", "texts"},
    "domain": {"domain", "frozen", "texts"},
    "services": {
        "services",
        "domain",
        "errors",
        "clock",
        "frozen",
        "kept",
        "once",
        "patience",
        "shapes",
        "texts",
    },
    "adapters": {
        "adapters",
        "services",
        "domain",
        "errors",
        "clock",
        "first_use",
        "frozen",
        "once",
        "patience",
        "shapes",
        "texts",
    },
    "container": {
        "__init__",
        "configuration",
        "container",
        "adapters",
        "services",
        "domain",
        *LEAVES,
    },
    "web": {
        "web",
        "container",
        "services",
        "domain",
        "errors",
        "first_use",
        "frozen",
        "once",
        "patience",
        "texts",
        "__init__",
    },
    "local": {"local", "web"},
    "wsgi": {"local", "container", "domain", "configuration", "errors", "logs", "web"},
    "commands": {
        *("commands", "container", "domain", "errors", "frozen", "services", "texts", "web"),
    },
    "__main__": {
        "commands",
        "container",
        "configuration",
        "local",
        "logs",
        "errors",
        "domain",
        "texts",
        "__init__",
    },
    "__init__": set(),
}
# Code that may import while serving goes through first_use. These import on the main
# thread, before anybody is served; so do commands, which serve nobody.
IMPORT_BEFORE_SERVING = {"local/serving", "__main__"}
READS_ENVIRONMENT = {"container/__init__", "configuration/local_files", "__main__"}
HEAVY = ("pydantic", "jinja2", "limits", "sqlalchemy", "urllib3", "alembic", "requests")
HEAVY_AZURE = ("azure.data", "azure.identity", "azure.core")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    """All there are in the file, its own first."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"), str(path))))


def _module(path: Path) -> str:
    """`web/bodies` for helpr_core/web/bodies.py."""
    inside = path.relative_to(PACKAGE) if PACKAGE in path.parents else path.relative_to(PROJECT)
    return inside.with_suffix("").as_posix()


def _part(path: Path) -> str:
    return _module(path).partition("/")[0]


@cache
def _imported(path: Path) -> frozenset[str]:
    """Every module that is imported anywhere in the file; `a.b` for `from a import b`."""
    found: set[str] = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def _parts_imported(path: Path) -> set[str]:
    """The parts of helpr_core that a file imports; `__init__` for the package's own names."""
    found = set()
    for name in _imported(path):
        if name == "helpr_core" or name.startswith("helpr_core."):
            part = name.split(".")[1] if "." in name else "__init__"
            found.add(part if part in MAY_IMPORT else "__init__")
    return found


def _imports_on_a_threads_way(path: Path) -> Iterator[int]:
    """The lines that import inside a function without the lock of first use."""
    locked: set[ast.AST] = set()
    for node in _nodes(path):
        if isinstance(node, ast.With) and ast.unparse(node.items[0]) == "importing":
            locked |= {*ast.walk(node)}
    for function in _nodes(path):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                by_statement = isinstance(node, ast.Import | ast.ImportFrom)
                if node not in locked and (by_statement or _is_call_of_an_import(node)):
                    yield node.lineno  # type: ignore[attr-defined]


def _is_call_of_an_import(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("import_module", "__import__", "import_string")


def test_every_import_at_first_use_holds_the_lock() -> None:
    found = {_module(path): [*_imports_on_a_threads_way(path)] for path in FILES}
    served = {name: lines for name, lines in found.items() if not name.startswith("commands/")}
    assert {name for name, lines in served.items() if lines} == IMPORT_BEFORE_SERVING


def test_every_part_of_the_package_has_a_rule() -> None:
    assert {_part(path) for path in FILES} - {"function_app"} == set(MAY_IMPORT)


def test_each_part_imports_only_what_is_below_it() -> None:
    found = {_module(path): _parts_imported(path) - MAY_IMPORT[_part(path)] for path in FILES[1:]}
    assert {name: parts for name, parts in found.items() if parts} == {}


def test_the_function_app_imports_only_the_web_and_what_guards_the_logs() -> None:
    assert _parts_imported(FILES[0]) == {"web", "logs"}


def test_only_the_boundary_knows_azure_functions() -> None:
    know = {
        _module(path)
        for path in FILES
        if any(name.startswith("azure.functions") for name in _imported(path))
    }
    assert know == {"web/azure"}


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("sqlalchemy", "adapters"),
        ("alembic", "adapters"),
        ("urllib3", "adapters"),
        ("requests", "adapters"),
        ("azure.data", "adapters"),
        ("jinja2", "web"),
    ],
)
def test_each_library_is_used_in_one_place(library: str, home: str) -> None:
    homes = {
        _part(path)
        for path in FILES
        if any(name == library or name.startswith(f"{library}.") for name in _imported(path))
    }
    assert homes == {home}


def test_the_domain_needs_only_the_standard_library() -> None:
    for path in (PACKAGE / "domain").glob("*.py"):
        tops = {name.partition(".")[0] for name in _imported(path)}
        assert tops - {"helpr_core"} <= sys.stdlib_module_names, path.name


def test_only_the_named_modules_read_the_environment() -> None:
    touching = {_module(path) for path in FILES if _touches_environment(path)}
    assert touching == READS_ENVIRONMENT


def _touches_environment(path: Path) -> bool:
    names = ("environ", "environb", "getenv", "putenv")
    return any(
        isinstance(node, ast.Attribute) and node.attr in names for node in _nodes(path)
    ) or bool(_imported(path) & {f"os.{name}" for name in names})


def test_only_the_clock_asks_for_the_time() -> None:
    asking = {
        _module(path)
        for path in FILES
        for node in _nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
    }
    # Retry-After may be a date, and the rest of it is counted from now.
    assert asking <= {"clock", "adapters/plex/answers"}


def test_frozen_classes_are_the_ones_that_are_cheap_to_define() -> None:
    standard = {
        _module(path)
        for path in FILES
        if "dataclasses.dataclass" in _imported(path)
        and "@dataclass(frozen=True" in path.read_text("utf-8")
    }
    # helpr_core/frozen.py says why.
    assert standard == set()


def test_log_is_the_logger_and_nothing_else() -> None:
    found = {_module(path) for path in FILES if any(map(_names_a_log, _nodes(path)))}
    assert found == set()


def _names_a_log(node: ast.AST) -> bool:
    if isinstance(node, ast.arg):
        return node.arg == "log"
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == "log"
    return isinstance(node, ast.Attribute) and node.attr == "_log"


def test_files_and_functions_stay_small() -> None:
    for path in FILES:
        assert path.read_text("utf-8").count("\n") <= MAX_FILE_LINES, path
        for node in _nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno
                assert lines < MAX_FUNCTION_LINES, (path, node.name)


def test_the_function_app_has_under_25_lines() -> None:
    assert FILES[0].read_text("utf-8").count("\n") < 25


def test_broad_exceptions_are_caught_only_where_listed() -> None:
    catching = {
        _module(path)
        for path in FILES
        for node in _nodes(path)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
        if not isinstance(node.body[-1], ast.Raise)
    }
    # The timer runs again, and the server for development stays up.
    # An error while a connection is given back affects nobody.
    # A failing step of housekeeping stops no other; a thread hands over what was raised in it,
    # or leaves to housekeeping what it could not send.
    allowed = {
        "container/__init__",  # a page about a failure names the owner if it can
        *("web/answering", "web/housekeeping", "local/serving", "adapters/sql/database"),
        *("services/upkeep/housekeeping", "services/upkeep/apart", "services/notices/soon"),
    }
    assert catching <= allowed


def _is_broad(caught: ast.expr | None) -> bool:
    return caught is None or (
        isinstance(caught, ast.Name) and caught.id in ("Exception", "BaseException")
    )


@cache
def _loaded_by(module: str) -> frozenset[str]:
    """All modules of a new process that imports this one."""
    program = f"import sys, {module}; print('\\n'.join(sys.modules))"
    command = [sys.executable, "-c", program]
    return frozenset(
        subprocess.check_output(command, cwd=PROJECT, text=True, timeout=60).splitlines()
    )


def test_importing_the_function_app_imports_nothing_heavy() -> None:
    """A ratio would be noise; a cold start pays for the modules it imports."""
    loaded = _loaded_by("function_app")
    heavy = {
        name for name in loaded if name.partition(".")[0] in HEAVY or name.startswith(HEAVY_AZURE)
    }
    assert heavy == set()
    assert "helpr_core.web.endpoints" in loaded
    assert not [name for name in loaded if name.startswith(("helpr_core.adapters", "demo_plex"))]


def test_importing_costs_little_beyond_azure_functions() -> None:
    """As counts of modules, which do not depend on what else the machine does."""
    bare, whole = _loaded_by("azure.functions"), _loaded_by("function_app")
    own = {name for name in whole if name.startswith("helpr_core")}
    assert len(own) <= 9
    # uuid itself imports platform until Python 3.11.
    assert whole - bare - own <= {"function_app", "uuid", "_uuid", "gc", "platform"}


def test_what_is_published_excludes_the_demo_and_the_tests() -> None:
    ignored = (PROJECT / ".funcignore").read_text("utf-8").split()
    patterns = {line.strip("/") for line in ignored if not line.startswith("#")}
    assert {"tests", "bench", "demo_plex"} <= patterns

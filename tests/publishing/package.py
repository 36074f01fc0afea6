"""What `func azure functionapp publish` would send from a clone, and how large that is.

`python -m tests.publishing.package` prints it. The rules are those of Azure Functions Core
Tools 4 (GitIgnoreParser.cs and FileSystemHelpers.cs in Azure/azure-functions-core-tools, read
in August 2026): a pattern is a prefix, anchored at the root, that ends at a word boundary; `*`
is one character or more of a name, `**` of a path; some names are excluded in any case.
`func azure functionapp publish APP --list-included-files` prints the tool's own list.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NEVER_DIRECTORIES = {".git", ".vscode"}
NEVER_FILES = {".funcignore", ".gitignore", "local.settings.json", "project.lock.json"}
_SPECIAL = re.compile(r"[\-\[\]/{}()+?.\\^$|]")


class FuncIgnore:
    """A .funcignore as Core Tools read it; paths have slashes and begin at the root."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n")]
        patterns = [line for line in lines if line and not line.startswith("#")]
        self._denied = _pattern([one for one in patterns if not one.startswith("!")])
        self._allowed = _pattern([one[1:] for one in patterns if one.startswith("!")])

    def denies(self, path: str) -> bool:
        """Whether the file is excluded."""
        return bool(self._denied.match(path)) and not self._allowed.match(path)


def _pattern(lines: list[str]) -> re.Pattern[str]:
    translated = [_translated(line.removeprefix("/")) for line in lines]
    # In .NET's ECMAScript mode a word is ASCII.
    return re.compile(rf"(?:{'|'.join(translated)})\b" if translated else "(?!)", re.ASCII)


def _translated(line: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", line)
    return escaped.replace("**", "(.+)").replace("*", r"([^\/]+)")


def published(root: Path) -> list[str]:
    """The files that Core Tools would send, sorted."""
    ignore = FuncIgnore((root / ".funcignore").read_text("utf-8"))
    return sorted(path for path in _walk(root, ignore) if not ignore.denies(path))


def _walk(root: Path, ignore: FuncIgnore) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        inside = Path(folder).relative_to(root)
        # A pattern is a prefix: one that excludes a folder excludes everything in it.
        folders[:] = [
            name
            for name in folders
            if name.lower() not in NEVER_DIRECTORIES
            and not ignore.denies((inside / name).as_posix())
        ]
        for name in files:
            if name.lower() not in NEVER_FILES:
                yield (inside / name).as_posix()


def published_by_git_rules(root: Path, scratch: Path) -> list[str]:
    """The files that a tool which reads .funcignore like .gitignore would send, sorted.

    `scratch` is an empty folder for git to work in.
    """
    git = ("git", "-C", str(scratch), "-c", f"core.excludesFile={root / '.funcignore'}")
    subprocess.run([*git, "init", "--quiet"], check=True)
    found = sorted(_every_file(root))
    asked = subprocess.run(
        [*git, "check-ignore", "--no-index", "--stdin", "-z"],
        input="\0".join(found),
        capture_output=True,
        text=True,
        check=False,  # 1: nothing is ignored
    )
    ignored = set(asked.stdout.split("\0"))
    return [path for path in found if path not in ignored]


def _every_file(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        inside = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if (inside / name).as_posix() not in _LARGE]
        yield from ((inside / name).as_posix() for name in files)


# Some 20,000 files, with lines in .funcignore that another test checks.
_LARGE = {".git", ".venv", ".venv-oldest", "node_modules"}


def zipped(root: Path, paths: list[str]) -> bytes:
    """The archive that is sent."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for path in paths:
            package.write(root / path, path)
    return archive.getvalue()


def main() -> None:
    """Print the list and the size."""
    paths = published(PROJECT)
    sys.stdout.writelines(f"{(PROJECT / path).stat().st_size:>9,}  {path}\n" for path in paths)
    size = len(zipped(PROJECT, paths))
    sys.stdout.write(f"{len(paths)} files, {size:,} bytes as an archive\n")


if __name__ == "__main__":
    main()

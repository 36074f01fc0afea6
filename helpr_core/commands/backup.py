"""python -m helpr_core backup FILE, and restore FILE."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from helpr_core import container
from helpr_core.domain.audit import COMMAND_LINE

if TYPE_CHECKING:
    from helpr_core.services.backup.file import BackupFile


def backup(options: argparse.Namespace) -> int:
    """Write everything that is yours into one file; --with-settings adds the secrets, encrypted."""
    settings, passphrase = {}, ""
    if options.with_settings:
        settings, passphrase = (
            container.current().installation.given_settings(),
            _new_passphrase(options),
        )
    counts = container.current().backup.service().make(options.file, settings, passphrase)
    print(f"{options.file}: {_summary(counts)}")
    if not settings:
        print("Settings and secrets are not in it: keep those apart, or use --with-settings.")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup into an empty database; --replace puts it in the place of what is there."""
    from helpr_core.services.backup.file import BackupFile

    file = BackupFile(options.file)
    if options.settings_to:
        return _restore_settings(file, options)
    parts = container.current()
    parts.backup.service().restore(file, replace=options.replace)
    parts.owner.audit_trail().note(COMMAND_LINE, "backup_restored", "backup")
    print(f"Restored {_summary(file.counts)}, as of {file.heading.made_at}.")
    print("Restart what serves Helpr: a running one may remember what was there before.")
    return 0


def _restore_settings(file: BackupFile, options: argparse.Namespace) -> int:
    # Opened by its own part: without settings there is no database to ask for.
    text = container.current().backup.settings_in(file, _passphrase(options, "Passphrase: "))
    descriptor = os.open(options.settings_to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    print(f"{options.settings_to}: the settings, secrets among them. Only you may read it.")
    return 0


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands to the command line."""
    make = commands.add_parser("backup", help=backup.__doc__)
    make.set_defaults(run=backup)
    make.add_argument("--with-settings", action="store_true", help="asks for a passphrase")
    back = commands.add_parser("restore", help=restore.__doc__)
    back.set_defaults(run=restore)
    back.add_argument("--replace", action="store_true", help="delete what is there now")
    back.add_argument(
        "--settings-to",
        type=Path,
        metavar="ENV_FILE",
        help="write the settings of the backup into this new file, and restore nothing else",
    )
    for command in (make, back):
        command.add_argument("file", type=Path, metavar="FILE", help="such as helpr.jsonl.gz")
        command.add_argument("--stdin", action="store_true", help="read the passphrase from a line")


def _summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "nothing"


def _new_passphrase(options: argparse.Namespace) -> str:
    passphrase = _passphrase(options, "Passphrase for the settings: ")
    if not options.stdin and passphrase != getpass.getpass("The same again: "):
        raise ValueError("the two are not the same; nothing was written")
    if len(passphrase) < 8:
        raise ValueError("the passphrase must have at least 8 characters")
    return passphrase


def _passphrase(options: argparse.Namespace, prompt: str) -> str:
    if options.stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(prompt)

"""python -m helpr_core backup FILE, and restore FILE."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from helpr_core import container
from helpr_core.commands.failed import CommandFailed
from helpr_core.commands.files import writing
from helpr_core.commands.unseen import piped, typed
from helpr_core.domain.audit import COMMAND_LINE
from helpr_core.texts import text

if TYPE_CHECKING:
    from helpr_core.services.backup.file import BackupFile

SHORTEST_PASSPHRASE = 8


def backup(options: argparse.Namespace) -> int:
    """Write everything that is yours into one file; --with-settings adds the secrets, encrypted."""
    settings, passphrase = {}, ""
    if options.with_settings:
        settings, passphrase = (
            container.current().installation.given_settings(),
            _new_passphrase(options),
        )
    with writing(options.file):
        counts = container.current().backup.service().make(options.file, settings, passphrase)
    print(text("command.backup.made", file=str(options.file), counts=_summary(counts)))
    if not settings:
        print(text("command.backup.no_settings"))
    return 0


def restore(options: argparse.Namespace) -> int:
    """Restore a backup into an empty database; --replace overwrites what is there."""
    from helpr_core.services.backup.file import BackupFile

    file = BackupFile(options.file)
    if options.settings_to:
        return _restore_settings(file, options)
    parts = container.current()
    parts.backup.service().restore(file, replace=options.replace)
    parts.owner.audit_trail().note(COMMAND_LINE, "backup_restored", "backup")
    counts, at = _summary(file.counts), file.heading.made_at
    print(text("command.backup.restored", counts=counts, at=at))
    print(text("command.backup.restart"))
    return 0


def _restore_settings(file: BackupFile, options: argparse.Namespace) -> int:
    # Opened separately: without settings there is no database to ask for.
    settings = container.current().backup.settings_in(file, _passphrase(options))
    with writing(options.settings_to):
        descriptor = os.open(options.settings_to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(settings)
    print(text("command.backup.settings_written", file=str(options.settings_to)))
    return 0


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands to the command line."""
    make = commands.add_parser("backup", help=text("command.backup.help"))
    make.set_defaults(run=backup)
    with_settings = text("command.option.with_settings")
    make.add_argument("--with-settings", action="store_true", help=with_settings)
    back = commands.add_parser("restore", help=text("command.restore.help"))
    back.set_defaults(run=restore)
    back.add_argument("--replace", action="store_true", help=text("command.option.replace"))
    back.add_argument(
        "--settings-to",
        type=Path,
        metavar="ENV_FILE",
        help=text("command.option.settings_to"),
    )
    for command in (make, back):
        command.add_argument("file", type=Path, metavar="FILE", help=text("command.option.file"))
        from_stdin = text("command.option.passphrase_stdin")
        command.add_argument("--stdin", action="store_true", help=from_stdin)


def _summary(counts: Mapping[str, int]) -> str:
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return counted or text("command.backup.nothing")


def _new_passphrase(options: argparse.Namespace) -> str:
    questions = (text("command.passphrase.new"), text("command.password.again"))
    passphrase, again = [piped()] * 2 if options.stdin else typed(*questions)
    if passphrase != again:
        raise CommandFailed("passphrase.different")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise CommandFailed("passphrase.short", count=SHORTEST_PASSPHRASE)
    return passphrase


def _passphrase(options: argparse.Namespace) -> str:
    return piped() if options.stdin else typed(text("command.passphrase.prompt"))[0]

"""The command line: python -m helpr_core COMMAND."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpr_core.commands import backup, smoke
from helpr_core.commands.files import require_writable, writing
from helpr_core.commands.listening import port, require_free
from helpr_core.commands.password import hash_password
from helpr_core.commands.second_factor import second_factor_off
from helpr_core.errors import HelprError, SetupRequired
from helpr_core.texts import ENGLISH, Message, say, speaking, tag_for, text

if TYPE_CHECKING:
    from helpr_core.domain.checks import Check

BROKEN, WARNED = 1, 3
"""Exit codes of `check`; 2 is argparse's, for an unknown command."""

_REAL_STORES = (
    "DATABASE_URL",
    "AZURE_POSTGRESQL_CONNECTIONSTRING",
    "PGHOST",
    "PGDATABASE",
    "PGUSER",
    "HELPR_TABLES_ENDPOINT",
    "HELPR_TABLES_CONNECTION",
)


def serve(options: argparse.Namespace) -> int:
    """Run the app here; with the demo Plex when no PLEX_TOKEN is set."""
    from helpr_core.configuration.local_files import kept_secret_key, secret_key_file
    from helpr_core.local.serving import serve as run

    if options.pseudo_language:
        _add_pseudo_language()
    if not os.environ.get("WERKZEUG_RUN_MAIN"):
        require_free(options.host, options.port)
    key = secret_key_file()
    if options.set_up and not os.environ.get("SECRET_KEY"):
        with writing(key):
            os.environ["SECRET_KEY"] = kept_secret_key(key)
    # Once a real set-up has begun, there is no demo any more.
    if not (os.environ.get("PLEX_TOKEN") or options.set_up or key.exists()):
        _start_demo(options.demo_people)
    if not os.environ.get("WERKZEUG_RUN_MAIN"):  # a reloading server's child would repeat it
        _tell_address(f"http://{options.host}:{options.port}", to_set_up=options.set_up)
    run(options.host, options.port, reload=options.reload)
    return 0


def _tell_address(address: str, *, to_set_up: bool) -> None:
    """Print where Helpr is; if it is to be set up, the address for that instead."""
    from helpr_core import container

    path = container.current().installation.open_set_up() if to_set_up else ""
    if path:
        print(text("command.serve.set_up", address=address + path), flush=True)
        return
    print(text("command.serve.address", address=address), flush=True)
    if to_set_up:
        print(text("command.serve.is_set_up"), flush=True)


def _add_pseudo_language() -> None:
    from helpr_core.texts import ENGLISH, catalogue, pseudo, spoken

    spoken.add(pseudo.TAG, pseudo.pseudo(catalogue.read(ENGLISH)))


def _start_demo(people: int) -> None:
    import time

    from demo_plex import DEMO_NOTES, DemoPlex

    plex = DemoPlex(clock=time.time).start()
    plex.change(crowd=people)
    # A reloading server starts this program again, with this environment: it then finds a
    # token and uses the demo that is there, with everyone who was invited.
    os.environ.update(PLEX_TOKEN=plex.token, PLEX_API_URL=plex.url, PLEX_SERVER_NAME="Demo Plex")
    for name in _REAL_STORES:  # what is tried out must not end up in the real record
        os.environ[name] = ""  # and not absent: the files would fill it in again
    defaults = {
        "PLEX_LIBRARIES": "Movies, TV Shows, Music",
        "SECRET_KEY": secrets.token_hex(32),
        "DATABASE_PATH": "helpr-demo.db",
        # Somebody trying it out is a single client, and asks more often than a friend would.
        "HELPR_RATE_INVITES": "60/minute",
        "HELPR_RATE_SIGN_IN": "60/minute",
        "HELPR_RATE_STATUS": "600/minute",
        "HELPR_RATE_DEFAULT": "600/minute",
    }
    for name, value in defaults.items():
        os.environ[name] = os.environ.get(name) or value
    print(DEMO_NOTES, flush=True)
    if not os.environ.get("ADMIN_USERNAME"):
        _make_demo_owner()


def _make_demo_owner() -> None:
    from werkzeug.security import generate_password_hash

    password = secrets.token_urlsafe(9)  # another at each start; its hash is kept nowhere
    hashed = generate_password_hash(password)
    os.environ.update(ADMIN_USERNAME="owner", ADMIN_PASSWORD_HASH=hashed)
    print(text("command.serve.demo_owner", password=password), flush=True)


def setup(options: argparse.Namespace) -> int:
    """Ask for what is needed, save it, check it, and print the link; exit code as for `check`."""
    from helpr_core import container
    from helpr_core.commands.setup import answers, link_to_hand_out
    from helpr_core.configuration.local_files import LOCAL_SETTINGS, ROOT, write_local_settings

    require_writable(ROOT / LOCAL_SETTINGS)
    given = answers(os.environ)
    print(text("command.setup.written", file=str(write_local_settings(given))))
    os.environ.update(given)
    container.install(lambda: container.Container(os.environ))
    code = check(options)
    public_url = given["HELPR_PUBLIC_URL"]
    told = "command.setup.link" if public_url else "command.setup.link_here"
    print(text(told, link=link_to_hand_out(public_url)))
    return code


def check(_options: argparse.Namespace) -> int:
    """Say what works and what does not; exit code 1 for a fault, 3 for a warning alone."""
    from helpr_core import container
    from helpr_core.configuration.wrong_values import UNRESOLVED

    parts = container.current()
    try:
        parts.installation.settings()
    except SetupRequired as exc:
        for problem in exc.problems:
            print(f"WRONG  {problem.field}: {say(problem.message)}")
        if any(problem.message == UNRESOLVED for problem in exc.problems):
            print(f"WRONG  {text('command.check.vault')}")
        for one in parts.installation.misspelt():
            print(f"warn   {say(Message('setting.named', setting=one.setting, found=one.found))}")
        lacking = parts.installation.missing_administrator()
        if lacking:
            print(f"warn   {text('command.check.no_administrator', names=lacking)}")
        print(text("command.check.where"))
        return 1
    results = parts.upkeep.connection_check()()
    words = {"ok": "ok    ", "warning": "warn  ", "error": "WRONG "}
    for result in results:
        print(f"{words[result.severity]} {result.name}: {say(result.detail)} ({result.ms} ms)")
        if not result.ok:
            print(f"       {say(result.fix)}")
    return _verdict(results)


def _verdict(results: Sequence[Check]) -> int:
    """The last line, which makes any warning hard to miss, and the exit code."""
    broken = sum(result.severity == "error" for result in results)
    # Whether the media server can be reached from here matters to no invite.
    warnings = [one for one in results if one.severity == "warning"]
    warned = [one for one in warnings if one.name != "server_reachable"]
    if broken:
        print(f"WRONG  {text('command.check.broken', count=broken)}")
        return BROKEN
    if warned:
        print(f"warn   {text('command.check.warned', count=len(warned))}")
        return WARNED
    print(f"ok     {text('command.check.well')}")
    return 0


def migrate(_options: argparse.Namespace) -> int:
    """Bring the database's schema up to date."""
    from helpr_core import container

    container.current().stores.database().upgrade()
    print(text("command.migrate.done"))
    return 0


def housekeeping(_options: argparse.Namespace) -> int:
    """Work the queue, drain the inbox, delete what is old: what the timer does, once."""
    from helpr_core import container

    report = container.current().upkeep.housekeeping().run()
    for name, count in sorted(report.counts.items()):
        print(f"{name}: {count}")
    for step, failure in report.failures.items():
        found = failure.words
        if failure.since < report.started_at:
            found = Message("command.housekeeping.since", found=found, since=failure.since)
        print(f"WRONG  {step}: {say(found)}", file=sys.stderr)
        print(f"       {say(failure.advice)}", file=sys.stderr)
    return 1 if report.failures else 0


def function_key(_options: argparse.Namespace) -> int:
    """Print the key of /api/manage for this computer; on Azure the portal has the keys."""
    from helpr_core import container

    print(container.function_keys()[0])
    return 0


def secret_key(_options: argparse.Namespace) -> int:
    """Print a new value for SECRET_KEY."""
    print(secrets.token_hex(32))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run a command in the language of the terminal; its exit code is 0 when all is well."""
    with speaking(_language()):
        return _run(_parser().parse_args(arguments))


def _language() -> str:
    """The locale's language, as in every program: `de_AT.UTF-8` is German."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next(filter(None, map(os.environ.get, names)), "")
    return tag_for(locale.partition(".")[0].replace("_", "-")) or ENGLISH


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m helpr_core", description=text("command.help"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run in (
        setup,
        serve,
        check,
        housekeeping,
        migrate,
        function_key,
        secret_key,
        hash_password,
        second_factor_off,
    ):
        name = run.__name__.replace("_", "-")
        command = commands.add_parser(name, help=text(f"command.{run.__name__}.help"))
        command.set_defaults(run=run)
        if run is hash_password:
            command.add_argument("--stdin", action="store_true", help=text("command.option.stdin"))
        if run is serve:
            command.add_argument("--host", default="127.0.0.1")
            command.add_argument("--port", type=port, default=7071)
            command.add_argument(
                "--reload", action="store_true", help=text("command.option.reload")
            )
            command.add_argument(
                "--set-up", action="store_true", help=text("command.option.set_up")
            )
            people = text("command.option.demo_people")
            command.add_argument("--demo-people", type=int, default=0, help=people)
            command.add_argument(
                "--pseudo-language",
                action="store_true",
                help=text("command.option.pseudo_language"),
            )
    backup.add_to(commands)
    smoke.add_to(commands)
    return parser


def _run(options: argparse.Namespace) -> int:
    from helpr_core import logs
    from helpr_core.configuration.local_files import load_local_settings

    logs.install()
    try:
        load_local_settings()
        return int(options.run(options))
    except HelprError as exc:
        print(f"WRONG  {say(exc.words)}", file=sys.stderr)
    except (ValueError, OSError) as exc:
        print(f"WRONG  {exc}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""What commands need sooner or later: libraries, and Helpr's own modules."""

from __future__ import annotations

import importlib
import pkgutil

import alembic.command
import azure.functions
import dotenv.main
import jinja2
import plexapi.myplex
import psycopg2
import pydantic.main
import pydantic.types
import requests
import sqlalchemy.orm
import werkzeug.routing
import werkzeug.test

import helpr_core

__all__ = [
    "alembic",
    "azure",
    "dotenv",
    "jinja2",
    "plexapi",
    "psycopg2",
    "pydantic",
    "requests",
    "sqlalchemy",
    "werkzeug",
]

LEFT_OUT = (
    "helpr_core.__main__",  # is the command
    "helpr_core.wsgi",  # reads settings as it is imported
    "helpr_core.local.gunicorn_worker",  # no command has it
)

for _module in pkgutil.walk_packages(helpr_core.__path__, "helpr_core."):
    if not _module.name.startswith(LEFT_OUT):
        importlib.import_module(_module.name)

"""Libraries that every command needs sooner or later; nothing of Helpr's own."""

from __future__ import annotations

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

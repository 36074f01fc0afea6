"""Libraries that every command needs sooner or later; nothing of Helpr's own."""

from __future__ import annotations

import alembic.command
import azure.functions
import jinja2
import psycopg2
import pydantic
import requests
import sqlalchemy.orm
import werkzeug.routing
import werkzeug.test

__all__ = [
    "alembic",
    "azure",
    "jinja2",
    "psycopg2",
    "pydantic",
    "requests",
    "sqlalchemy",
    "werkzeug",
]

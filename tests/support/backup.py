"""Backing up a database and putting the backup in its place, as the runbook does it."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.laptop.account import account


def dump(url: str, to: Path) -> None:
    """While others work on it."""
    _run("pg_dump", "-Fc", f"--file={to}", url)


def destroy_and_restore(url: str, backup: Path | None) -> None:
    """Whoever is connected is cut off; without a backup the database is empty afterwards."""
    parts = urlsplit(url)
    name = sql.Identifier(parts.path.removeprefix("/"))
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    if backup is not None:
        _run("pg_restore", "--exit-on-error", f"--dbname={url}", str(backup))


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([account().binaries / program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

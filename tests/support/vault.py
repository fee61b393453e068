"""The vault of an installation, looked into as who has the databases could, and the police's keys beside it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from click.testing import CliRunner

from services.notify.domain.receipts import receipt_of
from services.operations.tips import command as tips
from tests.support.doors import LIVE, SANDBOX
from tests.support.postings import FOLDER


@dataclass(frozen=True)
class VaultOfTests:
    """`keys` holds the private key files of every police, by agency."""

    rows_url: str
    secrets_url: str
    keys: Path

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.rows_url) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def one(self, query: str, *values: Any) -> tuple[Any, ...]:
        [row] = self.all(query, *values)
        return row

    def tips(self) -> int:
        return int(self.one("select count(*) from notify.tip")[0])

    def tip_of(self, words: Sequence[str]) -> UUID:
        """The row that a sender's words name."""
        lookup = receipt_of(words).lookup_hash
        return UUID(str(self.one("select tip_id from notify.tip where lookup_hash = %s", lookup)[0]))

    def secret(self, tip: UUID) -> bytes:
        with psycopg.connect(self.secrets_url) as connection:
            [row] = connection.execute("select secret from tip_secrets.tip_secret where tip_id = %s", [tip])
            return bytes(row[0])

    def dump(self) -> bytes:
        """Every value of every table of both databases, as text."""
        found = b""
        for url in (self.rows_url, self.secrets_url):
            with psycopg.connect(url) as connection:
                tables = connection.execute(
                    "select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables"
                    " where table_schema in ('notify', 'tip_secrets')"
                ).fetchall()
                for (table,) in tables:
                    for (row,) in connection.execute(f"select t::text from {table} t".encode()):
                        found += row.encode() + b"\n"
                        found += b"".join(bytes.fromhex(part) for part in _hexes(row))
        return found


def _hexes(row: str) -> list[str]:
    """What is written in hexadecimal, so that a canary inside bytes is found too."""
    return [part.strip('"\\x,()') for part in row.split("\\x")[1:] if _is_hex(part.strip('"\\x,()'))]


def _is_hex(part: str) -> bool:
    return len(part) % 2 == 0 and all(letter in "0123456789abcdef" for letter in part)


def furnish(environment: Mapping[str, str], folder: Path) -> VaultOfTests:
    """Makes and enters a key for every police of both programmes, by the operators' own commands."""
    with (FOLDER / "agencies.csv").open(encoding="utf-8") as file:
        police = [row["id"] for row in csv.DictReader(file) if row["kind"] == "police"]
    files = {agency: folder / f"{agency}.key" for agency in police}
    run(environment, "new-key", *map(str, files.values()))
    for programme in (LIVE, SANDBOX):
        pairs = [f"{agency}={path}.pub" for agency, path in files.items()]
        run(environment, "register", programme, "--from", "2018-01-01", *pairs)
    return VaultOfTests(environment["NOTIFY_DATABASE_URL"], environment["NOTIFY_SECRETS_DATABASE_URL"], folder)


def run(environment: Mapping[str, str], *words: str) -> None:
    done = CliRunner().invoke(tips, words, env=environment)
    assert done.exit_code == 0, (done.output, done.exception)

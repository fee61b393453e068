"""A PostgreSQL server on the loopback address, its data in one folder, its password asked of everybody.

The folder holds `database.json` (port, password; for the owner's eyes), the log and the process; the data lie
beside them, or where the server's id can reach them.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg
from psycopg import sql

from deploy.laptop import ports, processes
from deploy.laptop.account import Account
from deploy.laptop.faults import LaptopFault

NAME = "binh_yen"
NOTIFY = f"{NAME}_notify"
NOTIFY_SECRETS = f"{NAME}_notify_secrets"
"""`operations migrate` makes these two."""
_RECORD = "database.json"
_TIMEOUT_S = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No replicas and no archive on a laptop: less to write, and a new database is copied faster.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
_INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


@dataclass(frozen=True)
class Database:
    home: Path
    data: Path
    port: int
    account: Account
    password: str = field(repr=False)

    @classmethod
    def create(cls, home: Path, account: Account, port: int) -> Self:
        """Initialise an empty server with a password of its own; nothing runs yet."""
        home.mkdir(parents=True, exist_ok=True)
        place = account.reachable(home)
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o711)
        database = cls(home, place / "data", port, account, secrets.token_urlsafe(24))
        database._initialise()
        database._write_record()
        return database

    @classmethod
    def load(cls, home: Path, account: Callable[[], Account]) -> Self | None:
        """The server that the folder holds, if any."""
        try:
            record: dict[str, Any] = json.loads((home / _RECORD).read_text())
        except FileNotFoundError:
            return None
        return cls(home, Path(record["data"]), record["port"], account(), record["password"])

    def on(self, port: int) -> Self:
        """The same server on another port; only while it does not run."""
        return replace(self, port=port)

    def remove(self) -> None:
        """Remove all that it holds; only while it does not run."""
        for folder in (self.data.parent, self.home):
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, name: str = NAME) -> str:
        return f"postgresql://{NAME}:{self.password}@127.0.0.1:{self.port}/{name}"

    @property
    def running(self) -> bool:
        return processes.recorded(self.home) is not None

    def start(self) -> None:
        """Start and wait until it answers; a server that runs is left alone."""
        if self.running:
            return
        if not ports.is_free(self.port):
            raise LaptopFault(f"another program holds port {self.port} of 127.0.0.1")
        self._write_record()
        log = self.home / "database.log"
        process = processes.spawn(
            self.account.command("postgres", "-D", str(self.data), *self._options()),
            folder=self.home,
            mark=self.data,
            log=log,
            environment=_environment(),
        )
        processes.wait_until(self._answers, process, log, _TIMEOUT_S)
        self._create_own()

    def stop(self) -> None:
        """Orderly end; open sessions are told to go."""
        if process := processes.recorded(self.home):
            process.resume()
            processes.end([process], signal.SIGINT, _TIMEOUT_S)

    def kill(self) -> None:
        """End at once, as a power cut does to the process (kill -9), its sessions with it."""
        if process := processes.recorded(self.home):
            sessions = psutil.Process(process.pid).children()
            processes.end([process], signal.SIGKILL, _TIMEOUT_S)
            # They see by themselves that the server is gone; until then a new one may not start.
            psutil.wait_procs(sessions, _TIMEOUT_S)

    def _options(self) -> list[str]:
        pairs = {**_SETTINGS, "port": str(self.port)}
        return [word for name, value in pairs.items() for word in ("-c", f"{name}={value}")]

    def _write_record(self) -> None:
        record = {"port": self.port, "data": str(self.data), "password": self.password}
        _write_secret(self.home / _RECORD, json.dumps(record) + "\n")

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        password_file = self.data.with_name("password")
        _write_secret(password_file, self.password)
        account = self.account.for_initdb()
        account.give(self.data)
        account.give(password_file)
        command = account.command("initdb", "-D", str(self.data), "-U", NAME, f"--pwfile={password_file}", *_INITDB)
        done = subprocess.run(command, env=_environment(), cwd="/", capture_output=True, text=True, check=False)
        password_file.unlink()
        if done.returncode != 0:
            raise LaptopFault(f"the database's folder could not be initialised:\n{done.stdout}{done.stderr}")
        self.account.give(self.data)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_own(self) -> None:
        with (
            psycopg.connect(self.url("postgres"), autocommit=True) as connection,
            suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _environment() -> dict[str, str]:
    """Without the settings that PostgreSQL's own variables would smuggle in."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}

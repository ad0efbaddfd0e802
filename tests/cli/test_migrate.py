"""`gateway migrate`: what an operator sees and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.database import connect
from gateway.store.migrations import load_migrations
from tests.cli.command import gateway


def test_up_then_status(empty_database_dsn: str) -> None:
    """Status is 1 before and 0 after; `up` names what it applied, and nothing the second time."""
    before = gateway("migrate", "status", "--dsn", empty_database_dsn)
    up = gateway("migrate", "up", "--dsn", empty_database_dsn)
    again = gateway("migrate", "up", GATEWAY_DSN=empty_database_dsn)
    after = gateway("migrate", "status", GATEWAY_DSN=empty_database_dsn)

    assert [run.returncode for run in (before, up, again, after)] == [1, 0, 0, 0]
    assert "pending" in before.stdout
    assert up.stdout.splitlines() == [
        *(f"applied {file.number:04}_{file.name}" for file in load_migrations()),
        f"{len(load_migrations())} migration(s) applied; the database is current.",
    ]
    assert again.stdout == "0 migration(s) applied; the database is current.\n"
    assert "applied" in after.stdout
    assert "pending" not in after.stdout


async def test_an_edited_migration_is_shown_and_refused(database_dsn: str) -> None:
    """Status shows it as changed; up says what cures it; both end with 1 and no traceback."""
    connection = await connect(database_dsn, application_name="tests")
    await connection.execute("UPDATE schema_migration SET sha256 = 'other' WHERE number = 1")
    await connection.close()

    status = gateway("migrate", "status", "--dsn", database_dsn)
    up = gateway("migrate", "up", "--dsn", database_dsn)

    assert (status.returncode, up.returncode) == (1, 1)
    assert "changed" in status.stdout
    assert up.stderr.startswith("gateway migrate: Migration 0001_start was edited after it had been applied")
    assert "Traceback" not in up.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "neither is given"),
        (("--dsn", "postgresql:///x", "--embedded", "/tmp/x"), "both is given"),
        (("--dsn", "postgresql://127.0.0.1:1/x"), "No session with the database at postgresql://127.0.0.1:1/x"),
    ],
)
def test_a_target_that_cannot_be_used_is_told(words: tuple[str, ...], says: str) -> None:
    """One line on stderr with its cure, and 1."""
    run = gateway("migrate", "up", *words)

    assert run.returncode == 1
    assert says in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_an_embedded_folder_is_migrated(folder: Path) -> None:
    """It is made, migrated, and its server stopped again."""
    up = gateway("migrate", "up", "--embedded", str(folder))
    status = gateway("migrate", "status", GATEWAY_EMBEDDED=str(folder))

    assert (up.returncode, status.returncode) == (0, 0)
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_help_imports_nothing_heavy() -> None:
    """`gateway migrate --help` starts without the database's libraries."""
    code = (
        "import sys; sys.argv = ['gateway', 'migrate', '--help']\nfrom gateway.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('asyncpg', 'aiohttp', 'zstandard') if name in sys.modules])"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.splitlines()[-1] == "[]"


def test_status_is_json_for_scripts(migrated_dsn: str) -> None:
    """Number, name, standing and instant of each migration."""
    run = gateway("migrate", "status", "--json", "--dsn", migrated_dsn)

    states = json.loads(run.stdout)
    assert run.returncode == 0
    assert [(state["number"], state["name"]) for state in states] == [
        (file.number, file.name) for file in load_migrations()
    ]
    assert all(state["standing"] == "applied" and state["applied_at"] for state in states)


def test_status_makes_no_database(tmp_path: Path) -> None:
    """Asked about a folder without one it says so, and leaves no folder."""
    run = gateway("migrate", "status", "--embedded", str(tmp_path / "state"))

    assert run.returncode == 1
    assert "There is no embedded database" in run.stderr
    assert not (tmp_path / "state").exists()


def test_keys_are_listed_for_people_and_scripts(database_dsn: str, tmp_path: Path) -> None:
    """The newest signs, the others verify; JSON has the public keys; neither makes a key."""
    where = ("--dsn", database_dsn, "--secrets", str(tmp_path / "secrets.json"))
    first, second = (gateway("keys", "new", *where).stdout.split()[0] for _ in range(2))

    told, as_json = gateway("keys", "list", *where), gateway("keys", "list", "--json", *where)

    listed = json.loads(as_json.stdout)
    assert [line.split()[0] for line in told.stdout.splitlines()][:2] == [second, first]
    assert [(key["kid"], key["use"]) for key in listed][:2] == [(second, "signs"), (first, "verifies")]
    assert all(key["jwk"]["kty"] == "EC" and "d" not in key["jwk"] for key in listed)
    assert gateway("keys", "list", "--json", *where).stdout == as_json.stdout

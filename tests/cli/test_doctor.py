"""`gateway doctor`: what is well, what is not, and what mends it."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.doctor import machine
from gateway.cli.doctor.database import judged_clock
from gateway.reference.kinds import KINDS
from gateway.settings import load
from gateway.store.database import connect
from gateway.store.migrations import migrate_up
from tests import city
from tests.cli.command import Run, gateway
from tests.house import gateways


def findings(run: Run) -> dict[str, dict[str, Any]]:
    """Return the worst finding of each matter."""
    order = ["OK", "WARN", "FAIL"]
    worst: dict[str, dict[str, Any]] = {}
    for finding in json.loads(run.stdout):
        there = worst.get(finding["matter"])
        if there is None or order.index(finding["state"]) > order.index(there["state"]):
            worst[finding["matter"]] = finding
    return worst


def states(run: Run) -> dict[str, str]:
    return {matter: finding["state"] for matter, finding in findings(run).items()}


def doctor(dsn: str, secrets: Path, *words: str) -> Run:
    return gateway("doctor", "--json", "--dsn", dsn, "--secrets", str(secrets), "--port", "0", *words)


@pytest.fixture
async def house(database_dsn: str, tmp_path: Path) -> tuple[str, Path]:
    """A database with a city in it and a signing key."""
    secrets = tmp_path / "secrets.json"
    await city.found(database_dsn, secrets)
    gateway("keys", "new", "--dsn", database_dsn, "--secrets", str(secrets))
    return database_dsn, secrets


async def test_a_sound_house_is_well(house: tuple[str, Path]) -> None:
    """Everything is looked at, nothing fails, and the exit code is 0."""
    run = doctor(*house, "--workers", "2")

    assert run.returncode == 0
    assert states(run) == dict.fromkeys(
        (
            "python",
            "packages",
            "timezone",
            "port",
            "disk",
            "database",
            "sessions",
            "clock",
            "migrations",
            "secrets",
            "keys",
        ),
        "OK",
    ) | {"reference": states(run)["reference"]}
    assert states(run)["reference"] != "FAIL"
    assert "2 workers × 13 = 26 sessions" in findings(run)["sessions"]["what_en"]


async def test_for_people_each_matter_is_a_line(house: tuple[str, Path]) -> None:
    """State, matter, zh and en; what is not well has its cure below, and the last line counts."""
    dsn, secrets = house
    run = gateway("doctor", "--dsn", dsn, "--secrets", str(secrets), "--port", "0", "--workers", "64")

    lines = run.stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if "sessions" in line)
    assert run.returncode == 1
    assert lines[place].startswith("FAIL  sessions")
    assert "64 个进程 × 13 = 832 个会话" in lines[place]
    assert lines[place + 1].strip().startswith("→ 调高 PostgreSQL 的 max_connections")
    assert lines[-1].endswith("1 FAIL")


async def test_other_secrets_fail(house: tuple[str, Path], tmp_path: Path) -> None:
    """Secrets that are not this database's, and secrets that are gone: the keys cannot be unsealed either."""
    dsn, _ = house
    other = tmp_path / "other.json"
    from gateway.store.secrets_file import load_or_create

    load_or_create(other)

    wrong, gone = doctor(dsn, other), doctor(dsn, tmp_path / "none.json")

    assert (wrong.returncode, gone.returncode) == (1, 1)
    assert "was sealed with the secrets" in findings(wrong)["secrets"]["what_en"]
    assert findings(gone)["secrets"]["fix_en"].startswith("restore it from your backup")
    assert states(wrong)["keys"] == states(gone)["keys"] == "FAIL"
    assert not (tmp_path / "none.json").exists()


async def test_an_old_key_warns(house: tuple[str, Path]) -> None:
    """A key that has signed for over a year is told, with the command that makes another."""
    dsn, secrets = house
    connection = await connect(dsn, application_name="tests")
    await connection.execute("UPDATE signing_key SET created_at = created_at - interval '400 days'")
    await connection.close()

    run = doctor(dsn, secrets)

    assert run.returncode == 0
    assert states(run)["keys"] == "WARN"
    assert "gateway keys new" in findings(run)["keys"]["fix_en"]


@pytest.mark.parametrize(
    ("days", "state", "says"),
    [(10, "WARN", "1 of policy end soon"), (-1, "FAIL", "1 of policy ended"), (60, None, "")],
)
async def test_a_policy_that_ends_is_told(house: tuple[str, Path], days: int, state: str | None, says: str) -> None:
    """Within 30 days it warns, past its last day it fails, later it is quiet."""
    dsn, secrets = house
    last = datetime.now(UTC).date() + timedelta(days=days)
    connection = await connect(dsn, application_name="tests")
    await connection.execute("UPDATE policy SET valid_to = $1", last)
    await connection.close()

    of_reference = [one for one in json.loads(doctor(dsn, secrets).stdout) if one["matter"] == "reference"]
    told = [finding for finding in of_reference if "policy" in finding["what_en"]]

    assert [finding["state"] for finding in told] == ([state] if state else [])
    assert all(says in finding["what_en"] for finding in told)


async def test_a_world_is_whole_and_its_announced_versions_are_told(database_dsn: str, tmp_path: Path) -> None:
    """With every kind imported all are in force; a policy to come is named."""
    secrets, world = tmp_path / "secrets.json", tmp_path / "world"
    where = ("--dsn", database_dsn, "--secrets", str(secrets))
    gateway("world", "--seed", "1", "--out", str(world))
    gateway("import", "all", str(world), *where)
    before = doctor(database_dsn, secrets)
    policy = (world / "policy.csv").read_bytes().replace(b"410,2025-01-01", b"410,2024-01-01")
    (world / "policy.csv").write_bytes(policy)
    announced = gateway(
        "import", "policy", str(world / "policy.csv"), "--effective-at", "2099-01-01T00:00:00+08:00", *where
    )

    after = doctor(database_dsn, secrets)

    assert announced.returncode == 0
    assert findings(before)["reference"]["what_en"] == f"all {len(KINDS)} kinds of reference data are in force"
    assert findings(after)["reference"]["what_en"].endswith("in force, announced: policy 2")


def test_an_empty_database_stays_empty(empty_database_dsn: str, tmp_path: Path) -> None:
    """It is told with what fills it, and nothing is made."""
    run = doctor(empty_database_dsn, tmp_path / "secrets.json")
    status = gateway("migrate", "status", "--json", "--dsn", empty_database_dsn)

    assert run.returncode == 0
    assert states(run)["migrations"] == "WARN"
    assert {state["standing"] for state in json.loads(status.stdout)} == {"pending"}
    assert not (tmp_path / "secrets.json").exists()


async def test_a_database_that_is_behind_fails(empty_database_dsn: str, tmp_path: Path) -> None:
    """A migration that is missing is named, with the command that applies it."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await migrate_up(connection)
    await connection.execute("DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration)")
    await connection.close()

    run = doctor(empty_database_dsn, tmp_path / "secrets.json")

    assert run.returncode == 1
    assert findings(run)["migrations"]["fix_en"] == "run gateway migrate up"


@pytest.mark.parametrize(
    ("words", "matter", "state", "says"),
    [
        (("--dsn", "postgresql://127.0.0.1:1/x"), "database", "FAIL", "No session with the database"),
        ((), "database", "FAIL", "no database is named"),
        (("--embedded", "nowhere/at/all"), "database", "WARN", "no database in nowhere/at/all yet"),
        (("--port", "99999"), "settings", "FAIL", "web.port"),
        (("--host", "no-such-host.invalid"), "port", "FAIL", "no address or known name"),
    ],
)
def test_what_is_missing_is_told(words: tuple[str, ...], matter: str, state: str, says: str) -> None:
    """Each with its cure; only a failure ends with 1."""
    run = gateway("doctor", "--json", *words, *(() if "--port" in words or "--host" in words else ("--port", "0")))

    found = findings(run)[matter]
    assert run.returncode == (1 if state == "FAIL" else 0)
    assert (found["state"], says in found["what_en"], bool(found["fix_zh"])) == (state, True, True)


async def test_a_port_that_a_gateway_holds_is_well(house: tuple[str, Path], tmp_path: Path) -> None:
    """A gateway that serves there already is recognised; another program is not."""
    dsn, secrets = house
    async with gateways(dsn, tmp_path) as [served]:
        ours = doctor(dsn, secrets, "--port", str(served.port))
    with socket.create_server(("127.0.0.1", 0)) as other:
        theirs = doctor(dsn, secrets, "--port", str(other.getsockname()[1]))

    assert findings(ours)["port"]["what_en"].startswith("a gateway listens on")
    assert findings(theirs)["port"]["what_en"].startswith("another program listens on")
    assert theirs.returncode == 1


@pytest.mark.parametrize(
    ("ahead_s", "state"), [(0.2, "OK"), (-0.2, "OK"), (3, "WARN"), (-3, "WARN"), (31, "FAIL"), (-86_400, "FAIL")]
)
def test_a_clock_apart_is_judged(ahead_s: float, state: str) -> None:
    """Either way: within a second it is well, within half a minute it warns, beyond it fails."""
    assert judged_clock(timedelta(seconds=ahead_s)).state == state


def test_a_package_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held against what this distribution says it needs; extras for development are not asked for."""
    needed = ["msgspec>=999.1", "no-such-package>=2", "asyncpg>=0.1", 'ruff>=999; extra == "dev"']
    monkeypatch.setattr(machine.metadata, "requires", lambda _: needed)

    finding = machine.packages()

    assert finding.state == "FAIL"
    assert "msgspec" in finding.what.en
    assert "no-such-package (>= 2)" in finding.what.en
    assert "asyncpg" not in finding.what.en
    assert "ruff" not in finding.what.en


@pytest.mark.parametrize(("free", "state"), [(10**8, "FAIL"), (10**9, "WARN"), (10**10, "OK")])
def test_little_room_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, state: str) -> None:
    """By the room of the folder, or of the nearest one above that there is."""
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))

    assert machine.disk(tmp_path / "not" / "yet").state == state


def test_both_places_that_need_room_are_looked_at() -> None:
    """The embedded database's folder and the one of temporary files."""
    settings = load(None, {}, {"embedded": "state"})

    assert machine.places(settings)[0] == Path("state")
    assert len(machine.places(settings)) == 2

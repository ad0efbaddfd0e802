"""The sandbox's clock: settlement days, sign-in cycles and rules go by it; a served database's cannot be moved."""

from pathlib import Path
from typing import Any

import pytest

from gateway.reference.world.build import csv_texts
from gateway.reference.world.draw import token
from gateway.sandbox.databases import SCHEMA
from gateway.sandbox.magic import MAGIC
from gateway.sandbox.world import bill, founded
from gateway.store.database import SANDBOX_PATH, SessionLimits, connect
from gateway.store.errors import DatabaseUnfit
from tests import city
from tests.house import gateways
from tests.sandbox.sandboxed import HOSPITAL, JIANGSU, Sandbox, command
from tests.sandbox.served import served_on

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def set_to(sandbox: Sandbox, **what: Any) -> tuple[int, Any]:
    body = ",".join(
        f'"{name}": "{value}"' if isinstance(value, str) else f'"{name}": true' for name, value in what.items()
    )
    return await sandbox.raw("POST", "/sandbox/clock", b"{%s}" % body.encode(), {"Content-Type": "application/json"})


async def test_midnight_changes_the_settlement_day(sandbox: Sandbox) -> None:
    """Ten minutes before midnight in Shanghai it is still the old day, twenty minutes later the new one."""
    status, said = await set_to(sandbox, at="2026-12-31T23:50+08:00")
    before = await sandbox.submit(await sandbox.bill("first"), "m1")
    code, told = await command(sandbox.folder, "clock", "--advance", "20m")
    after = await sandbox.submit(await sandbox.bill("first"), "m2")

    assert (status, said["day"]) == (200, "2026-12-31")
    assert (before.json["settlement_day"], before.json["settled_at"][:15]) == ("2026-12-31", "2026-12-31T15:5")
    assert (code, "2027-01-01T00:1" in told) == (0, True)
    assert (after.json["settlement_day"], after.json["settled_at"][:15]) == ("2027-01-01", "2026-12-31T16:1")


async def test_rules_judge_by_the_clock(sandbox: Sandbox) -> None:
    """A line of a day to come is refused until the clock has come there."""
    document = await sandbox.bill("first")
    document["visit"]["admitted_at"] = document["items"][0]["occurred_at"] = "2027-03-01T09:00:00+08:00"
    early = await sandbox.submit(document, "m1")
    await set_to(sandbox, at="2027-03-02T09:00+08:00")
    due = await sandbox.submit(document, "m2")

    assert early.status == 422
    assert due.status == 200


async def test_an_operators_cycle_ends_after_midnight_and_its_grace(sandbox: Sandbox) -> None:
    """Signed in the evening, still at work an hour after midnight, out at three (policy: two hours)."""
    await set_to(sandbox, at="2026-11-30T22:00+08:00")
    signed = await jiangsu(sandbox, "9001", {"signIn": {"opter_no": "A1"}}, 1)
    sign_no = signed["output"]["signinoutb"]["sign_no"]
    await set_to(sandbox, at="2026-12-01T01:00+08:00")
    at_one = await jiangsu(sandbox, "1101", person(sandbox), 2, sign_no=sign_no)
    await set_to(sandbox, at="2026-12-01T03:00+08:00")
    at_three = await jiangsu(sandbox, "1101", person(sandbox), 3, sign_no=sign_no)

    assert at_one["infcode"] == "0", at_one
    assert (at_three["infcode"], "签到" in at_three["err_msg"]) == ("-1", True)


def person(sandbox: Sandbox) -> dict[str, Any]:
    return {"data": {"certno": sandbox.workers["W90000"]["certno"], "psn_name": sandbox.workers["W90000"]["name"]}}


async def jiangsu(sandbox: Sandbox, infno: str, content: dict[str, Any], number: int, **more: str) -> Any:
    body = {
        "infno": infno,
        "msgid": f"{JIANGSU}20261130220000{number:04d}",
        "inf_time": "20261130220000",
        "fixmedins_code": JIANGSU,
        "opter": "A1",
        **more,
        "input": content,
    }
    return (await sandbox.ask("POST", f"/in/{JIANGSU}", body, provider=JIANGSU)).json


@pytest.mark.parametrize(
    "what",
    [
        {"at": "2026-12-31T23:50"},
        {"at": "yesterday"},
        {"at": "1999-12-31T23:50+08:00"},
        {"advance": "a month"},
        {"advance": ""},
        {"advance": "99999d"},
        {"advance": "1d", "real": True},
        {},
    ],
)
async def test_what_the_clock_cannot_be_set_to_is_refused(sandbox: Sandbox, what: dict[str, Any]) -> None:
    """The refusal says what would pass, and the clock stays."""
    before = await sandbox.get("/sandbox/clock")
    status, said = await set_to(sandbox, **what)

    assert (status, said["code"]) == (400, "sandbox.clock")
    assert "2026-12-31T23:50+08:00" in said["faults"][0]["cure_en"]
    assert (await sandbox.get("/sandbox/clock"))["day"] == before["day"]


async def test_the_clock_tells_the_machines_time_again(sandbox: Sandbox) -> None:
    """--real takes back what was set."""
    before = await sandbox.get("/sandbox/clock")
    await set_to(sandbox, at="2030-01-01T00:00+08:00")
    code, _ = await command(sandbox.folder, "clock", "--real")

    assert code == 0
    assert (await sandbox.get("/sandbox/clock"))["day"] == before["day"]


async def test_a_session_with_another_clock_is_refused(database_dsn: str) -> None:
    """Where a role's search_path slips another clock in, no session of the house opens (G6, G7)."""
    honest = await connect(database_dsn, application_name="tests")
    await honest.execute(SCHEMA)
    database = await honest.fetchval("SELECT current_database()")
    await honest.execute(f'ALTER DATABASE "{database}" SET search_path = {SANDBOX_PATH["search_path"]}')
    await honest.close()

    with pytest.raises(DatabaseUnfit, match="clock is the wrong one"):
        await connect(database_dsn, application_name="tests")


async def test_a_test_clock_is_not_taken_for_granted(database_dsn: str) -> None:
    """A sandbox's session in a database without its clock is refused, too."""
    with pytest.raises(DatabaseUnfit, match="the test clock is missing"):
        await connect(database_dsn, application_name="tests", limits=SessionLimits(test_clock=True))


async def test_serve_refuses_a_sandboxs_database(sandbox: Sandbox) -> None:
    """`gateway serve` on a sandbox's folder ends with the reason: its days were moved."""
    code, told = await served_on(sandbox.folder)

    assert code == 1
    assert "sandbox's, whose clock can be moved" in told


async def test_serve_has_neither_rooms_nor_magic(database_dsn: str, tmp_path: Path) -> None:
    """On a database with the sandbox's whole world /sandbox is no place, and its magic persons are like any other."""
    world = founded(1)
    files = {kind: text.encode() for kind, text in csv_texts(world).items()}
    await city.take_in(database_dsn, tmp_path / "secrets.json", files)
    async with gateways(database_dsn, tmp_path) as (gateway,):
        found = [
            (await gateway.ask(method, path, {} if method == "POST" else None)).status
            for method, path in (
                ("GET", "/sandbox"),
                ("GET", "/sandbox/log"),
                ("GET", "/sandbox/log.json"),
                ("GET", "/sandbox/sandbox.css"),
                ("POST", "/sandbox/reset"),
                ("POST", "/sandbox/clock"),
                ("GET", "/sandbox/bills/cut"),
            )
        ]
        answers = {
            magic.name: await gateway.ask(
                "POST", "/v1/bills", bill(magic.name), message_id=f"m-{magic.name}", provider=token(1, HOSPITAL)
            )
            for magic in MAGIC
            if magic.effect != "row"
        }

    assert found == [404] * 7
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert all(answer.json["sums"]["fund_fen"] == 26_000 for answer in answers.values())

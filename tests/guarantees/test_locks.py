"""Whoever a visit belongs to once an ask has its turn is locked, though it was another when it began to wait."""

import asyncio
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.app import application
from gateway.settings import Settings
from gateway.store.queries import QUERIES
from gateway.store.secrets_file import load_or_create
from loadtests.audit.books import faults_in
from schemas.dialect import Inbound
from tests import city
from tests.guarantees.insisting import insist, rows
from tests.guarantees.jiangsu import Hospital
from tests.guarantees.points import Points
from tests.house import Answer, Gateway, gateways

SLEEP_S = 2
LOCK = QUERIES["lock_workers"]
SLOW = replace(
    LOCK, sql=LOCK.sql.replace("$1::text[]", "(SELECT $1::text[] FROM (SELECT pg_sleep(2)) AS slow)::text[]")
)
"""The same statement, taking its time before it locks."""
LATE = Inbound(
    method="POST",
    path="/v1/visits/V1/items",
    headers={"content-type": "application/json", "idempotency-key": "late"},
    body=json.dumps({"items": [city.line(2)]}).encode(),
)


async def settled_under_another(other: Gateway, points: Points) -> asyncio.Task[Answer]:
    """Give the visit's number to another worker's visit, and let its settlement wait just before its commit."""
    points.hold("adjudicated", "settle")
    await insist([other], "DELETE", "/v1/visits/V1", message_id="cancel")
    await insist([other], "POST", "/v1/visits", city.bill(1, "V1")["visit"], message_id="again")
    await insist([other], "POST", "/v1/visits/V1/items", {"items": [city.line(1)]}, message_id="first")
    settle = insist([other], "POST", "/v1/visits/V1/settle", {"bill_no": "B1"}, message_id="settle")
    settling = asyncio.create_task(settle)
    await points.reached("adjudicated", "settle")
    return settling


async def asleep(dsn: str) -> None:
    """Wait until a session is about to lock its workers."""
    for _ in range(1000):
        if await rows(
            dsn, "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody has come to lock workers")


async def test_a_visit_that_changes_hands_while_an_upload_waits_is_not_changed_without_its_worker_s_lock(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G5, G6: an item does not slip into a visit that another process is just settling."""
    points, secrets = Points(tmp_path), tmp_path / "secrets.json"
    await city.found(database_dsn, secrets)
    monkeypatch.setattr("gateway.app.QUERIES", {**QUERIES, "lock_workers": SLOW})
    async with (
        application(Settings(), database_dsn, load_or_create(secrets)) as house,
        gateways(database_dsn, tmp_path, **points.environ) as (other,),
    ):
        await other.session()
        await insist([other], "POST", "/v1/visits", city.bill(0, "V1")["visit"], message_id="register")
        caller = house.identify(city.TOKENS[city.HOSPITAL])
        assert caller is not None
        uploading = asyncio.create_task(house.receive(caller, "native", LATE))
        await asleep(database_dsn)
        settling = await settled_under_another(other, points)
        await asyncio.wait([uploading], timeout=2 * SLEEP_S)
        points.release("adjudicated", "settle")
        settled, uploaded = await settling, await uploading

    assert settled.status == 200
    assert (uploaded.status, json.loads(uploaded.body).get("code")) == (409, "visit.settled")
    assert await faults_in(database_dsn) == []


async def test_an_instant_is_taken_under_the_lock(
    database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G6: a cancellation that began before the settlement it waited for is dated after it all the same."""
    secrets = tmp_path / "secrets.json"
    await city.found(database_dsn, secrets, matches=Hospital.matches())
    monkeypatch.setattr("gateway.app.QUERIES", {**QUERIES, "lock_workers": SLOW})
    async with (
        application(Settings(), database_dsn, load_or_create(secrets)) as house,
        gateways(database_dsn, tmp_path) as (other,),
    ):
        await other.session()
        hospital = await Hospital.signed_in([other])
        await hospital.register(0, "ZY1")
        await hospital.upload(0, "ZY1", lines=2)
        caller = house.identify(city.TOKENS[city.JIANGSU])
        assert caller is not None
        cancel = json.dumps(hospital.message("2208", hospital.cancellation(0, "ZY1"), hospital.message_id())).encode()
        headers = {"content-type": "application/json"}
        inbound = Inbound(method="POST", path=f"/in/{city.JIANGSU}", headers=headers, body=cancel)
        cancelling = asyncio.create_task(house.receive(caller, "jiangsu_injury", inbound))
        await asleep(database_dsn)
        settled = await hospital.send("2207", hospital.settle(0, "ZY1"), hospital.message_id())
        cancelled = await cancelling

    assert settled.json["infcode"] == "0", settled.body.decode()
    assert json.loads(cancelled.body)["infcode"] == "0", cancelled.body.decode()
    assert await faults_in(database_dsn) == []

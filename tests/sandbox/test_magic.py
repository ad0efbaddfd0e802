"""The magic table: each of its rows does what it says, and a lost answer can be had again."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from gateway.sandbox.magic import MAGIC, RETRY_AFTER_S, SLOW_SECONDS
from tests.sandbox.sandboxed import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOST = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, TimeoutError)


def with_item(bill: dict[str, Any], code: str) -> dict[str, Any]:
    """The same bill with one line for a magic item in place of its own."""
    line = bill["items"][0] | {"catalog_code": code, "unit_price_yuan": "20.00", "amount_fen": 2_000}
    return bill | {"items": [line], "bill": bill["bill"] | {"charged_fen": 2_000}}


async def the_bill(sandbox: Sandbox, name: str, by_item: bool) -> dict[str, Any]:
    if not by_item:
        return await sandbox.bill(name)
    code = next(magic.item_code for magic in MAGIC if magic.name == name)
    return with_item(await sandbox.bill("first"), str(code))


async def test_the_first_bill_settles(sandbox: Sandbox) -> None:
    """The bill that everybody begins with settles, and its finding says what would make it pass."""
    answer = await sandbox.submit(await sandbox.bill("first"), "m1")

    assert answer.status == 200
    assert answer.json["sums"] | {"charged_fen": 0} == {
        "charged_fen": 0,
        "fund_fen": 26_000,
        "worker_fen": 4_000,
        "employer_fen": 0,
        "provider_fen": 0,
    }
    assert [finding["rule"] for finding in answer.json["findings"]] == ["price.ceiling"]


@pytest.mark.parametrize("by_item", [False, True], ids=["person", "item"])
async def test_an_answer_cut_after_the_commit_comes_back(sandbox: Sandbox, by_item: bool) -> None:
    """The connection breaks, the bill stands, its outcome says so, and the same again gets the stored bytes."""
    bill = await the_bill(sandbox, "cut", by_item)
    with pytest.raises(LOST):
        await sandbox.submit(bill, "lost")

    outcome = await sandbox.ask("GET", "/v1/outcomes/lost")
    first, second = await sandbox.submit(bill, "lost"), await sandbox.submit(bill, "lost")

    assert (outcome.json["outcome"], outcome.json["final"]) == ("settled", True)
    assert (first.status, first.replayed) == (200, True)
    assert first.body == second.body
    assert first.json["settlement_id"] == outcome.json["settlement_id"]


async def test_an_answer_held_after_the_commit_comes_back(sandbox: Sandbox) -> None:
    """Who gives up waiting for it finds the bill settled."""
    bill = await sandbox.bill("held")
    with pytest.raises(LOST):
        async with asyncio.timeout(1):
            await sandbox.submit(bill, "held")

    again = await sandbox.submit(bill, "held")

    assert (again.status, again.replayed) == (200, True)


@pytest.mark.parametrize("by_item", [False, True], ids=["person", "item"])
@pytest.mark.parametrize(("name", "status"), [("busy", 503), ("too-many", 429)])
async def test_who_waits_as_told_is_let_in(sandbox: Sandbox, name: str, status: int, by_item: bool) -> None:
    """First it is turned away with Retry-After and nothing done; too early again; after the wait it settles."""
    bill = await the_bill(sandbox, name, by_item)

    turned_away = await sandbox.submit(bill, "m1")
    too_early = await sandbox.submit(bill, "m1")
    outcome = await sandbox.ask("GET", "/v1/outcomes/m1")
    await asyncio.sleep(RETRY_AFTER_S + 0.1)
    settled = await sandbox.submit(bill, "m1")

    assert (turned_away.status, turned_away.headers["Retry-After"]) == (status, str(RETRY_AFTER_S))
    assert too_early.status == status
    assert outcome.json["outcome"] == "not_seen"
    assert (settled.status, settled.replayed) == (200, False)


async def test_a_slow_answer_is_late(sandbox: Sandbox) -> None:
    """It comes, after as long as the table says."""
    began_s = time.monotonic()
    answer = await sandbox.submit(await sandbox.bill("slow"), "m1")

    assert answer.status == 200
    assert time.monotonic() - began_s >= SLOW_SECONDS


async def test_an_allowance_is_exhausted(sandbox: Sandbox) -> None:
    """Of 100 yuan the first bill takes all, and the next none."""
    first = await sandbox.submit(await sandbox.bill("exhausted"), "m1")
    second = await sandbox.submit(await sandbox.bill("exhausted"), "m2")

    assert (first.json["sums"]["fund_fen"], first.json["sums"]["worker_fen"]) == (10_000, 16_000)
    assert (second.json["sums"]["fund_fen"], second.json["sums"]["worker_fen"]) == (0, 26_000)


async def test_article_17_charges_the_employer(sandbox: Sandbox) -> None:
    """Costs up to and with the day of acceptance are the employer's."""
    answer = await sandbox.submit(await sandbox.bill("article-17"), "m1")

    assert (answer.json["sums"]["employer_fen"], answer.json["sums"]["fund_fen"]) == (4_000, 2_000)


async def test_a_pending_recognition_does_not_settle(sandbox: Sandbox) -> None:
    """It is refused by the rule that says so."""
    answer = await sandbox.submit(await sandbox.bill("pending"), "m1")

    assert (answer.status, answer.json["code"]) == (422, "recognition.state")


async def test_magic_acts_in_a_session_too(sandbox: Sandbox) -> None:
    """A visit that was registered and filled message by message loses the answer of its settlement only."""
    bill = await sandbox.bill("cut")
    visit_no = bill["visit"]["visit_no"]
    registered = await sandbox.ask("POST", "/v1/visits", bill["visit"], message_id="m1")
    uploaded = await sandbox.ask("POST", f"/v1/visits/{visit_no}/items", {"items": bill["items"]}, message_id="m2")
    with pytest.raises(LOST):
        await sandbox.ask("POST", f"/v1/visits/{visit_no}/settle", bill["bill"], message_id="m3")

    again = await sandbox.ask("POST", f"/v1/visits/{visit_no}/settle", bill["bill"], message_id="m3")

    assert (registered.status, uploaded.status) == (200, 200)
    assert (again.status, again.replayed) == (200, True)


async def test_the_table_stands_on_the_page(sandbox: Sandbox) -> None:
    """Each row's name, person, item and both languages are on /sandbox and in magic.json."""
    _, page = await sandbox.raw("GET", "/sandbox")
    listed = (await sandbox.get("/sandbox/magic.json"))["magic"]

    assert [one["name"] for one in listed] == [magic.name for magic in MAGIC]
    for magic in MAGIC:
        assert magic.worker_id in sandbox.workers
        for told in (magic.name, magic.worker_id, magic.item_code or magic.name, magic.zh):
            assert told in page, told

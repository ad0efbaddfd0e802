"""G13 at the doors: as many rows as may be are taken, one more is refused plainly."""

import asyncio
import time
from typing import Any

import pytest

from tests import city
from tests.city import HOSPITAL, JIANGSU
from tests.doors.rigid import registered, tag_of
from tests.doors.rigid_jiangsu import wire_rows
from tests.doors.senders import Door, to_jiangsu, to_v1

pytestmark = pytest.mark.asyncio(loop_scope="module")
PER_MESSAGE, PER_DOCUMENT = 300, 3_000
DOCUMENT_SECONDS_MAX = 20.0
SMALL_SECONDS_MAX = 10.0
BODY_BYTES_MAX = 8 * 2**20


def rows(tag: str, count: int) -> list[dict[str, Any]]:
    return [wire_rows(tag)[0] | {"feedetl_sn": f"F{number}"} for number in range(count)]


async def test_a_message_carries_three_hundred_rows_natively(door: Door) -> None:
    """300 rows are taken; 301 are refused with count and limit, and nothing of them stands."""
    tag = tag_of("rows native")
    lines = [city.line(number) for number in range(PER_MESSAGE + 1)]
    path = f"/v1/visits/V{tag}/items"

    async with door.sender() as sender:
        await sender.must(registered(tag)[0])
        refused = await sender.send(to_v1("POST", path, {"items": lines}, message_id="u301"))
        taken = await sender.send(to_v1("POST", path, {"items": lines[:-1]}, message_id="u300"))

    assert (refused.status, refused.json["faults"][0]["code"]) == (413, "items.too_many")
    assert "301" in refused.json["faults"][0]["zh"]
    assert "300" in refused.json["faults"][0]["zh"]
    assert taken.status == 200, taken.body
    assert len(taken.json["accepted_item_nos"]) == PER_MESSAGE


async def test_a_message_carries_three_hundred_rows_in_jiangsu(door: Door) -> None:
    """The same at Jiangsu's door: infcode -1 names count and limit."""
    tag = tag_of("rows jiangsu")

    async with door.sender() as sender:
        await sender.must(registered(tag, JIANGSU)[0])
        refused = await sender.send(to_jiangsu(door.jiangsu("2204", rows(tag, PER_MESSAGE + 1), "2204-301")))
        taken = await sender.must(to_jiangsu(door.jiangsu("2204", rows(tag, PER_MESSAGE), "2204-300")))

    assert refused.json["infcode"] == "-1"
    assert "301" in refused.json["err_msg"]
    assert "300" in refused.json["err_msg"]
    assert taken.json["infcode"] == "0"


async def test_a_document_of_three_thousand_lines_settles_beside_small_bills(door: Door) -> None:
    """3,000 lines settle in a batch of their own within their time; small bills go on meanwhile."""
    great = city.bill(0, "GREAT", lines=PER_DOCUMENT)

    async def small(number: int) -> float:
        started = time.monotonic()
        answer = await door.gateway.submit(city.bill(1 + number, f"SMALL{number}"), f"small-{number}")
        assert answer.status == 200, answer.body
        return time.monotonic() - started

    started = time.monotonic()
    writing = asyncio.create_task(door.gateway.submit(great, "great"))
    waits = [await small(number) for number in range(20)]
    answer = await writing
    seconds = time.monotonic() - started

    assert answer.status == 200, answer.body[:500]
    assert answer.json["sums"]["charged_fen"] == PER_DOCUMENT * 1000
    assert len(answer.json["lines"]) == PER_DOCUMENT
    assert seconds < DOCUMENT_SECONDS_MAX
    assert max(waits) < SMALL_SECONDS_MAX


async def test_a_document_of_one_line_more_is_refused(door: Door) -> None:
    """3,001 lines: 413 with count and limit, and nothing stands."""
    answer = await door.gateway.submit(city.bill(0, "TOO-GREAT", lines=PER_DOCUMENT + 1), "too-great")
    outcome = await door.gateway.ask("GET", "/v1/outcomes/too-great")

    fault = answer.json["faults"][0]
    assert (answer.status, fault["code"], fault["pointer"]) == (413, "items.too_many", "/items")
    assert "3001" in fault["zh"]
    assert "3000" in fault["zh"]
    assert outcome.json["outcome"] == "not_seen"


@pytest.mark.parametrize("provider", [HOSPITAL, JIANGSU])
async def test_a_body_past_its_bound_is_refused_signed(door: Door, provider: str) -> None:
    """One byte too many by Content-Length: 413, signed, unread, in the caller's own dialect."""
    body = b" " * (BODY_BYTES_MAX + 1)
    asked = to_jiangsu(body) if provider == JIANGSU else to_v1("POST", "/v1/bills", body, message_id="big")

    async with door.sender() as sender:
        answer = await sender.send(asked)

    assert answer.status == 413
    assert answer.headers["Request-Digest"] == "unread"
    assert answer.json["infcode"] == "-1" if provider == JIANGSU else answer.json["code"] == "http.body_too_large"


@pytest.mark.parametrize("depth", [65, 5_000, 100_000])
async def test_a_text_too_deep_is_refused(door: Door, depth: int) -> None:
    """Past 64 levels: a refusal that names the bound, at both doors."""
    body = b'{"visit": ' + b"[" * depth + b"]" * depth + b"}"

    async with door.sender() as sender:
        native = await sender.send(to_v1("POST", "/v1/bills", body, message_id="deep"))
        jiangsu = await sender.send(to_jiangsu(body))

    assert (native.status, native.json["faults"][0]["code"]) == (400, "json.depth")
    assert "64" in native.json["faults"][0]["zh"]
    assert "64" in jiangsu.json["err_msg"]

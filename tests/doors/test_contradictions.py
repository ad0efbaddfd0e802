"""A message that contradicts itself is refused with its place: nothing that it names is dropped in silence."""

from typing import Any

import pytest

from tests.doors.rigid import bill, items, submitted, tag_of, visit
from tests.doors.senders import Door, to_v1

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def settled(door: Door, tag: str) -> dict[str, Any]:
    async with door.sender() as sender:
        said = (await sender.must(submitted(tag)[0])).json
    return {"settlement_id": said["settlement_id"], "visit_no": f"V{tag}", "bill_no": f"B{tag}"}


@pytest.mark.parametrize("field", ["visit_no", "bill_no"])
async def test_a_cancellation_of_another_visit_or_bill_is_refused(door: Door, field: str) -> None:
    """A settlement's id beside another's visit or bill number: which one is meant, nobody can know."""
    named = await settled(door, tag_of(f"contradiction {field}"))
    path = f"/v1/settlements/{named.pop('settlement_id')}/cancel"

    async with door.sender() as sender:
        refused = await sender.send(to_v1("POST", path, named | {field: "X1"}, message_id=f"c1-{field}"))
        done = await sender.send(to_v1("POST", path, named, message_id=f"c2-{field}"))

    assert (refused.status, refused.json["code"]) == (422, "settlement.differs")
    assert refused.json["faults"][0]["pointer"] == f"/{field}"
    assert done.status == 200, done.body


async def test_a_settlement_has_one_spelling(door: Door) -> None:
    """Hyphens elsewhere are another id, unknown here; capitals are the same one (RFC 9562)."""
    settlement_id = (await settled(door, tag_of("spelling")))["settlement_id"]
    moved = settlement_id.replace("-", "")[:9] + "-" + settlement_id.replace("-", "")[9:]

    async with door.sender() as sender:
        unknown = await sender.send(to_v1("POST", f"/v1/settlements/{moved}/cancel", {}, message_id="s1"))
        done = await sender.send(to_v1("POST", f"/v1/settlements/{settlement_id.upper()}/cancel", {}, message_id="s2"))

    assert (unknown.status, unknown.json["code"]) == (404, "settlement.unknown")
    assert done.status == 200, done.body


async def test_a_document_bills_the_items_it_brings(door: Door) -> None:
    """item_nos that are not those of the document's own items are refused; the same ones are no contradiction."""
    tag = tag_of("document")
    document = {"visit": visit(tag), "bill": bill(tag), "items": items(tag)}
    other = document | {"bill": bill(tag) | {"item_nos": ["F0"]}}
    same = document | {"bill": bill(tag) | {"item_nos": ["F0", "F1", "F2"]}}

    async with door.sender() as sender:
        refused = await sender.send(to_v1("POST", "/v1/bills", other, message_id="d1"))
        done = await sender.send(to_v1("POST", "/v1/bills", same, message_id="d1"))

    assert (refused.status, refused.json["faults"][0]["pointer"]) == (400, "/bill/item_nos")
    assert done.status == 200, done.body

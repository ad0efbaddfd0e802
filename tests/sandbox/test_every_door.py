"""Each dialect has a hospital in the sandbox's world, and a first bill comes out alike at every door."""

from typing import Any

import pytest

from gateway.dialects.finding import in_tree
from gateway.reference.world.build import build
from gateway.reference.world.providers import SPEAKERS
from tests.one_bill.senders import SENDERS, by_native
from tests.sandbox.sandboxed import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_no_dialect_is_without_a_hospital(sandbox: Sandbox) -> None:
    """World and first page name one for each dialect of the tree, so that none can be tried by reading alone."""
    spoken = {one.dialect for one in build(1).providers if one.kind == "hospital"}
    _, page = await sandbox.raw("GET", "/sandbox")

    assert spoken == {found.name for found in in_tree()}
    assert all(code in page and code in sandbox.told for code in SPEAKERS.values())


def plainly(bill: dict[str, Any]) -> dict[str, Any]:
    """A bill that every dialect can say: its items begin their day."""
    items = [item | {"occurred_at": f"{item['occurred_at'][:10]}T00:00:00+08:00"} for item in bill["items"]]
    return bill | {"visit": bill["visit"] | {"admitted_at": items[0]["occurred_at"]}, "items": items}


@pytest.mark.parametrize("dialect", sorted(SPEAKERS))
async def test_a_first_bill_settles_at_every_door(sandbox: Sandbox, dialect: str) -> None:
    """300 yuan where 260 is the most, in each dialect: the fund bears 260; natively the bill is known by its key."""
    bill, code = plainly(await sandbox.bill("first")), SPEAKERS[dialect]
    answers = []
    for sent in SENDERS[dialect](bill, code):
        headers = {name.title(): value for name, value in sent.headers.items()}
        answers.append(await sandbox.ask("POST", sent.path, sent.body, provider=code, **headers))
    (again,) = by_native(bill, code)
    told = await sandbox.ask("POST", again.path, again.body, provider=code, message_id="again")
    settled = await sandbox.ask("GET", f"/v1/settlements/{told.json['settlement_id']}", provider=code)

    assert [answer.status for answer in answers] == [200] * len(answers), answers[-1].body.decode()
    assert (told.status, told.json["code"]) == (409, "bill.already_settled")
    sums = settled.json["settlement"]["sums"]
    assert (sums["charged_fen"], sums["fund_fen"], sums["worker_fen"]) == (30_000, 26_000, 4_000)

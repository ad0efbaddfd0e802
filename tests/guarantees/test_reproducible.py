"""G12: what a settlement keeps is enough to decide its bill again, item by item, to the same digest."""

from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from gateway.core.adjudication import adjudicate
from gateway.core.context import Bill, Context, Visit
from gateway.core.digests import decision_sha256
from gateway.reference.holder import Reference
from gateway.reference.importing import import_files
from gateway.store.database import connect, open_pool
from gateway.store.lines import lines_of
from gateway.store.packing import unpacked
from gateway.store.sealing import Seals
from gateway.store.secrets_file import load_or_create
from schemas.decisions import Decision
from schemas.requests import BillTerms, Item, Settle
from tests import city
from tests.house import Gateway, gateways

POLICY = {**city.PLACE, "valid_from": "2020-01-01", "food_subsidy_fen": 30_00}
LIMIT = {**city.PLACE, "code": "XJ01", "valid_from": "2020-01-01", "per_day": "5"}
PAIR = {
    **city.PLACE,
    "sort": "excludes",
    "frequency": "day",
    "main_code": "C0345",
    "sub_code": "XJ01",
    "valid_from": "2020-01-01",
    "why": "互斥",
}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    brought_by: dict[str, str]
    decision: Decision
    visit: Visit
    terms: msgspec.Raw
    """Those of a document, or the Settle message itself."""
    context: Context


async def play(gateway: Gateway) -> None:
    """A document; a visit of which items are cancelled, withdrawn and sent anew; a stay of two bills under limits."""
    await gateway.submit(city.bill(0, "V1", lines=4), "m1")
    visit = city.bill(1, "V2")["visit"]
    dearer = city.line(1, unit_price_yuan="7.00", amount_fen=1400)
    for path, body in (
        ("/v1/visits", visit),
        ("/v1/visits/V2/items", {"items": [city.line(1), city.line(2)]}),
        ("/v1/visits/V2/settle", {"bill_no": "B1", "interim": True}),
    ):
        answer = await gateway.ask("POST", path, body, message_id=f"{path.split('/')[-1]}-1")
        assert answer.status == 200, answer.body
    settled = answer.json["settlement_id"]
    for number, (path, body) in enumerate(
        (
            (f"/v1/settlements/{settled}/cancel", {}),
            ("/v1/visits/V2/items/withdraw", {"item_nos": ["I0001"]}),
            ("/v1/visits/V2/items", {"items": [dearer, city.line(3)]}),
            ("/v1/visits/V2/settle", {"bill_no": "B2"}),
        )
    ):
        answer = await gateway.ask("POST", path, body, message_id=f"later-{number}")
        assert answer.status == 200, answer.body
    for number in (1, 2):
        lines = [city.line(3 * number), city.line(3 * number + 1), city.line(3 * number + 2, catalog_code="C0345")]
        stay = city.bill(2, "V3", bill_no=f"B3-{number}", items=lines, visit={"visit_kind": "inpatient"})
        await gateway.submit(stay | {"bill": stay["bill"] | {"interim": number == 1}}, f"stay-{number}")


async def items_of(connection: "asyncpg.Connection[Any]", row: asyncpg.Record, kept: Kept) -> tuple[Item, ...]:
    """The very items that were decided: those of the settling message, or of the message that is named beside them."""
    found = {
        (sheet["message_id"], item.item_no): item
        for sheet in await connection.fetch("SELECT * FROM item_sheet WHERE visit_id = $1", row["visit_id"])
        for item in unpacked(sheet["contents"])
    }
    numbers = lines_of(row["lines"]).item_no
    return tuple(found[kept.brought_by.get(number, row["message_id"]), number] for number in numbers)


async def decided_again(
    connection: "asyncpg.Connection[Any]", row: asyncpg.Record, seals: Seals, references: Reference
) -> tuple[str, int]:
    opened = seals.unseal_packed(row["decision_sealed"], f"decision:{row['settlement_id']}".encode())
    kept = msgspec.json.decode(opened, type=Kept)
    terms = msgspec.json.decode(kept.terms, type=Settle if b'"verb"' in bytes(kept.terms) else BillTerms)
    bill = Bill(visit=kept.visit, terms=terms, items=await items_of(connection, row, kept))
    at: datetime = row["settled_at"]
    snapshot = references.at(at)
    decision = adjudicate(bill, kept.context, snapshot.catalog, snapshot.policies)
    assert decision == kept.decision
    return decision_sha256(decision), decision.sums.charged_fen


async def test_every_settlement_can_be_decided_again(database_dsn: str, tmp_path: Path) -> None:
    """Also one whose items have been withdrawn and sent anew since, or whose limits have changed: as it was decided."""
    await city.found(database_dsn, tmp_path / "secrets.json", policy=[POLICY], limits=[LIMIT], pairs=[PAIR])
    async with gateways(database_dsn, tmp_path) as (gateway,):
        await play(gateway)
    seals = load_or_create(tmp_path / "secrets.json")
    changed = {"limits": city.sheet([LIMIT | {"per_day": "1"}]), "pairs": city.sheet([PAIR | {"frequency": "visit"}])}
    pool = await open_pool(database_dsn, application_name="tests")
    async with pool.acquire() as importing:
        await import_files(importing, changed, seals)
    references = Reference(pool)
    await references.refresh()
    connection = await connect(database_dsn, application_name="tests")
    try:
        rows = await connection.fetch("SELECT * FROM settlement WHERE kind = 'settlement' ORDER BY bill_no, visit_no")
        again = [await decided_again(connection, row, seals, references) for row in rows]
    finally:
        await connection.close()
        await pool.close()

    assert again == [(row["decision_sha256"].hex(), row["charged_fen"]) for row in rows]
    assert [row["charged_fen"] for row in rows] == [4000, 2000, 3400, 3000, 3000]
    assert [(row["fund_fen"], row["benefits_fen"]) for row in rows[-2:]] == [(2000, 3000), (500, 0)]

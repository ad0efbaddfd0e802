"""QueryItems (费用明细查询): a visit's items in the order of their coming, with what became of each."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

from gateway.core.reasons import refusal
from gateway.desk.cursors import Place, cursor_of, place_of, skipped
from gateway.desk.names import bill_keys, visit_key
from gateway.settling.loading import sums_of
from gateway.settling.standing import Key
from gateway.store.packing import unpacked
from gateway.store.queries import sql
from schemas.answers import ItemFound, ItemsFound
from schemas.facts import Provider
from schemas.requests import Item, QueryItems, Sums

Shares: TypeAlias = dict[tuple[UUID, str], tuple[str, Sums]]
"""Bill number and sums by settlement and item."""


class ItemPlace(Place, frozen=True, kw_only=True, tag="items"):
    """The last item of a page: its position in the visit, and the message that brought it."""

    position: int
    message_id: str


async def items_found(connection: Any, request: QueryItems, caller: Provider) -> ItemsFound:
    """Return a page of a visit's items; refuses: visit.unknown, worker.differs, settlement.unknown, cursor.unknown."""
    place = place_of(request.cursor, ItemPlace) if request.cursor else ItemPlace(position=-1, message_id="")
    visit = await _visit(connection, request, caller)
    settlement_id = await _settlement(connection, request, caller)
    rows = await connection.fetch(
        sql("items_of_visit"),
        visit["worker_id"],
        visit["visit_id"],
        place.position,
        place.message_id,
        request.state,
        settlement_id,
        skipped(request.page, request.limit),
        request.limit + 1,
    )
    shown, more = rows[: request.limit], len(rows) > request.limit
    contents = await _contents(connection, visit, shown)
    shares = await _shares(connection, visit["worker_id"], shown)
    last = ItemPlace(position=shown[-1]["position"], message_id=shown[-1]["message_id"]) if more else None
    return ItemsFound(
        visit_no=request.visit_no,
        worker_id=visit["worker_id"],
        visit_state=visit["state"],
        items=tuple(item_found(row, contents[row["message_id"], row["position"]], shares) for row in shown),
        next_cursor=cursor_of(last) if last else None,
    )


async def _visit(connection: Any, request: QueryItems, caller: Provider) -> Any:
    """Return the row of a visit of the caller; another's is as unknown as one that never was (G10)."""
    held = await _held(connection, visit_key(caller, request.visit_no))
    if held is None:
        raise refusal("visit.unknown", "/visit_no", visit_no=request.visit_no)
    if request.worker_id not in (None, held["worker_id"]):
        raise refusal("worker.differs", "/worker_id", stated=request.worker_id, visit_no=request.visit_no)
    return await connection.fetchrow(sql("visits_by_id"), [held["worker_id"]], [held["visit_id"]])


async def _settlement(connection: Any, request: QueryItems, caller: Provider) -> UUID | None:
    if request.bill_no is None:
        return None
    held = await _held(connection, bill_keys(caller.code, request.visit_no, request.bill_no, None)[0])
    if held is None:
        raise refusal("settlement.unknown", "/bill_no")
    settlement_id: UUID = held["settlement_id"]
    return settlement_id


async def _held(connection: Any, key: Key) -> Any:
    return await connection.fetchrow(sql("keys_held"), [key.provider_code], [key.kind], [key.key])


async def _contents(connection: Any, visit: Any, rows: Sequence[Any]) -> dict[tuple[str, int], Item]:
    """Return items by message and position. A sheet has up to 3,000: others run between any two."""
    wanted = {(row["message_id"], row["position"]) for row in rows}
    sheets = await connection.fetch(
        sql("contents_of_sheets"), visit["worker_id"], visit["visit_id"], sorted({message for message, _ in wanted})
    )
    found: dict[tuple[str, int], Item] = {}
    for sheet in sheets:
        for place, item in enumerate(unpacked(sheet["contents"]), start=sheet["first_position"]):
            if (sheet["message_id"], place) in wanted:
                found[sheet["message_id"], place] = item
        await asyncio.sleep(0)
    return found


async def _shares(connection: Any, worker_id: str, rows: Sequence[Any]) -> Shares:
    settled = [row for row in rows if row["settlement_id"] is not None]
    if not settled:
        return {}
    found = await connection.fetch(
        sql("shares_of_items"),
        worker_id,
        list({row["settlement_id"] for row in settled}),
        [row["item_no"] for row in settled],
    )
    return {(row["settlement_id"], row["item_no"]): (row["bill_no"], sums_of(row)) for row in found}


def item_found(row: Any, item: Item, shares: Shares) -> ItemFound:
    """Return an item with what became of it."""
    withdrawn, settlement_id = row["withdrawn_by"], row["settlement_id"]
    bill_no, sums = shares[settlement_id, row["item_no"]] if settlement_id else (None, None)
    return ItemFound(
        item=item,
        state="withdrawn" if withdrawn else "settled" if settlement_id else "live",
        message_id=row["message_id"],
        withdrawn_by=withdrawn,
        settlement_id=str(settlement_id) if settlement_id else None,
        bill_no=bill_no,
        sums=sums,
    )

"""UploadItems and WithdrawItems (处方明细上报, 处方明细撤销)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from msgspec.structs import replace

from gateway.core.reasons import fault, refusal
from gateway.core.visits import refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.visits import visit_at
from gateway.settling.standing import LiveItem, Standing, VisitFile
from gateway.store.packing import packed
from gateway.store.rows import ItemSheetRow, ItemWithdrawn
from schemas.answers import ItemsUploaded, ItemsWithdrawn
from schemas.problems import Conflict, Fault, Refused
from schemas.requests import ITEMS_PER_VISIT_MAX, Item, UploadItems, WithdrawItems


def decide_upload(request: UploadItems, standing: Standing, making: Making) -> Verdict:
    """Add items to a visit: the same content again is nothing new, other content is refused, all faults at once."""
    file = visit_at(standing, request.visit_no, request.worker_id)
    if code := refused("UploadItems", file.visit.state):
        raise refusal(code, visit_no=request.visit_no)
    fresh, repeated = sift(request.items, file)
    check_qualifications(fresh, file)
    check_room(fresh, file)
    left = [*unsettled(file), *(live.amount_fen for live in fresh)]
    answer = ItemsUploaded(
        visit_no=request.visit_no,
        accepted_item_nos=tuple(item.item_no for item in fresh),
        repeated_item_nos=tuple(item.item_no for item in repeated),
        unsettled_items=len(left),
        unsettled_fen=sum(left),
    )
    return Verdict(
        answer=answer,
        effects=item_sheet(fresh, file.visit.worker_id, UUID(file.visit.visit_id), making, first=next_position(file)),
        worker_id=file.visit.worker_id,
        visit_id=UUID(file.visit.visit_id),
    )


def decide_withdraw(request: WithdrawItems, standing: Standing, making: Making) -> Verdict:
    """Withdraw items that are not settled: the named ones, those of named batches, or all."""
    file = visit_at(standing, request.visit_no, request.worker_id)
    if code := refused("WithdrawItems", file.visit.state):
        raise refusal(code, visit_no=request.visit_no)
    gone = named(request, file)
    left = [live.item.amount_fen for live in file.items if live.settlement_id is None and live not in gone]
    answer = ItemsWithdrawn(
        visit_no=request.visit_no,
        withdrawn_item_nos=tuple(live.item.item_no for live in gone),
        unsettled_items=len(left),
        unsettled_fen=sum(left),
    )
    return Verdict(
        answer=answer,
        effects=withdrawals(file, gone, making.message_id),
        worker_id=file.visit.worker_id,
        visit_id=UUID(file.visit.visit_id),
        unsettles=True,
    )


def named(request: WithdrawItems, file: VisitFile) -> list[LiveItem]:
    """Return the items that a withdrawal names, or refuse with every name that does not fit."""
    open_items = {live.item.item_no: live for live in file.items if live.settlement_id is None}
    if request.everything:
        return list(open_items.values())
    settled = {live.item.item_no for live in file.items} - open_items.keys()
    batches = {live.item.batch_no for live in open_items.values()}
    faults = [
        fault(
            "item.settled" if item_no in settled else "item.unknown",
            f"/item_nos/{index}",
            item_no=item_no,
            visit_no=request.visit_no,
        )
        for index, item_no in enumerate(request.item_nos)
        if item_no not in open_items
    ]
    faults += [
        fault("batch.unknown", f"/batch_nos/{index}", batch_no=batch_no, visit_no=request.visit_no)
        for index, batch_no in enumerate(request.batch_nos)
        if batch_no not in batches
    ]
    if faults:
        raise Refused(*faults)
    wanted, wanted_batches = set(request.item_nos), set(request.batch_nos)
    return [
        live
        for live in open_items.values()
        if live.item.item_no in wanted or (live.item.batch_no is not None and live.item.batch_no in wanted_batches)
    ]


def withdrawals(file: VisitFile, gone: Iterable[LiveItem], message_id: str) -> tuple[ItemWithdrawn, ...]:
    """Return what withdraws items."""
    return tuple(
        ItemWithdrawn(
            worker_id=file.visit.worker_id,
            visit_id=UUID(file.visit.visit_id),
            item_no=live.item.item_no,
            withdrawn_by=message_id,
        )
        for live in gone
    )


def sift(items: Iterable[Item], file: VisitFile | None) -> tuple[list[Item], list[Item]]:
    """Return (items that are new, items that stand already); refuse every one that stands with other content."""
    if file is None or not file.items:
        return list(items), []
    standing = {live.item.item_no: live.item for live in file.items}
    fresh: list[Item] = []
    repeated: list[Item] = []
    faults: list[Fault] = []
    for index, item in enumerate(items):
        before = standing.get(item.item_no)
        if before is None:
            fresh.append(item)
        elif same(before, item):
            repeated.append(item)
        else:
            faults.append(fault("item.content_differs", f"/items/{index}", item_no=item.item_no))
    if faults:
        raise Conflict(*faults)
    return fresh, repeated


def same(one: Item, other: Item) -> bool:
    """Return whether two items say the same, whatever zeros their numbers end in."""
    return one == other or normal(one) == normal(other)


def normal(item: Item) -> Item:
    """Return an item with its numbers in their shortest form."""
    return replace(
        item,
        quantity=str(Decimal(item.quantity).normalize()),
        unit_price_yuan=str(Decimal(item.unit_price_yuan).normalize()),
    )


def check_qualifications(items: Iterable[Item], file: VisitFile) -> None:
    """Refuse items that name a qualification which the visit does not have; a visit without any is asked later."""
    known = file.visit.qualification_ids
    faults = [
        fault(
            "qualification.not_of_visit",
            f"/items/{index}/qualification_id",
            item_no=item.item_no,
            qualification_id=item.qualification_id,
        )
        for index, item in enumerate(items)
        if item.qualification_id is not None and known and item.qualification_id not in known
    ]
    if faults:
        raise Refused(*faults)


def check_room(fresh: list[Item], file: VisitFile) -> None:
    """Refuse new items past what one visit may hold (G13)."""
    count = len(file.items) + len(fresh)
    if count > ITEMS_PER_VISIT_MAX:
        raise refusal("visit.too_many_items", "/items", count=count, limit=ITEMS_PER_VISIT_MAX)


def unsettled(file: VisitFile) -> list[int]:
    """Return the fen of the visit's items that no settlement has taken."""
    return [live.item.amount_fen for live in file.items if live.settlement_id is None]


def next_position(file: VisitFile | None) -> int:
    """Return the position of the next item that comes."""
    return max((live.position for live in file.items), default=-1) + 1 if file else 0


def item_sheet(
    items: Sequence[Item],
    worker_id: str,
    visit_id: UUID,
    making: Making,
    *,
    first: int,
    settlement_id: UUID | None = None,
) -> tuple[ItemSheetRow, ...]:
    """Return the row of new items, in the order of their coming; none where nothing is new."""
    if not items:
        return ()
    return (
        ItemSheetRow(
            worker_id=worker_id,
            visit_id=visit_id,
            message_id=making.message_id,
            first_position=first,
            item_nos=[item.item_no for item in items],
            amounts_fen=[item.amount_fen for item in items],
            contents=packed(items),
            settlement_ids=[settlement_id] * len(items),
            withdrawn_by=[None] * len(items),
        ),
    )

"""Whole bills in one native document (POST /v1/bills), as each kind of provider sends them."""

from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from loadtests.scenarios.asking import Ask, Check, Talk, agree
from loadtests.scenarios.jiangsu import Row, rows_of, total_fen
from loadtests.scenarios.numbers import Serials, line_fen
from loadtests.scenarios.world import HOSPITAL_ITEMS, CatalogItem, Provider, Qualification, Worker, World, one_of
from schemas.scalars import ProviderKind, VisitKind

DAYS_BACK = 40
COURSE_DAYS_MAX = 10
SHARES = ("fund_fen", "worker_fen", "employer_fen", "provider_fen")
REHABILITATION = frozenset({"rehabilitation"})


class Sender(Struct, frozen=True, kw_only=True):
    """A provider at the native door, with what it draws its bills from."""

    provider: Provider
    serials: Serials
    world: World
    workers: list[Worker]
    items: list[CatalogItem]


QUALIFIED: dict[ProviderKind, tuple[VisitKind, str, str]] = {
    "hospital": ("outpatient", "treatment", "recognised"),
    "rehabilitation_centre": ("rehabilitation", "rehabilitation", "issued"),
    "device_supplier": ("device", "device", "issued"),
}
"""A kind of provider → its visits' kind, and the qualification that they name: kind and state."""


def sender(world: World, provider: Provider, serials: Serials) -> Sender:
    """Return a provider ready to send; raises BadWorld where the world has nobody for it."""
    _, kind, state = QUALIFIED[provider.kind]
    sorts = REHABILITATION if provider.kind == "rehabilitation_centre" else HOSPITAL_ITEMS
    return Sender(
        provider=provider,
        serials=serials,
        world=world,
        workers=world.workers_with(kind, state),
        items=world.items_of(sorts),
    )


def document(of: Sender, draw: Random) -> Talk:
    """Send one bill; returns whether it settled."""
    visit_kind, kind, state = QUALIFIED[of.provider.kind]
    worker = one_of(draw, of.workers)
    named = worker.qualification(kind, state)
    recognised = worker.qualification("treatment", "recognised")
    assert named is not None, "workers_with chose him for it"
    assert recognised is not None, "workers_with chose him for it"
    rows = _rows(of, named, draw)
    day = of.world.as_of - timedelta(days=draw.randrange(COURSE_DAYS_MAX, DAYS_BACK))
    number = of.serials.next()
    visit = {
        "visit_no": f"V{number}",
        "worker_id": worker.worker_id,
        "visit_kind": visit_kind,
        "admitted_at": _instant(day, 8),
        "diagnosis_codes": [f"{recognised.diagnosis_codes[0]}.5"],
        "qualification_ids": [named.qualification_id],
    }
    charged = total_fen(rows)
    bill = {"bill_no": f"B{number}", "charged_fen": charged, "discharged_at": _instant(_last(day, of, rows), 18)}
    items = [_item(row, _day(day, of, place)) for place, row in enumerate(rows)]
    told = yield _ask(of, {"visit": visit, "bill": bill, "items": items}, f"D{number}", settled(charged))
    return told.refused is None


def _rows(of: Sender, named: Qualification, draw: Random) -> list[Row]:
    """Return the lines: an attendance's items, a course's days of one exercise, or the device that was confirmed."""
    if of.provider.kind == "hospital":
        return rows_of(draw, of.items)
    if of.provider.kind == "rehabilitation_centre":
        items = [item for item in of.items if item.code in named.items] if named.items else of.items
        item, count = one_of(draw, items or of.items), draw.randrange(1, COURSE_DAYS_MAX)
        return [_one(place, item) for place in range(1, count + 1)]
    devices = [device for code in named.items if (device := of.world.item(code)) is not None]
    return [_one(1, one_of(draw, devices or of.world.items_of(frozenset({"device"}))))]


def _one(place: int, item: CatalogItem) -> Row:
    amount = line_fen(item.unit_price, 1)
    return Row(item_no=f"F{place:04d}", code=item.code, quantity=1, unit_price=item.unit_price, amount_fen=amount)


def _day(first: date, of: Sender, place: int) -> date:
    """A course has a line a day; anything else happens on one day."""
    return first + timedelta(days=place) if of.provider.kind == "rehabilitation_centre" else first


def _last(first: date, of: Sender, rows: list[Row]) -> date:
    return _day(first, of, len(rows) - 1)


def _item(row: Row, day: date) -> dict[str, Any]:
    return {
        "item_no": row.item_no,
        "catalog_code": row.code,
        "quantity": str(row.quantity),
        "unit_price_yuan": row.unit_price,
        "amount_fen": row.amount_fen,
        "occurred_at": _instant(day, 10),
    }


def _instant(day: date, hour: int) -> str:
    return f"{day.isoformat()}T{hour:02d}:00:00+08:00"


def _ask(of: Sender, body: dict[str, Any], message_id: str, check: Check) -> Ask:
    return Ask(
        name=f"bill {of.provider.kind}",
        path="/v1/bills",
        headers={
            "Authorization": f"Bearer {of.provider.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": message_id,
        },
        body=msgspec.json.encode(body),
        is_jiangsu=False,
        is_settlement=True,
        check=check,
    )


def settled(charged_fen: int) -> Check:
    """Return a check that a settlement charges what was sent, and that its four shares and its lines sum to it."""

    def check(answer: dict[str, Any]) -> None:
        agree("charged_fen", answer["sums"]["charged_fen"], charged_fen)
        agree("the shares", sum(answer["sums"][name] for name in SHARES), charged_fen)
        agree("the lines' charges", sum(line["charged_fen"] for line in answer["lines"]), charged_fen)

    return check

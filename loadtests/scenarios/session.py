"""An outpatient visit in the session dialect, message by message, as one clerk works it off; and his day's cycle."""

from collections.abc import Generator
from datetime import timedelta
from random import Random
from typing import Any, TypeAlias

from msgspec import Struct

from loadtests.scenarios.asking import Ask, Talk, Told
from loadtests.scenarios.jiangsu import EVERYTHING, Clerk, Row, Visit, billed, rows_of, total_fen, uploaded
from loadtests.scenarios.numbers import fen
from loadtests.scenarios.world import HOSPITAL_ITEMS, CatalogItem, Worker, World, one_of

ROWS_A_MESSAGE = 20
"""A billing system uploads as the doctor writes, not three hundred rows at once."""
CANCELLED, WITHDRAWN = 0.03, 0.05
"""Shares of visits whose settlement is cancelled again, and of those that take a row back before the preview."""
DAYS_BACK = 40


class Town(Struct, frozen=True, kw_only=True):
    """What visits are drawn from; made once a process."""

    world: World
    workers: list[Worker]
    items: list[CatalogItem]

    @classmethod
    def of(cls, world: World) -> "Town":
        """Return the town of a world; raises BadWorld where it has nobody to treat."""
        workers = world.workers_with("treatment", "recognised")
        return cls(world=world, workers=workers, items=world.items_of(HOSPITAL_ITEMS))


Step: TypeAlias = Generator[Ask, Told, Told]


def sign_in(clerk: Clerk) -> Talk:
    """Open the clerk's cycle."""
    told = yield clerk.ask("9001", {"input": {"signIn": {"opter_no": clerk.operator}}})
    clerk.sign_no = told.output["signinoutb"]["sign_no"] if told.refused is None else ""
    return bool(clerk.sign_no)


def sign_out(clerk: Clerk) -> Talk:
    """Close the clerk's cycle, if one is open."""
    if not clerk.sign_no:
        return False
    given = {"signOut": {"sign_no": clerk.sign_no, "opter_no": clerk.operator}}
    told = yield clerk.ask("9002", {"input": given})
    clerk.sign_no = ""
    return told.refused is None


def outpatient(clerk: Clerk, town: Town, draw: Random) -> Talk:
    """Read the card, register, upload, now and then withdraw, preview, settle, now and then cancel.

    Returns whether it settled. A refusal ends the visit: its rows are withdrawn and the registration is cancelled.
    """
    worker = one_of(draw, town.workers)
    card = {"mdtrt_cert_type": "02", "mdtrt_cert_no": worker.certno, "psn_name": worker.name}
    read = yield clerk.ask("1101", {"input": {"data": card}})
    entitled = _usable(read)
    if entitled is None:
        return False
    visit = _visit(clerk, worker, entitled, town, draw)
    registered = yield clerk.ask("2201", {"input": visit.registration()})
    if registered.refused is not None:
        return False
    settled = yield from _settled(clerk, visit, rows_of(draw, town.items), draw)
    if not settled or draw.random() < CANCELLED:
        yield from _undone(clerk, visit, was_settled=settled)
    return settled


def _usable(read: Told) -> dict[str, Any] | None:
    """Return the qualification to treat under: the recognition's own, if it is usable here today."""
    found = read.output.get("exam_ccls", ())
    return next((one for one in found if one["usable_here"] == "1" and one["kind"] == "treatment"), None)


def _visit(clerk: Clerk, worker: Worker, entitled: dict[str, Any], town: Town, draw: Random) -> Visit:
    number = clerk.serials.next()
    return Visit(
        visit_no=f"MZ{number}",
        bill_no=f"DJ{number}",
        worker_id=worker.worker_id,
        qualification_id=entitled["qualification_id"],
        diagnosis_code=f"{entitled['diag_codes'][0]}.500",
        day=town.world.as_of - timedelta(days=draw.randrange(1, DAYS_BACK)),
    )


def _settled(clerk: Clerk, visit: Visit, rows: list[Row], draw: Random) -> Talk:
    for first in range(0, len(rows), ROWS_A_MESSAGE):
        part = rows[first : first + ROWS_A_MESSAGE]
        told = yield from _uploaded(clerk, visit, part, total_fen(rows[: first + ROWS_A_MESSAGE]))
        if told.refused is not None:
            return False
    if len(rows) > 1 and draw.random() < WITHDRAWN:
        rows = rows[:-1]
        yield from _withdrawn(clerk, visit, rows, f"F{len(rows) + 1:04d}")
    bill = {"input": visit.bill()}
    preview = yield clerk.ask("2206", bill, billed(total_fen(rows)))
    if preview.refused is not None:
        return False
    told = yield clerk.ask("2207", bill, billed(total_fen(rows)))
    return told.refused is None


def _uploaded(clerk: Clerk, visit: Visit, part: list[Row], so_far_fen: int) -> Step:
    details = [visit.detail(row) for row in part]
    return (yield clerk.ask("2204", {"feedetail": details}, uploaded(so_far_fen)))


def _withdrawn(clerk: Clerk, visit: Visit, left: list[Row], item_no: str) -> Step:
    given = {"ipt_otp_no": visit.visit_no, "psn_no": visit.worker_id, "feedetl_sn": item_no}
    return (yield clerk.ask("2205", {"input": given}, uploaded(total_fen(left))))


def _undone(clerk: Clerk, visit: Visit, *, was_settled: bool) -> Generator[Ask, Told, None]:
    """Cancel the settlement if there is one, take back every row, cancel the registration."""
    named = {"ipt_otp_no": visit.visit_no, "psn_no": visit.worker_id}
    if was_settled:
        told = yield clerk.ask("2208", {"input": named | {"mdtrt_id": visit.bill_no}}, _turned)
        if told.refused is not None:
            return
    yield clerk.ask("2205", {"input": named | {"chrg_bchno": EVERYTHING}}, uploaded(0))
    yield clerk.ask("2202", {"input": named})


def _turned(output: dict[str, Any]) -> None:
    """A cancellation's sums hold among themselves too."""
    billed(fen(output["medfee_sumamt"]))(output)

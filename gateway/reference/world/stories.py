"""What a case is: a worker of its own, one bill, and the sums worked out by hand."""

from datetime import date
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from gateway.reference.world.catalog import HOME
from gateway.reference.world.people import enrolment, worker
from schemas.facts import Authorization, Enrolment, Recognition, Worker
from schemas.scalars import WORK_INJURY

BIRTHDAY = date(1985, 5, 5)


class Says(Struct, frozen=True):
    """A case in two languages."""

    zh: str
    en: str


class Expected(Struct, frozen=True, kw_only=True):
    """Who bears the bill, in fen, and the rules that cut something; or the code that refuses the whole bill."""

    charged_fen: int = 0
    fund_fen: int = 0
    worker_fen: int = 0
    employer_fen: int = 0
    provider_fen: int = 0
    rules: tuple[str, ...] = ()
    refused: str | None = None
    """The code that a caller is told."""
    blocked_by: str | None = None
    """The adjudicator's rule that blocks the bill, where the door refuses it earlier by another code."""


class Line(Struct, frozen=True):
    """One line of a case's bill: day and hour in Shanghai, quantity and price in yuan as text, amount in fen."""

    code: str
    day: str
    quantity: str
    price: str
    fen: int
    more: dict[str, Any] = field(default_factory=dict)


class Story(Struct, frozen=True, kw_only=True):
    """A named situation. Its worker, visit and bill are its own, so that no other case disturbs it."""

    name: str
    says: Says
    provider: str
    lines: tuple[Line, ...]
    expected: Expected
    visit: dict[str, Any] = field(default_factory=dict)
    bill: dict[str, Any] = field(default_factory=dict)
    born: date = BIRTHDAY
    insured: dict[str, Any] = field(default_factory=dict)
    """What differs from a clean enrolment."""
    injury: dict[str, Any] = field(default_factory=dict)
    """What differs from a clean recognition."""
    second_injury: dict[str, Any] | None = None
    entitled: dict[str, Any] | None = None
    """The authorization that the visit names in place of the recognition's own qualification."""


class Case(Struct, frozen=True, kw_only=True):
    """A story told of one worker."""

    story: Story
    worker: Worker
    enrolment: Enrolment
    recognitions: tuple[Recognition, ...]
    authorizations: tuple[Authorization, ...]
    request: dict[str, Any]
    """The native SubmitBill."""


def told(story: Story, number: int) -> Case:
    """Return the story with the worker of that number in it."""
    of = worker(number, story.born)
    injuries = [story.injury] if story.second_injury is None else [story.injury, story.second_injury]
    entitled = () if story.entitled is None else (_entitled(of, story.entitled),)
    return Case(
        story=story,
        worker=of,
        enrolment=replace(enrolment(of, date(2025, 1, 2)), **story.insured),
        recognitions=tuple(_recognition(of, index, injury) for index, injury in enumerate(injuries, 1)),
        authorizations=entitled,
        request=_request(story, of),
    )


def _recognition(of: Worker, number: int, differs: dict[str, Any]) -> Recognition:
    clean = Recognition(
        recognition_no=f"{of.worker_id}-R{number}",
        qualification_id=f"{of.worker_id}-Q{number}",
        area=HOME,
        scheme=WORK_INJURY,
        employer_id=of.employer_id,
        kind="accident",
        injured_on=date(2026, 3, 1),
        applicant="employer",
        applied_on=date(2026, 3, 10),
        accepted_on=date(2026, 3, 12),
        decided_on=date(2026, 4, 1),
        body_parts=("前臂",),
        diagnosis_codes=("S52",),
        state="recognised",
    )
    return replace(clean, **differs)


def _entitled(of: Worker, limits: dict[str, Any]) -> Authorization:
    base = {
        "authorization_no": f"{of.worker_id}-A1",
        "recognition_no": f"{of.worker_id}-R1",
        "qualification_id": f"{of.worker_id}-QA1",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2027, 12, 31),
        "state": "issued",
    }
    return Authorization(**{**base, **limits})


def _request(story: Story, of: Worker) -> dict[str, Any]:
    first = story.lines[0]
    handles = ["Q1" if story.entitled is None else "QA1", *(["Q2"] if story.second_injury else [])]
    visit = {
        "visit_no": f"V-{story.name}",
        "worker_id": of.worker_id,
        "visit_kind": "outpatient",
        "admitted_at": _instant(first.day, 9),
        "diagnosis_codes": ["S52.5"],
        "qualification_ids": [f"{of.worker_id}-{handle}" for handle in handles],
        **story.visit,
    }
    charged = sum(line.fen for line in story.lines)
    bill = {"bill_no": f"B-{story.name}", "charged_fen": charged, **story.bill}
    items = [_item(number, line, of) for number, line in enumerate(story.lines, 1)]
    return {"visit": visit, "bill": bill, "items": items}


def _item(number: int, line: Line, of: Worker) -> dict[str, Any]:
    code = {"catalog_code": line.code} if line.code else {}
    more = dict(line.more)
    if "qualification" in more:
        more["qualification_id"] = f"{of.worker_id}-{more.pop('qualification')}"
    return {
        "item_no": str(number),
        **code,
        "quantity": line.quantity,
        "unit_price_yuan": line.price,
        "amount_fen": line.fen,
        "occurred_at": _instant(line.day, 10),
        **more,
    }


def _instant(day: str, hour: int) -> str:
    return f"{day}T{hour:02d}:00:00+08:00"

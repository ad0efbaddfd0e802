"""What a case is: a worker of its own, one bill or several, and the sums worked out by hand."""

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
    benefits_fen: int = 0
    """What the bill brings outside it."""
    rules: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    """Rules that speak and cut nothing."""
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


class Next(Struct, frozen=True, kw_only=True):
    """A further bill for the story's worker: of the visit before it, or of a visit of its own."""

    lines: tuple[Line, ...]
    expected: Expected
    bill: dict[str, Any] = field(default_factory=dict)
    visit: dict[str, Any] | None = None
    """What differs in a visit of its own from the story's first; None adds to the visit before."""


class Story(Struct, frozen=True, kw_only=True):
    """A named situation. Its worker, visits and bills are its own, so that no other case disturbs it."""

    name: str
    says: Says
    provider: str
    lines: tuple[Line, ...]
    expected: Expected
    visit: dict[str, Any] = field(default_factory=dict)
    bill: dict[str, Any] = field(default_factory=dict)
    born: date = BIRTHDAY
    died_on: date | None = None
    insured: dict[str, Any] = field(default_factory=dict)
    """What differs from a clean enrolment."""
    injury: dict[str, Any] = field(default_factory=dict)
    """What differs from a clean recognition."""
    second_injury: dict[str, Any] | None = None
    entitled: dict[str, Any] | None = None
    """The authorization that the visit names in place of the recognition's own qualification."""
    then: tuple[Next, ...] = ()
    """Bills that follow, in order, all by the same provider."""


class Billed(Struct, frozen=True, kw_only=True):
    """One bill of a case: the native SubmitBill, and what must come of it."""

    request: dict[str, Any]
    expected: Expected


class Case(Struct, frozen=True, kw_only=True):
    """A story told of one worker."""

    story: Story
    worker: Worker
    enrolment: Enrolment
    recognitions: tuple[Recognition, ...]
    authorizations: tuple[Authorization, ...]
    bills: tuple[Billed, ...]
    """In the order in which they are sent."""


def told(story: Story, number: int) -> Case:
    """Return the story with the worker of that number in it."""
    of = replace(worker(number, story.born), died_on=story.died_on)
    injuries = [story.injury] if story.second_injury is None else [story.injury, story.second_injury]
    entitled = () if story.entitled is None else (_entitled(of, story.entitled),)
    return Case(
        story=story,
        worker=of,
        enrolment=replace(enrolment(of, date(2025, 1, 2)), **story.insured),
        recognitions=tuple(_recognition(of, index, injury) for index, injury in enumerate(injuries, 1)),
        authorizations=entitled,
        bills=_bills(story, of),
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


def _bills(story: Story, of: Worker) -> tuple[Billed, ...]:
    """Number the visits and bills from the second on, and the items of a visit through all its bills."""
    visit = _visit(story, of, story.lines, {}, "")
    billed, items = [_billed(story, visit, "", story, _items(story.lines, of, 0))], len(story.lines)
    for number, following in enumerate(story.then, 2):
        if following.visit is not None:
            visit, items = _visit(story, of, following.lines, following.visit, f"-{number}"), 0
        billed.append(_billed(story, visit, f"-{number}", following, _items(following.lines, of, items)))
        items += len(following.lines)
    return tuple(billed)


def _billed(story: Story, visit: dict[str, Any], suffix: str, one: Story | Next, items: list[dict[str, Any]]) -> Billed:
    charged = sum(line.fen for line in one.lines)
    bill = {"bill_no": f"B-{story.name}{suffix}", "charged_fen": charged, **one.bill}
    return Billed(request={"visit": visit, "bill": bill, "items": items}, expected=one.expected)


def _visit(story: Story, of: Worker, lines: tuple[Line, ...], differs: dict[str, Any], suffix: str) -> dict[str, Any]:
    handles = ["Q1" if story.entitled is None else "QA1", *(["Q2"] if story.second_injury else [])]
    return {
        "visit_no": f"V-{story.name}{suffix}",
        "worker_id": of.worker_id,
        "visit_kind": "outpatient",
        "admitted_at": _instant(lines[0].day, 9),
        "diagnosis_codes": ["S52.5"],
        "qualification_ids": [f"{of.worker_id}-{handle}" for handle in handles],
        **story.visit,
        **differs,
    }


def _items(lines: tuple[Line, ...], of: Worker, before: int) -> list[dict[str, Any]]:
    return [_item(number, line, of) for number, line in enumerate(lines, before + 1)]


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

"""Parts of the desk that need no process: cycles over midnight, the bound of a visit, the words of refusals."""

import string
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import msgspec
import pytest

from gateway.core.context import Visit
from gateway.core.days import SHANGHAI
from gateway.core.reasons import REASONS, fault
from gateway.core.visits import TABLE
from gateway.desk.asking import Making
from gateway.desk.cycles import fault_of_cycle, valid_to
from gateway.desk.documents import decide_submit
from gateway.desk.items import decide_upload, same
from gateway.settling.standing import LiveItem, Standing, VisitFile
from gateway.store.rows import SignInRow
from schemas.problems import GatewayError
from schemas.requests import ITEMS_PER_VISIT_MAX, BillTerms, Envelope, Item, SubmitBill, UploadItems, VisitTerms
from tests import city

GATEWAY = Path(__file__).parent.parent.parent / "gateway"
EVENING = datetime(2026, 11, 2, 23, 50, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=SHANGHAI)


@pytest.mark.parametrize("signed_at", [EVENING, EVENING.replace(hour=0, minute=0), EVENING.astimezone(UTC)])
def test_a_cycle_is_good_to_the_end_of_its_shanghai_day_and_a_grace(signed_at: datetime) -> None:
    """Whenever in the day it began, and in whatever offset that is told."""
    assert valid_to(signed_at, 30) == MIDNIGHT + timedelta(minutes=30)
    assert valid_to(signed_at, 0) == MIDNIGHT


@pytest.mark.parametrize(
    ("now", "signed_out_at", "code"),
    [
        (EVENING, None, None),
        (MIDNIGHT + timedelta(minutes=29, seconds=59), None, None),
        (MIDNIGHT + timedelta(minutes=30), None, "sign_in.ended"),
        (EVENING + timedelta(minutes=1), EVENING, "sign_in.ended"),
    ],
)
def test_a_cycle_ends_with_its_grace_or_its_sign_out(
    now: datetime, signed_out_at: datetime | None, code: str | None
) -> None:
    """The last second of the grace is in, its end is out."""
    row = SignInRow(
        provider_code="H1",
        sign_no="S1",
        operator_id="001",
        signed_at=EVENING,
        signed_out_at=signed_out_at,
        message_id="m1",
    )

    ended = fault_of_cycle(row, "S1", now, 30)

    assert (ended.faults[0].code if ended else None) == code


def visit_file(standing_items: int) -> VisitFile:
    visit = Visit(
        worker_id="W1",
        visit_id=str(uuid4()),
        provider_code="H1",
        visit_no="V1",
        area=city.AREA,
        scheme=city.SCHEME,
        visit_kind="inpatient",
        admitted_at=EVENING,
        discharged_at=None,
        diagnosis_codes=("S52.500",),
        qualification_ids=("Q1",),
        department_code=None,
        emergency=False,
        stabilised_at=None,
        third_party_paid_fen=0,
        state="open",
        bills=0,
    )
    lives = (
        LiveItem(item=item(f"O{number}"), message_id="m0", position=number, settlement_id=None)
        for number in range(standing_items)
    )
    return VisitFile(visit=visit, message_id="m0", terms_sealed=b"", items=tuple(lives))


def item(item_no: str, **changed: Any) -> Item:
    return msgspec.convert(city.line(0) | {"item_no": item_no} | changed, Item)


def upload(numbers: list[str], standing_items: int) -> Any:
    standing = cast("Standing", msgspec.structs.replace(STANDING, visit=visit_file(standing_items)))
    request = UploadItems(visit_no="V1", items=tuple(map(item, numbers)))
    return decide_upload(request, standing, MAKING)


STANDING = Standing(
    now=EVENING,
    day=date(2026, 11, 2),
    snapshot=cast("Any", None),
    caller=cast("Any", None),
    worker=None,
    visit=None,
    keys={},
    original=None,
    original_refused=False,
    withdrawn=(),
)
MAKING = Making(
    caller=cast("Any", None),
    message_id="m1",
    envelope=Envelope(),
    adapter_version=1,
    settlement_id=uuid4(),
    visit_id=uuid4(),
    sign_no="S1",
    seal=lambda plain, _: plain,
    unseal=lambda sealed, _: sealed,
    reversed_answer=lambda _, __: b"",
)


def test_a_visit_holds_so_many_items_and_no_more() -> None:
    """20,000: the last one goes in, one more is refused; what stands already does not count again."""
    full = upload(["N1", "O7"], ITEMS_PER_VISIT_MAX - 1)

    assert (full.answer.unsettled_items, full.answer.unsettled_fen) == (ITEMS_PER_VISIT_MAX, 1000 * ITEMS_PER_VISIT_MAX)
    assert full.answer.repeated_item_nos == ("O7",)
    assert [(sheet.first_position, sheet.item_nos) for sheet in full.effects] == [(ITEMS_PER_VISIT_MAX - 1, ["N1"])]
    with pytest.raises(GatewayError) as refused:
        upload(["N1", "N2"], ITEMS_PER_VISIT_MAX - 1)
    assert [(one.pointer, one.code) for one in refused.value.faults] == [("/items", "visit.too_many_items")]
    assert f"{ITEMS_PER_VISIT_MAX + 1} items" in refused.value.faults[0].en


def test_a_document_fills_a_visit_no_further_than_uploads_do() -> None:
    """G13: past 20,000 items a known visit takes none in a document either."""
    file = visit_file(ITEMS_PER_VISIT_MAX - 1)
    terms = {name: getattr(file.visit, name) for name in VisitTerms.__struct_fields__ if hasattr(file.visit, name)}
    request = SubmitBill(
        visit=VisitTerms(**terms), bill=BillTerms(bill_no="B1"), items=tuple(map(item, ["N1", "N2", "O7"]))
    )
    making = msgspec.structs.replace(MAKING, caller=cast("Any", SimpleNamespace(code="H1")))
    standing = msgspec.structs.replace(STANDING, visit=file, worker=cast("Any", object()))

    with pytest.raises(GatewayError) as refused:
        decide_submit(request, standing, making)

    assert [(one.pointer, one.code) for one in refused.value.faults] == [("/items", "visit.too_many_items")]


@pytest.mark.parametrize(("quantity", "is_same"), [("2", True), ("2.0", True), ("02", True), ("2.0001", False)])
def test_an_item_is_compared_by_what_its_numbers_are(quantity: str, *, is_same: bool) -> None:
    """Zeros at either end say nothing; anything else does."""
    assert same(item("I1"), item("I1", quantity=quantity)) == is_same
    assert (Decimal(quantity) == 2) == is_same


@pytest.mark.parametrize("code", REASONS)
def test_every_refusal_has_words_in_both_languages_and_a_cure(code: str) -> None:
    """All four texts stand, their fields are plain names, and filled in they leave no brace."""
    _, *texts = REASONS[code]
    fields = {name for text in texts for _, name, spec, _ in string.Formatter().parse(text) if name is not None or spec}

    told = fault(code, "/x", **dict.fromkeys(cast("set[str]", fields), "7"))

    assert all(texts)
    assert all(name and name.isidentifier() for name in fields)
    assert not set("{}") & set(told.zh + told.en + told.cure_zh + told.cure_en)


@pytest.mark.parametrize("code", REASONS)
def test_every_refusal_is_told_somewhere(code: str) -> None:
    """A code that nothing raises and no cell of the moves names is a promise that nobody keeps."""
    sources = (path for path in GATEWAY.rglob("*.py") if path.name != "reasons.py")

    assert code in TABLE.split() or any(f'"{code}"' in path.read_text() for path in sources)

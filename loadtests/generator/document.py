"""A whole bill (SubmitBill) as JSON text: visit, bill, items."""

from typing import NamedTuple

from loadtests import city
from loadtests.generator.lines import Line, instant, items
from loadtests.generator.message import Expects, Message, Prepared, post
from schemas.scalars import VisitKind


class Bill(NamedTuple):
    """What a bill is made of; days from the city's first, minutes from the first day's midnight."""

    message_id: str
    visit_no: str
    bill_no: str
    provider: int
    worker: int
    qualification_id: str
    lines: list[Line]
    day: int
    kind: str
    visit_kind: VisitKind = "outpatient"
    discharged_minute: int | None = None
    invoice_no: str | None = None
    doctor: int = 0
    expects: Expects = "settled"
    misstated_fen: int = 0
    """How much the stated total is off."""


def written(bill: Bill) -> Prepared:
    """Return a bill as a message ready to be sent."""
    said, charged_fen = items(bill.day, bill.lines, bill.doctor)
    discharged = _discharged(bill)
    invoice = f',"invoice_no":"{bill.invoice_no}"' if bill.invoice_no else ""
    body = (
        f'{{"visit":{{"visit_no":"{bill.visit_no}","worker_id":"{city.worker_id(bill.worker)}",'
        f'"visit_kind":"{bill.visit_kind}","admitted_at":"{instant(bill.day, 480)}",'
        f'"diagnosis_codes":["{city.DIAGNOSIS}"],"qualification_ids":["{bill.qualification_id}"],'
        f'"department_code":"D{bill.doctor % 40:03d}"}},"bill":{{"bill_no":"{bill.bill_no}",'
        f'"charged_fen":{charged_fen + bill.misstated_fen}{invoice}{discharged}}},"items":{said}}}'
    )
    message = Message(
        message_id=bill.message_id,
        provider=bill.provider,
        visit_no=bill.visit_no,
        bill_no=bill.bill_no,
        charged_fen=charged_fen,
        lines=len(bill.lines),
        kind=bill.kind,
        expects=bill.expects,
    )
    return post("/v1/bills", message, body.encode())


def _discharged(bill: Bill) -> str:
    if bill.discharged_minute is None:
        return ""
    return f',"discharged_at":"{instant(bill.day, bill.discharged_minute)}"'

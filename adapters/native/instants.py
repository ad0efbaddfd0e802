"""Puts a request's instants into UTC, so that one instant has one spelling whatever offset it came with."""

from datetime import UTC, datetime
from typing import TypeVar

from msgspec import structs

from schemas.requests import (
    AnyRequest,
    BillTerms,
    Item,
    Presettle,
    RegisterVisit,
    Settle,
    SubmitBill,
    UploadItems,
    VisitTerms,
)

_Visit = TypeVar("_Visit", bound=VisitTerms)
_Bill = TypeVar("_Bill", bound=BillTerms)


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC; its year must lie well inside the calendar."""
    return instant.astimezone(UTC)


def request_in_utc(request: AnyRequest) -> AnyRequest:
    """Return the same request with every instant in UTC."""
    match request:
        case UploadItems(items=items):
            return structs.replace(request, items=_items(items))
        case SubmitBill(items=items):
            return structs.replace(request, items=_items(items), visit=_visit(request.visit), bill=_bill(request.bill))
        case RegisterVisit():
            return _visit(request)
        case Presettle() | Settle():
            return _bill(request)
        case _:
            return request


def _items(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(structs.replace(item, occurred_at=in_utc(item.occurred_at)) for item in items)


def _visit(visit: _Visit) -> _Visit:
    stabilised = visit.stabilised_at
    return structs.replace(
        visit, admitted_at=in_utc(visit.admitted_at), stabilised_at=stabilised and in_utc(stabilised)
    )


def _bill(bill: _Bill) -> _Bill:
    return structs.replace(bill, discharged_at=bill.discharged_at and in_utc(bill.discharged_at))

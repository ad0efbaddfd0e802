"""Puts a request's instants into UTC, so that one instant has one spelling whatever offset it came with."""

from datetime import UTC, datetime

from msgspec import structs

from schemas.requests import (
    AmendVisit,
    AnyRequest,
    BillDocument,
    BillTerms,
    DischargeVisit,
    Item,
    Presettle,
    RegisterVisit,
    Settle,
    UploadItems,
    VisitTerms,
)


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC; its year must lie well inside the calendar."""
    return instant.astimezone(UTC)


def request_in_utc(request: AnyRequest) -> AnyRequest:
    """Put every instant of a request into UTC and return it: it has just been read, and nobody else has seen it."""
    match request:
        case UploadItems(items=items):
            _items(items)
        case BillDocument(items=items):
            _items(items)
            _put(request.visit, "admitted_at", "stabilised_at")
            _put(request.bill, "discharged_at")
        case RegisterVisit() | AmendVisit():
            _put(request, "admitted_at", "stabilised_at")
        case Presettle() | Settle() | DischargeVisit():
            _put(request, "discharged_at")
        case _:
            pass
    return request


def _items(items: tuple[Item, ...]) -> None:
    for item in items:
        if item.occurred_at.tzinfo is not UTC:
            structs.force_setattr(item, "occurred_at", item.occurred_at.astimezone(UTC))


def _put(terms: VisitTerms | BillTerms | AmendVisit | DischargeVisit, *fields: str) -> None:
    for field in fields:
        instant = getattr(terms, field)
        if isinstance(instant, datetime):
            structs.force_setattr(terms, field, in_utc(instant))

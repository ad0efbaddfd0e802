"""A provider's own ways of writing HL7 v2, as its profile states them."""

import re
from functools import lru_cache
from typing import TypeVar, get_args

from msgspec import Struct

from adapters.hl7_v2.faults import refused
from adapters.hl7_v2.fields import CHARGE, CHARSETS, CLASSES, CREDITS, VERSIONS
from schemas.dialect import Profile
from schemas.problems import Unsupported
from schemas.scalars import VisitKind

Meaning = TypeVar("Meaning")

UNNAMED = "-"
"""In a profile's list of coding systems: codes that name no system."""
_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})-([1-9][0-9]?)(?:\.([1-9][0-9]?))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Place(Struct, frozen=True):
    """A field that a profile names, as `IN1-36` or `PV1-50.1`."""

    segment: str
    field: int
    component: int


class Habits(Struct, frozen=True, kw_only=True):
    """What a profile says, checked."""

    facility: str
    charset: str
    charset_stated: bool
    """True where MSH-18 must stand."""
    processing_id: str
    versions: tuple[str, ...]
    currency: str
    worker_types: tuple[str, ...]
    catalog_systems: tuple[str, ...]
    local_systems: tuple[str, ...]
    diagnosis_systems: tuple[str, ...]
    classes: dict[str, str]
    types: dict[str, str]
    """Transaction type → charge or credit."""
    bill_no: Place
    qualification_id: Place
    invoice_no: Place
    doctor: int
    refund_original: int
    priced: bool
    """A line without amount is quantity × unit price."""
    unit_from_amount: bool
    """A line without unit price is amount ÷ quantity, where that is even."""
    quantity_absent: str | None
    credits_signed: bool
    carried: frozenset[str]

    @property
    def moved(self) -> frozenset[tuple[str, int]]:
        """Return the fields that the profile names, which are content wherever they stand."""
        return frozenset(
            (place.segment, place.field) for place in (self.bill_no, self.qualification_id, self.invoice_no)
        )


DEFAULTS = {
    "charset": "utf-8",
    "charset_stated": "optional",
    "processing_id": "P",
    "versions": ",".join(VERSIONS),
    "currency": "CNY",
    "worker_id_types": "WCN",
    "catalog_systems": "NHSA",
    "local_systems": "L",
    "diagnosis_systems": "I10,ICD10,ICD-10,I10C",
    "bill_no": "ZWI-1",
    "qualification_id": "ZWI-2",
    "invoice_no": "ZWI-5",
    "doctor": "FT1-20",
    "refund_original": "FT1-31",
    "amount_absent": "refuse",
    "unit_price_absent": "refuse",
    "quantity_absent": "refuse",
    "credits": "unsigned",
    "carried_segments": "",
}
"""Every setting and what holds where a profile does not say."""
_OURS = ("class.", "type.", "mllp.")
"""Beginnings of settings with names of their own; those of MLLP are read by the edge."""


def habits(profile: Profile) -> Habits:
    """Return a provider's habits; raises Unsupported where its settings are wrong, naming the first that is."""
    return _habits(profile.provider_code, tuple(sorted(profile.settings.items())))


@lru_cache(maxsize=4_096)
def _habits(code: str, settings: tuple[tuple[str, str], ...]) -> Habits:
    given = dict(settings)
    for key in given:
        if key not in DEFAULTS and key != "sending_facility" and not key.startswith(_OURS):
            raise _wrong(key)
    said = {**DEFAULTS, **given}
    return Habits(
        facility=said.get("sending_facility", code),
        charset=_one_of(said, "charset", {**{name: name for name in CHARSETS}, "gbk": "gb18030"}),
        charset_stated=_one_of(said, "charset_stated", {"optional": False, "required": True}),
        processing_id=said["processing_id"],
        versions=_listed(said, "versions"),
        currency=_currency(said),
        worker_types=_listed(said, "worker_id_types"),
        catalog_systems=_listed(said, "catalog_systems"),
        local_systems=_listed(said, "local_systems"),
        diagnosis_systems=_listed(said, "diagnosis_systems"),
        classes=_classes(given),
        types=_types(given),
        bill_no=_place(said, "bill_no"),
        qualification_id=_place(said, "qualification_id"),
        invoice_no=_place(said, "invoice_no"),
        doctor=_one_of(said, "doctor", {"FT1-20": 20, "FT1-21": 21}),
        refund_original=_in_charge(said, "refund_original"),
        priced=_one_of(said, "amount_absent", {"refuse": False, "quantity_times_unit_price": True}),
        unit_from_amount=_one_of(said, "unit_price_absent", {"refuse": False, "amount_over_quantity": True}),
        quantity_absent=_one_of(said, "quantity_absent", {"refuse": None, "1": "1"}),
        credits_signed=_one_of(said, "credits", {"unsigned": False, "signed": True}),
        carried=frozenset(name for name in said["carried_segments"].split(",") if name),
    )


def _wrong(key: str) -> Unsupported:
    shown = "".join(char for char in key[:40] if char.isascii() and char.isprintable())
    return Unsupported(refused("", "profile.wrong", key=shown))


def _one_of(said: dict[str, str], key: str, meanings: dict[str, Meaning]) -> Meaning:
    if said[key] not in meanings:
        raise _wrong(key)
    return meanings[said[key]]


def _listed(said: dict[str, str], key: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in said[key].split(","))
    if not all(names):
        raise _wrong(key)
    return names


def _currency(said: dict[str, str]) -> str:
    if not _CURRENCY.fullmatch(said["currency"]):
        raise _wrong("currency")
    return said["currency"]


def _place(said: dict[str, str], key: str) -> Place:
    found = _PLACE.fullmatch(said[key])
    if found is None:
        raise _wrong(key)
    return Place(found[1], int(found[2]), int(found[3] or 1))


def _in_charge(said: dict[str, str], key: str) -> int:
    place = _place(said, key)
    if place.segment != "FT1" or place.component != 1:
        raise _wrong(key)
    return place.field


def _classes(given: dict[str, str]) -> dict[str, str]:
    own = {key.removeprefix("class."): kind for key, kind in given.items() if key.startswith("class.")}
    for name, kind in own.items():
        if kind not in get_args(VisitKind):
            raise _wrong(f"class.{name}")
    return {**CLASSES, **own}


def _types(given: dict[str, str]) -> dict[str, str]:
    own = {key.removeprefix("type."): kind for key, kind in given.items() if key.startswith("type.")}
    for name, kind in own.items():
        if kind not in ("charge", "credit"):
            raise _wrong(f"type.{name}")
    return {CHARGE: "charge", **dict.fromkeys(CREDITS, "credit"), **own}

"""What FT1, PID, PV1, DG1 and ZWI say, row by row: what is taken, and what is refused at which place."""

import pytest

from adapters import hl7_v2
from schemas.dialect import Profile
from schemas.problems import GatewayError
from schemas.requests import Item, SubmitBill
from tests.hl7.sample import FACILITY, charge, diagnosis, inbound, message, own, person, stay


def profile(**settings: str) -> Profile:
    return Profile(
        provider_code=FACILITY, settings={name.replace("__", "."): value for name, value in settings.items()}
    )


def request(text: str, ways: Profile) -> SubmitBill:
    read = hl7_v2.read(inbound(text), ways).request
    assert isinstance(read, SubmitBill)
    return read


def faults(text: str, ways: Profile) -> list[tuple[str, str]]:
    with pytest.raises(GatewayError) as refusal:
        hl7_v2.read(inbound(text), ways)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def item(ways: Profile, **changed: str) -> Item:
    return request(message([charge(**changed)]), ways).items[0]


PLAIN = profile()
PRICED = profile(amount_absent="quantity_times_unit_price")
DIVIDED = profile(unit_price_absent="amount_over_quantity")
SIGNED = profile(credits="signed")


@pytest.mark.parametrize(
    ("ways", "changed", "quantity", "unit_price", "fen"),
    [
        (PLAIN, {}, "2", "5.00", 1000),
        (PLAIN, {"f11": "10", "f12": "5"}, "2", "5", 1000),
        (PLAIN, {"f11": "10.5^CNY"}, "2", "5.00", 1050),
        (PLAIN, {"f11": "10.00&CNY^TP", "f12": "5.000000&CNY^UP"}, "2", "5.000000", 1000),
        (PLAIN, {"f11": "10.00^TP"}, "2", "5.00", 1000),
        (PLAIN, {"f11": "0.29"}, "2", "5.00", 29),
        (PLAIN, {"f11": "999999999.99"}, "2", "5.00", 99_999_999_999),
        (PRICED, {"f11": "", "f10": "1.5", "f12": "3.33"}, "1.5", "3.33", 500),
        (PRICED, {"f11": "", "f10": "0.0001", "f12": "49.999999"}, "0.0001", "49.999999", 0),
        (PRICED, {"f11": "", "f10": "3", "f12": "0.005"}, "3", "0.005", 2),
        (PRICED, {"f11": "", "f10": "1", "f12": "0.005"}, "1", "0.005", 1),
        (DIVIDED, {"f12": "", "f10": "4", "f11": "10.00"}, "4", "2.5", 1000),
        (DIVIDED, {"f12": "", "f10": "3", "f11": "0.00"}, "3", "0", 0),
        (profile(quantity_absent="1"), {"f10": "", "f12": "10.00"}, "1", "10.00", 1000),
        (PLAIN, {"f6": "CD", "f31": "I1"}, "-2", "5.00", -1000),
        (PLAIN, {"f6": "CR", "f31": "I1"}, "-2", "5.00", -1000),
        (SIGNED, {"f6": "CR", "f31": "I1", "f10": "-2", "f11": "-10.00", "f12": "-5.00"}, "-2", "5.00", -1000),
        (profile(type__DB="charge"), {"f6": "DB"}, "2", "5.00", 1000),
        (profile(currency="USD"), {"f11": "10.00&USD", "f12": "5.00"}, "2", "5.00", 1000),
    ],
)
def test_money_is_taken_exactly(
    ways: Profile, changed: dict[str, str], quantity: str, unit_price: str, fen: int
) -> None:
    """Amounts by their digits into fen; what is absent is worked out by profile only, half up per line."""
    taken = item(ways, **changed)

    assert (taken.quantity, taken.unit_price_yuan, taken.amount_fen) == (quantity, unit_price, fen)


@pytest.mark.parametrize(
    ("ways", "changed", "fault"),
    [
        (PLAIN, {"f11": ""}, ("FT1^1^11", "charge.amount_missing")),
        (PLAIN, {"f12": ""}, ("FT1^1^12", "charge.price_missing")),
        (PLAIN, {"f10": ""}, ("FT1^1^10", "field.missing")),
        (PLAIN, {"f10": "^2"}, ("FT1^1^10", "field.missing")),
        (PRICED, {"f11": '""'}, ("FT1^1^11", "charge.amount_missing")),
        (PRICED, {"f11": "", "f12": ""}, ("FT1^1^11", "charge.amount_missing")),
        (PRICED, {"f11": "", "f10": "999999999", "f12": "999999999"}, ("FT1^1^11", "charge.amount_large")),
        (DIVIDED, {"f12": '""'}, ("FT1^1^12", "charge.price_missing")),
        (DIVIDED, {"f12": "", "f10": "3"}, ("FT1^1^12", "charge.price_uneven")),
        (DIVIDED, {"f12": "", "f10": "0"}, ("FT1^1^12", "charge.price_uneven")),
        (profile(quantity_absent="1"), {"f10": '""'}, ("FT1^1^10", "field.missing")),
        (PLAIN, {"f11": "10.00&USD"}, ("FT1^1^11", "charge.currency")),
        (PLAIN, {"f11": "10.00^USD"}, ("FT1^1^11", "charge.currency")),
        (PLAIN, {"f11": "10.00&CNY^USD"}, ("FT1^1^11", "charge.currency")),
        (PLAIN, {"f11": "10.00&CNY^UP"}, ("FT1^1^11^1^2", "charge.price_type")),
        (PLAIN, {"f11": "10.00&CNY^TP^1^2"}, ("FT1^1^11^1^2", "charge.price_type")),
        (PLAIN, {"f11": "10.00~20.00"}, ("FT1^1^11", "field.repeated")),
        (PLAIN, {"f11": "&CNY"}, ("FT1^1^11", "field.pattern")),
        (PLAIN, {"f11": "1e3"}, ("FT1^1^11", "field.pattern")),
        (PLAIN, {"f11": "1,000.00"}, ("FT1^1^11", "field.pattern")),
        (PLAIN, {"f11": "10.001"}, ("FT1^1^11", "field.pattern")),
        (PLAIN, {"f11": "１０"}, ("FT1^1^11", "field.pattern")),
        (PLAIN, {"f11": "+10"}, ("FT1^1^11", "field.pattern")),
        (PLAIN, {"f11": "1000000000.00"}, ("FT1^1^11", "field.range")),
        (PLAIN, {"f10": "NaN"}, ("FT1^1^10", "field.pattern")),
        (PLAIN, {"f10": "1_0"}, ("FT1^1^10", "field.pattern")),
        (PLAIN, {"f10": "-2"}, ("FT1^1^10", "charge.sign")),
        (PLAIN, {"f11": "-10.00"}, ("FT1^1^11", "charge.sign")),
        (PLAIN, {"f6": "CR", "f31": "I1", "f10": "-2"}, ("FT1^1^10", "charge.sign")),
        (SIGNED, {"f6": "CR", "f31": "I1"}, ("FT1^1^10", "charge.sign")),
        (SIGNED, {"f6": "CR", "f31": "I1", "f10": "-2"}, ("FT1^1^11", "charge.sign")),
        (PLAIN, {"f6": "CR"}, ("FT1^1^31", "charge.original_missing")),
        (PLAIN, {"f6": "CR", "f31": "^I1"}, ("FT1^1^31", "charge.original_missing")),
        (PLAIN, {"f31": "I1"}, ("FT1^1^31", "charge.original_of_charge")),
        (PLAIN, {"f6": "PY"}, ("FT1^1^6", "charge.type")),
        (PLAIN, {"f6": "AJ"}, ("FT1^1^6", "charge.type")),
        (PLAIN, {"f6": "CO"}, ("FT1^1^6", "charge.type")),
        (PLAIN, {"f6": "cg"}, ("FT1^1^6", "charge.type")),
        (PLAIN, {"f6": ""}, ("FT1^1^6", "field.missing")),
        (PLAIN, {"f2": ""}, ("FT1^1^2", "field.missing")),
        (PLAIN, {"f2": "I 1"}, ("FT1^1^2", "field.pattern")),
        (PLAIN, {"f2": "I\\F\\1"}, ("FT1^1^2", "field.pattern")),
        (PLAIN, {"f2": "I1&2"}, ("FT1^1^2", "field.parts")),
        (PLAIN, {"f2": "I\\1"}, ("FT1^1^2", "field.escape")),
        (PLAIN, {"f4": "202611"}, ("FT1^1^4", "field.pattern")),
        (PLAIN, {"f4": "20261131"}, ("FT1^1^4", "field.pattern")),
        (PLAIN, {"f4": "20261102^20261103"}, ("FT1^1^4^1^2", "field.differs")),
        (PLAIN, {"f7": ""}, ("FT1^1^7", "field.missing")),
        (PLAIN, {"f7": "^名称^NHSA"}, ("FT1^1^7", "item.code_missing")),
        (PLAIN, {"f7": "A^甲"}, ("FT1^1^7^1^3", "coding.unknown")),
        (PLAIN, {"f7": "A^甲^C4"}, ("FT1^1^7^1^3", "coding.unknown")),
        (PLAIN, {"f7": "A^甲^L^B^乙^C4"}, ("FT1^1^7^1^6", "coding.unknown")),
        (PLAIN, {"f7": "A^甲^L^B^乙^L"}, ("FT1^1^7^1^4", "field.differs")),
        (PLAIN, {"f7": "A^甲\\.br\\乙^L"}, ("FT1^1^7^1^2", "field.pattern")),
        (PLAIN, {"f36": "XX"}, ("FT1^1^36", "charge.special")),
        (PLAIN, {"f36": "NI~XX"}, ("FT1^1^36^2", "charge.special")),
        (PLAIN, {"f60": "x"}, ("FT1^1^60", "field.unknown")),
    ],
)
def test_what_a_line_may_not_say_is_refused_at_its_place(
    ways: Profile, changed: dict[str, str], fault: tuple[str, str]
) -> None:
    """Segment, its sequence, field, and where it is not the first, repetition and component."""
    assert fault in faults(message([charge(**changed)]), ways)


@pytest.mark.parametrize(
    ("ways", "code", "catalog", "local", "name"),
    [
        (PLAIN, "XJ01^药^NHSA", "XJ01", None, "药"),
        (PLAIN, "H-1^药^L", None, "H-1", "药"),
        (PLAIN, "H-1^院名^L^XJ01^药^NHSA", "XJ01", "H-1", "院名"),
        (PLAIN, "^^^XJ01^药^NHSA", "XJ01", None, "药"),
        (PLAIN, "H 1\\T\\2^^L", None, "H 1&2", None),
        (profile(local_systems="-"), "H-1", None, "H-1", None),
        (profile(catalog_systems="-,YB"), "XJ01^药", "XJ01", None, "药"),
    ],
)
def test_codes_go_by_their_coding_system(
    ways: Profile, code: str, catalog: str | None, local: str | None, name: str | None
) -> None:
    """Catalog and local code from either triplet of FT1-7, by the systems that the profile lists."""
    taken = item(ways, f7=code)

    assert (taken.catalog_code, taken.local_code, taken.name) == (catalog, local, name)


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("20261102100000", "2026-11-02T02:00:00+00:00"),
        ("20261102", "2026-11-01T16:00:00+00:00"),
        ("2026110210", "2026-11-02T02:00:00+00:00"),
        ("202611021030", "2026-11-02T02:30:00+00:00"),
        ("20261102100000.5", "2026-11-02T02:00:00.500000+00:00"),
        ("20261102100000+0800", "2026-11-02T02:00:00+00:00"),
        ("20261102100000-0500", "2026-11-02T15:00:00+00:00"),
        ("20261102100000^20261102120000", "2026-11-02T02:00:00+00:00"),
    ],
)
def test_times_are_chinas_unless_they_say_otherwise(said: str, instant: str) -> None:
    """A DTM of at least a day; a range counts from its start."""
    assert item(PLAIN, f4=said).occurred_at.isoformat() == instant


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (message(pid=person(f3="1^^^HIS^MR")), ("PID^1^3", "person.not_named")),
        (message(pid=person(f3="")), ("PID^1^3", "person.not_named")),
        (message(pid=person(f3="W1^^^JS^WCN~W2^^^JS^WCN")), ("PID^1^3^2", "field.differs")),
        (message(pid=person(f3="W 1^^^JS^WCN")), ("PID^1^3", "field.pattern")),
        (message(pv1=stay(f2="X")), ("PV1^1^2", "visit.class")),
        (message(pv1=stay(f2="")), ("PV1^1^2", "field.missing")),
        (message(pv1=stay(f19="")), ("PV1^1^19", "field.missing")),
        (message(pv1=stay(f44="")), ("PV1^1^44", "field.missing")),
        (message(pv1=stay(f44='""')), ("PV1^1^44", "field.missing")),
        (message(dg1=[]), ("DG1^1", "segment.missing")),
        (message(dg1=[diagnosis(f3="桡骨骨折")]), ("DG1^1^3", "field.pattern")),
        (message(dg1=[diagnosis(f3="S52.500^x^SCT")]), ("DG1^1^3^1^3", "coding.unknown")),
        (message(dg1=[diagnosis(f21="D")]), ("DG1^1^21", "diagnosis.deleted")),
        (message(charges=[]), ("FT1^1", "segment.missing")),
        (message(zwi=own(f1="")), ("ZWI^1^1", "field.missing")),
        (message(zwi=own(f1="B1~B2")), ("ZWI^1^1", "field.differs")),
        (message(zwi=own(f3="yes")), ("ZWI^1^3", "field.value")),
        (message(zwi=own(f4="10.00^USD")), ("ZWI^1^4", "charge.currency")),
        (message(zwi=own(f9="x")), ("ZWI^1^9", "field.unknown")),
        (message(more=["PID|2||W1^^^JS^WCN"]), ("PID^2", "segment.repeated")),
        (message(more=["ZZZ|1"]), ("ZZZ^1", "segment.unknown")),
        (message([charge(0), charge(0)]), ("FT1^2^2", "item_no.repeated")),
    ],
)
def test_what_a_visit_may_not_say_is_refused_at_its_place(text: str, fault: tuple[str, str]) -> None:
    """One person, one visit, one bill a message, each named."""
    assert fault in faults(text, PLAIN)


def test_every_fault_is_told_at_once() -> None:
    """Four lines with a fault each, and two of the visit: six ERR."""
    text = message([charge(n, f11="x") for n in range(4)], pid=person(f3=""), pv1=stay(f2="X"))

    assert len(faults(text, PLAIN)) == 6


def test_a_bill_of_3000_lines_is_taken_and_no_more() -> None:
    """The document's bound; one line more is refused with both numbers."""
    taken = request(message([charge(n) for n in range(3_000)]), PLAIN)
    refused = faults(message([charge(n) for n in range(3_001)]), PLAIN)

    assert len(taken.items) == 3_000
    assert refused == [("FT1", "items.too_many")]


def test_diagnoses_are_told_apart_by_their_type() -> None:
    """Admitting and working ones are the visit's, others the bill's; alone they are the visit's."""
    both = request(
        message(dg1=[diagnosis(f3="S52.500", f6="A"), diagnosis(f3="S61", f6="F")]), profile(diagnosis_systems="-")
    )
    alone = request(message(dg1=[diagnosis(f6=""), diagnosis(f6="F")]), PLAIN)

    assert (both.visit.diagnosis_codes, both.bill.diagnosis_codes) == (("S52.500",), ("S61",))
    assert (alone.visit.diagnosis_codes, alone.bill.diagnosis_codes) == (("S52.500",), ())

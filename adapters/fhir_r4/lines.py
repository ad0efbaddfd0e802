"""The lines of a Claim: each item, or each detail or subDetail inside it, becomes one line; nothing is dropped."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from adapters.fhir_r4.amounts import Priced, fen, priced
from adapters.fhir_r4.codes import TWO_CODES
from adapters.fhir_r4.instants import INSTANT, began, day_of
from adapters.fhir_r4.references import Act
from adapters.fhir_r4.says import (
    CODE,
    EXTENSION,
    LOCAL_CODE,
    MISSING,
    NUMBER,
    TEXT,
    Kind,
    Says,
    code_fits,
    fits,
)
from adapters.fhir_r4.settings import NO_SYSTEM
from adapters.fhir_r4.shapes import REFUNDS, Claim, Detail, Item, Money, Quantity
from adapters.fhir_r4.shapes import Priced as Element
from schemas.requests import Item as Line

_SEQUENCE = re.compile(rb"[1-9][0-9]{0,8}")
_ONE = re.compile(rb"1(\.0+)?")
_NOTHING = b""
_GROUP_TOLERANCE_FEN = 1


class Leaf(NamedTuple):
    """One billed line where it stands. number: its sequences from the item inwards, as 2.1."""

    element: Element
    number: str
    at: str


class Arisen(NamedTuple):
    """What a line takes from the item around it."""

    occurred_at: datetime | None
    doctor_code: str | None


def leaves(claim: Claim) -> Iterator[Leaf]:
    """Yield a Claim's lines in their order, with places below the Claim."""
    for position, item in enumerate(claim.item):
        yield from _leaves(item, "", f"/item/{position}")


def _leaves(element: Element, outer: str, at: str) -> Iterator[Leaf]:
    number = outer + bytes(element.sequence).decode()
    name, inner = _inside(element)
    if not inner:
        yield Leaf(element, number, at)
    for position, one in enumerate(inner):
        yield from _leaves(one, f"{number}.", f"{at}/{name}/{position}")


def _inside(element: Element) -> tuple[str, tuple[Element, ...]]:
    if isinstance(element, Item):
        return "detail", element.detail
    return "subDetail", element.sub_detail if isinstance(element, Detail) else ()


def lines_of(claim: Claim, act: Act, doctors: dict[bytes, str | None]) -> list[Line]:
    """Return the lines of a Claim, with a fault for each that cannot be one. doctors: by their careTeam sequence."""
    found: list[Line] = []
    _check_sequences(claim.item, "/item", act)
    for position, item in enumerate(claim.item):
        at = f"/item/{position}"
        doctor = _doctor(item, at, act, doctors) if item.care_team_sequence else None
        arisen = Arisen(_occurred(item, at, act), doctor)
        _lines(item, "", at, arisen, None, act, found)
    return found


def _lines(
    element: Element, outer: str, at: str, arisen: Arisen, category: str | None, act: Act, found: list[Line]
) -> None:
    sequence = bytes(element.sequence)
    if not _SEQUENCE.fullmatch(sequence):
        act.fault(f"{at}/sequence", _SEQUENCE_FORM)
        return
    if element.factor and not _ONE.fullmatch(bytes(element.factor)):
        act.fault(f"{at}/factor", _FACTOR)
    if element.category is not None:
        category = _category(element, at, act) or category
    number = outer + sequence.decode()
    name, inner = _inside(element)
    if not inner:
        line = _line(element, number, at, arisen, category, act)
        if line is not None:
            found.append(line)
        return
    if element.extension:
        act.fault(f"{at}/extension", EXTENSION)
    _check_sequences(inner, f"{at}/{name}", act)
    first = len(found)
    for position, one in enumerate(inner):
        _lines(one, f"{number}.", f"{at}/{name}/{position}", arisen, category, act, found)
    _check_group(element, at, sum(line.amount_fen for line in found[first:]), act)


def _check_sequences(elements: Sequence[Element], at: str, act: Act) -> None:
    """Refuse a sequence that stands twice: the answer could not tell the two lines apart."""
    seen: set[bytes] = set()
    for position, element in enumerate(elements):
        sequence = bytes(element.sequence)
        if sequence in seen:
            act.fault(f"{at}/{position}/sequence", _SEQUENCE_TWICE)
        seen.add(sequence)


def _line(element: Element, number: str, at: str, arisen: Arisen, category: str | None, act: Act) -> Line | None:
    before = len(act.faults)
    refunded = _refunded(element, at, act) if element.extension else None
    cost = _cost(element, at, act, refunded)
    named = _codes(element, at, act)
    if cost is None or arisen.occurred_at is None or len(act.faults) > before:
        return None
    return Line(
        item_no=number,
        catalog_code=named.catalog_code,
        local_code=named.local_code,
        name=named.name,
        quantity=cost.quantity,
        unit_price_yuan=cost.unit_price,
        amount_fen=cost.amount_fen,
        occurred_at=arisen.occurred_at,
        injury_related=category != "unrelated",
        self_paid=category == "self-paid",
        refunds_item_no=refunded,
        doctor_code=arisen.doctor_code,
    )


def _cost(element: Element, at: str, act: Act, refunded: str | None) -> Priced | None:
    quantity, price, net = element.quantity, element.unit_price, element.net
    if price is not None and price.currency != act.currency:
        _currency(f"{at}/unitPrice", price, act)
    if net is not None and net.currency != act.currency:
        _currency(f"{at}/net", net, act)
    pieces = _digits(quantity)
    if (quantity is not None and not pieces) or (price is not None and not price.value) or (net and not net.value):
        named = "quantity" if quantity and not pieces else "unitPrice" if price and not price.value else "net"
        act.fault(f"{at}/{named}/value", MISSING)
        return None
    cost = priced(pieces, _digits(price), _digits(net))
    if not isinstance(cost, Priced):
        for place, says in cost.faults:
            act.fault(at + place, says)
        return None
    if refunded is None and (cost.amount_fen < 0 or cost.quantity.startswith("-")):
        act.fault(f"{at}/{'net' if cost.amount_fen < 0 else 'quantity'}", _UNLINKED)
    return cost


def _digits(number: Money | Quantity | None) -> bytes:
    return _NOTHING if number is None else bytes(number.value)


def _currency(at: str, money: Money, act: Act) -> None:
    currency = act.currency
    says = Says(
        "amount.currency",
        "币种不对" if money.currency else "未填写币种",
        "another currency" if money.currency else "no currency stands",
        f"应为{currency}",
        f"give {currency}",
    )
    act.fault(f"{at}/currency", says)


class Named(NamedTuple):
    """What a line bills, or why that cannot be told."""

    catalog_code: str | None
    local_code: str | None
    name: str | None
    faults: tuple[Says, ...]


def _codes(element: Element, at: str, act: Act) -> Named:
    """Return a line's catalog code, its local code and its name."""
    concept = element.product_or_service
    codings = tuple([(coding.system, coding.code, coding.display) for coding in concept.coding])
    named = _named(codings, concept.text, act.catalogs, act.locals_)
    for says in named.faults:
        act.fault(f"{at}/productOrService", says)
    return named


@lru_cache(maxsize=8_192)
def _named(
    codings: tuple[tuple[str | None, str | None, str | None], ...],
    text: str | None,
    catalogs: tuple[str, ...],
    locals_: tuple[str, ...],
) -> Named:
    """Return what a concept names. The same ones stand in bill after bill, so what was read once is remembered."""
    faults: list[Says] = []
    catalog, catalog_name = _picked(codings, catalogs, CODE, faults)
    local, local_name = _picked(codings, locals_, LOCAL_CODE, faults)
    if catalog is None and local is None:
        faults.append(_UNCODED)
    name = text or local_name or catalog_name or None
    if name is not None and not fits(TEXT, name):
        faults.append(TEXT.says)
    return Named(catalog, local, name, tuple(faults))


def _picked(
    codings: tuple[tuple[str | None, str | None, str | None], ...],
    systems: tuple[str, ...],
    kind: Kind,
    faults: list[Says],
) -> tuple[str | None, str | None]:
    """Return the one code of some systems, and its name."""
    found = [(code, display) for system, code, display in codings if code and (system or NO_SYSTEM) in systems]
    if len({code for code, _ in found}) > 1:
        faults.append(TWO_CODES)
    if found and not fits(kind, found[0][0]):
        faults.append(kind.says)
    return found[0] if found else (None, None)


def _category(element: Element, at: str, act: Act) -> str | None:
    """Return what a line's category says of who pays it; one that the profile does not name is carried."""
    assert element.category is not None
    meanings = {act.settings.category(coding.code) for coding in element.category.coding if coding.code} - {None}
    if len(meanings) > 1:
        act.fault(f"{at}/category", _TWO_CATEGORIES)
    return min((meaning for meaning in meanings if meaning), default=None)


def _refunded(element: Element, at: str, act: Act) -> str | None:
    """Return the number of the line that this one takes back."""
    numbers = []
    for position, extension in enumerate(element.extension):
        if extension.url != REFUNDS:
            act.fault(f"{at}/extension/{position}", EXTENSION)
        elif not code_fits(NUMBER, extension.value_string or ""):
            act.fault(f"{at}/extension/{position}/valueString", NUMBER.says)
        else:
            numbers.append(extension.value_string)
    if len(numbers) > 1:
        act.fault(f"{at}/extension", _TWO_REFUNDS)
    return numbers[0] if numbers else None


def _occurred(item: Item, at: str, act: Act) -> datetime | None:
    """Return when an item's cost arose: one day or instant, never a span of days."""
    period = item.serviced_period
    if period is not None and item.serviced_date is not None:
        act.fault(f"{at}/servicedPeriod", _TWO_TIMES)
    text = item.serviced_date or (period.start if period else None)
    if text is None:
        act.fault(f"{at}/servicedDate", MISSING)
        return None
    instant = began(text)
    if instant is None:
        act.fault(f"{at}/servicedDate" if item.serviced_date else f"{at}/servicedPeriod/start", INSTANT)
    elif period is not None and period.end is not None:
        last = began(period.end)
        if last is None:
            act.fault(f"{at}/servicedPeriod/end", INSTANT)
        elif day_of(last) != day_of(instant):
            act.fault(f"{at}/servicedPeriod", _SPAN)
    return instant


def _doctor(item: Item, at: str, act: Act, doctors: dict[bytes, str | None]) -> str | None:
    """Return the first doctor whom an item names."""
    codes = []
    for position, sequence in enumerate(item.care_team_sequence):
        if bytes(sequence) not in doctors:
            act.fault(f"{at}/careTeamSequence/{position}", _NO_SUCH_MEMBER)
        else:
            codes.append(doctors[bytes(sequence)])
    return next((code for code in codes if code is not None), None)


def _check_group(element: Element, at: str, inner_fen: int, act: Act) -> None:
    """Refuse a group whose own amounts are not those of its lines: one of the two would be dropped."""
    net = _group_net(_digits(element.net))
    if isinstance(net, Says):
        act.fault(f"{at}/net/value", net)
    elif net is not None and net != inner_fen and not act.faults:
        act.fault(f"{at}/net", _GROUP)
    if element.net is not None and element.net.currency != act.currency:
        _currency(f"{at}/net", element.net, act)
    if element.unit_price is None:
        return
    if element.unit_price.currency != act.currency:
        _currency(f"{at}/unitPrice", element.unit_price, act)
    cost = priced(_digits(element.quantity), _digits(element.unit_price), _NOTHING)
    if not isinstance(cost, Priced):
        for place, says in cost.faults:
            act.fault(at + place, says)
    elif abs(cost.amount_fen - inner_fen) > _GROUP_TOLERANCE_FEN and not act.faults:
        act.fault(f"{at}/unitPrice", _GROUP)


@lru_cache(maxsize=4_096)
def _group_net(net: bytes) -> int | Says | None:
    return fen(net.decode()) if net else None


_SEQUENCE_FORM = Says(
    "element.form",
    "序号应为正整数",
    "should be a positive integer",
    "请填写至多9位的正整数",
    "give a positive integer of at most 9 digits",
)
_SEQUENCE_TWICE = Says(
    "item_no.repeated",
    "序号与前面的重复",
    "this sequence stands already",
    "同一层的序号不得重复",
    "give each line beside it a sequence of its own",
)
_FACTOR = Says(
    "amount.factor",
    "不接收1以外的factor",
    "no factor but 1 is taken",
    "请将系数计入单价，并删除factor",
    "put the factor into the unit price, and leave it out",
)
_UNLINKED = Says(
    "refund.unlinked",
    "负数明细未指明所退的原明细",
    "a negative line does not name what it takes back",
    f"请以扩展{REFUNDS}（valueString）填写原明细号；已结算的也可用Task撤销",
    f"name the original item in the extension {REFUNDS} (valueString), or cancel the settlement by a Task",
)
_UNCODED = Says(
    "code.unknown_system",
    "没有本机构接口参数所列编码系统的编码",
    "no coding is of a system that the provider's profile names",
    "请填写医疗目录或机构目录的编码及其system",
    "give a coding of the catalog's or your own system",
)
_TWO_CATEGORIES = Says(
    "category.differs",
    "类别互相矛盾",
    "the categories contradict each other",
    "请只保留一个类别",
    "keep one of them",
)
_TWO_REFUNDS = Says(
    "refund.several", "一条明细只能退一条", "takes back several lines", "请分别填写退费明细", "send one line for each"
)
_TWO_TIMES = Says(
    "element.repeated",
    "servicedDate和servicedPeriod只能填一个",
    "servicedDate and servicedPeriod exclude each other",
    "请只保留一个",
    "keep one of them",
)
_SPAN = Says(
    "item.span",
    "一条明细跨多日：费用发生日不明",
    "a line spans several days: on which the cost arose is not said",
    "请按日分列明细",
    "send a line for each day",
)
_NO_SUCH_MEMBER = Says(
    "sequence.unknown",
    "careTeam中没有这个序号",
    "no member of careTeam has this sequence",
    "请核对careTeamSequence",
    "correct careTeamSequence",
)
_GROUP = Says(
    "group.sum",
    "与其下明细的金额合计不一致",
    "differs from the sum of the lines inside it",
    "请核对金额；有detail的项目，其金额应为detail合计",
    "correct the amounts: an item with details costs what they cost together",
)

"""Hypothesis strategies: bills, contexts, catalogs and policies of one small town, realistic and nasty mixed.

All draw from the same few codes, numbers and days, so that independent draws meet often.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from gateway.core.context import Bill, Catalog, Context, PolicyBook, SettledLine, Visit
from gateway.core.days import SHANGHAI
from gateway.core.money import allocate, part_half_up, price_e6_of, product_half_up, quantity_e4_of
from schemas.facts import (
    Authorization,
    DeviceIssue,
    Used,
)
from schemas.requests import BillTerms, Item
from schemas.scalars import FEN_MAX
from tests.core.facts import (
    AREAS,
    AUTHORIZATIONS,
    CODES,
    DIAGNOSES,
    LOCAL_CODES,
    MAYBE,
    NASTY_PRICES,
    NASTY_QUANTITIES,
    PAIR_SORTS,
    QUALIFICATIONS,
    RECOGNITIONS,
    SETTLED_NOS,
    SORTS,
    VISIT_KINDS,
    authorizations,
    catalogs,
    days,
    enrolments,
    instants,
    policy_books,
    providers,
    rarely,
    recognitions,
    some,
    workers,
)


@cache
def quantities() -> st.SearchStrategy[str]:
    usual = st.integers(1, 9).map(str) | st.decimals("0.0001", "30", places=4).map(lambda number: f"{number:f}")
    return rarely(st.sampled_from(NASTY_QUANTITIES), usual)


@cache
def prices() -> st.SearchStrategy[str]:
    usual = st.integers(1, 20_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}") | st.decimals(
        "0", "500", places=6
    ).map(lambda number: f"{number:f}")
    return rarely(st.sampled_from(NASTY_PRICES), usual)


@st.composite
def items(draw: st.DrawFn, number: str) -> Item:
    """A line that charges; mostly its amount is quantity × price, or off by a fen or more."""
    quantity, price = draw(quantities()), draw(prices())
    try:
        amount = product_half_up(quantity_e4_of(quantity), price_e6_of(price)) + draw(
            rarely(st.integers(-3, 3), st.just(0))
        )
    except ValueError:
        amount = draw(st.integers(0, 10_000))
    amount = draw(rarely(st.integers(-FEN_MAX, FEN_MAX), st.just(amount)))
    local_code = draw(rarely(st.sampled_from(LOCAL_CODES), st.none()))
    return Item(
        item_no=number,
        catalog_code=draw(st.sampled_from(CODES[:-1])) if local_code is None else draw(st.sampled_from((None, "X1"))),
        local_code=local_code,
        quantity=quantity,
        unit_price_yuan=price,
        amount_fen=max(-FEN_MAX, min(FEN_MAX, amount)),
        occurred_at=draw(instants()),
        injury_related=draw(rarely(MAYBE, st.just(True))),
        self_paid=draw(rarely(MAYBE, st.just(False))),
        qualification_id=draw(st.none() | st.sampled_from(QUALIFICATIONS[:-1])),
    )


@st.composite
def refunds(draw: st.DrawFn, number: str, originals: dict[str, Item], settled: dict[str, SettledLine]) -> Item:
    """A line that takes back all or a part of another, and sometimes what it must not."""
    pool = (*originals, *settled, "s9")
    original_no = draw(st.sampled_from(pool))
    original = originals.get(original_no)
    if original is not None:
        quantity, amount, price, code = (
            original.quantity,
            original.amount_fen,
            original.unit_price_yuan,
            original.catalog_code,
        )
    else:
        line = settled.get(original_no)
        quantity, amount, price, code = (
            (line.quantity, line.charged_fen, "1", line.catalog_code) if line else ("1", 100, "1", "X1")
        )
    part = draw(st.sampled_from((1, 1, 2, 3)))
    try:
        whole_e4 = quantity_e4_of(quantity)
        back = (Decimal(quantity) / part).quantize(Decimal("0.0001"))
        amount = part_half_up(amount, quantity_e4_of(f"{back:f}"), whole_e4) if back > 0 else amount
    except ValueError:
        back = Decimal(1)
    return Item(
        item_no=number,
        catalog_code=draw(rarely(st.sampled_from(CODES), st.just(code))),
        local_code=original.local_code if original else None,
        quantity=f"{-back:f}",
        unit_price_yuan=price,
        amount_fen=-amount + draw(rarely(st.integers(-2, 2), st.just(0))),
        occurred_at=draw(instants()),
        qualification_id=draw(st.none() | st.sampled_from(QUALIFICATIONS)),
        refunds_item_no=original_no,
    )


@cache
def visits() -> st.SearchStrategy[Visit]:
    return st.builds(
        Visit,
        worker_id=st.just("W1"),
        visit_id=st.just("V1"),
        provider_code=st.just("H1"),
        visit_no=st.just("1"),
        area=st.just(AREAS[0]),
        scheme=st.just("410"),
        visit_kind=st.sampled_from((*VISIT_KINDS, "outpatient", "inpatient")),
        admitted_at=rarely(days(), st.dates(date(2024, 2, 20), date(2024, 3, 2))).map(
            lambda day: datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
        ),
        discharged_at=rarely(instants(), st.none()),
        diagnosis_codes=rarely(some(DIAGNOSES, 1, 2), st.just(DIAGNOSES)),
        qualification_ids=rarely(some(QUALIFICATIONS, 0, 2), st.permutations(QUALIFICATIONS[:-1]).map(tuple)),
        department_code=st.sampled_from((None, "D1", "D2")),
        emergency=MAYBE,
        stabilised_at=st.none() | instants(),
        third_party_paid_fen=rarely(st.integers(0, 50_000), st.just(0)),
    )


@cache
def settled_originals() -> st.SearchStrategy[tuple[SettledLine, ...]]:
    """Lines that a settlement has decided, and for some a refund of a part."""
    return st.lists(settled_lines(), max_size=3).map(
        lambda lines: tuple({line.item_no: line for line in lines}.values())
    )


@st.composite
def settled_lines(draw: st.DrawFn) -> SettledLine:
    charged = draw(st.integers(1, 90_000))
    weights = draw(st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any))
    fund, worker, employer, provider = allocate(charged, weights)
    pieces = draw(st.integers(1, 9))
    return SettledLine(
        settlement_id="S1",
        item_no=draw(st.sampled_from(SETTLED_NOS)),
        refunds_item_no=None,
        catalog_code=draw(st.sampled_from((*CODES, None))),
        sort=draw(st.sampled_from((*SORTS, None))),
        occurred_on=draw(days()),
        quantity=str(pieces),
        charged_fen=charged,
        fund_fen=fund,
        worker_fen=worker,
        employer_fen=employer,
        provider_fen=provider,
        recognition_no=draw(st.sampled_from(RECOGNITIONS)),
        authorization_no=draw(st.sampled_from((None, *AUTHORIZATIONS))),
        funded_quantity=draw(st.sampled_from((None, str(pieces), "0.5"))) if fund else "0",
        third_party_fen=draw(st.integers(0, worker)),
    )


@st.composite
def bills(draw: st.DrawFn, settled: tuple[SettledLine, ...] = (), most: int = 8, refunding: bool = True) -> Bill:
    """A bill of up to eight lines; some refund a line of the bill or one of those settled before."""
    numbers = [str(number) for number in range(draw(st.integers(1, most)))]
    numbers = [draw(rarely(st.sampled_from((*numbers, *SETTLED_NOS)), st.just(number))) for number in numbers]
    charging: dict[str, Item] = {}
    lines = []
    for number in numbers:
        if refunding and draw(st.sampled_from((False, False, False, True))):
            lines.append(draw(refunds(number, charging, {line.item_no: line for line in settled})))
        else:
            lines.append(draw(items(number)))
            charging[number] = lines[-1]
    terms = BillTerms(
        bill_no="B1",
        discharged_at=draw(rarely(instants(), st.none())),
        diagnosis_codes=draw(rarely(some(DIAGNOSES), st.just(()))),
        qualification_ids=draw(rarely(some(QUALIFICATIONS), st.just(()))),
    )
    return Bill(visit=draw(visits()), terms=terms, items=tuple(draw(st.permutations(lines))))


@st.composite
def used_within(draw: st.DrawFn, authorization: Authorization) -> Used:
    """What settled bills took: within the authorization's limits, as they always are."""
    limit = Decimal(authorization.quantity or "40")
    quantity = (limit * draw(st.integers(0, 4)) / 4).quantize(Decimal("0.0001"), rounding="ROUND_DOWN")
    most = 4 if authorization.days is None else authorization.days
    return Used(
        allowance_id=f"authorization:{authorization.authorization_no}",
        fund_fen=draw(st.integers(0, 60_000 if authorization.amount_fen is None else authorization.amount_fen)),
        quantity=f"{quantity:f}",
        days=tuple(draw(st.lists(days(), max_size=most, unique=True))),
    )


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """What was read under the worker's lock; allowances are within their limits, settled lines balance."""
    entitled = [draw(authorizations(place)) for place in range(draw(rarely(st.integers(0, 2), st.just(3))))]
    as_of = draw(rarely(instants(), st.just(datetime(2024, 7, 1, 10, tzinfo=SHANGHAI))))
    return Context(
        provider=draw(providers()),
        worker=draw(workers()),
        enrolments=tuple(draw(st.lists(enrolments(), min_size=draw(rarely(st.just(0), st.just(1))), max_size=2))),
        recognitions=tuple(draw(recognitions(place)) for place in range(draw(rarely(st.integers(0, 1), st.just(2))))),
        authorizations=tuple(entitled),
        used=tuple(draw(used_within(authorization)) for authorization in entitled if draw(MAYBE)),
        settled=draw(settled_originals()),
        devices=tuple(
            DeviceIssue(catalog_code="D1", issued_on=draw(days("2020-01-01")), settlement_id="S0", item_no="1")
            for _ in range(draw(st.integers(0, 1)))
        ),
        as_of=as_of,
        day=as_of.date(),
        versions={"catalog": 1, "policy": 1},
    )


@st.composite
def situations(
    draw: st.DrawFn, refunding: bool = True, sorts: tuple[str, ...] = PAIR_SORTS
) -> tuple[Bill, Context, Catalog, PolicyBook]:
    """All that `adjudicate` takes, drawn so that refunds meet the context's settled lines."""
    context = draw(contexts())
    return draw(bills(context.settled, refunding=refunding)), context, draw(catalogs(sorts)), draw(policy_books())

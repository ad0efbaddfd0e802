"""A small world in which a line passes every rule; tests turn one fact at a time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from gateway.core.adjudication import adjudicate
from gateway.core.bounds import BoundsBook
from gateway.core.context import Bill, Catalog, Context, PolicyBook, SettledLine, Visit
from gateway.core.days import SHANGHAI
from schemas.decisions import Decision
from schemas.facts import (
    Agreement,
    Authorization,
    CatalogItem,
    Enrolment,
    Limit,
    Match,
    Pair,
    Policy,
    Provider,
    Recognition,
    Worker,
)
from schemas.requests import BillTerms, Item

AREA = "321100"
ELSEWHERE = "320100"


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


AGREEMENT = Agreement(
    valid_from=day("2024-01-01"), valid_to=day("2024-12-31"), level="tertiary", agreement_no="G1", state="in_force"
)
PROVIDER = Provider(
    code="H1",
    name="测试一院",
    kind="hospital",
    area=AREA,
    scheme="410",
    dialect="native",
    token_sha256="0" * 64,
    agreements=(AGREEMENT,),
)
WORKER = Worker(
    worker_id="W1",
    area=AREA,
    name="测试甲",
    certno="C1",
    sex="male",
    birthday=day("1980-05-20"),
    employer_id="E1",
)
ENROLMENT = Enrolment(
    enrolment_no="N1",
    area=AREA,
    scheme="410",
    employer_id="E1",
    valid_from=day("2020-01-01"),
    effective_from=day("2020-01-02"),
)
RECOGNITION = Recognition(
    recognition_no="R1",
    qualification_id="QR1",
    area=AREA,
    scheme="410",
    employer_id="E1",
    kind="accident",
    injured_on=day("2024-03-01"),
    applicant="employer",
    applied_on=day("2024-03-10"),
    accepted_on=day("2024-03-12"),
    decided_on=day("2024-04-01"),
    diagnosis_codes=("S52",),
    state="recognised",
)
AUTHORIZATION = Authorization(
    authorization_no="A1",
    recognition_no="R1",
    qualification_id="QA1",
    kind="relapse",
    valid_from=day("2024-03-01"),
    valid_to=day("2024-12-31"),
    state="issued",
)
DRUG = CatalogItem(area=AREA, scheme="410", code="X1", name="测试药", sort="drug", valid_from=day("2020-01-01"))
DEVICE = CatalogItem(area=AREA, scheme="410", code="D1", name="测试肢", sort="device", valid_from=day("2020-01-01"))
MATCH = Match(
    area=AREA,
    scheme="410",
    provider_code="H1",
    local_code="L1",
    catalog_code="X1",
    state="approved",
    valid_from=day("2024-01-01"),
)
VISIT = Visit(
    worker_id="W1",
    visit_id="V1",
    provider_code="H1",
    visit_no="1",
    area=AREA,
    scheme="410",
    visit_kind="inpatient",
    admitted_at=at("2024-03-01T08:00"),
    discharged_at=at("2024-06-30T10:00"),
    diagnosis_codes=("S52.500",),
    qualification_ids=("QR1",),
    department_code="D1",
    emergency=False,
    stabilised_at=None,
    third_party_paid_fen=0,
)
TERMS = BillTerms(bill_no="B1")
ITEM = Item(
    item_no="1",
    catalog_code="X1",
    quantity="2",
    unit_price_yuan="50",
    amount_fen=100_00,
    occurred_at=at("2024-05-01T09:00"),
)
CONTEXT = Context(
    provider=PROVIDER,
    worker=WORKER,
    enrolments=(ENROLMENT,),
    recognitions=(RECOGNITION,),
    authorizations=(),
    as_of=datetime(2024, 7, 1, 2, tzinfo=UTC),
    day=day("2024-07-01"),
    versions={"catalog": 1},
)
LIMIT = Limit(area=AREA, scheme="410", code="X1", valid_from=day("2020-01-01"))
PAIR = Pair(
    area=AREA,
    scheme="410",
    sort="contains",
    frequency="day",
    main_code="M1",
    sub_code="X1",
    valid_from=day("2020-01-01"),
    why="主项含从项",
)
POLICY = Policy(area=AREA, scheme="410", valid_from=day("2000-01-01"))
UNDER_A1 = replace(VISIT, qualification_ids=("QA1",))
"""The visit under an authorization instead of the recognition's own qualification."""


def settled_line(**turned: Any) -> SettledLine:
    """A settled line of 100.00 yuan that the fund bears wholly."""
    line = SettledLine(
        settlement_id="S1",
        item_no="1",
        refunds_item_no=None,
        catalog_code="X1",
        sort="drug",
        occurred_on=day("2024-05-01"),
        quantity="2",
        charged_fen=100_00,
        fund_fen=100_00,
        worker_fen=0,
        employer_fen=0,
        provider_fen=0,
        recognition_no="R1",
        authorization_no=None,
        funded_quantity="2",
    )
    return replace(line, **turned)


def catalog_of(
    rows: Iterable[CatalogItem],
    matches: Iterable[Match] = (),
    limits: Iterable[Limit] = (),
    pairs: Iterable[Pair] = (),
) -> Catalog:
    """Index rows as a catalog keeps them."""
    items: dict[tuple[str, str, str], tuple[CatalogItem, ...]] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        key = (row.area, row.scheme, row.code)
        items[key] = (*items.get(key, ()), row)
    by_local: dict[tuple[str, str], tuple[Match, ...]] = {}
    for match in matches:
        local = (match.provider_code, match.local_code)
        by_local[local] = (*by_local.get(local, ()), match)
    return Catalog(items=items, matches=by_local, bounds=bounds_of(limits, pairs))


def bounds_of(limits: Iterable[Limit], pairs: Iterable[Pair]) -> BoundsBook:
    """Index limits by code, and pairs by both of their codes."""
    by_code: dict[tuple[str, str, str], tuple[Limit, ...]] = {}
    for limit in limits:
        key = (limit.area, limit.scheme, limit.code)
        by_code[key] = (*by_code.get(key, ()), limit)
    by_side: dict[tuple[str, str, str], tuple[Pair, ...]] = {}
    for pair in pairs:
        for code in (pair.main_code, pair.sub_code):
            key = (pair.area, pair.scheme, code)
            by_side[key] = (*by_side.get(key, ()), pair)
    return BoundsBook(limits=by_code, pairs=by_side)


def policies_of(*rows: Policy) -> PolicyBook:
    """Index rows as a policy book keeps them."""
    keys = {(row.area, row.scheme) for row in rows}
    return PolicyBook(rows={key: tuple(row for row in rows if (row.area, row.scheme) == key) for key in keys})


def decide(
    *items: Item,
    visit: Visit = VISIT,
    terms: BillTerms = TERMS,
    rows: Iterable[CatalogItem] = (DRUG, DEVICE),
    matches: Iterable[Match] = (MATCH,),
    policy: Policy = POLICY,
    limits: Iterable[Limit] = (),
    pairs: Iterable[Pair] = (),
    **context: Any,
) -> Decision:
    """Adjudicate items in the world, with some of its facts turned."""
    return adjudicate(
        Bill(visit=visit, terms=terms, items=items),
        replace(CONTEXT, **context),
        catalog_of(rows, matches, limits, pairs),
        policies_of(policy),
    )


def cuts(decision: Decision) -> list[tuple[str, int, str | None]]:
    """Rule, fen and bearer of each finding."""
    return [(finding.rule, finding.fen, finding.bearer) for finding in decision.findings]

"""Hypothesis strategies of facts: who insures, treats and is entitled, the catalog and policy of one small town."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from gateway.core.context import Catalog, PolicyBook
from gateway.core.days import SHANGHAI
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
from tests.core.world import catalog_of

AREAS = ("321100", "320100")
CODES = ("X1", "X2", "X3", "R1", "D1", "Z9")
SORTS = ("drug", "service", "consumable", "rehabilitation", "device")
LOCAL_CODES = ("L1", "L2")
RECOGNITIONS = ("R1", "R2")
AUTHORIZATIONS = ("A1", "A2", "A3")
QUALIFICATIONS = ("QR1", "QR2", "QA1", "QA2", "QA3", "Q0")
KINDS = ("treatment", "referral", "out_of_area", "relapse", "rehabilitation", "device")
LEVELS = ("tertiary", "secondary", "primary", "ungraded")
PROVIDER_KINDS = ("hospital", "rehabilitation_centre", "device_supplier")
VISIT_KINDS = ("outpatient", "inpatient", "rehabilitation", "device")
DIAGNOSES = ("S52.500", "S52.5+", "S61.001", "T92.2*", "J18.900")
BEARERS = ("worker", "employer", "provider")
PAIR_SORTS = ("contains", "excludes", "swap", "partner")
SETTLED_NOS = ("s1", "s2", "s3")
NASTY_QUANTITIES = ("0", "-0", "-1", "999999999999.9999", "0.0001", "", "1e3", "2\n", "٣", "NaN", "Infinity", "1,5")
NASTY_PRICES = ("0", "9999999999.999999", "0.000001", "", "-1", "1e9", "5\n")

MAYBE = st.booleans()
_ONE_IN_TWENTY = st.sampled_from((False,) * 19 + (True,))


def rarely(value: Any, usual: Any) -> st.SearchStrategy[Any]:
    """One in twenty takes the first strategy; a shrunk example takes the usual one."""
    return _ONE_IN_TWENTY.flatmap(lambda rare: value if rare else usual)


@cache
def days(first: str = "2024-02-20", last: str = "2024-05-10") -> st.SearchStrategy[date]:
    few = [date.fromisoformat("2024-03-02") + timedelta(days=step) for step in (0, 1, 2, 30, 31)]
    return st.sampled_from(few) | st.dates(date.fromisoformat(first), date.fromisoformat(last))


@cache
def instants() -> st.SearchStrategy[datetime]:
    usual = st.builds(
        lambda day, minute: datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(minutes=minute),
        days("2024-03-02", "2024-05-10"),
        st.integers(0, 1439),
    )
    extreme = st.sampled_from((datetime.min.replace(tzinfo=SHANGHAI), datetime.max.replace(tzinfo=SHANGHAI)))
    return rarely(rarely(extreme, usual), usual)


@cache
def some(values: tuple[str, ...], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=True).map(tuple)


@cache
def recognitions(place: int) -> st.SearchStrategy[Recognition]:
    return st.builds(
        Recognition,
        recognition_no=st.just(RECOGNITIONS[place]),
        qualification_id=st.just(QUALIFICATIONS[place]),
        area=rarely(st.sampled_from(AREAS), st.just(AREAS[0])),
        scheme=st.just("410"),
        employer_id=st.just("E1"),
        kind=st.just("accident"),
        injured_on=rarely(days(), st.dates(date(2023, 12, 1), date(2024, 2, 20))),
        applicant=st.just("employer"),
        applied_on=rarely(days(), st.dates(date(2023, 12, 2), date(2024, 2, 20))),
        accepted_on=st.none() | days(),
        extended_to=rarely(days(), st.none()),
        diagnosis_codes=st.sampled_from(((), ("S52",), ("S52", "S61", "T92", "J18"), ("S61.0+",))),
        third_party_paid_fen=rarely(st.integers(0, 50_000), st.just(0)),
        state=rarely(st.sampled_from(("pending", "refused", "revoked")), st.just("recognised")),
        revoked_on=st.none() | days(),
    )


@st.composite
def authorizations(draw: st.DrawFn, place: int) -> Authorization:
    number = AUTHORIZATIONS[place]
    valid_from = draw(rarely(days(), st.dates(date(2024, 2, 20), date(2024, 3, 2))))
    return Authorization(
        authorization_no=number,
        recognition_no=draw(rarely(st.just("R9"), st.sampled_from(RECOGNITIONS))),
        qualification_id=f"Q{number}",
        kind=draw(st.sampled_from(KINDS)),
        provider_code=draw(rarely(st.just("H2"), st.none())),
        provider_kind=draw(rarely(st.sampled_from(PROVIDER_KINDS), st.none())),
        valid_from=valid_from,
        valid_to=valid_from + timedelta(days=draw(st.sampled_from((90, 90, 31, 2)))),
        amount_fen=draw(st.none() | st.integers(0, 60_000)),
        days=draw(st.none() | st.integers(0, 4)),
        quantity=draw(st.none() | st.decimals("0", "40", places=4).map(lambda number: f"{number:f}")),
        items=draw(rarely(some(CODES, 1, 3), st.just(()))),
        state=draw(rarely(st.just("revoked"), st.just("issued"))),
    )


@cache
def enrolments() -> st.SearchStrategy[Enrolment]:
    return st.builds(
        Enrolment,
        enrolment_no=st.just("N1"),
        area=st.just(AREAS[0]),
        scheme=rarely(st.just("310"), st.just("410")),
        employer_id=st.just("E1"),
        valid_from=st.just(date(2020, 1, 1)),
        valid_to=rarely(days(), st.none()),
        effective_from=rarely(days(), st.just(date(2020, 1, 2))),
        arrears=rarely(MAYBE, st.just(False)),
        arrears_paid_on=st.none() | days(),
    )


@cache
def agreements() -> st.SearchStrategy[Agreement]:
    return st.builds(
        Agreement,
        valid_from=rarely(days(), st.just(date(2024, 1, 1))),
        valid_to=rarely(days(), st.none()),
        level=st.sampled_from(LEVELS),
        agreement_no=st.just("G1"),
        state=rarely(st.sampled_from(("suspended", "terminated")), st.just("in_force")),
        suspended_departments=rarely(st.just(("D1",)), st.just(())),
    )


@cache
def providers() -> st.SearchStrategy[Provider]:
    return st.builds(
        Provider,
        code=st.just("H1"),
        name=st.just("测试一院"),
        kind=st.sampled_from(PROVIDER_KINDS),
        area=rarely(st.just(AREAS[1]), st.just(AREAS[0])),
        scheme=st.just("410"),
        dialect=st.just("native"),
        token_sha256=st.just("0" * 64),
        agreements=st.lists(agreements(), min_size=1, max_size=2).map(tuple),
    )


@cache
def workers() -> st.SearchStrategy[Worker]:
    return st.builds(
        Worker,
        worker_id=st.just("W1"),
        area=st.just(AREAS[0]),
        name=st.just("测试甲"),
        certno=st.just("C1"),
        sex=st.sampled_from(("male", "female")),
        birthday=st.dates(date(1950, 1, 1), date(2024, 4, 1)),
        employer_id=st.just("E1"),
        died_on=rarely(days(), st.none()),
    )


@cache
def ceilings() -> st.SearchStrategy[str | None]:
    return st.none() | st.decimals("0", "200", places=4).map(lambda number: f"{number:f}")


@cache
def catalog_items(code: str) -> st.SearchStrategy[CatalogItem]:
    return st.builds(
        CatalogItem,
        area=rarely(st.just(AREAS[1]), st.just(AREAS[0])),
        scheme=st.just("410"),
        code=st.just(code),
        name=st.just("测试项目"),
        sort=st.just("device") if code == "D1" else st.sampled_from(SORTS[:-1]),
        valid_from=rarely(days(), st.just(date(2020, 1, 1))),
        valid_to=rarely(days(), st.none()),
        ceiling_tertiary_yuan=ceilings(),
        ceiling_secondary_yuan=ceilings(),
        ceiling_primary_yuan=ceilings(),
        ceiling_ungraded_yuan=ceilings(),
        sex=rarely(st.sampled_from(("male", "female")), st.none()),
        age_min_years=rarely(st.integers(0, 60), st.none()),
        age_max_years=rarely(st.integers(20, 90), st.none()),
        visit_kinds=rarely(some(VISIT_KINDS), st.just(())),
        provider_kinds=rarely(some(PROVIDER_KINDS), st.just(())),
        level_min=rarely(st.sampled_from(LEVELS), st.none()),
        schemes=rarely(some(("410", "510")), st.just(())),
        diagnosis_prefixes=rarely(some(("S52", "S06")), st.just(())),
        service_life_years=rarely(st.integers(0, 10), st.none()),
    )


@cache
def few(most: int) -> st.SearchStrategy[str | None]:
    """A quantity of a limit, or none."""
    return st.none() | st.integers(1, 2 * most).map(lambda halves: f"{halves / 2:g}")


@cache
def limits(code: str) -> st.SearchStrategy[Limit]:
    return st.builds(
        Limit,
        area=rarely(st.just(AREAS[1]), st.just(AREAS[0])),
        scheme=st.just("410"),
        code=st.just(code),
        valid_from=rarely(days(), st.just(date(2020, 1, 1))),
        valid_to=rarely(days(), st.none()),
        per_act=few(9),
        per_day=few(9),
        per_visit=few(20),
        course_days=st.none() | st.integers(1, 3),
        days_apart=st.none() | st.integers(1, 40),
        stay=st.sampled_from((None, None, "bed", "nursing")),
    )


@cache
def pairs(sides: tuple[str, str], sorts: tuple[str, ...]) -> st.SearchStrategy[Pair]:
    return st.builds(
        Pair,
        area=st.just(AREAS[0]),
        scheme=st.just("410"),
        sort=st.sampled_from(sorts),
        frequency=st.sampled_from(("day", "visit")),
        main_code=st.just(sides[0]),
        sub_code=st.just(sides[1]),
        valid_from=rarely(days(), st.just(date(2020, 1, 1))),
        valid_to=rarely(days(), st.none()),
        diagnosis_prefixes=rarely(st.just(("S06",)), st.just(())),
        why=st.just("主项含从项"),
    )


@st.composite
def catalogs(draw: st.DrawFn, sorts: tuple[str, ...] = PAIR_SORTS) -> Catalog:
    """A catalog of most of the codes, some in two rows, matches of some local codes, and limits and pairs of some."""
    rows = [
        draw(catalog_items(code)) for code in CODES[:-1] for _ in range(draw(rarely(st.integers(0, 2), st.just(1))))
    ]
    matches = [
        Match(
            area=AREAS[0],
            scheme="410",
            provider_code="H1",
            local_code=local_code,
            catalog_code=draw(st.sampled_from(CODES)),
            state=draw(st.sampled_from(("approved", "approved", "pending"))),
            valid_from=date(2024, 1, 1),
            valid_to=draw(rarely(days(), st.none())),
        )
        for local_code in LOCAL_CODES
    ]
    limited = [draw(limits(code)) for code in draw(some(("X", "X1", "X2", "R1", "D1"), 0, 3))]
    sides = st.permutations(("X1", "X2", "X3", "R")).map(lambda codes: (codes[0], codes[1]))
    paired = [draw(pairs(side, sorts)) for side in draw(st.lists(sides, max_size=3, unique=True))]
    return catalog_of(rows, matches, limited, paired)


@st.composite
def policy_books(draw: st.DrawFn) -> PolicyBook:
    """Policy of none, one or both areas, with some bearers turned."""
    rows = {}
    for area in draw(some(AREAS)):
        rows[area, "410"] = (
            Policy(
                area=area,
                scheme="410",
                valid_from=date(2000, 1, 1),
                tolerance_fen=draw(st.integers(0, 3)),
                article17_days=draw(st.sampled_from((0, 30))),
                bed_ceiling_tertiary_yuan=draw(ceilings()),
                death_day_codes=draw(rarely(st.just(("X1",)), st.just(()))),
                food_subsidy_fen=draw(st.sampled_from((0, 30_00))),
                food_subsidy_max_fen=draw(st.sampled_from((None, 70_00))),
                bearers=draw(
                    st.dictionaries(
                        st.sampled_from(("price.ceiling", "line.self_paid", "refund.invalid", "arithmetic.amount")),
                        st.sampled_from(BEARERS),
                    )
                ),
            ),
        )
    return PolicyBook(rows=rows)

"""The table of rules, continued: limits and pairs of items, beds, and lines after death."""

# ruff: noqa: E501 the rows of a table stand in line

from typing import Any

from msgspec.structs import replace

from schemas.facts import Limit
from tests.core.table import FULL, PASSES, agreed, item, on, row, visit, whole
from tests.core.world import DRUG, ELSEWHERE, LIMIT, PAIR, POLICY, WORKER, day, settled_line


def limited(*more: Limit, **turned: Any) -> dict[str, Any]:
    return {"limits": (replace(LIMIT, **turned), *more)}


def paired(sort: str, **turned: Any) -> dict[str, Any]:
    """The line's item as the sub item of M1, which costs up to 30.00, unless turned."""
    main = replace(DRUG, code="M1", ceiling_tertiary_yuan="30")
    return {"pairs": (replace(PAIR, sort=sort, **turned),), "rows": (DRUG, main)}


def before(text: str, quantity: str = "2", fund_fen: int = FULL, **turned: Any) -> dict[str, Any]:
    """A settled line of a day; of X1 unless turned."""
    line = settled_line(item_no="9", occurred_on=day(text), quantity=quantity, funded_quantity=quantity)
    line = replace(line, charged_fen=fund_fen, fund_fen=fund_fen, **turned)
    return {"settled": (line,)}


def refunded(text: str, quantity: str, back: str, **turned: Any) -> dict[str, Any]:
    """A settled line of 100.00, and a settled refund of a part of it."""
    line = replace(before(text, quantity)["settled"][0], **turned)
    fen = -FULL * int(back) // int(quantity)
    refund = replace(line, item_no="R9", refunds_item_no="9", quantity=f"-{back}", charged_fen=fen, fund_fen=fen)
    return {"settled": (line, replace(refund, funded_quantity=f"-{back}"))}


def died(text: str, *allowed: str) -> dict[str, Any]:
    return {"worker": replace(WORKER, died_on=day(text)), "policy": replace(POLICY, death_day_codes=allowed)}


def bed(ceiling: str | None, **policy: Any) -> dict[str, Any]:
    return limited(stay="bed") | {
        "policy": replace(POLICY, bed_ceiling_tertiary_yuan=ceiling, **policy),
        "rows": (replace(DRUG, sort="inpatient_standard"),),
        "item": replace(item(quantity="1", unit_price_yuan="100")["item"]),
    }


NURSING = replace(LIMIT, code="X2", stay="nursing")
SERVICE = {"rows": (replace(DRUG, sort="service"),)}
MAIN = paired("contains", main_code="X1", sub_code="M1")
"""The line's item as the main item of M1."""
DEARER = paired("swap", main_code="X1", sub_code="M1")
"""The line's item as the dearer name of M1."""
FORMERLY = {"valid_to": day("2024-04-30")}

# fmt: off
TABLE_OF_LIMITS: list[tuple[str, dict[str, Any], list[tuple[str, int, str | None]]]] = [
    # death
    ("died the day after",                    died("2024-05-02"),                              PASSES),
    ("died that day",                         died("2024-05-01"),                              PASSES),
    ("died the day before",                   died("2024-04-30"),                              whole("person.died", "provider")),
    ("that day, among the allowed",           died("2024-05-01", "Y", "X1"),                   PASSES),
    ("that day, not among the allowed",       died("2024-05-01", "Y", "X2"),                   whole("person.died", "provider")),
    ("the day before, allowed or not",        died("2024-05-02", "Y"),                         PASSES),
    ("after it, allowed or not",              died("2024-04-30", "X1"),                        whole("person.died", "provider")),
    # per act
    ("as many as an act may have",            limited(per_act="2"),                            PASSES),
    ("half of it is past",                    limited(per_act="1"),                            [("limit.per_act", 50_00, "provider")]),
    ("a third past, half up",                 limited(per_act="2") | item(quantity="3", unit_price_yuan="33.3333"), [("limit.per_act", 33_33, "provider")]),
    ("limit ended the day before",            limited(per_act="1", **FORMERLY),                PASSES),
    ("limit of another area",                 limited(per_act="1", area=ELSEWHERE),            PASSES),
    ("limit of a beginning",                  limited(per_act="1", code="X"),                  [("limit.per_act", 50_00, "provider")]),
    ("the longer code is heard",              limited(replace(LIMIT, code="X", per_act="1"), per_act="2"), PASSES),
    ("where that has ended, the shorter",     limited(replace(LIMIT, code="X", per_act="1"), per_act="2", **FORMERLY), [("limit.per_act", 50_00, "provider")]),
    ("past the ceiling and past the act",     limited(per_act="1") | row(ceiling_tertiary_yuan="40"), [("price.ceiling", 20_00, "worker"), ("limit.per_act", 40_00, "provider")]),
    ("another bearer by policy",              limited(per_act="1") | {"policy": replace(POLICY, bearers={"limit.per_act": "worker"})}, [("limit.per_act", 50_00, "worker")]),
    # per day
    ("a day's worth",                         limited(per_day="2"),                            PASSES),
    ("24 hours of a day, 25 billed",          limited(per_day="24") | item(quantity="25", unit_price_yuan="4"), [("limit.per_day", 4_00, "provider")]),
    ("one settled that day, one left",        limited(per_day="3") | before("2024-05-01"),     [("limit.per_day", 50_00, "provider")]),
    ("none left of the day",                  limited(per_day="2") | before("2024-05-01"),     whole("limit.per_day", "provider")),
    ("settled the day before",                limited(per_day="2") | before("2024-04-30"),     PASSES),
    ("settled, but the worker paid it",       limited(per_day="2") | before("2024-05-01", fund_fen=0), PASSES),
    ("settled, and refunded whole",           limited(per_day="2") | refunded("2024-05-01", "2", "2"), PASSES),
    ("settled, and refunded by half",         limited(per_day="2") | refunded("2024-05-01", "2", "1"), [("limit.per_day", 50_00, "provider")]),
    # per visit
    ("settled the day before, none left",     limited(per_visit="2") | before("2024-04-30"),   whole("limit.per_visit", "provider")),
    ("one left of the visit",                 limited(per_visit="3") | before("2024-04-30"),   [("limit.per_visit", 50_00, "provider")]),
    ("enough left of the visit",              limited(per_visit="4") | before("2024-04-30"),   PASSES),
    ("another code does not count",           limited(per_visit="2") | before("2024-04-30", catalog_code="X2"), PASSES),
    ("another code of the limit counts",      limited(per_visit="2", code="X") | before("2024-04-30", catalog_code="X2"), whole("limit.per_visit", "provider")),
    # course
    ("first day of a course of one",          SERVICE | limited(course_days=1),                PASSES),
    ("second day of a course of one",         SERVICE | limited(course_days=1) | before("2024-04-30"), whole("limit.course", "provider")),
    ("second day of a course of two",         SERVICE | limited(course_days=2) | before("2024-03-02"), PASSES),
    ("the same day again",                    SERVICE | limited(course_days=1) | before("2024-05-01"), PASSES),
    ("a drug's second day of one",            limited(course_days=1) | before("2024-04-30"),   whole("limit.drug_course", "provider")),
    ("a drug's last day",                     limited(course_days=2) | before("2024-04-30"),   PASSES),
    # days apart
    ("fourteen days later",                   limited(days_apart=14) | before("2024-04-17"),   PASSES),
    ("thirteen days later",                   limited(days_apart=14) | before("2024-04-18"),   whole("limit.days_apart", "provider")),
    ("thirteen days earlier",                 limited(days_apart=14) | before("2024-05-14"),   whole("limit.days_apart", "provider")),
    ("that very day",                         limited(days_apart=1) | before("2024-05-01"),    whole("limit.days_apart", "provider")),
    # beds and nursing
    ("one bed",                               limited(stay="bed") | item(quantity="1", unit_price_yuan="100"), PASSES),
    ("two days' bed on one day",              limited(stay="bed"),                             [("stay.once_a_day", 50_00, "provider")]),
    ("half a bed left",                       limited(replace(NURSING, stay="bed"), stay="bed") | before("2024-05-01", "0.5", catalog_code="X2") | item(quantity="1", unit_price_yuan="100"), [("stay.once_a_day", 50_00, "provider")]),
    ("another grade that day",                limited(NURSING, stay="nursing") | before("2024-05-01", "1", catalog_code="X2"), whole("stay.once_a_day", "provider")),
    ("another grade the day before",          limited(NURSING, stay="nursing") | before("2024-04-30", "1", catalog_code="X2") | item(quantity="1", unit_price_yuan="100"), PASSES),
    ("nursing beside a bed",                  limited(NURSING, stay="bed") | before("2024-05-01", "1", catalog_code="X2") | item(quantity="1", unit_price_yuan="100"), PASSES),
    ("at the bed ceiling",                    bed("100"),                                      PASSES),
    ("over the bed ceiling",                  bed("60"),                                       [("price.bed_ceiling", 40_00, "worker")]),
    ("no ceiling at the level",               bed(None, bed_ceiling_primary_yuan="1"),         PASSES),
    ("the ceiling of the level on the day",   bed("100", bed_ceiling_primary_yuan="70") | agreed(level="primary"), [("price.bed_ceiling", 30_00, "worker")]),
    ("no bed, no bed ceiling",                limited(per_day="9") | {"policy": replace(POLICY, bed_ceiling_tertiary_yuan="1")}, PASSES),
    # contains
    ("main item that day",                    paired("contains") | before("2024-05-01", catalog_code="M1"), whole("pair.contains", "provider")),
    ("main item the day before",              paired("contains") | before("2024-04-30", catalog_code="M1"), PASSES),
    ("main item in the visit",                paired("contains", frequency="visit") | before("2024-04-30", catalog_code="M1"), whole("pair.contains", "provider")),
    ("main item that nobody paid",            paired("contains") | before("2024-05-01", fund_fen=0, catalog_code="M1"), PASSES),
    ("main item refunded",                    paired("contains") | refunded("2024-05-01", "1", "1", catalog_code="M1"), PASSES),
    ("pair ended the day before",             paired("contains", **FORMERLY) | before("2024-05-01", catalog_code="M1"), PASSES),
    ("main item of that beginning",           paired("contains", main_code="M") | before("2024-05-01", catalog_code="M1"), whole("pair.contains", "provider")),
    ("sub item paid before its main",         MAIN | before("2024-05-01", fund_fen=30_00, catalog_code="M1"), [("pair.contains", 30_00, "provider")]),
    ("sub item dearer than its main",         MAIN | before("2024-05-01", fund_fen=300_00, catalog_code="M1"), whole("pair.contains", "provider")),
    # excludes
    ("the other that day",                    paired("excludes") | before("2024-05-01", catalog_code="M1"), whole("pair.excludes", "provider")),
    ("the other, main and sub turned",        paired("excludes", main_code="X1", sub_code="M1") | before("2024-05-01", catalog_code="M1"), whole("pair.excludes", "provider")),
    ("the other the day before",              paired("excludes") | before("2024-04-30", catalog_code="M1"), PASSES),
    # partner
    ("no operation",                          paired("partner", main_code="X", sub_code="M1"), whole("pair.partner", "provider")),
    ("operation that day",                    paired("partner", main_code="X", sub_code="M1") | before("2024-05-01", catalog_code="M1"), PASSES),
    ("operation another day",                 paired("partner", main_code="X", sub_code="M1") | before("2024-04-30", catalog_code="M1"), whole("pair.partner", "provider")),
    ("operation in the visit",                paired("partner", main_code="X", sub_code="M1", frequency="visit") | before("2024-04-30", catalog_code="M1"), PASSES),
    ("operation that the worker paid",        paired("partner", main_code="X", sub_code="M1") | before("2024-05-01", fund_fen=0, catalog_code="M1"), PASSES),
    ("operation refunded",                    paired("partner", main_code="X", sub_code="M1") | refunded("2024-05-01", "1", "1", catalog_code="M1"), whole("pair.partner", "provider")),
    ("the operation needs no consumable",     paired("partner"),                               PASSES),
    # swap
    ("dearer beside the cheaper",             DEARER | before("2024-05-01", catalog_code="M1"), [("pair.swap", 40_00, "provider")]),
    ("dearer alone",                          DEARER,                                          PASSES),
    ("dearer, the cheaper the day before",    DEARER | before("2024-04-30", catalog_code="M1"), PASSES),
    ("dearer, no diagnosis calls for it",     paired("swap", main_code="X1", sub_code="M1", diagnosis_prefixes=("T20",)), [("pair.swap", 40_00, "provider")]),
    ("dearer, a diagnosis calls for it",      paired("swap", main_code="X1", sub_code="M1", diagnosis_prefixes=("T20", "S52")) | before("2024-05-01", catalog_code="M1"), PASSES),
    ("cheaper after the dearer",              paired("swap") | {"rows": (replace(DRUG, ceiling_tertiary_yuan="50"),)} | before("2024-05-01", "1", fund_fen=80_00, catalog_code="M1"), [("pair.swap", 30_00, "provider")]),
    # several cuts of one line
    ("act, day and visit in turn",            limited(per_act="1.5", per_day="1", per_visit="0.5"), [("limit.per_act", 25_00, "provider"), ("limit.per_day", 25_00, "provider"), ("limit.per_visit", 25_00, "provider")]),
    ("a limit, then the third party",         limited(per_act="1") | visit(third_party_paid_fen=30_00), [("limit.per_act", 50_00, "provider"), ("third_party.paid", 30_00, "worker")]),
    ("a limit on a line of another day",      limited(per_day="1") | on("2024-05-02T09:00") | before("2024-05-01"), [("limit.per_day", 50_00, "provider")]),
]
# fmt: on

"""The table of rules: what is turned, and the cuts that follow."""

# ruff: noqa: E501 the rows of a table stand in line

from typing import Any

from msgspec.structs import replace

from schemas.facts import DeviceIssue, Used
from tests.core.world import (
    AGREEMENT,
    AUTHORIZATION,
    DEVICE,
    DRUG,
    ELSEWHERE,
    ENROLMENT,
    ITEM,
    MATCH,
    POLICY,
    PROVIDER,
    RECOGNITION,
    TERMS,
    UNDER_A1,
    VISIT,
    at,
    day,
    settled_line,
)

FULL = 100_00
PASSES: list[tuple[str, int, str | None]] = []


def whole(code: str, bearer: str) -> list[tuple[str, int, str | None]]:
    return [(code, FULL, bearer)]


def agreed(**turned: Any) -> dict[str, Any]:
    return {"provider": replace(PROVIDER, agreements=(replace(AGREEMENT, **turned),))}


def on(text: str, **turned: Any) -> dict[str, Any]:
    return {"item": replace(ITEM, occurred_at=at(text), **turned)}


def item(**turned: Any) -> dict[str, Any]:
    return {"item": replace(ITEM, **turned)}


def recognised(**turned: Any) -> dict[str, Any]:
    return {"recognitions": (replace(RECOGNITION, **turned),)}


def enrolled(**turned: Any) -> dict[str, Any]:
    return {"enrolments": (replace(ENROLMENT, **turned),)}


def row(**turned: Any) -> dict[str, Any]:
    return {"rows": (replace(DRUG, **turned),)}


def authorized(**turned: Any) -> dict[str, Any]:
    return {"visit": UNDER_A1, "authorizations": (replace(AUTHORIZATION, **turned),)}


def used(fund_fen: int, quantity: str = "0", days: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "used": (
            Used(
                allowance_id="authorization:A1",
                fund_fen=fund_fen,
                quantity=quantity,
                days=tuple(day(text) for text in days),
            ),
        )
    }


def visit(**turned: Any) -> dict[str, Any]:
    return {"visit": replace(VISIT, **turned)}


def device(**turned: Any) -> dict[str, Any]:
    """A device of 100.00 yuan, bought under a device authorization."""
    return {
        "item": replace(ITEM, catalog_code="D1", quantity="1", unit_price_yuan="100"),
        "rows": (replace(DEVICE, **turned),),
        "visit": replace(UNDER_A1, visit_kind="device"),
        "authorizations": (replace(AUTHORIZATION, kind="device"),),
    }


def issued(text: str) -> dict[str, Any]:
    return {"devices": (DeviceIssue(catalog_code="D1", issued_on=day(text), settlement_id="S0", item_no="9"),)}


ABROAD = {"provider": replace(PROVIDER, area=ELSEWHERE)}
EMERGENCY_WAIVED = [("emergency.waiver", 0, None)]
STAYING = replace(VISIT, admitted_at=at("2023-01-01T08:00"), discharged_at=None)
LATE17 = {"applied_on": day("2024-04-02"), "accepted_on": day("2024-05-01")}
JOINED = {"effective_from": day("2024-05-01")}
OWING = {"arrears": True, "effective_from": day("2024-04-01")}

# fmt: off
TABLE: list[tuple[str, dict[str, Any], list[tuple[str, int, str | None]]]] = [
    ("passes",                                {},                                              PASSES),
    # 1 agreement
    ("agreement's last day",                  agreed(valid_to=day("2024-05-01")),              PASSES),
    ("agreement ended the day before",        agreed(valid_to=day("2024-04-30")),              whole("agreement.in_force", "provider")),
    ("agreement begins the day after",        agreed(valid_from=day("2024-05-02")),            whole("agreement.in_force", "provider")),
    ("agreement suspended",                   agreed(state="suspended"),                       whole("agreement.in_force", "provider")),
    ("visit's department suspended",          agreed(suspended_departments=("D1",)),           whole("agreement.in_force", "provider")),
    ("line's own department is not",          agreed(suspended_departments=("D1",)) | item(department_code="D2"), PASSES),
    ("no agreement at all",                   {"provider": replace(PROVIDER, agreements=())},  whole("agreement.in_force", "provider")),
    # 2 duplicate
    ("settled before",                        {"settled": (settled_line(),)},                  whole("duplicate.settled", "provider")),
    ("another line settled",                  {"settled": (settled_line(item_no="2"),)},       PASSES),
    # 3 recognition unknown
    ("visit without qualification",           visit(qualification_ids=()),                     whole("recognition.unknown", "worker")),
    ("attached at settlement",                visit(qualification_ids=()) | {"terms": replace(TERMS, qualification_ids=("QR1",))}, PASSES),
    ("line names what the visit does not",    item(qualification_id="QA1") | {"authorizations": (AUTHORIZATION,)}, whole("recognition.unknown", "worker")),
    ("another worker's",                      {"recognitions": ()},                            whole("recognition.unknown", "worker")),
    # 4 recognition state
    ("pending",                               recognised(state="pending"),                     whole("recognition.state", "worker")),
    ("refused",                               recognised(state="refused"),                     whole("recognition.state", "worker")),
    ("revoked that day",                      recognised(state="revoked", revoked_on=day("2024-05-01")), whole("recognition.state", "worker")),
    ("revoked the day after",                 recognised(state="revoked", revoked_on=day("2024-05-02")), PASSES),
    ("revoked, nobody says when",             recognised(state="revoked"),                     whole("recognition.state", "worker")),
    # 5-7 dates
    ("injured that day",                      recognised(injured_on=day("2024-05-01")),        PASSES),
    ("injured the day after",                 recognised(injured_on=day("2024-05-02")),        whole("dates.before_injury", "worker")),
    ("admission day",                         visit(admitted_at=at("2024-05-01T23:59")),       PASSES),
    ("admitted the day after",                visit(admitted_at=at("2024-05-02T00:00")),       whole("dates.outside_stay", "provider")),
    ("discharge day",                         visit(discharged_at=at("2024-05-01T00:00")),     PASSES),
    ("discharged the day before",             visit(discharged_at=at("2024-04-30T23:59")),     whole("dates.outside_stay", "provider")),
    ("bill's discharge before visit's",       {"terms": replace(TERMS, discharged_at=at("2024-04-30T12:00"))}, whole("dates.outside_stay", "provider")),
    ("ten minutes ahead",                     {"as_of": at("2024-05-01T08:50")},               PASSES),
    ("ten minutes and a second ahead",        {"as_of": at("2024-05-01T08:49:59")},            whole("dates.future", "provider")),
    # 8 arithmetic
    ("a fen over: smaller is payable",        item(amount_fen=100_01),                         [("arithmetic.amount", 1, "provider")]),
    ("a fen under: smaller is payable",       item(amount_fen=99_99),                          PASSES),
    ("two fen over",                          item(amount_fen=100_02),                         [("arithmetic.amount", 100_02, "provider")]),
    ("two fen under",                         item(amount_fen=99_98),                          [("arithmetic.amount", 99_98, "provider")]),
    ("two fen over, tolerance two",           item(amount_fen=100_02) | {"policy": replace(POLICY, tolerance_fen=2)}, [("arithmetic.amount", 2, "provider")]),
    ("half a fen rounds up",                  item(quantity="0.5", unit_price_yuan="0.01", amount_fen=1), PASSES),
    ("negative without an original",          item(quantity="-2", amount_fen=-100_00),         [("arithmetic.amount", -FULL, "provider")]),
    ("negative amount only",                  item(amount_fen=-100_00),                        [("arithmetic.amount", -FULL, "provider")]),
    ("a fen for nothing",                     item(quantity="0", amount_fen=1),                [("arithmetic.amount", 1, "provider")]),
    ("quantity with a line's end",            item(quantity="2\n"),                            whole("arithmetic.amount", "provider")),
    ("quantity that is none",                 item(quantity="٢"),                              whole("arithmetic.amount", "provider")),
    # 9-11 diagnosis
    ("marked self-paid",                      item(self_paid=True),                            whole("line.self_paid", "worker")),
    ("not injury-related",                    item(injury_related=False),                      whole("diagnosis.not_injury", "worker")),
    ("outside the injury",                    visit(diagnosis_codes=("J18.900",)),             whole("diagnosis.scope", "worker")),
    ("one diagnosis within",                  visit(diagnosis_codes=("J18.900", "S52.5")),     PASSES),
    ("discharge diagnoses count",             {"terms": replace(TERMS, diagnosis_codes=("J18.900",))}, whole("diagnosis.scope", "worker")),
    ("marks are ignored",                     recognised(diagnosis_codes=("S52.5+",)),         PASSES),
    ("recognised finer than billed",          recognised(diagnosis_codes=("S52.511",)),        whole("diagnosis.scope", "worker")),
    ("no diagnosis recognised",               recognised(diagnosis_codes=()),                  PASSES),
    # 12 enrolment
    ("injured while insured, left since",     enrolled(valid_to=day("2024-03-01")),            PASSES),
    ("left the day before the injury",        enrolled(valid_to=day("2024-02-29")),            whole("enrolment.cut_off", "employer")),
    ("never enrolled",                        {"enrolments": ()},                              whole("enrolment.cut_off", "employer")),
    ("enrolled in another scheme",            enrolled(scheme="310"),                          whole("enrolment.cut_off", "employer")),
    ("enrolled after injury, that day",       enrolled(**JOINED),                              PASSES),
    ("the day before that",                   enrolled(**JOINED) | on("2024-04-30T09:00"),     whole("enrolment.cut_off", "employer")),
    ("arrears owing",                         enrolled(**OWING),                               whole("enrolment.cut_off", "employer")),
    ("arrears paid that day",                 enrolled(**OWING, arrears_paid_on=day("2024-05-01")), PASSES),
    ("arrears paid the day after",            enrolled(**OWING, arrears_paid_on=day("2024-05-02")), whole("enrolment.cut_off", "employer")),
    # 13 article 17
    ("late, acceptance day",                  recognised(**LATE17),                            whole("article17.gap", "employer")),
    ("late, the day after",                   recognised(**LATE17) | on("2024-05-02T09:00"),   PASSES),
    ("thirtieth day is in time",              recognised(applied_on=day("2024-03-31"), accepted_on=day("2024-05-01")), PASSES),
    ("thirty-first day is late",              recognised(applied_on=day("2024-04-01"), accepted_on=day("2024-05-01")), whole("article17.gap", "employer")),
    ("late but extended",                     recognised(**LATE17, extended_to=day("2024-04-02")), PASSES),
    ("later than extended",                   recognised(**LATE17, extended_to=day("2024-04-01")), whole("article17.gap", "employer")),
    ("late and not accepted yet",             recognised(applied_on=day("2024-04-02"), accepted_on=None), whole("article17.gap", "employer")),
    # 14 match
    ("matched",                               item(local_code="L1", catalog_code=None),        PASSES),
    ("not matched",                           item(local_code="L2"),                           whole("match.missing", "provider")),
    ("match pending",                         item(local_code="L1") | {"matches": (replace(MATCH, state="pending"),)}, whole("match.missing", "provider")),
    ("match ended the day before",            item(local_code="L1") | {"matches": (replace(MATCH, valid_to=day("2024-04-30")),)}, whole("match.missing", "provider")),
    ("match's last day",                      item(local_code="L1") | {"matches": (replace(MATCH, valid_to=day("2024-05-01")),)}, PASSES),
    ("pending beside approved",               item(local_code="L1") | {"matches": (replace(MATCH, state="pending"), MATCH)}, PASSES),
    ("matched to another code",               item(local_code="L1", catalog_code="D1"),        whole("match.missing", "provider")),
    # 15 catalog
    ("never in the catalog",                  item(catalog_code="Z9"),                         whole("catalog.unknown", "worker")),
    ("no code at all",                        item(catalog_code=None),                         whole("catalog.unknown", "worker")),
    ("last day in the catalog",               row(valid_to=day("2024-05-01")),                 PASSES),
    ("out since the day before",              row(valid_to=day("2024-04-30")),                 whole("catalog.unknown", "worker")),
    ("another area's catalog",                row(area=ELSEWHERE),                             whole("catalog.unknown", "worker")),
    # 16 restrictions
    ("for men, a man",                        row(sex="male"),                                 PASSES),
    ("for women, a man",                      row(sex="female"),                               whole("restriction.sex", "provider")),
    ("44 on the day before the birthday",     row(age_min_years=44),                           whole("restriction.age", "provider")),
    ("44 on the birthday",                    row(age_min_years=44) | on("2024-05-20T00:00"),  PASSES),
    ("up to 43",                              row(age_max_years=43),                           PASSES),
    ("up to 42",                              row(age_max_years=42),                           whole("restriction.age", "provider")),
    ("inpatients only, inpatient",            row(visit_kinds=("inpatient",)),                 PASSES),
    ("outpatients only",                      row(visit_kinds=("outpatient",)),                whole("restriction.visit_kind", "provider")),
    ("hospitals only, hospital",              row(provider_kinds=("hospital",)),               PASSES),
    ("suppliers only",                        row(provider_kinds=("device_supplier",)),        whole("restriction.provider_kind", "provider")),
    ("secondary and above, tertiary",         row(level_min="secondary"),                      PASSES),
    ("tertiary, secondary",                   row(level_min="tertiary") | agreed(level="secondary"), whole("restriction.level", "provider")),
    ("primary, ungraded",                     row(level_min="primary") | agreed(level="ungraded"), whole("restriction.level", "provider")),
    ("for fractures, a fracture",             row(diagnosis_prefixes=("S52",)),                PASSES),
    ("for brain trauma, a fracture",          row(diagnosis_prefixes=("S06",)),                whole("restriction.diagnosis", "worker")),
    ("work injury only",                      row(schemes=("410",)),                           PASSES),
    ("maternity only",                        row(schemes=("510",)),                           whole("restriction.scheme", "worker")),
    # 17-22 authorization
    ("rehabilitation under a recognition",    visit(visit_kind="rehabilitation"),              whole("authorization.kind", "worker")),
    ("rehabilitation confirmed",              authorized(kind="rehabilitation") | {"visit": replace(UNDER_A1, visit_kind="rehabilitation")}, PASSES),
    ("treatment under a rehabilitation",      authorized(kind="rehabilitation"),               whole("authorization.kind", "worker")),
    ("device under a rehabilitation",         authorized(kind="rehabilitation") | {"visit": replace(UNDER_A1, visit_kind="device")}, whole("authorization.kind", "worker")),
    ("relapse",                               authorized(),                                    PASSES),
    ("revoked authorization",                 authorized(state="revoked"),                     whole("authorization.state", "worker")),
    ("bound to this provider",                authorized(provider_code="H1", provider_kind="hospital"), PASSES),
    ("bound to another provider",             authorized(provider_code="H2"),                  whole("authorization.provider", "worker")),
    ("bound to another kind",                 authorized(provider_kind="rehabilitation_centre"), whole("authorization.provider", "worker")),
    ("bound elsewhere, emergency",            authorized(provider_code="H2") | {"visit": replace(UNDER_A1, emergency=True)}, EMERGENCY_WAIVED),
    ("stabilised that day",                   authorized(provider_code="H2") | {"visit": replace(UNDER_A1, emergency=True, stabilised_at=at("2024-05-01T01:00"))}, EMERGENCY_WAIVED),
    ("stabilised the day before",             authorized(provider_code="H2") | {"visit": replace(UNDER_A1, emergency=True, stabilised_at=at("2024-04-30T23:00"))}, whole("authorization.provider", "worker")),
    ("emergency where nothing is waived",     visit(emergency=True),                           PASSES),
    ("out of area under a recognition",       ABROAD,                                          whole("authorization.area", "worker")),
    ("out of area in an emergency",           ABROAD | visit(emergency=True),                  EMERGENCY_WAIVED),
    ("out of area with a referral",           ABROAD | authorized(kind="referral"),            PASSES),
    ("out of area filed",                     ABROAD | authorized(kind="out_of_area"),         PASSES),
    ("out of area with a relapse",            ABROAD | authorized(),                           whole("authorization.area", "worker")),
    ("authorization's first day",             authorized(valid_from=day("2024-05-01")),        PASSES),
    ("authorization's last day",              authorized(valid_to=day("2024-05-01")),          PASSES),
    ("the day after its last",                authorized(valid_to=day("2024-04-30")),          whole("authorization.dates", "worker")),
    ("the day before its first",              authorized(valid_from=day("2024-05-02")),        whole("authorization.dates", "worker")),
    ("item listed",                           authorized(items=("X1",)),                       PASSES),
    ("item not listed",                       authorized(items=("X2",)),                       whole("authorization.items", "worker")),
    # 23 service life
    ("former device served its life",         device(service_life_years=3) | issued("2021-05-01"), PASSES),
    ("a day short of it",                     device(service_life_years=3) | issued("2021-05-02"), whole("device.service_life", "worker")),
    ("no service life",                       device() | issued("2024-04-01"),                 PASSES),
    ("issued that very day",                  device(service_life_years=1) | issued("2024-05-01"), whole("device.service_life", "worker")),
    ("issued later than the line",            device(service_life_years=3) | issued("2024-05-02"), PASSES),
    # 24 ceilings
    ("at the ceiling",                        row(ceiling_tertiary_yuan="50"),                 PASSES),
    ("over the ceiling",                      row(ceiling_tertiary_yuan="49.995"),             [("price.ceiling", 1, "worker")]),
    ("half a fen of ceiling rounds up",       row(ceiling_tertiary_yuan="49.9925"),            [("price.ceiling", 1, "worker")]),
    ("another level's ceiling",               row(ceiling_secondary_yuan="1"),                 PASSES),
    ("ceiling of the level on the day",       row(ceiling_secondary_yuan="30") | agreed(level="secondary"), [("price.ceiling", 40_00, "worker")]),
    ("a device over its ceiling",             device(ceiling_tertiary_yuan="60"),              [("device.ceiling", 40_00, "worker")]),
    ("a device at its ceiling",               device(ceiling_tertiary_yuan="100"),             PASSES),
    # 25 third party
    ("third party paid a part",               visit(third_party_paid_fen=30_00),               [("third_party.paid", 30_00, "worker")]),
    ("third party paid for the injury",       recognised(third_party_paid_fen=200_00),         whole("third_party.paid", "worker")),
    ("both paid",                             visit(third_party_paid_fen=30_00) | recognised(third_party_paid_fen=20_00), [("third_party.paid", 50_00, "worker")]),
    ("set off before",                        recognised(third_party_paid_fen=50_00) | {"used": (Used(allowance_id="third-party:recognition:R1", fund_fen=40_00, quantity="0", days=()),)}, [("third_party.paid", 10_00, "worker")]),
    # 26 limits
    ("a day left",                            authorized(days=2) | used(1, days=("2024-04-01",)), PASSES),
    ("no day left",                           authorized(days=1) | used(1, days=("2024-04-01",)), whole("authorization.days", "worker")),
    ("a day that was taken",                  authorized(days=1) | used(1, days=("2024-05-01",)), PASSES),
    ("quantity left",                         authorized(quantity="3") | used(1, "1"),         PASSES),
    ("part of the quantity left",             authorized(quantity="3") | used(1, "2.5"),       [("authorization.quantity", 75_00, "worker")]),
    ("a third of it, half up",                authorized(quantity="2") | item(quantity="3", unit_price_yuan="33.3333"), [("authorization.quantity", 33_33, "worker")]),
    ("no quantity left",                      authorized(quantity="3") | used(1, "3"),         whole("authorization.quantity", "worker")),
    ("amount left to the fen",                authorized(amount_fen=150_00) | used(50_00),     PASSES),
    ("a fen short",                           authorized(amount_fen=150_00) | used(50_01),     [("authorization.amount", 1, "worker")]),
    ("no amount left",                        authorized(amount_fen=150_00) | used(150_00),    whole("authorization.amount", "worker")),
    ("overdrawn before",                      authorized(amount_fen=150_00) | used(200_00),    whole("authorization.amount", "worker")),
    # several cuts of one line
    ("ceiling, third party, amount",          authorized(amount_fen=10_00) | row(ceiling_tertiary_yuan="40") | {"visit": replace(UNDER_A1, third_party_paid_fen=30_00)},
                                              [("price.ceiling", 20_00, "worker"), ("third_party.paid", 30_00, "worker"), ("authorization.amount", 40_00, "worker")]),
    ("fen over, ceiling",                     item(amount_fen=100_01) | row(ceiling_tertiary_yuan="40"), [("arithmetic.amount", 1, "provider"), ("price.ceiling", 20_00, "worker")]),
    # policy
    ("policy names another bearer",           item(self_paid=True) | {"policy": replace(POLICY, bearers={"line.self_paid": "employer"})}, whole("line.self_paid", "employer")),
    ("policy of another area does not",       item(self_paid=True) | {"policy": replace(POLICY, area=ELSEWHERE, bearers={"line.self_paid": "employer"})}, whole("line.self_paid", "worker")),
    ("zero is nothing to judge",              item(quantity="0", amount_fen=0, self_paid=True), PASSES),
]
# fmt: on

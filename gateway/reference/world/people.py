"""The world's workers, employers, enrolments, recognitions and authorizations, beside those of the cases."""

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field

from gateway.reference.kinds import Employer
from gateway.reference.world.catalog import DEVICES, HOME, REHABILITATION
from gateway.reference.world.draw import Draw
from gateway.reference.world.providers import ELSEWHERE_TERTIARY, TERTIARY
from schemas.facts import Authorization, Enrolment, Recognition, Worker
from schemas.scalars import WORK_INJURY, AuthorizationKind

WORKERS = 500
EMPLOYERS = 60
UNTIL = date(2027, 12, 31)
STEMS = "甲乙丙丁戊己庚辛壬癸"
INJURIES = (("S52", "前臂"), ("S61", "手腕"), ("S62", "手"), ("S82", "小腿"), ("S92", "足"), ("T92", "上肢后遗症"))
# Chances in a hundred.
_INJURED_FIRST, _OWING, _PAID_LATER = range(1, 7), range(7, 10), range(10, 13)
_LATE = range(98, 101)
_STATES: dict[int, Literal["pending", "recognised", "refused", "revoked"]] = {
    **dict.fromkeys(range(1, 5), "pending"),
    **dict.fromkeys(range(5, 7), "refused"),
    **dict.fromkeys(range(7, 9), "revoked"),
}
KINDS: tuple[AuthorizationKind, ...] = ("treatment", "referral", "out_of_area", "relapse", "rehabilitation", "device")


class People(Struct, kw_only=True):
    """All that is known of persons. Facts beside workers stand with their worker's id."""

    employers: list[Employer] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    enrolments: list[tuple[str, Enrolment]] = field(default_factory=list)
    recognitions: list[tuple[str, Recognition]] = field(default_factory=list)
    authorizations: list[tuple[str, Authorization]] = field(default_factory=list)


def employers() -> list[Employer]:
    """Return the employers E0001 …."""
    return [
        Employer(employer_id=f"E{number:04d}", area=HOME, scheme=WORK_INJURY, name=f"示例用人单位{number:04d}")
        for number in range(1, EMPLOYERS + 1)
    ]


def worker(number: int, birthday: date, *, female: bool = False) -> Worker:
    """Return a worker who cannot be anybody: no division has the number 000000."""
    return Worker(
        worker_id=f"W{number:05d}",
        area=HOME,
        name=f"测试{STEMS[number % len(STEMS)]}{number:04d}",
        certno=f"000000{birthday:%Y%m%d}{number % 1000:03d}X",
        sex="female" if female else "male",
        birthday=birthday,
        employer_id=f"E{number % EMPLOYERS + 1:04d}",
    )


def enrolment(of: Worker, effective_from: date, *, arrears: bool = False, paid_on: date | None = None) -> Enrolment:
    """Return a spell that is open-ended and takes effect the day after the roster was received."""
    return Enrolment(
        enrolment_no=f"{of.worker_id}-C1",
        area=HOME,
        scheme=WORK_INJURY,
        employer_id=of.employer_id,
        valid_from=effective_from - timedelta(days=1),
        effective_from=effective_from,
        arrears=arrears,
        arrears_paid_on=paid_on,
    )


def authorization(of: Worker, kind: AuthorizationKind, number: int = 1, recognition: int = 1) -> Authorization:
    """Return an authorization of 2026 and 2027 without limits."""
    return Authorization(
        authorization_no=f"{of.worker_id}-A{number}",
        recognition_no=f"{of.worker_id}-R{recognition}",
        qualification_id=f"{of.worker_id}-QA{number}",
        kind=kind,
        valid_from=date(2026, 1, 1),
        valid_to=UNTIL,
        state="issued",
    )


def add_others(people: People, seed: int) -> None:
    """Add workers until there are 500, most of them without any trouble."""
    draw = Draw(seed, "people")
    for number in range(len(people.workers) + 1, WORKERS + 1):
        of = worker(number, draw.day(date(1966, 1, 1), date(2004, 12, 31)), female=draw.in_hundred(30))
        injured_on = draw.day(date(2026, 1, 10), date(2026, 8, 31))
        people.workers.append(of)
        people.enrolments.append((of.worker_id, _enrolment(draw, of, injured_on)))
        people.recognitions.append((of.worker_id, _recognition(draw, of, 1, injured_on)))
        if draw.in_hundred(10):
            second = draw.day(injured_on, date(2026, 9, 15))
            people.recognitions.append((of.worker_id, _recognition(draw, of, 2, second)))
        if draw.in_hundred(45):
            people.authorizations.append((of.worker_id, _authorization(draw, of, KINDS[number % len(KINDS)])))


def _enrolment(draw: Draw, of: Worker, injured_on: date) -> Enrolment:
    chance = draw.between(1, 100)
    if chance in _INJURED_FIRST:
        return enrolment(of, injured_on + timedelta(days=draw.between(5, 60)))
    if chance in _OWING:
        return enrolment(of, date(2025, 2, 2), arrears=True)
    if chance in _PAID_LATER:
        return enrolment(of, date(2025, 2, 2), arrears=True, paid_on=injured_on + timedelta(days=draw.between(5, 60)))
    return enrolment(of, draw.day(date(2020, 1, 2), date(2025, 12, 31)))


def _recognition(draw: Draw, of: Worker, number: int, injured_on: date) -> Recognition:
    chance = draw.between(1, 100)
    late = chance in _LATE
    applied_on = injured_on + timedelta(days=draw.between(35, 50) if late else draw.between(1, 20))
    accepted_on = applied_on + timedelta(days=draw.between(1, 5))
    state = _STATES.get(chance, "recognised")
    code, part = draw.one_of(INJURIES)
    third_party = draw.in_hundred(5)
    return Recognition(
        recognition_no=f"{of.worker_id}-R{number}",
        qualification_id=f"{of.worker_id}-Q{number}",
        area=HOME,
        scheme=WORK_INJURY,
        employer_id=of.employer_id,
        kind="occupational_disease" if draw.in_hundred(6) else "accident",
        injured_on=injured_on,
        applicant="employer",
        applied_on=applied_on,
        accepted_on=None if state == "pending" else accepted_on,
        decided_on=None if state == "pending" else accepted_on + timedelta(days=draw.between(10, 30)),
        body_parts=(part,),
        diagnosis_codes=(code,),
        third_party=third_party,
        third_party_paid_fen=draw.between(1, 50) * 10_000 if third_party else 0,
        state=state,
        revoked_on=injured_on + timedelta(days=150) if state == "revoked" else None,
    )


def _authorization(draw: Draw, of: Worker, kind: AuthorizationKind) -> Authorization:
    """Return one of the kind, with a limit in most cases and a very small one in some."""
    base = authorization(of, kind)
    amount_fen = draw.one_of((None, 5_000, 200_000, 2_000_000))
    fields = {name: getattr(base, name) for name in base.__struct_fields__}
    match kind:
        case "rehabilitation":
            items = tuple(row[0] for row in REHABILITATION[:8]) if draw.in_hundred(30) else ()
            limits = {"provider_kind": "rehabilitation_centre", "days": draw.one_of((None, 2, 30, 90)), "items": items}
        case "device":
            code = draw.one_of(DEVICES)[0]
            limits = {"provider_kind": "device_supplier", "quantity": draw.one_of((None, "1", "2")), "items": (code,)}
        case "referral":
            limits = {"provider_code": TERTIARY, "amount_fen": amount_fen}
        case "out_of_area":
            limits = {"provider_code": ELSEWHERE_TERTIARY, "amount_fen": amount_fen}
        case _:
            limits = {"provider_kind": "hospital", "amount_fen": amount_fen, "days": draw.one_of((None, None, 60))}
    return Authorization(**{**fields, **limits})

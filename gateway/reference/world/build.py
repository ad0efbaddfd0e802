"""Puts the world together and writes it: eleven files for `gateway import all`, world.json, and a page about them."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gateway.reference.kinds import KINDS
from gateway.reference.world import bounds, catalog, people
from gateway.reference.world.cases import CLEAN, ENTITLEMENTS, PRICES
from gateway.reference.world.cases_of_bills import DUPLICATES, REFUSALS, SETTLED_REFUNDS
from gateway.reference.world.cases_of_enrolment import ENROLMENTS, WINDOWS
from gateway.reference.world.cases_of_limits import BEDS, BENEFITS, LIMITS, PAIRS
from gateway.reference.world.cases_of_lines import LINES, REFUNDS
from gateway.reference.world.cases_of_money import DEVICES, ROUNDING, THIRD_PARTIES, TOGETHER
from gateway.reference.world.cases_of_persons import PERSONS
from gateway.reference.world.cases_of_stays import PLACES, SHARED_LIMITS, STAYS
from gateway.reference.world.draw import Draw, token
from gateway.reference.world.people import People
from gateway.reference.world.providers import matches, providers
from gateway.reference.world.stories import Case, Expected, Story, told
from schemas.facts import CatalogItem, Limit, Match, Pair, Policy, Provider
from schemas.scalars import WORK_INJURY

AS_OF = date(2026, 11, 1)
NOTE_ZH = "示例世界:姓名、机构、证件号码、价格均为虚构;部分目录编码及限制取自公开目录。不得用于真实结算。"
NOTE_EN = (
    "An invented world: names, institutions, identity numbers and prices are made up; some catalog codes and limits are"
    " those of published lists. Not for settling anything real."
)


class World(Struct, frozen=True, kw_only=True):
    """Everything of one seed."""

    seed: int
    providers: list[Provider]
    people: People
    items: list[CatalogItem]
    matches: list[Match]
    limits: list[Limit]
    pairs: list[Pair]
    policies: list[Policy]
    cases: list[Case]


def build(seed: int) -> World:
    """Return the world of a seed; the same seed gives the same world."""
    cases = [told(story, number) for number, story in enumerate(_stories(), 1)]
    home = catalog.home_items(Draw(seed, "catalog"))
    items = [*home, *catalog.items_elsewhere(home)]
    everyone = providers(seed)
    return World(
        seed=seed,
        providers=everyone,
        people=_people(cases, seed),
        items=items,
        matches=matches(seed, everyone, items),
        limits=bounds.limits(),
        pairs=bounds.pairs(),
        policies=[*_home_policies(), Policy(area=catalog.ELSEWHERE, scheme=WORK_INJURY, valid_from=catalog.FROM)],
        cases=cases,
    )


def _home_policies() -> list[Policy]:
    """Return home's policy before and since 1 October 2026, when days of a stay began to be given for; all invented."""
    before = Policy(
        area=catalog.HOME,
        scheme=WORK_INJURY,
        valid_from=catalog.FROM,
        valid_to=date(2026, 9, 30),
        bed_ceiling_tertiary_yuan="60",
        bed_ceiling_secondary_yuan="50",
        bed_ceiling_primary_yuan="40",
        bed_ceiling_ungraded_yuan="30",
        death_day_codes=("0011", "0012", "0031", "0033", "C", "X", "Z"),
    )
    since = replace(
        before, valid_from=date(2026, 10, 1), valid_to=None, food_subsidy_fen=3_000, food_subsidy_max_fen=15_000
    )
    return [before, since]


def _stories() -> Iterator[Story]:
    yield from (*CLEAN, *PRICES, *ENTITLEMENTS, *PERSONS, *LINES, *REFUNDS)
    yield from (*ENROLMENTS, *WINDOWS, *STAYS, *SHARED_LIMITS, *PLACES)
    yield from (*ROUNDING, *TOGETHER, *THIRD_PARTIES, *DEVICES, *SETTLED_REFUNDS, *DUPLICATES, *REFUSALS)
    yield from (*LIMITS, *PAIRS, *BEDS, *BENEFITS)


def _people(cases: list[Case], seed: int) -> People:
    found = People(employers=people.employers())
    for case in cases:
        owner = case.worker.worker_id
        found.workers.append(case.worker)
        found.enrolments.append((owner, case.enrolment))
        found.recognitions += [(owner, recognition) for recognition in case.recognitions]
        found.authorizations += [(owner, authorization) for authorization in case.authorizations]
    people.add_others(found, seed)
    return found


def write(world: World, out: Path) -> list[Path]:
    """Write the files of a world into a folder, made where there is none; return their paths."""
    out.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.csv": text for name, text in csv_texts(world).items()}
    texts["world.json"] = msgspec.json.format(msgspec.json.encode(description(world)), indent=1).decode() + "\n"
    texts["README.md"] = f"# Seed {world.seed}\n\n{NOTE_ZH}\n\n{NOTE_EN}\n"
    for name, text in texts.items():
        (out / name).write_bytes(text.encode())
    return [out / name for name in texts]


def csv_texts(world: World) -> dict[str, str]:
    """Return the eleven import files by kind."""
    owned: dict[str, Iterable[tuple[str, Struct]]] = {
        "enrolments": world.people.enrolments,
        "recognitions": world.people.recognitions,
        "authorizations": world.people.authorizations,
    }
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "providers": (row for provider in world.providers for row in _provider_rows(provider)),
        "employers": map(msgspec.structs.asdict, world.people.employers),
        "workers": map(msgspec.structs.asdict, world.people.workers),
        **{
            kind: ({"worker_id": owner, **msgspec.structs.asdict(fact)} for owner, fact in facts)
            for kind, facts in owned.items()
        },
        "catalog": map(msgspec.structs.asdict, world.items),
        "matches": map(msgspec.structs.asdict, world.matches),
        "limits": map(msgspec.structs.asdict, world.limits),
        "pairs": map(msgspec.structs.asdict, world.pairs),
        "policy": map(msgspec.structs.asdict, world.policies),
    }
    return {kind: _csv(kind, rows[kind]) for kind in KINDS}


def _provider_rows(provider: Provider) -> Iterator[dict[str, Any]]:
    for agreement in provider.agreements:
        yield {**msgspec.structs.asdict(provider), **msgspec.structs.asdict(agreement)}


def _csv(kind: str, rows: Iterable[dict[str, Any]]) -> str:
    names = [column.name for column in KINDS[kind].columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return "|".join(value)
        case dict():
            return "|".join(f"{name}={one}" for name, one in value.items())
        case _:
            return str(value)


def description(world: World) -> dict[str, Any]:
    """Return world.json: what a script needs to talk to a gateway that has imported the world."""
    telling = {case.worker.worker_id: case.story.name for case in world.cases}
    return {
        "seed": world.seed,
        "as_of": AS_OF.isoformat(),
        "note_zh": NOTE_ZH,
        "note_en": NOTE_EN,
        "providers": [_provider(world.seed, provider) for provider in world.providers],
        "workers": _workers(world.people, telling),
        "items": [_item(item) for item in world.items if item.area == catalog.HOME],
        "cases": [_case(case) for case in world.cases],
    }


def _provider(seed: int, provider: Provider) -> dict[str, Any]:
    level = next(spell.level for spell in provider.agreements if spell.valid_to is None or spell.valid_to >= AS_OF)
    return {
        "code": provider.code,
        "name": provider.name,
        "kind": provider.kind,
        "level": level,
        "area": provider.area,
        "dialect": provider.dialect,
        "token": token(seed, provider.code),
    }


def _workers(persons: People, telling: dict[str, str]) -> list[dict[str, Any]]:
    """The recognition's own qualification first; a case's worker is kept out of other bills by its `case`."""
    qualifications: dict[str, list[dict[str, Any]]] = {of.worker_id: [] for of in persons.workers}
    for owner, recognition in persons.recognitions:
        qualifications[owner].append(
            {
                "qualification_id": recognition.qualification_id,
                "kind": "treatment",
                "state": recognition.state,
                "diagnosis_codes": recognition.diagnosis_codes,
            }
        )
    for owner, issued in persons.authorizations:
        qualifications[owner].append(
            {
                "qualification_id": issued.qualification_id,
                "kind": issued.kind,
                "state": issued.state,
                "provider_code": issued.provider_code,
                "items": issued.items,
            }
        )
    return [
        {
            "worker_id": of.worker_id,
            "certno": of.certno,
            "name": of.name,
            "qualification_ids": [one["qualification_id"] for one in qualifications[of.worker_id]],
            "qualifications": qualifications[of.worker_id],
            "case": telling.get(of.worker_id),
        }
        for of in persons.workers
    ]


def _item(item: CatalogItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "kind": item.sort,
        "unit_price": catalog.unit_price(item),
        "restricted": catalog.restricted(item) or bounds.bounded(item),
    }


_NOT_TOLD = {"refused", "blocked_by", "notices", "benefits_fen"}


def _case(case: Case) -> dict[str, Any]:
    first, *following = case.bills
    return {
        "name": case.story.name,
        "says": {"zh": case.story.says.zh, "en": case.story.says.en},
        "provider": case.story.provider,
        "request": first.request,
        "expect": _expect(first.expected),
        "then": [{"request": bill.request, "expect": _expect(bill.expected)} for bill in following],
    }


def _expect(expected: Expected) -> dict[str, Any]:
    if expected.refused is not None:
        return {"refused": expected.refused}
    told = {name: value for name, value in msgspec.structs.asdict(expected).items() if name not in _NOT_TOLD}
    return told | ({"benefits_fen": expected.benefits_fen} if expected.benefits_fen else {})

"""The city a load runs in: nine CSV files for `gateway import all`, every name computed from its number.

Persons, providers and prices are invented. Everything lies in a past year, so that no clock makes a bill's day a future
one. What a bill may name (worker, qualification, item, token) is a function of a number: a generator needs no files.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct

from schemas.scalars import CatalogSort, ProviderKind

AREA, SCHEME = "321100", "410"
PLACE = {"area": AREA, "scheme": SCHEME}
SINCE = "2020-01-01"
INJURED_ON, APPLIED_ON, DECIDED_ON = "2025-01-05", "2025-01-10", "2025-02-01"
ISSUED_FROM, ISSUED_TO = "2025-01-05", "2025-12-31"
DIAGNOSIS = "S52.500"
WORKERS_PER_EMPLOYER = 100

Row: TypeAlias = dict[str, Any]
Granted: TypeAlias = Literal["relapse", "rehabilitation", "device"]

_SHARES: dict[CatalogSort, int] = {
    "drug": 11,
    "service": 5,
    "consumable": 1,
    "inpatient_standard": 1,
    "rehabilitation": 1,
    "device": 1,
}
_SORTS = tuple(sort for sort, share in _SHARES.items() for _ in range(share))
"""Sorts of twenty items in a row, in about the shares of a real catalog that lists no herbs."""
_GRANTED: dict[int, Granted] = {3: "rehabilitation", 5: "relapse", 7: "device"}
"""Last digit of a worker's number → the authorization that he has beside his recognition."""
LAST_DIGIT: dict[Granted, int] = {kind: digit for digit, kind in _GRANTED.items()}
RELAPSE_FEN = 60_000
REHABILITATION_FEN, REHABILITATION_DAYS = 600_000, 40
DEVICES = 2
MATCHED_ITEMS = 50
"""So many of the first items have a local code at every provider."""


class City(Struct, frozen=True, kw_only=True):
    """How large a load city is."""

    workers: Annotated[int, Meta(ge=10, le=999_999)] = 100_000
    providers: Annotated[int, Meta(ge=17, le=9_999)] = 68
    items: Annotated[int, Meta(ge=20, le=500_000)] = 1_000


def worker_id(number: int) -> str:
    """Return the id of worker `number`, from 0."""
    return f"W{number:06d}"


def qualification_id(number: int) -> str:
    """Return the qualification that a worker's recognition gives (treatment)."""
    return f"QR{number:06d}"


def granted(number: int) -> Granted | None:
    """Return the kind of authorization that a worker has, if any."""
    return _GRANTED.get(number % 10)


def granted_id(number: int) -> str:
    """Return the qualification of the worker's authorization; meaningless where he has none."""
    return f"QA{number:06d}"


def provider_code(number: int) -> str:
    """Return the code of provider `number`, from 0."""
    return f"H3211{number:07d}"


def provider_kind(number: int) -> ProviderKind:
    """Return what a provider is: of seventeen, one a rehabilitation centre and one a device supplier."""
    match number % 17:
        case 15:
            return "rehabilitation_centre"
        case 16:
            return "device_supplier"
        case _:
            return "hospital"


def provider_numbers(city: City, kind: ProviderKind) -> list[int]:
    """Return the numbers of a city's providers of a kind."""
    return [number for number in range(city.providers) if provider_kind(number) == kind]


def token(number: int) -> str:
    """Return the bearer token of a provider; it opens an invented city only."""
    return f"load-{provider_code(number)}-{hashlib.sha256(provider_code(number).encode()).hexdigest()[:24]}"


def item_code(number: int) -> str:
    """Return the catalog code of item `number`, from 0."""
    return f"L{number:06d}"


def item_name(number: int) -> str:
    """Return the name of an item."""
    return f"示例诊疗药品项目{number:06d}（规格{number % 9 + 1}每盒装）"


def item_sort(number: int) -> CatalogSort:
    """Return the sort of an item."""
    return _SORTS[number % len(_SORTS)]


def item_fen(number: int) -> int:
    """Return the price of an item, in fen; it is also its ceiling at every level."""
    return (100 + number * 7_919 % 9_900) * (40 if item_sort(number) == "device" else 1)


def yuan(fen: int) -> str:
    """Return a price in fen, not negative, as the text of yuan."""
    return f"{fen // 100}.{fen % 100:02d}"


def local_code(item: int) -> str:
    """Return the code that every provider has of its own for one of the matched items."""
    return f"院内{item:05d}"


def write(city: City, folder: Path) -> None:
    """Write the city's nine files into a folder, which is made. 100,000 workers take a few seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in _FILES.items():
        _write(folder / f"{kind}.csv", rows(city))


def _write(path: Path, rows: Iterable[Row]) -> None:
    """Write rows that all have the first one's columns."""
    rows = iter(rows)
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(first)
        writer.writerow(first.values())
        writer.writerows(row.values() for row in rows)


def _providers(city: City) -> Iterator[Row]:
    levels = ("tertiary", "secondary", "secondary", "primary")
    for number in range(city.providers):
        yield {
            **PLACE,
            "code": provider_code(number),
            "name": f"示例机构{number:04d}",
            "kind": provider_kind(number),
            "dialect": "native",
            "token_sha256": hashlib.sha256(token(number).encode()).hexdigest(),
            "valid_from": SINCE,
            "level": levels[number % len(levels)],
            "agreement_no": f"AG{number:06d}",
            "state": "in_force",
        }


def _employers(city: City) -> Iterator[Row]:
    for number in range(-(-city.workers // WORKERS_PER_EMPLOYER)):
        yield {**PLACE, "employer_id": f"E{number:05d}", "name": f"示例单位{number:05d}"}


def _employer_of(worker: int) -> str:
    return f"E{worker // WORKERS_PER_EMPLOYER:05d}"


def _workers(city: City) -> Iterator[Row]:
    for number in range(city.workers):
        born = date(1966, 1, 1) + timedelta(days=number * 37 % 14_000)
        yield {
            "worker_id": worker_id(number),
            "area": AREA,
            "name": f"示例{number:06d}",
            "certno": f"000000{born:%Y%m%d}{number:06d}",
            "sex": "female" if number % 4 == 0 else "male",
            "birthday": born.isoformat(),
            "employer_id": _employer_of(number),
        }


def _enrolments(city: City) -> Iterator[Row]:
    for number in range(city.workers):
        yield {
            **PLACE,
            "worker_id": worker_id(number),
            "enrolment_no": f"EN{number:06d}",
            "employer_id": _employer_of(number),
            "valid_from": "2019-01-01",
            "effective_from": "2019-01-02",
        }


def _recognitions(city: City) -> Iterator[Row]:
    for number in range(city.workers):
        yield {
            **PLACE,
            "worker_id": worker_id(number),
            "recognition_no": f"R{number:06d}",
            "qualification_id": qualification_id(number),
            "employer_id": _employer_of(number),
            "kind": "accident",
            "injured_on": INJURED_ON,
            "applicant": "employer",
            "applied_on": APPLIED_ON,
            "accepted_on": APPLIED_ON,
            "decided_on": DECIDED_ON,
            "diagnosis_codes": "S52",
            "state": "recognised",
        }


def _authorizations(city: City) -> Iterator[Row]:
    limits: dict[Granted, Row] = {
        "relapse": {"amount_fen": RELAPSE_FEN, "days": "", "quantity": ""},
        "rehabilitation": {"amount_fen": REHABILITATION_FEN, "days": REHABILITATION_DAYS, "quantity": ""},
        "device": {"amount_fen": "", "days": "", "quantity": DEVICES},
    }
    for number in range(city.workers):
        if (kind := granted(number)) is not None:
            yield {
                "worker_id": worker_id(number),
                "authorization_no": f"A{number:06d}",
                "recognition_no": f"R{number:06d}",
                "qualification_id": granted_id(number),
                "kind": kind,
                "valid_from": ISSUED_FROM,
                "valid_to": ISSUED_TO,
                "state": "issued",
                **limits[kind],
            }


def _catalog(city: City) -> Iterator[Row]:
    for number in range(city.items):
        price = yuan(item_fen(number))
        yield {
            **PLACE,
            "code": item_code(number),
            "sort": item_sort(number),
            "name": item_name(number),
            "valid_from": SINCE,
            **{f"ceiling_{level}_yuan": price for level in ("tertiary", "secondary", "primary", "ungraded")},
            "age_min_years": 16 if number % 7 == 0 else "",
            "service_life_years": 1 if item_sort(number) == "device" else "",
        }


def _matches(city: City) -> Iterator[Row]:
    for number in range(city.providers):
        for item in range(min(MATCHED_ITEMS, city.items)):
            yield {
                **PLACE,
                "provider_code": provider_code(number),
                "local_code": local_code(item),
                "catalog_code": item_code(item),
                "state": "approved",
                "valid_from": SINCE,
            }


def _policy(_: City) -> Iterator[Row]:
    yield {**PLACE, "valid_from": SINCE}


_FILES: dict[str, Callable[[City], Iterator[Row]]] = {
    "providers": _providers,
    "employers": _employers,
    "workers": _workers,
    "enrolments": _enrolments,
    "recognitions": _recognitions,
    "authorizations": _authorizations,
    "catalog": _catalog,
    "matches": _matches,
    "policy": _policy,
}

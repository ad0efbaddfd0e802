"""A small city for tests of the whole house: two hospitals, a rehabilitation centre, a supplier, a few workers.

Everything is imported through the house's own import; prices and persons are invented.
"""

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

from gateway.app import prepare
from gateway.reference.importing import import_files
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create

AREA, SCHEME = "321100", "410"
HOSPITAL, OTHER, REHAB, SUPPLIER = "H32110000001", "H32110000002", "H32110000003", "H32110000004"
JIANGSU = "H32110000005"
TOKENS = {
    code: f"token-of-{code}-0123456789abcdef0123456789abcdef" for code in (HOSPITAL, OTHER, REHAB, SUPPLIER, JIANGSU)
}
KINDS = {REHAB: "rehabilitation_centre", SUPPLIER: "device_supplier"}
WORKERS = 40
PLACE = {"area": AREA, "scheme": SCHEME}


def providers() -> list[dict[str, Any]]:
    return [
        {
            **PLACE,
            "code": code,
            "name": f"示例机构{code[-2:]}",
            "kind": KINDS.get(code, "hospital"),
            "dialect": "jiangsu_injury" if code == JIANGSU else "native",
            "token_sha256": hashlib.sha256(token.encode()).hexdigest(),
            "valid_from": "2020-01-01",
            "level": "tertiary",
            "agreement_no": f"AG{code[-2:]}",
            "state": "in_force",
        }
        for code, token in TOKENS.items()
    ]


def catalog() -> list[dict[str, Any]]:
    def item(code: str, sort: str, name: str, **more: Any) -> dict[str, Any]:
        return {**PLACE, "code": code, "sort": sort, "name": name, "valid_from": "2020-01-01", **more}

    return [
        item("001102000050000", "service", "住院诊查费", ceiling_tertiary_yuan="20.00"),
        item("001109000010000", "inpatient_standard", "普通病房床位费", ceiling_tertiary_yuan="50.00"),
        item("XJ01", "drug", "示例药品"),
        item("C0345", "consumable", "示例耗材"),
        item("003402000200000", "rehabilitation", "运动疗法"),
        item("10001", "device", "假手指", ceiling_tertiary_yuan="900.00", service_life_years="1"),
    ]


def worker_id(number: int) -> str:
    return f"W{number:05d}"


def workers() -> list[dict[str, Any]]:
    return [
        {
            "worker_id": worker_id(number),
            "area": AREA,
            "name": f"测试甲{number:04d}",
            "certno": f"000000190001{number:06d}",
            "sex": "male",
            "birthday": "1985-05-05",
            "employer_id": "E1",
        }
        for number in range(WORKERS)
    ]


def enrolments() -> list[dict[str, Any]]:
    return [
        {
            **PLACE,
            "worker_id": worker_id(number),
            "enrolment_no": f"EN{number}",
            "employer_id": "E1",
            "valid_from": "2019-01-01",
            "effective_from": "2019-01-02",
        }
        for number in range(WORKERS)
    ]


def recognitions() -> list[dict[str, Any]]:
    return [
        {
            **PLACE,
            "worker_id": worker_id(number),
            "recognition_no": f"R{number}",
            "qualification_id": f"QR{number}",
            "employer_id": "E1",
            "kind": "accident",
            "injured_on": "2026-01-05",
            "applicant": "employer",
            "applied_on": "2026-01-10",
            "accepted_on": "2026-01-12",
            "decided_on": "2026-02-01",
            "diagnosis_codes": "S52",
            "state": "recognised",
        }
        for number in range(WORKERS)
    ]


def authorizations(amount_fen: int | None = None) -> list[dict[str, Any]]:
    """One authorization a worker: relapse with an amount; rehabilitation for worker 1, a device for worker 2."""

    def granted(number: int, kind: str, **more: Any) -> dict[str, Any]:
        return {
            "worker_id": worker_id(number),
            "authorization_no": f"A{kind}{number}",
            "recognition_no": f"R{number}",
            "qualification_id": f"QA{kind}{number}",
            "kind": kind,
            "valid_from": "2026-01-01",
            "valid_to": "2027-12-31",
            "state": "issued",
            **more,
        }

    return [
        *(granted(number, "relapse", amount_fen=amount_fen) for number in range(WORKERS)),
        granted(1, "rehabilitation", days=5),
        granted(2, "device", quantity=1),
    ]


def sheet(rows: list[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def files(**changed: list[dict[str, Any]]) -> dict[str, bytes]:
    employer = {**PLACE, "employer_id": "E1", "name": "示例单位"}
    kinds = {
        "providers": providers(),
        "employers": [employer],
        "workers": workers(),
        "enrolments": enrolments(),
        "recognitions": recognitions(),
        "authorizations": authorizations(),
        "catalog": catalog(),
        "policy": [{**PLACE, "valid_from": "2020-01-01"}],
    } | changed
    return {kind: sheet(rows) for kind, rows in kinds.items()}


async def found(dsn: str, secrets: Path, **changed: list[dict[str, Any]]) -> None:
    """Prepare a migrated database and import the city, some of its files changed."""
    await take_in(dsn, secrets, files(**changed))


async def take_in(dsn: str, secrets: Path, sheets: dict[str, bytes]) -> None:
    """Prepare a migrated database and import these files."""
    seals = load_or_create(secrets)
    await prepare(dsn, seals)
    connection = await connect(dsn, application_name="tests")
    try:
        await import_files(connection, sheets, seals)
    finally:
        await connection.close()


def line(number: int, **changed: Any) -> dict[str, Any]:
    """A line of ten yuan for a drug without ceiling."""
    return {
        "item_no": f"I{number:04d}",
        "catalog_code": "XJ01",
        "quantity": "2",
        "unit_price_yuan": "5.00",
        "amount_fen": 1000,
        "occurred_at": "2026-11-02T10:00:00+08:00",
    } | changed


def bill(worker: int, visit_no: str, *, lines: int = 3, bill_no: str = "B1", **changed: Any) -> dict[str, Any]:
    """A clean outpatient bill under the worker's own recognition."""
    visit = {
        "visit_no": visit_no,
        "worker_id": worker_id(worker),
        "visit_kind": "outpatient",
        "admitted_at": "2026-11-02T08:00:00+08:00",
        "diagnosis_codes": ["S52.500"],
        "qualification_ids": [changed.pop("qualification_id", f"QR{worker}")],
    }
    items = changed.pop("items", [line(number) for number in range(lines)])
    return {"visit": visit | changed.pop("visit", {}), "bill": {"bill_no": bill_no} | changed, "items": items}

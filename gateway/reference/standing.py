"""Reads from the tables what the rows of an import refer to."""

from collections.abc import Iterable
from typing import Any

from gateway.reference.files import Sheet
from gateway.reference.known import Known
from gateway.reference.reading import Connection
from gateway.store.facts import authorization_of, recognition_of
from gateway.store.queries import QUERIES
from gateway.store.sealing import Seals


async def standing(connection: Connection, sheets: Iterable[Sheet], seals: Seals) -> Known:
    """Return the keys that stand in the tables among those that the files name."""
    sheets = list(sheets)
    known = Known()
    workers = _named(sheets, "worker_id")
    employers = await connection.fetch(QUERIES["import_known_employers"].sql, _named(sheets, "employer_id"))
    known.employers = {row["employer_id"] for row in employers}
    rows = await connection.fetch(QUERIES["import_known_workers"].sql, workers)
    known.workers = {row["worker_id"] for row in rows}
    await _identities(connection, known, _named(sheets, "certno"), seals)
    await _qualifications(connection, known, workers, seals)
    await _providers(connection, known)
    codes = sorted({*_named(sheets, "catalog_code"), *_named(sheets, "sub_code"), *_listed(sheets, "items")})
    for row in await connection.fetch(QUERIES["import_known_codes"].sql, codes):
        known.codes.setdefault(row["code"], set()).add((row["area"], row["scheme"]))
    return known


def _named(sheets: Iterable[Sheet], column: str) -> list[str]:
    values = (entry.values.get(column) for sheet in sheets for entry in sheet.entries)
    return sorted({value for value in values if value is not None})


def _listed(sheets: Iterable[Sheet], column: str) -> list[Any]:
    return [value for sheet in sheets for entry in sheet.entries for value in entry.values.get(column) or ()]


async def _identities(connection: Connection, known: Known, certnos: list[str], seals: Seals) -> None:
    by_index = {seals.blind_index("certno", certno): certno for certno in certnos}
    rows = await connection.fetch(QUERIES["import_known_identities"].sql, list(by_index))
    known.certnos = {by_index[bytes(row["certno_index"])]: row["worker_id"] for row in rows}


async def _qualifications(connection: Connection, known: Known, workers: list[str], seals: Seals) -> None:
    for row in await connection.fetch(QUERIES["import_known_recognitions"].sql, workers):
        fact = recognition_of(row["content_sealed"], row["worker_id"], seals)
        known.recognitions[(row["worker_id"], fact.recognition_no)] = (fact.area, fact.scheme)
        known.qualifications[(row["worker_id"], fact.qualification_id)] = ("recognitions", fact.recognition_no)
    for row in await connection.fetch(QUERIES["import_known_authorizations"].sql, workers):
        issued = authorization_of(row["content"])
        known.qualifications[(row["worker_id"], issued.qualification_id)] = ("authorizations", issued.authorization_no)


async def _providers(connection: Connection, known: Known) -> None:
    for row in await connection.fetch(QUERIES["import_known_providers"].sql):
        known.providers[row["code"]] = (row["area"], row["scheme"])
        known.tokens[row["token_sha256"]] = row["code"]

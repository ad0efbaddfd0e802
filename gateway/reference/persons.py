"""Files about persons: rows that differ from the newest of their key add a version; absent rows stay."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from gateway.reference.files import Sheet
from gateway.reference.kinds import Employer
from gateway.reference.reading import Connection, Version
from gateway.reference.wholes import Copy, Part, copy_rows, digest
from gateway.store.facts import (
    authorization_of,
    enrolment_of,
    recognition_of,
    sealed_person,
    sealed_recognition,
    worker_from_row,
)
from gateway.store.queries import QUERIES
from gateway.store.sealing import Seals
from schemas.facts import Authorization, Enrolment, Fact, Recognition, Worker
from schemas.scalars import WORK_INJURY

Owned: TypeAlias = tuple[str, Any]
"""A worker's id (an employer's own id among employers) and a fact."""
Places: TypeAlias = dict[tuple[str, str], tuple[str, str]]
"""Worker and recognition number → area and scheme."""


class Stands(Struct, frozen=True, kw_only=True):
    """A row of a file, and what stands under its key."""

    owner: str
    fact: Any
    before: Any
    """The newest fact of the key; None where there is none."""


async def parts(connection: Connection, sheet: Sheet, seals: Seals) -> list[Part]:
    """Return what a sound file says that is not yet so, by area and scheme."""
    stands, places = await standing_of(connection, sheet, seals)
    groups: dict[tuple[str, str], list[Owned]] = defaultdict(list)
    for row in stands:
        if row.before != row.fact:
            groups[_place(row.owner, row.fact, places)].append((row.owner, row.fact))
    return [
        Part(
            area=area,
            scheme=scheme,
            row_count=len(group),
            sha256=digest(fact for _, fact in group),
            copy=_copier(group, seals),
            facts=[fact for _, fact in group],
        )
        for (area, scheme), group in sorted(groups.items(), key=lambda group: group[0])
    ]


async def standing_of(connection: Connection, sheet: Sheet, seals: Seals) -> tuple[list[Stands], Places]:
    """Return each row of a sound file beside what stands under its key, and where the owners' recognitions are."""
    owned = [_owned(sheet, dict(entry.values)) for entry in sheet.entries]
    owners = sorted({owner for owner, _ in owned})
    before, places = await _before(connection, sheet.kind.name, owners, seals)
    return [Stands(owner=owner, fact=fact, before=before.get((owner, _number(fact)))) for owner, fact in owned], places


def _owned(sheet: Sheet, values: dict[str, Any]) -> Owned:
    match sheet.kind.name:
        case "employers":
            return values["employer_id"], Employer(**values)
        case "workers":
            return values["worker_id"], Worker(**values)
        case _:
            return values.pop("worker_id"), sheet.kind.fact(**values)


def _number(fact: Fact) -> str:
    match fact:
        case Enrolment():
            return fact.enrolment_no
        case Recognition():
            return fact.recognition_no
        case Authorization():
            return fact.authorization_no
        case _:
            return ""


def _place(owner: str, fact: Any, places: Places) -> tuple[str, str]:
    match fact:
        case Worker():
            return fact.area, WORK_INJURY
        case Authorization():
            return places[(owner, fact.recognition_no)]
        case _:
            return fact.area, fact.scheme


async def _before(
    connection: Connection, kind: str, owners: list[str], seals: Seals
) -> tuple[dict[tuple[str, str], Any], Places]:
    """Return the newest facts of the owners, and where their recognitions are."""
    rows = await connection.fetch(QUERIES[f"import_known_{kind}"].sql, owners)
    places: Places = {}
    facts: list[Owned]
    match kind:
        case "employers":
            facts = [(row["employer_id"], Employer(**dict(row))) for row in rows]
        case "workers":
            facts = [(row["worker_id"], worker_from_row(row, seals)) for row in rows]
        case "enrolments":
            facts = [(row["worker_id"], enrolment_of(row["content"])) for row in rows]
        case "recognitions":
            facts = [(row["worker_id"], recognition_of(row["content_sealed"], row["worker_id"], seals)) for row in rows]
        case "authorizations":
            facts = [(row["worker_id"], authorization_of(row["content"])) for row in rows]
            recognitions = await connection.fetch(QUERIES["import_known_recognitions"].sql, owners)
            for row in recognitions:
                fact = recognition_of(row["content_sealed"], row["worker_id"], seals)
                places[(row["worker_id"], fact.recognition_no)] = (fact.area, fact.scheme)
        case _:
            raise AssertionError(f"{kind} is no person kind")
    return {(owner, _number(fact)): fact for owner, fact in facts}, places


def _copier(group: list[Owned], seals: Seals) -> Copy:
    writers: dict[type, Callable[[Connection, Version, list[Owned], Seals], Awaitable[None]]] = {
        Employer: _copy_employers,
        Worker: _copy_workers,
        Enrolment: _copy_enrolments,
        Recognition: _copy_recognitions,
        Authorization: _copy_authorizations,
    }

    async def copy(connection: Connection, version: Version) -> None:
        await writers[type(group[0][1])](connection, version, group, seals)

    return copy


async def _copy(connection: Connection, table: str, version: Version, rows: Iterable[dict[str, Any]]) -> None:
    stamp = {"version": version.version, "effective_at": version.effective_at}
    await copy_rows(connection, table, (stamp | row for row in rows))


async def _copy_employers(connection: Connection, version: Version, group: list[Owned], _: Seals) -> None:
    await _copy(connection, "employer", version, (msgspec.structs.asdict(fact) for _, fact in group))


async def _copy_workers(connection: Connection, version: Version, group: list[Owned], seals: Seals) -> None:
    rows = (
        {
            "worker_id": fact.worker_id,
            "area": fact.area,
            "employer_id": fact.employer_id,
            "sex": fact.sex,
            "birthday": fact.birthday,
            "died_on": fact.died_on,
            "person_sealed": sealed_person(fact, seals),
        }
        for _, fact in group
    )
    await _copy(connection, "worker", version, rows)
    workers = [worker_id for worker_id, _ in group]
    await connection.execute(QUERIES["import_worker_locks"].sql, sorted(workers))
    indexes = [seals.blind_index("certno", fact.certno) for _, fact in group]
    await connection.execute(QUERIES["import_worker_identities"].sql, indexes, workers)


async def _copy_enrolments(connection: Connection, version: Version, group: list[Owned], _: Seals) -> None:
    rows = (
        {
            "worker_id": worker_id,
            "enrolment_no": fact.enrolment_no,
            "area": fact.area,
            "scheme": fact.scheme,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "content": msgspec.json.encode(fact).decode(),
        }
        for worker_id, fact in group
    )
    await _copy(connection, "enrolment", version, rows)


async def _copy_recognitions(connection: Connection, version: Version, group: list[Owned], seals: Seals) -> None:
    rows = (
        {
            "worker_id": worker_id,
            "recognition_no": fact.recognition_no,
            "area": fact.area,
            "scheme": fact.scheme,
            "state": fact.state,
            "content_sealed": sealed_recognition(fact, worker_id, seals),
        }
        for worker_id, fact in group
    )
    await _copy(connection, "recognition", version, rows)
    await _note_holders(connection, group)


async def _copy_authorizations(connection: Connection, version: Version, group: list[Owned], _: Seals) -> None:
    rows = (
        {
            "worker_id": worker_id,
            "authorization_no": fact.authorization_no,
            "area": version.area,
            "scheme": version.scheme,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "state": fact.state,
            "content": msgspec.json.encode(fact).decode(),
        }
        for worker_id, fact in group
    )
    await _copy(connection, "authorization", version, rows)
    await _note_holders(connection, group)


async def _note_holders(connection: Connection, group: list[Owned]) -> None:
    """Note whose the qualifications of recognitions or authorizations are."""
    qualifications = [fact.qualification_id for _, fact in group]
    workers = [worker_id for worker_id, _ in group]
    await connection.execute(QUERIES["import_qualification_holders"].sql, qualifications, workers)

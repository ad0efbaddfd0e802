"""What the agency makes of filings of matches (目录对照): a new version of the matches with them, or a refusal.

A version with approved filings is made as `gateway import matches` makes one: whole, under the import's lock, in force
from a stated instant on. The rows of the newest version are kept, also where that is announced and not yet in force:
then the new one takes effect no earlier.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from gateway.reference import checks, known, wholes
from gateway.reference.faults import Said
from gateway.reference.files import Entry, Sheet
from gateway.reference.filings import Base, Unfit, applied, new_rows
from gateway.reference.importing import lead_of, new_version, newest_of
from gateway.reference.kinds import KINDS
from gateway.reference.reading import Connection
from gateway.reference.standing import standing
from gateway.store.queries import QUERIES
from gateway.store.rows import MatchFilingRow
from gateway.store.sealing import Seals
from schemas.facts import Match

Place = tuple[str, str]


class Approved(Struct, frozen=True, kw_only=True):
    """What became of the approved filings of one area and scheme. written: False where the matches said so already."""

    area: str
    scheme: str
    filing_nos: tuple[str, ...]
    version: int
    effective_at: datetime
    written: bool


class FilingsRefused(Exception):
    """The filings cannot be decided so; nothing was done."""

    def __init__(self, faults: Sequence[Unfit]) -> None:
        super().__init__(f"{len(faults)} faults; nothing was decided")
        self.faults = tuple(faults)


async def approve(
    connection: Connection, filing_nos: Sequence[str], seals: Seals, effective_at: datetime | None = None
) -> list[Approved]:
    """Approve filings, all of them or none; raises FilingsRefused with every fault.

    They are named one by one, and what was filed under a number never changes: nothing is approved that was not seen.
    effective_at is aware; None means: after the import's lead, and no earlier than a version that is announced.
    """
    async with connection.transaction():
        await connection.execute(QUERIES["import_lock"].sql)
        filings = await pending_of(connection, filing_nos)
        bases = await _bases(connection, filings)
        faults = [fault for base in bases.values() for fault in applied(base)]
        faults += await _unknown(connection, bases.values(), seals)
        instant: datetime = await connection.fetchval(QUERIES["reference_instant"].sql)
        faults += [fault for base in bases.values() for fault in _too_early(base, effective_at, instant)]
        if faults:
            raise FilingsRefused(faults)
        begins = effective_at or instant + lead_of(sum(len(base.rows) for base in bases.values()))
        approved = [await _written(connection, base, begins) for base in bases.values()]
        await _decided(connection, filings, "approved", instant, approved=approved)
        await _in_time(connection, approved)
        return approved


async def refuse(connection: Connection, filing_nos: Sequence[str], reason: str) -> list[str]:
    """Refuse filings, all of them or none, and return their numbers; their provider is told the reason.

    Raises FilingsRefused.
    """
    async with connection.transaction():
        filings = await pending_of(connection, filing_nos)
        instant: datetime = await connection.fetchval(QUERIES["reference_instant"].sql)
        await _decided(connection, filings, "refused", instant, reason=reason)
        return [filing.filing_no for filing in filings]


async def pending_of(connection: Connection, filing_nos: Sequence[str]) -> list[MatchFilingRow]:
    """Return the filings of these numbers; raises FilingsRefused for each that is unknown or not pending."""
    rows = await connection.fetch(QUERIES["match_filings_numbered"].sql, filing_nos)
    filings = [MatchFilingRow(**dict(row)) for row in rows]
    there = {filing.filing_no: filing.state for filing in filings if filing.state != "reversed"}
    if faults := [_not_pending(number, there.get(number)) for number in filing_nos if there.get(number) != "pending"]:
        raise FilingsRefused(faults)
    return filings


def _not_pending(filing_no: str, state: str | None) -> Unfit:
    reason = Said(f"状态为{state}", f"it is {state}") if state else Said("没有此申请", "there is no such filing")
    return Unfit(filing_no=filing_no, reason=reason, cure=_LIST)


_LIST = Said("以 gateway matches list 核对", "see what is pending with gateway matches list")


async def _bases(connection: Connection, filings: Iterable[MatchFilingRow]) -> dict[Place, Base]:
    """Return for each area and scheme the rows of its newest version, and the filings that are to change them."""
    groups: dict[Place, list[MatchFilingRow]] = defaultdict(list)
    for filing in filings:
        groups[filing.area, filing.scheme].append(filing)
    newest = await newest_of(connection, "matches")
    bases: dict[Place, Base] = {}
    for (area, scheme), mine in sorted(groups.items()):
        before = newest.get((area, scheme))
        rows = await connection.fetch(QUERIES["matches_of_version"].sql, before.version) if before else []
        matches = [Match(**dict(row)) for row in rows]
        bases[area, scheme] = Base(area=area, scheme=scheme, newest=before, rows=matches, filings=mine)
    return bases


async def newest_rows(connection: Connection) -> list[Match]:
    """Return the rows of the newest version of each area and scheme, announced ones too, in the order of their keys."""
    newest = await newest_of(connection, "matches")
    rows = [await connection.fetch(QUERIES["matches_of_version"].sql, one.version) for one in newest.values()]
    found = [Match(**dict(row)) for some in rows for row in some]
    return sorted(found, key=lambda row: (row.area, row.scheme, row.provider_code, row.local_code, row.valid_from))


async def _unknown(connection: Connection, bases: Iterable[Base], seals: Seals) -> list[Unfit]:
    """Return a fault for each filing whose provider or catalog code is none of its area and scheme any more."""
    found: list[Unfit] = []
    for base in bases:
        filings = [filing for filing in base.filings if filing.act == "match"]
        sheet = _sheet(new_rows(filings))
        there = await standing(connection, [sheet], seals)
        for fault in known.check(there, sheet):
            assert fault.row is not None, "a reference stands in a row"
            reason, cure = Said(fault.reason_zh, fault.reason_en), Said(fault.cure_zh, fault.cure_en)
            found.append(Unfit(filing_no=filings[fault.row].filing_no, reason=reason, cure=cure))
        found += [
            Unfit(filing_no=filing.filing_no, reason=_MOVED, cure=_REFUSE)
            for filing in filings
            if there.providers.get(filing.provider_code, (base.area, base.scheme)) != (base.area, base.scheme)
        ]
    return found


_MOVED = Said("机构已属于另一统筹区或险种", "its provider belongs to another area or scheme now")
_REFUSE = Said("不予通过，由机构重新提交", "refuse it, and let the provider file anew")


def _sheet(rows: Iterable[Match]) -> Sheet:
    """Return rows as a file of matches that was read: what an import checks and writes."""
    entries = tuple(Entry(row=place, values=asdict(row), sound=True) for place, row in enumerate(rows))
    return Sheet(kind=KINDS["matches"], entries=entries, faults=())


def _too_early(base: Base, effective_at: datetime | None, instant: datetime) -> Iterator[Unfit]:
    """Yield a fault where the version would change what was decided, or bring forward what is announced."""
    if effective_at is None:
        return
    first = max(instant, base.newest.effective_at) if base.newest else instant
    if effective_at < first:
        yield Unfit(
            filing_no=base.filings[0].filing_no,
            reason=Said(
                f"生效时刻 {effective_at.isoformat()} 已过，或早于已公布的版本",
                f"the instant {effective_at.isoformat()} has passed, or lies before a version that is announced",
            ),
            cure=Said(
                f"给出不早于 {first.isoformat()} 的时刻，或不给出", f"give none, or one not before {first.isoformat()}"
            ),
        )


async def _written(connection: Connection, base: Base, begins: datetime) -> Approved:
    """Write the version of an area and scheme, unless its newest says the same already."""
    sheet = _sheet(base.rows)
    assert not checks.check(sheet), "the filings were checked against the rows"
    numbers = tuple(filing.filing_no for filing in base.filings)
    part = next(iter(wholes.parts(sheet)), None) or wholes.nothing("matches", base.area, base.scheme)
    if base.newest is not None and part.sha256 == base.newest.sha256:
        version, effective_at = base.newest.version, base.newest.effective_at
    else:
        effective_at = max(begins, base.newest.effective_at) if base.newest else begins
        made = await new_version(connection, "matches", part, effective_at)
        await part.copy(connection, made)
        version = made.version
    return Approved(
        area=base.area,
        scheme=base.scheme,
        filing_nos=numbers,
        version=version,
        effective_at=effective_at,
        written=base.newest is None or version != base.newest.version,
    )


async def _decided(
    connection: Connection,
    filings: Sequence[MatchFilingRow],
    state: str,
    instant: datetime,
    *,
    reason: str | None = None,
    approved: Iterable[Approved] = (),
) -> None:
    """Write what was decided, once the filings' providers are locked: what they withdrew meanwhile refuses it all.

    The lock comes last and is held for no longer than this takes, since a provider's messages wait for it.
    """
    where = {number: (one.version, one.effective_at) for one in approved for number in one.filing_nos}
    places: list[Any] = [where.get(filing.filing_no, (None, None)) for filing in filings]
    await connection.execute(
        QUERIES["lock_names"].sql, sorted({f"matches:{filing.provider_code}" for filing in filings})
    )
    done = await connection.fetchval(
        QUERIES["match_filings_decided"].sql,
        [filing.provider_code for filing in filings],
        [filing.filing_no for filing in filings],
        state,
        instant,
        reason,
        [version for version, _ in places],
        [effective_at for _, effective_at in places],
    )
    if done != len(filings):
        changed = Said("审核期间有申请被撤回", "some were taken back meanwhile")
        raise FilingsRefused([Unfit(filing_no="", reason=changed, cure=_LIST)])


async def _in_time(connection: Connection, approved: Iterable[Approved]) -> None:
    """Refuse a new version whose instant has passed while it was written: bills were decided without it since."""
    late: datetime = await connection.fetchval(QUERIES["reference_instant"].sql)
    if passed := [one for one in approved if one.written and one.effective_at <= late]:
        reason = Said("写入期间已过生效时刻", "its instant passed while it was being written")
        cure = Said("给出更晚的时刻，或不给出", "give a later one, or none")
        raise FilingsRefused([Unfit(filing_no=one.filing_nos[0], reason=reason, cure=cure) for one in passed])

"""FileMatches (目录对照上传), and what filings and matches in force say of a provider's own code.

What is filed is pending and changes no decision. Once the agency has approved it (`gateway matches approve`) it stands
in a version of the matches, by which bills are decided from that version's instant on.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from msgspec import Struct

from gateway.core.reasons import fault, refusal, refusal_of
from gateway.core.snapshot import Snapshot
from gateway.core.validity import Dated, in_force
from gateway.desk.asking import Making, Verdict
from gateway.desk.names import filing_no_of
from gateway.settling.standing import Standing
from gateway.store.rows import MatchFilingRow
from schemas.answers import MatchAnswered, MatchesFiled, MatchFiling
from schemas.facts import Match
from schemas.problems import Fault
from schemas.requests import FileMatches, MatchTerms
from schemas.scalars import MatchBecame

PENDING_MAX = 50_000
"""Filings of one provider that may wait for the agency (G13)."""


class Spell(Struct, frozen=True, kw_only=True):
    """A match that is in force, or will be by what the agency has approved, with its filing where it has one."""

    catalog_code: str
    valid_from: date
    valid_to: date | None
    filing: MatchFilingRow | None = None


def decide_file_matches(request: FileMatches, standing: Standing, making: Making) -> Verdict:
    """File matches: the same content again is nothing new; all faults at once, and then nothing of it is filed.

    Refuses: match.no_agreement, match.catalog_unknown, match.sort_differs, match.pending_differs, match.overlaps,
    match.too_many_pending.
    """
    if not any(row.state == "in_force" and in_force(row, standing.day) for row in standing.caller.agreements):
        raise refusal("match.no_agreement", day=standing.day.isoformat())
    faults: list[Fault] = []
    rows: list[MatchFilingRow] = []
    answered: list[MatchAnswered] = []
    for place, terms in enumerate(request.matches):
        faults += faults_of(terms, f"/matches/{place}", standing)
        if faults:
            continue
        became, filing = stands_already(terms, standing)
        if became == "filed":
            filing = filing_of(terms, place, standing, making)
            rows.append(filing)
        answered.append(answer_of(terms.local_code, terms.catalog_code, became, filing, standing.snapshot))
    if faults:
        raise refusal_of(faults)
    if rows and standing.filings_pending + len(rows) > PENDING_MAX:
        raise refusal("match.too_many_pending", pending=standing.filings_pending, limit=PENDING_MAX)
    return Verdict(answer=MatchesFiled(matches=tuple(answered)), effects=tuple(rows))


def faults_of(terms: MatchTerms, at: str, standing: Standing) -> Iterator[Fault]:
    """Yield what is wrong with a row that does not stand already."""
    if stands_already(terms, standing)[0] != "filed":
        return
    caller, code = standing.caller, terms.catalog_code
    item = standing.snapshot.catalog.item(caller.area, caller.scheme, code, terms.valid_from)
    if item is None:
        yield fault("match.catalog_unknown", f"{at}/catalog_code", catalog_code=code, day=terms.valid_from)
    elif terms.sorts and item.sort not in terms.sorts:
        stated = ", ".join(terms.sorts)
        yield fault("match.sort_differs", f"{at}/sorts", catalog_code=code, sort=item.sort, stated=stated)
    for filing in pending(terms.local_code, "match", standing):
        if overlap(filing, terms):
            number = filing.filing_no
            yield fault("match.pending_differs", f"{at}/local_code", local_code=terms.local_code, filing_no=number)
    for spell in spells(terms.local_code, standing, pending(terms.local_code, "end", standing)):
        if overlap(spell, terms):
            yield fault(
                "match.overlaps",
                f"{at}/local_code",
                local_code=terms.local_code,
                catalog_code=spell.catalog_code,
                valid_from=spell.valid_from,
                valid_to=spell.valid_to or "…",
            )


def stands_already(terms: MatchTerms, standing: Standing) -> tuple[MatchBecame, MatchFilingRow | None]:
    """Return whether the same content is in force or pending, and the filing that says so."""
    for spell in spells(terms.local_code, standing):
        if same(spell, terms):
            return "in_force_already", spell.filing
    for filing in pending(terms.local_code, "match", standing):
        if same(filing, terms):
            return "pending_already", filing
    return "filed", None


def spells(local_code: str, standing: Standing, ends: Iterable[MatchFilingRow] = ()) -> list[Spell]:
    """Return the matches of a local code that are in force or approved, cut by approved ends and by those given."""
    approved = [row for row in standing.filings if row.local_code == local_code and row.state == "approved"]
    coming = [row for row in approved if row.effective_at is not None and row.effective_at > standing.now]
    filed = {place_of(row): row for row in approved if row.act == "match"}
    rows: list[Match | MatchFilingRow] = [*in_force_now(standing.caller.code, local_code, standing.snapshot)]
    known = {place_of(row) for row in rows}
    rows += [row for row in coming if row.act == "match" and place_of(row) not in known]
    found = [
        Spell(
            catalog_code=row.catalog_code,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            filing=filed.get(place_of(row)),
        )
        for row in rows
    ]
    for end in (*(row for row in coming if row.act == "end"), *ends):
        found = [cut for spell in found if (cut := ended(spell, end)) is not None]
    return found


def in_force_now(provider_code: str, local_code: str, snapshot: Snapshot) -> list[Match]:
    """Return the approved rows of a local code by which bills are decided now, whatever their days."""
    rows = snapshot.catalog.matches.get((provider_code, local_code), ())
    return [row for row in rows if row.state == "approved"]


def ended(spell: Spell, end: MatchFilingRow) -> Spell | None:
    """Return a spell as an end leaves it; None where nothing of it is left."""
    if place_of(spell) != place_of(end):
        return spell
    assert end.valid_to is not None
    return None if end.valid_to < spell.valid_from else msgspec.structs.replace(spell, valid_to=end.valid_to)


def place_of(row: Spell | MatchFilingRow | Match) -> tuple[str, date]:
    """Return what tells the matches of one local code apart: code and first day."""
    return row.catalog_code, row.valid_from


def pending(local_code: str, act: str, standing: Standing) -> list[MatchFilingRow]:
    """Return the pending filings of a local code."""
    return [
        row for row in standing.filings if row.state == "pending" and row.act == act and row.local_code == local_code
    ]


def same(row: Spell | MatchFilingRow, terms: MatchTerms) -> bool:
    """Return whether a row says what is filed."""
    return (*place_of(row), row.valid_to) == (terms.catalog_code, terms.valid_from, terms.valid_to)


def overlap(row: Dated, other: Dated) -> bool:
    """Return whether two spells share a day."""
    first, last = max(row.valid_from, other.valid_from), min(row.valid_to or date.max, other.valid_to or date.max)
    return first <= last


def filing_of(terms: MatchTerms, place: int, standing: Standing, making: Making) -> MatchFilingRow:
    """Return the row that files a match."""
    return MatchFilingRow(
        provider_code=making.caller.code,
        filing_no=filing_no_of(making.caller.code, making.message_id, place),
        act="match",
        local_code=terms.local_code,
        local_name=terms.local_name,
        catalog_code=terms.catalog_code,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        area=standing.caller.area,
        scheme=standing.caller.scheme,
        filed_at=standing.now,
        message_id=making.message_id,
    )


def answer_of(
    local_code: str, catalog_code: str, became: MatchBecame, filing: MatchFilingRow | None, snapshot: Snapshot
) -> MatchAnswered:
    """Return what a message came to for one of its rows."""
    told = filing_found(filing, snapshot) if filing else None
    return MatchAnswered(local_code=local_code, catalog_code=catalog_code, became=became, filing=told)


def filing_found(row: MatchFilingRow, snapshot: Snapshot) -> MatchFiling:
    """Return a filing as its provider sees it."""
    plain = {name: getattr(row, name) for name in MatchFiling.__struct_fields__ if name != "in_force"}
    return msgspec.convert({**plain, "in_force": is_in_force(row, snapshot)}, type=MatchFiling)


def is_in_force(row: MatchFilingRow, snapshot: Snapshot) -> bool:
    """Return whether the matches by which bills are decided now say what a filing says."""
    standing = [
        match for match in in_force_now(row.provider_code, row.local_code, snapshot) if place_of(match) == place_of(row)
    ]
    if row.act == "match":
        return bool(standing)
    return all(
        match.valid_to is not None and row.valid_to is not None and match.valid_to <= row.valid_to for match in standing
    )

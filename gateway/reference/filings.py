"""Filings of matches put to the rows of a version: ends first, then matches, and what does not fit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from gateway.reference.faults import Said
from gateway.reference.wholes import Newest
from gateway.store.rows import MatchFilingRow
from schemas.facts import Match

LocalCode = tuple[str, str]
"""Provider and local code."""


class Unfit(Struct, frozen=True, kw_only=True):
    """Why a filing cannot be decided so, and what would make it pass; no number where it is all of them."""

    filing_no: str
    reason: Said
    cure: Said


class Base(Struct, kw_only=True):
    """The rows of an area's and scheme's newest version, which the filings change."""

    area: str
    scheme: str
    newest: Newest | None
    rows: list[Match]
    filings: list[MatchFilingRow]


def new_rows(filings: Iterable[MatchFilingRow]) -> list[Match]:
    """Return the rows that filings of matches ask for."""
    return [
        Match(
            area=filing.area,
            scheme=filing.scheme,
            provider_code=filing.provider_code,
            local_code=filing.local_code,
            catalog_code=filing.catalog_code,
            state="approved",
            valid_from=filing.valid_from,
            valid_to=filing.valid_to,
        )
        for filing in filings
    ]


def applied(base: Base) -> list[Unfit]:
    """Put the filings to the rows, and return a fault for each that does not fit."""
    touched = {(filing.provider_code, filing.local_code) for filing in base.filings}
    spells: dict[LocalCode, list[Match]] = defaultdict(list)
    kept: list[Match] = []
    for row in base.rows:
        local_code = (row.provider_code, row.local_code)
        (spells[local_code] if local_code in touched else kept).append(row)
    ends = [filing for filing in base.filings if filing.act == "end"]
    begins = [filing for filing in base.filings if filing.act == "match"]
    faults = [fault for end in ends for fault in _end(spells[end.provider_code, end.local_code], end)]
    for filing, row in zip(begins, new_rows(begins), strict=True):
        faults += _begin(spells[row.provider_code, row.local_code], filing, row)
    base.rows = [*kept, *(row for rows in spells.values() for row in rows)]
    return faults


def _end(rows: list[Match], end: MatchFilingRow) -> Iterator[Unfit]:
    """Cut the row that an end is about; what would be left of no day is taken out."""
    assert end.valid_to is not None, "an end has a last day"
    for place, row in enumerate(rows):
        if (row.catalog_code, row.valid_from, row.state) == (end.catalog_code, end.valid_from, "approved"):
            if end.valid_to < row.valid_from:
                del rows[place]
            else:
                rows[place] = replace(row, valid_to=min(end.valid_to, row.valid_to or date.max))
            return
    reason = Said("没有这样的对照可终止", "there is no such match to end any more")
    yield Unfit(filing_no=end.filing_no, reason=reason, cure=Said("不予通过", "refuse it"))


def _begin(rows: list[Match], filing: MatchFilingRow, row: Match) -> Iterator[Unfit]:
    """Add a row; one that says the same, approved or not, makes room for it."""
    rows[:] = [other for other in rows if replace(other, state=row.state) != row]
    for other in rows:
        if max(other.valid_from, row.valid_from) <= min(other.valid_to or date.max, row.valid_to or date.max):
            spell = f"{other.catalog_code} {other.valid_from}..{other.valid_to or ''} ({other.state})"
            yield Unfit(
                filing_no=filing.filing_no,
                reason=Said(f"与同一院内码的 {spell} 日期重叠", f"overlaps {spell} of the same local code"),
                cure=Said(
                    "先终止该对照（机构撤销，或导入），一并通过其终止申请，或不予通过",
                    "end that match first, approve its end along with it, or refuse this",
                ),
            )
            return
    rows.append(row)

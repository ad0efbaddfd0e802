"""What the adjudicator is given: a bill, and everything that was read under the worker's lock."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from gateway.core.bounds import BoundsBook
from gateway.core.listed import ItemRows, Listed, listing
from gateway.core.validity import in_force
from schemas.facts import (
    Authorization,
    CatalogItem,
    DeviceIssue,
    Enrolment,
    Match,
    Policy,
    Provider,
    Recognition,
    Used,
    Worker,
)
from schemas.requests import BillTerms, Item
from schemas.scalars import CatalogSort, VisitKind, VisitState

MatchRows: TypeAlias = Mapping[tuple[str, str], tuple[Match, ...]]
"""By provider code, local code."""


class Visit(Struct, frozen=True, kw_only=True):
    """就诊 as it stands: terms of the registration and state."""

    worker_id: str
    visit_id: str
    provider_code: str
    visit_no: str
    area: str
    scheme: str
    visit_kind: VisitKind
    admitted_at: datetime
    discharged_at: datetime | None = None
    diagnosis_codes: tuple[str, ...]
    qualification_ids: tuple[str, ...]
    department_code: str | None
    emergency: bool
    stabilised_at: datetime | None
    third_party_paid_fen: int
    state: VisitState = "open"
    bills: int = 0
    """Settlements in force."""


class SettledLine(Struct, frozen=True, kw_only=True, gc=False):
    """A line that a settlement in force has decided."""

    settlement_id: str
    item_no: str
    refunds_item_no: str | None
    catalog_code: str | None
    sort: CatalogSort | None
    occurred_on: date
    quantity: str
    charged_fen: int
    fund_fen: int
    worker_fen: int
    employer_fen: int
    provider_fen: int
    recognition_no: str | None
    authorization_no: str | None
    funded_quantity: str | None = None
    """What of the quantity the fund took part in; None where that is not known."""
    third_party_fen: int = 0
    """What of the worker's share a third party had paid."""


class Bill(Struct, frozen=True, kw_only=True):
    """结算单据: some items of a visit, presented for settlement."""

    visit: Visit
    terms: BillTerms
    items: tuple[Item, ...]


class Context(Struct, frozen=True, kw_only=True):
    """Everything a decision rests on beside bill, catalog and policy."""

    provider: Provider
    worker: Worker
    enrolments: tuple[Enrolment, ...]
    recognitions: tuple[Recognition, ...]
    authorizations: tuple[Authorization, ...]
    used: tuple[Used, ...] = ()
    settled: tuple[SettledLine, ...] = ()
    """Lines of this visit that are settled in force: originals of refunds, and what would be a duplicate."""
    devices: tuple[DeviceIssue, ...] = ()
    as_of: datetime
    """The database's instant of the decision, aware."""
    day: date
    """Its day in Asia/Shanghai."""
    versions: dict[str, int]


class Catalog:
    """目录 and 目录对照 of one instant. Rows of one key are sorted by valid_from."""

    __slots__ = ("_listing", "bounds", "items", "matches")

    def __init__(self, *, items: ItemRows, matches: MatchRows, bounds: BoundsBook | None = None) -> None:
        """Take items by area, scheme and code, matches by provider code and local code."""
        self.items = items
        self.matches = matches
        self.bounds = bounds or BoundsBook()
        """诊疗限制 and 项目关系 of its codes."""
        self._listing = listing(items, self.bounds)

    def listed(self, area: str, scheme: str, code: str, day: date) -> Listed | None:
        """Return what is listed under a code on the day."""
        for one in self._listing((area, scheme, code)):
            if in_force(one.row, day):
                return one
        return None

    def item(self, area: str, scheme: str, code: str, day: date) -> CatalogItem | None:
        """Return the row in force on the day."""
        found = self.listed(area, scheme, code, day)
        return None if found is None else found.row

    def match(self, provider_code: str, local_code: str, day: date) -> Match | None:
        """Return the row in force on the day, whatever its state."""
        return next((row for row in self.matches.get((provider_code, local_code), ()) if in_force(row, day)), None)


class PolicyBook(Struct, frozen=True, kw_only=True):
    """Policy by area and scheme; where an area has stated none, the defaults of `Policy` stand."""

    rows: Mapping[tuple[str, str], tuple[Policy, ...]]

    def on(self, area: str, scheme: str, day: date) -> Policy:
        """Return the policy in force on the day."""
        stated = next((row for row in self.rows.get((area, scheme), ()) if in_force(row, day)), None)
        return stated or Policy(area=area, scheme=scheme, valid_from=date.min)

"""A case: one bill with everything that its lines share looked up once, and the lines as rules see them."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from msgspec import Struct

from gateway.core.about import AUTHORIZATION, DEAD, THIRD_PARTY
from gateway.core.allowances import Tally
from gateway.core.billed import Billed
from gateway.core.bounds import Bounds
from gateway.core.context import Bill, Catalog, Context, PolicyBook, SettledLine
from gateway.core.days import day_of
from gateway.core.listed import Listed
from gateway.core.money import price_e6_of, quantity_e4_of
from gateway.core.validity import in_force
from schemas.facts import Agreement, Authorization, CatalogItem, Limit, Match, Policy, Recognition
from schemas.requests import Item
from schemas.scalars import AuthorizationKind, CatalogSort


class Entitlement(Struct, frozen=True, kw_only=True):
    """What a qualification stands for: a recognition, and the authorization that it names if any."""

    recognition: Recognition
    authorization: Authorization | None
    kind: AuthorizationKind
    diagnosed: bool
    """Whether a diagnosis of the bill lies within the recognised injury."""


class Day(Struct, kw_only=True):
    """What all lines of one qualification and day share."""

    day: date
    entitlement: Entitlement | None
    authorization: Authorization | None
    """What the qualification names beside the recognition; without one, nothing limits the treatment."""
    policy: Policy
    agreement: Agreement | None
    recognition_no: str | None
    authorization_no: str | None
    about: int
    """What there is to say of all its lines (`gateway.core.about`)."""
    passed: bool = False
    """Whether the rules that rest on the day have let a line pass."""


class Line(Struct, kw_only=True, gc=False):
    """One line on its way through the rules: what is known of it, and what is still payable."""

    item: Item
    shared: Day
    day: date
    entitlement: Entitlement | None
    authorization: Authorization | None
    policy: Policy
    agreement: Agreement | None
    match: Match | None
    """The approved match on the day."""
    catalog_code: str | None
    listed: Listed | None
    """What the catalog says of its code on the day."""
    bounds: Bounds | None
    """What the tables of limits and pairs say of its code."""
    limit: Limit | None
    """The limit that is heard on the day."""
    quantity_e4: int
    price_e6: int
    readable: bool
    """False where quantity or price is not a decimal text; both are then 0."""
    payable_fen: int
    funded_e4: int
    third_party_fen: int = 0
    sort: CatalogSort | None
    recognition_no: str | None
    authorization_no: str | None
    original: SettledLine | None = None
    """Of a refund: what it takes back."""

    def take_back(self, original: SettledLine | None) -> None:
        """Make this a refund, which stands under its original's code, recognition and authorization."""
        self.original = original
        self.funded_e4 = 0
        if original is not None:
            self.catalog_code, self.sort = original.catalog_code, original.sort
            self.recognition_no, self.authorization_no = original.recognition_no, original.authorization_no

    @property
    def recognition(self) -> Recognition:
        """The recognition; rules after `recognition.unknown` have one."""
        assert self.entitlement is not None
        return self.entitlement.recognition

    @property
    def row(self) -> CatalogItem:
        """The catalog's row; rules after `catalog.unknown` have one."""
        assert self.listed is not None
        return self.listed.row


class Case:
    """One bill's shared facts, and the running account of what its lines have taken so far."""

    def __init__(self, bill: Bill, context: Context, catalog: Catalog, policies: PolicyBook) -> None:
        """Look up what does not depend on the line."""
        visit, terms = bill.visit, bill.terms
        discharged_at = terms.discharged_at or visit.discharged_at
        self.visit = visit
        self.bill = bill
        self.context = context
        self.catalog = catalog
        self.admitted_on = day_of(visit.admitted_at)
        self.discharged_on = day_of(discharged_at) if discharged_at else None
        self.stabilised_on = day_of(visit.stabilised_at) if visit.stabilised_at else None
        self.diagnoses = tuple(map(unmarked, terms.diagnosis_codes or visit.diagnosis_codes))
        self.qualification_ids = (*visit.qualification_ids, *terms.qualification_ids)
        self.entitlements = _entitlements(context, frozenset(self.qualification_ids), self.diagnoses)
        self.default_qualification_id = next(iter(self.qualification_ids), None)
        self.tally = Tally(context.used)
        self.settled = {line.item_no: line for line in context.settled}
        self._days: dict[tuple[str | None, date], Day] = {}
        self.item_nos: set[str] = set()
        """Lines of the bill that stand before the one in hand."""
        self.issued: dict[str, list[date]] = {}
        """Days on which the fund helped to pay a device, by catalog code."""
        for issue in context.devices:
            self.issued.setdefault(issue.catalog_code, []).append(issue.issued_on)
        self.refunded_nos = {item.refunds_item_no for item in bill.items if item.refunds_item_no is not None}
        self.originals: dict[str, tuple[Item, SettledLine]] = {}
        """Lines of this bill that a line of this bill refunds, as decided."""
        self.refunds: dict[str, list[SettledLine]] = {}
        """Refunds decided so far, by the line that they take back."""
        for line in context.settled:
            if line.refunds_item_no is not None:
                self.refunds.setdefault(line.refunds_item_no, []).append(line)
        self._policies = policies
        self.died_on = context.worker.died_on
        self._area, self._scheme = visit.area, visit.scheme

    @cached_property
    def billed(self) -> Billed:
        """What limited and paired items were paid with so far; most bills have none."""
        return Billed(self.bill, self.context, self.catalog, self.code_of)

    def line(self, item: Item) -> Line:
        """Return a line as the rules see it, all of it still payable."""
        day = day_of(item.occurred_at)
        shared = self._day(item, day)
        local_code, code = item.local_code, item.catalog_code
        match = None if local_code is None else self.match(local_code, day)
        if code is None and match is not None:
            code = match.catalog_code
        listed = None if code is None else self.catalog.listed(self._area, self._scheme, code, day)
        bounds = None if listed is None else listed.bounds
        quantity_e4, price_e6, readable = _numbers(item)
        return Line(
            item=item,
            shared=shared,
            day=day,
            entitlement=shared.entitlement,
            authorization=shared.authorization,
            policy=shared.policy,
            agreement=shared.agreement,
            match=match,
            catalog_code=code,
            listed=listed,
            bounds=bounds,
            limit=None if bounds is None else bounds.limit(day),
            sort=None if listed is None else listed.row.sort,
            recognition_no=shared.recognition_no,
            authorization_no=shared.authorization_no,
            quantity_e4=quantity_e4,
            price_e6=price_e6,
            readable=readable,
            payable_fen=item.amount_fen,
            funded_e4=quantity_e4,
        )

    def _day(self, item: Item, day: date) -> Day:
        key = item.qualification_id or self.default_qualification_id, day
        known = self._days.get(key)
        if known is None:
            known = self._days[key] = self._new_day(key[0], day)
        return known

    def _new_day(self, qualification_id: str | None, day: date) -> Day:
        entitlement = None if qualification_id is None else self.entitlements.get(qualification_id)
        authorization = entitlement.authorization if entitlement else None
        recognition = entitlement.recognition if entitlement else None
        return Day(
            day=day,
            entitlement=entitlement,
            authorization=authorization,
            policy=self._policy(recognition, day),
            agreement=self._agreement(day),
            recognition_no=recognition.recognition_no if recognition else None,
            authorization_no=authorization.authorization_no if authorization else None,
            about=self._about(entitlement),
        )

    def _about(self, entitlement: Entitlement | None) -> int:
        about = DEAD if self.died_on is not None else 0
        if entitlement is not None and entitlement.authorization is not None:
            about |= AUTHORIZATION
        if self.visit.third_party_paid_fen or (entitlement and entitlement.recognition.third_party_paid_fen):
            about |= THIRD_PARTY
        return about

    def days(self) -> Iterable[Day]:
        """Return the days that lines of the bill have been of, by qualification."""
        return self._days.values()

    def policy_under(self, recognition_no: str | None, day: date) -> Policy:
        """Return the policy of the place of insurance of a recognition."""
        known = (row for row in self.context.recognitions if row.recognition_no == recognition_no)
        return self._policy(next(known, None), day)

    def policy_here(self, day: date) -> Policy:
        """Return the policy of the place of treatment, which prices follow (就医地目录)."""
        return self._policies.on(self.visit.area, self.visit.scheme, day)

    def code_of(self, item: Item, day: date) -> str | None:
        """Return the catalog code that an item stands under on a day."""
        match = None if item.catalog_code is not None else self.match(item.local_code, day)
        return item.catalog_code or (match.catalog_code if match else None)

    def _policy(self, recognition: Recognition | None, day: date) -> Policy:
        """Return the policy of the place of insurance; of the place of treatment where that is not known."""
        area, scheme = (recognition.area, recognition.scheme) if recognition else (self.visit.area, self.visit.scheme)
        return self._policies.on(area, scheme, day)

    def _agreement(self, day: date) -> Agreement | None:
        """Return the agreement in force on the day."""
        return next(
            (row for row in self.context.provider.agreements if row.state == "in_force" and covers(row, day)), None
        )

    def match(self, local_code: str | None, day: date) -> Match | None:
        """Return the approved match of a provider's own code on the day."""
        if local_code is None:
            return None
        for row in self.catalog.matches.get((self.visit.provider_code, local_code), ()):
            if row.state == "approved" and in_force(row, day):
                return row
        return None

    def emergency_on(self, day: date) -> bool:
        """Return whether the worker was not yet stabilised (条例 art. 30), the day of stabilising included."""
        return self.visit.emergency and (self.stabilised_on is None or day <= self.stabilised_on)


def covers(row: Agreement | Authorization, day: date) -> bool:
    """Return whether a row's spell has the day in it, its to-date included."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def unmarked(diagnosis_code: str) -> str:
    """Return a diagnosis code without the marks of aetiology (+) and manifestation (*)."""
    return diagnosis_code.rstrip("+*")


def begins_with_any(codes: Iterable[str], prefixes: tuple[str, ...]) -> bool:
    """Return whether one of the codes begins with one of the prefixes."""
    return any(code.startswith(prefixes) for code in codes)


def _entitlements(context: Context, named: frozenset[str], diagnoses: tuple[str, ...]) -> dict[str, Entitlement]:
    """Index by qualification what the visit names and the worker has; a recognition's own handle comes first."""
    recognitions = {row.recognition_no: row for row in context.recognitions}
    diagnosed = {
        number: not row.diagnosis_codes or begins_with_any(diagnoses, tuple(map(unmarked, row.diagnosis_codes)))
        for number, row in recognitions.items()
    }
    found = {
        row.qualification_id: Entitlement(
            recognition=recognitions[row.recognition_no],
            authorization=row,
            kind=row.kind,
            diagnosed=diagnosed[row.recognition_no],
        )
        for row in context.authorizations
        if row.qualification_id in named and row.recognition_no in recognitions
    }
    own = {
        row.qualification_id: Entitlement(
            recognition=row, authorization=None, kind="treatment", diagnosed=diagnosed[row.recognition_no]
        )
        for row in recognitions.values()
        if row.qualification_id in named
    }
    return found | own


def _numbers(item: Item) -> tuple[int, int, bool]:
    """Return quantity and price, scaled, and whether both could be read."""
    try:
        return quantity_e4_of(item.quantity), price_e6_of(item.unit_price_yuan), True
    except ValueError:
        return 0, 0, False

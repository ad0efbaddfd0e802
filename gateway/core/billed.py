"""Billed so far: what the fund has paid of a visit's limited and paired items, in settled bills and in this one.

What is refunded no longer counts: a line counts with what refunds, settled or in this very bill, leave of it. A visit
that has no such item costs nothing here.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from gateway.core.bounds import Bounds
from gateway.core.context import Bill, Catalog, Context, SettledLine
from gateway.core.days import day_of
from gateway.core.money import part_down, quantity_e4_of
from schemas.requests import Item

CodeOf: TypeAlias = Callable[[Item, date], str | None]
"""The catalog code that an item stands under on a day."""
Scope: TypeAlias = date | None
"""A day, or the whole visit."""


class Stood:
    """Lines of codes with one beginning that the fund pays something of, in one scope."""

    __slots__ = ("fund_fen", "funded_e4", "item_no")

    def __init__(self, item_no: str) -> None:
        self.item_no = item_no
        """The first of them."""
        self.fund_fen = 0
        self.funded_e4 = 0


class Billed:
    """Running account of one bill, opened with the visit's settled lines."""

    def __init__(self, bill: Bill, context: Context, catalog: Catalog, code_of: CodeOf) -> None:
        """Count the visit's settled lines."""
        self._bill = bill
        self._settled = context.settled
        self._bounds_of = catalog.bounds.of
        self._code_of = code_of
        self._back: defaultdict[str, int] | None = None
        """What refunds take back, by the line they name: in ten-thousandths, not above zero."""
        self._quantities: defaultdict[tuple[str, Scope], int] = defaultdict(int)
        self._stays: defaultdict[tuple[str, date], int] = defaultdict(int)
        self._days: defaultdict[str, list[date]] = defaultdict(list)
        self._stood: dict[tuple[str, Scope], Stood] = {}
        self._present: frozenset[tuple[str, date]] | None = None
        self._seen: dict[tuple[str, Scope], bool] = {}
        self._open()

    def quantity_e4(self, limit_code: str, scope: Scope) -> int:
        """Return the quantity that counts under a limit, in ten-thousandths."""
        return self._quantities.get((limit_code, scope), 0)

    def stay_e4(self, stay: str, day: date) -> int:
        """Return how many beds, or nursings of any grade, count on a day, in ten-thousandths."""
        return self._stays.get((stay, day), 0)

    def days(self, limit_code: str) -> list[date]:
        """Return the days on which something counts under a limit, sorted."""
        return self._days.get(limit_code, [])

    def stood(self, beginning: str, scope: Scope) -> Stood | None:
        """Return what counts of the codes with a beginning that some pair names; None where nothing does."""
        return self._stood.get((beginning, scope))

    def present(self, beginning: str, scope: Scope) -> bool:
        """Return whether such a code is billed at all, earlier, here or later in this bill, whoever pays it."""
        key = (beginning, scope)
        if key not in self._seen:
            self._seen[key] = any(
                code.startswith(beginning) and scope in {None, day} for code, day in self._all_present()
            )
        return self._seen[key]

    def count(self, item_no: str, code: str, day: date, funded_e4: int, fund_fen: int, of_e4: int) -> None:
        """Count a line that the fund pays something of, as far as refunds leave it; of_e4: its quantity."""
        bounds = self._bounds_of(self._bill.visit.area, self._bill.visit.scheme, code)
        left_e4 = self._left_e4(item_no, of_e4)
        if bounds is None or left_e4 == 0:
            return
        self._add(bounds, item_no, day, part_down(funded_e4, left_e4, of_e4), part_down(fund_fen, left_e4, of_e4))

    def _open(self) -> None:
        for line in self._settled:
            code = line.catalog_code
            if line.refunds_item_no is None and line.fund_fen > 0 and code is not None:
                of_e4 = quantity_e4_of(line.quantity)
                self.count(line.item_no, code, line.occurred_on, funded_e4_of(line), line.fund_fen, of_e4)

    def _add(self, bounds: Bounds, item_no: str, day: date, funded_e4: int, fund_fen: int) -> None:
        limit = bounds.limit(day)
        if limit is not None:
            if (limit.code, day) not in self._quantities:
                insort(self._days[limit.code], day)
            self._quantities[limit.code, day] += funded_e4
            self._quantities[limit.code, None] += funded_e4
            if limit.stay is not None:
                self._stays[limit.stay, day] += funded_e4
        for beginning in bounds.beginnings:
            for key in ((beginning, day), (beginning, None)):
                stood = self._stood.setdefault(key, Stood(item_no))
                stood.fund_fen += fund_fen
                stood.funded_e4 += funded_e4

    def _left_e4(self, item_no: str, quantity_e4: int) -> int:
        """Return what refunds leave of a line's quantity."""
        if self._back is None:
            self._back = defaultdict(int)
            for line in self._settled:
                if line.refunds_item_no is not None:
                    self._back[line.refunds_item_no] += min(0, _readable_e4(line.quantity))
            for item in self._bill.items:
                if item.refunds_item_no is not None:
                    self._back[item.refunds_item_no] += min(0, _readable_e4(item.quantity))
        return max(0, quantity_e4 + self._back.get(item_no, 0))

    def _all_present(self) -> frozenset[tuple[str, date]]:
        if self._present is None:
            here = (
                (self._code_of(item, day_of(item.occurred_at)), day_of(item.occurred_at))
                for item in self._bill.items
                if item.refunds_item_no is None and self._left_e4(item.item_no, _readable_e4(item.quantity))
            )
            before = (
                (line.catalog_code, line.occurred_on)
                for line in self._settled
                if line.refunds_item_no is None and self._left_e4(line.item_no, _readable_e4(line.quantity))
            )
            self._present = frozenset((code, day) for code, day in (*here, *before) if code is not None)
        return self._present


def funded_e4_of(line: SettledLine) -> int:
    """Return what of the quantity the fund took part in; where nobody kept it, never more than it can have been."""
    quantity_e4 = quantity_e4_of(line.quantity)
    if line.funded_quantity is not None:
        return quantity_e4_of(line.funded_quantity)
    if line.fund_fen == line.charged_fen:
        return quantity_e4
    return part_down(quantity_e4, max(0, line.fund_fen - 1), line.charged_fen)


def _readable_e4(quantity: str) -> int:
    try:
        return quantity_e4_of(quantity)
    except ValueError:
        return 0

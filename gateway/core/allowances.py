"""Allowances: what settled bills and the lines before this one have taken of a limit, and what is left of it."""

from collections.abc import Iterable
from datetime import date

from gateway.core.money import plain, sum_e4_of
from schemas.decisions import Use
from schemas.facts import Used


def authorization_allowance(authorization_no: str) -> str:
    """Name the allowance of an authorization."""
    return f"authorization:{authorization_no}"


def visit_allowance(visit_id: str) -> str:
    """Name what a third party paid for a visit."""
    return f"third-party:visit:{visit_id}"


def recognition_allowance(recognition_no: str) -> str:
    """Name what a third party paid for an injury."""
    return f"third-party:recognition:{recognition_no}"


def food_subsidy_allowance(visit_id: str, recognition_no: str) -> str:
    """Name what was given as food subsidy for a visit's days under an injury."""
    return f"food-subsidy:{visit_id}:{recognition_no}"


class _Taken:
    """What was taken of one allowance, and on which days."""

    __slots__ = ("days", "fund_fen", "quantity_e4")

    def __init__(self) -> None:
        self.fund_fen = 0
        self.quantity_e4 = 0
        self.days: set[date] = set()

    def add(self, fund_fen: int, quantity_e4: int, days: Iterable[date]) -> None:
        self.fund_fen += fund_fen
        self.quantity_e4 += quantity_e4
        self.days.update(days)


class Tally:
    """Running account of a bill's allowances: before it, and by it."""

    __slots__ = ("_here", "_total")

    def __init__(self, used: Iterable[Used]) -> None:
        self._total: dict[str, _Taken] = {}
        self._here: dict[str, _Taken] = {}
        for one in used:
            self._total.setdefault(one.allowance_id, _Taken()).add(one.fund_fen, sum_e4_of(one.quantity), one.days)

    def names(self) -> Iterable[str]:
        """Return the allowances that something was taken of."""
        return self._total.keys()

    def fund_fen(self, allowance_id: str) -> int:
        """Return what the fund has borne under it."""
        taken = self._total.get(allowance_id)
        return taken.fund_fen if taken else 0

    def quantity_e4(self, allowance_id: str) -> int:
        """Return the quantity taken of it, in ten-thousandths."""
        taken = self._total.get(allowance_id)
        return taken.quantity_e4 if taken else 0

    def days(self, allowance_id: str) -> set[date]:
        """Return the calendar days on which the fund has borne something under it."""
        taken = self._total.get(allowance_id)
        return taken.days if taken else set()

    def take(self, allowance_id: str, fund_fen: int, quantity_e4: int = 0, days: Iterable[date] = ()) -> None:
        """Take from an allowance; negative gives back."""
        for book in (self._total, self._here):
            book.setdefault(allowance_id, _Taken()).add(fund_fen, quantity_e4, days)

    def uses(self) -> tuple[Use, ...]:
        """Return what this bill takes, one Use an allowance, by name."""
        return tuple(
            Use(
                allowance_id=allowance_id,
                fund_fen=taken.fund_fen,
                quantity=plain(taken.quantity_e4),
                days=tuple(sorted(taken.days)),
            )
            for allowance_id, taken in sorted(self._here.items())
        )

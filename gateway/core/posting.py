"""Postings (分录): a decision as double entries, debit what bears and credit what the provider is owed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from gateway.core.context import Bill, Context
from schemas.decisions import Decision, LineDecision
from schemas.scalars import VisitKind

FundType: TypeAlias = Literal["medical", "rehabilitation", "device"]


class Posting(Struct, frozen=True, kw_only=True):
    """One entry: fen (more than 0) from a debit account to a credit account."""

    debit: str
    credit: str
    fen: int


def fund_account(scheme: str, area: str, fund_type: FundType) -> str:
    """Name the account of a scheme's fund in the place of insurance."""
    return f"fund:{scheme}:{area}:{fund_type}"


def benefit_account(scheme: str, area: str, kind: str) -> str:
    """Name the account of what a scheme's fund gives outside bills, in the place of insurance."""
    return f"benefit:{scheme}:{area}:{kind}"


BENEFIT_PAYABLE = "benefit-payable"
"""What the worker of a settlement is owed outside the bill; the provider is owed nothing for it."""


def payable_account(provider_code: str) -> str:
    """Name the account of what a provider is owed."""
    return f"payable:{provider_code}"


def fund_type_of(line: LineDecision, visit_kind: VisitKind) -> FundType:
    """Return the type of the fund's expense: devices by sort, rehabilitation by visit, all else medical."""
    if line.sort == "device":
        return "device"
    return "rehabilitation" if visit_kind == "rehabilitation" else "medical"


def postings(decision: Decision, bill: Bill, context: Context) -> tuple[Posting, ...]:
    """Return a decision's entries by debit account; a negative share swaps the sides.

    Of the bill, one an account; of the benefits outside it, one a benefit.
    """
    areas = {row.recognition_no: row.area for row in context.recognitions}
    visit, sums = bill.visit, decision.sums
    fund: defaultdict[tuple[str | None, FundType], int] = defaultdict(int)
    for line in decision.lines:
        fund[line.recognition_no, fund_type_of(line, visit.visit_kind)] += line.fund_fen
    debits: defaultdict[str, int] = defaultdict(int)
    for (recognition_no, fund_type), fen in fund.items():
        debits[fund_account(visit.scheme, areas.get(recognition_no or "", visit.area), fund_type)] += fen
    debits["worker"] = sums.worker_fen
    debits["employer"] = sums.employer_fen
    debits["provider-cut"] = sums.provider_fen
    credit = payable_account(visit.provider_code)
    entries = [(debit, credit, fen) for debit, fen in debits.items()]
    for benefit in decision.benefits:
        debit = benefit_account(visit.scheme, areas.get(benefit.recognition_no or "", visit.area), benefit.kind)
        entries.append((debit, BENEFIT_PAYABLE, benefit.fen))
    return tuple(_posting(*entry) for entry in sorted(entries) if entry[2])


def reverse(entries: Iterable[Posting]) -> tuple[Posting, ...]:
    """Return the entries that undo these: the same fen with the sides swapped."""
    return tuple(Posting(debit=entry.credit, credit=entry.debit, fen=entry.fen) for entry in entries)


def balances(entries: Iterable[Posting]) -> dict[str, int]:
    """Return debits less credits by account; they sum to zero (G6)."""
    sums: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        sums[entry.debit] += entry.fen
        sums[entry.credit] -= entry.fen
    return dict(sums)


def _posting(debit: str, credit: str, fen: int) -> Posting:
    if fen < 0:
        return Posting(debit=credit, credit=debit, fen=-fen)
    return Posting(debit=debit, credit=credit, fen=fen)

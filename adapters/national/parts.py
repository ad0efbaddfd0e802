"""Puts a decision's sums into the interface's identities (domain §0.6): of what the charge is made, and who pays it."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec
from msgspec import Struct

from adapters.spelling import yuan
from schemas.decisions import Finding
from schemas.requests import Sums

OVER_LIMIT = frozenset({"price.ceiling", "price.bed_ceiling", "device.ceiling"})
"""Rules whose part of a charge is 超限价; everything else that the fund does not bear is 全自费."""


class Parts(Struct, frozen=True, kw_only=True, gc=False):
    """All in fen, and preselfpay (先行自付) always 0: the work-injury fund knows no class A and B (domain §3.2).

    medfee_sumamt = fulamt_ownpay + overlmt_selfpay + preselfpay + inscp_scp
                  = fund_pay_sumamt + psn_part + hosp_part; psn_part = acct_pay (always 0) + psn_cash_pay.
    """

    medfee_sumamt: int
    fulamt_ownpay: int
    overlmt_selfpay: int
    inscp_scp: int
    """What policy covers: with neither deductible nor ratio, it is what the fund pays."""
    fund_pay_sumamt: int
    psn_part: int
    """Worker and employer together."""
    hosp_part: int


def parts_of(sums: Sums, findings: Iterable[Finding]) -> Parts:
    """Return the parts of a bill; without findings, whatever the fund does not bear is 全自费."""
    over = sum(finding.fen for finding in findings if finding.rule in OVER_LIMIT and finding.bearer is not None)
    parts = Parts(
        medfee_sumamt=sums.charged_fen,
        fulamt_ownpay=sums.charged_fen - sums.fund_fen - over,
        overlmt_selfpay=over,
        inscp_scp=sums.fund_fen,
        fund_pay_sumamt=sums.fund_fen,
        psn_part=sums.worker_fen + sums.employer_fen,
        hosp_part=sums.provider_fen,
    )
    made_of = parts.fulamt_ownpay + parts.overlmt_selfpay + parts.inscp_scp
    paid_by = parts.fund_pay_sumamt + parts.psn_part + parts.hosp_part
    assert made_of == paid_by == parts.medfee_sumamt, "the parts do not add up to the charge"
    return parts


def amount(fen: int) -> msgspec.Raw:
    """Return an amount in yuan as a JSON number of two decimals, exactly."""
    return msgspec.Raw(yuan(fen).encode())


def digits(text: str) -> msgspec.Raw:
    """Return a canonical decimal text as a JSON number, digit for digit."""
    return msgspec.Raw(f"{Decimal(text):f}".encode())


ZERO = amount(0)

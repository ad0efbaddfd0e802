"""Tells a settlement from what is stored of it, and says where what is stored is gone or contradicts itself.

Nothing is computed anew but sums: every finding, share and entry is read (G12), and each sum is held against the row
that the settlement left. What does not agree is a `Gap`, never a guess.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from gateway.core.context import SettledLine
from gateway.core.posting import BENEFIT_PAYABLE, Posting, balances
from gateway.desk.explaining.kept import Kept, Named, Opened
from gateway.desk.explaining.wording import evidence_told, gap, signs_of, why
from gateway.desk.receipts import utc_text
from gateway.desk.undoing import sums_of
from gateway.settling.book import settled_lines, visit_of_row
from gateway.signing.errors import SignatureError
from gateway.signing.receipts import Receipt, receipt_kid, verify_receipt
from gateway.store.rows import MessageRow, SettlementRow
from schemas.answers import SettlementExplained
from schemas.decisions import Finding
from schemas.explanations import (
    FindingTold,
    Gap,
    LineTold,
    MessageTold,
    OtherTold,
    PostingTold,
    ReceiptTold,
    VersionTold,
    VisitTold,
    Words,
)
from schemas.requests import Item

How: TypeAlias = Literal["cancelled", "reversed"]
_VERSIONS = msgspec.json.Decoder(dict[str, int | str])


def tell(kept: Kept, opened: Opened) -> SettlementExplained:
    """Return the explanation. Pure."""
    gaps = list(opened.gaps)
    row = kept.row
    lines = _lines(kept, opened, gaps)
    postings = tuple(PostingTold(debit=one.debit, credit=one.credit, fen=one.fen) for one in kept.postings)
    _hold(row, lines, postings, gaps)
    findings = opened.decision.findings if opened.decision else ()
    return SettlementExplained(
        settlement_id=str(row.settlement_id),
        state=_state(kept),
        settled_at=row.settled_at,
        settlement_day=row.settlement_day,
        message=_message(kept, opened, gaps),
        visit=_visit(kept, opened),
        versions=_versions(kept),
        sums=sums_of(row),
        benefits=opened.decision.benefits if opened.decision else (),
        lines=lines,
        findings=tuple(_finding(one, row.charged_fen, "") for one in findings if one.item_no is None),
        postings=postings,
        receipt=_receipt(kept, gaps),
        undone_by=_undone_by(kept),
        undoes=_undoes(kept),
        gaps=tuple(gaps),
    )


def _lines(kept: Kept, opened: Opened, gaps: list[Gap]) -> tuple[LineTold, ...]:
    items, spoke, named = opened.items, _by_item(opened), _by_code(kept)
    lines = tuple(
        _line(line, items.get(line.item_no), spoke.get(line.item_no, ()), _name(line, named))
        for line in settled_lines(kept.row)
    )
    if opened.decision is not None:
        gaps.extend(gap("findings.differ", item_no=line.item_no) for line in lines if not adds_up(line))
    return lines


def adds_up(line: LineTold) -> bool:
    """Return whether what the rules took from a line is what the fund does not pay of it."""
    return line.charged_fen - sum(finding.fen for finding in line.findings) == line.fund_fen


def _by_item(opened: Opened) -> dict[str, list[Finding]]:
    spoke: dict[str, list[Finding]] = {}
    for finding in opened.decision.findings if opened.decision else ():
        if finding.item_no is not None:
            spoke.setdefault(finding.item_no, []).append(finding)
    return spoke


def _by_code(kept: Kept) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {}
    for row in kept.named:
        found.setdefault(row.code, []).append(row)
    return found


def _name(line: SettledLine, named: Mapping[str, list[Named]]) -> str | None:
    """Return what the catalog called the line's code on the day the cost arose, or on any other."""
    rows = named.get(line.catalog_code or "", [])
    then = (row for row in rows if row.valid_from <= line.occurred_on <= (row.valid_to or date.max))
    found = next(then, rows[0] if rows else None)
    return found.name if found else None


def _line(line: SettledLine, item: Item | None, spoke: Iterable[Finding], named: str | None) -> LineTold:
    name = named or (item.name if item else None)
    return LineTold(
        item_no=line.item_no,
        refunds_item_no=line.refunds_item_no,
        catalog_code=line.catalog_code,
        local_code=item.local_code if item else None,
        name=name,
        sort=line.sort,
        occurred_on=line.occurred_on,
        quantity=line.quantity,
        unit_price_yuan=item.unit_price_yuan if item else None,
        charged_fen=line.charged_fen,
        fund_fen=line.fund_fen,
        worker_fen=line.worker_fen,
        employer_fen=line.employer_fen,
        provider_fen=line.provider_fen,
        findings=tuple(
            _finding(one, line.charged_fen, name or (item and item.local_code) or line.catalog_code or "")
            for one in spoke
        ),
    )


def _finding(finding: Finding, charged_fen: int, name: str) -> FindingTold:
    evidence = evidence_told(finding.evidence)
    return FindingTold(
        rule=finding.rule,
        item_no=finding.item_no,
        title=Words(zh=finding.title_zh, en=finding.title_en),
        source=finding.source,
        evidence=finding.evidence,
        evidence_told=evidence,
        bearer=finding.bearer,
        fen=finding.fen,
        why=why(finding, evidence, charged_fen, name),
        cure=Words(zh=finding.cure_zh, en=finding.cure_en),
    )


def _hold(row: SettlementRow, lines: tuple[LineTold, ...], postings: tuple[PostingTold, ...], gaps: list[Gap]) -> None:
    """Hold what is told against the sums that the settlement's row has: to the fen, or it is said."""
    sums = sums_of(row)
    told = {name: sum(getattr(line, name) for line in lines) for name in sums.__struct_fields__}
    if told != msgspec.structs.asdict(sums):
        gaps.append(gap("lines.differ"))
    stands = (sums.charged_fen, sums.fund_fen, sums.worker_fen, sums.employer_fen, sums.provider_fen, row.benefits_fen)
    if _posted(postings, row) != stands:
        gaps.append(gap("postings.differ"))


def _posted(postings: tuple[PostingTold, ...], row: SettlementRow) -> tuple[int, ...] | None:
    """Return what the postings come to: what the provider is owed, what each bearer bears, the benefits outside.

    None where what is left over is not nothing: an account that nobody knows, or benefits that are owed to nobody.
    """
    sums = balances(Posting(debit=one.debit, credit=one.credit, fen=one.fen) for one in postings)
    owed = -sums.pop(f"payable:{row.provider_code}", 0)
    fund = sum(sums.pop(account) for account in list(sums) if account.startswith("fund:"))
    bearers = (sums.pop("worker", 0), sums.pop("employer", 0), sums.pop("provider-cut", 0))
    benefits = sum(sums.pop(account) for account in list(sums) if account.startswith("benefit:"))
    is_given = benefits == -sums.pop(BENEFIT_PAYABLE, 0)
    return (owed, fund, *bearers, benefits) if is_given and not any(sums.values()) else None


def _state(kept: Kept) -> How | Literal["in_force", "cancellation"]:
    if kept.row.kind == "cancellation":
        return "cancellation"
    if kept.undone_by is None:
        return "in_force"
    return _how(kept.undone_by_message)


def _how(message: MessageRow | None) -> How:
    return "reversed" if message is not None and message.verb == "Reverse" else "cancelled"


def _message(kept: Kept, opened: Opened, gaps: list[Gap]) -> MessageTold:
    row, message = kept.row, kept.message
    if message is None:
        gaps.append(gap("message.gone"))
    version = _VERSIONS.decode(row.versions).get("adapter")
    return MessageTold(
        message_id=row.message_id,
        verb=message.verb if message else None,
        dialect=opened.dialect,
        adapter_version=version if isinstance(version, int) else None,
        received_at=message.received_at if message else None,
        sent_at=row.sent_at,
        reversed_by=message.reversed_by if message else None,
    )


def _visit(kept: Kept, opened: Opened) -> VisitTold:
    row = kept.row
    known = opened.visit or (visit_of_row(kept.visit) if kept.visit else None)
    return VisitTold(
        provider_code=row.provider_code,
        visit_no=row.visit_no,
        worker_id=row.worker_id,
        visit_kind=known.visit_kind if known else None,
        admitted_at=known.admitted_at if known else None,
        discharged_at=row.discharged_at or (known.discharged_at if known else None),
        diagnosis_codes=known.diagnosis_codes if known else (),
        qualification_ids=known.qualification_ids if known else (),
        emergency=known.emergency if known else False,
        bill_no=row.bill_no,
        invoice_no=row.invoice_no,
        interim_no=row.interim_no,
    )


def _versions(kept: Kept) -> tuple[VersionTold, ...]:
    named = _VERSIONS.decode(kept.row.versions)
    return tuple(
        VersionTold(kind=kind, version=version, effective_at=None if kind == "adapter" else kept.effective.get(version))
        for kind, version in sorted(named.items())
        if isinstance(version, int)
    )


def _receipt(kept: Kept, gaps: list[Gap]) -> ReceiptTold | None:
    """Return the receipt and whether it holds: its signature by the keys kept, and what it says by the row."""
    row = kept.row
    try:
        receipt = verify_receipt(row.receipt_jws, kept.keys)
        kid = receipt_kid(row.receipt_jws)
    except SignatureError as wrong:
        gaps.append(gap("receipt.broken", why=wrong.en, why_zh=wrong.zh))
        return None
    holds = _agrees(receipt, row)
    if not holds:
        gaps.append(gap("receipt.differs"))
    return ReceiptTold(kid=kid, kind=receipt.kind, holds=holds, signs=signs_of(receipt))


def _agrees(receipt: Receipt, row: SettlementRow) -> bool:
    said = (receipt.settlement_id, receipt.provider_code, receipt.message_id, receipt.settled_at)
    stands = (str(row.settlement_id), row.provider_code, row.message_id, utc_text(row.settled_at))
    return said == stands and all(
        getattr(receipt, name) == getattr(row, name) for name in (*sums_of(row).__struct_fields__, "benefits_fen")
    )


def _undone_by(kept: Kept) -> OtherTold | None:
    row = kept.undone_by
    if row is None:
        return None
    return _other(_how(kept.undone_by_message), row)


def _undoes(kept: Kept) -> OtherTold | None:
    if kept.undoes is None:
        return None
    return _other(_how(kept.message), kept.undoes)


def _other(how: How, row: SettlementRow) -> OtherTold:
    return OtherTold(how=how, settlement_id=str(row.settlement_id), message_id=row.message_id, at=row.settled_at)

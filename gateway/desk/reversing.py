"""Reverse (冲正): make a message as if it had not been, or keep out one that has not come yet."""

from typing import Literal, TypeAlias
from uuid import UUID

from msgspec.structs import replace

from gateway.core.reasons import refusal
from gateway.desk.amending import contradictions, orphans, said_anew, taken_back, terms_now
from gateway.desk.asking import Making, Verdict
from gateway.desk.names import referral_key, referral_no_of
from gateway.desk.undoing import cancellation, sums_of
from gateway.desk.unmatching import undo_filings
from gateway.desk.visits import changed, undo_visit
from gateway.settling.lane import TOMBSTONE
from gateway.settling.standing import Standing, VisitFile
from gateway.store.rows import (
    Effect,
    ItemRestored,
    ItemWithdrawn,
    KeyFreed,
    MessageReversed,
    MessageRow,
    SettlementRow,
    VisitChanged,
)
from schemas.answers import Reversed
from schemas.problems import GatewayError
from schemas.requests import Reverse

Was: TypeAlias = Literal["settled", "not_seen", "refused", "reversed"]


def decide_reverse(request: Reverse, standing: Standing, making: Making) -> Verdict:
    """Undo the original if it went through; if it has not come yet, see to it that it never will (G3).

    Refuses: reversal.of_itself, reversal.not_offered, reversal.overtaken, settlement.later_first.
    """
    if request.original_message_id == making.message_id:
        raise refusal("reversal.of_itself", "/original_message_id")
    original = standing.original
    if original is None:
        return tombstone(request, standing, making)
    if original.reversed_by is not None:
        return Verdict(
            answer=said(request, standing, was="reversed", verb=None, row=None),
            worker_id=original.worker_id,
            visit_id=original.visit_id,
        )
    row, effects = undo(original, standing, making)
    marked = MessageReversed(
        provider_code=original.provider_code,
        message_id=original.message_id,
        reversed_by=making.message_id,
        reversed_answer_sealed=making.reversed_answer(original.message_id, making.message_id),
    )
    return Verdict(
        answer=said(request, standing, was="settled", verb=original.verb, row=row),
        effects=(*effects, marked),
        worker_id=original.worker_id,
        visit_id=original.visit_id,
        settlement=row,
        unsettles=True,
    )


def tombstone(request: Reverse, standing: Standing, making: Making) -> Verdict:
    """Return what keeps a message out that has not come yet."""
    kept_out = MessageRow(
        provider_code=making.caller.code,
        message_id=request.original_message_id,
        verb=TOMBSTONE,
        content_sha256=None,
        raw_sha256=None,
        worker_id=None,
        visit_id=None,
        settlement_id=None,
        received_at=standing.now,
        reversed_by=making.message_id,
        request_sealed=None,
        answer_sealed=None,
        reversed_answer_sealed=making.reversed_answer(request.original_message_id, making.message_id),
    )
    was: Was = "refused" if standing.original_refused else "not_seen"
    return Verdict(answer=said(request, standing, was=was, verb=None, row=None), effects=(kept_out,))


def said(request: Reverse, standing: Standing, *, was: Was, verb: str | None, row: SettlementRow | None) -> Reversed:
    """Return the answer of a reversal."""
    return Reversed(
        original_message_id=request.original_message_id,
        original_was=was,
        undone_verb=verb,
        settlement_id=str(row.settlement_id) if row else None,
        original_settlement_id=str(row.original_id) if row else None,
        sums=sums_of(row) if row else None,
        reversed_at=standing.now,
    )


def undo(original: MessageRow, standing: Standing, making: Making) -> tuple[SettlementRow | None, tuple[Effect, ...]]:
    """Return the effects that make a message as if it had not been."""
    file = standing.visit
    match original.verb:
        case "Settle" if file:
            return undo_settlement(original, file, standing, making)
        case "SubmitBill" if file:
            return undo_document(original, file, standing, making)
        case "RegisterVisit" if file:
            return None, undo_registration(file, making)
        case "AmendVisit" if file:
            return None, undo_amendment(file, standing, making)
        case "DischargeVisit" if file:
            return None, undo_discharge(file)
        case "FileReferral":
            return None, undo_filing(original, making)
        case "FileMatches" | "WithdrawMatches":
            return None, undo_filings(original, standing, making)
        case "UploadItems" if file:
            return None, undo_upload(original, file, making)
        case "WithdrawItems" if file:
            return None, undo_withdrawal(original, file, standing)
        case _:
            raise not_offered(original.verb)


def undo_settlement(
    original: MessageRow, file: VisitFile, standing: Standing, making: Making
) -> tuple[SettlementRow | None, tuple[Effect, ...]]:
    """Cancel the settlement that the message made; one that was cancelled since leaves nothing to undo."""
    made = [row for row in file.settlements if row.settlement_id == original.settlement_id]
    return cancellation(file, made[0], standing, making) if made else (None, ())


def undo_document(
    original: MessageRow, file: VisitFile, standing: Standing, making: Making
) -> tuple[SettlementRow | None, tuple[Effect, ...]]:
    """Cancel the settlement, withdraw the document's own items, and cancel the visit where the document began it."""
    still_in_care(file)
    row, effects = undo_settlement(original, file, standing, making)
    begun_here = file.message_id == original.message_id and file.visit.bills <= (1 if row else 0)
    mine = [live for live in file.items if live.message_id == original.message_id]
    if begun_here and len(mine) == len(file.items) and file.visit.state != "cancelled":
        kept = tuple(one for one in effects if not isinstance(one, VisitChanged))
        bare = replace(file, visit=replace(file.visit, bills=0))
        return row, (*kept, *undo_visit(bare, making.message_id))
    settled = {original.settlement_id, None}
    if later := [live.item.item_no for live in mine if live.settlement_id not in settled]:
        raise overtaken(f"明细{later[0]}已由后来的单据结算 / item {later[0]} is settled in a later bill")
    return row, (*effects, *gone(file, [live.item.item_no for live in mine], making))


def undo_registration(file: VisitFile, making: Making) -> tuple[Effect, ...]:
    """Cancel the visit, unless something has been settled in it."""
    if file.settlements:
        raise overtaken(f"就诊{file.visit.visit_no}已有结算 / visit {file.visit.visit_no} has settlements")
    still_in_care(file)
    return () if file.visit.state == "cancelled" else undo_visit(file, making.message_id)


def still_in_care(file: VisitFile) -> None:
    """Refuse to take anything from a visit that was discharged as self-paid: the worker has paid for it."""
    if file.visit.state == "self_paid":
        no = file.visit.visit_no
        raise overtaken(f"就诊{no}已自费出院 / visit {no} is discharged as self-paid")


def undo_amendment(file: VisitFile, standing: Standing, making: Making) -> tuple[Effect, ...]:
    """Say again what an amendment changed, unless it has been changed again, or a settlement rests on it."""
    if standing.amendment is None or file.visit.state == "cancelled":
        return ()
    no = file.visit.visit_no
    if file.visit.state not in {"open", "part_settled"}:
        raise overtaken(f"就诊{no}已结算或自费出院 / visit {no} is closed")
    now = terms_now(file, making)
    back, again = taken_back(standing.amendment, now)
    if again:
        raise overtaken(f"就诊{no}的{again[0]}此后又已修改 / {again[0]} of visit {no} has been amended again since")
    if faults := [*contradictions(now, back, file, standing), *orphans(now, back, file)]:
        raise overtaken(f"{faults[0].pointer[1:]}：{faults[0].zh} / {faults[0].en}")
    return said_anew(file, back, making)


def undo_discharge(file: VisitFile) -> tuple[Effect, ...]:
    """Open a visit again that was discharged as self-paid; it had no bills then and can have got none since."""
    return (changed(file, state="open", discharged_at=None),) if file.visit.state == "self_paid" else ()


def undo_filing(original: MessageRow, making: Making) -> tuple[Effect, ...]:
    """Take a referral's number away: what was filed under it is found no more, and can be cancelled no more."""
    key = referral_key(making.caller, referral_no_of(original.provider_code, original.message_id))
    return (KeyFreed(provider_code=key.provider_code, kind=key.kind, key=key.key),)


def undo_upload(original: MessageRow, file: VisitFile, making: Making) -> tuple[Effect, ...]:
    """Withdraw the items that the message brought, unless one of them is settled or was discharged with."""
    still_in_care(file)
    mine = [live for live in file.items if live.message_id == original.message_id]
    if settled := [live.item.item_no for live in mine if live.settlement_id is not None]:
        raise overtaken(f"明细{settled[0]}已结算 / item {settled[0]} is settled")
    return gone(file, [live.item.item_no for live in mine], making)


def undo_withdrawal(original: MessageRow, file: VisitFile, standing: Standing) -> tuple[Effect, ...]:
    """Bring back the items that the message withdrew, unless their numbers have been used again."""
    if file.visit.state not in {"open", "part_settled"}:
        raise overtaken(f"就诊{file.visit.visit_no}已结算或撤销 / visit {file.visit.visit_no} is closed")
    taken = {live.item.item_no for live in file.items}
    if again := [no for no in standing.withdrawn if no in taken]:
        raise overtaken(f"明细号{again[0]}已重新上传 / item number {again[0]} is used again")
    return restored(file, standing, original)


def restored(file: VisitFile, standing: Standing, original: MessageRow) -> tuple[Effect, ...]:
    """Return what brings back the items that a message withdrew."""
    return tuple(
        ItemRestored(
            worker_id=file.visit.worker_id,
            visit_id=UUID(file.visit.visit_id),
            item_no=item_no,
            withdrawn_by=original.message_id,
        )
        for item_no in standing.withdrawn
    )


def gone(file: VisitFile, item_nos: list[str], making: Making) -> tuple[Effect, ...]:
    """Return what withdraws items by number."""
    return tuple(
        ItemWithdrawn(
            worker_id=file.visit.worker_id,
            visit_id=UUID(file.visit.visit_id),
            item_no=item_no,
            withdrawn_by=making.message_id,
        )
        for item_no in item_nos
    )


def overtaken(what: str) -> GatewayError:
    """Return the refusal of a reversal on whose original later business rests."""
    return refusal("reversal.overtaken", "/original_message_id", what=what)


CURES = {
    "CancelSettlement": ("如需恢复，请重新结算", "to have the settlement again, settle anew"),
    "CancelVisit": ("如需恢复，请重新登记（2201）", "to have the visit again, register it anew"),
    "CancelReferral": ("如仍需转诊，请重新申请（2301）", "if the referral is still wanted, file it anew"),
    "SignIn": ("如不再使用，请签退（9002）", "if the cycle is not wanted, sign out"),
    "SignOut": ("请重新签到（9001）", "sign in again"),
    "Reverse": ("请以新的报文编号重新办理原业务", "submit the original business anew under a new message id"),
}


def not_offered(verb: str) -> GatewayError:
    """Return the refusal of a reversal whose original cannot be made as if it had not been."""
    cure_zh, cure_en = CURES.get(verb, ("请联系经办机构", "call the agency"))
    return refusal("reversal.not_offered", "/original_message_id", verb=verb, cure_zh=cure_zh, cure_en=cure_en)

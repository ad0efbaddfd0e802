"""Presettle and Settle (预结算, 结算): one computation, which documents share."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from gateway.core.adjudication import adjudicate, blocking
from gateway.core.context import Bill, Context, SettledLine, Visit
from gateway.core.reasons import fault, refusal
from gateway.core.visits import Move, after, refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.names import bill_keys
from gateway.desk.settlements import Settling, decided, items_digest, settlement_effects
from gateway.desk.visits import changed, qualification_faults, told, visit_at, worker_of
from gateway.settling.standing import LiveItem, Standing, VisitFile
from gateway.store.ids import uuid_of
from gateway.store.rows import Effect, ItemSettled
from schemas.answers import Presettled
from schemas.decisions import Decision
from schemas.problems import Conflict, Fault, Refused
from schemas.requests import BillTerms, Item, Presettle, Settle, Sums


def decide_presettle(
    request: Presettle, standing: Standing, adapter_version: int
) -> tuple[Presettled, bytes, VisitFile]:
    """Return the preview, the digest of the items it saw, and their visit; nothing is held."""
    file = visit_at(standing, request.visit_no, request.worker_id)
    visit, items = presented(request, file, standing, "Presettle")
    decision, _, _ = compute(visit, request, tuple(live.item for live in items), file, standing, adapter_version)
    return presettled(visit, request, decision), items_digest(tuple(live.item for live in items)), file


def presettled(visit: Visit, terms: BillTerms, decision: Decision) -> Presettled:
    """Return a preview of a decision, with what would keep it from settling."""
    return Presettled(
        **decided(visit.visit_no, terms.bill_no, visit.worker_id, decision),
        would_refuse=tuple(sorted({finding.rule for finding in blocking(decision)})),
    )


def decide_settle(request: Settle, standing: Standing, making: Making) -> Verdict:
    """Settle a visit's items: recomputed, held against the preview, and refused whole where a rule blocks it."""
    file = visit_at(standing, request.visit_no, request.worker_id)
    move: Move = "SettleInterim" if request.interim else "SettleFinal"
    visit, items = presented(request, file, standing, move)
    free_keys(request, request.visit_no, standing, making)
    plain = tuple(live.item for live in items)
    decision, bill, context = compute(visit, request, plain, file, standing, making.adapter_version)
    stop(decision, request, lambda: {item_no: f"/item_nos/{place}" for place, item_no in enumerate(request.item_nos)})
    compare(request, decision.sums, file, plain)
    settling = Settling(
        bill=bill,
        context=context,
        decision=decision,
        standing=standing,
        making=making,
        file=file,
        attached=visit.qualification_ids[len(file.visit.qualification_ids) :],
        left=len(open_items(file)) - len(items),
    )
    taken = tuple(settled(visit, live.item.item_no, making.settlement_id) for live in items)
    state = after(move, file.visit.state)
    if state == "settled" and settling.left:
        state = "part_settled"
    moved = changed(
        file,
        state=state,
        bills=visit.bills + 1,
        discharged_at=request.discharged_at or visit.discharged_at,
        qualification_ids=visit.qualification_ids,
    )
    return settling_verdict(settling, (moved, *taken))


def settling_verdict(settling: Settling, effects: tuple[Effect, ...]) -> Verdict:
    """Return the verdict of a bill that settles: the visit's effects, then the settlement's.

    A refund undoes: the device that it gives back has no service life any more, which only the books can tell.
    """
    answer, row, rows = settlement_effects(settling)
    return Verdict(
        answer=answer,
        effects=(*effects, *rows),
        worker_id=row.worker_id,
        visit_id=row.visit_id,
        settlement=row,
        unsettles=any(item.refunds_item_no is not None for item in settling.bill.items),
    )


def presented(
    request: Presettle | Settle, file: VisitFile, standing: Standing, move: Move
) -> tuple[Visit, list[LiveItem]]:
    """Return the visit with its qualifications and the items that the bill presents, or refuse."""
    if code := refused(move, file.visit.state):
        raise refusal(code, visit_no=request.visit_no)
    if request.visit_kind is not None and request.visit_kind != file.visit.visit_kind:
        raise refusal("visit.kind_differs", "/visit_kind", stated=request.visit_kind, registered=file.visit.visit_kind)
    check_discharge(request, file.visit.admitted_at, "")
    visit = attach(file.visit, request.qualification_ids, standing)
    need_qualification(visit)
    items = chosen(request, file)
    check_total(request, [live.item for live in items], "/charged_fen")
    return visit, items


def open_items(file: VisitFile) -> dict[str, LiveItem]:
    """Return the visit's items that no settlement has taken, by number."""
    return {live.item.item_no: live for live in file.items if live.settlement_id is None}


def chosen(request: Presettle | Settle, file: VisitFile) -> list[LiveItem]:
    """Return the items of the bill: the named ones, those of the named batches, or all that are not settled."""
    waiting = open_items(file)
    batches = {live.item.batch_no for live in waiting.values()}
    faults = [
        fault("item.unknown", f"/item_nos/{index}", item_no=item_no, visit_no=request.visit_no)
        for index, item_no in enumerate(request.item_nos)
        if item_no not in waiting
    ]
    faults += [
        fault("batch.unknown", f"/batch_nos/{index}", batch_no=batch_no, visit_no=request.visit_no)
        for index, batch_no in enumerate(request.batch_nos)
        if batch_no not in batches
    ]
    if faults:
        raise Refused(*faults)
    wanted, wanted_batches = set(request.item_nos), set(request.batch_nos)
    items = [
        live
        for no, live in waiting.items()
        if no in wanted or live.item.batch_no in wanted_batches or not (wanted or wanted_batches)
    ]
    if not items:
        raise refusal("bill.empty")
    return items


def attach(visit: Visit, qualification_ids: tuple[str, ...], standing: Standing, at: str = "") -> Visit:
    """Return the visit with further qualifications, after its own. at: where in the message they stand."""
    more = tuple(one for one in dict.fromkeys(qualification_ids) if one not in visit.qualification_ids)
    if more and (faults := qualification_faults(qualification_ids, worker_of(standing), at)):
        raise Refused(*faults)
    return replace(visit, qualification_ids=(*visit.qualification_ids, *more))


def need_qualification(visit: Visit, at: str = "") -> None:
    """Refuse to settle a visit whose recognition is still to come."""
    if not visit.qualification_ids:
        raise refusal("qualification.none", f"{at}/qualification_ids", visit_no=visit.visit_no)


def check_total(terms: BillTerms, items: list[Item] | tuple[Item, ...], pointer: str) -> None:
    """Refuse a stated total that differs from the items' sum by a fen."""
    total = sum(item.amount_fen for item in items)
    if terms.charged_fen is not None and terms.charged_fen != total:
        raise refusal("bill.total_differs", pointer, stated_fen=terms.charged_fen, sum_fen=total)


def check_discharge(terms: BillTerms, admitted_at: datetime, pointer: str) -> None:
    """Refuse a discharge before the admission."""
    if terms.discharged_at is not None and terms.discharged_at < admitted_at:
        raise refusal("visit.discharge_before_admission", f"{pointer}/discharged_at")


def free_keys(terms: BillTerms, visit_no: str, standing: Standing, making: Making, at: str = "") -> None:
    """Refuse a bill number or invoice number that another message has settled (G1). at: where the terms stand."""
    faults: list[Fault] = []
    tell: dict[str, str] = {}
    for key in bill_keys(making.caller.code, visit_no, terms.bill_no, terms.invoice_no):
        if held := standing.keys.get(key):
            code = "bill.already_settled" if key.kind == "bill" else "invoice.already_used"
            facts = {"bill_no": terms.bill_no, "invoice_no": terms.invoice_no, "message_id": held.message_id}
            faults.append(fault(code, f"{at}/{key.kind}_no", **facts))
            tell |= told(held)
    if faults:
        raise Conflict(*faults, facts=tell)


def compute(
    visit: Visit,
    terms: BillTerms,
    items: tuple[Item, ...],
    file: VisitFile | None,
    standing: Standing,
    adapter_version: int,
) -> tuple[Decision, Bill, Context]:
    """Adjudicate what is presented, with everything that was read under lock."""
    worker = worker_of(standing)
    bill = Bill(visit=visit, terms=terms, items=items)
    context = Context(
        provider=standing.caller,
        worker=worker.worker,
        enrolments=worker.enrolments,
        recognitions=worker.recognitions,
        authorizations=worker.authorizations,
        used=worker.used,
        settled=first_of_each(file) if file else (),
        devices=worker.devices,
        as_of=standing.now,
        day=standing.day,
        versions=versions_for(visit, standing) | {"adapter": adapter_version},
    )
    return adjudicate(bill, context, standing.snapshot.catalog, standing.snapshot.policies), bill, context


def first_of_each(file: VisitFile) -> tuple[SettledLine, ...]:
    """Return the visit's settled lines, one an item number: the first, since what came again was a duplicate."""
    found: dict[str, SettledLine] = {}
    for line in file.lines:
        found.setdefault(line.item_no, line)
    return tuple(found.values())


def versions_for(visit: Visit, standing: Standing) -> dict[str, int]:
    """Return the version of each kind of reference data that a visit's area and scheme go by."""
    known = standing.snapshot.versions
    kinds = ("providers", "catalog", "matches", "limits", "pairs", "policy")
    return {kind: known.get(f"{kind}:{visit.area}:{visit.scheme}", 0) for kind in kinds}


def stop(decision: Decision, terms: BillTerms, placing: Callable[[], Mapping[str, str]]) -> None:
    """Refuse the whole bill where a rule blocks it, or where its dialect cannot carry a provider's share.

    placing gives pointers into the message, by item number; an item that it does not name stands nowhere in it.
    """
    if not decision.findings:
        return
    places = placing()
    faults = [
        Fault(
            pointer=places.get(finding.item_no or "", ""),
            code=finding.rule,
            zh=f"明细{finding.item_no}：{finding.title_zh}" if finding.item_no else finding.title_zh,
            en=f"item {finding.item_no}: {finding.title_en}" if finding.item_no else finding.title_en,
            cure_zh=finding.cure_zh,
            cure_en=finding.cure_en,
        )
        for finding in blocking(decision)
    ]
    if not faults and terms.provider_share == "refuse":
        faults = [
            fault(
                "provider_share.refused",
                places.get(finding.item_no or "", ""),
                item_no=finding.item_no,
                fen=finding.fen,
                title=finding.title_zh,
                cure=finding.cure_zh,
            )
            for finding in decision.findings
            if finding.bearer == "provider" and finding.fen
        ]
    if faults:
        raise Refused(*faults)


def compare(terms: BillTerms, now: Sums, file: VisitFile | None, items: tuple[Item, ...]) -> None:
    """Refuse sums that differ from those the caller echoes, or else from the last preview of the same items."""
    if terms.previewed_fund_fen is not None and terms.previewed_fund_fen != now.fund_fen:
        raise refusal("preview.fund_differs", previewed_fund=terms.previewed_fund_fen, fund=now.fund_fen)
    before = terms.previewed
    if before is None and file is not None:
        kept = file.previews.get(terms.bill_no)
        before = kept[1] if kept and kept[0] == items_digest(items) else None
    if before is None or before == now:
        return
    raise refusal(
        "preview.differs",
        previewed_charged=before.charged_fen,
        previewed_fund=before.fund_fen,
        previewed_worker=before.worker_fen,
        previewed_employer=before.employer_fen,
        previewed_provider=before.provider_fen,
        charged=now.charged_fen,
        fund=now.fund_fen,
        worker=now.worker_fen,
        employer=now.employer_fen,
        provider=now.provider_fen,
    )


def settled(visit: Visit, item_no: str, settlement_id: UUID | None) -> ItemSettled:
    """Return what takes an item into a settlement."""
    return ItemSettled(
        worker_id=visit.worker_id, visit_id=uuid_of(visit.visit_id), item_no=item_no, settlement_id=settlement_id
    )

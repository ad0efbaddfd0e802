"""What each answer says, before it is put in its places: a first row by names, rows below it, and a message."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from adapters.legacy_caret.fields import CODES
from adapters.legacy_caret.replies import CATALOG_ROW
from adapters.spelling import packed_day, spelled, yuan
from adapters.wording import LIST_TYPES, REFERRALS, REVERSALS, entitlement, explanation, shares
from schemas.answers import (
    AnyAnswer,
    CatalogFound,
    CatalogRow,
    ItemsUploaded,
    ItemsWithdrawn,
    PersonVerified,
    Presettled,
    Qualification,
    ReferralFiled,
    Reversed,
    Settled,
    SettlementCancelled,
    SignedIn,
    SignedOut,
    SortSum,
    VisitAmended,
    VisitCancelled,
    VisitRegistered,
)
from schemas.decisions import LineDecision
from schemas.requests import Sums

Row = tuple[str, ...]
_MATERIAL = ("consumable", "device")


class Said(Struct, frozen=True, kw_only=True):
    """An answer's words. code: ours; first: its first row by names; rows: those below, in their places."""

    code: str
    first: dict[str, str]
    rows: tuple[Row, ...] = ()
    message: str


def said_by(answer: AnyAnswer) -> Said | None:  # noqa: PLR0912 one case an answer
    """Return the words of an answer; None where no transaction of this dialect is answered so."""
    match answer:
        case SignedIn():
            return _signed_in(answer)
        case SignedOut():
            return Said(code="9110", first={"cycle": answer.sign_no}, message="签退成功")
        case PersonVerified():
            return _person(answer)
        case VisitRegistered():
            notices = "；".join(notice.title_zh for notice in answer.notices)
            return Said(code="2210", first=_visit(answer), message=f"登记成功；{notices}" if notices else "登记成功")
        case VisitAmended():
            return Said(code="2230", first=_visit(answer), message=_amended(answer))
        case VisitCancelled():
            first = {"visit_no": answer.visit_no, "items": str(answer.withdrawn_items)}
            return Said(code="2240", first=first, message=f"登记已撤销，同时撤销明细{answer.withdrawn_items}条")
        case ItemsUploaded() | ItemsWithdrawn():
            return _items(answer)
        case Presettled() | Settled():
            return _bill(answer)
        case SettlementCancelled():
            return _cancelled(answer)
        case Reversed():
            return _reversed(answer)
        case ReferralFiled():
            filed = answer.referral
            first = {"referral_no": filed.referral_no, "state": filed.state}
            return Said(code="3100", first=first, message=REFERRALS[filed.state])
        case CatalogFound():
            return _catalog(answer)
        case _:
            return None


def whole(answer: AnyAnswer) -> Row:
    """Return an answer that this dialect has no places for, as its name and its canonical JSON.

    No transaction is answered so; all that the house says can be said all the same. The separators are JSON's own
    escapes, so that the row is one.
    """
    text = msgspec.json.encode(answer).decode()
    for mark in "^|$":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return type(answer).__name__, text


def _signed_in(answer: SignedIn) -> Said:
    valid_to = spelled(answer.valid_to)
    first = {"cycle": answer.sign_no, "signed_at": spelled(answer.signed_at), "valid_to": valid_to}
    return Said(code="9100", first=first, message=f"签到成功，业务周期至{valid_to}")


def _person(answer: PersonVerified) -> Said:
    reason = entitlement(answer)
    first = {
        "worker_id": answer.worker_id,
        "employer_id": answer.employer_id,
        "employer_name": answer.employer_name or "",
        "certno": answer.certno,
        "name": answer.name,
        "sex": "1" if answer.sex == "male" else "2",
        "area": answer.area,
        "in_hospital": _flag(answer.in_hospital),
        "entitled": _flag(not reason),
        "reason": reason,
        "birthday": packed_day(answer.birthday),
        "age_years": str(answer.age_years),
    }
    rows = tuple(_qualification(one) for one in answer.qualifications)
    return Said(code="2100", first=first, rows=rows, message=reason or "可享受工伤保险待遇")


def _qualification(entitled: Qualification) -> Row:
    return (
        entitled.qualification_id,
        entitled.recognition_no,
        entitled.recognition_state,
        entitled.kind,
        packed_day(entitled.injured_on),
        packed_day(entitled.valid_from),
        packed_day(entitled.valid_to),
        "" if entitled.amount_left_fen is None else yuan(entitled.amount_left_fen),
        _count(entitled.days_left),
        entitled.quantity_left or "",
        _flag(entitled.usable_here),
        ",".join(entitled.diagnosis_codes),
        ",".join(entitled.body_parts),
    )


def _visit(answer: VisitRegistered | VisitAmended) -> dict[str, str]:
    return {"visit_no": answer.visit_no, "worker_id": answer.worker_id}


def _amended(answer: VisitAmended) -> str:
    titles = {field.into: field.zh for field in CODES["2230"].fields.values()} | _NOT_BY_NAME
    named = "、".join(titles.get(name, name) for name in answer.amended)
    return f"已修改：{named}" if named else "与原登记一致，未作修改"


_NOT_BY_NAME = {
    "qualification_ids": "资格审核信息ID",
    "diagnosis_codes": "疾病编码",
    "emergency": "急诊",
}


def _items(answer: ItemsUploaded | ItemsWithdrawn) -> Said:
    first = {
        "visit_no": answer.visit_no,
        "unsettled_items": str(answer.unsettled_items),
        "unsettled_yuan": yuan(answer.unsettled_fen),
    }
    if isinstance(answer, ItemsWithdrawn):
        rows = tuple((number, "1") for number in answer.withdrawn_item_nos)
        return Said(code="2320", first=first, rows=rows, message=f"已撤销明细{len(rows)}条")
    taken = tuple((number, "1") for number in answer.accepted_item_nos)
    known = tuple((number, "0") for number in answer.repeated_item_nos)
    repeated = f"；{len(known)}条此前已接收，未重复计入" if known else ""
    return Said(code="2310", first=first, rows=taken + known, message=f"已接收明细{len(taken)}条{repeated}")


def _bill(answer: Presettled | Settled) -> Said:
    first = _sums(answer.sums, answer.sorts) | _whose(answer.visit_no, answer.bill_no, answer.worker_id)
    code = "2420"
    if isinstance(answer, Settled):
        code = "2410"
        first |= {
            "settlement_id": answer.settlement_id,
            "settled_at": spelled(answer.settled_at),
            "settlement_day": packed_day(answer.settlement_day),
        }
    message = f"{explanation(answer)}。{_shares(answer.sums)}{_benefits(answer)}"
    return Said(code=code, first=first, rows=tuple(map(_line, answer.lines)), message=message)


def _line(line: LineDecision) -> Row:
    return (
        line.item_no,
        yuan(line.charged_fen),
        yuan(line.fund_fen),
        yuan(line.worker_fen),
        yuan(line.employer_fen),
        yuan(line.provider_fen),
    )


def _sums(sums: Sums, sorts: tuple[SortSum, ...]) -> dict[str, str]:
    """Return a bill's sums: charged = fund + worker + employer + provider = drug + service + material."""
    drug = sum(part.charged_fen for part in sorts if part.sort == "drug")
    material = sum(part.charged_fen for part in sorts if part.sort in _MATERIAL)
    return {
        "charged_yuan": yuan(sums.charged_fen),
        "fund_yuan": yuan(sums.fund_fen),
        "worker_yuan": yuan(sums.worker_fen),
        "employer_yuan": yuan(sums.employer_fen),
        "provider_yuan": yuan(sums.provider_fen),
        "cash_yuan": yuan(sums.worker_fen + sums.employer_fen),
        "drug_yuan": yuan(drug),
        "service_yuan": yuan(sums.charged_fen - drug - material),
        "material_yuan": yuan(material),
    }


def _whose(visit_no: str, bill_no: str, worker_id: str) -> dict[str, str]:
    return {"visit_no": visit_no, "bill_no": bill_no, "worker_id": worker_id}


def _shares(sums: Sums) -> str:
    provider = f"，协议机构负担{yuan(sums.provider_fen)}元" if sums.provider_fen else ""
    return f"{shares(sums, ())}{provider}"


def _benefits(answer: Presettled | Settled) -> str:
    """Return what is paid outside the bill."""
    return shares(answer.sums, answer.benefits).removeprefix(shares(answer.sums, ()))


def _cancelled(answer: SettlementCancelled) -> Said:
    own = {
        "settlement_id": answer.settlement_id,
        "original_settlement_id": answer.original_settlement_id,
        "settlement_day": packed_day(answer.settlement_day),
    }
    first = _sums(answer.sums, answer.sorts) | _whose(answer.visit_no, answer.bill_no, answer.worker_id) | own
    return Said(code="2430", first=first, message=f"结算已撤销。{_shares(answer.sums)}")


def _reversed(answer: Reversed) -> Said:
    first = {
        "original_serial": answer.original_message_id,
        "settlement_id": answer.settlement_id or "",
        "original_settlement_id": answer.original_settlement_id or "",
    }
    return Said(code="2421", first=first, message=REVERSALS[answer.original_was])


def _catalog(answer: CatalogFound) -> Said:
    first = {
        "version": str(answer.version),
        "since_version": _count(answer.since_version),
        "version_rows": str(answer.version_rows),
        "rows": str(len(answer.rows)),
        "last": _flag(answer.next_cursor is None),
        "effective_at": spelled(answer.effective_at),
    }
    rows = tuple(map(_catalog_row, answer.rows))
    message = "本页为最后一页" if answer.next_cursor is None else "本页之后还有数据，请以页码续取"
    return Said(code="1300", first=first, rows=rows, message=message)


def _catalog_row(row: CatalogRow) -> Row:
    item = row.item
    cells = (
        item.code,
        item.name,
        LIST_TYPES[item.sort],
        item.unit or "",
        packed_day(item.valid_from),
        packed_day(item.valid_to),
        item.ceiling_tertiary_yuan or "",
        item.ceiling_secondary_yuan or "",
        item.ceiling_primary_yuan or "",
        item.ceiling_ungraded_yuan or "",
        {"male": "1", "female": "2"}.get(item.sex or "", ""),
        _count(item.age_min_years),
        _count(item.age_max_years),
        ",".join(item.visit_kinds),
        ",".join(item.provider_kinds),
        item.level_min or "",
        ",".join(item.schemes),
        ",".join(item.diagnosis_prefixes),
        _count(item.service_life_years),
        row.change or "",
    )
    assert len(cells) == len(CATALOG_ROW)
    return cells


def _flag(is_so: bool) -> str:
    return "1" if is_so else "0"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def joined(rows: Iterable[Row]) -> str:
    """Return rows as they stand in an output: a pipe behind each field, `$` between rows."""
    return "$".join("".join(f"{field}|" for field in row) for row in rows)

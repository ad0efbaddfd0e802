"""Makes the canonical request of each code from its fields."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from adapters.coherence import too_many_items
from adapters.jiangsu_injury.fields import CODES, EMERGENCY, EVERYTHING, ITEM, MED_TYPES
from adapters.jiangsu_injury.nodes import detail_rows, input_node
from adapters.kinds import Says
from adapters.tables import Table, Values, read_fields, read_row, said
from adapters.transactions import TWO_PERSONS, original_faults, visit_kind_of
from schemas.dialect import Profile
from schemas.problems import Fault
from schemas.requests import (
    ITEMS_PER_MESSAGE_MAX,
    AmendVisit,
    AnyRequest,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
    DownloadCatalog,
    FileReferral,
    Presettle,
    QueryItems,
    QueryReferral,
    QueryVisits,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SignOut,
    UploadItems,
    VerifyPerson,
    WithdrawItems,
)

CATALOG_ROWS = 500
"""Rows of a page of 1301; a page of the others has what the canonical request has by default."""


class Act(Struct, kw_only=True):
    """A message on its way to a request. at is where its fields or rows stand, once they were found."""

    infno: str
    message: dict[str, object]
    header: Values
    profile: Profile
    faults: list[Fault]
    at: str = "/input"


def _fields(act: Act) -> Values:
    node, act.at = input_node(act.message, CODES[act.infno], act.faults)
    return read_fields(node, CODES[act.infno].fields, act.at, act.faults)


def _made(verb: type[AnyRequest], values: Values, act: Act) -> AnyRequest | None:
    """Return the request, unless something is known to be wrong with it already."""
    return None if act.faults else msgspec.convert(values, type=verb, strict=True)


def _sign_in(act: Act) -> AnyRequest | None:
    values = _fields(act)
    operator = values.get("operator_id", act.header.get("operator_id"))
    if operator is None:
        act.faults.append(said(f"{act.at}/opter_no", _NO_OPERATOR))
    terminal = " ".join(str(values[name]) for name in ("ip", "mac") if name in values)[:200]
    return _made(SignIn, {"operator_id": operator, "terminal": terminal or None}, act)


def _sign_out(act: Act) -> AnyRequest | None:
    values = _fields(act)
    values.setdefault("sign_no", act.header.get("sign_no"))
    if values["sign_no"] is None:
        act.faults.append(said(f"{act.at}/sign_no", _NO_SIGN_NO))
    return _made(SignOut, values, act)


def _verify_person(act: Act) -> AnyRequest | None:
    """A card's or a token's number names nobody to us; an identity card's number (type 02) does."""
    values = _fields(act)
    card, number = values.pop("mdtrt_cert_type", None), values.pop("mdtrt_cert_no", None)
    if card == "02" and number is not None:
        if values.setdefault("certno", number) != number:
            act.faults.append(said(f"{act.at}/mdtrt_cert_no", TWO_PERSONS))
    elif number is not None and not {"certno", "worker_id"} & values.keys():
        act.faults.append(said(f"{act.at}/mdtrt_cert_no", _CARD_ONLY))
    return _made(VerifyPerson, values, act)


def _register_visit(act: Act) -> AnyRequest | None:
    values = _fields(act)
    values["emergency"] = values.get("visit_kind") == EMERGENCY
    return _made(RegisterVisit, _in_lists(_visit_kind(values, act)), act)


def _amend_visit(act: Act) -> AnyRequest | None:
    """A med_type that stands says anew whether the visit is an emergency, as it does in 2201."""
    values = _fields(act)
    if "visit_kind" in values:
        values["emergency"] = values["visit_kind"] == EMERGENCY
    values = _visit_kind(values, act)
    if "diagnosis_codes" in values:
        values["diagnosis_codes"] = [values["diagnosis_codes"]]
    return _made(AmendVisit, values, act)


def _cancel_visit(act: Act) -> AnyRequest | None:
    return _made(CancelVisit, _fields(act), act)


def _upload_items(act: Act) -> AnyRequest | None:
    rows, act.at = detail_rows(act.message, act.faults)
    if len(rows) > ITEMS_PER_MESSAGE_MAX:
        act.faults.append(too_many_items(len(rows), ITEMS_PER_MESSAGE_MAX, act.at))
        return None
    items = [read_row(row, ITEM, f"{act.at}/{position}", act.faults) for position, row in enumerate(rows)]
    visits = [_visit_no(item, f"{act.at}/{position}", act) if item else None for position, item in enumerate(items)]
    workers = [item.pop("worker_id", None) for item in items]
    visit_no, worker_id = _same(visits, "ipt_otp_no", act), _same(workers, "psn_no", act)
    if not items:
        return None
    return _made(UploadItems, {"visit_no": visit_no, "worker_id": worker_id, "items": items}, act)


def _visit_no(values: Values, at: str, act: Act) -> object:
    """Return the visit: `ipt_otp_no`, or else `mdtrt_id`, which is the visit in the national rows."""
    visit_no, national = values.pop("visit_no", None), values.pop("mdtrt_id", None)
    if visit_no is None and national is None:
        act.faults.append(said(f"{at}/ipt_otp_no", _NO_VISIT))
    elif None not in (visit_no, national) and visit_no != national:
        act.faults.append(said(f"{at}/mdtrt_id", _TWO_VISITS))
    return visit_no if visit_no is not None else national


def _same(numbers: list[object], name: str, act: Act) -> object:
    """Return the one number that the rows name, with a fault for each row that names another."""
    first = next((number for number in numbers if number is not None), None)
    for position, number in enumerate(numbers):
        if number not in (None, first):
            act.faults.append(said(f"{act.at}/{position}/{name}", _MIXED))
    return first


def _withdraw_items(act: Act) -> AnyRequest | None:
    batches, items = _listed(act, "chrg_bchno"), _listed(act, "feedetl_sn")
    values = _fields(act)
    values["visit_no"] = _visit_no(values, act.at, act)
    values["everything"] = EVERYTHING in (*batches, *items)
    values["batch_nos"] = [number for number in batches if number != EVERYTHING]
    values["item_nos"] = [number for number in items if number != EVERYTHING]
    return _made(WithdrawItems, values, act)


def _listed(act: Act, name: str) -> list[str]:
    """Take a field that may hold one number or an array of them out of the node, each checked by the field's kind."""
    node, at = input_node(act.message, CODES[act.infno], [])
    given = node.get(name)
    if not isinstance(given, list):
        return [str(given)] if isinstance(given, str) and given else []
    del node[name]
    table = CODES[act.infno].fields
    for position, number in enumerate(given):
        checked = read_fields({name: number}, Table(table[name]), f"{at}/{name}/{position}", act.faults)
        if not checked:
            act.faults.append(said(f"{at}/{name}/{position}", _NO_NUMBER))
    return [str(number) for number in given]


def _presettle(act: Act) -> AnyRequest | None:
    return _made(Presettle, _bill(act), act)


def _settle(act: Act) -> AnyRequest | None:
    return _made(Settle, _bill(act), act)


def _bill(act: Act) -> Values:
    """Return the terms of a bill; the dialect has no word for a provider's share (design §4)."""
    return {**_in_lists(_visit_kind(_fields(act), act)), "provider_share": "refuse"}


def _cancel_settlement(act: Act) -> AnyRequest | None:
    return _made(CancelSettlement, _fields(act), act)


def _file_referral(act: Act) -> AnyRequest | None:
    values = _fields(act)
    values.pop("stateCode", None)
    return _made(FileReferral, values, act)


def _query_referral(act: Act) -> AnyRequest | None:
    return _made(QueryReferral, _fields(act), act)


def _cancel_referral(act: Act) -> AnyRequest | None:
    return _made(CancelReferral, _fields(act), act)


def _reverse(act: Act) -> AnyRequest | None:
    values = _fields(act)
    act.faults.extend(original_faults(values, CODES, act.at, act.profile))
    return _made(Reverse, values, act)


def _download_catalog(act: Act) -> AnyRequest | None:
    return _made(DownloadCatalog, {**_fields(act), "limit": CATALOG_ROWS}, act)


def _fee_detail(act: Act) -> AnyRequest | None:
    """9103 is of what has been settled."""
    return _made(QueryItems, {**_fields(act), "state": "settled"}, act)


def _prescription_detail(act: Act) -> AnyRequest | None:
    """9104 is of all that was uploaded."""
    return _made(QueryItems, _fields(act), act)


def _recent_visits(act: Act) -> AnyRequest | None:
    return _made(QueryVisits, _fields(act), act)


def _visit_kind(values: Values, act: Act) -> Values:
    """Put the visit's kind in the place of its med_type."""
    if "visit_kind" not in values:
        return values
    kind = visit_kind_of(str(values["visit_kind"]), MED_TYPES, act.profile)
    if isinstance(kind, Says):
        act.faults.append(said(f"{act.at}/med_type", kind))
    return {**values, "visit_kind": kind}


def _in_lists(values: Values) -> Values:
    """Put single codes into the lists that they fill."""
    lists: Values = {name: [values[name]] for name in ("diagnosis_codes", "qualification_ids") if name in values}
    return {**values, **lists}


BUILDERS: dict[str, Callable[[Act], AnyRequest | None]] = {
    "9001": _sign_in,
    "9002": _sign_out,
    "1101": _verify_person,
    "2201": _register_visit,
    "2202": _cancel_visit,
    "2203": _amend_visit,
    "2204": _upload_items,
    "2205": _withdraw_items,
    "2206": _presettle,
    "2207": _settle,
    "2208": _cancel_settlement,
    "2209": _reverse,
    "1301": _download_catalog,
    "9103": _fee_detail,
    "9104": _prescription_detail,
    "9105": _recent_visits,
    "2301": _file_referral,
    "2302": _query_referral,
    "2303": _cancel_referral,
}

_NO_OPERATOR = Says(
    "field.missing",
    "缺少操作员编号",
    "no operator",
    "请填写opter_no，或报文头的opter",
    "give opter_no, or opter beside infno",
)
_NO_SIGN_NO = Says("field.missing", "缺少签到编号", "no sign-in number", "请填写签到返回的sign_no", "give sign_no")
_CARD_ONLY = Says(
    "card.unreadable",
    "仅凭卡号或电子凭证令牌无法识别人员",
    "a card's or token's number names no person here",
    "请同时上传证件号码certno或人员编号psn_no",
    "send certno or psn_no with it",
)
_NO_VISIT = Says("field.missing", "缺少就诊号", "no visit number", "请填写ipt_otp_no", "give ipt_otp_no")
_TWO_VISITS = Says(
    "visit.differs",
    "与ipt_otp_no不一致",
    "differs from ipt_otp_no",
    "明细中的mdtrt_id应为就诊号，请保持一致或不填",
    "in a row it is the visit's number: make both the same, or leave it out",
)
_MIXED = Says(
    "rows.mixed",
    "与前面的明细不一致",
    "differs from the rows before",
    "同一报文的明细须属于同一人员的同一次就诊，请分开上传",
    "send the rows of one person's one visit in one message",
)
_NO_NUMBER = Says("field.missing", "编号为空", "an empty number", "请填写编号", "give the number")

"""Makes the canonical request of each code from its rows."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from adapters.kinds import Says
from adapters.legacy_caret.fields import EMERGENCY, EVERYTHING, MORE_DIAGNOSES
from adapters.legacy_caret.habits import Habits, Layout
from adapters.legacy_caret.splitting import rows_of
from adapters.tables import MISSING, Values, read_fields, said
from schemas.problems import Fault
from schemas.requests import (
    AmendVisit,
    AnyRequest,
    CancelSettlement,
    CancelVisit,
    DownloadCatalog,
    FileReferral,
    Presettle,
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
"""Rows of a page of 1300."""


class Act(Struct, kw_only=True):
    """A message on its way to a request. given: the input's text."""

    layout: Layout
    header: Values
    given: str
    ways: Habits
    faults: list[Fault]


def _rows(act: Act) -> list[Values]:
    nodes, table = rows_of(act.given, act.layout, act.faults), act.layout.table
    return [
        {} if node is None else read_fields(node, table, f"/input/{position}", act.faults)
        for position, node in enumerate(nodes)
    ]


def _row(act: Act) -> Values:
    """Return the one row of a message; nothing where it cannot be told apart."""
    rows = _rows(act)
    return rows[0] if rows else {}


def _made(verb: type[AnyRequest], values: Values, act: Act) -> AnyRequest | None:
    """Return the request, unless something is known to be wrong with it already."""
    return None if act.faults else msgspec.convert(values, type=verb, strict=True)


def _sign_in(act: Act) -> AnyRequest | None:
    """The operator of the input, else that of the envelope."""
    values = _row(act)
    operator = values.setdefault("operator_id", act.header.get("operator_id"))
    if operator is None:
        act.faults.append(said("/operator", MISSING))
    return _made(SignIn, values, act)


def _sign_out(act: Act) -> AnyRequest | None:
    """The cycle of the input, else that of the envelope."""
    values = _row(act)
    cycle = values.setdefault("sign_no", act.header.get("sign_no"))
    if cycle is None:
        act.faults.append(said("/cycle", MISSING))
    return _made(SignOut, values, act)


def _verify_person(act: Act) -> AnyRequest | None:
    return _made(VerifyPerson, _row(act), act)


def _register_visit(act: Act) -> AnyRequest | None:
    values = _row(act)
    values["emergency"] = values.get("visit_kind") == EMERGENCY
    return _made(RegisterVisit, _in_lists(_visit_kind(values, act), act), act)


def _amend_visit(act: Act) -> AnyRequest | None:
    """A med_type that stands says anew whether the visit is an emergency, as it does in 2210."""
    values = _row(act)
    if "visit_kind" in values:
        values["emergency"] = values["visit_kind"] == EMERGENCY
    return _made(AmendVisit, _diagnoses(_visit_kind(values, act), act), act)


def _cancel_visit(act: Act) -> AnyRequest | None:
    return _made(CancelVisit, _row(act), act)


def _upload_items(act: Act) -> AnyRequest | None:
    """A prescription is the batch that 2320 withdraws by, where the profile's order has no batch_no."""
    items = _rows(act)
    visit_no, worker_id = _same("visit_no", items, act), _same("worker_id", items, act)
    for item in items:
        item.pop("doses", None)
        if "prescription_no" in item:
            item.setdefault("batch_no", item["prescription_no"])
    return _made(UploadItems, {"visit_no": visit_no, "worker_id": worker_id, "items": items}, act)


def _same(name: str, rows: list[Values], act: Act) -> object:
    """Take a number out of all rows and return the one that they name, with a fault for each that names another."""
    numbers = [row.pop(name, None) for row in rows]
    first = next((number for number in numbers if number is not None), None)
    for position, number in enumerate(numbers):
        if number not in (None, first):
            act.faults.append(said(f"/input/{position}/{name}", _MIXED))
    return first


def _withdraw_items(act: Act) -> AnyRequest | None:
    """Each row names a prescription or a line; 0000 is all."""
    rows = _rows(act)
    for position, row in enumerate(rows):
        named = {"batch_nos", "item_nos"} & row.keys()
        if len(named) > 1 or (row and not named):
            act.faults.append(said(f"/input/{position}/item_no", _TWO_WAYS if named else _NO_WAY))
    values: Values = {"visit_no": _same("visit_no", rows, act), "worker_id": _same("worker_id", rows, act)}
    numbered = {name: [row[name] for row in rows if name in row] for name in ("batch_nos", "item_nos")}
    values["everything"] = any(EVERYTHING in numbers for numbers in numbered.values())
    for name, numbers in numbered.items():
        values[name] = [number for number in dict.fromkeys(numbers) if number != EVERYTHING]
    return _made(WithdrawItems, values, act)


def _presettle(act: Act) -> AnyRequest | None:
    return _made(Presettle, _bill(act), act)


def _settle(act: Act) -> AnyRequest | None:
    return _made(Settle, _bill(act), act)


def _bill(act: Act) -> Values:
    """Return the terms of a bill; a provider's share is refused where the answer has no place for it."""
    values = _in_lists(_visit_kind(_row(act), act), act)
    carries = act.ways.shows_provider_share(act.layout.code)
    return {**values, "provider_share": "carry" if carries else "refuse"}


def _cancel_settlement(act: Act) -> AnyRequest | None:
    values = _row(act)
    values.pop("keep_items", None)
    return _made(CancelSettlement, values, act)


def _reverse(act: Act) -> AnyRequest | None:
    values = _row(act)
    if values.pop("original_code", act.layout.code) not in act.ways.layouts:
        act.faults.append(said("/input/0/original_code", _NO_SUCH_ORIGINAL))
    return _made(Reverse, values, act)


def _file_referral(act: Act) -> AnyRequest | None:
    values, kind = _row(act), act.ways.referral_kind
    if values.pop("approval_kind", kind) != kind:
        act.faults.append(said("/input/0/approval_kind", _no_referral(kind)))
    return _made(FileReferral, values, act)


def _download_catalog(act: Act) -> AnyRequest | None:
    values = _row(act)
    values.pop("catalog_kind", None)
    return _made(DownloadCatalog, {**values, "limit": CATALOG_ROWS}, act)


def _visit_kind(values: Values, act: Act) -> Values:
    """Put the visit's kind in the place of its med_type."""
    med_type = values.get("visit_kind")
    if med_type is not None:
        kind = act.ways.med_types.get(str(med_type))
        if kind is None:
            act.faults.append(said("/input/0/med_type", _no_med_type(act.ways)))
        values["visit_kind"] = kind
    return values


def _in_lists(values: Values, act: Act) -> Values:
    """Put single codes into the lists that they fill."""
    if "qualification_id" in values:
        values["qualification_ids"] = [values.pop("qualification_id")]
    return _diagnoses(values, act)


def _diagnoses(values: Values, act: Act) -> Values:
    """Put the diagnoses into their list, the main one first; others without it are a fault."""
    main, more = values.pop("diagnosis_code", None), [values.pop(name, None) for name in MORE_DIAGNOSES]
    if main is None and any(more):
        act.faults.append(said("/input/0/diagnosis_code", MISSING))
    if main is not None:
        values["diagnosis_codes"] = [main, *(code for code in more if code is not None)]
    return values


BUILDERS: dict[str, Callable[[Act], AnyRequest | None]] = {
    "9100": _sign_in,
    "9110": _sign_out,
    "2100": _verify_person,
    "2210": _register_visit,
    "2230": _amend_visit,
    "2240": _cancel_visit,
    "2310": _upload_items,
    "2320": _withdraw_items,
    "2420": _presettle,
    "2410": _settle,
    "2430": _cancel_settlement,
    "2421": _reverse,
    "3100": _file_referral,
    "1300": _download_catalog,
}


def _no_med_type(ways: Habits) -> Says:
    zh, en = "、".join(ways.med_types), ", ".join(ways.med_types)
    return Says("field.value", "没有这个医疗类别", "no such kind of visit", f"应为{zh}之一", f"give one of {en}")


def _no_referral(kind: str) -> Says:
    return Says(
        "field.value",
        f"只受理转诊转院申请（审批类别{kind}）",
        f"only referrals (kind {kind}) are filed by this transaction",
        "其他审批请向经办机构申请",
        "apply to the agency for any other approval",
    )


_MIXED = Says(
    "rows.mixed",
    "与前面的明细不一致",
    "differs from the rows before",
    "同一报文的各行须属于同一人员的同一次就诊，请分开发送",
    "send the rows of one person's one visit in one message",
)
_TWO_WAYS = Says(
    "withdrawal.two_ways",
    "同时填写了处方号和处方流水号",
    "both prescription_no and item_no stand",
    "撤销整张处方只填处方号，撤销一条明细只填处方流水号",
    "give the prescription to withdraw all of it, or the line to withdraw that",
)
_NO_WAY = Says(
    "withdrawal.nothing_named",
    "未填写要撤销的处方号或处方流水号",
    "names neither a prescription nor a line",
    "请填写其中之一；全部撤销填写0000",
    "give one of the two; 0000 withdraws all",
)
_NO_SUCH_ORIGINAL = Says(
    "field.value", "没有这个交易号", "no such transaction code", "请填写原交易的交易号", "give the original's code"
)

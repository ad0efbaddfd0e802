"""Makes the canonical request of each code from its fields."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from adapters.coherence import too_many_items, too_many_matches
from adapters.kinds import Says
from adapters.national.fields import CODES, EMERGENCY, EVERYTHING, FILE_MATCH, MED_TYPES, WITHDRAW_MATCH
from adapters.tables import NOT_ARRAY, NOT_OBJECT, UNKNOWN, Table, Values, joined, read_fields, read_row, said
from adapters.transactions import TWO_PERSONS, original_faults, visit_kind_of
from schemas.dialect import Profile
from schemas.problems import Fault
from schemas.requests import (
    ITEMS_PER_MESSAGE_MAX,
    MATCHES_PER_MESSAGE_MAX,
    ROWS_PER_PAGE_MAX,
    AmendVisit,
    AnyRequest,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
    FileMatches,
    FileReferral,
    Presettle,
    QueryItems,
    QueryReferral,
    QuerySettlement,
    QueryStatement,
    QueryVisits,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SignOut,
    UploadItems,
    VerifyPerson,
    WithdrawItems,
    WithdrawMatches,
)

DIAGNOSES_MAX = 30
IDENTITY_CARD = "02"


class Act(Struct, kw_only=True):
    """A message on its way to a request. at: where its fields stand; rows_at: where its rows do."""

    infno: str
    input: object
    header: Values
    profile: Profile
    faults: list[Fault]

    @property
    def at(self) -> str:
        """Return the pointer of the code's fields."""
        return f"/input/{CODES[self.infno].node}"

    @property
    def rows_at(self) -> str:
        """Return the pointer of the code's rows."""
        return f"/input/{CODES[self.infno].rows_node}"

    def fault(self, name: str, says: Says) -> None:
        """Note what is wrong with one of the code's fields."""
        self.faults.append(said(joined(self.at, name), says))


def _node(act: Act) -> object:
    """Return the node of the code's fields: `input.NODE`, or `input` itself where the fields stand there at once."""
    code, given = CODES[act.infno], act.input
    if not isinstance(given, dict):
        act.faults.append(said("/input", NOT_OBJECT))
        return {}
    known = {code.node, code.rows_node} - {""}
    if known.isdisjoint(given) and given.keys() & code.fields.keys():
        return given
    act.faults.extend(said(joined("/input", name), UNKNOWN) for name in given if name not in known)
    return given.get(code.node)


def _fields(act: Act, node: object = None) -> Values:
    node = _node(act) if node is None else node
    if not isinstance(node, dict):
        act.faults.append(said(act.at, NOT_OBJECT if node is not None else _NO_NODE))
        return {}
    return read_fields(_named(node, act), CODES[act.infno].fields, act.at, act.faults)


def _named(node: dict[str, object], act: Act) -> dict[str, object]:
    """Return a node with the qualification under its own name, where a profile says what this region calls it."""
    local = act.profile.settings.get("qualification_field")
    if local is None or local not in node or "qualification_id" in node:
        return node
    return {("qualification_id" if name == local else name): value for name, value in node.items()}


def _rows(act: Act, table: Table) -> list[Values]:
    """Return the values of the code's rows; the node may hold one row or an array of them."""
    given = act.input.get(CODES[act.infno].rows_node) if isinstance(act.input, dict) else None
    rows = [given] if isinstance(given, dict) else given
    if not isinstance(rows, list) or not rows:
        act.faults.append(said(act.rows_at, _NO_NODE if not rows else NOT_ARRAY))
        return []
    return [
        read_row(_named(row, act) if isinstance(row, dict) else row, table, f"{act.rows_at}/{place}", act.faults)
        for place, row in enumerate(rows)
    ]


def _made(verb: type[AnyRequest], values: Values, act: Act) -> AnyRequest | None:
    """Return the request, unless something is known to be wrong with it already."""
    return None if act.faults else msgspec.convert(values, type=verb, strict=True)


def _sign_in(act: Act) -> AnyRequest | None:
    values = _fields(act)
    terminal = " ".join(str(values.pop(name)) for name in ("ip", "mac") if name in values)[:200]
    return _made(SignIn, {**values, "terminal": terminal or None}, act)


def _sign_out(act: Act) -> AnyRequest | None:
    return _made(SignOut, _fields(act), act)


def _verify_person(act: Act) -> AnyRequest | None:
    """A card's or a token's number names nobody to us; an identity card's number (type 02) does."""
    values = _fields(act)
    card, number = values.pop("mdtrt_cert_type", None), values.pop("mdtrt_cert_no", None)
    if card == IDENTITY_CARD and number is not None and values.setdefault("certno", number) != number:
        act.fault("mdtrt_cert_no", TWO_PERSONS)
    if card is not None and number is not None and "certno" not in values:
        act.fault("mdtrt_cert_no", _CARD_ONLY)
    return _made(VerifyPerson, values, act)


def _look_up(act: Act) -> AnyRequest | None:
    """2001 and 2201: the person by number; both are answered from what the person is entitled to."""
    worker_id = _fields(act).get("worker_id")
    return _made(VerifyPerson, {"worker_id": worker_id}, act)


def _register_visit(act: Act) -> AnyRequest | None:
    values = _entitled(_fields(act))
    values["diagnosis_codes"] = _diagnoses(act, values)
    values["emergency"] = values.get("visit_kind") == EMERGENCY
    return _made(RegisterVisit, _without_checks(_visit_kind(values, act)), act)


def _admit(act: Act) -> AnyRequest | None:
    values = _entitled(_fields(act))
    values["diagnosis_codes"] = _diagnoses(act, values)
    values["emergency"] = False
    values["inpatient_no"] = values.get("visit_no")
    return _made(RegisterVisit, _without_checks(_visit_kind(values, act)), act)


def _amend_visit(act: Act) -> AnyRequest | None:
    values = _fields(act)
    if isinstance(act.input, dict) and act.input.get("diseinfo") not in (None, []):
        values["diagnosis_codes"] = _diagnoses(act, values)
    return _made(AmendVisit, _without_checks(_visit_kind(values, act)), act)


def _diagnoses(act: Act, visit: Values) -> list[object]:
    """Return the diagnoses in force, the main one first, each once."""
    rows = _rows(act, CODES[act.infno].rows or Table())
    for position, row in enumerate(rows):
        for name, wire in (("worker_id", "psn_no"), ("visit_no", "mdtrt_id")):
            if name in row and row[name] != visit.get(name):
                act.faults.append(said(f"{act.rows_at}/{position}/{wire}", _MIXED))
    standing = [row for row in rows if row.get("vali_flag", True) and "diagnosis_codes" in row]
    standing.sort(key=lambda row: (not row.get("maindiag_flag", False), row.get("diag_srt_no", 0)))
    codes = list(dict.fromkeys(row["diagnosis_codes"] for row in standing))
    if rows and not codes:
        act.faults.append(said(act.rows_at, _NO_DIAGNOSIS))
    if len(codes) > DIAGNOSES_MAX:
        act.faults.append(said(act.rows_at, _MANY_DIAGNOSES))
    return codes


def _cancel_visit(act: Act) -> AnyRequest | None:
    return _made(CancelVisit, _fields(act), act)


def _upload_items(act: Act) -> AnyRequest | None:
    given = act.input
    if not isinstance(given, dict):
        act.faults.append(said("/input", NOT_OBJECT))
        return None
    act.faults.extend(said(joined("/input", name), UNKNOWN) for name in given if name != "feedetail")
    rows = given.get("feedetail")
    if isinstance(rows, list) and len(rows) > ITEMS_PER_MESSAGE_MAX:
        act.faults.append(too_many_items(len(rows), ITEMS_PER_MESSAGE_MAX, act.rows_at))
        return None
    items = [_coded(row) for row in _rows(act, CODES[act.infno].rows or Table())]
    one = {name: _same(items, name, wire, act) for name, wire in (("visit_no", "mdtrt_id"), ("worker_id", "psn_no"))}
    return _made(UploadItems, {**one, "items": items}, act)


def _coded(row: Values) -> Values:
    """Leave out a local code that only repeats the catalog's: the field is required, and not every HIS has its own."""
    if row.get("local_code") == row.get("catalog_code"):
        row.pop("local_code", None)
    return row


def _same(rows: list[Values], name: str, wire: str, act: Act) -> object:
    """Take the one number that all rows name out of them, with a fault for each row that names another."""
    numbers = [row.pop(name, None) for row in rows]
    first = next((number for number in numbers if number is not None), None)
    for position, number in enumerate(numbers):
        if number not in (None, first):
            act.faults.append(said(f"{act.rows_at}/{position}/{wire}", _MIXED))
    return first


def _withdraw_batch(act: Act) -> AnyRequest | None:
    values = _fields(act)
    batch = values.pop("chrg_bchno", None)
    what: Values = {"everything": True} if batch == EVERYTHING else {"batch_nos": [batch]}
    return _made(WithdrawItems, {**values, **what}, act)


def _withdraw_items(act: Act) -> AnyRequest | None:
    """2302 names one line, or several as an array of the same."""
    node = _node(act)
    rows = node if isinstance(node, list) else [node]
    found = [_fields(act, {} if row is None else row) for row in rows]
    one = {
        name: _named_once(found, name, wire, act) for name, wire in (("visit_no", "mdtrt_id"), ("worker_id", "psn_no"))
    }
    items = [row.get("feedetl_sn") for row in found]
    what: Values = {"everything": True} if items == [EVERYTHING] else {"item_nos": items}
    if EVERYTHING in items and len(items) > 1:
        act.fault("feedetl_sn", _EVERYTHING_AND_SOME)
    return _made(WithdrawItems, {**one, **what}, act)


def _named_once(rows: list[Values], name: str, wire: str, act: Act) -> object:
    numbers = {row[name] for row in rows if name in row}
    if len(numbers) > 1:
        act.fault(wire, _MIXED)
    return next(iter(numbers), None)


def _outpatient_bill(verb: type[Presettle] | type[Settle], act: Act) -> AnyRequest | None:
    """The charging batch is the bill: its number, and the lines that it settles."""
    values = _entitled(_visit_kind(_fields(act), act))
    return _made(verb, {**_echoed(_without_checks(values), act), "batch_nos": [values.get("bill_no")]}, act)


def _inpatient_bill(verb: type[Presettle] | type[Settle], act: Act) -> AnyRequest | None:
    """A stay's bill has no number of its own: its invoice's, or else the visit's, which only one bill can have."""
    values = _entitled(_visit_kind(_fields(act), act))
    if values.get("interim") and verb is Settle and "invoice_no" not in values:
        act.fault("invono", _NO_INVOICE)
    values["bill_no"] = values.get("invoice_no", values.get("visit_no"))
    if "diagnosis_codes" in values:
        values["diagnosis_codes"] = [values["diagnosis_codes"]]
    return _made(verb, _echoed(_without_checks(values), act), act)


def _echoed(values: Values, act: Act) -> Values:
    """Put the previewed parts in the place of what they say: together they are the charge, and one is the fund's.

    medfee_sumamt = fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt (domain §0.6).
    """
    parts = {name: values.pop(name) for name in _PARTS if name in values}
    if not parts:
        return values
    missing = [name for name in _PARTS if name not in parts]
    for name in missing:
        act.fault(name, _PART_MISSING)
    if parts.get("preselfpay_amt"):
        act.fault("preselfpay_amt", _NO_CLASSES)
    whole = values.get("charged_fen")
    if not missing and whole is not None and whole != sum(int(str(fen)) for fen in parts.values()):
        act.fault("medfee_sumamt", _NOT_THE_SUM)
    return {**values, "previewed_fund_fen": parts.get("inscp_scp_amt")}


_PARTS = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")


def _cancel_settlement(act: Act) -> AnyRequest | None:
    return _made(CancelSettlement, _fields(act), act)


def _file_referral(act: Act) -> AnyRequest | None:
    values = _fields(act)
    if values and "qualification_id" not in values:
        act.fault("qualification_id", _NO_QUALIFICATION)
    return _made(FileReferral, _without_checks(values), act)


def _cancel_referral(act: Act) -> AnyRequest | None:
    return _made(CancelReferral, _fields(act), act)


def _query_referral(act: Act) -> AnyRequest | None:
    return _made(QueryReferral, _fields(act), act)


def _reverse(act: Act) -> AnyRequest | None:
    values = _fields(act)
    act.faults.extend(original_faults(values, CODES, act.at, act.profile))
    return _made(Reverse, values, act)


def _match_rows(act: Act, table: Table) -> list[Values]:
    """Return the rows of 3301 and 3302: `data` is one match, or an array of them."""
    given = act.input if isinstance(act.input, dict) else {}
    act.faults.extend(said(joined("/input", name), UNKNOWN) for name in given if name != "data")
    rows = given.get("data")
    if isinstance(rows, list) and len(rows) > MATCHES_PER_MESSAGE_MAX:
        act.faults.append(too_many_matches(len(rows), MATCHES_PER_MESSAGE_MAX, act.rows_at))
        return []
    return _rows(act, table)


def _file_matches(act: Act) -> AnyRequest | None:
    return _made(FileMatches, {"matches": _match_rows(act, FILE_MATCH)}, act)


def _withdraw_matches(act: Act) -> AnyRequest | None:
    """Of a match the codes say which; list_type says nothing more."""
    rows = _match_rows(act, WITHDRAW_MATCH)
    for row in rows:
        row.pop("sorts", None)
    return _made(WithdrawMatches, {"matches": rows}, act)


def _query_visits(act: Act) -> AnyRequest | None:
    values = _fields(act)
    values.pop("mdtrt_id", None)
    return _made(QueryVisits, {**values, "limit": ROWS_PER_PAGE_MAX}, act)


def _query_settlement(act: Act) -> AnyRequest | None:
    return _made(QuerySettlement, _fields(act), act)


def _query_items(act: Act) -> AnyRequest | None:
    values = _fields(act)
    settled: Values = {"state": "settled"} if values.pop("setl_id", None) is not None else {}
    return _made(QueryItems, {**values, **settled, "limit": ROWS_PER_PAGE_MAX}, act)


def _print(act: Act) -> AnyRequest | None:
    return _made(QueryStatement, _fields(act), act)


def _visit_kind(values: Values, act: Act) -> Values:
    """Put the visit's kind in the place of its med_type."""
    if "visit_kind" not in values:
        return values
    kind = visit_kind_of(str(values["visit_kind"]), MED_TYPES, act.profile)
    if isinstance(kind, Says):
        act.faults.append(said(f"{act.at}/med_type", kind))
    return {**values, "visit_kind": kind}


def _entitled(values: Values) -> Values:
    """Put a qualification into the list that it fills."""
    lists: Values = {"qualification_ids": [values["qualification_id"]]} if "qualification_id" in values else {}
    return {**{name: value for name, value in values.items() if name != "qualification_id"}, **lists}


def _without_checks(values: Values) -> Values:
    """Leave out what was only checked."""
    return {name: value for name, value in values.items() if name not in _CHECKED}


_CHECKED = ("insutype", "mdtrt_cert_type", "psn_setlway")

BUILDERS: dict[str, Callable[[Act], AnyRequest | None]] = {
    "9001": _sign_in,
    "9002": _sign_out,
    "1101": _verify_person,
    "2001": _look_up,
    "2201": _look_up,
    "2202": _cancel_visit,
    "2203": _register_visit,
    "2204": _upload_items,
    "2205": _withdraw_batch,
    "2206": lambda act: _outpatient_bill(Presettle, act),
    "2207": lambda act: _outpatient_bill(Settle, act),
    "2208": _cancel_settlement,
    "2301": _upload_items,
    "2302": _withdraw_items,
    "2303": lambda act: _inpatient_bill(Presettle, act),
    "2304": lambda act: _inpatient_bill(Settle, act),
    "2305": _cancel_settlement,
    "2401": _admit,
    "2403": _amend_visit,
    "2404": _cancel_visit,
    "2501": _file_referral,
    "2502": _cancel_referral,
    "2601": _reverse,
    "3301": _file_matches,
    "3302": _withdraw_matches,
    "5201": _query_visits,
    "5202": _query_visits,
    "5203": _query_settlement,
    "5204": _query_items,
    "5261": _print,
    "5262": _print,
    "5304": _query_referral,
}

_NO_NODE = Says("field.missing", "缺少业务数据节点", "the node is missing", "请填写", "give it")
_CARD_ONLY = Says(
    "card.unreadable",
    "仅凭卡号或电子凭证令牌无法识别人员",
    "a card's or token's number names no person here",
    "请同时上传证件号码certno",
    "send certno with it",
)
_MIXED = Says(
    "rows.mixed",
    "与同一报文的其他行或就诊信息不一致",
    "differs from the message's other rows or its visit",
    "同一报文须属于同一人员的同一次就诊，请分开上传",
    "send one person's one visit in one message",
)
_NO_DIAGNOSIS = Says("field.missing", "没有有效的诊断", "no diagnosis in force", "请填写诊断", "give a diagnosis")
_MANY_DIAGNOSES = Says(
    "field.length", f"诊断超过{DIAGNOSES_MAX}个", f"more than {DIAGNOSES_MAX} diagnoses", "请减少", "give fewer"
)
_EVERYTHING_AND_SOME = Says(
    "withdrawal.ambiguous",
    "既要求全部撤销，又指定了明细",
    "asks for everything and names some",
    "请只填0000，或只填明细流水号",
    "give 0000 alone, or the lines alone",
)
_PART_MISSING = Says(
    "field.missing",
    "回传了部分预结算金额，缺少此项",
    "some of the preview's parts are echoed, and this one is missing",
    "请按预结算结果回传四项金额，或四项都不填",
    "echo all four parts of the preview, or none",
)
_NO_INVOICE = Says(
    "field.missing",
    "中途结算缺少发票号",
    "an interim bill without invono",
    "请填写发票号invono，以区分同一次就诊的各次结算",
    "give invono: it tells the bills of one visit apart",
)
_NO_CLASSES = Says(
    "sums.identity",
    "工伤保险无先行自付，应为0",
    "the work-injury fund knows no pre-payment: it is 0",
    "请按预结算结果回传",
    "echo the preview as it was answered",
)
_NOT_THE_SUM = Says(
    "sums.identity",
    "不等于全自费、超限价、先行自付、符合范围四项之和",
    "is not the sum of the four parts that are echoed",
    "请按预结算结果回传",
    "echo the preview as it was answered",
)
_NO_QUALIFICATION = Says(
    "field.missing",
    "缺少工伤医疗费资格审核信息ID",
    "no qualification",
    "请填写2001返回的qualification_id",
    "give the qualification_id that 2001 answered",
)

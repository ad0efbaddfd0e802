"""Noise at both doors: a damaged message is read as what it says, or refused politely; nothing else ever happens."""

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.dialect import Inbound
from schemas.problems import GatewayError
from schemas.requests import BillDocument, Message, Presettle, RegisterVisit, Settle, UploadItems
from tests.adapters.fhir import as_json, exactly
from tests.adapters.slow_json import Facts, facts_of
from tests.golden.rewrite import DIALECTS, PROFILE, cases, inbound, said

MUTATIONS = 1_000
MILLION = 1_000_000
GOLDEN = [case for case in cases() if isinstance(said(case), Message) and (case / "request.json").exists()]
WITH_PERSONS = (BillDocument, Presettle, RegisterVisit, Settle, UploadItems)
"""What is compared with the slow reader: requests that name a person, lines or amounts."""
TYPES: list[Any] = [None, "", True, 0, -1, 1.5, 10**30, "x", "１", "a\n", [], {}, [1], "9" * 5_000]


def named(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def read(case: Path, body: bytes) -> Message | None:
    """Return what the door makes of a body; None for a polite refusal, which must have words too."""
    message = msgspec.structs.replace(inbound(case), body=body)
    adapter = DIALECTS[case.parent.name]
    try:
        read: Message = adapter.read(message, PROFILE)
    except GatewayError as error:
        problem = error.problem()
    else:
        return read
    assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in problem.faults)
    assert json.loads(adapter.write(problem, message, PROFILE).body)
    return None


def plain(message: Message) -> dict[str, Any]:
    value: dict[str, Any] = msgspec.to_builtins(message.request)
    return value


def damaged(body: bytes, noise: random.Random) -> bytes:
    """Flip, drop, double or insert a few bytes."""
    out = bytearray(body)
    for _ in range(noise.randint(1, 3)):
        place = noise.randrange(len(out))
        match noise.randrange(4):
            case 0:
                out[place] ^= 1 << noise.randrange(8)
            case 1:
                del out[place : place + noise.randint(1, 8)]
            case 2:
                out[place:place] = out[place : place + noise.randint(1, 40)]
            case _:
                out[place:place] = noise.randbytes(noise.randint(1, 3))
        if not out:
            break
    return bytes(out)


@pytest.mark.parametrize("case", GOLDEN, ids=named)
def test_damaged_bytes_are_read_as_they_stand_or_refused(case: Path) -> None:
    """A thousand damaged copies: each is refused, or its money is what an independent reader of its text finds."""
    weathered(case, MUTATIONS, seed=named(case))


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_a_million_damaged_messages_of_json_are_read_as_they_stand_or_refused() -> None:
    """As above over all golden messages, a million in all; how many were taken is told, and they are not few."""
    times = MILLION // len(GOLDEN) + 1
    taken = {named(case): weathered(case, times, seed=f"soak {named(case)}") for case in GOLDEN}

    print(f"{times * len(GOLDEN)} damaged messages, {sum(taken.values())} taken")  # noqa: T201
    assert sum(taken.values()) > MILLION // 100
    assert all(any(taken[name] for name in taken if name.startswith(f"{dialect}/")) for dialect in dialects())


def dialects() -> set[str]:
    return {case.parent.name for case in GOLDEN}


def weathered(case: Path, times: int, *, seed: str) -> int:
    """Hold damaged copies of a message against an independent reader; return how many were taken."""
    noise = random.Random(seed)
    body, dialect = inbound(case).body, case.parent.name
    taken = 0
    for _ in range(times):
        damage = damaged(body, noise)
        message = read(case, damage)
        taken += message is not None
        if message is not None and isinstance(message.request, WITH_PERSONS):
            assert facts(message, dialect) == facts_of(damage, dialect), damage
    return taken


def facts(message: Message, dialect: str) -> Facts:
    """What an adapter took, in the slow reader's words."""
    request = message.request
    visit = request.visit if isinstance(request, BillDocument) else request
    items = request.items if isinstance(request, BillDocument | UploadItems) else ()
    bill = request.bill if isinstance(request, BillDocument) else request
    return Facts(
        getattr(visit, "worker_id", None),
        getattr(bill, "charged_fen", None) if dialect != "fhir_r4" else None,
        [
            (
                item.item_no,
                item.catalog_code,
                item.local_code,
                Decimal(item.quantity),
                Decimal(item.unit_price_yuan),
                item.amount_fen,
            )
            for item in items
        ],
    )


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every node below the top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield (*path, step)
        yield from leaves(below, (*path, step))


def changed(body: bytes, path: tuple[str | int, ...], noise: random.Random) -> bytes:
    """Take a node away, rename it, or put another value in its place."""
    value = exactly(body)
    at = value
    for step in path[:-1]:
        at = at[step]
    match noise.randrange(4):
        case 0:
            del at[path[-1]]
        case 1 if isinstance(at, dict):
            at[f"{path[-1]}x"] = at.pop(path[-1])
        case _:
            at[path[-1]] = noise.choice(TYPES)
    return as_json(value)


TRANSPORT = {
    "inf_time",
    "sign_no",
    "opter",
    "opter_name",
    "opter_type",
    "recer_sys_code",
    "infver",
    "idfi_mode",
    "msgid",
}
FILLS = {
    "ipt_otp_no": {"visit_no"},
    "ipt_no": {"inpatient_no"},
    "med_type": {"visit_kind", "emergency"},
    "adm_time": {"admitted_at"},
    "adm_diag_dscr": {"diagnosis_codes"},
    "wardarea_name": {"ward"},
    "adm_dept_codg": {"department_code"},
    "adm_bed": {"bed"},
    "atddr_no": {"doctor_code"},
    "tel": {"phone"},
    "psn_no": {"worker_id"},
    "qualification_id": {"qualification_ids", "qualification_id", "items"},
    "mdtrt_id": {"bill_no", "visit_no"},
    "dscg_time": {"discharged_at"},
    "dscg_trt_rslt": {"discharge_outcome"},
    "diag_code": {"diagnosis_codes"},
    "medfee_sumamt": {"charged_fen"},
    "invono": {"invoice_no"},
    "mid_setl_flag": {"interim"},
    "chrg_bchno": {"batch_nos", "everything", "items"},
    "feedetl_sn": {"item_nos", "everything", "items"},
    "setl_id": {"settlement_id"},
    "omsgid": {"original_message_id"},
    "opter_no": {"operator_id"},
    "sign_no": {"sign_no"},
    "mac": {"terminal"},
    "ip": {"terminal"},
    "certno": {"certno"},
    "mdtrt_cert_no": {"certno"},
    "mdtrt_cert_type": {"certno"},
    "psn_name": {"name"},
    "ver": {"since_version"},
    "curr_ver": {"version"},
    "pageNumber": {"page"},
    "mdtrt_idc": {"bill_no"},
    "begindate": {"from_day"},
    "enddate": {"to_day"},
    "actualStartTime": {"starts_on"},
    "actualEndTime": {"ends_on"},
    "outArea": {"to_area"},
    "outHospitalName": {"to_provider_name"},
    "applyReason": {"reason"},
    "transportation": {"transportation"},
    "applyTime": {"applied_on"},
    "trt_dcla_detl_sn": {"referral_no"},
}
NATIONAL_FILLS = {
    "opter_no": {"operator_id"},
    "mac": {"terminal"},
    "ip": {"terminal"},
    "sign_no": {"sign_no"},
    "mdtrt_cert_type": {"certno"},
    "mdtrt_cert_no": {"certno"},
    "certno": {"certno"},
    "psn_name": {"name"},
    "psn_no": {"worker_id"},
    "mdtrt_id": {"visit_no", "bill_no"},
    "ipt_no": {"visit_no", "inpatient_no"},
    "med_type": {"visit_kind", "emergency"},
    "begntime": {"admitted_at", "from_day"},
    "endtime": {"to_day"},
    "tel": {"phone"},
    "atddr_no": {"doctor_code"},
    "adm_dept_codg": {"department_code"},
    "adm_bed": {"bed"},
    "wardarea_name": {"ward"},
    "qualification_id": {"qualification_ids", "qualification_id"},
    "aaz127": {"qualification_ids"},
    "diag_code": {"diagnosis_codes"},
    "chrg_bchno": {"batch_nos", "everything", "bill_no"},
    "feedetl_sn": {"item_nos", "everything"},
    "medfee_sumamt": {"charged_fen"},
    "inscp_scp_amt": {"previewed_fund_fen"},
    "invono": {"invoice_no", "bill_no"},
    "mid_setl_flag": {"interim"},
    "dscgTime": {"discharged_at"},
    "dscg_trt_rslt": {"discharge_outcome"},
    "setl_id": {"settlement_id", "state"},
    "omsgid": {"original_message_id"},
    "begndate": {"starts_on"},
    "enddate": {"ends_on"},
    "mdtrtarea_admdvs": {"to_area"},
    "reflin_medins_name": {"to_provider_name"},
    "refl_rea": {"reason"},
    "refl_date": {"applied_on"},
    "trt_dcla_detl_sn": {"referral_no"},
    "page_num": {"page"},
}
FHIR_FILLS = {
    "resourceType": {"visit", "worker_id", "certno"},
    "id": {"visit"},
    "identifier": {"visit", "bill"},
    "contained": {"certno", "worker_id"},
    "type": {"visit"},
    "class": {"visit"},
    "period": {"visit", "bill"},
    "subType": {"visit", "bill"},
    "patient": {"visit", "certno", "worker_id"},
    "billablePeriod": {"visit", "bill"},
    "facility": {"visit"},
    "careTeam": {"items"},
    "diagnosis": {"visit"},
    "insurance": {"visit"},
    "item": {"items", "visit"},
    "total": {"bill"},
    "entry": {"visit", "bill"},
    "code": {"verb", "settlement_id", "original_message_id", "message_id"},
    "focus": {"settlement_id", "original_message_id", "message_id"},
}
"""Which canonical fields each wire field may touch, written down a second time on purpose."""


def may_touch(case: Path, path: tuple[str | int, ...]) -> set[str]:
    names = [step for step in path if isinstance(step, str)]
    if case.parent.name == "native":
        return {names[0]}
    if case.parent.name == "fhir_r4":
        return FHIR_FILLS.get(names[2] if names[:2] == ["entry", "resource"] and len(names) > 2 else names[0], set())
    if case.parent.name == "national":
        return national_may_touch(case, names)
    if names[0] == "feedetail" or names[:2] == ["input", "feedetail"]:
        return {"items", *FILLS.get(names[-1], set())}
    if names[0] in TRANSPORT:
        return {"operator_id", "sign_no"} if case.name.startswith("900") else set()
    if names[-1] in ("input", "data", "signIn", "signOut"):
        return {"terminal", "operator_id", "since_version", "version", "page", "from_day", "to_day"}
    return set().union(*(FILLS.get(name, set()) for name in names))


def national_may_touch(case: Path, names: list[str]) -> set[str]:
    if names[0] != "input" or len(names) == 1:
        return set()
    if case.name.startswith(("3301", "3302")):
        return {"matches"}
    if names[1] == "feedetail":
        return {"items", *({"visit_no", "worker_id"} if names[-1] in ("mdtrt_id", "psn_no", "feedetail") else ())}
    if names[1] == "diseinfo":
        return {"diagnosis_codes"}
    if len(names) == 2:
        return {"terminal", "item_nos"}
    return NATIONAL_FILLS.get(names[-1], set())


@pytest.mark.parametrize("case", GOLDEN, ids=named)
def test_a_changed_field_changes_only_what_it_says(case: Path) -> None:
    """A thousand copies with one node changed: each is refused, or equals the golden request but for that field."""
    noise = random.Random(named(case))
    body = inbound(case).body
    golden = plain(said_message(case))
    places = list(leaves(json.loads(body)))

    for _ in range(MUTATIONS):
        path = noise.choice(places)
        message = read(case, changed(body, path, noise))
        if message is not None:
            now = plain(message)
            touched = {name for name in golden.keys() | now.keys() if golden.get(name) != now.get(name)}
            assert touched <= may_touch(case, path), path


def said_message(case: Path) -> Message:
    message = said(case)
    assert isinstance(message, Message)
    return message


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{}", b"\x00", b"[" * 100_000, b'{"infno": {}}', b"1"])
def test_what_is_no_message_is_refused(dialect: str, body: bytes) -> None:
    """Bodies that hold no message at all are refused politely."""
    headers = {"content-type": "application/json", "idempotency-key": "x"}
    message = Inbound(method="POST", path="/v1/bills", headers=headers, body=body)

    with pytest.raises(GatewayError):
        DIALECTS[dialect].read(message, PROFILE)

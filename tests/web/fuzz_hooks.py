"""Loaded into schemathesis by test_openapi_fuzz: steers messages towards what the world knows, and checks every answer.

What it steers is only values that were well-formed before, in messages that are well-formed as a whole; what
schemathesis breaks on purpose stays broken.
"""

import atexit
import itertools
import json
import os
import re
import urllib.request
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from schemathesis.generation import GenerationMode

from gateway.signing.keys import read_jwks
from gateway.signing.message import verify_response
from gateway.signing.receipts import verify_receipt

GIVEN = json.loads(Path(os.environ["FUZZ_KNOWN"]).read_text(encoding="utf-8"))
with urllib.request.urlopen(f"{GIVEN['url']}/.well-known/jwks.json") as answer:
    KEYS = read_jwks(answer.read())
CASES = [case["request"] for case in GIVEN["world"]["cases"] if case["provider"] == GIVEN["provider"]]
WORKERS = {case["visit"]["worker_id"]: case["visit"] for case in CASES}
CERTNOS = {one["worker_id"]: one["certno"] for one in GIVEN["world"]["workers"] if one["worker_id"] in WORKERS}
OWNERS = {f"V{number}": case["visit"]["worker_id"] for number, case in enumerate(CASES)}
"""Visits that stand when the run begins, as test_openapi_fuzz registers them."""
LEARNT: dict[str, list[str]] = {"settlement_id": GIVEN["settlements"], "sign_no": []}
"""Numbers that the gateway gave out, newest last."""
TALLY: Counter[str] = Counter()
COUNT = itertools.count()
VISITS, BILLS, MESSAGES, LEARNT_MAX = 2 * len(CASES), 200, 500, 200
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,39}")
MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
INCOHERENT = {
    "instant.year",
    "item_no.repeated",
    "item.code_missing",
    "bill.items_differ",
    "person.not_named",
    "withdrawal.ambiguous",
    "withdrawal.nothing_named",
    "amendment.nothing_named",
    "amendment.ambiguous",
    "referral.ends_before_start",
    "match.ends_before_start",
    "match.rows_overlap",
    "match.not_named",
    "cursor.carries",
    "faults.more",
}
"""What a message may be refused for that no schema of single fields can say."""


hypothesis.settings.register_profile("plain", phases=set(hypothesis.Phase) - {hypothesis.Phase.target})
hypothesis.settings.load_profile("plain")  # its hill climbing takes a test for steady, and breaks where answers differ


def drawn(text: str, count: int) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % count


def known(name: str, value: Any) -> Any:
    """Return a value that the world or an earlier message knows, in the place of a well-formed one.

    An integer that is spelled as a fraction (17.0) fits every JSON Schema and is refused on purpose: it becomes 17.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    if name in ("original_message_id", "message_id") and MESSAGE_ID.fullmatch(value):
        return f"M{drawn(value, MESSAGES)}"
    if not NUMBER.fullmatch(value):
        return value
    match name:
        case "visit_no":
            return f"V{drawn(value, VISITS)}"
        case "bill_no":
            return f"B{drawn(value, BILLS)}"
        case "settlement_id" | "sign_no" if LEARNT[name]:
            return LEARNT[name][drawn(value, len(LEARNT[name]))]
        case "worker_id":
            return list(WORKERS)[drawn(value, len(WORKERS))]
        case "certno":
            return list(CERTNOS.values())[drawn(value, len(CERTNOS))]
        case "catalog_code":
            items = CASES[drawn(value, len(CASES))]["items"]
            return items[0].get("catalog_code")
        case "item_no" | "refunds_item_no":
            return f"I{drawn(value, 30)}"
    return value


def steered(name: str, value: Any) -> Any:
    """Return a message with known values; a visit becomes one of a worker whom the world knows."""
    if isinstance(value, list):
        return [steered(name, inner) for inner in value]
    if not isinstance(value, dict):
        return instant(value) if name.endswith("_at") and isinstance(value, str) else known(name, value)
    fresh = {key: steered(key, inner) for key, inner in value.items()}
    worker = WORKERS.get(str(fresh.get("worker_id")))
    if worker and "admitted_at" in fresh:
        fresh |= {key: worker[key] for key in ("qualification_ids", "diagnosis_codes", "visit_kind", "admitted_at")}
    if worker and "certno" in fresh:
        fresh |= {"certno": CERTNOS[fresh["worker_id"]], "name": None}
    return fresh


def instant(value: str) -> str:
    """Return an instant of the world's autumn for most; every fifth stays what it was."""
    draw = drawn(value, 100)
    return f"2026-09-{1 + draw % 20:02}T{draw % 24:02}:00:00+08:00" if draw % 5 else value


def own_id(value: str) -> str:
    """Return an id for a message: one of its own for most, one that may have come before for every fourth."""
    number = next(COUNT)
    return f"M{number if number % 4 else drawn(value, MESSAGES)}"


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    """Steer a well-formed message; every other document becomes a case of the world, under other numbers."""
    del ctx, kwargs
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if isinstance(case.body, dict):
        body = steered("", case.body)
        chosen = CASES[drawn(json.dumps(body), len(CASES))]
        if "items" in body and "bill" in body and next(COUNT) % 2:
            number = next(COUNT)
            visit = chosen["visit"] | {"visit_no": f"V{number}"}
            body = chosen | {"visit": visit, "bill": chosen["bill"] | {"bill_no": f"B{number}"}}
        elif "items" in body and next(COUNT) % 2:
            body["items"] = chosen["items"]
        elif "bill_no" in body and next(COUNT) % 2:
            body = {"bill_no": body["bill_no"]}
        case.body = body
    for name, value in dict(case.path_parameters or {}).items():
        case.path_parameters[name] = known(name, value)
    visit_no = str((case.path_parameters or {}).get("visit_no"))
    if isinstance(case.body, dict) and "worker_id" in case.body and visit_no in OWNERS:
        case.body["worker_id"] = OWNERS[visit_no]
    for name, value in dict(case.headers or {}).items():
        if name.lower() == "idempotency-key":
            case.headers[name] = own_id(str(value))
        elif name.lower() == "sent-at":
            case.headers[name] = instant(str(value))


@schemathesis.check
def signed(ctx: Any, response: Any, case: Any) -> None:
    """Every answer is signed over this very request, and a receipt that comes with it holds (G8)."""
    del ctx, case
    sent = response.request
    headers = {name: values[0] for name, values in response.headers.items()}
    verify_response(
        KEYS,
        status=response.status_code,
        headers=headers,
        body=b"" if sent.method == "HEAD" else response.content,
        method=sent.method,
        path=sent.path_url,
        request_content_digest=sent.headers.get("Content-Digest"),
    )
    if jws := {name.lower(): text for name, text in headers.items()}.get("settlement-receipt"):
        verify_receipt(jws, KEYS)


@schemathesis.check
def code_described(ctx: Any, response: Any, case: Any) -> None:
    """A refusal's code is one of those that the operation lists under its status, and its type is a page."""
    del ctx
    described = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    if "x-problem-codes" not in described:
        return
    problem = response.json()
    assert problem["code"] in described["x-problem-codes"], f"{problem['code']} is not described here"
    assert problem["type"] == f"/problems/{problem['code']}"


@schemathesis.check
def well_formed_is_read(ctx: Any, response: Any, case: Any) -> None:
    """What fits the schema is read: only what no single field shows may still be refused with 400."""
    del ctx
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE or response.status_code != 400:
        return
    codes = {fault["code"] for fault in response.json()["faults"]}
    assert codes <= INCOHERENT, f"fits the schema and is refused: {sorted(codes - INCOHERENT)}"


@schemathesis.hook
def after_call(ctx: Any, case: Any, response: Any) -> None:
    """Count the answer, and remember the numbers that it gives out."""
    del ctx
    code = response.json()["code"] if "problem+json" in str(response.headers.get("content-type")) else ""
    TALLY[f"{case.operation.definition.raw['operationId']} {response.status_code} {code}".strip()] += 1
    if response.status_code == 200 and re.search(r"application/json\b", str(response.headers.get("content-type"))):
        for name, numbers in LEARNT.items():
            number = response.json().get(name)
            if number and len(numbers) < LEARNT_MAX:
                numbers.append(number)


@atexit.register
def tell() -> None:
    """Leave the count to whoever started the run."""
    Path(GIVEN["tally"]).write_text(json.dumps(TALLY), encoding="utf-8")

"""A message for each mistake that this dialect tells: read, it gives the code's own words to whoever explains them."""

import msgspec

from adapters.native.reading import read
from schemas.dialect import Inbound, Profile
from schemas.problems import GatewayError, Problem
from schemas.requests import ITEMS_PER_MESSAGE_MAX, MATCHES_PER_MESSAGE_MAX

_BILLS, _ITEMS = "POST /v1/bills", "POST /v1/visits/ZY0001/items"
_AMEND = "PATCH /v1/visits/ZY0001"
_VERIFY, _WITHDRAW = "POST /v1/persons/verify", "POST /v1/visits/ZY0001/items/withdraw"
_ITEM: dict[str, object] = {
    "item_no": "F0001",
    "catalog_code": "001102000050000",
    "quantity": "1",
    "unit_price_yuan": "20.00",
    "amount_fen": 2000,
    "occurred_at": "2026-11-02T10:00:00+08:00",
}
_VISIT: dict[str, object] = {
    "visit_no": "ZY0001",
    "worker_id": "W1",
    "visit_kind": "outpatient",
    "admitted_at": "2026-11-02T08:00:00+08:00",
    "diagnosis_codes": ["S52.500"],
}
_REFERRAL: dict[str, object] = {
    "qualification_id": "Q1",
    "starts_on": "2026-11-02",
    "ends_on": "2026-11-01",
    "to_area": "320100",
    "to_provider_name": "省城某医院",
    "reason": "需行骨移植",
}
_MATCHES = "POST /v1/matches"
_MATCH: dict[str, object] = {
    "local_code": "ZL-0412",
    "catalog_code": "001102000050000",
    "valid_from": "2026-01-01",
}
_TEXTS: tuple[tuple[str, bytes], ...] = (
    (_VERIFY, b'{"worker_id": "W1"'),
    (_VERIFY, b'{"worker_id": NaN}'),
    (_VERIFY, b'{"worker_id": "W1", "worker_id": "W2"}'),
    (_VERIFY, '{"name": "测试甲"}'.encode("gb18030")),
    (_VERIFY, b'\xef\xbb\xbf{"worker_id": "W1"}'),
    (_VERIFY, b'{"name": ' + b"[" * 65 + b"]" * 65 + b"}"),
    (_VERIFY, b'{"name": "\\ud83d"}'),
    ("GET /v1/settlements/S1", b"{}"),
    ("GET /v1/nothing", b""),
    ("PUT /v1/bills", b"{}"),
    ("GET /v1/visits?colour=red", b""),
    ("DELETE /v1/visits/ZY0001?everything=true", b""),
    ("GET /v1/visits?limit=1&limit=2", b""),
    ("GET /v1/visits?from_day=2026-11-01&cursor=WyJ2aXNpdHMiXQ", b""),
)
"""Bodies that are no JSON, or where none should be."""
_OBJECTS: tuple[tuple[str, dict[str, object]], ...] = (
    (_VERIFY, {"worker": "W1"}),
    (_ITEMS, {"items": [{**_ITEM, "quantity": 1}]}),
    (_ITEMS, {"items": [{**_ITEM, "quantity": "1,5"}]}),
    (_ITEMS, {"items": [{name: _ITEM[name] for name in _ITEM if name != "amount_fen"}]}),
    (_ITEMS, {"items": [{**_ITEM, "amount_fen": 10**12}]}),
    (_ITEMS, {"items": []}),
    ("POST /v1/visits", {**_VISIT, "visit_kind": "ambulance"}),
    (_ITEMS, {"items": [_ITEM] * (ITEMS_PER_MESSAGE_MAX + 1)}),
    (_ITEMS, {"items": [_ITEM, _ITEM]}),
    (_ITEMS, {"items": [{name: _ITEM[name] for name in _ITEM if name != "catalog_code"}]}),
    (_ITEMS, {"items": [{**_ITEM, "occurred_at": "1926-11-02T10:00:00+08:00"}]}),
    (_BILLS, {"visit": _VISIT, "bill": {"bill_no": "1", "item_nos": ["F0002"]}, "items": [_ITEM]}),
    (_VERIFY, {}),
    (_VERIFY, {"name": "测试甲", **{f"name_{number}": None for number in range(501)}}),
    (_WITHDRAW, {}),
    (_WITHDRAW, {"everything": True, "item_nos": ["F0001"]}),
    (_AMEND, {}),
    (_AMEND, {"qualification_id": "Q1", "qualification_ids": ["Q1"]}),
    ("POST /v1/referrals", _REFERRAL),
    (_MATCHES, {"matches": [{**_MATCH, "valid_to": "2025-12-31"}]}),
    (_MATCHES, {"matches": [_MATCH, _MATCH]}),
    (_MATCHES, {"matches": [_MATCH] * (MATCHES_PER_MESSAGE_MAX + 1)}),
    ("POST /v1/matches/withdraw", {"matches": [{"catalog_code": "001102000050000"}]}),
)
"""Bodies that are JSON and say what they must not."""
_HEADERS = {"content-type": "application/json", "idempotency-key": "M1"}
_HEADS: tuple[tuple[str, dict[str, str]], ...] = (
    ("POST /v1/reversals", {"content-type": "application/json"}),
    ("POST /v1/reversals", _HEADERS | {"sent-at": "yesterday"}),
    ("POST /v1/reversals", _HEADERS | {"content-type": "text/plain"}),
)
"""Heads beside a body that is well."""


def mistakes() -> tuple[tuple[Inbound, Problem], ...]:
    """Return messages that this dialect refuses, each with its refusal; together they show every code it has."""
    reversal = msgspec.json.encode({"original_message_id": "M0"})
    messages = (
        *(_inbound(line, _HEADERS, body) for line, body in _TEXTS),
        *(_inbound(line, _HEADERS, msgspec.json.encode(body)) for line, body in _OBJECTS),
        *(_inbound(line, headers, reversal) for line, headers in _HEADS),
    )
    return tuple((message, _refusal(message)) for message in messages)


def _inbound(line: str, headers: dict[str, str], body: bytes) -> Inbound:
    method, target = line.split(" ")
    path, _, query = target.partition("?")
    return Inbound(method=method, path=path, query=query, headers=headers, body=body)


def _refusal(message: Inbound) -> Problem:
    try:
        read(message, Profile(provider_code="H32000000000"))
    except GatewayError as error:
        return error.problem()
    raise AssertionError(f"{message.method} {message.path} is no mistake any more: {message.body[:80]!r}")

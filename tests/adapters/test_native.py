"""The native door: bounds, headers, and faults listed all at once."""

import json
from typing import Any

import pytest

from adapters import native
from schemas.dialect import Inbound
from schemas.problems import GatewayError, NotFound, TooLarge
from schemas.requests import CancelVisit, SubmitBill, UploadItems
from tests.golden.rewrite import GOLDEN, PROFILE, inbound

HEADERS = {"content-type": "application/json", "idempotency-key": "M1"}


def golden(case: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(inbound(GOLDEN / "native" / case).body)
    return value


def wire(path: str, body: object, method: str = "POST", **headers: str) -> Inbound:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Inbound(method=method, path=path, headers=HEADERS | named, body=json.dumps(body).encode() if body else b"")


def refused(message: Inbound) -> GatewayError:
    with pytest.raises(GatewayError) as refusal:
        native.read(message, PROFILE)
    return refusal.value


@pytest.mark.parametrize(
    ("case", "path", "limit"), [("upload-items", "/v1/visits/ZY1/items", 300), ("submit-bill", "/v1/bills", 3_000)]
)
def test_the_bound_passes_and_one_more_does_not(case: str, path: str, limit: int) -> None:
    """300 rows a message and 3,000 a document are read; one more is refused with count and limit."""
    body = golden(case)
    items = [{**body["items"][0], "item_no": f"F{number}"} for number in range(limit + 1)]

    read = native.read(wire(path, {**body, "items": items[:limit]}), PROFILE)
    error = refused(wire(path, {**body, "items": items}))

    assert isinstance(read.request, UploadItems | SubmitBill)
    assert len(read.request.items) == limit
    assert isinstance(error, TooLarge)
    assert error.faults[0].code == "items.too_many"
    assert str(limit + 1) in error.faults[0].en
    assert str(limit) in error.faults[0].en


def test_thousands_of_faults_are_bounded_and_counted() -> None:
    """A document wrong in every line lists five hundred faults, the last one counting the rest."""
    body = golden("submit-bill")
    body["items"] = [{**body["items"][0], "quantity": "x", "amount_fen": "y"} for _ in range(3_000)]
    faults = refused(wire("/v1/bills", body)).faults

    assert len(faults) == 500
    assert faults[-1].code == "faults.more"
    assert "5501" in faults[-1].en


def test_one_instant_has_one_spelling() -> None:
    """The same instant under another offset is the same content."""
    body = golden("register-visit")
    shifted = {**body, "admitted_at": "2024-12-01T02:30:00Z"}

    first, second = (native.read(wire("/v1/visits", given), PROFILE) for given in (body, shifted))

    assert first == second
    assert str(first) == str(second)


@pytest.mark.parametrize("key", ["M1", '"M1"'])
def test_a_key_may_stand_in_quotes(key: str) -> None:
    """A structured field's string and a bare token name the same message."""
    read = native.read(wire("/v1/visits/ZY1", None, "DELETE", idempotency_key=key), PROFILE)

    assert read.envelope.message_id == "M1"
    assert read.request == CancelVisit(visit_no="ZY1")


@pytest.mark.parametrize("key", ["", '""', '"M1', "a b", "x" * 65, "M1\n", "编号"])
def test_a_bad_key_is_refused_in_its_header(key: str) -> None:
    """A message id of the wrong form never becomes another one."""
    error = refused(wire("/v1/visits/ZY1", None, "DELETE", idempotency_key=key))

    assert [(fault.pointer, fault.code) for fault in error.faults] == [("header:Idempotency-Key", "header.invalid")]


@pytest.mark.parametrize(
    "path", ["/", "", "/v1", "/v1/visits/", "/v2/bills", "/v1/bills/", "/v1//items", "/v1/settlements/S1/receipt"]
)
def test_other_paths_are_not_found(path: str) -> None:
    """What the door does not know is not found, whatever its method."""
    error = refused(wire(path, {}))

    assert isinstance(error, NotFound)
    assert error.faults[0].code == "route.unknown"


@pytest.mark.parametrize("amount", ["1.0", "1e3", "1E3", "-0.0", "9007199254740993000", "true", '"1"', "null"])
def test_fen_are_whole_numbers(amount: str) -> None:
    """No fraction, exponent, text or overflow stands for an amount in fen."""
    body = json.dumps(golden("upload-items")).replace("-2000", amount).encode()
    message = Inbound(method="POST", path="/v1/visits/ZY1/items", headers=HEADERS, body=body)

    assert [fault.pointer for fault in refused(message).faults] == ["/items/2/amount_fen"]


@pytest.mark.parametrize("route", native.ROUTES, ids=lambda route: f"{route.method} /{'/'.join(route.segments)}")
def test_a_body_never_names_what_the_path_or_the_verb_says(route: native.Route) -> None:
    """The schema of a body leaves out the verb and every field of the path."""
    schema = native.body_schema(route)
    own = schema["$defs"][route.verb.__name__]

    assert not {"verb", *route.named} & {*own["properties"], *own["required"]}

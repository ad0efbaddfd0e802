"""What /docs shows to be sent is answered: each example of a body, in a fresh sandbox, one after another."""

import json
from typing import Any

import pytest

from adapters.native import ROUTES, Route
from gateway.describing.document import path_of
from gateway.describing.trials import PENDING, PROVIDER, TRIALS, VISIT, message_id_of
from gateway.desk.names import referral_no_of
from gateway.web.pages.site import OPENAPI
from schemas.requests import (
    AmendVisit,
    AnyRequest,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
    DischargeVisit,
    FileReferral,
    RegisterVisit,
    Reverse,
)
from tests.house import Answer
from tests.sandbox.sandboxed import HOSPITAL, Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATHS: dict[str, dict[str, Any]] = json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"]
LATE: tuple[type[AnyRequest], ...] = (CancelSettlement, Reverse, CancelReferral)
"""What takes back what the others need."""
BEGUN: dict[type[AnyRequest], dict[str, Any]] = {
    CancelVisit: {"visit_no": "MZ-0004"},
    DischargeVisit: {"visit_no": "MZ-0005", "worker_id": PENDING, "qualification_ids": [f"{PENDING}-Q1"]},
}
"""What asks for a visit of its own, as its summary says: the example of registering with this in it."""


def published(route: Route) -> tuple[dict[str, str], str | None, Any, str]:
    """What the document shows of an operation: its path's and header's examples, its body, and what it says of it."""
    operation = PATHS[path_of(route)][route.method.lower()]
    given = {one["name"]: one["example"] for one in operation["parameters"] if "example" in one}
    message_id = given.pop("Idempotency-Key", None)
    examples = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    (shown,) = examples.values() or ({"value": None, "summary": ""},)
    return given, message_id, shown["value"], shown["summary"]


async def sent(sandbox: Sandbox, route: Route, **learnt: str) -> Answer:
    named, message_id, body, _ = published(route)
    path = path_of(route).format(**learnt | named)
    return await sandbox.ask(route.method, path, body, message_id=message_id, provider=PROVIDER)


def in_order() -> list[Route]:
    """Operations with a trial, as the page of trials has them; what takes back comes last."""
    verbs = sorted(TRIALS, key=lambda verb: verb in LATE)
    return [route for verb in verbs for route in ROUTES if route.verb is verb]


async def test_every_body_can_be_tried() -> None:
    """An operation that takes a body shows one, exactly one; those who read a visit or message are shown its number."""
    asked = {route.verb for route in ROUTES if route.body != "none"}

    assert asked <= set(TRIALS)
    assert all(published(route)[2] is not None for route in ROUTES if route.body != "none")
    assert (HOSPITAL, referral_no_of(PROVIDER, message_id_of(FileReferral))) == (
        PROVIDER,
        TRIALS[CancelReferral].named["referral_no"],
    )


async def test_what_the_docs_show_is_answered(sandbox: Sandbox) -> None:
    """Sent in order each is done, though the world was never told of them; a settlement's id comes from the first."""
    answers: dict[str, Answer] = {}
    learnt: dict[str, str] = {}
    for route in in_order():
        if (changed := BEGUN.get(route.verb)) is not None:
            body = TRIALS[RegisterVisit].body | changed
            assert (await sandbox.ask("POST", "/v1/visits", body, message_id=changed["visit_no"])).status == 200
        answer = answers[f"{route.method} {path_of(route)}"] = await sent(sandbox, route, **learnt)
        learnt = {name: answer.json[name] for name in ("settlement_id", "sign_no") if name in answer.json} | learnt

    refused = {at: one.body.decode() for at, one in answers.items() if one.status != 200}
    settled = answers["POST /v1/bills"].json["sums"]
    assert refused == {}
    assert (settled["charged_fen"], settled["fund_fen"], settled["worker_fen"]) == (30_000, 26_000, 4_000)


async def test_what_needs_an_earlier_step_says_so(sandbox: Sandbox) -> None:
    """Sent alone to a fresh sandbox an example is answered, or its summary names what must come before."""
    alone = {}
    for route in in_order():
        _, _, body, summary = published(route)
        if body is not None and " after " not in summary:
            alone[f"{route.method} {path_of(route)}"] = (await sent(sandbox, route)).status
    early = await sandbox.ask(
        "PATCH", f"/v1/visits/{VISIT}", TRIALS[AmendVisit].body, message_id="early", provider="H32110000002"
    )

    assert len(alone) >= 7
    assert set(alone.values()) == {200}
    assert early.status == 404

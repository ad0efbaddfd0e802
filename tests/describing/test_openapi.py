"""The interface's description says what the structs, the routes and the golden cases say."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
from msgspec import structs
from openapi_spec_validator import validate

from adapters.native import ROUTES, Route, mistakes
from gateway.core.reasons import REASONS
from gateway.describing.__main__ import GOLDEN
from gateway.describing.document import ENVELOPE, Undescribed, path_of, text
from gateway.describing.examples import golden
from gateway.describing.structs import envelope
from gateway.describing.words import VERBS
from gateway.web.pages.site import OPENAPI, answering
from schemas.requests import Changing, QueryOutcome
from tests.house import ROOT

PUBLISHED: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in PUBLISHED["paths"].items()
    for method, operation in methods.items()
}
OTHER_DIALECTS = {
    "message_id.missing",
    "sign_in.missing",
    "sign_in.ended",
    "dialect.not_spoken",
    "dialect.away",
    "dialect.body_too_large",
}
"""Reasons that the native door cannot give: it reads the message id itself, and works without operators' cycles."""
NO_CODES = ("contract", "printing")
"""Files of the dialect that say dotted names of other things."""
UNREACHED = {"referral.not_named", "settlement.not_named", "field.invalid"}
"""Codes that no native message gets: its path names the settlement, its schema finds whatever its decoder refuses."""


def test_the_description_has_not_drifted() -> None:
    """The published file is what structs, routes and golden cases make; `python -m gateway.describing` rewrites it."""
    assert OPENAPI.read_text(encoding="utf-8") == text(GOLDEN)


def test_the_description_is_valid() -> None:
    """It is a valid OpenAPI 3.1 document."""
    validate(PUBLISHED)


def test_every_route_is_described() -> None:
    """Whatever the native door answers stands in it, and beside that only a receipt, the probes and the keys."""
    asked = {(route.method, path_of(route)) for route in ROUTES}
    beside = {"/v1/settlements/{settlement_id}/receipt", "/livez", "/readyz", "/.well-known/jwks.json"}

    assert set(OPERATIONS) == asked | {("GET", path) for path in beside}


def test_a_route_without_words_is_not_published() -> None:
    """A new verb, place or field appears only with its words; the message says which are missing."""
    odd = structs.replace(ROUTES[0], segments=("v1", "oddities", "{terminal}"), verb=Message)

    with pytest.raises(Undescribed) as told:
        text(GOLDEN, (*ROUTES, odd))

    assert told.value.missing == [
        "VERBS: Message",
        "TAGS: oddities",
        "FIELDS: terminal of /v1/oddities/{terminal}",
    ]


class Message(QueryOutcome, tag="Message", frozen=True, kw_only=True):
    """A verb that nobody has described."""


def test_a_new_route_appears_by_itself() -> None:
    """A described verb on one more path is in the document without a line of code."""
    more = structs.replace(next(route for route in ROUTES if route.verb is QueryOutcome), method="POST")

    described = json.loads(text(GOLDEN, (*ROUTES, more)))

    validate(described)
    operation = described["paths"]["/v1/outcomes/{message_id}"]["post"]
    assert operation["operationId"] == "queryOutcomeMessageId"
    assert operation["requestBody"]["required"]


@pytest.mark.parametrize("key", ["A1", '"A1"', "a" * 64, f'"{"a" * 64}"'])
def test_a_message_id_may_stand_in_quotes(key: str) -> None:
    """What the door takes for a message id, bare or quoted, is what the description says."""
    validator = jsonschema_rs.Draft202012Validator(envelope()["message_id"])

    assert validator.is_valid(key)
    assert not any(
        validator.is_valid(odd) for odd in (f'{key}"', f"{key}\n", key.replace("a", "aa"), f" {key}") if odd != key
    )


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {path_of(route)}")
def test_a_changing_operation_asks_for_its_message_id(route: Route) -> None:
    """Idempotency-Key is required where a verb changes something, and not asked for elsewhere."""
    given = {one["name"]: one["required"] for one in OPERATIONS[route.method, path_of(route)]["parameters"]}

    assert given.get("Idempotency-Key", False) == (route.verb in get_args(Changing))
    assert set(ENVELOPE.values()) - {"Idempotency-Key"} <= set(given)


def test_only_probes_and_keys_need_no_token() -> None:
    """Every operation under /v1 is asked with a bearer token and may answer 401."""
    opened = {path for (_, path), operation in OPERATIONS.items() if operation.get("security") == []}

    assert opened == {"/livez", "/readyz", "/.well-known/jwks.json"}
    assert all("401" in operation["responses"] for (_, path), operation in OPERATIONS.items() if path not in opened)


def test_every_answer_is_described_as_signed() -> None:
    """Each response of each operation promises the signature's fields (G8)."""
    signed = {"Signature", "Signature-Input", "Content-Digest", "Request-Digest", "Request-Id"}

    for at, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            assert signed <= set(response["headers"]), (at, status)


def examples() -> list[tuple[str, Any, Any]]:
    """Return each example of the document: where it stands, its schema, its value."""
    found = []
    for (method, path), operation in OPERATIONS.items():
        places = {"request": operation.get("requestBody", {})} | operation["responses"]
        for place, holder in places.items():
            for media in holder.get("content", {}).values():
                for name, example in media.get("examples", {}).items():
                    found.append((f"{method} {path} {place} {name}", media["schema"], example["value"]))
        found += [
            (f"{method} {path} {one['name']}", one["schema"], one["example"])
            for one in operation.get("parameters", ())
            if "example" in one
        ]
    return found


@pytest.mark.parametrize(("schema", "value"), [pair[1:] for pair in examples()], ids=[one[0] for one in examples()])
def test_an_example_fits_its_schema(schema: dict[str, Any], value: Any) -> None:
    """What is shown is what is described."""
    whole = {**schema, "components": PUBLISHED["components"]}

    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


def test_every_route_shows_an_example_of_its_answer() -> None:
    """Each operation of the door is shown at least once, from its golden case."""
    shown = {one[0].rsplit(" ", 2)[0] for one in examples() if " 200 " in one[0]}

    assert shown == {f"{route.method} {path_of(route)}" for route in ROUTES}


def test_every_golden_case_of_a_route_is_an_example() -> None:
    """The rule leaves none out: each case stands under the status it is answered with."""
    named = {one[0].rsplit(" ", 1)[1] for one in examples()}

    assert {example.name for example in golden(GOLDEN)} <= named


def test_the_words_name_the_answer_that_is_given() -> None:
    """The struct that a verb is said to answer is the one that its golden case answers."""
    for example in golden(GOLDEN):
        if example.status == 200 and example.content_type == "application/json":
            assert example.answer["answer"] == VERBS[example.route.verb].answer.__name__, example.name


def test_every_reason_is_described_where_it_is_given() -> None:
    """Each code of the house's catalogue is listed by an operation, or belongs to other dialects only."""
    assert set(REASONS) - set(answering(PUBLISHED)) == OTHER_DIALECTS


def test_every_code_of_the_dialect_is_shown_by_a_mistake() -> None:
    """A code that stands in the dialect's source has a message that gets it, and so a page."""
    files = [path for path in Path(ROOT / "adapters" / "native").glob("*.py") if path.stem not in NO_CODES]
    own = [path.read_text() for path in files]
    shared = [path.read_text() for path in Path(ROOT / "adapters").glob("*.py") if path.stem in "".join(own)]
    written = {code for text in (*own, *shared) for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', text)}
    shown = {fault.code for _, problem in mistakes() for fault in problem.faults}

    assert written - shown == UNREACHED

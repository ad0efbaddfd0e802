"""The native door's queries: read strictly, each fault at its parameter."""

from datetime import date

import pytest

from adapters import native
from adapters.native.routes import ROUTES
from schemas.dialect import Inbound
from schemas.problems import GatewayError
from schemas.requests import AnyRequest
from tests.golden.rewrite import PROFILE


def asked(path: str, query: str = "", body: bytes = b"") -> AnyRequest:
    return native.read(Inbound(method="GET", path=path, query=query, headers={}, body=body), PROFILE).request


def faults(path: str, query: str) -> list[tuple[str, str]]:
    with pytest.raises(GatewayError) as refusal:
        asked(path, query)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def test_a_query_fills_the_fields_it_names() -> None:
    """Days, numbers and closed sets by their types; percent-encoding is undone, a plus is a plus."""
    request = asked("/v1/visits", "from_day=2026-11-01&limit=007&state=part%5Fsettled&worker_id=W%2B1+2")

    assert (request.from_day, request.limit, request.state) == (date(2026, 11, 1), 7, "part_settled")
    assert (request.worker_id, request.cursor, request.to_day) == ("W+1+2", None, None)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_a_yes_or_no_is_spelled_out(text: str, value: bool) -> None:
    """True and false, nothing else."""
    assert asked("/v1/settlements/S1/statement", f"masked={text}").masked is value


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=", ("query:limit", "field.type")),
        ("limit=1_0", ("query:limit", "field.type")),
        ("limit=%EF%BC%91", ("query:limit", "field.type")),
        ("limit=1.0", ("query:limit", "field.type")),
        ("limit=-1", ("query:limit", "field.range")),
        ("limit=201", ("query:limit", "field.range")),
        ("limit=99999999999999999999", ("query:limit", "field.type")),
        ("from_day=2026-02-30", ("query:from_day", "field.pattern")),
        ("from_day=20260201", ("query:from_day", "field.pattern")),
        ("from_day=2026-02-01T00:00:00Z", ("query:from_day", "field.pattern")),
        ("state=Open", ("query:state", "field.value")),
        ("state=open%00", ("query:state", "field.value")),
        ("cursor=a+b", ("query:cursor", "field.pattern")),
        ("cursor=" + "a" * 401, ("query:cursor", "field.length")),
        ("worker_id=%FF", ("query:worker_id", "field.pattern")),
        ("worker_id=null", None),
        ("Limit=1", ("query:Limit", "query.unknown")),
        ("page=1", ("query:page", "query.unknown")),
        ("verb=QueryVisits", ("query:verb", "query.unknown")),
        ("limit=1&limit=1", ("query:limit", "query.repeated")),
        ("&limit=1", ("query:", "query.unknown")),
        ("limit=1&", ("query:", "query.unknown")),
        ("=1", ("query:", "query.unknown")),
    ],
)
def test_what_does_not_fit_is_refused_at_its_parameter(query: str, told: tuple[str, str] | None) -> None:
    """Unknown, repeated, of another type, out of bounds."""
    if told is None:
        assert asked("/v1/visits", query).worker_id == "null"
    else:
        assert faults("/v1/visits", query) == [told]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.verb)
def test_every_read_refuses_a_parameter_it_does_not_know(route: native.Route) -> None:
    """Also those that take none at all."""
    path = "/" + "/".join(segment.strip("{}") for segment in route.segments)

    assert faults(path, "colour=red") == [("query:colour", "query.unknown")]


def test_path_and_query_are_told_of_at_once() -> None:
    """Every fault in one answer."""
    assert faults("/v1/visits/-/items", "limit=0&x") == [
        ("query:limit", "field.range"),
        ("query:x", "query.unknown"),
        ("path:visit_no", "field.pattern"),
    ]

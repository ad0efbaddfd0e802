"""Which path leads where."""

from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

from gateway.web.problems import no_such_place, wrong_method


class Place(Enum):
    """Where a request goes; the value is what logs call it."""

    LIVE = "/livez"
    READY = "/readyz"
    JWKS = "/.well-known/jwks.json"
    METRICS = "/metrics"
    OPENAPI = "/openapi.json"
    DOCS = "/docs/**"
    PROBLEMS = "/problems/**"
    DOOR = "/in/{provider}"
    DOOR_PAGE = "/in/{provider}?description"
    RECEIPT = "/v1/settlements/{id}/receipt"
    OUTCOME = "/v1/outcomes/**"
    NATIVE = "/v1/**"


class Route(NamedTuple):
    """A place, and what the path names there: a provider's code, a settlement's id, a page, or nothing."""

    place: Place
    name: str = ""


FIXED = {place.value: place for place in (Place.LIVE, Place.READY, Place.JWKS, Place.METRICS)}
PAGES = (Place.OPENAPI, Place.DOCS, Place.PROBLEMS, Place.DOOR_PAGE)
"""What integrators read: the interface's description, its pages, a page for each problem, and a door's description."""
OPEN = frozenset({*FIXED, *(place.value for place in PAGES)})
"""Places that anybody may read; they are not counted as requests."""
READS = ("GET", "HEAD")
DOOR, OUTCOMES, SETTLEMENTS, NATIVE = "/in/", "/v1/outcomes/", "/v1/settlements/", "/v1/"
BULK_OUTCOMES = "/v1/outcomes"
DOOR_PAGES = "/in/?"
"""Before a query in lower case: where the site keeps what a door answers to a GET, whosever it is."""


def route(method: str, path: str, query: str = "") -> Route:
    """Return where a request goes. path and query: as sent.

    Raises NotFound for an unknown path, and WireError (405) for a known one asked with another method.
    """
    if path.startswith(NATIVE):
        return _native(method, path)
    if path.startswith(DOOR) and "/" not in path[len(DOOR) :]:
        if method in READS and query:
            return Route(Place.DOOR_PAGE, f"{DOOR_PAGES}{query.lower()}")
        if method != "POST":
            raise wrong_method("POST")
        return Route(Place.DOOR, unquote(path[len(DOOR) :]))
    place = FIXED.get(path) or _page(path)
    if place is None:
        raise no_such_place()
    reads = READS if place is not Place.METRICS else READS[:1]
    if method not in reads:
        raise wrong_method(*reads)
    return Route(place, path if place in PAGES else "")


def _page(path: str) -> Place | None:
    """Return where a page would be; whether it is there, its own shelf knows."""
    if path == Place.OPENAPI.value:
        return Place.OPENAPI
    if path == "/docs" or path.startswith("/docs/"):
        return Place.DOCS
    return Place.PROBLEMS if path == "/problems" or path.startswith("/problems/") else None


def reads_query(place: Place) -> bool:
    """Return whether somebody reads the query there: who refuses what he does not know."""
    return place in (Place.NATIVE, Place.OUTCOME, Place.DOOR_PAGE)


def _native(method: str, path: str) -> Route:
    """Tell apart what the edge treats otherwise; everything else under /v1 the native dialect reads."""
    if (method == "GET" and path.startswith(OUTCOMES)) or (method == "POST" and path == BULK_OUTCOMES):
        return Route(Place.OUTCOME)
    if path.startswith(SETTLEMENTS) and path.endswith("/receipt"):
        settlement_id = path[len(SETTLEMENTS) : -len("/receipt")]
        if settlement_id and "/" not in settlement_id:
            if method != "GET":
                raise wrong_method("GET")
            return Route(Place.RECEIPT, unquote(settlement_id))
    return Route(Place.NATIVE)

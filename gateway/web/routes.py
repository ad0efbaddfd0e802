"""Which path leads where."""

from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

from gateway.web.problems import no_such_place


class Place(Enum):
    """Where a request goes; the value is what logs call it."""

    LIVE = "/livez"
    READY = "/readyz"
    JWKS = "/.well-known/jwks.json"
    METRICS = "/metrics"
    DOOR = "/in/{provider}"
    RECEIPT = "/v1/settlements/{id}/receipt"
    OUTCOME = "/v1/outcomes/**"
    NATIVE = "/v1/**"


class Route(NamedTuple):
    """A place, and what the path names there: a provider's code, a settlement's id, or nothing."""

    place: Place
    name: str = ""


FIXED = {place.value: place for place in (Place.LIVE, Place.READY, Place.JWKS, Place.METRICS)}
"""Places that anybody may read; they are not counted as requests."""
READS = ("GET", "HEAD")
DOOR, OUTCOMES, SETTLEMENTS, NATIVE = "/in/", "/v1/outcomes/", "/v1/settlements/", "/v1/"
BULK_OUTCOMES = "/v1/outcomes"


def route(method: str, path: str) -> Route:
    """Return where a request goes. path: as sent, without the query. Raises NotFound."""
    if path.startswith(NATIVE):
        return _native(method, path)
    if path.startswith(DOOR) and "/" not in path[len(DOOR) :]:
        if method != "POST":
            raise no_such_place("POST")
        return Route(Place.DOOR, unquote(path[len(DOOR) :]))
    place = FIXED.get(path)
    if place is None:
        raise no_such_place(None)
    if method not in READS or (place is Place.METRICS and method != "GET"):
        raise no_such_place("GET")
    return Route(place)


def reads_query(method: str, place: Place) -> bool:
    """Return whether somebody reads the query there: the native dialect, where something is asked for."""
    return method == "GET" and place in (Place.NATIVE, Place.OUTCOME)


def _native(method: str, path: str) -> Route:
    """Tell apart what the edge treats otherwise; everything else under /v1 the native dialect reads."""
    if (method == "GET" and path.startswith(OUTCOMES)) or (method == "POST" and path == BULK_OUTCOMES):
        return Route(Place.OUTCOME)
    if path.startswith(SETTLEMENTS) and path.endswith("/receipt"):
        settlement_id = path[len(SETTLEMENTS) : -len("/receipt")]
        if settlement_id and "/" not in settlement_id:
            if method != "GET":
                raise no_such_place("GET")
            return Route(Place.RECEIPT, unquote(settlement_id))
    return Route(Place.NATIVE)

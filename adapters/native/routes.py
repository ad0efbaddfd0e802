"""The native door's routes: which method and path ask for which verb."""

from typing import Literal, get_args
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from schemas.problems import Fault, NotFound, WireError
from schemas.requests import (
    AmendVisit,
    AnyRequest,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
    Changing,
    DischargeVisit,
    DownloadCatalog,
    ExplainSettlement,
    FileMatches,
    FileReferral,
    Presettle,
    PresettleBill,
    QueryItems,
    QueryMatches,
    QueryOutcome,
    QueryOutcomes,
    QueryReferral,
    QuerySettlement,
    QueryStatement,
    QueryVisits,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SignOut,
    SubmitBill,
    UploadItems,
    VerifyPerson,
    WithdrawItems,
    WithdrawMatches,
)


class Route(Struct, frozen=True, kw_only=True):
    """One method and path. A segment in braces is the name of a field that the path carries."""

    method: str
    segments: tuple[str, ...]
    verb: type[AnyRequest]
    queried: tuple[str, ...] = ()
    """The request's fields that may stand in the query, each once."""

    @property
    def named(self) -> tuple[str, ...]:
        """Return the request's fields that stand in the path."""
        return tuple(segment[1:-1] for segment in self.segments if segment.startswith("{"))

    @property
    def body(self) -> Literal["none", "optional", "required"]:
        """Return whether a body may or must stand; a missing one that is optional reads as {}."""
        if self.method == "GET":
            return "none"
        return "optional" if self.method == "DELETE" or self.segments[-1] == "cancel" else "required"

    @property
    def changing(self) -> bool:
        """Return whether the verb binds a message id."""
        return self.verb in get_args(Changing)


def _route(line: str, verb: type[AnyRequest]) -> Route:
    method, target = line.split(" ")
    path, _, query = target.partition("?")
    queried = tuple(query[1:-1].split(",")) if query else ()
    return Route(method=method, segments=tuple(path.split("/")[1:]), verb=verb, queried=queried)


ROUTES = (
    _route("POST /v1/sign-ins", SignIn),
    _route("DELETE /v1/sign-ins/{sign_no}", SignOut),
    _route("POST /v1/persons/verify", VerifyPerson),
    _route("POST /v1/visits", RegisterVisit),
    _route("PATCH /v1/visits/{visit_no}", AmendVisit),
    _route("DELETE /v1/visits/{visit_no}", CancelVisit),
    _route("POST /v1/visits/{visit_no}/discharge", DischargeVisit),
    _route("POST /v1/visits/{visit_no}/items", UploadItems),
    _route("POST /v1/visits/{visit_no}/items/withdraw", WithdrawItems),
    _route("POST /v1/visits/{visit_no}/presettle", Presettle),
    _route("POST /v1/visits/{visit_no}/settle", Settle),
    _route("POST /v1/bills", SubmitBill),
    _route("POST /v1/bills/presettle", PresettleBill),
    _route("POST /v1/settlements/{settlement_id}/cancel", CancelSettlement),
    _route("POST /v1/referrals", FileReferral),
    _route("GET /v1/referrals/{referral_no}", QueryReferral),
    _route("GET /v1/qualifications/{qualification_id}/referrals", QueryReferral),
    _route("POST /v1/referrals/{referral_no}/cancel", CancelReferral),
    _route("POST /v1/matches", FileMatches),
    _route("POST /v1/matches/withdraw", WithdrawMatches),
    _route("GET /v1/matches?{local_code,state,cursor,limit}", QueryMatches),
    _route("POST /v1/reversals", Reverse),
    _route("GET /v1/outcomes/{message_id}", QueryOutcome),
    _route("POST /v1/outcomes", QueryOutcomes),
    _route("GET /v1/settlements/{settlement_id}", QuerySettlement),
    _route("GET /v1/settlements/{settlement_id}/statement?{masked}", QueryStatement),
    _route("GET /v1/visits?{from_day,to_day,worker_id,state,cursor,limit}", QueryVisits),
    _route("GET /v1/visits/{visit_no}/items?{bill_no,state,cursor,limit}", QueryItems),
    _route("GET /v1/catalog?{version,since_version,format,cursor,limit}", DownloadCatalog),
    _route("GET /v1/settlements/{settlement_id}/explanation", ExplainSettlement),
)
"""The whole door. A receipt's own address is the web room's: it carries no request of the desk."""


_PLAIN = {(route.method, "/" + "/".join(route.segments)): route for route in ROUTES if not route.named}
"""Routes without a field in the path, found at once."""


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a message and the fields its path carries.

    path is as it stood on the wire, percent-encoded and without its query. Raises NotFound for an unknown path, and
    WireError (405) for a known one asked with another method.
    """
    if (plain := _PLAIN.get((method, path))) is not None:
        return plain, {}
    given = path.split("/")[1:]
    fitting = [route for route in ROUTES if _fits(route, given)]
    if not fitting:
        raise NotFound(_no_such_path(path))
    for route in fitting:
        if route.method == method:
            return route, _named(route, given)
    raise _wrong_method([route.method for route in fitting])


def build(verb: type[AnyRequest], values: dict[str, object]) -> AnyRequest:
    """Return a verb's request; raises msgspec.ValidationError for values outside its types."""
    return msgspec.convert(values, type=verb, strict=True)


def _fits(route: Route, given: list[str]) -> bool:
    return len(route.segments) == len(given) and all(
        there == segment or (segment.startswith("{") and there != "")
        for segment, there in zip(route.segments, given, strict=True)
    )


def _named(route: Route, given: list[str]) -> dict[str, str]:
    pairs = zip(route.segments, given, strict=True)
    return {segment[1:-1]: unquote(there, errors="replace") for segment, there in pairs if segment.startswith("{")}


def _no_such_path(path: str) -> Fault:
    if path.startswith("/in/"):
        return Fault(
            pointer="",
            code="route.unknown",
            zh="本机构登记的方言是native，其地址以/v1开头",
            en="the dialect of this provider's row is native, whose paths begin with /v1",
            cure_zh="请使用/v1下的地址，或请经办机构登记所用的方言",
            cure_en="use the paths under /v1, or have the agency name the dialect in the provider's row",
        )
    return Fault(
        pointer="",
        code="route.unknown",
        zh="没有这个地址",
        en="no such path",
        cure_zh="请核对请求地址，全部地址见接口文档",
        cure_en="see the interface's description for its paths",
    )


def _wrong_method(allowed: list[str]) -> WireError:
    methods = ", ".join(allowed)
    error = WireError(
        Fault(
            pointer="",
            code="route.method",
            zh=f"该地址只接受{methods}",
            en=f"this path takes {methods}",
            cure_zh=f"请改用{methods}",
            cure_en=f"use {methods}",
        ),
        facts={"allow": methods},
    )
    error.status = 405
    return error

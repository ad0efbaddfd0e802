"""The native door as methods: one line a verb; a test fails where a route of the door has none."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar, overload
from urllib.parse import quote, urlencode

import msgspec
from msgspec import UNSET, Struct

from schemas.answers import (
    Answer,
    CatalogFound,
    ItemsFound,
    ItemsUploaded,
    ItemsWithdrawn,
    MatchesFiled,
    MatchesFound,
    MatchesWithdrawn,
    OutcomeFound,
    OutcomesFound,
    PersonVerified,
    Presettled,
    ReferralCancelled,
    ReferralFiled,
    ReferralsFound,
    Reversed,
    Settled,
    SettlementCancelled,
    SettlementExplained,
    SettlementFound,
    SignedIn,
    SignedOut,
    StatementFound,
    VisitAmended,
    VisitCancelled,
    VisitDischarged,
    VisitRegistered,
    VisitsFound,
)
from schemas.requests import (
    AmendVisit,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
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
    Request,
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

R = TypeVar("R", bound=Request)
A = TypeVar("A", bound=Answer)


class Answered(Struct, Generic[A], frozen=True, kw_only=True):
    """A verb's answer, verified."""

    answer: A
    message_id: str | None
    repeated: bool
    """Whether the gateway had settled this message before and repeats what it said."""
    receipt: str | None
    """The signed receipt (结算回执): keep it, it proves the settlement to anybody."""
    kid: str
    body: bytes
    attempts: int
    """How often it was sent."""


class Operator(Struct, frozen=True, kw_only=True):
    """Who sits at the counter, where a provider works in operators' cycles (签到)."""

    operator_id: str | None = None
    sign_no: str | None = None


class Verb(Generic[R, A]):
    """One verb of the door: its route, its request and its answer."""

    changing = False

    def __init__(self, route: str, request: type[R], answer: type[A]) -> None:
        """Take method, path and query as the door names them; in braces stand fields of the request."""
        self.method, target = route.split(" ")
        self.path, _, queried = target.partition("?")
        self.request = request
        self.answer = answer
        self._named = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        self._queried = queried[1:-1].split(",") if queried else []
        self._nullable = {field.name for field in msgspec.structs.fields(request) if field.default is UNSET}

    def says(self, request: Request) -> bool:
        """Return whether it is this verb's request, with everything that its path names."""
        return type(request) is self.request and all(getattr(request, name) for name in self._named)

    def target(self, request: R) -> str:
        """Return path and query, percent-encoded, with the request's fields in them.

        Raises ValueError for a field that is asked for by no path, query or body of this verb.
        """
        fields = {name: quote(str(getattr(request, name) or ""), safe="") for name in self._named}
        path = self.path.format_map(fields)
        if self.method != "GET":
            return path
        said = {
            field.name: msgspec.to_builtins(getattr(request, field.name))
            for field in msgspec.structs.fields(self.request)
            if field.name not in self._named and getattr(request, field.name) != field.default
        }
        if unsaid := [name for name in said if name not in self._queried]:
            raise ValueError(f"{', '.join(unsaid)}: {self.method} {self.path} cannot say it")
        query = urlencode({name: _spelled(value) for name, value in said.items()}, quote_via=quote)
        return f"{path}?{query}" if query else path

    def body(self, request: R) -> bytes:
        """Return the request as the door reads it: without its verb, what stands in the path, and what is None.

        Where leaving a field out says something else than null does (PATCH), null is sent.
        """
        if self.method == "GET":
            return b""
        members = msgspec.to_builtins(request)
        lean = {name: _lean(value) for name, value in members.items() if name not in ("verb", *self._named)}
        lean = {name: value for name, value in lean.items() if value is not None or name in self._nullable}
        return msgspec.json.encode(lean) if lean or self.method != "DELETE" else b""


class Awaiting(ABC):
    """A client whose methods are awaited."""

    @abstractmethod
    async def perform(
        self, verb: Verb[R, A], request: R, message_id: str | None, operator: Operator | None
    ) -> Answered[A]:
        """Send a verb's request and return its answer."""


class Waiting(ABC):
    """A client whose methods return when the answer is there."""

    @abstractmethod
    def perform_now(
        self, verb: Verb[R, A], request: R, message_id: str | None, operator: Operator | None
    ) -> Answered[A]:
        """Send a verb's request and return its answer."""


class ChangeLater(Generic[R, A]):
    """A changing verb, awaited."""

    def __init__(self, verb: Verb[R, A], client: Awaiting) -> None:
        self._verb = verb
        self._client = client

    async def __call__(self, request: R, *, message_id: str, operator: Operator | None = None) -> Answered[A]:
        """Send it under an id of your own: keep the id before you send, it is how you ask what became of it."""
        return await self._client.perform(self._verb, request, message_id, operator)


class ReadLater(Generic[R, A]):
    """A reading verb, awaited."""

    def __init__(self, verb: Verb[R, A], client: Awaiting) -> None:
        self._verb = verb
        self._client = client

    async def __call__(self, request: R, *, operator: Operator | None = None) -> Answered[A]:
        """Ask; nothing is changed."""
        return await self._client.perform(self._verb, request, None, operator)


class ChangeNow(Generic[R, A]):
    """A changing verb that returns when its answer is there."""

    def __init__(self, verb: Verb[R, A], client: Waiting) -> None:
        self._verb = verb
        self._client = client

    def __call__(self, request: R, *, message_id: str, operator: Operator | None = None) -> Answered[A]:
        """Send it under an id of your own: keep the id before you send, it is how you ask what became of it."""
        return self._client.perform_now(self._verb, request, message_id, operator)


class ReadNow(Generic[R, A]):
    """A reading verb that returns when its answer is there."""

    def __init__(self, verb: Verb[R, A], client: Waiting) -> None:
        self._verb = verb
        self._client = client

    def __call__(self, request: R, *, operator: Operator | None = None) -> Answered[A]:
        """Ask; nothing is changed."""
        return self._client.perform_now(self._verb, request, None, operator)


class Change(Verb[R, A]):
    """A verb that changes something: it takes a message id."""

    changing = True

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Awaiting, owner: type) -> ChangeLater[R, A]: ...
    @overload
    def __get__(self, client: Waiting, owner: type) -> ChangeNow[R, A]: ...
    def __get__(self, client: Awaiting | Waiting | None, owner: type) -> Self | ChangeLater[R, A] | ChangeNow[R, A]:
        """Return the verb as a method of a client."""
        if client is None:
            return self
        return ChangeLater(self, client) if isinstance(client, Awaiting) else ChangeNow(self, client)


class Read(Verb[R, A]):
    """A verb that changes nothing."""

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Awaiting, owner: type) -> ReadLater[R, A]: ...
    @overload
    def __get__(self, client: Waiting, owner: type) -> ReadNow[R, A]: ...
    def __get__(self, client: Awaiting | Waiting | None, owner: type) -> Self | ReadLater[R, A] | ReadNow[R, A]:
        """Return the verb as a method of a client."""
        if client is None:
            return self
        return ReadLater(self, client) if isinstance(client, Awaiting) else ReadNow(self, client)


class Verbs:
    """The whole door."""

    sign_in = Change("POST /v1/sign-ins", SignIn, SignedIn)
    sign_out = Change("DELETE /v1/sign-ins/{sign_no}", SignOut, SignedOut)
    verify_person = Read("POST /v1/persons/verify", VerifyPerson, PersonVerified)
    register_visit = Change("POST /v1/visits", RegisterVisit, VisitRegistered)
    amend_visit = Change("PATCH /v1/visits/{visit_no}", AmendVisit, VisitAmended)
    cancel_visit = Change("DELETE /v1/visits/{visit_no}", CancelVisit, VisitCancelled)
    discharge_visit = Change("POST /v1/visits/{visit_no}/discharge", DischargeVisit, VisitDischarged)
    upload_items = Change("POST /v1/visits/{visit_no}/items", UploadItems, ItemsUploaded)
    withdraw_items = Change("POST /v1/visits/{visit_no}/items/withdraw", WithdrawItems, ItemsWithdrawn)
    presettle = Read("POST /v1/visits/{visit_no}/presettle", Presettle, Presettled)
    settle = Change("POST /v1/visits/{visit_no}/settle", Settle, Settled)
    presettle_bill = Read("POST /v1/bills/presettle", PresettleBill, Presettled)
    submit_bill = Change("POST /v1/bills", SubmitBill, Settled)
    cancel_settlement = Change("POST /v1/settlements/{settlement_id}/cancel", CancelSettlement, SettlementCancelled)
    file_referral = Change("POST /v1/referrals", FileReferral, ReferralFiled)
    query_referral = Read("GET /v1/referrals/{referral_no}", QueryReferral, ReferralsFound)
    query_referrals = Read("GET /v1/qualifications/{qualification_id}/referrals", QueryReferral, ReferralsFound)
    cancel_referral = Change("POST /v1/referrals/{referral_no}/cancel", CancelReferral, ReferralCancelled)
    file_matches = Change("POST /v1/matches", FileMatches, MatchesFiled)
    withdraw_matches = Change("POST /v1/matches/withdraw", WithdrawMatches, MatchesWithdrawn)
    query_matches = Read("GET /v1/matches?{local_code,state,cursor,limit}", QueryMatches, MatchesFound)
    reverse = Change("POST /v1/reversals", Reverse, Reversed)
    query_outcome = Read("GET /v1/outcomes/{message_id}", QueryOutcome, OutcomeFound)
    query_outcomes = Read("POST /v1/outcomes", QueryOutcomes, OutcomesFound)
    query_settlement = Read("GET /v1/settlements/{settlement_id}", QuerySettlement, SettlementFound)
    query_statement = Read("GET /v1/settlements/{settlement_id}/statement?{masked}", QueryStatement, StatementFound)
    query_visits = Read("GET /v1/visits?{from_day,to_day,worker_id,state,cursor,limit}", QueryVisits, VisitsFound)
    query_items = Read("GET /v1/visits/{visit_no}/items?{bill_no,state,cursor,limit}", QueryItems, ItemsFound)
    download_catalog = Read("GET /v1/catalog?{version,since_version,cursor,limit}", DownloadCatalog, CatalogFound)
    """In pages; as a file it is for a browser or curl."""
    explain_settlement = Read("GET /v1/settlements/{settlement_id}/explanation", ExplainSettlement, SettlementExplained)


def verbs() -> dict[str, Verb[Any, Any]]:
    """Return every verb of the door by its method's name."""
    return {name: value for name, value in vars(Verbs).items() if isinstance(value, Verb)}


def _spelled(value: object) -> str:
    """Return a value as a query says it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lean(value: object) -> object:
    """Return a value without the members that are None."""
    if isinstance(value, Mapping):
        return {name: _lean(member) for name, member in value.items() if member is not None}
    return [_lean(one) for one in value] if isinstance(value, list | tuple) else value

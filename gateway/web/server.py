"""The edge: takes a request from the wire, asks the house, and sends the answer signed."""

import asyncio
import time

import msgspec
import structlog
from aiohttp import web
from structlog.typing import FilteringBoundLogger

from gateway.metrics.counts import STAGES
from gateway.metrics.folder import Folder
from gateway.metrics.words import UNKNOWN, outcome_of
from gateway.settings import WebSettings
from gateway.signing.message import sign_response
from gateway.web.annex import Annex
from gateway.web.bodies import CallerGone, check_digest, check_head, read_body
from gateway.web.callers import BearerCallers, Callers, must_be
from gateway.web.exchange import Exchange
from gateway.web.house import House, Reply
from gateway.web.limits import Room, Shelf, Ticket
from gateway.web.logs import fault_of
from gateway.web.measured import Page as Metrics
from gateway.web.measured import count, watch_edge
from gateway.web.problems import bad_target, broken, full, headers_of, late, no_such_place, problem_reply, wrong_method
from gateway.web.routes import DOOR_PAGES, Place, Route, reads_query, route
from schemas.facts import Provider
from schemas.problems import GatewayError

SERVER = "settlement-gateway"
JSON = "application/json"
BESIDE = "/beside"
"""What logs call a place of the annex."""


class Edge:
    """Answers every request; lives as long as the process and knows nothing of sockets."""

    def __init__(
        self,
        house: House,
        settings: WebSettings,
        log: FilteringBoundLogger,
        callers: Callers | None = None,
        folder: Folder | None = None,
        annex: Annex | None = None,
    ) -> None:
        self.settings = settings
        self.log = log
        self.is_draining = False
        self.connections = 0
        self.working: set[asyncio.Task[object]] = set()
        """What is to be answered before the process ends, whoever asked."""
        self._house = house
        self._callers = callers or BearerCallers(house)
        self._shelf = Shelf(bytes_max=settings.bodies_bytes_max)
        self._room = Room(in_flight_max=settings.in_flight_max, per_provider_max=settings.in_flight_per_provider_max)
        self._outcomes_room = Room(
            in_flight_max=settings.outcomes_in_flight_max,
            per_provider_max=settings.outcomes_in_flight_per_provider_max,
        )
        self._annex = annex
        self._readiness: asyncio.Task[dict[str, str]] | None = None
        self._metrics = Metrics(folder, settings.ready_seconds_max)
        watch_edge(lambda: len(self.working), lambda: self.connections)

    async def answer(self, request: web.BaseRequest, *, is_crowded: bool = False) -> web.Response:
        """Return the signed answer to a request; raises ConnectionError where nobody is left to answer."""
        exchange = Exchange(request)
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
        try:
            reply = await self._reply(exchange, is_crowded=is_crowded)
        except GatewayError as error:
            reply = self._refusal(error, exchange)
        except CallerGone:
            count(exchange, UNKNOWN, "gone")
            self.log.info("request.gone", route=exchange.route, duration_ms=_since_ms(exchange.started_s))
            if self._annex is not None:
                self._annex.saw(exchange, None, {})
            raise ConnectionResetError from None
        except Exception as error:  # noqa: BLE001 whatever broke, the caller gets a signed answer
            self._log_fault("request.broken", error, exchange)
            reply = self._refusal(broken(exchange.request_id), exchange)
        return self._signed(reply, exchange)

    def answer_unreadable(self, request: web.BaseRequest, error: GatewayError) -> web.Response:
        """Return the signed answer to what could not be read as a request."""
        exchange = Exchange(request)
        exchange.must_close = True
        return self._signed(self._refusal(error, exchange), exchange)

    async def _reply(self, exchange: Exchange, *, is_crowded: bool) -> Reply:
        exchange.read_head()
        assert exchange.method is not None
        assert exchange.path is not None
        if self._annex is not None and self._is_beside(exchange.path):
            return await self._beside(self._annex, exchange)
        to = route(exchange.method, exchange.path, exchange.query)
        exchange.route = to.place.value
        if exchange.query and not reads_query(to.place):
            raise bad_target()
        match to.place:
            case Place.LIVE:
                return _json(200, {"live": True})
            case Place.READY:
                return await self._ready()
            case Place.JWKS:
                return Reply(status=200, content_type="application/jwk-set+json", body=self._house.jwks())
            case Place.METRICS:
                return await self._metrics.reply()
            case Place.OPENAPI | Place.DOCS | Place.PROBLEMS | Place.DOOR_PAGE:
                if is_crowded:
                    exchange.must_close = True
                    raise full()
                return self._read(to.name, exchange.headers.get("if-none-match", ""))
            case Place.DOOR | Place.RECEIPT | Place.OUTCOME | Place.NATIVE:
                if is_crowded:
                    exchange.must_close = True
                    raise full()
                return await self._from_caller(to, exchange)

    def _is_beside(self, path: str) -> bool:
        return self._annex is not None and self._annex.takes(path)

    async def _beside(self, annex: Annex, exchange: Exchange) -> Reply:
        """Read the body within the same bounds as a caller's, and let the annex answer."""
        exchange.route = BESIDE
        check_head(exchange.headers, self.settings.body_bytes_max)
        ticket = Ticket(self._outcomes_room, self._shelf, BESIDE)
        try:
            exchange.body = await read_body(exchange.request, self.settings, ticket)
            return await annex.answer(exchange)
        finally:
            ticket.give_back()

    def _read(self, path: str, known: str) -> Reply:
        """Return the page of a path, or that the caller knows it already. known: the field If-None-Match."""
        page = self._house.page(path)
        if page is None:
            raise wrong_method("POST") if path.startswith(DOOR_PAGES) else no_such_place()
        status = 304 if page.is_among(known) else 200
        return Reply(status=status, content_type=page.content_type, body=page.body, headers=page.headers)

    async def _ready(self) -> Reply:
        """Ask the house whether it can answer; whoever asks meanwhile shares the one question."""
        if self.is_draining:
            return _json(503, {"ready": False, "wrong": {"edge": "draining"}})
        if self._readiness is None or self._readiness.done():
            self._readiness = asyncio.create_task(self._house.ready())
        try:
            wrong = await asyncio.wait_for(asyncio.shield(self._readiness), self.settings.ready_seconds_max)
        except TimeoutError:
            wrong = {"house": "does not answer"}
        return _json(503 if wrong else 200, {"ready": not wrong, "wrong": wrong})

    async def _from_caller(self, to: Route, exchange: Exchange) -> Reply:
        caller = self._callers.identify(exchange.headers)
        if to.place is Place.DOOR:
            must_be(caller, to.name)
            exchange.dialect = caller.dialect
        exchange.caller = caller
        check_head(exchange.headers, self.settings.body_bytes_max)
        room = self._outcomes_room if to.place is Place.OUTCOME else self._room
        ticket = Ticket(room, self._shelf, caller.code)
        try:
            exchange.body = await read_body(exchange.request, self.settings, ticket)
            check_digest(exchange.headers, exchange.body)
            task = asyncio.create_task(self._ask(to, caller, exchange))
        except BaseException:
            ticket.give_back()
            raise
        self._watch(task, ticket, exchange)
        return await self._awaited(task, exchange)

    async def _ask(self, to: Route, caller: Provider, exchange: Exchange) -> Reply:
        if to.place is Place.RECEIPT:
            return await self._house.receipt(caller, to.name)
        assert exchange.message is not None
        return await self._house.receive(caller, exchange.dialect, exchange.message)

    def _watch(self, task: asyncio.Task[Reply], ticket: Ticket, exchange: Exchange) -> None:
        """Hold the ticket until the house is done, also where the caller has gone or was answered before."""

        def done(task: asyncio.Task[Reply]) -> None:
            self.working.discard(task)
            ticket.give_back()
            error = None if task.cancelled() else task.exception()
            if exchange.was_left:
                fault = fault_of(error) if error and not isinstance(error, GatewayError) else {}
                self.log.info("request.late", route=exchange.route, duration_ms=_since_ms(exchange.started_s), **fault)

        self.working.add(task)
        task.add_done_callback(done)

    async def _awaited(self, task: asyncio.Task[Reply], exchange: Exchange) -> Reply:
        """Wait for the house within bounds; a caller that leaves or a clock that runs out never cancels its work."""
        finished, _ = await asyncio.wait((task,), timeout=self.settings.answer_seconds_max)
        if not finished:
            exchange.was_left = True
            raise late(exchange.message_id)
        if task.cancelled():
            raise broken(exchange.request_id)
        return task.result()

    def _refusal(self, error: GatewayError, exchange: Exchange) -> Reply:
        """Word a refusal in the caller's dialect, or as plain problem where no dialect can."""
        problem = error.problem()
        exchange.must_close |= exchange.body is None and "expect" in exchange.headers
        try:
            reply = self._house.refuse(error, exchange.caller, exchange.dialect, exchange.message)
        except Exception as fault:  # noqa: BLE001 a dialect that cannot word it must not leave the caller unanswered
            self._log_fault("refusal.broken", fault, exchange)
            reply = problem_reply(problem)
        return msgspec.structs.replace(reply, headers=headers_of(problem) | reply.headers, outcome=outcome_of(error))

    def _signed(self, reply: Reply, exchange: Exchange) -> web.Response:
        """Return the answer as it goes out; all are signed but the page of metrics (G8)."""
        body = exchange.sent_body(reply.status, reply.body)
        signature = {} if exchange.route == Place.METRICS.value else self._signature(reply, body, exchange)
        own = {"Content-Type": reply.content_type, "Server": SERVER, "Request-Id": exchange.request_id}
        headers = {"Cache-Control": "no-store"} | reply.headers | own | signature
        response = web.Response(status=reply.status, body=body, headers=headers)
        if exchange.must_close or self.is_draining:
            response.headers["Connection"] = "close"
            response.force_close()
        count(exchange, reply.verb, reply.outcome)
        self._log(reply, exchange)
        if self._annex is not None:
            self._annex.saw(exchange, reply, headers)
        return response

    def _signature(self, reply: Reply, body: bytes, exchange: Exchange) -> dict[str, str]:
        started_s = time.perf_counter()
        signature = sign_response(
            self._house.key(),
            status=reply.status,
            body=body,
            request_digest=exchange.request_digest,
            method=exchange.method,
            path=exchange.target,
            request_content_digest=exchange.headers.get("content-digest"),
            created=int(time.time()),
        )
        STAGES.observe("sign", time.perf_counter() - started_s)
        return signature

    def _log_fault(self, event: str, error: Exception, exchange: Exchange) -> None:
        self.log.error(event, route=exchange.route, **fault_of(error))

    def _log(self, reply: Reply, exchange: Exchange) -> None:
        details: dict[str, str] = {}
        if exchange.caller is not None:
            details |= {"provider": exchange.caller.code, "dialect": exchange.dialect}
        if exchange.message_id is not None:
            details["message_id"] = exchange.message_id
        self.log.info(
            "request",
            method=exchange.method or "unknown",
            route=exchange.route,
            status=reply.status,
            duration_ms=_since_ms(exchange.started_s),
            bytes_in=len(exchange.body or b""),
            bytes_out=len(reply.body),
            **details,
        )


def _json(status: int, document: dict[str, object]) -> Reply:
    return Reply(status=status, content_type=JSON, body=msgspec.json.encode(document))


def _since_ms(started_s: float) -> float:
    return round((time.perf_counter() - started_s) * 1000, 2)

"""The house as a sandbox serves it: the real one, opened anew when it is reset or dated, with magic before it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import structlog

from gateway.dialects.spoken import Dialects
from gateway.path import not_spoken
from gateway.sandbox.databases import Databases
from gateway.sandbox.magic import HELD_SECONDS, RETRY_AFTER_S, SLOW_SECONDS, Magic
from gateway.sandbox.moments import Turn, instant_of, span_of, within
from gateway.sandbox.problems import at_work
from gateway.sandbox.spells import Remembered, Spells
from gateway.signing.keys import SigningKey
from gateway.web.bodies import CallerGone
from gateway.web.house import House, Reply
from gateway.web.pages.page import Page
from gateway.web.problems import asks_too_much, full
from schemas.dialect import Adapter, Inbound, Profile
from schemas.facts import Provider
from schemas.problems import GatewayError
from schemas.requests import Message

IDLE_SECONDS_MAX = 10.0
"""How long a reset waits for the messages in hand, and a message for a reset."""

Opening = Callable[[], AbstractAsyncContextManager[House]]


class SandboxHouse:
    """Stands where the application stands. Magic is in `receive` alone; behind it the house is the real one."""

    def __init__(self, opening: Opening, databases: Databases, dialects: Dialects[Adapter]) -> None:
        """Take what opens the house, its databases, and the dialects."""
        self._opening = opening
        self._databases = databases
        self._dialects = dialects
        self._spells = Spells()
        self._house: House | None = None
        self._opened = AsyncExitStack()
        self._is_open = asyncio.Event()
        self._turning = asyncio.Lock()
        self._inside = 0
        self._left = asyncio.Event()
        self._met: Remembered[str, Magic] = Remembered()
        self._ahead = timedelta(0)
        """How far the sandbox's clock is ahead of the machine's."""

    async def __aenter__(self) -> Self:
        """Open the house."""
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the house."""
        await self._opened.aclose()

    async def receive(self, caller: Provider, dialect: str, message: Inbound) -> Reply:
        """Answer a message, after its magic and before it; raises CallerGone where the answer is to be lost."""
        asked = read_by(self._dialects, caller, dialect, message)
        magic = self._spells.met(caller.code, asked.request) if isinstance(asked, Message) else None
        if magic is None or isinstance(asked, GatewayError):
            return await self._received(caller, dialect, message)
        await self._before(magic, caller, asked.envelope.message_id or "")
        reply = await self._received(caller, dialect, message)
        if reply.outcome == "settled":
            self._met.keep(request_id(), magic)
            await self._after(magic)
        return reply

    async def _before(self, magic: Magic, caller: Provider, message_id: str) -> None:
        match magic.effect:
            case "slow":
                self._met.keep(request_id(), magic)
                await asyncio.sleep(SLOW_SECONDS)
            case "row":
                self._met.keep(request_id(), magic)
            case "busy" | "too_many" if self._spells.turns_away(caller.code, message_id):
                self._met.keep(request_id(), magic)
                error = full() if magic.effect == "busy" else asks_too_much(1)
                error.retry_after_s = RETRY_AFTER_S
                raise error
            case _:
                pass

    async def _after(self, magic: Magic) -> None:
        """The bill has been settled by this very message; a repeat never comes here."""
        match magic.effect:
            case "cut":
                raise CallerGone
            case "held":
                await asyncio.sleep(HELD_SECONDS)
            case _:
                pass

    async def _received(self, caller: Provider, dialect: str, message: Inbound) -> Reply:
        async with self._entered() as house:
            return await house.receive(caller, dialect, message)

    async def receipt(self, caller: Provider, settlement_id: str) -> Reply:
        """Return the receipt of a settlement of the caller."""
        async with self._entered() as house:
            return await house.receipt(caller, settlement_id)

    async def ready(self) -> dict[str, str]:
        """Return what keeps the house from answering."""
        async with self._entered() as house:
            return await house.ready()

    def identify(self, token: str) -> Provider | None:
        """Return whose token it is."""
        return self._known().identify(token)

    def refuse(self, error: GatewayError, caller: Provider | None, dialect: str, message: Inbound | None) -> Reply:
        """Word a refusal of the edge."""
        return self._known().refuse(error, caller, dialect, message)

    def page(self, path: str) -> Page | None:
        """Return what integrators read at a path."""
        return self._known().page(path)

    def jwks(self) -> bytes:
        """Return the public keys."""
        return self._known().jwks()

    def key(self) -> SigningKey:
        """Return the key that signs now."""
        return self._known().key()

    def met(self, request_id: str) -> Magic | None:
        """Return the magic that a request met."""
        return self._met.get(request_id)

    def now(self) -> datetime:
        """Return what the sandbox's clock says."""
        return datetime.now(UTC) + self._ahead

    async def reset(self) -> None:
        """Put everything back to the seed; messages in hand are answered first, later ones wait."""
        async with self._closed():
            await self._databases.reset()
            self._spells.clear()

    async def turn(self, turn: Turn) -> None:
        """Set the clock, or move it; raises WireError for what it cannot be set to."""
        at = instant_of(turn.at) if turn.at is not None else None
        by = span_of(turn.advance) if turn.advance is not None else None
        if by is not None:
            at = within(self.now() + by)
        async with self._closed():
            if at is not None and by is None:
                await self._databases.set_clock(at)
            elif by is not None:
                await self._databases.advance_clock(by)
            else:
                await self._databases.real_clock()

    def _known(self) -> House:
        assert self._house is not None, "the sandbox is opened first"
        return self._house

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            self._house = await stack.enter_async_context(self._opening())
            self._ahead = await self._databases.now() - datetime.now(UTC)
            self._opened = stack.pop_all()
        self._is_open.set()

    @asynccontextmanager
    async def _entered(self) -> AsyncIterator[House]:
        """Be inside the house; raises Busy where it stays closed."""
        try:
            async with asyncio.timeout(IDLE_SECONDS_MAX):
                await self._is_open.wait()
        except TimeoutError:
            raise at_work() from None
        self._inside += 1
        try:
            yield self._known()
        finally:
            self._inside -= 1
            self._left.set()

    @asynccontextmanager
    async def _closed(self) -> AsyncIterator[None]:
        """Close the house for a moment; it opens again whatever became of the work.

        Raises Busy where the messages in hand are not answered in time.
        """
        async with self._turning:
            was_open = self._is_open.is_set()
            self._is_open.clear()
            try:
                await self._emptied()
            except TimeoutError:
                if was_open:
                    self._is_open.set()
                raise at_work() from None
            await self._opened.aclose()
            try:
                yield
            finally:
                await self._open()

    async def _emptied(self) -> None:
        async with asyncio.timeout(IDLE_SECONDS_MAX):
            while self._inside:
                self._left.clear()
                await self._left.wait()


def read_by(dialects: Dialects[Adapter], caller: Provider, dialect: str, message: Inbound) -> Message | GatewayError:
    """Return the canonical request as the dialect's adapter reads it, or why it cannot; adapters are pure."""
    adapter = dialects.spoken(caller, dialect)
    if adapter is None:
        return not_spoken(caller, dialect)
    try:
        return adapter.read(message, Profile(provider_code=caller.code, settings=caller.profile))
    except GatewayError as error:
        return error


def request_id() -> str:
    """Return the id that the edge gave to the request in hand."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))

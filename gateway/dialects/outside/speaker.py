"""An adapter of another package, as the gateway speaks to it: awaited, bounded in time, memory and queue."""

import asyncio
import math
import sys
from types import TracebackType
from typing import Self

import msgspec
import structlog
from msgspec import Struct

from gateway.core.reasons import refusal
from gateway.dialects.breaker import Breaker
from gateway.dialects.finding import Found
from gateway.dialects.outside.frames import (
    FRAME_BYTES_MAX,
    LENGTH_BYTES,
    REFUSALS,
    TOLD,
    Asked,
    Declined,
    Heard,
    Read,
    Ready,
    Told,
    Worded,
    Write,
    framed,
)
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import GatewayError, Problem
from schemas.requests import Message

log = structlog.get_logger()


class Limits(Struct, frozen=True, kw_only=True):
    """What an adapter's process may take."""

    memory_bytes: int = 512 * 2**20
    """Of address space (RLIMIT_AS)."""
    start_seconds: float = 10.0
    answer_seconds: float = 0.5
    body_bytes_max: int = 2 * 2**20
    waiting_max: int = 64


class Outside:
    """Speaks one dialect through its process: one message at a time, the others wait or are refused."""

    def __init__(self, found: Found, limits: Limits) -> None:
        """Take where its module is and what it may take; NAME and VERSION are what the process says of itself."""
        self.NAME = found.name
        self.VERSION = 1
        self.reading, self.writing = Breaker(), Breaker()
        self._found = found
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def __aenter__(self) -> Self:
        """Start the process; one that does not come up is tried again with the first message."""
        try:
            await self._started()
        except _Gone as gone:
            self._note(gone, self.reading)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        await self._end()

    async def read(self, inbound: Inbound, profile: Profile) -> Message:
        """Return the canonical request of a message; raises what the adapter refuses, or Busy where it fails."""
        if len(inbound.body) > self._limits.body_bytes_max:
            raise refusal("dialect.body_too_large", dialect=self.NAME, limit=self._limits.body_bytes_max)
        if self.writing.is_open:  # nothing is to take effect whose answer could not be worded
            raise self._away()
        told = await self._ask(Read(inbound=inbound, profile=profile), self.reading)
        if not isinstance(told, Heard):
            raise self._away()
        return told.message

    async def write(
        self, said: AnyAnswer | Problem, to: Inbound, profile: Profile, receipt: str | None = None
    ) -> Outbound:
        """Return an answer's bytes; raises Busy where the adapter fails."""
        answer, problem = (None, said) if isinstance(said, Problem) else (said, None)
        asked = Write(answer=answer, problem=problem, to=to, profile=profile, receipt=receipt)
        told = await self._ask(asked, self.writing)
        if not isinstance(told, Worded):
            raise self._away()
        return told.outbound

    @property
    def is_away(self) -> bool:
        """Whether its messages are refused at once."""
        return self.reading.is_open or self.writing.is_open

    @property
    def failures_total(self) -> int:
        """How often it has failed."""
        return self.reading.failures_total + self.writing.failures_total

    async def _ask(self, asked: Asked, breaker: Breaker) -> Told:
        if self._waiting >= self._limits.waiting_max:
            raise self._away()
        self._waiting += 1
        try:
            async with self._turn:
                if wait := breaker.wait_seconds():
                    raise self._away(wait)
                told = await self._exchanged(asked)
        except _Gone as gone:
            self._note(gone, breaker)
            await self._end()
            raise self._away() from None
        finally:
            self._waiting -= 1
        if isinstance(told, Declined) and told.kind in REFUSALS:
            breaker.worked()
            raise REFUSALS[told.kind](*told.faults, facts=told.facts)
        if not isinstance(told, Heard | Worded):
            self._note(_Gone(getattr(told, "error", "out of step")), breaker)
            raise self._away()
        breaker.worked()
        return told

    async def _exchanged(self, asked: Asked) -> Told:
        process = await self._started()
        assert process.stdin is not None
        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                process.stdin.write(framed(asked))
                await process.stdin.drain()
                return await _told(process)
        except TimeoutError:
            await self._end()
            raise _Gone("time") from None
        except OSError as error:
            await self._end()
            raise _Gone(type(error).__name__) from None
        except BaseException:
            await self._end()  # out of step: what this message would be told would be told to the next
            raise

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        command = (sys.executable, "-m", "gateway.dialects.outside", self._found.module)
        process = await asyncio.create_subprocess_exec(
            *command,
            str(self._limits.memory_bytes),
            str(2 * self._limits.answer_seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**20,
        )
        self._process = process
        try:
            async with asyncio.timeout(self._limits.start_seconds):
                ready = await _told(process)
        except TimeoutError:
            await self._end()
            raise _Gone("start") from None
        if not isinstance(ready, Ready):
            await self._end()
            raise _Gone("start")
        self.NAME, self.VERSION = ready.name, ready.version
        return process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    def _note(self, gone: "_Gone", breaker: Breaker) -> None:
        breaker.failed()
        log.error("dialect_failed", dialect=self.NAME, error=str(gone))

    def _away(self, wait_seconds: float = 1.0) -> GatewayError:
        """Return why nobody speaks this dialect now."""
        return away(self.NAME, wait_seconds)


def away(dialect: str, wait_seconds: float) -> GatewayError:
    """Return the refusal of a message whose adapter is not asked now."""
    error = refusal("dialect.away", dialect=dialect)
    error.retry_after_s = max(1, math.ceil(wait_seconds))
    return error


class _Gone(Exception):
    """The process failed: by time, by its end, or by what it said; the text says which."""


async def _told(process: asyncio.subprocess.Process) -> Told:
    assert process.stdout is not None
    try:
        length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES))
        if length > FRAME_BYTES_MAX:
            raise _Gone("too much")
        told: Told = TOLD.decode(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError:
        raise _Gone("ended") from None
    except msgspec.MsgspecError:
        raise _Gone("out of form") from None
    return told

"""Holds the reference data that is in force now and what is announced, and follows the tables."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import structlog

from gateway.core.snapshot import Snapshot
from gateway.reference.packed import Packed, freed
from gateway.reference.reading import Connection, Part, Version, part_of, versions_after
from gateway.reference.timeline import REFERENCE_KINDS, Merged, Numbers, Timeline, steps
from gateway.store.queries import QUERIES

KEPT_FOR = timedelta(minutes=10)
"""How long a superseded version is still held: longer than any database transaction that may yet ask for it."""
POLL_SECONDS = 1.0

log = structlog.get_logger()


class Reference:
    """Reference data in memory. `start` it before the first question and `stop` it in the end."""

    def __init__(self, pool: "asyncpg.Pool[Any]", *, poll_seconds: float = POLL_SECONDS) -> None:
        """Take a pool of connections, from which one is borrowed for each look at the tables."""
        self._pool = pool
        self._poll_seconds = poll_seconds
        self._versions: list[Version] = []
        self._parts: dict[int, Part] = {}
        self._joined: Mapping[Numbers, Mapping[Any, Any]] = {}
        self._timeline: Timeline | None = None
        self._clock_ahead = timedelta(0)
        """How far the database's clock is ahead of this process's."""
        self._refreshing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._looked_at_s = 0.0

    async def start(self) -> None:
        """Load what is in force and announced, and follow it from now on."""
        await self.refresh()
        self._task = asyncio.create_task(self._follow(), name="reference")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def at(self, instant: datetime) -> Snapshot:
        """Return the snapshot in force at an instant (of the database's clock), without any waiting."""
        assert self._timeline is not None, "Reference.start() comes first"
        return self._timeline.at(instant)

    def newest(self) -> Snapshot:
        """Return the snapshot in force now, by the database's clock as this process knows it."""
        return self.at(self._now())

    async def ensure(self, marker: int) -> None:
        """Load versions until the one numbered `marker`, which the database says is effective, is known."""
        if marker > self._last():
            await self.refresh()
        assert marker <= self._last(), (marker, self._last())

    def _last(self) -> int:
        return self._versions[-1].version if self._versions else 0

    async def refresh(self) -> None:
        """Take over at once what the tables say, and let go of what was superseded long ago."""
        doomed: list[Packed] = []
        async with self._refreshing, self._pool.acquire() as connection:
            new = await versions_after(connection, self._last())
            if new or self._timeline is None or self._timeline.superseded_by(self._now() - KEPT_FOR):
                instant = await connection.fetchval(QUERIES["reference_instant"].sql)
                self._clock_ahead = instant - datetime.now(UTC)
                doomed = await self._take(connection, [*self._versions, *new], instant - KEPT_FOR)
            self._looked_at_s = time.monotonic()
        await freed(doomed)

    def age_seconds(self) -> float:
        """Return how long ago the tables were last looked at with success."""
        return time.monotonic() - self._looked_at_s

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._clock_ahead

    async def _take(self, connection: Connection, versions: list[Version], floor: datetime) -> list[Packed]:
        """Hold these versions from now on; return what is no longer held."""
        plan = steps(versions, floor)
        wanted = {version.version: version for _, in_force in plan for version in in_force}
        read = await self._read(connection, versions, wanted)
        parts = {number: part for number, part in read.items() if number in wanted}
        merged = Merged(parts, self._joined)
        snapshots = tuple(merged.snapshot(in_force) for _, in_force in plan)
        self._timeline = Timeline(begins=tuple(begin for begin, _ in plan), snapshots=snapshots)
        self._versions = [version for version in versions if version.version in wanted or version is versions[-1]]
        self._parts, self._joined = parts, merged.joined
        return [part for number, part in read.items() if number not in wanted and isinstance(part, Packed)]

    async def _read(
        self, connection: Connection, versions: list[Version], wanted: Mapping[int, Version]
    ) -> dict[int, Part]:
        """Return what is held, and what is wanted and not yet held: each as its difference from the one before."""
        keys = {version.version: version.key for version in versions}
        parts = dict(self._parts)
        for number, version in sorted(wanted.items()):
            if number not in parts and version.kind in REFERENCE_KINDS:
                before = max((held for held in parts if held < number and keys[held] == version.key), default=0)
                parts[number] = await part_of(connection, version, before, parts.get(before))
        return parts

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                await self.refresh()
            except (
                OSError,
                TimeoutError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                msgspec.ValidationError,
            ) as error:
                log.warning("reference_refresh_failed", error=type(error).__name__)

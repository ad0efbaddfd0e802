"""Composition root: settings to a running application; the only file that wires."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from adapters import hl7_v2, native
from gateway.collecting import set_aside
from gateway.desk.desk import Desk
from gateway.desk.reading import Reader
from gateway.dialects.finding import BadAdapter, by_version, everywhere, in_tree, outside
from gateway.dialects.outside.speaker import Limits, Outside
from gateway.dialects.spoken import Dialects
from gateway.metrics.counts import GAUGES
from gateway.metrics.pools import Timed
from gateway.metrics.words import Pool as PoolName
from gateway.mllp.callers import Facilities
from gateway.path import Path as Walk
from gateway.path import Reply
from gateway.reference.holder import Reference
from gateway.settings import Settings
from gateway.settling.batcher import Batcher, Bounds
from gateway.settling.lane import Lane
from gateway.settling.points import Points
from gateway.signing.keyring import Keyring, ensure_key
from gateway.signing.keys import SigningKey
from gateway.store.database import Connection, SessionLimits, Target, connect, open_pool, open_target
from gateway.store.errors import DatabaseUnfit, SecretsFault
from gateway.store.migrations import ensure_current
from gateway.store.queries import QUERIES, sql
from gateway.store.sealing import Seals
from gateway.store.secrets_file import default_secrets_path, load_or_create
from gateway.web.pages.page import Page, page
from gateway.web.pages.site import site
from gateway.web.routes import DOOR_PAGES
from schemas.dialect import Adapter, DescribesDoor, Inbound, OffersFiles
from schemas.facts import Provider
from schemas.problems import GatewayError

if TYPE_CHECKING:
    from gateway.sandbox.folder import Lease
    from gateway.web.parent import Parent

OUTCOME_CONNECTIONS_MAX = 2
"""Kept apart for QueryOutcome, which stays up when all else is busy."""
FOLLOWING_CONNECTIONS_MAX = 2
"""Kept apart for what follows the tables: who reads with one connection may wait for it, and must not starve it."""


class Application:
    """The house behind the edge: everything that answers, wired together."""

    def __init__(
        self,
        *,
        path: Walk,
        desk: Desk,
        references: Reference,
        keyring: Keyring,
        pool: Any,
        pages: Mapping[str, Page],
    ) -> None:
        """Take the rooms, and the pages of the site."""
        self._path = path
        self._desk = desk
        self._references = references
        self._keyring = keyring
        self._pool = pool
        self._facilities = Facilities(hl7_v2.NAME)
        self._pages = pages

    def identify(self, token: str) -> Provider | None:
        """Return whose token it is."""
        return self._references.newest().identify(token)

    async def receive(self, caller: Provider, dialect: str, message: Inbound) -> Reply:
        """Answer a message."""
        return await self._path.receive(caller, dialect, message)

    def correspondent(self, facility: str) -> Provider | None:
        """Return the one provider whose HL7 messages name a facility as their sender."""
        return self._facilities.find(self._references.newest(), facility)

    async def receipt(self, caller: Provider, settlement_id: str) -> Reply:
        """Return the receipt of a settlement of the caller."""
        jws = await self._desk.receipt(settlement_id, caller)
        return Reply(status=200, content_type="application/jose", body=jws.encode())

    def refuse(self, error: GatewayError, caller: Provider | None, dialect: str, message: Inbound | None) -> Reply:
        """Word a refusal of the edge."""
        return self._path.refuse(error, caller, dialect, message)

    async def ready(self) -> dict[str, str]:
        """Return what keeps the house from answering."""
        try:
            async with asyncio.timeout(1), self._pool.acquire() as connection:
                await connection.fetchval(sql("alive"))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return {"database": type(error).__name__}
        return {}

    def page(self, path: str) -> Page | None:
        """Return what integrators read at a path."""
        return self._pages.get(path)

    def jwks(self) -> bytes:
        """Return the public keys."""
        return self._keyring.jwks()

    def key(self) -> SigningKey:
        """Return the key that signs now."""
        return self._keyring.current()


@asynccontextmanager
async def application(
    settings: Settings, dsn: str, seals: Seals, *, is_sandbox: bool = False
) -> AsyncIterator[Application]:
    """Open everything, in order, and close it in the reverse order. is_sandbox: by the test clock of a sandbox."""
    limits = SessionLimits(
        statement_timeout_ms=settings.database.statement_timeout_ms,
        lock_timeout_ms=settings.database.lock_timeout_ms,
        plans_by_key=True,
        test_clock=is_sandbox,
    )
    await prepare(dsn, seals, is_sandbox=is_sandbox)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(pooled(dsn, "read", settings.database.pool_max, limits))
        outcomes = await stack.enter_async_context(pooled(dsn, "outcome", OUTCOME_CONNECTIONS_MAX, limits))
        following = await stack.enter_async_context(pooled(dsn, "follow", FOLLOWING_CONNECTIONS_MAX, limits))
        references = Reference(following)
        keyring = Keyring(following, seals)
        lanes = [lane_of(settings, dsn, limits, seals, references) for _ in range(settings.settling.lanes)]
        for lane in lanes:
            stack.push_async_callback(lane.close)
        batcher = Batcher(lanes, bounds_of(settings))
        for part in (references, keyring):
            await part.start()
            stack.push_async_callback(part.stop)
        GAUGES.watch("gateway_snapshot_version", lambda: references.newest().marker)
        GAUGES.watch("gateway_snapshot_age_seconds", references.age_seconds)
        batcher.start()
        GAUGES.watch("gateway_queue_bills", batcher.queue_bills)
        GAUGES.watch("gateway_queue_age_seconds", batcher.queue_age_seconds)
        stack.push_async_callback(batcher.stop)
        theirs = [await stack.enter_async_context(Outside(found, Limits())) for found in outside()]
        ours = spoken_in_tree()
        adapters: list[Adapter | Outside] = [*ours, *theirs]
        dialects = Dialects(distinct(adapters))
        reader = Reader(pool=pool, outcomes=outcomes, queries=QUERIES, seals=seals, references=references)
        desk = Desk(batcher=batcher, reader=reader, seals=seals, key=keyring.current)
        walk = Walk(desk, dialects)
        GAUGES.watch(
            "gateway_dialects_away",
            lambda: sum(one.is_away for one in theirs) + sum(one.is_open for one in list(walk.breakers.values())),
        )
        GAUGES.watch(
            "gateway_dialect_failures",
            lambda: (
                sum(one.failures_total for one in theirs)
                + sum(one.failures_total for one in list(walk.breakers.values()))
            ),
        )
        yield Application(
            path=walk,
            desk=desk,
            references=references,
            keyring=keyring,
            pool=pool,
            pages=site(native.mistakes(), Path(native.__file__).parents[1]) | files_of(ours),
        )


def spoken_in_tree() -> Dialects[Adapter]:
    """Return the dialects of this tree; raises BadAdapter. Those of other packages are run elsewhere."""
    return Dialects(adapter for _, adapter in by_version(in_tree()))


def distinct(adapters: "list[Adapter | Outside]") -> "list[Adapter | Outside]":
    """Return adapters, each dialect and version once; raises BadAdapter."""
    taken: set[tuple[str, int]] = set()
    for adapter in adapters:
        if (adapter.NAME, adapter.VERSION) in taken:
            raise BadAdapter(f"Two adapters are {adapter.NAME} version {adapter.VERSION}: uninstall one package")
        taken.add((adapter.NAME, adapter.VERSION))
    return adapters


def files_of(dialects: Dialects[Adapter]) -> dict[str, Page]:
    """Return what dialects offer to be fetched, by its address."""
    return {
        f"/docs/{name}": page(kind, body)
        for adapter in dialects
        if isinstance(adapter, OffersFiles)
        for name, (kind, body) in adapter.FILES.items()
    } | {
        f"{DOOR_PAGES}{query}": page(*adapter.FILES[name])
        for adapter in dialects
        if isinstance(adapter, DescribesDoor)
        for query, name in adapter.DOOR_FILES.items()
    }


def spoken_here() -> Dialects[Adapter]:
    """Return every dialect there is, all in this process, as a developer's sandbox wants it; raises BadAdapter."""
    return Dialects(adapter for _, adapter in by_version(everywhere()))


@asynccontextmanager
async def pooled(dsn: str, name: PoolName, connections_max: int, limits: SessionLimits) -> AsyncIterator[Any]:
    """Open a pool whose waits are counted, and close it."""
    pool = await open_pool(dsn, application_name=f"gateway-{name}", connections_max=connections_max, limits=limits)
    try:
        yield Timed(pool, name)
    finally:
        await pool.close()


def lane_of(settings: Settings, dsn: str, limits: SessionLimits, seals: Seals, references: Reference) -> Lane:
    """Return a writing lane of this process."""
    folder = settings.settling.points_dir
    return Lane(
        connect=partial(connect, dsn, application_name="gateway-settle", limits=limits),
        queries=QUERIES,
        seals=seals,
        references=references,
        points=Points(Path(folder) if folder else None),
    )


def bounds_of(settings: Settings) -> Bounds:
    """Return the batcher's bounds."""
    given = settings.settling
    return Bounds(
        batch_bills_max=given.batch_bills_max,
        queue_bills_max=given.queue_bills_max,
        retries_max=given.retries_max,
        spacing_seconds=given.batch_spacing_ms / 1_000,
    )


async def prepare(dsn: str, seals: Seals, *, is_sandbox: bool = False) -> None:
    """Migrate an empty database, refuse one that is behind or sealed with other secrets, make its first key.

    A sandbox's database, whose days were moved, is never served as a real one, nor the other way round.
    """
    connection = await connect(dsn, application_name="gateway-prepare")
    try:
        if await connection.fetchval(sql("is_sandbox")) is not is_sandbox:
            raise DatabaseUnfit(
                "This database is a sandbox's, whose clock can be moved" if not is_sandbox else "This is no sandbox's",
                cure="Name another database, or work with this one by `gateway sandbox --state`",
            )
        await ensure_current(connection)
        await check_seals(connection, seals)
        await ensure_key(connection, seals)
    finally:
        await connection.close()


async def check_seals(connection: Connection, seals: Seals) -> None:
    """Refuse secrets that are not those which sealed this database; remember them where it is new."""
    await connection.execute(sql("remember_seals"), seals.fingerprint())
    await check_sealed(connection, seals)


async def check_sealed(connection: Connection, seals: Seals) -> None:
    """Refuse secrets that are not those which sealed this database; one that is new is sealed with none."""
    known = await connection.fetchval(sql("sealed_with"))
    if known not in (None, seals.fingerprint()):
        raise SecretsFault(
            f"The database was sealed with the secrets {known}, and these are {seals.fingerprint()}",
            cure="Name the secrets file that belongs to this database with --secrets (GATEWAY_SECRETS_FILE)",
        )


def opened(settings: Settings) -> tuple[Target, Seals]:
    """Open the database that the settings name, and its secrets; the caller closes the target."""
    embedded = Path(settings.database.embedded) if settings.database.embedded else None
    target = open_target(dsn=settings.database.dsn, embedded=embedded)
    return target, load_or_create(secrets_path(settings))


def secrets_path(settings: Settings) -> Path:
    """Return where the secrets are that the settings name."""
    if settings.secrets.file:
        return Path(settings.secrets.file)
    return default_secrets_path(Path(settings.database.embedded) if settings.database.embedded else None)


async def serve(
    settings: Settings,
    target: Target,
    seals: Seals,
    on_started: Callable[[int], None],
    *,
    sockets: Sequence[socket.socket] = (),
    mllp_sockets: Sequence[socket.socket] = (),
    parent: "Parent | None" = None,
) -> None:
    """Serve on sockets that listen until told to stop, then drain; parent: where this is one of several workers."""
    from gateway.mllp.listener import Listener
    from gateway.web.running import serve as serve_edge

    async with application(settings, target.dsn, seals) as house:
        set_aside()
        beside = Listener(house, hl7_v2, settings.mllp, mllp_sockets) if mllp_sockets else None
        await serve_edge(house, settings.web, sockets=sockets, parent=parent, on_started=on_started, beside=beside)


async def serve_sandbox(
    settings: Settings, lease: "Lease", on_started: Callable[[int], None], *, sockets: Sequence[socket.socket]
) -> None:
    """Serve a sandbox on sockets that listen until told to stop: the only place that wires magic and a test clock."""
    from gateway.sandbox.databases import Databases
    from gateway.sandbox.house import SandboxHouse
    from gateway.sandbox.rooms import Rooms
    from gateway.web import logs
    from gateway.web.running import serve as serve_edge

    with lease.log_file() as stream, open_target(dsn=None, embedded=lease.folder) as target:
        logs.configure(stream)
        seals = load_or_create(default_secrets_path(lease.folder))
        databases = Databases(target.dsn, seals, partial(prepare, seals=seals))
        await databases.found(lease.seed, lease.world)
        opening = partial(application, settings, target.dsn, seals, is_sandbox=True)
        dialects = spoken_here()
        async with SandboxHouse(opening, databases, dialects) as house:
            rooms = Rooms(house, dialects, lease.world)
            log = logs.logger(stream)
            await serve_edge(house, settings.web, sockets=sockets, on_started=on_started, log=log, annex=rooms)


__all__ = [
    "Application",
    "application",
    "opened",
    "prepare",
    "secrets_path",
    "serve",
    "serve_sandbox",
    "spoken_in_tree",
]

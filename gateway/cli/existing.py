"""A database for commands that only look: nothing is made where there is none, no schema, no key, no secrets."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from gateway.store.database import Connection, SessionLimits, Target
    from gateway.store.sealing import Seals

Result = TypeVar("Result")


def has_database(folder: Path) -> bool:
    """Return whether an embedded PostgreSQL was made in a folder."""
    return (folder.expanduser() / "postgres" / "PG_VERSION").is_file()


@contextmanager
def opened(dsn: str | None, embedded: Path | None) -> "Iterator[Target]":
    """Open the database that there is; raises TargetInvalid for an embedded folder without one."""
    from gateway.store.database import open_target
    from gateway.store.errors import TargetInvalid

    if embedded is not None and not dsn and not has_database(embedded):
        raise TargetInvalid(
            f"There is no embedded database in {embedded} yet",
            cure=f"Make one with gateway migrate up --embedded {embedded}, or name another folder",
        )
    with open_target(dsn=dsn, embedded=embedded) as target:
        yield target


def looked_up(
    dsn: str | None,
    embedded: Path | None,
    secrets: Path | None,
    name: str,
    look: "Callable[[Connection, Seals], Awaitable[Result]]",
) -> Result:
    """Return what a look into the database that there is finds, by a session of this name; raises StoreError."""
    import asyncio

    from gateway.store.database import DEFAULT_LIMITS
    from gateway.store.secrets_file import default_secrets_path, load

    async def work(at: str, seals: "Seals") -> Result:
        async with session(at, seals, name, DEFAULT_LIMITS) as connection:
            return await look(connection, seals)

    with opened(dsn, embedded) as target:
        return asyncio.run(work(target.dsn, load(secrets or default_secrets_path(embedded))))


@asynccontextmanager
async def session(dsn: str, seals: "Seals", name: str, limits: "SessionLimits") -> "AsyncIterator[Connection]":
    """Open a session on a database that is current and was sealed with these secrets; raises StoreError otherwise."""
    from gateway.app import check_sealed
    from gateway.store.database import connect
    from gateway.store.migrations import require_current

    connection = await connect(dsn, application_name=name, limits=limits)
    try:
        await require_current(connection)
        await check_sealed(connection, seals)
        yield connection
    finally:
        await connection.close()

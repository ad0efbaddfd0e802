"""A real `gateway serve` with several workers, and what can be seen of it from outside."""

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from tests import city
from tests.house import Gateway, gateways
from tests.web.wire import Wire

SECONDS_MAX = 20


class PublicKey(NamedTuple):
    """What a caller knows of the key that signs."""

    kid: str
    key: EllipticCurvePublicKey

    def public_key(self) -> EllipticCurvePublicKey:
        return self.key


class Crew:
    """A parent and its workers."""

    def __init__(self, gateway: Gateway, log: Path) -> None:
        self.gateway = gateway
        self.port = gateway.port
        self.parent = psutil.Process(gateway.process.pid)
        self._log = log
        self._wires: list[Wire] = []

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's lines of one event; what is no line of the log is not looked at."""
        lines = [line for line in self._log.read_bytes().splitlines() if line.startswith(b"{")]
        return [line for line in map(msgspec.json.decode, lines) if line["event"] == name]

    def pids(self) -> set[int]:
        """The workers that live."""
        return {child.pid for child in self.parent.children() if is_alive(child.pid)}

    def accepting(self) -> set[int]:
        """The workers that live and have said that they accept."""
        return self.pids() & {line["pid"] for line in self.events("edge.started")}

    def callers(self, pid: int) -> set[int]:
        """The ports from which callers are connected to a worker."""
        held = psutil.Process(pid).net_connections(kind="tcp")
        return {one.raddr.port for one in held if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == self.port}

    async def holder(self, wire: Wire) -> int:
        """The worker that a connection belongs to, once it has been accepted."""
        caller = wire.writer.get_extra_info("sockname")[1]
        await until(lambda: any(caller in self.callers(pid) for pid in self.pids()))
        return next(pid for pid in self.pids() if caller in self.callers(pid))

    def counters(self) -> Path:
        """The one folder in which all workers count."""
        (folder,) = {psutil.Process(pid).environ()["PROMETHEUS_MULTIPROC_DIR"] for pid in self.pids()}
        return Path(folder)

    async def wire(self) -> Wire:
        """A connection on which no answer passes whose signature does not verify."""
        ((kid, key),) = self.gateway._keys.items()
        self._wires.append(await Wire.to(self.port, PublicKey(kid, key)))
        return self._wires[-1]

    async def close(self) -> None:
        for wire in self._wires:
            await wire.close()


def headers_of(message_id: str) -> dict[str, str]:
    return {"Idempotency-Key": message_id, "Content-Type": "application/json"}


async def until(is_so: Callable[[], bool], seconds_max: float = SECONDS_MAX) -> None:
    async with asyncio.timeout(seconds_max):
        while not is_so():
            await asyncio.sleep(0.02)


def mode_of(path: Path) -> int | None:
    """The permissions of a file or folder, None where there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@asynccontextmanager
async def serving(dsn: str, folder: Path, *, workers: int = 2, **environ: str) -> AsyncIterator[Crew]:
    """Found the city and serve it with several workers."""
    await city.found(dsn, folder / "secrets.json")
    async with gateways(dsn, folder, workers=workers, **environ) as (gateway,):
        await gateway.session()
        crew = Crew(gateway, folder / "gateway-0.log")
        try:
            yield crew
        finally:
            await crew.close()

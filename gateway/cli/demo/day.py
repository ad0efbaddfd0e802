"""The demo's day: a folder, a world, a serving process, the morning, the books, and what to try next."""

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from gateway.app import prepare
from gateway.cli.demo.caller import Caller
from gateway.cli.demo.morning import Morning
from gateway.cli.demo.served import Served
from gateway.cli.demo.table import show
from gateway.client import ClientError
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.reference.world.build import build, write
from gateway.store.database import connect, open_target
from gateway.store.queries import sql
from gateway.store.secrets_file import default_secrets_path, load_or_create

console = Console(highlight=False)


def play(*, once: bool, port: int, seed: int) -> int:
    """Play the demo; return the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    try:
        return asyncio.run(day(folder, once=once, port=port, seed=seed))
    except KeyboardInterrupt:
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def day(folder: Path, *, once: bool, port: int, seed: int) -> int:
    """Found the world, serve it, play the morning, check the books; then stay up unless once."""
    console.print("Building an invented world and starting an embedded PostgreSQL …")
    write(build(seed), folder / "world")
    world = json.loads((folder / "world" / "world.json").read_text())
    with open_target(dsn=None, embedded=folder / "state") as target:
        await take_in(target.dsn, folder)
        served = Served(folder, port)
        caller = Caller({one["code"]: one["token"] for one in world["providers"]})
        try:
            await served.start()
            caller.open(served.url)
            morning = Morning(world, served, caller)
            went_well = await told(morning, target.dsn, caller)
            if went_well and not once:
                keep_proof(folder, morning.receipt, caller.jwks)
                await stay_up(served, folder, world)
        finally:
            await caller.close()
            await served.stop()
    return 0 if went_well else 1


async def take_in(dsn: str, folder: Path) -> None:
    """Migrate the database and import the world."""
    seals = load_or_create(default_secrets_path(folder / "state"))
    await prepare(dsn, seals)
    connection = await connect(dsn, application_name="gateway-demo")
    try:
        files = {kind: (folder / "world" / f"{kind}.csv").read_bytes() for kind in KINDS}
        await import_files(connection, files, seals)
    finally:
        await connection.close()


async def told(morning: Morning, dsn: str, caller: Caller) -> bool:
    """Play the morning, print its table and the state of the books; return whether all is as it should be."""
    try:
        await morning.play()
    except (RuntimeError, ClientError) as error:
        show(morning.rows)
        console.print(f"The morning went wrong: {error}", style="red")
        return False
    show(morning.rows)
    books = await the_books(dsn)
    holds = (
        books["settlement_fen"] == books["line_fen"] == books["payable_fen"]
        and books["unbalanced"] == 0
        and books["settled_twice"] == 0
    )
    verdict = "balance" if holds else "DO NOT BALANCE"
    console.print(
        f"demo: {'OK' if holds else 'FAILED'}: {books['settlements']} settlements, {books['cancellations']} cancelled; "
        f"{caller.verified} signatures and {caller.receipts} receipts verified; {morning.again} messages sent "
        f"again after kill -9; the books {verdict}",
        soft_wrap=True,
    )
    return holds


async def the_books(dsn: str) -> dict[str, int]:
    """Return what the books say."""
    connection = await connect(dsn, application_name="gateway-demo")
    try:
        row = await connection.fetchrow(sql("books"))
        assert row is not None
        return dict(row)
    finally:
        await connection.close()


def keep_proof(folder: Path, receipt: str, jwks: bytes) -> None:
    """Keep the last receipt and the public keys as files, so that anybody can check the one by the other offline."""
    (folder / "receipt.jws").write_text(receipt)
    (folder / "jwks.json").write_bytes(jwks)


async def stay_up(served: Served, folder: Path, world: dict[str, Any]) -> None:
    """Leave the server up with something to try, until Ctrl-C."""
    case = next(case for case in world["cases"] if case["name"] == "over-ceiling")
    token = next(one["token"] for one in world["providers"] if one["code"] == case["provider"])
    body = folder / "bill.json"
    body.write_text(json.dumps(case["request"], ensure_ascii=False))
    console.print(f"\nThe gateway stays up at {served.url} until Ctrl-C:")
    for path in ("/docs", "/problems", "/readyz", "/.well-known/jwks.json"):
        console.print(f"  {served.url}{path}")
    console.print(f"The world is in {folder / 'world'}. A bill to send:\n")
    console.print(
        f"curl -i {served.url}/v1/bills -H 'Authorization: Bearer {token}' "
        f"-H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-bill' --data @{body}\n",
        soft_wrap=True,
    )
    console.print("The last receipt, checked offline, by the public keys alone:\n")
    console.print(f"{gateway()} verify {folder / 'receipt.jws'} --jwks {folder / 'jwks.json'}\n", soft_wrap=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with contextlib.suppress(asyncio.CancelledError):
        await stopped.wait()


def gateway() -> str:
    """Return how this very command was called."""
    return sys.argv[0]

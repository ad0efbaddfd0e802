"""`gateway sandbox` itself: found the folder, serve it, and tell what to do next."""

import contextlib
import shlex
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from gateway import app
from gateway.sandbox.folder import LOG, Lease, default_folder, leased
from gateway.sandbox.pages import shown_providers
from gateway.sandbox.world import FIRST
from gateway.settings import DatabaseSettings, Settings, WebSettings
from gateway.web.binding import bound
from gateway.web.running import run

DRAIN_SECONDS = 2.0
"""How long Ctrl-C waits for answers under way: an answer that magic holds would take longer."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
BROWSED = {"0.0.0.0": "127.0.0.1", "::": "localhost"}  # noqa: S104 what a browser asks instead
WIDTH = 110

console = Console(highlight=False)


def serve(*, seed: int | None, host: str, port: int, state: Path | None) -> None:
    """Serve until Ctrl-C."""
    folder = state or default_folder()
    web = WebSettings(host=host, port=port, workers=1, drain_seconds_max=DRAIN_SECONDS)
    settings = Settings(database=DatabaseSettings(embedded=str(folder)), web=web)
    sockets = bound(web)
    console.print("Starting the sandbox (the first time takes a few seconds) …")

    with leased(folder, seed) as lease:

        def started(port: int) -> None:
            url = f"http://{BROWSED.get(host, host)}:{port}"
            lease.tell(url)
            tell(lease, url)
            if host not in LOOPBACK:
                console.print(f"[bold]{host} is open to the network: whoever reaches it may reset it.[/bold]\n")

        with contextlib.suppress(KeyboardInterrupt):
            run(app.serve_sandbox(settings, lease, started, sockets=sockets))
    console.print(f"The sandbox has ended; what was sent to it is kept in {lease.folder}.", soft_wrap=True)


def tell(lease: Lease, url: str) -> None:
    """Print what to do next."""
    providers = shown_providers(lease.world)
    console.print(f"\n[bold]The sandbox is up at {url}[/bold] (Ctrl-C ends it; seed {lease.seed})\n")
    table = Table("provider", "kind", "level", "door", "token", box=None, pad_edge=False, title_justify="left")
    table.columns[-1].no_wrap = True
    for one in providers:
        table.add_row(one["code"], one["kind"], one["level"], _door(one), one["token"])
    Console(width=max(console.width, WIDTH + 80), highlight=False).print(table)
    console.print("\nA first bill:\n")
    _copyable(
        f"curl -s {url}/sandbox/bills/{FIRST} | curl -i {url}/v1/bills \\\n"
        f"  -H 'Authorization: Bearer {providers[0]['token']}' \\\n"
        "  -H 'Content-Type: application/json' -H \"Idempotency-Key: first-$(date +%s)\" --data @-"
    )
    _pages(url, lease)
    sys.stdout.flush()


def _door(provider: dict[str, Any]) -> str:
    return "/v1" if provider["dialect"] == "native" else f"/in/{provider['code']} {provider['dialect']}"


def _pages(url: str, lease: Lease) -> None:
    pages = (
        (f"{url}/sandbox", "start here: magic persons, the test clock, tokens"),
        (f"{url}/sandbox/log", "each call: what was checked, read and signed"),
        (f"{url}/docs", "the interface"),
    )
    its = (
        "" if lease.folder == default_folder().expanduser().resolve() else f" --state {shlex.quote(str(lease.folder))}"
    )
    commands = (
        (f"gateway sandbox reset{its}", "back to the seed"),
        (f"gateway sandbox clock{its} --advance 30d", "or 2026-12-31T23:50+08:00, or --real"),
        (f"gateway explain SETTLEMENT --embedded {shlex.quote(str(lease.folder))}", "why it came out so"),
    )
    console.print()
    for what, why in (*pages, *commands):
        console.print(f"  {what:<44} {why}", soft_wrap=True)
    console.print(
        f"  {lease.folder / 'world'}/world.json: every provider, worker and example situation", soft_wrap=True
    )
    console.print(f"  {lease.folder / LOG}: what the gateway logs\n", soft_wrap=True)


def _copyable(text: str) -> None:
    """Print a command as it is: no markup, no line broken by the terminal's width."""
    console.print(text, soft_wrap=True, markup=False)

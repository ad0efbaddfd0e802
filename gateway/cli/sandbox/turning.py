"""Resets a sandbox and turns its clock: by its own address where it runs, else in its folder."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from gateway.sandbox.folder import Running, default_folder, mark_of, running
from gateway.settings import BadSettings
from gateway.store.errors import TargetInvalid

WAIT_SECONDS = 60


def reset(state: Path | None) -> str:
    """Put a sandbox back to its seed; return what to tell."""
    said = _asked(_running(state), "reset", {})
    return f"The sandbox is as it was founded; its clock says {said['now']}."


def turn(state: Path | None, wanted: dict[str, Any] | None) -> str:
    """Turn a sandbox's clock, None: only read it; return what to tell."""
    said = _asked(_running(state), "clock", wanted)
    return f"The sandbox's clock says {said['now']}; the settlement day is {said['day']}."


def _running(state: Path | None) -> Running:
    folder = state or default_folder()
    found = running(folder)
    if found is None:
        is_there = mark_of(folder.expanduser().resolve()) is not None
        told = f"The sandbox in {folder} is not running" if is_there else f"There is no sandbox in {folder}"
        raise TargetInvalid(
            told,
            cure="Start it with `gateway sandbox` in another terminal, or name its folder by --state DIR",
        )
    return found


def _asked(sandbox: Running, what: str, body: dict[str, Any] | None) -> Any:
    """Ask the sandbox that runs: GET where there is nothing to send. Raises BadSettings with its own words."""
    request = urllib.request.Request(  # noqa: S310 our own address, from its folder
        f"{sandbox.url}/sandbox/{what}",
        data=None if body is None else json.dumps({name: one for name, one in body.items() if one}).encode(),
        headers={"Content-Type": "application/json"},
        method="GET" if body is None else "POST",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=WAIT_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise BadSettings(*(f"{one['en']}; {one['cure_en']}" for one in json.load(refused)["faults"])) from refused
    except OSError as wrong:
        raise TargetInvalid(
            f"The sandbox at {sandbox.url} (process {sandbox.pid}) does not answer: {wrong}",
            cure="Look at its terminal; end it with Ctrl-C and start it again",
        ) from wrong

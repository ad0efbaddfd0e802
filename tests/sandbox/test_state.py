"""What is kept and what is put back: restart, reset, seeds, and folders that are not a sandbox's."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.embedded import stop_abandoned
from tests.sandbox.sandboxed import Sandbox, command, gateway

RESET_SECONDS_MAX = 10


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A folder for one sandbox after another; the first to come founds it."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-sandbox-")) / "state"
    yield folder
    stop_abandoned(folder)
    shutil.rmtree(folder.parent)


async def fresh(state: Path) -> Sandbox:
    """A sandbox on the folder, as on its first day."""
    sandbox = await Sandbox.start(state)
    await sandbox.raw("POST", "/sandbox/reset")
    return sandbox


async def test_a_settlement_of_a_running_sandbox_is_explained(state: Path) -> None:
    """`gateway explain` reads the sandbox's folder while it runs, and names itself where it finds nothing."""
    sandbox = await fresh(state)
    settled = (await sandbox.submit(await sandbox.bill("first"), "m1")).json["settlement_id"]
    code, page = await gateway("explain", settled, "--embedded", str(state))
    none, why = await gateway("explain", settled, "--embedded", str(state.parent / "nowhere"))
    await sandbox.stop()

    assert (code, "price.ceiling" in page) == (0, True), page
    assert (none, why.startswith("gateway explain: ")) == (1, True), why


async def test_what_was_settled_survives_a_restart_and_not_a_reset(state: Path) -> None:
    """After Ctrl-C and a new start a message is known; after `reset` it has never been, and settles anew."""
    sandbox = await fresh(state)
    bill = await sandbox.bill("first")
    settled = await sandbox.submit(bill, "m1")
    await sandbox.raw("POST", "/sandbox/clock", b'{"advance": "40d"}')
    moved = await sandbox.get("/sandbox/clock")
    told = await sandbox.stop()
    ended = sandbox.process.returncode

    sandbox = await Sandbox.start(state)
    again = await sandbox.submit(bill, "m1")
    clock = await sandbox.get("/sandbox/clock")
    jwks = await sandbox.get("/.well-known/jwks.json")
    began_s = time.monotonic()
    code, said = await gateway("sandbox", "--state", str(state), "reset")
    took_s = time.monotonic() - began_s
    outcome = await sandbox.ask("GET", "/v1/outcomes/m1")
    anew = await sandbox.submit(bill, "m1")
    day = (await sandbox.get("/sandbox/clock"))["day"]
    same_keys = await sandbox.get("/.well-known/jwks.json") == jwks
    await sandbox.stop()

    assert (ended, "is kept in" in told) == (0, True)
    assert (again.status, again.replayed, again.body == settled.body) == (200, True, True)
    assert clock["day"] == moved["day"] != day
    assert (code, "as it was founded" in said, took_s < RESET_SECONDS_MAX) == (0, True, True)
    assert outcome.json["outcome"] == "not_seen"
    assert (anew.status, anew.replayed, anew.json["settlement_id"] != settled.json["settlement_id"]) == (
        200,
        False,
        True,
    )
    assert same_keys


async def test_a_reset_waits_for_messages_and_messages_for_it(state: Path) -> None:
    """Under load none is lost, broken or refused by a reset."""
    sandbox = await fresh(state)
    statuses: list[int] = []

    async def sender(number: int) -> None:
        for turn in range(10):
            answer = await sandbox.submit(await sandbox.bill("first"), f"m{number}-{turn}")
            statuses.append(answer.status)

    senders = [asyncio.create_task(sender(number)) for number in range(4)]
    for _ in range(3):
        await asyncio.sleep(0.1)
        status, _ = await sandbox.raw("POST", "/sandbox/reset")
        statuses.append(status)
    await asyncio.gather(*senders)
    await sandbox.stop()

    assert statuses == [200] * 43


async def test_one_folder_is_one_sandbox_of_one_seed(state: Path) -> None:
    """A second one on the same folder is refused, and so is another seed; with none running there is nobody to ask."""
    sandbox = await fresh(state)
    second = await command(state, "--port", "0")
    await sandbox.stop()
    other_seed = await command(state, "--port", "0", "--seed", "8")
    nobody = await command(state, "clock")

    assert "seed 1" in sandbox.told
    assert (second[0], "Another sandbox runs on" in second[1]) == (1, True)
    assert (other_seed[0], "founded with seed 1, not 8" in other_seed[1]) == (1, True)
    assert (nobody[0], "is not running" in nobody[1]) == (1, True)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds no sandbox, such as a gateway's own, is refused and nothing in it is touched."""
    (tmp_path / "secrets.json").write_text("{}")
    code, told = asyncio.run(command(tmp_path, "--port", "0"))

    assert (code, "holds other things than a sandbox" in told) == (1, True)
    assert [one.name for one in tmp_path.iterdir()] == ["secrets.json"]


async def test_what_is_told_can_be_copied(state: Path) -> None:
    """The curl that it prints settles a bill as it stands, and another when it is pasted again."""
    sandbox = await fresh(state)
    lines = sandbox.told.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("curl -s"))
    outputs: list[bytes] = []
    for _ in range(2):
        process = await asyncio.create_subprocess_shell(
            "\n".join(lines[first : first + 3]), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        outputs.append((await process.communicate())[0])
        await asyncio.sleep(1.1)
    await sandbox.stop()

    assert all(output.startswith(b"HTTP/1.1 200 OK") for output in outputs)
    assert all(b'"answer":"Settled"' in output for output in outputs)

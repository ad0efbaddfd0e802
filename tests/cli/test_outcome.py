"""`gateway outcome --file IDS` as a hospital's clerk runs it, against a gateway that serves."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import city
from tests.house import ROOT, Gateway, gateways


@pytest.fixture
async def served(database_dsn: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that has settled m-1, refused m-2, and reversed m-3."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        settled = await gateway.submit(city.bill(0, "V1"), "m-1")
        refused = await gateway.ask("POST", "/v1/visits/NONE/settle", {"bill_no": "B1"}, message_id="m-2")
        await gateway.submit(city.bill(1, "V3"), "m-3")
        reversal = await gateway.ask("POST", "/v1/reversals", {"original_message_id": "m-3"}, message_id="r-3")
        assert (settled.status, refused.status, reversal.status) == (200, 404, 200)
        yield gateway


async def run(*words: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", "from gateway.cli import main; main()", "outcome", *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "utf-8", **environ},
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


async def test_a_day_s_ids_are_answered_with_what_to_send_next(served: Gateway, tmp_path: Path) -> None:
    """A table in both languages with a count; --json gives a line an id, in the order given."""
    ids = tmp_path / "ids"
    ids.write_text("\ufeffm-1\r\nm-2\n\n m-3 \nm-4\n", encoding="utf-8")
    named = ("--file", str(ids), "--url", served.url)

    shown = await run(*named, "--token", city.TOKENS[city.HOSPITAL])
    told = await run(*named, "--json", GATEWAY_TOKEN=city.TOKENS[city.HOSPITAL])

    assert (shown.returncode, shown.stderr) == (0, "")
    assert "已拒绝（visit.unknown）：请更正后以相同报文编号重发" in shown.stdout
    assert "unless it was answered 400" in shown.stdout
    assert shown.stdout.splitlines()[-1] == (
        "4: 已生效 settled 1, 已拒绝 refused 1, 已冲正 reversed 1, 未收到 not_seen 1. 待重发 to send again: 2"
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(one["message_id"], one["next"]["action"]) for one in lines] == [
        ("m-1", "none"),
        ("m-2", "mend"),
        ("m-3", "renew"),
        ("m-4", "repeat"),
    ]


async def test_more_ids_than_one_question_takes_are_all_answered(served: Gateway) -> None:
    """2,500 from standard input come back in their order."""
    ids = [f"n-{number}" for number in range(2499)] + ["m-1"]

    told = await run(
        *("--file", "-", "--json", "--url", f"{served.url}/", "--token", city.TOKENS[city.HOSPITAL]),
        given="\n".join(ids),
    )

    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [one["message_id"] for one in lines] == ids
    assert lines[-1]["outcome"] == "settled"


async def test_what_goes_wrong_is_said_with_its_cure(served: Gateway, tmp_path: Path) -> None:
    """No token, a wrong one, a broken id with its line, no file, no gateway: exit code 1, no traceback."""
    ids, broken = tmp_path / "ids", tmp_path / "broken"
    ids.write_text("m-1\n")
    broken.write_text("m-1\nm 2\n")
    token = ("--token", city.TOKENS[city.HOSPITAL])

    runs = {
        "no token": await run("--file", str(ids), "--url", served.url),
        "401": await run("--file", str(ids), "--url", served.url, "--token", "nobody-s"),
        f"{broken}:2: no message id": await run("--file", str(broken), "--url", served.url, *token),
        "No such file": await run("--file", str(tmp_path / "absent"), "--url", served.url, *token),
        "Connection refused": await run("--file", str(ids), "--url", "http://127.0.0.1:9", *token),
        "begins with http://": await run("--file", str(ids), "--url", "file:///etc/passwd", *token),
    }

    for says, done in runs.items():
        assert (done.returncode, done.stdout) == (1, ""), says
        assert says in done.stderr
        assert "Traceback" not in done.stderr

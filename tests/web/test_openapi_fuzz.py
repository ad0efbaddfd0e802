"""schemathesis takes the interface's description at its word, against a real gateway with the demo world."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.house import ROOT
from tests.living import Living, living

PROVIDER = "H32110000001"
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 404, 405, 413]
"""
NOT_MEANT = "positive_data_acceptance,use_after_free,ensure_resource_availability"
"""The rules of insurance refuse most well-formed messages, and a cancelled visit's number is free again; what fits the
schema and is refused as malformed all the same is a check of our own."""
REACHED = {"registerVisit", "queryOutcome", "querySettlement"}
"""Operations that a run must have been answered 200 by, so that it cannot pass by being refused."""
REACHED_IN_MINUTES = REACHED | {"uploadItems", "verifyPerson", "reverse", "submitBill", "settle", "presettle"}


async def settled(lived: Living) -> list[str]:
    """Settle the cases of one provider, register each once more with its items, and return the settlements."""
    token, found = lived.token(PROVIDER), []
    for number, case in enumerate(one for one in lived.world["cases"] if one["provider"] == PROVIDER):
        answer = await lived.gateway.submit(case["request"], f"seed-{number}", provider=token)
        found += [answer.json["settlement_id"]] if answer.status == 200 else []
        visit = case["request"]["visit"] | {"visit_no": f"V{number}"}
        await lived.gateway.ask("POST", "/v1/visits", visit, message_id=f"visit-{number}", provider=token)
        items = {"items": case["request"]["items"]}
        await lived.gateway.ask(
            "POST", f"/v1/visits/V{number}/items", items, message_id=f"items-{number}", provider=token
        )
    return found


async def fuzzed(lived: Living, folder: Path, seconds: int, seed: int) -> tuple[dict[str, Any], str, Counter[str]]:
    """Run schemathesis; return its report, what it said, and how often each operation answered each status."""
    known, config, report, tally = (
        folder / name for name in ("known.json", "config.toml", "report.json", "tally.json")
    )
    config.write_text(SETTINGS, encoding="utf-8")
    facts = {"url": lived.gateway.url, "world": lived.world, "provider": PROVIDER, "settlements": await settled(lived)}
    known.write_bytes(msgspec.json.encode(facts | {"tally": str(tally)}))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(config)),
        *("run", f"{lived.gateway.url}/openapi.json", "-H", f"Authorization: Bearer {lived.token(PROVIDER)}"),
        *("--max-time", str(seconds), "--seed", str(seed), "--checks", "all", "--exclude-checks", NOT_MEANT),
        *("--continue-on-failure", "--report-json-path", str(report)),
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.web.fuzz_hooks", "FUZZ_KNOWN": str(known)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    text = said.decode("utf-8", "replace")
    assert report.exists(), text
    return json.loads(report.read_text()), text, Counter(json.loads(tally.read_text()))


def judge(report: dict[str, Any], said: str, tally: Counter[str], *, reached: set[str]) -> None:
    """Fail with schemathesis's own words for a finding, or where a run was too shallow to say anything."""
    print(json.dumps({"cases": report["test_cases"]["generated"], "answers": dict(sorted(tally.items()))}))  # noqa: T201
    assert (report["exit_code"], report["failures"], report["errors"]) == (0, [], []), said
    assert report["operations"]["tested"] == report["operations"]["total"], said
    assert {f"{operation} 200" for operation in reached} <= set(tally), tally
    assert not [answer for answer in tally if answer.split(" ")[1].startswith("5")], tally


async def test_the_gateway_keeps_to_its_description(database_dsn: str, tmp_path: Path) -> None:
    """Whatever is sent, well-formed or broken: no 5xx, a described status, code, type and headers, a signature."""
    async with living(database_dsn, tmp_path) as lived:
        report, said, tally = await fuzzed(lived, tmp_path, seconds=30, seed=1)

    judge(report, said, tally, reached=REACHED)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_the_gateway_keeps_to_its_description_for_five_minutes(database_dsn: str, tmp_path: Path) -> None:
    """The same, for five minutes and from another seed."""
    async with living(database_dsn, tmp_path) as lived:
        report, said, tally = await fuzzed(lived, tmp_path, seconds=300, seed=20_261_125)

    judge(report, said, tally, reached=REACHED_IN_MINUTES)

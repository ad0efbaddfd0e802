"""The world's cases through a real process: what a provider is answered is what its author worked out by hand."""

import json
from pathlib import Path
from typing import Any

from gateway.app import prepare
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.reference.world.build import build, csv_texts, description
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create
from tests.house import Answer, gateways


async def found(dsn: str, secrets: Path) -> dict[str, Any]:
    world = build(1)
    seals = load_or_create(secrets)
    await prepare(dsn, seals)
    connection = await connect(dsn, application_name="tests")
    try:
        texts = csv_texts(world)
        await import_files(connection, {kind: texts[kind].encode() for kind in KINDS}, seals)
    finally:
        await connection.close()
    told: dict[str, Any] = json.loads(json.dumps(description(world)))
    return told


def differs(case: dict[str, Any], answer: Answer) -> object:
    """Return what differs from the case's expectation, or None."""
    expect = case["expect"]
    if refused := expect.get("refused"):
        codes = [fault["code"] for fault in answer.json.get("faults", ())]
        return None if answer.status == 422 and refused in codes else (answer.status, codes)
    if answer.status != 200:
        return answer.json
    rules = {finding["rule"] for finding in answer.json["findings"] if finding["fen"]}
    sums = {name: fen for name, fen in expect.items() if name != "rules"}
    return None if answer.json["sums"] == sums and rules == set(expect["rules"]) else (answer.json["sums"], rules)


async def test_every_case_is_answered_as_worked_out_by_hand(database_dsn: str, tmp_path: Path) -> None:
    """Sums to the fen and the rules that spoke, or the refusal's code, for every case of world.json."""
    world = await found(database_dsn, tmp_path / "secrets.json")
    tokens = {one["code"]: one["token"] for one in world["providers"]}
    wrong = {}
    async with gateways(database_dsn, tmp_path) as (gateway,):
        for case in world["cases"]:
            token = tokens[case["provider"]]
            answer = await gateway.submit(case["request"], f"case-{case['name']}", provider=token)
            if (found_otherwise := differs(case, answer)) is not None:
                wrong[case["name"]] = (case["expect"], found_otherwise)

    assert len(world["cases"]) >= 20
    assert wrong == {}

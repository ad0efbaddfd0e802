"""The world's cases through a real process: what a provider is answered is what was worked out by hand."""

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
from tests.world.by_hand import ROWS, Row


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


def differs(row: Row, answer: Answer) -> object:
    """Return what of an answer differs from the row that was worked out by hand, or None."""
    if row.refused is not None:
        codes = [fault["code"] for fault in answer.json.get("faults", ())]
        return None if answer.status in {409, 422} and row.refused in codes else (answer.status, codes)
    if answer.status != 200:
        return answer.json
    cut = {finding["rule"] for finding in answer.json["findings"] if finding["fen"]}
    noticed = {finding["rule"] for finding in answer.json["findings"]} - cut
    benefits_fen = sum(benefit["fen"] for benefit in answer.json["benefits"])
    found = (answer.json["sums"], cut, noticed, benefits_fen)
    return None if found == (row.sums, row.cut, row.noticed, row.benefits_fen) else found


async def test_every_case_is_answered_as_worked_out_by_hand(database_dsn: str, tmp_path: Path) -> None:
    """Sums to the fen and the rules that spoke, or the refusal's code, for every bill of every case of world.json."""
    world = await found(database_dsn, tmp_path / "secrets.json")
    tokens = {one["code"]: one["token"] for one in world["providers"]}
    wrong, sent = {}, set()
    async with gateways(database_dsn, tmp_path) as (gateway,):
        for case in world["cases"]:
            token = tokens[case["provider"]]
            for number, bill in enumerate([case, *case["then"]], 1):
                place = (case["name"], number)
                answer = await gateway.submit(bill["request"], f"case-{case['name']}-{number}", provider=token)
                if (otherwise := differs(ROWS[place], answer)) is not None:
                    wrong[place] = otherwise
                sent.add(place)

    assert wrong == {}
    assert sent == ROWS.keys()

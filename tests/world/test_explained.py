"""Every settled case of the world can be explained, to the fen and in words of both languages."""

import ast
import importlib.util
from pathlib import Path
from uuid import UUID

from gateway.desk.explaining import explained, kept_anywhere
from gateway.desk.explaining.wording import EVIDENCE
from gateway.store.database import connect
from gateway.store.queries import QUERIES
from gateway.store.secrets_file import load_or_create
from schemas.answers import SettlementExplained
from tests.house import gateways
from tests.world.test_cases_live import found


async def explanations(dsn: str, folder: Path) -> dict[str, SettlementExplained]:
    """Settle every case that settles, and explain each."""
    world = await found(dsn, folder / "secrets.json")
    tokens = {one["code"]: one["token"] for one in world["providers"]}
    settled = {}
    async with gateways(dsn, folder) as (gateway,):
        for case in world["cases"]:
            answer = await gateway.submit(case["request"], f"case-{case['name']}", provider=tokens[case["provider"]])
            if answer.status == 200:
                settled[case["name"]] = answer.json["settlement_id"]
    seals = load_or_create(folder / "secrets.json")
    connection = await connect(dsn, application_name="tests")
    try:
        return {
            name: await explained(kept, seals)
            for name, settlement_id in settled.items()
            if (kept := await kept_anywhere(connection, QUERIES, UUID(settlement_id)))
        }
    finally:
        await connection.close()


async def test_every_case_is_explained_to_the_fen(database_dsn: str, tmp_path: Path) -> None:
    """Charged − findings = fund on each line, nothing is missing, and every sentence is finished in both languages."""
    told = await explanations(database_dsn, tmp_path)
    lines = [(name, line) for name, one in told.items() for line in one.lines]
    of_bills = [finding for one in told.values() for finding in one.findings]
    findings = [*(finding for _, line in lines for finding in line.findings), *of_bills]
    sentences = [text for one in findings for text in (one.why.zh, one.why.en, one.cure.zh, one.cure.en)]

    assert len(told) > 40
    assert [name for name, one in told.items() if one.gaps] == []
    assert [
        name for name, line in lines if line.charged_fen - sum(one.fen for one in line.findings) != line.fund_fen
    ] == []
    assert len({one.rule for one in findings}) > 20
    assert [text for text in sentences if not text or "{" in text] == []
    assert {one.rule for one in of_bills} == {"benefit.food_subsidy"}
    assert {name for one in findings for name in one.evidence if not name.endswith(("_zh", "_en"))} <= set(EVIDENCE)


def evidence_names() -> set[str]:
    """Names of evidence that the rules' source gives: keywords of `whole`, and dicts called evidence or known."""
    spec = importlib.util.find_spec("gateway.core.rules")
    assert spec is not None
    assert spec.origin is not None
    names: set[str] = set()
    for path in Path(spec.origin).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "whole":
                names.update(keyword.arg for keyword in node.keywords if keyword.arg)
            for value in _evidence(node):
                names.update(str(key.value) for key in value.keys if isinstance(key, ast.Constant))
    return names


def _evidence(node: ast.AST) -> list[ast.Dict]:
    if isinstance(node, ast.keyword) and node.arg == "evidence" and isinstance(node.value, ast.Dict):
        return [node.value]
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
        return [node.value for target in node.targets if getattr(target, "id", "") in ("evidence", "known")]
    return []


def test_every_evidence_has_words() -> None:
    """What a rule lays in evidence is named in both languages (wording.EVIDENCE); `x_zh` is x in Chinese."""
    names = evidence_names()
    plain = {name for name in names if not (name.endswith(("_zh", "_en")) and name[:-3] in names)}

    assert len(plain) > 40
    assert plain - set(EVIDENCE) == set()

"""Rewrites what the adapters make of each golden request and answer: `python -m tests.golden.rewrite`.

A case is a folder. door.json (method, path, query, headers), request.json (the body, absent where there is none;
request.hl7 and the like where it is no JSON), profile.json (the provider's settings, absent where there are none) and
answer.json or refusal.json (what the house says to it, canonically) are written by hand. canonical.json (the canonical
message) or problem.json (the refusal), and response.json (status, content type and body: a list of lines where it is no
JSON), are what the adapter makes of them. Read the diff before you commit it.
"""

from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from adapters import fhir_r4, hl7_v2, jiangsu_injury, national, native
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import GatewayError, Problem
from schemas.requests import Message

GOLDEN = Path(__file__).parent
DIALECTS: dict[str, ModuleType] = {
    "fhir_r4": fhir_r4,
    "hl7_v2": hl7_v2,
    "jiangsu_injury": jiangsu_injury,
    "national": national,
    "native": native,
}
PROFILE = Profile(provider_code="H32000000000")


def cases() -> list[Path]:
    return sorted(path.parent for path in GOLDEN.glob("*/*/door.json"))


def inbound(case: Path) -> Inbound:
    door = msgspec.json.decode((case / "door.json").read_bytes(), type=dict[str, Any])
    bodies = list(case.glob("request.*"))
    assert len(bodies) <= 1, f"{case} has several bodies"
    return Inbound(**door, body=bodies[0].read_bytes() if bodies else b"")


def profile(case: Path) -> Profile:
    settings = case / "profile.json"
    if not settings.exists():
        return PROFILE
    given = msgspec.json.decode(settings.read_bytes(), type=dict[str, str])
    return Profile(provider_code=PROFILE.provider_code, settings=given)


def said(case: Path) -> Message | Problem:
    """Return what the case's adapter reads, or its refusal."""
    try:
        message = DIALECTS[case.parent.name].read(inbound(case), profile(case))
    except GatewayError as error:
        return error.problem()
    assert isinstance(message, Message)
    return message


def authored(case: Path) -> AnyAnswer | Problem | None:
    """Return the answer or refusal of the house that stands in the case's folder."""
    if (case / "refusal.json").exists():
        return msgspec.json.decode((case / "refusal.json").read_bytes(), type=Problem)
    if (case / "answer.json").exists():
        answer: AnyAnswer = msgspec.json.decode((case / "answer.json").read_bytes(), type=AnyAnswer)
        return answer
    return None


def answered(case: Path) -> Outbound:
    """Return what the case's adapter writes: its answer, or the refusal of its request."""
    outbound = DIALECTS[case.parent.name].write(authored(case) or said(case), inbound(case), profile(case))
    assert isinstance(outbound, Outbound)
    return outbound


def response(case: Path) -> dict[str, Any]:
    outbound = answered(case)
    head = {"headers": outbound.headers} if outbound.headers else {}
    return {"status": outbound.status, "content_type": outbound.content_type, **head, "body": shown(outbound)}


def shown(outbound: Outbound) -> Any:
    """Return a body as a reviewer reads it: JSON as it is, text by its lines in the charset of its content type."""
    kind, _, charset = outbound.content_type.partition("; charset=")
    if kind.endswith("json"):
        return msgspec.json.decode(outbound.body)
    return outbound.body.decode(charset).splitlines()


def pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def expected(case: Path) -> dict[str, str]:
    """Return the files that the adapter makes of a case, by name."""
    read = said(case)
    name = "problem.json" if isinstance(read, Problem) else "canonical.json"
    return {name: pretty(read), "response.json": pretty(response(case))}


def rewrite() -> None:
    for case in cases():
        for name in ("problem.json", "canonical.json", "response.json"):
            (case / name).unlink(missing_ok=True)
        for name, text in expected(case).items():
            (case / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    rewrite()

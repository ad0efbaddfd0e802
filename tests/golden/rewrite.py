"""Rewrites what the adapters make of each golden request and answer: `python -m tests.golden.rewrite`.

A case is a folder. door.json (method, path, query, headers), request.json (the body, absent where there is none;
request.hl7 and the like where it is no JSON), profile.json (the provider's settings, absent where there are none) and
answer.json or refusal.json (what the house says to it, canonically) are written by hand. canonical.json (the canonical
message) or problem.json (the refusal), and response.json (status, content type and body: a list of lines where it is no
JSON), are what the adapter makes of them. Read the diff before you commit it.

Which adapters there are is told by the tree; an adapter that has golden/ beside it has its cases there.
"""

from pathlib import Path

from adapters.kit import cases as kit
from adapters.kit.cases import PROFILE, Case, pretty
from gateway.dialects.finding import in_tree
from gateway.dialects.folders import case_at, golden_of, places
from gateway.dialects.folders import rewrite as rewrite_folder
from schemas.answers import AnyAnswer
from schemas.dialect import Adapter, Inbound, Outbound, Profile
from schemas.problems import Problem
from schemas.requests import Message

GOLDEN = Path(__file__).parent
FOUND = {found.name: found for found in in_tree()}
DIALECTS: dict[str, Adapter] = {name: found.load() for name, found in FOUND.items()}
FOLDERS = {name: folder for name, found in FOUND.items() if (folder := golden_of(found))}


def cases() -> list[Path]:
    return sorted(place for folder in FOLDERS.values() for place in places(folder))


def dialect_of(case: Path) -> str:
    """Return the package whose case it is."""
    return next(name for name, folder in FOLDERS.items() if folder == case.parent)


def adapter_of(case: Path) -> Adapter:
    return DIALECTS[dialect_of(case)]


def inbound(case: Path) -> Inbound:
    return _case(case).inbound


def profile(case: Path) -> Profile:
    return _case(case).profile


def said(case: Path) -> Message | Problem:
    """Return what the case's adapter reads, or its refusal."""
    return kit.heard(adapter_of(case), inbound(case), profile(case))


def authored(case: Path) -> AnyAnswer | Problem | None:
    """Return the answer or refusal of the house that stands in the case's folder."""
    return _case(case).said


def answered(case: Path) -> Outbound:
    """Return what the case's adapter writes: its answer, or the refusal of its request."""
    return kit.answered(adapter_of(case), _case(case), said(case))


def expected(case: Path) -> dict[str, str]:
    """Return the files that the adapter makes of a case, by name."""
    return kit.expected(adapter_of(case), _case(case))


def rewrite() -> None:
    for name, folder in FOLDERS.items():
        rewrite_folder(DIALECTS[name], folder)


def _case(folder: Path) -> Case:
    return case_at(folder)


__all__ = [
    "DIALECTS",
    "FOLDERS",
    "GOLDEN",
    "PROFILE",
    "adapter_of",
    "answered",
    "authored",
    "cases",
    "dialect_of",
    "expected",
    "inbound",
    "pretty",
    "profile",
    "rewrite",
    "said",
]

if __name__ == "__main__":
    rewrite()

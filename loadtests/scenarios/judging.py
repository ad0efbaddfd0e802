"""Judges an answer as its caller would: done, refused by the rules, or Wrong."""

from typing import Any

import msgspec

from loadtests.scenarios.asking import Ask, Told, Wrong

REFUSED = (409, 422)
"""Statuses by which the native door refuses what it understood."""
TEXT_MAX = 200


def judge(ask: Ask, status: int, body: bytes) -> Told:
    """Return what an answer says; raises Wrong for an error, for what cannot be read, and for sums that differ."""
    if status in REFUSED and not ask.is_jiangsu:
        return Told(output={}, refused=_code(_read(body)))
    if status != 200:  # noqa: PLR2004 the one status of what was done
        raise Wrong(f"HTTP {status}: {body[:TEXT_MAX].decode('utf-8', 'replace')}")
    said = _read(body)
    output = said
    if ask.is_jiangsu:
        if said.get("infcode") == "-1":
            return Told(output={}, refused=str(said.get("err_msg"))[:TEXT_MAX])
        if said.get("infcode") != "0":
            raise Wrong(f"infcode {said.get('infcode')!r}, should be 0 or -1")
        output = said.get("output") or {}
    if ask.check is not None:
        _checked(ask, output)
    return Told(output=output)


def _checked(ask: Ask, output: dict[str, Any]) -> None:
    assert ask.check is not None
    try:
        ask.check(output)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Wrong(f"the answer lacks its sums: {error!r}") from None


def _read(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Wrong(f"not a JSON object: {error}") from None


def _code(problem: dict[str, Any]) -> str:
    faults = problem.get("faults") or [{}]
    return str(faults[0].get("code") or problem.get("code"))

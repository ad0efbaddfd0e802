"""A golden case: one message of a dialect, what the house says to it, and what the adapter makes of both."""

from typing import Any

import msgspec
from msgspec import Struct

from adapters.kit.workbooks import is_workbook, workbook_rows
from schemas.answers import AnyAnswer
from schemas.dialect import Adapter, Inbound, Outbound, Profile
from schemas.problems import GatewayError, Problem
from schemas.requests import Message

PROVIDER_CODE = "H32000000000"
"""The provider of every golden case."""
PROFILE = Profile(provider_code=PROVIDER_CODE)
MADE = ("canonical.json", "problem.json", "response.json")
"""What an adapter makes of a case; everything else in its folder is written by hand."""


class Case(Struct, frozen=True, kw_only=True):
    """One folder of examples. files: its texts by name; said: what the house answers, where it gets so far."""

    name: str
    inbound: Inbound
    profile: Profile
    said: AnyAnswer | Problem | None
    files: dict[str, bytes]


class BadCase(ValueError):
    """A golden folder that is none; the message says which file and what is wrong with it."""


def case_of(name: str, files: dict[str, bytes]) -> Case:
    """Return the case of a folder's files; raises BadCase."""
    bodies = [file for file in files if file.startswith("request.")]
    if "door.json" not in files:
        raise BadCase(f"{name}: door.json is missing; it states method, path and headers")
    if len(bodies) > 1:
        raise BadCase(f"{name}: several bodies ({', '.join(sorted(bodies))}); a case has one")
    try:
        door = msgspec.json.decode(files["door.json"], type=dict[str, Any])
        inbound = msgspec.convert({**door, "body": b""}, Inbound)
        inbound = msgspec.structs.replace(inbound, body=files[bodies[0]] if bodies else b"")
        return Case(name=name, inbound=inbound, profile=_profile(files), said=_said(files), files=files)
    except msgspec.MsgspecError as error:
        raise BadCase(f"{name}: {error}") from error


def _profile(files: dict[str, bytes]) -> Profile:
    given = files.get("profile.json")
    settings = msgspec.json.decode(given, type=dict[str, str]) if given is not None else {}
    return Profile(provider_code=PROVIDER_CODE, settings=settings)


def _said(files: dict[str, bytes]) -> AnyAnswer | Problem | None:
    if "refusal.json" in files:
        return msgspec.json.decode(files["refusal.json"], type=Problem)
    if "answer.json" in files:
        answer: AnyAnswer = msgspec.json.decode(files["answer.json"], type=AnyAnswer)
        return answer
    return None


def heard(adapter: Adapter, inbound: Inbound, profile: Profile) -> Message | Problem:
    """Return what an adapter reads, or its refusal."""
    try:
        return adapter.read(inbound, profile)
    except GatewayError as error:
        return error.problem()


def answered(adapter: Adapter, case: Case, read: Message | Problem) -> Outbound:
    """Return what an adapter writes to a case: the house's answer, or the refusal of what it read."""
    if case.said is None and isinstance(read, Message):
        raise BadCase(f"{case.name}: neither answer.json nor refusal.json says what the house answers")
    said = case.said if case.said is not None else read
    assert not isinstance(said, Message)
    return adapter.write(said, case.inbound, case.profile)


def expected(adapter: Adapter, case: Case) -> dict[str, str]:
    """Return the files that an adapter makes of a case, by name."""
    read = heard(adapter, case.inbound, case.profile)
    name = "problem.json" if isinstance(read, Problem) else "canonical.json"
    outbound = answered(adapter, case, read)
    head = {"headers": outbound.headers} if outbound.headers else {}
    response = {"status": outbound.status, "content_type": outbound.content_type, **head, "body": shown(outbound)}
    return {name: pretty(read), "response.json": pretty(response)}


def made(case: Case) -> dict[str, str]:
    """Return the files of a case that its adapter made."""
    return {name: case.files[name].decode() for name in MADE if name in case.files}


def shown(outbound: Outbound) -> Any:
    """Return a body as a reviewer reads it: JSON as it is, text by its lines in the charset of its content type."""
    kind, _, charset = outbound.content_type.partition("; charset=")
    if kind.endswith("json"):
        return msgspec.json.decode(outbound.body)
    if is_workbook(outbound.body):
        return workbook_rows(outbound.body)
    return outbound.body.decode(charset or "utf-8").splitlines()


def pretty(value: object) -> str:
    """Return a value as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"

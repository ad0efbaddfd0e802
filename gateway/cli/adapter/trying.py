"""What `gateway adapter try` does: a message, its canonical request, the house's answer, and what came from where."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from adapters.kit.cases import PROVIDER_CODE, Case, case_of, heard, shown
from adapters.kit.forms import Unscannable, form_of
from adapters.kit.origins import origins, unread
from adapters.kit.wires import wire_of
from gateway.cli.adapter.counter import Counter, NeedsBooks
from gateway.dialects.finding import Found
from gateway.dialects.folders import DOOR, cases_of, golden_of
from gateway.reference.world.providers import TERTIARY
from gateway.sandbox.world import founded
from schemas.answers import AnyAnswer
from schemas.dialect import Adapter, Inbound, Profile
from schemas.facts import Provider
from schemas.problems import Problem
from schemas.requests import Message, Reading

MESSAGE_ID = "idempotency-key"
SEED = 1
"""Of the demo world: the sandbox's, with its magic persons."""


class Tried(Struct, frozen=True, kw_only=True):
    """One message, tried."""

    file: str
    dialect: str
    version: int
    provider: str
    request: Message | None
    """None where it was refused already by the adapter."""
    answer: AnyAnswer | Problem | None
    """None where the answer stands in books that are not here."""
    needs_books: str | None
    origins: dict[str, tuple[str, ...]]
    unread: tuple[str, ...]
    workers: tuple[str, ...]
    """Some whom the demo world knows, with a qualification."""
    status: int | None
    content_type: str | None
    body: Any


class Choice(Struct, frozen=True, kw_only=True):
    """What the command line said beside the files."""

    provider: str | None
    settings: dict[str, str]


class NoDialect(Exception):
    """No adapter reads the file; the message says what to do."""


class Bench:
    """Tries messages one after another at one counter, each in the same dialect and from the same provider."""

    def __init__(self, found: list[Found], choice: Choice) -> None:
        """Take the dialects that may speak: one that was named, or all."""
        self._found = found
        self._choice = choice
        self._world = founded(SEED)
        self._counters: dict[str, Counter] = {}

    def tried(self, path: Path) -> Tried:
        """Return what becomes of the message of a file, or of a golden case's folder; raises NoDialect."""
        adapter, case = self._read_by(path)
        caller = self._caller(case)
        case = replace(case, profile=self._profile(case, caller))
        read = heard(adapter, case.inbound, case.profile)
        request = read if isinstance(read, Message) else None
        answer: AnyAnswer | Problem | None = read if isinstance(read, Problem) else None
        needs: str | None = None
        if request is not None:
            counter = self._counters.setdefault(caller.code, Counter(self._world, caller))
            try:
                answer = counter.answer(request, case.inbound.body, adapter.VERSION)
            except NeedsBooks as error:
                needs = str(error)
        charset = case.profile.settings.get("charset", "utf-8")
        wire = wire_of(case, request, charset) if request is not None else None
        came_from = origins(adapter, wire) if wire else {}
        out = adapter.write(answer, case.inbound, case.profile) if answer is not None else None
        return Tried(
            file=str(path),
            dialect=adapter.NAME,
            version=adapter.VERSION,
            provider=caller.code,
            request=request,
            answer=answer,
            needs_books=needs,
            origins=came_from,
            unread=unread(wire, came_from) if wire else (),
            workers=tuple(f"{owner} {one.qualification_id}" for owner, one in self._world.people.recognitions[-4:]),
            status=out.status if out else None,
            content_type=out.content_type if out else None,
            body=shown(out) if out else None,
        )

    def _read_by(self, path: Path) -> tuple[Adapter, Case]:
        """Return the first dialect that reads the file, and the door it came in by; else the one that is named."""
        above = path.resolve().parents[:2]
        owners = [found for found in self._found if golden_of(found) in above]
        tries = [(found.name, found.load(), case) for found in owners or self._found for case in doors(found, path)]
        readings: list[tuple[bool, Adapter, Case]] = []
        for _, adapter, case in tries:
            caller = self._caller(case)
            read = heard(adapter, case.inbound, self._profile(case, caller))
            if isinstance(read, Message):
                readings.append((isinstance(read.request, Reading), adapter, case))
        if readings:  # a bill and its preview may look alike: what changes something goes first
            return min(readings, key=lambda one: one[0])[1:]
        if len({name for name, _, _ in tries}) == 1:
            return tries[0][1:]
        names = ", ".join(found.name for found in self._found)
        raise NoDialect(
            f"{path}：没有方言能读出此报文，请用 --dialect 指明以查看原因（{names}）\n"
            f"gateway adapter try: no dialect reads {path}; name one with --dialect to see why: {names}"
        )

    def _caller(self, case: Case) -> Provider:
        """Return who sends: as named, or a provider of the world that the message names, or one that stands for it."""
        text = case.inbound.body.decode("utf-8", "replace")
        providers = {provider.code: provider for provider in self._world.providers}
        code = self._choice.provider
        if code is None:
            code = next((one for one in (*providers, PROVIDER_CODE) if one in text), None)
        if code is None:
            code = PROVIDER_CODE if (case.name in case.inbound.path) or "answer.json" in case.files else TERTIARY
        return providers.get(code) or replace(providers[TERTIARY], code=code)

    def _profile(self, case: Case, caller: Provider) -> Profile:
        return Profile(
            provider_code=caller.code, settings={**caller.profile, **case.profile.settings, **self._choice.settings}
        )


def doors(found: Found, path: Path) -> list[Case]:
    """Return the file as cases of a dialect, one for each door that its golden messages of the same form come in by."""
    if path.is_dir():
        return [case_of(path.name, {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()})]
    beside = path.parent / DOOR
    if path.name.startswith("request.") and beside.exists():
        return doors(found, path.parent)
    body = path.read_bytes()
    golden = golden_of(found)
    cases = cases_of(golden) if golden else []
    form = _form(body)
    alike = [case for case in cases if _form(case.inbound.body) == form]
    known: dict[tuple[str, str, str], Case] = {}
    for case in alike:
        name = (case.inbound.method, case.inbound.path, case.inbound.headers.get("content-type", ""))
        known.setdefault(name, _at_door(case.inbound, path, body))
    return list(known.values()) or [_at_door(Inbound(method="POST", path="/in/-", headers={}, body=b""), path, body)]


def _at_door(door: Inbound, path: Path, body: bytes) -> Case:
    """Return a file at a golden message's door; an id that stands in the head is the file's own."""
    headers = dict(door.headers)
    if MESSAGE_ID in headers:
        headers[MESSAGE_ID] = "".join(char for char in f"try-{path.stem}"[:60] if char.isascii() and char.isalnum())
    return Case(
        name=path.name,
        inbound=replace(door, headers=headers, body=body),
        profile=Profile(provider_code=PROVIDER_CODE),
        said=None,
        files={},
    )


def _form(body: bytes) -> str:
    try:
        return form_of(body[:200].decode("utf-8", "replace"))
    except Unscannable:
        return ""


def told_json(tried: list[Tried]) -> str:
    """Return what was tried as JSON."""
    return msgspec.json.format(msgspec.json.encode(tried), indent=1).decode()

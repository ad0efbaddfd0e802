"""Bronze: golden pairs for each verb that an adapter claims; noise and truncation refused politely."""

from collections.abc import Iterator

from msgspec.structs import replace

from adapters.kit.bench import Bench, reread
from adapters.kit.cases import BadCase, Case, expected, made
from adapters.kit.noise import Noise, damaged
from adapters.kit.politeness import Rude, heard, written
from schemas.dialect import Inbound
from schemas.problems import Problem
from schemas.requests import Message

DAMAGES = 60
CUTS = 24
NO_MESSAGE = (
    b"",
    b"\0",
    b"null",
    b"[]",
    b"{}",
    b"<",
    b"MSH|^~\\&",
    b"^^^",
    b"[" * 10_000,
    b"<a>" * 10_000,
    b"1" * 10_000,
)


def pairs(bench: Bench) -> Iterator[str]:
    """Each claimed verb is shown by a case whose files are what the adapter makes; each case's files are."""
    if not bench.cases:
        yield "there is no golden case: make golden/NAME/door.json, request.*, answer.json beside the module"
        return
    if not bench.statement.VERBS:
        yield "contract.py states no VERBS: name the canonical requests that the dialect has words for"
    shown: set[str] = set()
    for case, read in (*((wire.case, wire.message) for wire in bench.wires), *bench.unread):
        yield from _held(bench, case, read)
        if isinstance(read, Message) and case.said is not None and not isinstance(case.said, Problem):
            shown.add(type(read.request).__name__)
    for verb in bench.statement.VERBS:
        if verb not in shown:
            yield f"no golden case shows {verb} answered: add one with an answer.json"
    for verb in sorted(shown - set(bench.statement.VERBS)):
        yield f"a golden case shows {verb}, which VERBS does not name: name it"


def _held(bench: Bench, case: Case, read: Message | Problem | str) -> Iterator[str]:
    if isinstance(read, str):
        yield f"{case.name}: {read}"
        return
    try:
        wanted, there = expected(bench.adapter, case), made(case)
    except BadCase as error:
        yield str(error)
    except Exception as error:  # noqa: BLE001 a broken adapter is what is looked for
        yield f"{case.name}: write raised {type(error).__name__}: {error}"
    else:
        for name in sorted(wanted.keys() | there.keys()):
            if wanted.get(name) != there.get(name):
                yield f"{case.name}: {name} is not what the adapter makes; read the difference, then rewrite it"


def noise(bench: Bench) -> Iterator[str]:
    """Damaged, cut and senseless messages are read, or refused with words that the adapter can write."""
    if not bench.cases:
        yield "there is no golden message to damage"
    for case in bench.cases:
        try:
            for inbound in _broken(case):
                _polite(bench, case, inbound)
            for cut in _cuts(case):
                _polite(bench, case, cut)
        except Rude as error:
            yield f"{case.name}: {error}"


def truncation(bench: Bench) -> Iterator[str]:
    """A message that was cut off on its way is refused, or says what the whole one says."""
    if not bench.wires:
        yield "there is no golden message to cut"
    for wire in bench.wires:
        for cut in _cuts(wire.case):
            read = reread(bench, cut, wire.case.profile)
            if read is not None and read != wire.message:
                yield (
                    f"{wire.case.name}: cut off after {len(cut.body)} of {len(wire.case.inbound.body)} bytes it is "
                    "another message; ask for something that stands at its end"
                )
                break


def _broken(case: Case) -> Iterator[Inbound]:
    stream = Noise(case.name)
    for _ in range(DAMAGES):
        yield replace(case.inbound, body=damaged(case.inbound.body, stream))
    for body in NO_MESSAGE:
        yield replace(case.inbound, body=body)
    for name in case.inbound.headers:
        headers = {key: value for key, value in case.inbound.headers.items() if key != name}
        yield replace(case.inbound, headers=headers)
        yield replace(case.inbound, headers={**headers, name: "\ufffd;;" * 10})


def _cuts(case: Case) -> Iterator[Inbound]:
    """Yield the message cut off at places all over it; blanks at its end do not matter. None at all is `noise`'s."""
    whole = case.inbound.body.rstrip()
    for number in range(1, CUTS):
        yield replace(case.inbound, body=whole[: len(whole) * number // CUTS] or whole[:1])


def _polite(bench: Bench, case: Case, inbound: Inbound) -> Message | Problem:
    read = heard(bench.adapter, inbound, case.profile)
    if isinstance(read, Problem):
        written(bench.adapter, read, inbound, case.profile)
    return read

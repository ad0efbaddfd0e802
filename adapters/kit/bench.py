"""The bench on which an adapter is checked: itself, its statement, its golden messages, and what the house may say."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from adapters.kit.cases import Case
from adapters.kit.cases import heard as read_plainly
from adapters.kit.statement import Statement
from adapters.kit.wires import Wire, charset_of, wire_of
from schemas.answers import AnyAnswer
from schemas.dialect import Adapter, Inbound, Profile
from schemas.problems import Problem
from schemas.requests import BillTerms, Item, Message, SubmitBill, UploadItems


class Bench(Struct, frozen=True, kw_only=True):
    """Everything that the rules look at.

    page: the text of README.md, "" without one; among_all: whether the test that sends one bill through every dialect
    has this one among them; clock_ns: processor time of this thread.
    """

    adapter: Adapter
    statement: Statement
    cases: tuple[Case, ...]
    refusals: tuple[Problem, ...]
    page: str
    among_all: bool
    clock_ns: Callable[[], int]
    wires: tuple[Wire, ...]
    unread: tuple[tuple[Case, Message | Problem | str], ...]
    """Cases that no rule can change: refused ones, and those in a form that is not known; a text: what read raised."""


def bench_of(
    adapter: Adapter,
    statement: Statement,
    cases: tuple[Case, ...],
    *,
    refusals: tuple[Problem, ...],
    page: str,
    among_all: bool,
    clock_ns: Callable[[], int],
) -> Bench:
    """Return a bench, every golden message read once."""
    wires: list[Wire] = []
    unread: list[tuple[Case, Message | Problem | str]] = []
    for case in cases:
        try:
            read: Message | Problem | str = read_plainly(adapter, case.inbound, case.profile)
        except Exception as error:  # noqa: BLE001 a broken adapter is what is looked for
            read = f"read raised {type(error).__name__}: {error}"
        charset = charset_of(case, statement.CHARSETS)
        wire = wire_of(case, read, charset) if isinstance(read, Message) else None
        if wire is None:
            unread.append((case, read))
        else:
            wires.append(wire)
    return Bench(
        adapter=adapter,
        statement=statement,
        cases=cases,
        refusals=refusals,
        page=page,
        among_all=among_all,
        clock_ns=clock_ns,
        wires=tuple(wires),
        unread=tuple(unread),
    )


def items_of(message: Message) -> tuple[Item, ...] | None:
    """Return the lines of a request; None for one that has none."""
    request = message.request
    return request.items if isinstance(request, SubmitBill | UploadItems) else None


def terms_of(message: Message) -> BillTerms | None:
    """Return how a request presents its bill; None for one that presents none."""
    request = message.request
    if isinstance(request, SubmitBill):
        return request.bill
    return request if isinstance(request, BillTerms) else None


def leaves(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a request or an answer says, each scalar by its dotted path."""
    plain = msgspec.to_builtins(value) if isinstance(value, Struct) else value
    if isinstance(plain, dict):
        for name, inner in plain.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(plain, list | tuple):
        for number, inner in enumerate(plain):
            yield from leaves(inner, f"{path}.{number}")
    else:
        yield path, plain


def reread(bench: Bench, inbound: Inbound, profile: Profile) -> Message | None:
    """Return what a changed message says; None where it is refused. Raises what read raises: `noise` tells of it."""
    read = read_plainly(bench.adapter, inbound, profile)
    return read if isinstance(read, Message) else None


def decided(bench: Bench) -> Iterator[tuple[Case, AnyAnswer]]:
    """Yield the golden answers that show a bill's sums, with their cases."""
    for case in bench.cases:
        if case.said is not None and not isinstance(case.said, Problem) and hasattr(case.said, "sums"):
            yield case, case.said

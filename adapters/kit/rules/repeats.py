"""Gold: a message that is sent again with fresh transport fields is known as the same one (G2)."""

from collections.abc import Iterator

from adapters.kit.bench import Bench, reread
from adapters.kit.forms.scan import Field, shown
from adapters.kit.noise import variants
from adapters.kit.statement import of_verb, under
from adapters.kit.wires import Wire
from schemas.requests import Message, Reading


def recognised(bench: Bench) -> Iterator[str]:
    """Refresh each transport field of each changing message: its id and its content stay the same."""
    if not bench.statement.TRANSPORT:
        yield "contract.py states no TRANSPORT: name the fields that a retry may refresh, or say why there are none"
    refreshed: set[str] = set()
    for wire in bench.wires:
        if isinstance(wire.message.request, Reading):
            continue
        if wire.message.envelope.message_id is None:
            yield f"{wire.case.name}: a message that changes something has no id"
        if reread(bench, wire.case.inbound, wire.case.profile) != wire.message:
            yield f"{wire.case.name}: the same bytes are read otherwise the second time: no clock, no state"
        yield from _refreshed(bench, wire, refreshed)
    for place in bench.statement.TRANSPORT:
        if place not in refreshed:
            yield f"no golden message of a change shows {place} refreshed: show one, or take it out of TRANSPORT"


def _refreshed(bench: Bench, wire: Wire, refreshed: set[str]) -> Iterator[str]:
    for field in (*wire.headers(), *wire.scan.fields):
        verb = type(wire.message.request).__name__
        stated = bench.statement.TRANSPORT
        places = [place for place in stated if under(field.path, of_verb((place,), verb))]
        if not places or not field.value:
            continue
        for read in _retries(bench, wire, field):
            refreshed |= set(places)
            if _known_as(read) != _known_as(wire.message):
                yield f"{wire.case.name}: {shown(field.path)} is stated as transport, and changes what is read"
                break


def _retries(bench: Bench, wire: Wire, field: Field) -> Iterator[Message]:
    for value in variants(field.value):
        read = reread(bench, wire.changed(field, value), wire.case.profile)
        if read is not None:
            yield read


def _known_as(message: Message) -> tuple[object, object]:
    return message.envelope.message_id, message.request

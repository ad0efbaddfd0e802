"""Silver: totals, line counts and refund links are kept, and answers show the sums that the house said."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from msgspec.structs import replace

from adapters.kit.bench import Bench, decided, items_of, leaves, reread, terms_of
from adapters.kit.cases import Case
from adapters.kit.forms import FORMS, Unscannable, form_of
from adapters.kit.forms.scan import shown
from adapters.kit.politeness import Rude, written
from adapters.kit.slow import Line, fen, lines_of, said_otherwise
from adapters.kit.statement import SHARES, stands
from adapters.kit.wires import Wire
from schemas.answers import Presettled, Settled, SortSum
from schemas.requests import Item, Message, Sums

DISTINCT = (Sums(charged_fen=29, fund_fen=13, worker_fen=9, employer_fen=7, provider_fen=0),)
LARGE = Sums(
    charged_fen=9_007_199_254_740_991,
    fund_fen=9_007_199_254_740_413,
    worker_fen=435,
    employer_fen=143,
    provider_fen=0,
)


def kept(bench: Bench) -> Iterator[str]:
    """Look at every golden message with lines, as it is and with one line less, and at every answer with sums."""
    with_lines = [wire for wire in bench.wires if items_of(wire.message) is not None]
    for wire in with_lines:
        yield from _as_they_stand(bench, wire, wire.message)
        yield from _one_less(bench, wire)
    for wire in bench.wires:
        yield from _totals(bench, wire)
    verbs = {"SubmitBill", "UploadItems"} & set(bench.statement.VERBS)
    if verbs and not any(item.refunds_item_no for wire in with_lines for item in items_of(wire.message) or ()):
        yield "no golden message takes a line back: show a refund with its original"
    yield from _answers(bench)


def _as_they_stand(bench: Bench, wire: Wire, message: Message) -> Iterator[str]:
    items, lines = items_of(message) or (), lines_of(wire, bench.statement)
    at = wire.case.name
    if len(items) != len(lines):
        yield f"{at}: {len(lines)} lines stand in the message and {len(items)} are read; LINES says where they stand"
        return
    for line, item in zip(lines, items, strict=True):
        for name, field in line.fields.items():
            if said_otherwise(name, field.value, item, bench.statement.UNIT):
                yield f"{at}: {shown(field.path)} says {field.value!r} and {name} is {getattr(item, name)!r}"
        yield from _linked(at, line, item)


def _linked(at: str, line: Line, item: Item) -> Iterator[str]:
    if item.amount_fen < 0 and item.refunds_item_no is None:
        yield f"{at}: the line {shown(line.path)} is negative and names no line that it takes back"
    if item.refunds_item_no is not None and "refunds_item_no" not in line.fields:
        yield f"{at}: LINES does not say where {shown(line.path)} names the line that it takes back"


def _one_less(bench: Bench, wire: Wire) -> Iterator[str]:
    """Take each of up to four lines away: the message is refused, or says exactly the others."""
    items, lines = items_of(wire.message) or (), lines_of(wire, bench.statement)
    if len(lines) < 2 or len(items) != len(lines):  # noqa: PLR2004 the last one cannot go
        return
    for number in {0, 1, len(lines) // 2, len(lines) - 1}:
        left = reread(bench, wire.spliced(_without(wire, lines[number])), wire.case.profile)
        rest = tuple(item.amount_fen for place, item in enumerate(items) if place != number)
        if left is not None and tuple(item.amount_fen for item in items_of(left) or ()) != rest:
            yield f"{wire.case.name}: without {shown(lines[number].path)} other lines are read than the others"


def _without(wire: Wire, line: Line) -> tuple[int, int, str]:
    start, end = line.span
    between = wire.scan.between
    after = wire.text[end:]
    if between and after.lstrip(" \r\n\t" if between == "," else "").startswith(between):
        end += after.index(between) + len(between)
    elif between and wire.text[:start].rstrip(" \r\n\t" if between == "," else "").endswith(between):
        start = wire.text.rindex(between, 0, start)
    return start, end, ""


def _totals(bench: Bench, wire: Wire) -> Iterator[str]:
    """Compare each amount beside the lines with where TOTALS says that it stands."""
    canonical = dict(leaves(wire.message.request))
    seen: set[str] = set()
    for field in wire.scan.fields:
        for place, name in bench.statement.TOTALS.items():
            if not stands(field.path, (place,)) or name not in canonical or field.value in ("", "null"):
                continue
            seen.add(name)
            try:
                says = abs(fen(field.value, bench.statement.UNIT))
            except InvalidOperation:
                says = None
            if canonical[name] is None or says != abs(canonical[name]):
                yield f"{wire.case.name}: {shown(field.path)} says {field.value!r} and {name} is {canonical[name]}"
    for name, value in canonical.items():
        if name.endswith("_fen") and ".items." not in f".{name}" and value and name not in seen:
            yield f"{wire.case.name}: TOTALS does not say where {name} ({value} fen) stands"


def _answers(bench: Bench) -> Iterator[str]:
    """Write golden answers with sums that cannot be taken for one another, and look where each stands."""
    carries = any(terms.provider_share == "carry" for wire in bench.wires if (terms := terms_of(wire.message)))
    shown_any = False
    for case, said in decided(bench):
        if not isinstance(said, Settled | Presettled):
            continue
        shown_any = True
        for sums in (*DISTINCT, LARGE):
            own = replace(sums, provider_fen=41, charged_fen=sums.charged_fen + 41) if carries else sums
            if own.charged_fen <= LARGE.charged_fen:
                yield from _shown(bench, case, said, own)
    if shown_any and not bench.statement.SUMS:
        yield "contract.py states no SUMS: say where an answer shows charged, fund, worker, employer and provider"


def _with(said: Settled | Presettled, sums: Sums) -> Settled | Presettled:
    """Return a decision with other sums, its one line and its one sort adding up to them."""
    sort = said.sorts[0].sort if said.sorts else None
    shares = {name: getattr(sums, name) for name in Sums.__struct_fields__}
    lines = tuple(replace(line, **shares) for line in said.lines[:1])
    return replace(said, sums=sums, lines=lines, findings=(), sorts=(SortSum(sort=sort, charged_fen=sums.charged_fen),))


def _shown(bench: Bench, case: Case, said: Settled | Presettled, sums: Sums) -> Iterator[str]:
    answer = _with(said, sums)
    try:
        _, text = written(bench.adapter, answer, case.inbound, case.profile)
        fields = FORMS[form_of(text)].scan(text).fields
    except (Rude, Unscannable) as error:
        yield f"{case.name}: {error}"
        return
    shown_shares: set[str] = set()
    for field in fields:
        for place, shares in bench.statement.SUMS.items():
            if not stands(field.path, (place,)):
                continue
            wanted = sum(getattr(sums, f"{share}_fen") for share in shares)
            shown_shares |= set(shares)
            try:
                says = fen(field.value, bench.statement.UNIT)
            except InvalidOperation:
                says = Decimal(-1)
            if says != wanted:
                told = "+".join(shares)
                yield f"{case.name}: {shown(field.path)} of the answer says {field.value!r} and {told} is {wanted} fen"
    if bench.statement.SUMS and (missing := sorted(SHARES - shown_shares - {"provider"})):
        yield f"{case.name}: the answer shows {', '.join(missing)} at no place that SUMS names"

"""A message that made no settlement: what became of it, and what would make it pass."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from gateway.cli.explain.speech import Speech, at, indented
from schemas.explanations import MessageExplained, RefusalTold, Words

ALIKE_SHOWN_MAX = 3
"""Faults of one code that are told one by one; the rest are counted and placed."""
NAMED_MAX = 8
NOWHERE = "—"
OUTCOMES = {
    "settled": ("已生效", "took effect", "green"),
    "refused": ("已拒绝", "refused", "red"),
    "reversed": ("已冲正", "reversed", "yellow"),
    "not_seen": ("未收到", "not seen", "yellow"),
}


def trace(told: MessageExplained, speech: Speech) -> Iterator[RenderableType]:
    """Yield the page from top to bottom."""
    zh, en, style = OUTCOMES[told.outcome]
    title = Text(speech.label("报文", "Message"), style="bold")
    title.append(f"  {told.provider_code} {told.message_id}  ")
    title.append(speech.label(zh, en), style=f"bold {style}")
    yield title
    yield speech.said(told.says)
    facts = [f"{speech.label('业务', 'verb')} {told.verb}"] if told.verb else []
    if told.received_at:
        facts.append(f"{speech.label('时间', 'at')} {at(told.received_at)}")
    if told.status is not None:
        facts.append(f"HTTP {told.status}")
    if told.times_refused:
        facts.append(f"{speech.label('拒绝次数', 'times refused')} {told.times_refused}")
    if told.reversed_by:
        facts.append(f"{speech.label('冲正报文', 'reversed by')} {told.reversed_by}")
    if facts:
        yield Text(" · ".join(facts), style="dim")
    if told.gaps:
        yield speech.said(*(gap.says for gap in told.gaps), style="red")
    for alike in _alike(told.refusals):
        yield _head(alike[0])
        for refusal in alike[:ALIKE_SHOWN_MAX]:
            yield indented(_refusal(refusal, speech))
        if left := alike[ALIKE_SHOWN_MAX:]:
            yield indented(speech.said(_more(left)))
    if told.untold:
        yield speech.said(
            Words(
                zh=f"另有{told.untold}处错误，当时已答复，未留存",
                en=f"{told.untold} more faults were told then and are not kept",
            )
        )


def _alike(refusals: tuple[RefusalTold, ...]) -> list[list[RefusalTold]]:
    """Return faults of the same code together, in the order of their first."""
    found: dict[str, list[RefusalTold]] = {}
    for refusal in refusals:
        found.setdefault(refusal.code, []).append(refusal)
    return list(found.values())


def _head(refusal: RefusalTold) -> Text:
    head = Text(refusal.code, style="cyan")
    head.append(f"  {refusal.source}" if refusal.source else "", style="dim")
    return head


def _refusal(refusal: RefusalTold, speech: Speech) -> RenderableType:
    """Return one fault: its place where it has one, what was wrong, and what would make it pass."""
    place = f"{refusal.pointer}：" if refusal.pointer else ""
    place_en = f"{refusal.pointer}: " if refusal.pointer else ""
    title = Words(zh=f"{place}{refusal.title.zh}", en=f"{place_en}{refusal.title.en}")
    cure = Words(zh=f"怎样通过：{refusal.cure.zh}", en=f"to pass: {refusal.cure.en}")
    return Group(speech.said(title), speech.said(cure, style="green"))


def _more(left: list[RefusalTold]) -> Words:
    """Return a sentence that counts and places the faults that are not told one by one."""
    places = ", ".join(one.pointer or NOWHERE for one in left[:NAMED_MAX])
    places += " …" if len(left) > NAMED_MAX else ""
    return Words(zh=f"同类另有{len(left)}处：{places}", en=f"{len(left)} more alike: {places}")

"""A message that made no settlement: what became of it, and what would make it pass."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from gateway.cli.explain.speech import Speech, at, indented
from schemas.explanations import MessageExplained, Words

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
    for refusal in told.refusals:
        head = Text(refusal.code, style="cyan")
        head.append(f"  {refusal.source}" if refusal.source else "", style="dim")
        yield head
        cure = Words(zh=f"怎样通过：{refusal.cure.zh}", en=f"to pass: {refusal.cure.en}")
        yield indented(Group(speech.said(refusal.title), speech.said(cure, style="green")))

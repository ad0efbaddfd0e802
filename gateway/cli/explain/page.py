"""One settlement on one screen: what it is, who bears which fen of which line and why, and what proves it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gateway.cli.explain.speech import Speech, at, indented
from gateway.core.money import yuan
from gateway.core.words import VISIT_KIND_ZH
from schemas.answers import SettlementExplained
from schemas.explanations import FindingTold, LineTold, OtherTold, Words

LINES_SHOWN_MAX = 12
"""Past this many lines those paid in full are summed up in one row, and then the others too."""
ALIKE_SHOWN_MAX = 3
"""Findings of one rule, bearer and cure that are told one by one; the rest are counted and named."""
KINDS_SHOWN_MAX = 12
NAMED_MAX = 8
NOTHING = "—"

STATES = {
    "in_force": ("有效", "in force", "green"),
    "cancelled": ("已撤销", "cancelled", "red"),
    "reversed": ("已冲正", "reversed", "red"),
    "cancellation": ("冲销结算", "undoes another", "yellow"),
}
KINDS = {
    "catalog": ("目录", "catalog"),
    "policy": ("政策", "policy"),
    "matches": ("对照", "matches"),
    "limits": ("限制", "limits"),
    "pairs": ("关系", "pairs"),
    "providers": ("机构", "providers"),
    "adapter": ("适配器", "adapter"),
}
BEARERS = {"worker": ("职工", "worker"), "employer": ("单位", "employer"), "provider": ("机构", "provider")}


def page(told: SettlementExplained, line: str | None, speech: Speech) -> Iterator[RenderableType]:
    """Yield the page from top to bottom; line: where only that line is told."""
    yield _title(told, speech)
    if told.gaps:
        yield _gaps(told, speech)
    yield _facts(told, speech)
    if line is None:
        yield _lines(told, speech)
        yield from _findings(_all_findings(told), speech)
        yield _postings(told, speech)
        yield _receipt(told, speech)
    else:
        for one in told.lines:
            yield _arithmetic(one, speech)
            yield from _findings(list(one.findings), speech)
    yield _afterwards(told, speech)


def _title(told: SettlementExplained, speech: Speech) -> RenderableType:
    zh, en, style = STATES[told.state]
    title = Text(speech.label("结算说明", "Settlement explained"), style="bold")
    title.append(f"  {told.settlement_id}  ")
    title.append(speech.label(zh, en), style=f"bold {style}")
    return title


def _gaps(told: SettlementExplained, speech: Speech) -> RenderableType:
    return Panel(
        speech.said(*(gap.says for gap in told.gaps), style="red"),
        title=speech.label("未能说明或自相矛盾之处", "what cannot be told, or contradicts itself"),
        border_style="red",
        title_align="left",
    )


def _facts(told: SettlementExplained, speech: Speech) -> RenderableType:
    """Return message, visit, bill and versions as two columns of names and values."""
    grid = Table.grid(padding=(0, 2), expand=True)
    for ratio in (None, 1, None, 1):
        grid.add_column(ratio=ratio, style=None if ratio else "dim", overflow="fold")
    left, right = _message_facts(told, speech), _visit_facts(told, speech)
    for row in range(max(len(left), len(right))):
        grid.add_row(*(left[row] if row < len(left) else ("", "")), *(right[row] if row < len(right) else ("", "")))
    return grid


def _message_facts(told: SettlementExplained, speech: Speech) -> list[tuple[str, str]]:
    message = told.message
    spoken = f"{message.dialect or NOTHING} v{message.adapter_version or NOTHING}"
    versions = [
        f"{speech.label(*KINDS.get(one.kind, (one.kind, one.kind)))} {one.version}"
        for one in told.versions
        if one.kind != "adapter"
    ]
    return [
        (speech.label("报文", "message"), f"{message.message_id} ({message.verb or NOTHING})"),
        (speech.label("方言", "dialect"), spoken),
        (speech.label("发送", "sent"), at(message.sent_at)),
        (speech.label("接收", "received"), at(message.received_at)),
        (speech.label("结算", "settled"), f"{at(told.settled_at)} · {told.settlement_day}"),
        (speech.label("版本", "versions"), " · ".join(versions) or NOTHING),
    ]


def _visit_facts(told: SettlementExplained, speech: Speech) -> list[tuple[str, str]]:
    visit = told.visit
    kind = speech.label(VISIT_KIND_ZH[visit.visit_kind], visit.visit_kind) if visit.visit_kind else NOTHING
    emergency = f" · {speech.label('急诊', 'emergency')}" if visit.emergency else ""
    stay = f"{at(visit.admitted_at)[:10]} → {at(visit.discharged_at)[:10]}"
    number = visit.interim_no
    interim = f" · {speech.label(f'第{number}次', f'no. {number}')}" if number else ""
    return [
        (speech.label("机构", "provider"), visit.provider_code),
        (speech.label("就诊", "visit"), f"{visit.visit_no} · {kind}{emergency}"),
        (speech.label("职工", "worker"), f"{visit.worker_id} · {stay}"),
        (speech.label("诊断", "diagnoses"), ", ".join(visit.diagnosis_codes) or NOTHING),
        (speech.label("资格", "qualifies"), ", ".join(visit.qualification_ids) or NOTHING),
        (speech.label("单据", "bill"), f"{visit.bill_no}{interim} · {visit.invoice_no or NOTHING}"),
    ]


def _lines(told: SettlementExplained, speech: Speech) -> RenderableType:
    """Return the lines with who bears what; those paid in full are summed up where there are many."""
    table = Table(show_edge=False, pad_edge=False, expand=True, header_style="dim", box=None, padding=(0, 1))
    table.add_column(speech.head("明细", "item"), no_wrap=True)
    table.add_column(speech.head("项目", "what"), ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column(speech.head("数量×单价", "quantity × price"), justify="right", no_wrap=True)
    for head in (("申报", "charged"), ("基金", "fund"), *BEARERS.values()):
        table.add_column(speech.head(*head), justify="right", no_wrap=True)
    many = len(told.lines) > LINES_SHOWN_MAX
    places = [place for place, line in enumerate(told.lines) if not many or line.findings][:LINES_SHOWN_MAX]
    for line in (told.lines[place] for place in places):
        table.add_row(line.item_no, _what(line), _measure(line), *_sums(line), style=None if line.findings else "dim")
    rest = [line for place, line in enumerate(told.lines) if place not in set(places)]
    if rest:
        table.add_row(f"+{len(rest)}", speech.label("其余明细", "all other lines"), "", *_total(rest), style="dim")
    sums = told.sums
    fen = (sums.charged_fen, sums.fund_fen, sums.worker_fen, sums.employer_fen, sums.provider_fen)
    table.add_row("", speech.label("合计", "in sum"), "", *map(yuan, fen), style="bold")
    for benefit in told.benefits:
        table.add_row("", f"{speech.label('单据外待遇', 'beside the bill')} {benefit.kind}", "", "", yuan(benefit.fen))
    return Group(Rule(style="dim"), table)


def _what(line: LineTold) -> str:
    named = " ".join(part for part in (line.name, line.catalog_code or line.local_code) if part) or NOTHING
    return f"{named} ↩ {line.refunds_item_no}" if line.refunds_item_no else named


def _measure(line: LineTold) -> str:
    return f"{line.quantity} × {line.unit_price_yuan or NOTHING}"


def _sums(line: LineTold) -> tuple[str, ...]:
    bearers = (line.worker_fen, line.employer_fen, line.provider_fen)
    return (yuan(line.charged_fen), yuan(line.fund_fen), *(yuan(fen) if fen else "·" for fen in bearers))


def _total(lines: list[LineTold]) -> tuple[str, ...]:
    names = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")
    return tuple(yuan(sum(getattr(line, name) for line in lines)) for name in names)


def _all_findings(told: SettlementExplained) -> list[FindingTold]:
    return [*told.findings, *(finding for line in told.lines for finding in line.findings)]


def _findings(findings: list[FindingTold], speech: Speech) -> Iterator[RenderableType]:
    """Yield what was found: how much, who bears it, by which law, why, and what would make it pass.

    Findings of one rule and one cure stand together.
    """
    if findings:
        yield Rule(speech.label("为什么", "why"), style="dim", align="left")
    groups = _alike(findings)
    for alike in groups[:KINDS_SHOWN_MAX]:
        first = alike[0]
        head = Text.assemble((f"{yuan(sum(finding.fen for finding in alike))} ", "bold"))
        head.append(f"{_borne(first, speech)}  ", style="yellow")
        head.append(first.rule, style="cyan")
        head.append(f"  {first.source}", style="dim")
        yield head
        cure = Words(zh=f"怎样通过：{first.cure.zh}", en=f"to pass: {first.cure.en}")
        whys = [finding.why for finding in alike[:ALIKE_SHOWN_MAX]]
        yield indented(Group(speech.said(*whys, *_more(alike)), speech.said(cure, style="green")))
    if left := sum(map(len, groups[KINDS_SHOWN_MAX:])):
        more = Words(zh=f"另有{left}条：请加明细号，或用 --json", en=f"{left} more: name a LINE, or use --json")
        yield speech.said(more)


def _more(alike: list[FindingTold]) -> list[Words]:
    """Return a sentence that counts and names the findings that are not told one by one."""
    left = alike[ALIKE_SHOWN_MAX:]
    if not left:
        return []
    named = ", ".join(finding.item_no or NOTHING for finding in left[:NAMED_MAX])
    named += " …" if len(left) > NAMED_MAX else ""
    return [Words(zh=f"同类另有{len(left)}条：明细 {named}", en=f"{len(left)} more alike: items {named}")]


def _alike(findings: list[FindingTold]) -> list[list[FindingTold]]:
    """Return findings of the same rule, bearer and cure together, in the order of their first."""
    found: dict[tuple[str, str | None, str], list[FindingTold]] = {}
    for finding in findings:
        found.setdefault((finding.rule, finding.bearer, finding.cure.en), []).append(finding)
    return list(found.values())


def _borne(finding: FindingTold, speech: Speech) -> str:
    return speech.label(*BEARERS[finding.bearer]) if finding.bearer else speech.label("提示", "notice")


def _postings(told: SettlementExplained, speech: Speech) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for _ in range(4):
        grid.add_column()
    grid.add_column(justify="right")
    for one in told.postings:
        grid.add_row(speech.label("借", "Dr"), one.debit, speech.label("贷", "Cr"), one.credit, yuan(one.fen))
    return Group(Rule(speech.label("分录", "postings"), style="dim", align="left"), grid)


def _receipt(told: SettlementExplained, speech: Speech) -> RenderableType:
    rule = Rule(speech.label("回执", "receipt"), style="dim", align="left")
    receipt = told.receipt
    if receipt is None:
        return Group(rule, Text(NOTHING))
    holds = ("签名有效", "holds", "green") if receipt.holds else ("与结算不符", "DIFFERS", "red")
    head = Text(speech.label(*holds[:2]), style=holds[2])
    head.append(f"  kid {receipt.kid}", style="dim")
    signs = Words(zh=f"所签：{receipt.signs.zh}", en=f"it signs {receipt.signs.en}")
    return Group(rule, head, indented(speech.said(signs)))


def _arithmetic(line: LineTold, speech: Speech) -> RenderableType:
    """Return charged − each finding = fund."""
    table = Table(show_edge=False, box=None, padding=(0, 1), show_header=False)
    table.add_column()
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    table.add_row("", f"{line.item_no} {_what(line)}", _measure(line), str(line.occurred_on), style="bold")
    table.add_row("", speech.label("申报", "charged"), yuan(line.charged_fen), "")
    left = line.charged_fen
    for finding in line.findings:
        left -= finding.fen
        said = finding.title.zh if speech.lang == "zh" else finding.title.en
        if speech.lang == "both":
            said = f"{finding.title.zh} {finding.title.en}"
        table.add_row("−", said, yuan(finding.fen), f"→ {_borne(finding, speech)}")
    agrees = left == line.fund_fen
    table.add_row("=", speech.label("基金支付", "the fund pays"), yuan(left), "", style="bold" if agrees else "red")
    return Group(Rule(speech.label("算式", "arithmetic"), style="dim", align="left"), table)


def _afterwards(told: SettlementExplained, speech: Speech) -> RenderableType:
    """Return what became of it, or what it undoes."""
    rule = Rule(style="dim")
    if told.undoes is not None:
        return Group(rule, _other(told.undoes, ("本结算撤销了", "this settlement cancels"), speech))
    if told.undone_by is None:
        return Group(rule, Text(speech.label("此后：仍然有效", "afterwards: it still stands"), style="green"))
    was = (
        ("此后：已冲正，由", "afterwards: reversed by")
        if told.undone_by.how == "reversed"
        else (
            "此后：已撤销，由",
            "afterwards: cancelled by",
        )
    )
    return Group(rule, _other(told.undone_by, was, speech))


def _other(other: OtherTold, was: tuple[str, str], speech: Speech) -> Text:
    named = speech.label("报文", "message")
    return Text(
        f"{speech.label(*was)} {named} {other.message_id} · {other.settlement_id} · {at(other.at)}", style="yellow"
    )

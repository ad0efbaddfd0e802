"""A tried message on a terminal: what was read and from where, what the house decides, what goes back."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from adapters.kit.bench import leaves
from adapters.kit.origins import GUESSED, order
from gateway.cli.adapter.trying import Tried
from schemas.problems import Problem
from schemas.requests import Sums

WIDTH = 44
BODY_LINES_MAX = 40
SHARES = (("charged", "费用"), ("fund", "基金"), ("worker", "职工"), ("employer", "用人单位"), ("provider", "协议机构"))


def told(tried: Tried) -> str:
    """Return a tried message as lines."""
    return "\n".join((*_read(tried), "", *_decided(tried), "", *_sent(tried)))


def _read(tried: Tried) -> Iterator[str]:
    spoken = f"{tried.dialect} {tried.version}"
    yield f"{tried.file}: {spoken}, {tried.provider}"
    if tried.request is None:
        yield "读取 read: 拒收 refused"
        return
    yield f"读取 read: {type(tried.request.request).__name__}"
    values = dict(leaves(tried.request))
    for path in sorted(tried.origins, key=order):
        places = tried.origins[path]
        if path in values and (places or values[path] not in (None, False, "", 0)):
            yield f"  {path} = {_plain(values[path])}".ljust(WIDTH + 12) + f"  ← {_from(places)}"
    if tried.unread:
        yield f"  不入业务内容 no part of it: {', '.join(tried.unread)}"


def _from(places: tuple[str, ...]) -> str:
    if not places:
        return "(方言规定 by the dialect's rule)"
    return ", ".join(place.removeprefix(GUESSED) for place in places)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _decided(tried: Tried) -> Iterator[str]:
    answer = tried.answer
    if tried.needs_books is not None:
        yield "审核 decided: 需要已入账的数据，请在沙箱中试 it asks for what stands in books: use `gateway sandbox`"
    elif isinstance(answer, Problem):
        yield f"审核 decided: 拒绝 refused {answer.status} {answer.code}"
        for fault in answer.faults:
            yield f"  {fault.pointer or '/'} {fault.code}: {fault.zh}；{fault.cure_zh}"
            yield f"    {fault.en}; {fault.cure_en}"
        if answer.code == "worker.unknown":
            yield f"  示例世界的职工 workers of the demo world: {'; '.join(tried.workers)}"
    else:
        yield f"审核 decided: {type(answer).__name__}"
        sums = getattr(answer, "sums", None)
        if isinstance(sums, Sums):
            yield "  " + "  ".join(f"{zh} {name} {yuan(getattr(sums, f'{name}_fen'))}" for name, zh in SHARES)
        for one in getattr(answer, "findings", ()):
            yield f"  {one.item_no or '-'} {one.rule} {yuan(one.fen)}: {one.title_zh} {one.title_en}"


def yuan(fen: int) -> str:
    """Return an amount in yuan with two decimals."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{cents:02d}"


def _sent(tried: Tried) -> Iterator[str]:
    if tried.status is None:
        yield "应答 answered: -"
        return
    yield f"应答 answered: {tried.status} {tried.content_type}"
    lines = (
        tried.body if isinstance(tried.body, list) and tried.content_type and "json" not in tried.content_type else None
    )
    if lines is None:
        lines = msgspec.json.format(msgspec.json.encode(tried.body), indent=1).decode().splitlines()
    yield from (f"  {line}" for line in lines[:BODY_LINES_MAX])
    if len(lines) > BODY_LINES_MAX:
        yield f"  … {len(lines) - BODY_LINES_MAX} 行 more lines"

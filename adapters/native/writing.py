"""Writes answers and problems as JSON; a statement as a page where that is asked for."""

import msgspec

from adapters.native.printing import printed, wants_page
from schemas.answers import AnyAnswer, CatalogPart, StatementFound
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Problem


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:  # noqa: ARG001 the protocol's
    """Return an answer as JSON with status 200, or a problem as RFC 9457 application/problem+json."""
    if isinstance(answer, Problem):
        body = msgspec.json.encode(_document(answer))
        return Outbound(status=answer.status, content_type="application/problem+json", body=body)
    if isinstance(answer, CatalogPart):
        return _part(answer)
    if isinstance(answer, StatementFound) and wants_page(to):
        return printed(answer)
    return Outbound(status=200, content_type="application/json", body=msgspec.json.encode(answer))


_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


def _part(part: CatalogPart) -> Outbound:
    """Return a part of a file as it is; which version it is of and where the next part is stands in the head."""
    name = f"catalog-{part.version}{'' if part.next_cursor is None else '-part'}.{part.format}"
    headers = {
        "Catalog-Version": str(part.version),
        "Catalog-Rows": str(part.version_rows),
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    if part.next_cursor is not None:
        headers["Link"] = f'</v1/catalog?cursor={part.next_cursor}>; rel="next"'
    return Outbound(status=200, content_type=_TYPES[part.format], body=part.text.encode(), headers=headers)


def _document(problem: Problem) -> dict[str, object]:
    """Return the members of a problem; a fact never stands in the place of one of them."""
    document: dict[str, object] = {
        **problem.facts,
        "type": f"/problems/{problem.code}",
        "title": f"{problem.title_zh} / {problem.title_en}",
        "status": problem.status,
        "detail": _detail(problem),
        "code": problem.code,
        "title_zh": problem.title_zh,
        "title_en": problem.title_en,
        "faults": problem.faults,
    }
    if problem.message_id is not None:
        document["message_id"] = problem.message_id
    if problem.retry_after_s is not None:
        document["retry_after_s"] = problem.retry_after_s
    return document


def _detail(problem: Problem) -> str:
    first = problem.faults[0]
    more = len(problem.faults) - 1
    said = f"{first.zh} / {first.en}"
    return f"{said} (+{more})" if more else said

"""Named queries: SQL is source, in `queries/*.sql`, each with a name and a sentence.

    -- name: lock_workers
    -- Locks the workers of a batch, keys in order.
    UPDATE worker SET … RETURNING worker_id;

A query's text goes on to the next name; comment lines that follow the name are its sentence.
"""

import re
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from msgspec import Struct

from gateway.store.errors import QueryFault

_NAME_LINE = re.compile(r"--\s*name\b\s*:?(.*)")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Query(Struct, frozen=True, kw_only=True):
    """One statement with $1, $2 … for its arguments; place is file and line of its name."""

    name: str
    sentence: str
    sql: str
    place: str


def load_queries(folder: Traversable | None = None) -> Mapping[str, Query]:
    """Return every query of every file by its name, immutable.

    Raises QueryFault, with file and line, for a name used twice or ill-formed, a query without sentence or statement,
    more than one statement under a name, and text before the first name.
    """
    folder = folder or resources.files("gateway.store") / "queries"
    queries: dict[str, Query] = {}
    for file in sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name):
        for query in _in_file(file):
            if (first := queries.get(query.name)) is not None:
                raise QueryFault(
                    f"{query.place}: the name {query.name} stands already at {first.place}",
                    cure="Give one of the two another name",
                )
            queries[query.name] = query
    return MappingProxyType(queries)


def _in_file(file: Traversable) -> list[Query]:
    blocks: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if (named := _NAME_LINE.match(line)) is not None:
            blocks.append((number, named[1].strip(), []))
        elif blocks:
            blocks[-1][2].append(line)
        elif line.strip() and not line.startswith("--"):
            raise QueryFault(f"{file.name}:{number}: SQL before the first name", cure="Put `-- name: …` before it")
    return [_query(f"{file.name}:{number}", name, lines) for number, name, lines in blocks]


def _query(place: str, name: str, lines: list[str]) -> Query:
    if _NAME.fullmatch(name) is None:
        raise QueryFault(f"{place}: {name!r} is no name", cure="Write `-- name: ` and a-z, 0-9 and _")
    told = 0
    while told < len(lines) and lines[told].startswith("--"):
        told += 1
    sentence = " ".join(line.removeprefix("--").strip() for line in lines[:told]).strip()
    sql = _without_trailing_comments(lines[told:])
    if not sentence:
        raise QueryFault(f"{place}: {name} has no sentence", cure="Say below its name, after `-- `, what it does")
    if not sql:
        raise QueryFault(f"{place}: {name} has no SQL", cure="Write its statement below its sentence")
    if re.search(r";[ \t]*$", sql, re.MULTILINE):
        raise QueryFault(f"{place}: {name} holds more than one statement", cure="Give each statement its own name")
    return Query(name=name, sentence=sentence, sql=sql, place=place)


def _without_trailing_comments(lines: list[str]) -> str:
    """Return the SQL without its last semicolon and without the comments that head the next query in the file."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].startswith("--")):
        kept.pop()
    return "\n".join(kept).strip().removesuffix(";").rstrip()


QUERIES = load_queries()
"""The house's own queries, read once at import."""


def sql(name: str) -> str:
    """Return the statement of one of the house's queries."""
    return QUERIES[name].sql

"""Examples, taken from the golden cases of the native dialect, all of them, by one rule.

A case that is answered gives an example of its request and of its answer, in the operation that its method and path
lead to; a case that is refused gives one of its refusal, under its status. Each is named after its case's folder.
Nothing is picked by hand, so that the description shows what was reviewed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from adapters.native import Route
from adapters.native.routes import find_route
from schemas.problems import GatewayError

OK = 200


class Example(Struct, frozen=True, kw_only=True):
    """One case."""

    name: str
    route: Route
    named: dict[str, str]
    """What its path carries."""
    request: Any
    """Its body; None where it has none, or where it is refused."""
    status: int
    content_type: str
    """Without its charset."""
    answer: Any


def golden(folder: Path) -> tuple[Example, ...]:
    """Return the examples of a folder of golden cases, in their order; cases of no route of ours are none."""
    return tuple(_examples(folder))


def _examples(folder: Path) -> Iterator[Example]:
    for door in sorted(folder.glob("*/door.json")):
        case = msgspec.json.decode(door.read_bytes())
        try:
            route, named = find_route(case["method"], case["path"])
        except GatewayError:
            continue
        response = msgspec.json.decode((door.parent / "response.json").read_bytes())
        body = door.parent / "request.json"
        has_body = body.exists() and response["status"] == OK
        yield Example(
            name=door.parent.name,
            route=route,
            named={name: unquote(text) for name, text in named.items()},
            request=msgspec.json.decode(body.read_bytes()) if has_body else None,
            status=response["status"],
            content_type=response["content_type"].partition(";")[0],
            answer="\n".join(shown) if isinstance(shown := response["body"], list) else shown,
        )

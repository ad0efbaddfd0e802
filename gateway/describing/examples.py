"""Examples, taken from the golden cases of the native dialect, all of them, by one rule.

A case gives an example of its answer or of its refusal, under its status, in the operation that its method and path
lead to. Each is named after its case's folder. Nothing is picked by hand, so that the description shows what was
reviewed; what may be sent is shown by gateway/describing/trials.py.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from adapters.native import Route
from adapters.native.routes import find_route
from schemas.problems import GatewayError


class Example(Struct, frozen=True, kw_only=True):
    """One case."""

    name: str
    route: Route
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
            route, _ = find_route(case["method"], case["path"])
        except GatewayError:
            continue
        response = msgspec.json.decode((door.parent / "response.json").read_bytes())
        yield Example(
            name=door.parent.name,
            route=route,
            status=response["status"],
            content_type=response["content_type"].partition(";")[0],
            answer="\n".join(shown) if isinstance(shown := response["body"], list) else shown,
        )

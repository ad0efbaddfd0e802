"""JSON Schema 2020-12 of every request and answer; `python -m gateway.describing` publishes them with openapi.json."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec

from schemas.answers import AnyAnswer
from schemas.decisions import Decision
from schemas.problems import Problem
from schemas.requests import AnyRequest, Message

PUBLISHED = Path(__file__).parent / "published"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def published_types() -> tuple[type[msgspec.Struct], ...]:
    """Return every struct that has a published schema."""
    return (*get_args(AnyRequest), *get_args(AnyAnswer), Message, Problem, Decision)


def schema_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a struct's JSON Schema, with its own definition under `$defs`."""
    return {"$schema": DIALECT, "$id": f"/schemas/{struct.__name__}.json", **msgspec.json.schema(struct)}


def published_text(struct: type[msgspec.Struct]) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema_of(struct), ensure_ascii=False, indent=2) + "\n"


def publish(folder: Path = PUBLISHED) -> None:
    """Write one file a struct and take away what no struct stands for any more; openapi.json is not ours."""
    folder.mkdir(exist_ok=True)
    texts = {f"{struct.__name__}.json": published_text(struct) for struct in published_types()}
    for stale in folder.glob("[A-Z]*.json"):
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    publish()

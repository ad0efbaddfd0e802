"""The store's errors are drawn, and the drawing is true."""

import inspect

from gateway.store import errors
from gateway.store.errors import StoreError


def drawn(error: type[Exception], depth: int = 0) -> list[str]:
    lines = ["    " * depth + error.__name__]
    for child in error.__subclasses__():
        lines += drawn(child, depth + 1)
    return lines


def test_the_drawing_is_the_tree() -> None:
    """The module's docstring draws every error where it stands, in order, with what its docstring says."""
    drawing = [line for line in inspect.getdoc(errors).splitlines()[2:] if line]  # type: ignore[union-attr]

    assert [line[: len(line) - len(line.lstrip())] + line.split()[0] for line in drawing] == drawn(StoreError)
    for line in drawing[1:]:
        name, said = line.split(maxsplit=1)
        assert getattr(errors, name).__doc__.rstrip(".").lower() == said.lower()


def test_an_error_says_what_cures_it() -> None:
    """What is wrong comes first, then the cure."""
    assert str(StoreError("It is so", cure="Do this")) == "It is so. Do this."

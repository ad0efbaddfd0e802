"""The tree of errors is the one that is drawn."""

import inspect

from gateway.signing import errors
from gateway.signing.errors import SignatureError


def drawn(text: str) -> dict[str, str]:
    """Read the drawing: each name's parent, by indentation."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    lines = text.split("\n\n", 1)[1].splitlines()
    for line in filter(str.strip, lines):
        depth, name = len(line) - len(line.lstrip()), line.split()[0]
        while above and above[-1][0] >= depth:
            above.pop()
        parents[name] = above[-1][1] if above else "ValueError"
        above.append((depth, name))
    return parents


def test_the_drawing_is_the_tree() -> None:
    """Every error stands in the drawing under the parent that it has, and nothing else stands there."""
    found = {
        name: kind.__base__.__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, SignatureError)
    }

    assert drawn(inspect.getdoc(SignatureError) or "") == found


def test_an_error_reads_as_its_place_and_its_reason() -> None:
    """What a traceback prints names where first; both languages are kept."""
    error = errors.Mismatch("header:X", zh="不符", en="does not fit")

    assert (str(error), error.where, error.zh, error.en) == (
        "header:X: does not fit",
        "header:X",
        "不符",
        "does not fit",
    )

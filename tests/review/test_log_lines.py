"""What the house logs arrives: every key of a log line is on the allow-list, an error's type under its own."""

import ast
from pathlib import Path

import pytest

from gateway.web.logs import MASK, NUMBERS, TEXTS, allow_listed

GATEWAY = Path(__file__).parent.parent.parent / "gateway"
LEVELS = {"debug", "info", "warning", "error", "exception"}


def calls(path: Path) -> list[ast.Call]:
    """The calls of a module's logger."""
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [
        node
        for node in found
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and ast.unparse(node.func.value) in {"log", "self.log"}
    ]


MODULES = [path for path in sorted(GATEWAY.rglob("*.py")) if calls(path)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(GATEWAY)))
def test_no_key_of_a_log_line_is_dropped(path: Path) -> None:
    """A key that is not on the list is lost, and a line without its error helps nobody."""
    keys = {keyword.arg for call in calls(path) for keyword in call.keywords if keyword.arg is not None}
    types = [
        keyword.arg for call in calls(path) for keyword in call.keywords if "type(error)" in ast.unparse(keyword.value)
    ]

    assert keys - TEXTS.keys() - NUMBERS == set()
    assert set(types) <= {"error"}


def test_the_type_of_an_error_is_no_code() -> None:
    """Why the rule above stands: a class's name has not the form of a code and is masked there."""
    event = {"error": "LockNotAvailableError", "code": "LockNotAvailableError"}

    assert allow_listed(None, "info", event) == {"error": "LockNotAvailableError", "code": MASK}

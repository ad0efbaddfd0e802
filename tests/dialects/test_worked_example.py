"""The worked example of adapters/README.md is all that an adapter needs: it is checked as it stands on the page."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.command import gateway

PAGE = Path(__file__).parent.parent.parent / "adapters" / "README.md"
_FILE = re.compile(r"^`(slip/[^`]+)`:\n\n```[a-z]+\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def slip(tmp_path: Path) -> Path:
    """The example's files, in a folder of their own."""
    files = _FILE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(files) == 6
    for name, text in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "slip"


def test_the_worked_example_is_gold(slip: Path) -> None:
    """Rewritten and checked by the commands that the page names."""
    rewritten = gateway("adapter", "rewrite", str(slip))
    checked = gateway("adapter", "check", str(slip), "--json")

    (told,) = json.loads(checked.stdout)
    assert (rewritten.returncode, rewritten.stderr) == (0, "")
    assert told["failed"] == []
    assert (told["name"], told["tier"], checked.returncode) == ("slip", "gold", 0)


def test_the_worked_example_settles_in_the_demo_world(slip: Path) -> None:
    """Its message is decided to the fen: two of 150 yuan, one of them taken back."""
    run = gateway("adapter", "try", str(slip / "golden" / "bill"), "--dialect", str(slip), "--json")

    (told,) = json.loads(run.stdout)
    assert told["answer"].get("answer") == "Settled"
    assert told["body"]["charged"] == "150.00"
    assert told["origins"]["request.items.1.refunds_item_no"] == ["rows/1/back"]


def test_a_check_before_the_examples_are_rewritten_says_so(slip: Path) -> None:
    """It fails, and tells what would make it pass."""
    run = gateway("adapter", "check", str(slip))

    assert run.returncode == 1
    assert "then rewrite it" in run.stdout

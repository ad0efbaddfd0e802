"""`gateway adapter new`: a whole adapter, ready to fail for what only its author can fill in."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.command import gateway


def test_a_new_adapter_is_whole_and_fails_for_what_is_to_fill(tmp_path: Path) -> None:
    """It reads and writes as the one it was begun from; its examples and its page are what is left to do."""
    run = gateway("adapter", "new", "zz_begun", "--from", "jiangsu_injury", "--dir", str(tmp_path))
    checked = gateway("adapter", "check", str(tmp_path / "zz_begun"), "--json")

    (told,) = json.loads(checked.stdout)
    failed = {one["rule"] for one in told["failed"]}
    assert (run.returncode, run.stderr) == (0, "")
    assert (told["name"], told["tier"], checked.returncode) == ("zz_begun", "none", 1)
    assert {"golden", "page"} <= failed
    assert not {"noise", "truncation", "charset"} & failed
    assert 'zz_begun = "zz_begun"' in (tmp_path / "pyproject.toml").read_text()


def test_its_test_fails_and_says_why(tmp_path: Path) -> None:
    """The test that comes with it is red until the contract holds."""
    gateway("adapter", "new", "zz_red", "--from", "native", "--dir", str(tmp_path))

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "--rootdir", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )

    assert run.returncode == 1
    assert "README.md still says TO FILL" in run.stdout


def test_nothing_that_stands_is_overwritten(tmp_path: Path) -> None:
    """A second one of the name is refused, and a name that is none."""
    gateway("adapter", "new", "zz_twice", "--from", "native", "--dir", str(tmp_path))

    again = gateway("adapter", "new", "zz_twice", "--from", "native", "--dir", str(tmp_path))
    wrong = gateway("adapter", "new", "Zz-x", "--from", "native", "--dir", str(tmp_path))

    assert (again.returncode, wrong.returncode) == (1, 1)
    assert "is there already" in again.stderr
    assert "is no name of a dialect" in wrong.stderr

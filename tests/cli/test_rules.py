"""`gateway rules` as an operator runs it: on a terminal, in a pipe, for a script, for a document."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from gateway.core.rules.catalogue import RULES

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-c", "from gateway.cli import main; main()", "rules"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, its output in a pipe."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def on_a_terminal(columns: int) -> str:
    """Run it on a terminal of so many columns, and return what stands there."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(COMMAND, cwd=ROOT, env=environ, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = bytearray()
        try:
            while piece := os.read(ours, 65_536):
                shown += piece
        except OSError:
            pass  # Linux says so where the other end is closed
        assert process.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode()


def test_a_pipe_gets_a_line_a_rule() -> None:
    """Eight fields between tabs, in the order in which the rules speak, nothing else."""
    done = run()

    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [row[0] for row in rows] == [rule.code for rule in RULES]
    assert {len(row) for row in rows} == {8}
    assert all(all(row) for row in rows)


def test_a_terminal_gets_a_table_with_nothing_cut_off() -> None:
    """Every rule stands in it by its code, Chinese sentences are broken, not ended by an ellipsis."""
    for columns in (80, 132):
        shown = on_a_terminal(columns)

        assert all(rule.code in shown for rule in RULES)
        assert "…" not in shown
        assert "┃" in shown


def test_a_script_gets_all_of_every_rule() -> None:
    """The JSON says what the catalogue says: words, source, bearer, when it refuses the bill, every cure."""
    told = json.loads(run("--json").stdout)

    assert [one["code"] for one in told] == [rule.code for rule in RULES]
    for one, rule in zip(told, RULES, strict=True):
        assert one["title"] == {"zh": rule.title_zh, "en": rule.title_en}
        assert one["cure"] == {"zh": rule.cure_zh, "en": rule.cure_en}
        assert (one["source"], one["bearer"], one["refuses_the_bill"]) == (rule.source, rule.bearer, rule.blocks)
        assert len(one["other_cures"]) == len(rule.cures)
    pending = next(one for one in told if one["code"] == "recognition.state")
    assert pending["refuses_only_when"] == {"state": "pending"}


def test_a_document_gets_a_table() -> None:
    """One row a rule, all of the same cells, so that a document can be held against it."""
    lines = run("--markdown").stdout.splitlines()

    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == len(RULES)
    assert {line.replace("\\|", "").count("|") for line in lines if line.startswith("|")} == {6}


def test_one_rule_is_shown_whole() -> None:
    """Its source, its bearer, when it refuses the bill, and each cure by how the line fails."""
    shown = run("recognition.state").stdout

    assert "工伤保险条例第十七条至第二十条" in shown
    assert "工伤职工 worker" in shown
    assert "when state is pending" in shown
    assert "the recognition is revoked from {revoked_on}" in shown
    assert json.loads(run("recognition.state", "--json").stdout)["code"] == "recognition.state"


def test_an_unknown_code_is_answered_with_those_like_it() -> None:
    """Exit code 1, both languages on stderr, and what was probably meant."""
    slip, part, nothing = run("price.ceilng"), run("restriction"), run("xyz")

    assert all((done.returncode, done.stdout) == (1, "") for done in (slip, part, nothing))
    assert "did you mean price.ceiling" in slip.stderr
    assert "restriction.level" in part.stderr
    assert "没有规则 xyz" in nothing.stderr
    assert run("--json", "--markdown").returncode == 1


def test_help_does_not_load_the_rules() -> None:
    """`gateway --help` stays instant: the command imports the core only when it runs."""
    asking = (
        "import sys, gateway.cli.root; print(sorted(name for name in sys.modules if name.startswith('gateway.core')))"
    )

    done = subprocess.run([sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"

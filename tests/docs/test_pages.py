"""What the pages say works: links lead somewhere, commands exist with their options, blocks print what is told."""

import re
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from gateway.cli.root import app
from tests.docs.pages import ROOT, blocks, broken_links, commands, missing, pages, run

PAGES = {str(path.relative_to(ROOT)): path for path in pages()}
RUN = [name for name, path in PAGES.items() if any(block.info == "sh" for block in blocks(path))]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*|\[.*|…|")


def unknown(words: list[str]) -> str | None:
    """Return what of a command line does not exist, or None."""
    if words[0] == "make":
        return next((word for word in words[1:2] if not word.isupper() and word not in TARGETS), None)
    command, rest = get_command(app), words[1:]
    while (nouns := getattr(command, "commands", None)) is not None:
        name = rest[0] if rest else ""
        if name.startswith("-"):
            break
        if PLACEHOLDER.fullmatch(name):
            return None
        if name not in nouns:
            return name
        command, rest = nouns[name], rest[1:]
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | {"--help"}
    given = [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
    return next((option for option in given if option not in known), None)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Files and headings that a page links to are there."""
    assert broken_links(PAGES[name]) == []


@pytest.mark.parametrize("name", PAGES)
def test_commands_exist(name: str) -> None:
    """Every `gateway …` and `make …` of a page is a command, with the options it is shown with."""
    wrong = {" ".join(words): what for words in commands(PAGES[name]) if (what := unknown(words)) is not None}

    assert wrong == {}


@pytest.mark.parametrize("name", RUN)
def test_blocks_run_and_print_what_is_told(name: str, tmp_path: Path) -> None:
    """The blocks of a page, run in order in an empty folder, end well and print the answers that stand below them."""
    if shutil.which("curl") is None:
        pytest.skip("the pages call curl, and this machine has none: apt-get install curl")
    wrong = []
    for ran, promised in run(PAGES[name], tmp_path):
        if ran.exit_code or (not_there := missing(promised, ran.output)):
            wrong.append((ran.block.text, ran.exit_code or not_there, ran.output[-3000:]))

    assert wrong == []


def test_a_promise_that_is_not_kept_is_told() -> None:
    """An answer may leave out what changes, and nothing else."""
    printed = 'HTTP/1.1 200 OK\nDate: now\n{"sums":{"fund_fen":26000},"id":"x7"}\n'

    assert missing('HTTP/1.1 200 OK\n{…"fund_fen":26000…}', printed) == []
    assert missing('{…"fund_fen":26001…}\nx7', printed) == ['{…"fund_fen":26001…}']


def test_a_command_that_is_not_there_is_told() -> None:
    """A wrong noun, a wrong option and a wrong target each show."""
    found = [
        unknown(line.split()) for line in ("gateway seve", "gateway serve --prot 1", "make tets", "gateway keys new")
    ]

    assert found == ["seve", "--prot", "tets", None]

"""Markdown pages as a reader uses them: their links, the commands they name, and the blocks that they say to run.

A fenced block's info string says what it is: `sh` is run, one after another in one shell and folder; `sh server` is
started beside them and stays up to the end of the page; `answer` is what the block before it printed, with `…` where
something is left out; `sh elsewhere` is for another machine or moment, and only its commands are checked.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parent.parent.parent
PORT = "8080"
"""The port that pages name; a run takes a free one in its place."""
SECONDS_MAX = 120
_FENCE = re.compile(r"^```([a-z ]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`([^`\n]+)`")


class Block(Struct, frozen=True):
    """A fenced block: what its info string says, and its text."""

    info: str
    text: str


def pages() -> list[Path]:
    """Return every page that is read as a file; the introduction's links are the gateway's own addresses."""
    return sorted(
        path
        for place in ("*.md", "gateway/**/*.md", "adapters/**/*.md", "loadtests/**/*.md")
        for path in ROOT.glob(place)
        if path.name not in ("CHANGELOG.md", "introduction.md")
    )


def blocks(page: Path) -> list[Block]:
    """Return a page's fenced blocks, in order."""
    return [Block(info.strip(), text) for info, text in _FENCE.findall(page.read_text())]


def anchors(page: Path) -> set[str]:
    """Return the names by which a page's headings are linked to."""
    prose = _FENCE.sub("", page.read_text())
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in _HEADING.findall(prose)}


def broken_links(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere; a link into the network has no place in a closed network."""
    wrong = []
    for link, picture in _LINK.findall(_FENCE.sub("", page.read_text())):
        target = link or picture
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if "://" in target or not there.exists() or (anchor and anchor not in anchors(there)):
            wrong.append(target)
    return wrong


def commands(page: Path) -> Iterator[list[str]]:
    """Yield what a page calls `gateway …` or `make …`, in blocks and in the running text, as words."""
    text = page.read_text()
    indented = re.findall(r"^ {4}(.*)$", _FENCE.sub("", text), re.MULTILINE)
    lines = [line for block in blocks(page) if block.info.startswith("sh") for line in unfolded(block.text)]
    for line in [*lines, *indented, *_INLINE.findall(_FENCE.sub("", text))]:
        for part in re.split(r"\$\(|\|+|&&|;|\)", line.partition(" #")[0]):
            words = split(part)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words and words[0] in {"gateway", "make"}:
                yield words


def unfolded(text: str) -> list[str]:
    """Return the lines of a shell block, with those that a backslash folds put together."""
    return text.replace("\\\n", " ").splitlines()


def split(line: str) -> list[str]:
    """Return the words of a command; none where it is no command line."""
    try:
        return shlex.split(line.replace("…", ""))
    except ValueError:
        return []


class Run(Struct, frozen=True):
    """One block that ran: its exit code and what it printed."""

    block: Block
    exit_code: int
    output: str


def run(page: Path, folder: Path) -> list[tuple[Run, str]]:
    """Run a page's blocks in a folder of its own; return each with the answer that the page promises for it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environ = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state-home"),
        "COLUMNS": "120",
        "BASH_ENV": str(folder / "kept"),
    }
    (folder / "kept").write_text("")
    (folder / "work").mkdir()
    servers: list[subprocess.Popen[bytes]] = []
    done: list[tuple[Run, str]] = []
    told = blocks(page)
    try:
        for block, after in zip(told, [*told[1:], Block("", "")], strict=True):
            text = block.text.replace(PORT, port)
            if block.info == "sh server":
                servers.append(_server(text, folder, environ, port))
            elif block.info == "sh":
                ran = _ran(block, text, folder, environ)
                done.append((ran, after.text.replace(PORT, port) if after.info == "answer" else ""))
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGINT)
        for server in servers:
            server.wait(30)
    return done


def _ran(block: Block, text: str, folder: Path, environ: dict[str, str]) -> Run:
    """Run a block; the variables that it sets are there for the next one."""
    kept = shlex.quote(str(folder / "kept"))
    script = f"set -euo pipefail\n{text}\nset +x; declare -p | grep -E '^declare -[-x]+ [A-Z]+=' > {kept} || true\n"
    ended = subprocess.run(
        ["bash", "-c", script],
        cwd=folder / "work",
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS_MAX,
        check=False,
    )
    return Run(block, ended.returncode, ended.stdout.decode())


def _server(text: str, folder: Path, environ: dict[str, str], port: str) -> "subprocess.Popen[bytes]":
    """Start a block that stays up, and wait until it answers."""
    log = folder / "server.log"
    with log.open("ab") as out:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {text.strip()}" if "\n" not in text.strip() else text],
            cwd=folder / "work",
            env=environ,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return server
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def missing(promised: str, printed: str) -> list[str]:
    """Return the lines of a promised answer that were not printed, each piece between `…` in its turn."""
    wrong = []
    for line in filter(None, map(str.strip, promised.splitlines())):
        pieces = [re.escape(piece.strip()) for piece in line.split("…")]
        if not re.search(r"[^\n]*".join(pieces), printed):
            wrong.append(line)
    return wrong

"""`gateway verify` as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.signing.keys import SigningKey, jwks
from gateway.signing.receipts import sign_receipt
from tests.signing.samples import ANSWER_BODY, KEY, RECEIPT, REQUEST_BODY, saved_answer, signed_headers

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from gateway.cli import main; main()", "verify", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    path.write_bytes(jwks([SigningKey.generate().public_jwk(), KEY.public_jwk()]))
    return path


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.jws"
    path.write_text(sign_receipt(KEY, RECEIPT) + "\n")
    return path


def test_a_receipt_is_proved_in_both_languages(receipt: Path, keys: Path) -> None:
    """Exit code 0, zh first, en after, nothing on stderr."""
    done = run(receipt, "--jwks", keys)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("有效: 结算回执")
    assert "Valid: a settlement receipt" in done.stdout
    assert "Not proved" in done.stdout


def test_a_changed_receipt_is_refused_with_its_place(receipt: Path, keys: Path) -> None:
    """Exit code 1, and file, part and reason on stderr in both languages."""
    text = receipt.read_text()
    receipt.write_text(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])

    done = run(receipt, "--jwks", keys)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"无效 {receipt}: receipt." in done.stderr
    assert f"INVALID {receipt}: receipt." in done.stderr


def test_a_saved_answer_is_proved(tmp_path: Path, keys: Path) -> None:
    """Signature and receipt are both said to hold."""
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(saved_answer()))

    done = run(path, "--jwks", keys)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Valid: an HTTP answer, status 200" in done.stdout
    assert "Valid: a settlement receipt" in done.stdout


def curled(path: Path, **changed: object) -> Path:
    """Keep an answer as `curl -i` prints it: an interim answer, then head and body."""
    headers = {**signed_headers(), "Content-Type": "application/json", "Settlement-Receipt": sign_receipt(KEY, RECEIPT)}
    head = "".join(f"{name}: {value}\r\n" for name, value in (headers | changed).items())
    path.write_bytes(f"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n{head}\r\n".encode() + ANSWER_BODY)
    return path


def test_an_answer_of_curl_is_proved(tmp_path: Path, keys: Path) -> None:
    """As `curl -i` printed it; with what was asked, answer, receipt and the tie to the body sent are said to hold."""
    sent = tmp_path / "sent.json"
    sent.write_bytes(REQUEST_BODY)
    answer = curled(tmp_path / "answer.http")

    done = run(answer, "--jwks", keys, "--request", "POST /v1/bills", "--body", sent)
    other = run(answer, "--jwks", keys, "--request", "POST /v1/bills", "--body", keys)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Valid: an HTTP answer, status 200" in done.stdout
    assert "Valid: a settlement receipt" in done.stdout
    assert (other.returncode, other.stdout) == (1, "")
    assert "header:Request-Digest: this answers another request" in other.stderr


def test_what_curl_printed_is_refused_where_it_does_not_hold(tmp_path: Path, keys: Path) -> None:
    """Without what was asked, to another question, with a changed byte, cut in its head; a receipt needs no request."""
    answer = curled(tmp_path / "answer.http")
    asked = ("--request", "POST /v1/bills")
    changed = tmp_path / "changed.http"
    changed.write_bytes(answer.read_bytes().replace(b"90000", b"90001"))
    cut = tmp_path / "cut.http"
    cut.write_bytes(answer.read_bytes()[:300])
    jws = tmp_path / "receipt.jws"
    jws.write_text(sign_receipt(KEY, RECEIPT))

    told = {
        "say which method and path": run(answer, "--jwks", keys),
        "header:Signature": run(answer, "--jwks", keys, "--request", "POST /v1/visits"),
        "the body has been changed": run(changed, "--jwks", keys, *asked),
        "does not begin with an HTTP head": run(cut, "--jwks", keys, *asked),
        "no header field": run(curled(tmp_path / "odd.http", **{"a b": "c"}), "--jwks", keys, *asked),
        "only an answer as curl -i": run(jws, "--jwks", keys, *asked),
    }

    assert [(done.returncode, says in done.stderr) for says, done in told.items()] == [(1, True)] * len(told)


@pytest.mark.parametrize("wrong", [("--request", "/v1/bills"), ("--request", "POST v1/bills"), ("--body", "sent.json")])
def test_a_request_that_is_none_is_a_wrong_command_line(receipt: Path, keys: Path, wrong: tuple[str, str]) -> None:
    """A method and a path, and a body only beside them."""
    assert run(receipt, "--jwks", keys, *wrong).returncode == 2


def test_a_terminal_without_chinese_still_gets_the_verdict(receipt: Path, keys: Path) -> None:
    """What cannot be shown is escaped; the exit code is the verdict's."""
    done = run(receipt, "--jwks", keys, PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert "Valid: a settlement receipt" in done.stdout


@pytest.mark.parametrize(("document", "says"), [("{}", "not a JWK set"), ('{"keys":[]}', "not among the 0 given")])
def test_a_key_set_that_does_not_serve_is_named(receipt: Path, tmp_path: Path, document: str, says: str) -> None:
    """A broken set and one without the key each say so."""
    path = tmp_path / "other.json"
    path.write_text(document)

    done = run(receipt, "--jwks", path)

    assert done.returncode == 1
    assert says in done.stderr


def test_a_missing_file_is_named(receipt: Path, keys: Path, tmp_path: Path) -> None:
    """Whichever of the two is missing or no file, exit code 1 and its path."""
    absent = tmp_path / "absent"

    for done, path in ((run(absent, "--jwks", keys), absent), (run(receipt, "--jwks", tmp_path), tmp_path)):
        assert done.returncode == 1
        assert f"CANNOT READ {path}" in done.stderr


def test_help_describes_the_saved_answer_without_loading_cryptography() -> None:
    """--help names each member of the file, and stays light."""
    done = run("--help")
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, gateway.cli.root; print('cryptography' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.returncode == 0
    for word in ("status", "headers", "body_base64", "request", "method", "path", "content_digest", "curl", "--jwks"):
        assert word in done.stdout
    assert loaded.stdout.strip() == "False"

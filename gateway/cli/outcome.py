"""`gateway outcome --file IDS`: after a cut, what became of yesterday's messages and what to send next for each."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

IDS_PER_QUESTION = 1_000
IDS_MAX = 1_000_000
FILE_BYTES_MAX = 80 * 2**20
SECONDS_MAX = 60
TO_SEND = ("repeat", "mend")
TABLE_WIDTH = 160
"""Of the table, where the output is no terminal."""


def outcome(
    file: Annotated[Path, typer.Option("--file", metavar="IDS", help="Message ids, one a line; - is standard input.")],
    url: Annotated[str, typer.Option("--url", envvar="GATEWAY_URL", help="The gateway.")] = "http://127.0.0.1:8080",
    token: Annotated[str, typer.Option("--token", envvar="GATEWAY_TOKEN", help="The provider's token.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line, as the gateway answers.")] = False,
) -> None:
    """Ask a running gateway what became of messages (交易结果批量查询), and what to send next for each.

    IDS has one message id (报文编号) a line; empty lines are passed over. Answers are believed only with the gateway's
    signature. It needs no sign-in, and is answered also while settling is busy.

    Exit code 0: every id is answered. 1: the file cannot be read, or the gateway did not answer.
    """
    if not token:
        _fail("no token. Give --token, or set GATEWAY_TOKEN.")
    ids = _ids(file)
    found: list[dict[str, Any]] = []
    for begin in range(0, len(ids), IDS_PER_QUESTION):
        found += _asked(url.rstrip("/"), token, ids[begin : begin + IDS_PER_QUESTION])
    if as_json:
        for one in found:
            typer.echo(json.dumps(one, ensure_ascii=False))
    else:
        _show(found)


def _ids(file: Path) -> list[str]:
    """Return the ids of a file; each must be one, and the first that is none is named with its line."""
    import msgspec

    from schemas.scalars import MessageId

    where = "standard input" if str(file) == "-" else str(file)
    try:
        raw = sys.stdin.buffer.read(FILE_BYTES_MAX + 1) if str(file) == "-" else _read(file)
        lines = raw.decode("utf-8-sig").splitlines()
    except OSError as wrong:
        _fail(f"{where}: {wrong.strerror}. Name a file that can be read.")
    except UnicodeDecodeError as wrong:
        _fail(f"{where}: not UTF-8 at byte {wrong.start}. Save it as UTF-8.")
    if len(raw) > FILE_BYTES_MAX:
        _fail(f"{where}: more than {FILE_BYTES_MAX} bytes. Split it.")
    ids = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not ids or len(ids) > IDS_MAX:
        _fail(f"{where}: {len(ids)} ids. Give 1 to {IDS_MAX}, one a line.")
    for number, text in ids:
        try:
            msgspec.convert(text, type=MessageId)
        except msgspec.ValidationError:
            _fail(
                f"{where}:{number}: no message id. It has 1 to 64 letters, digits or . _ : -, and begins with a letter "
                "or digit."
            )
    return [text for _, text in ids]


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(FILE_BYTES_MAX + 1)


def _asked(url: str, token: str, ids: list[str]) -> list[dict[str, Any]]:
    """Ask for up to a thousand ids, and check the answer's signature."""
    from gateway.signing.errors import SignatureError
    from gateway.signing.keys import read_jwks
    from gateway.signing.message import verify_response

    path, body = "/v1/outcomes", json.dumps({"message_ids": ids}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        _, _, jwks = _http(f"{url}/.well-known/jwks.json", None, {})
        status, head, raw = _http(f"{url}{path}", body, headers)
        verify_response(
            read_jwks(jwks), status=status, headers=head, body=raw, method="POST", path=path, request_body=body
        )
        answer: dict[str, Any] = json.loads(raw)
    except SignatureError as wrong:
        _fail(f"{url}: the answer's signature does not hold: {wrong.where}: {wrong.en}. Believe none of it.")
    except (OSError, ValueError) as wrong:
        _fail(f"{url}: {wrong}. Is this the gateway's address?")
    if "outcomes" not in answer:
        says = "; ".join(f"{one['zh']} / {one['en']} ({one['cure_en']})" for one in answer.get("faults", ()))
        _fail(f"{url}: {status}: {says}")
    outcomes: list[dict[str, Any]] = answer["outcomes"]
    return outcomes


def _http(url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an answer, whatever its status."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    request = Request(url, data=body, headers=headers)  # noqa: S310 checked above
    try:
        with urlopen(request, timeout=SECONDS_MAX) as answer:  # noqa: S310 same
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()


def _show(found: list[dict[str, Any]]) -> None:
    """Print a row an id, and how many of each there are."""
    from rich.console import Console
    from rich.table import Table

    table = Table("报文 message", "结果 outcome", "交易 verb", "结算 settlement", "下一步 send next", show_lines=False)
    for one in found:
        table.add_row(
            one["message_id"],
            f"{_ZH[one['outcome']]} {one['outcome']}",
            one["verb"] or "",
            one["settlement_id"] or "",
            f"{one['next']['zh']}\n{one['next']['en']}" if one["outcome"] != "settled" or one["cancelled_by"] else "",
        )
    console = Console()
    (console if console.is_terminal else Console(width=TABLE_WIDTH)).print(table)
    counts = Counter(one["outcome"] for one in found)
    told = ", ".join(f"{_ZH[name]} {name} {counts[name]}" for name in _ZH if counts[name])
    to_send = sum(one["next"]["action"] in TO_SEND for one in found)
    typer.echo(f"{len(found)}: {told}. 待重发 to send again: {to_send}")


_ZH = {"settled": "已生效", "refused": "已拒绝", "reversed": "已冲正", "not_seen": "未收到"}


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)

"""`gateway verify`: check a receipt or a saved answer offline, and say what it proves."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.streams import never_fail_to_print

if TYPE_CHECKING:
    from gateway.signing.saved import SavedRequest


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A receipt, or a saved answer.")],
    jwks: Annotated[Path, typer.Option("--jwks", help="The gateway's keys: what /.well-known/jwks.json answered.")],
    request: Annotated[
        str | None,
        typer.Option("--request", metavar="'METHOD PATH'", help="Of curl -i: what was asked, as 'POST /v1/bills'."),
    ] = None,
    body: Annotated[
        Path | None,
        typer.Option("--body", metavar="SENT", help="Of curl -i: the body sent. curl's --data @ drops its newlines."),
    ] = None,
) -> None:
    """Verify a receipt (结算回执) or a saved answer offline, and say in zh and en what it proves.

    FILE is one of three:

    (a) a receipt: the compact JWS of the header Settlement-Receipt, with at most a newline after it.

    (b) a saved answer: one JSON object with status (number), headers (object of texts), body (text) or body_base64,
    and request: an object with method, path and, where they were sent, content_digest (the request's Content-Digest
    header) and body or body_base64. Only request may be left out, for an answer to what was no readable request. No
    other names.

    (c) an answer with its head as `curl -i` printed it. What was asked does not stand there: say it with --request, and
    with --body which bytes were sent, to prove that the answer is theirs.

    Exit code 0: everything holds. 1: it does not, or a file cannot be read; what failed and where is on stderr.
    """
    from gateway.signing.errors import SignatureError
    from gateway.signing.keys import read_jwks
    from gateway.signing.verify import prove

    never_fail_to_print()
    place = jwks
    try:
        keys = read_jwks(_read(jwks))
        place = body or file
        asked = _asked(request, body)
        place = file
        proof = prove(_read(file), keys, asked)
    except SignatureError as error:
        typer.echo(f"无效 {place}: {error.where}: {error.zh}", err=True)
        typer.echo(f"INVALID {place}: {error.where}: {error.en}", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"无法读取 {place}: {error.strerror}", err=True)
        typer.echo(f"CANNOT READ {place}: {error.strerror}", err=True)
        raise typer.Exit(1) from error
    typer.echo("\n".join((*proof.zh, "", *proof.en)))


def _asked(request: str | None, body: Path | None) -> "SavedRequest | None":
    """Return what was asked; ends the command where it is no method and path, or a body alone."""
    from gateway.signing.saved import SavedRequest

    if request is None:
        if body is not None:
            raise typer.BadParameter("--body goes with --request.")
        return None
    method, _, path = request.partition(" ")
    if not method.isalpha() or not path.startswith("/") or " " in path:
        raise typer.BadParameter(f"--request {request} is no method and path. Write it like 'POST /v1/bills'.")
    sent = base64.b64encode(_read(body)).decode() if body else None
    return SavedRequest(method=method.upper(), path=path, body_base64=sent)


def _read(path: Path) -> bytes:
    """Read no more than one byte over the limit, which is then refused."""
    from gateway.signing.verify import FILE_BYTES_MAX

    with path.open("rb") as stream:
        return stream.read(FILE_BYTES_MAX + 1)

"""`gateway sheet`: the template of a bill as a sheet, and sending one filled in (辅助器具等小型机构的表格报送)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.cli.printed import fail

if TYPE_CHECKING:
    from gateway.client import Heard

app = typer.Typer(name="sheet", help="Bills as CSV or XLSX (表格报送).", no_args_is_help=True)
REFUSED_FROM = 400


@app.command(short_help="Write the template to fill in (模板).")
def template(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to: its name ends in .csv or .xlsx.")],
    charset: Annotated[
        Literal["utf-8", "gb18030"], typer.Option("--charset", help="Of CSV, as agreed for the provider.")
    ] = "utf-8",
) -> None:
    """Write the template (模板): every column that a bill may have, and one line as an example."""
    from adapters import sheet

    try:
        out.write_bytes(sheet.template(_content_type(out, "template"), charset))
    except OSError as wrong:
        fail("sheet template", f"{out}: {wrong.strerror}. Name a file that you may write to.")
    typer.echo(f"{out}: 替换示例行后用 gateway sheet send 报送 / replace the example, then gateway sheet send {out}")


@app.command(short_help="Send a filled-in sheet, and save what is answered (报送).")
def send(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bill: .csv or .xlsx.")],
    url: Annotated[str, typer.Option("--url", envvar="GATEWAY_URL", help="The gateway's address.")],
    provider: Annotated[str, typer.Option("--provider", envvar="GATEWAY_PROVIDER", help="The provider's code.")],
    token: Annotated[str, typer.Option("--token", envvar="GATEWAY_TOKEN", help="Its token; better by GATEWAY_TOKEN.")],
    jwks: Annotated[
        Path | None,
        typer.Option("--jwks", help="The gateway's keys, as its operator gave them; they alone are believed."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the answer goes.", show_default="FILE.answer.*")
    ] = None,
) -> None:
    """Send a sheet (报送) and save the verified answer beside it: the same sheet, saying what became of each row.

    The receipt is saved as FILE.receipt. The same file sent again is the same message: it settles once. Exit code 0:
    settled. 1: refused, and the saved sheet says why in each row; or no answer that can be believed came.
    """
    from urllib.parse import quote

    from gateway.client import ClientError, SyncClient
    from gateway.signing.errors import SignatureError

    content_type = _content_type(file, "send")
    try:
        body = file.read_bytes()
        keys = jwks.read_bytes() if jwks else None
    except OSError as wrong:
        fail("sheet send", f"{wrong.filename}: {wrong.strerror}. Name a file that you may read.")
    try:
        with SyncClient(url, token, jwks=keys) as client:
            heard = client.speak(f"/in/{quote(provider, safe='')}", body, content_type=content_type)
    except ClientError as wrong:
        fail("sheet send", f"{wrong}\n原样重发同一文件不会重复结算 / the same file sent again settles once")
    except SignatureError as wrong:
        fail("sheet send", f"{wrong}")
    _save(file, heard, out or file.with_name(f"{file.name}.answer{_ending(heard)}"))


def _save(file: Path, heard: "Heard", out: Path) -> None:
    try:
        out.write_bytes(heard.body)
        if heard.receipt is not None:
            file.with_name(f"{file.name}.receipt").write_text(heard.receipt, encoding="ascii")
    except OSError as wrong:
        fail("sheet send", f"{wrong.filename}: {wrong.strerror}. The answer was {heard.status}; send the file again.")
    if heard.status >= REFUSED_FROM:
        fail("sheet send", f"{heard.status} 未受理，原因见 / refused, see {out}")
    again = "（重复报送，原结果）(a repeat)" if heard.repeated else ""
    typer.echo(f"已结算 settled{again}: {out}")


def _content_type(file: Path, command: str) -> str:
    from adapters.sheet.tables import CSV, XLSX

    found = {".csv": CSV, ".xlsx": XLSX}.get(file.suffix.lower())
    if found is None:
        fail(f"sheet {command}", f"{file}: 文件名须以 .csv 或 .xlsx 结尾 / its name must end in .csv or .xlsx")
    return found


def _ending(heard: "Heard") -> str:
    from adapters.sheet.tables import CSV, XLSX

    return {CSV: ".csv", XLSX: ".xlsx"}.get(heard.content_type.split(";")[0].strip(), ".json")

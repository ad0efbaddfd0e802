"""`gateway config show`: every setting that `gateway serve` would run with, and who set it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.printed import Json, fail, print_json

if TYPE_CHECKING:
    from gateway.settings import Traced

app = typer.Typer(name="config", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def config() -> None:
    """Show the settings and where each comes from."""


@app.command()
def show(
    *,
    origin: Annotated[
        bool, typer.Option("--origin", help="Also show who set it: default, file, variable, flag.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option("--config", envvar="GATEWAY_CONFIG", metavar="FILE", help="TOML file of settings, as for serve."),
    ] = None,
    embedded: Annotated[str | None, typer.Option(metavar="DIR", help="As for serve.")] = None,
    dsn: Annotated[str | None, typer.Option(metavar="DSN", help="As for serve.")] = None,
    host: Annotated[str | None, typer.Option(help="As for serve.")] = None,
    port: Annotated[int | None, typer.Option(help="As for serve.")] = None,
    workers: Annotated[int | None, typer.Option(help="As for serve.")] = None,
    secrets: Annotated[str | None, typer.Option(metavar="FILE", help="As for serve.")] = None,
    as_json: Json = False,
) -> None:
    """Show every setting (配置) as `gateway serve` with the same options would take it.

    A flag wins over an environment variable, which wins over the file, which wins over the default. Passwords are
    masked. Ends with 1 where a setting cannot be used, and names each.
    """
    from gateway.settings import BadSettings, traced

    flags = {"embedded": embedded, "dsn": dsn, "host": host, "port": port, "workers": workers, "secrets": secrets}
    environ = {name: value for name, value in os.environ.items() if name != "GATEWAY_CONFIG"}
    try:
        settings = [_masked(setting) for setting in traced(file, environ, flags)]
    except BadSettings as bad:
        fail("config", f"设置有误 settings that cannot be used:\n{bad}")
    if as_json:
        print_json(settings if origin else {setting.path: setting.value for setting in settings})
        return
    width = max(len(setting.path) for setting in settings)
    value_width = max(len(_text(setting)) for setting in settings)
    for setting in settings:
        line = f"{setting.path:{width}}  {_text(setting):{value_width}}  {setting.origin if origin else ''}"
        typer.echo(line.rstrip())


def _text(setting: "Traced") -> str:
    return "-" if setting.value is None else str(setting.value)


def _masked(setting: "Traced") -> "Traced":
    """Hide what is secret in a setting: the password of the database's address. The secrets file is only named."""
    import msgspec

    if setting.path != "database.dsn" or not isinstance(setting.value, str):
        return setting
    return msgspec.structs.replace(setting, value=masked_dsn(setting.value))


def masked_dsn(dsn: str) -> str:
    """Return a DSN to be shown: its password as ***, wherever it stands; nothing of a DSN that is no URL."""
    from urllib.parse import parse_qsl, quote, urlencode, urlsplit

    parts = urlsplit(dsn)
    if parts.scheme not in {"postgres", "postgresql"} or ("@" in dsn and "@" not in parts.netloc):
        return "***"
    user, at, place = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    query = [(key, "***" if "password" in key.lower() else value) for key, value in parse_qsl(parts.query)]
    return parts._replace(
        netloc=f"{name}{colon}{'***' if colon else ''}{at}{place}", query=urlencode(query, safe="*", quote_via=quote)
    ).geturl()

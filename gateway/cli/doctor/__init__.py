"""`gateway doctor`: looks at all that a gateway stands on, and says what is not well and what mends it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.printed import Json, print_json

if TYPE_CHECKING:
    from gateway.cli.doctor.finding import Finding
    from gateway.settings import Settings

_COLOURS = {"OK": "green", "WARN": "yellow", "FAIL": "red"}


def doctor(
    *,
    embedded: Annotated[str | None, typer.Option(metavar="DIR", help="As for serve (GATEWAY_EMBEDDED).")] = None,
    dsn: Annotated[str | None, typer.Option(metavar="DSN", help="As for serve (GATEWAY_DSN).")] = None,
    host: Annotated[str | None, typer.Option(help="As for serve (GATEWAY_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="As for serve (GATEWAY_PORT).")] = None,
    workers: Annotated[int | None, typer.Option(help="As for serve (GATEWAY_WORKERS).")] = None,
    secrets: Annotated[str | None, typer.Option(metavar="FILE", help="As for serve (GATEWAY_SECRETS).")] = None,
    config: Annotated[
        Path | None, typer.Option(envvar="GATEWAY_CONFIG", metavar="FILE", help="TOML file of settings.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Look whether `gateway serve` with the same options would run well (体检).

    Looks at settings, Python and packages, timezone data, port, disk, and of the database: version, sessions, clock,
    migrations, secrets, signing keys, and which reference data are in force or end soon. Each is OK, WARN or FAIL with
    what mends it. It writes nothing; an embedded PostgreSQL that does not run is started for as long as it takes.

    Exit code 0: nothing failed. 1: something did.
    """
    flags = {"embedded": embedded, "dsn": dsn, "host": host, "port": port, "workers": workers, "secrets": secrets}
    findings = _findings(config, flags)
    if as_json:
        print_json([_plain(finding) for finding in findings])
    else:
        _show(findings)
    if any(finding.state == "FAIL" for finding in findings):
        raise typer.Exit(1)


def _findings(config: Path | None, flags: dict[str, str | int | None]) -> "list[Finding]":
    from gateway.cli.doctor import machine
    from gateway.cli.doctor.finding import Said, wrong
    from gateway.cli.printed import waiting
    from gateway.settings import BadSettings
    from gateway.workers.charge import settings_of

    try:
        settings = settings_of(str(config) if config else None, flags)
    except BadSettings as bad:
        fix = Said("更正它;gateway config show --origin 列出全部", "mend it; gateway config show --origin lists all")
        return [wrong("settings", Said(f"设置有误: {fault}", fault), fix) for fault in bad.faults]
    with waiting("体检中 looking …"):
        return [*machine.look(settings), *_of_database(settings)]


def _of_database(settings: "Settings") -> "list[Finding]":
    import asyncio

    from gateway.cli import existing
    from gateway.cli.doctor import database
    from gateway.store.errors import StoreError

    missing = database.absent(settings)
    if missing is not None:
        return [missing]

    async def look(dsn: str) -> "list[Finding]":
        return [finding async for finding in database.look(settings, dsn)]

    embedded = settings.database.embedded
    try:
        with existing.opened(settings.database.dsn, Path(embedded) if embedded else None) as target:
            return asyncio.run(look(target.dsn))
    except StoreError as error:
        return [database.failed("database", error)]


def _plain(finding: "Finding") -> dict[str, str | None]:
    fix = finding.fix
    return {
        "matter": finding.matter,
        "state": finding.state,
        "what_zh": finding.what.zh,
        "what_en": finding.what.en,
        "fix_zh": fix.zh if fix else None,
        "fix_en": fix.en if fix else None,
    }


def _show(findings: "list[Finding]") -> None:
    for finding in findings:
        state = typer.style(f"{finding.state:4}", fg=_COLOURS[finding.state], bold=True)
        typer.echo(f"{state}  {finding.matter:10}  {finding.what.zh} · {finding.what.en}")
        if finding.fix:
            typer.echo(f"{'':18}→ {finding.fix.zh} · {finding.fix.en}")
    counted = {state: sum(finding.state == state for finding in findings) for state in _COLOURS}
    typer.echo(", ".join(f"{count} {state}" for state, count in counted.items()))

"""`gateway explain`: one settlement's whole story from what is stored, on one screen, in zh and en."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, TypeAlias
from uuid import UUID

import typer

from gateway.cli import existing
from gateway.cli.migrate import Dsn, Embedded, Secrets
from gateway.cli.printed import fail
from gateway.cli.streams import never_fail_to_print

if TYPE_CHECKING:
    from gateway.store.database import Connection
    from gateway.store.sealing import Seals
    from schemas.answers import SettlementExplained
    from schemas.explanations import MessageExplained

Told: TypeAlias = "SettlementExplained | MessageExplained | None"
CONTRADICTED = 2
"""Exit code where something could not be told or contradicts itself."""


def explain(
    settlement: Annotated[
        str | None, typer.Argument(metavar="SETTLEMENT", help="The settlement's id (结算编号).", show_default=False)
    ] = None,
    line: Annotated[
        str | None,
        typer.Argument(metavar="LINE", help="One item (明细号): charged − findings = fund.", show_default=False),
    ] = None,
    *,
    message: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--message",
            metavar="PROVIDER MESSAGE_ID",
            help="A message instead: what it settled, or why it was refused and what would make it pass.",
        ),
    ] = None,
    bill: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            "--bill", metavar="PROVIDER VISIT_NO BILL_NO", help="The settlement in force of a bill, by its own numbers."
        ),
    ] = None,
    lang: Annotated[
        Literal["zh", "en", "both"], typer.Option("--lang", envvar="GATEWAY_LANG", help="Language of what is told.")
    ] = "both",
    json: Annotated[bool, typer.Option("--json", help="Print all that is told as one JSON document.")] = False,
    embedded: Embedded = None,
    dsn: Dsn = None,
    secrets: Secrets = None,
) -> None:
    """Explain a settlement (结算说明): each fen's bearer, the rule and law behind it, and what would make it pass.

    Everything is read from what was stored when it settled, and held against its sums. What is gone, cannot
    be unsealed or does not agree is said in red, and the command then ends with 2; with 1 where nothing is found.
    It writes nothing, and works beside a running gateway or sandbox.
    """
    never_fail_to_print()
    if bill is not None and settlement is not None and line is None:
        settlement, line = None, settlement
    if [settlement, message, bill].count(None) != 2:  # noqa: PLR2004 one of the three
        _fail(
            "请给出结算编号，或用 --bill 机构编号 就诊号 单据号，或用 --message 机构编号 报文编号",
            "give a settlement's id, or --bill PROVIDER VISIT_NO BILL_NO, or --message PROVIDER MESSAGE_ID",
        )
    told = _looked_up(dsn, embedded, secrets, _work(settlement, bill, message))
    if told is None:
        what = settlement or " ".join(bill or ())
        _fail(f"没有结算{what}，请核对编号", f"there is no settlement {what} in force: check the number")
    _show(told, line, lang, json=json)


def _work(
    settlement: str | None, bill: tuple[str, str, str] | None, message: tuple[str, str] | None
) -> "Callable[[Connection, Seals], Awaitable[Told]]":
    if settlement is not None:
        return _of_settlement(_uuid(settlement))
    return _of_bill(*bill) if bill is not None else _of_message(*(message or ("", "")))


def _looked_up(
    dsn: str | None, embedded: Path | None, secrets: Path | None, work: "Callable[[Connection, Seals], Awaitable[Told]]"
) -> Told:
    from gateway.store.errors import StoreError

    try:
        return existing.looked_up(dsn, embedded, secrets, "gateway-explain", work)
    except StoreError as error:
        fail("explain", str(error))


def _of_settlement(settlement_id: UUID) -> "Callable[[Connection, Seals], Awaitable[Told]]":
    """Return the work that explains a settlement; None where there is none."""
    from gateway.desk.explaining import explained, kept_anywhere
    from gateway.store.queries import QUERIES

    async def work(connection: "Connection", seals: "Seals") -> Told:
        kept = await kept_anywhere(connection, QUERIES, settlement_id)
        return await explained(kept, seals) if kept else None

    return work


def _of_bill(provider_code: str, visit_no: str, bill_no: str) -> "Callable[[Connection, Seals], Awaitable[Told]]":
    """Return the work that explains the settlement in force of a bill; None where there is none."""
    from gateway.desk.names import bill_keys
    from gateway.store.queries import QUERIES

    async def work(connection: "Connection", seals: "Seals") -> Told:
        key, *_ = bill_keys(provider_code, visit_no, bill_no, None)
        found = await connection.fetchval(QUERIES["settlement_of_bill"].sql, key.provider_code, key.key)
        return await _of_settlement(found)(connection, seals) if found else None

    return work


def _of_message(provider_code: str, message_id: str) -> "Callable[[Connection, Seals], Awaitable[Told]]":
    """Return the work that explains a message by the settlement that it made, or by itself."""
    from gateway.desk.explaining import traced
    from gateway.store.queries import QUERIES

    async def work(connection: "Connection", seals: "Seals") -> Told:
        found = await traced(connection, QUERIES, seals, provider_code, message_id)
        if found.settlement_id is None:
            return found.told
        return await _of_settlement(found.settlement_id)(connection, seals)

    return work


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        _fail(
            f"{text}不是结算编号；按单据号请用 --bill 机构编号 就诊号 单据号",
            f"{text} is no settlement's id, which looks like 01936c5e-7a10-7000-8000-000000000000; for a bill's own "
            "numbers use --bill PROVIDER VISIT_NO BILL_NO",
        )


def _show(told: "SettlementExplained | MessageExplained", line: str | None, lang: str, *, json: bool) -> None:
    """Print what is told; end with 1 where the line is unknown, with 2 where something contradicts itself."""
    import msgspec

    from schemas.answers import SettlementExplained

    if isinstance(told, SettlementExplained) and line is not None:
        told = _only(told, line)
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2))
    else:
        _print(told, line, lang)
    if told.gaps:
        raise typer.Exit(CONTRADICTED)


def _only(told: "SettlementExplained", line: str) -> "SettlementExplained":
    """Return an explanation with one of its lines."""
    from msgspec.structs import replace

    lines = tuple(one for one in told.lines if one.item_no == line)
    if not lines:
        _fail(f"结算{told.settlement_id}没有明细{line}", f"settlement {told.settlement_id} has no item {line}")
    return replace(told, lines=lines, findings=())


def _print(told: "SettlementExplained | MessageExplained", line: str | None, lang: str) -> None:
    from rich.console import Console

    from gateway.cli.explain.page import page
    from gateway.cli.explain.speech import Speech
    from gateway.cli.explain.trace import trace
    from schemas.answers import SettlementExplained

    console = Console(highlight=False)
    speech = Speech(lang, console.width)
    for part in page(told, line, speech) if isinstance(told, SettlementExplained) else trace(told, speech):
        console.print(part)


def _fail(zh: str, en: str) -> NoReturn:
    fail("explain", f"{zh} / {en}")

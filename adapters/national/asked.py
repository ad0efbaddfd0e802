"""What an answer repeats of its question: the code, a number asked for, the money of rows as it was sent."""

import msgspec
from msgspec import Struct

from adapters import json_text
from schemas.dialect import Inbound
from schemas.problems import WireError

Asked = dict[str, object]
Money = dict[str, object]
_ECHOED = ("det_item_fee_sumamt", "cnt", "pric")


class _Row(Struct, gc=False):
    feedetl_sn: msgspec.Raw
    det_item_fee_sumamt: msgspec.Raw
    cnt: msgspec.Raw
    pric: msgspec.Raw


class _Rows(Struct, gc=False):
    feedetail: list[_Row] | _Row


class _Upload(Struct, gc=False):
    input: _Rows


_UPLOAD = msgspec.json.Decoder(_Upload)


def asked_of(to: Inbound) -> Asked:
    """Return the message that is answered, numbers by their digits; {} where it cannot be read."""
    try:
        value = json_text.read(to.body, number=str)
    except WireError:
        return {}
    return value if isinstance(value, dict) else {}


def code_of(asked: Asked) -> str:
    """Return the transaction code; "" where none stands."""
    infno = asked.get("infno")
    return infno if isinstance(infno, str) else ""


def said_in(asked: Asked, name: str) -> str:
    """Return what a message says in a field of its input, wherever its node stands; "" where it says nothing."""
    given = asked.get("input")
    nodes = [given, *given.values()] if isinstance(given, dict) else []
    found = next((node[name] for node in nodes if isinstance(node, dict) and node.get(name)), "")
    return str(found)


def money_of(to: Inbound) -> dict[str, Money]:
    """Return amount, quantity and price of each row of an upload, by its number, as sent; {} where it is none."""
    try:
        rows = _UPLOAD.decode(to.body).input.feedetail
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {
        bytes(row.feedetl_sn).strip(b'"').decode(): {name: getattr(row, name) for name in _ECHOED}
        for row in (rows if isinstance(rows, list) else [rows])
    }

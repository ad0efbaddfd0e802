"""Damaged national messages: each is refused politely, or says what a slow second reader takes from its bytes."""

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters import national
from schemas.dialect import Inbound
from schemas.problems import GatewayError, Problem
from schemas.requests import Message, Settle, UploadItems
from tests.national.sample import PROFILE, bill, envelope, inbound, row, stay
from tests.national.slow_reader import Line, Said, slow

MUTANTS = 20_000
ECHO = {"fulamt_ownpay_amt": 0, "overlmt_selfpay": "0.00", "preselfpay_amt": 0, "inscp_scp_amt": 30.00}
REFUND = row(2, cnt=-1, det_item_fee_sumamt=-5.00, init_feedetl_sn="F0001")
MESSAGES = {
    "2204": envelope("2204", {"feedetail": [row(1), REFUND, row(3, cnt=1, pric=20.5, det_item_fee_sumamt=20.50)]}),
    "2207": envelope("2207", {"data": bill(**ECHO)}),
    "2301": envelope("2301", {"feedetail": [row(1), REFUND]}),
    "2304": envelope("2304", {"data": stay(**ECHO, invono="INV1")}),
}
VALUES: list[Any] = [None, "", True, 0, -1, 1.5, 10**30, "0", "x", "１", "a\n", [], {}, [1], "9" * 500, "1e3", " 1"]


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield (*path, step)
        yield from leaves(below, (*path, step))


def damaged(body: bytes, noise: random.Random) -> bytes:
    """Flip, drop, double, overwrite a few bytes, or change one node."""
    if noise.random() < 0.5:
        return changed(body, noise)
    out = bytearray(body)
    for _ in range(noise.randint(1, 2)):
        place = noise.randrange(len(out))
        match noise.randrange(4):
            case 0:
                out[place] ^= 1 << noise.randrange(8)
            case 1:
                del out[place : place + noise.randint(1, 4)]
            case 2:
                out[place:place] = out[place : place + noise.randint(1, 30)]
            case _:
                out[place] = noise.choice(b"0123456789.-")
    return bytes(out)


def changed(body: bytes, noise: random.Random) -> bytes:
    value = json.loads(body)
    places = list(leaves(value))
    path = noise.choice(places)
    at = value
    for step in path[:-1]:
        at = at[step]
    match noise.randrange(4):
        case 0:
            del at[path[-1]]
        case 1 if isinstance(at, dict):
            at[f"{path[-1]}x"] = at.pop(path[-1])
        case 2 if isinstance(at, list):
            at.append(at[0])
        case _:
            at[path[-1]] = noise.choice(VALUES)
    return json.dumps(value, ensure_ascii=False).encode()


def read(mutant: Inbound) -> Message | Problem:
    try:
        return national.read(mutant, PROFILE)
    except GatewayError as error:
        return error.problem()


def told(message: Message) -> Said:
    """Put what the adapter read into the slow reader's words."""
    request = message.request
    assert isinstance(request, UploadItems | Settle)
    worker, visit, number = request.worker_id or "", request.visit_no, message.envelope.message_id or ""
    if isinstance(request, UploadItems):
        lines = [
            Line(
                item.item_no,
                Decimal(item.quantity),
                Decimal(item.unit_price_yuan),
                Decimal(item.amount_fen) / 100,
                item.refunds_item_no or "",
            )
            for item in request.items
        ]
        return Said(number, worker, visit, request.items[0].batch_no or "", None, None, lines)
    yuan = [None if fen is None else Decimal(fen) / 100 for fen in (request.charged_fen, request.previewed_fund_fen)]
    return Said(number, worker, visit, "".join(request.batch_nos), yuan[0], yuan[1], [])


@pytest.mark.parametrize("infno", MESSAGES)
def test_an_accepted_mutant_says_what_stands_in_its_bytes(infno: str) -> None:
    """Thousands of damaged copies: those taken equal what the slow reader takes, and some, not all, are taken."""
    noise, body = random.Random(infno), inbound(MESSAGES[infno]).body
    taken = 0

    for _ in range(MUTANTS // len(MESSAGES)):
        mutant = inbound(damaged(body, noise))
        said = read(mutant)
        if isinstance(said, Problem):
            assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in said.faults)
            assert national.write(said, mutant, PROFILE).body
        elif isinstance(said.request, UploadItems | Settle):
            taken += 1
            assert told(said) == slow(mutant.body), mutant.body.decode()

    assert MUTANTS // len(MESSAGES) // 50 < taken < MUTANTS // len(MESSAGES) // 2

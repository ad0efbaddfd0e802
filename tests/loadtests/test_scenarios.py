"""What scenarios are made of: numbers that are new, money to the fen, answers that are checked as a caller would."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reference.world.build import build, write
from gateway.signing.keys import SigningKey, jwks
from gateway.signing.message import content_digest, sign_response
from loadtests.scenarios.asking import Ask, Wrong
from loadtests.scenarios.curves import soak, spike, stairs
from loadtests.scenarios.documents import settled
from loadtests.scenarios.jiangsu import billed, rows_of
from loadtests.scenarios.judging import judge
from loadtests.scenarios.numbers import LANES_MAX, Serials, fen, yuan
from loadtests.scenarios.session import Town
from loadtests.scenarios.signatures import check_signature, read_keys
from loadtests.scenarios.world import BadWorld, read

KEY = SigningKey.generate()
KEYS = read_keys(jwks([KEY.public_jwk()]))
BILL = {"medfee_sumamt": "10.00", "hifp_pay": "7.50", "psn_cash_pay": "2.50", "drug_fee": "10.00"}
BILL |= {"dati_fee": "0.00", "ms_fee": "0.00"}


def ask(check: Callable[[dict[str, Any]], None] | None = None, *, is_jiangsu: bool = True) -> Ask:
    return Ask(
        name="2207", path="/in/H1", headers={}, body=b"{}", is_jiangsu=is_jiangsu, is_settlement=True, check=check
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("world")
    write(build(1), folder)
    return Town.of(read(folder))


@given(st.integers(-(10**14), 10**14))
def test_money_goes_to_text_and_back(amount_fen: int) -> None:
    """To the fen, whatever the sign."""
    assert fen(yuan(amount_fen)) == amount_fen


@pytest.mark.parametrize("text", ["", "1.234", "1,00", "١.00", "1e2", "-", ".5", " 1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="no amount"):
        fen(text)


def test_no_number_is_given_twice() -> None:
    """Not within a second, not past its thousand, not when the clock stands or steps back, not in another lane."""
    times = iter([100.0] * 2_501 + [99.0] * 10 + [103.5] * 10)
    one = Serials(0, clock=lambda: next(times))
    other = Serials(9, clock=lambda: 100.0)
    given_out = [one.next() for _ in range(2_520)] + [other.next() for _ in range(2_500)]

    assert len(set(given_out)) == len(given_out)
    assert all(len(number) == 18 and number.isdigit() for number in given_out)


def test_a_run_takes_no_number_of_one_that_has_just_ended() -> None:
    """Not even where it begins in the same second."""
    times = iter([100.2, 101.3, 101.9])
    ended = Serials(0, clock=lambda: next(times))
    before = [ended.next(), ended.next()]
    begun = Serials(0, clock=lambda: 101.95)

    assert begun.next() not in before


def test_a_lane_that_is_none_is_refused() -> None:
    """It would take another's numbers."""
    with pytest.raises(ValueError, match="lane 10"):
        Serials(LANES_MAX)


def test_an_attendance_has_eight_lines_in_the_median(town: Town) -> None:
    """And never the same item twice, nor more than sixty."""
    draw = Random(1)
    drawn = [rows_of(draw, town.items) for _ in range(2_000)]

    assert 7 <= median(len(rows) for rows in drawn) <= 9
    assert max(len(rows) for rows in drawn) <= 60
    assert all(len({row.code for row in rows}) == len(rows) for rows in drawn)


@pytest.mark.parametrize("field", BILL)
def test_a_bill_that_is_a_fen_off_is_wrong(field: str) -> None:
    """Whichever of the six sums it is; the right bill passes."""
    told = {"infcode": "0", "output": BILL}
    off = {"infcode": "0", "output": BILL | {field: yuan(fen(BILL[field]) + 1)}}

    assert judge(ask(billed(1_000)), 200, json.dumps(told).encode()).refused is None
    with pytest.raises(Wrong, match="fen, should be"):
        judge(ask(billed(1_000)), 200, json.dumps(off).encode())


@pytest.mark.parametrize("name", ["charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen"])
def test_a_settlement_that_is_a_fen_off_is_wrong(name: str) -> None:
    """Its four shares sum to the charge, and the charge is what was sent."""
    sums = {"charged_fen": 1_000, "fund_fen": 700, "worker_fen": 200, "employer_fen": 60, "provider_fen": 40}
    answer = {"sums": sums, "lines": [{"charged_fen": 400}, {"charged_fen": 600}]}
    off = answer | {"sums": sums | {name: sums[name] + 1}}
    native = ask(settled(1_000), is_jiangsu=False)

    assert judge(native, 200, json.dumps(answer).encode()).refused is None
    with pytest.raises(Wrong, match="fen, should be"):
        judge(native, 200, json.dumps(off).encode())


JUDGED = {
    # (jiangsu, status, body) → refused as, or None where it is wrong
    (True, 200, '{"infcode":"-1","err_msg":"未签到"}'): "未签到",
    (True, 200, '{"infcode":"7"}'): None,
    (True, 200, "not json"): None,
    (True, 200, '{"infcode":"0","output":{}}'): None,
    (True, 503, '{"infcode":"-1"}'): None,
    (False, 422, '{"faults":[{"code":"item.unknown"}]}'): "item.unknown",
    (False, 409, '{"code":"visit.exists"}'): "visit.exists",
    (False, 401, '{"code":"caller.unknown"}'): None,
    (False, 400, '{"code":"json.broken"}'): None,
    (False, 429, "{}"): None,
}


@pytest.mark.parametrize("case", JUDGED)
def test_a_refusal_is_no_failure_and_a_failure_is_no_refusal(case: tuple[bool, int, str]) -> None:
    """Business refusals of either door are told; anything else that is not done is wrong."""
    is_jiangsu, status, body = case
    sent = ask(billed(1_000) if is_jiangsu else settled(1_000), is_jiangsu=is_jiangsu)

    if JUDGED[case] is None:
        with pytest.raises(Wrong):
            judge(sent, status, body.encode())
    else:
        assert judge(sent, status, body.encode()).refused == JUDGED[case]


def signed(body: bytes, **changed: Any) -> dict[str, str]:
    about = {
        "status": 200,
        "body": body,
        "request_digest": content_digest(b"{}"),
        "method": "POST",
        "path": "/in/H1",
        "request_content_digest": None,
        "created": 1_790_000_000,
    }
    headers = sign_response(KEY, **(about | changed))
    return {name.lower(): value for name, value in headers.items()}


TAMPERINGS: dict[str, Callable[[dict[str, str], bytes], tuple[int, dict[str, str], bytes]]] = {
    "another status": lambda headers, body: (409, headers, body),
    "another body": lambda headers, body: (200, headers, body + b" "),
    "another body with its digest": lambda headers, _body: (
        200,
        headers | {"content-digest": content_digest(b"[]")},
        b"[]",
    ),
    "no signature": lambda headers, body: (200, {**headers, "signature": ""}, body),
    "another request's": lambda _headers, body: (200, signed(body, request_digest=content_digest(b"[]")), body),
    "another path's": lambda _headers, body: (200, signed(body, path="/in/H2"), body),
    "no request covered": lambda _headers, body: (200, signed(body, method=None, path=None), body),
    "a key nobody published": lambda headers, body: (
        200,
        headers | {"signature-input": headers["signature-input"].replace(KEY.kid, "A" * 43)},
        body,
    ),
    "a signature of nothing": lambda headers, body: (200, headers | {"signature": "gateway=:AAAA:"}, body),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_an_answer_that_is_not_signed_over_its_request_is_wrong(name: str) -> None:
    """The true answer passes; each tampering is caught."""
    body = b'{"infcode":"0"}'
    check_signature(KEYS, ask(), 200, signed(body), body)

    status, headers, tampered = TAMPERINGS[name](signed(body), body)
    with pytest.raises(Wrong):
        check_signature(KEYS, ask(), status, headers, tampered)


def test_a_world_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    """Which file, where in it, and how to make it."""
    with pytest.raises(BadWorld, match=r"world\.json: No such file.*gateway world"):
        read(tmp_path)
    (tmp_path / "world.json").write_text('{"seed": "one"}')
    with pytest.raises(BadWorld, match=r"\$\.seed.*gateway world"):
        read(tmp_path)


def test_shapes_are_what_they_are_called() -> None:
    """Stairs rise evenly to all users, soak stays at 70 % after its ramp, a spike comes and goes."""
    times = [number / 1_000 for number in range(1_000)]

    assert sorted({stairs(at) for at in times}) == [step / 8 for step in range(1, 9)]
    assert [stairs(at) for at in times] == sorted(stairs(at) for at in times)
    assert {soak(at) for at in times if at >= 0.05} == {0.7}
    assert (spike(0.1), spike(0.5), spike(0.9)) == (0.2, 1.0, 0.2)

"""A kept file proves what it says, in plain words, or says what failed and where."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.signing.errors import Malformed, Mismatch, NotCovered, SignatureError
from gateway.signing.message import content_digest
from gateway.signing.receipts import sign_receipt
from gateway.signing.verify import FILE_BYTES_MAX, Proof, prove
from gateway.signing.wording import yuan
from tests.signing.samples import (
    ANSWER,
    ANSWER_BODY,
    KEY,
    KEYS,
    RECEIPT,
    REQUEST_BODY,
    receipt_with,
    saved_answer,
    signed_headers,
)

SAVED = saved_answer()
REQUEST: dict[str, Any] = {"method": "POST", "path": "/v1/bills"}


def proved(saved: dict[str, object]) -> Proof:
    return prove(json.dumps(saved).encode(), KEYS)


def with_headers(**headers: str) -> dict[str, str]:
    return {**signed_headers(), **headers}


def test_a_receipt_file_says_who_what_how_much_and_when() -> None:
    """Key, provider, message, sums in yuan and instants stand in both languages, and so does what is not proved."""
    proof = prove(sign_receipt(KEY, RECEIPT).encode() + b"\n", KEYS)

    assert proof.receipt == RECEIPT
    for words in ("\n".join(proof.zh), "\n".join(proof.en)):
        for said in (KEY.kid, "H32110000001", "m-1", "S1", "1234.56", "900.00", "300.00", "30.00", "4.56", "20.00"):
            assert said in words
        assert "2026-01-01T00:00:00.123456Z" in words
        assert "jiangsu_injury-1" in words
    assert any(line.startswith("不证明") for line in proof.zh)
    assert any(line.startswith("Not proved") for line in proof.en)


def test_a_cancellation_names_what_it_undoes() -> None:
    """Its sums are negative, and its original stands in both languages."""
    sums = {"charged_fen": -5, "fund_fen": -5, "worker_fen": 0, "employer_fen": 0, "provider_fen": 0}
    receipt = receipt_with(kind="cancellation", settlement_id="S2", original_settlement_id="S1", **sums)

    proof = prove(sign_receipt(KEY, receipt).encode(), KEYS)

    assert "针对原结算 S1" in "\n".join(proof.zh)
    assert "undoes settlement S1" in "\n".join(proof.en)
    assert "-0.05" in "\n".join(proof.en)


@given(st.data())
def test_a_receipt_file_with_any_byte_changed_is_refused(data: st.DataObject) -> None:
    """Anywhere in the file, the last newline included, to any other value."""
    content = bytearray(sign_receipt(KEY, RECEIPT).encode() + b"\n")
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda octet: octet != content[place]))

    with pytest.raises(SignatureError):
        prove(bytes(content), KEYS)


@pytest.mark.parametrize("around", [b"%b\n\n", b" %b", b"%b ", b"%b\r\n", b"\xef\xbb\xbf%b", b"\n%b", b"%b\n."])
def test_a_receipt_file_holds_nothing_else(around: bytes) -> None:
    """One newline at its end is all that may stand beside the receipt."""
    with pytest.raises(Malformed):
        prove(around % sign_receipt(KEY, RECEIPT).encode(), KEYS)


def test_a_saved_answer_is_proved_with_its_request_and_its_receipt() -> None:
    """Signature, request body, receipt and the receipt's digest of this body all hold, and are said to."""
    proof = proved(saved_answer())

    assert proof.receipt == RECEIPT
    assert proof.response is not None
    assert proof.response.path == "/v1/bills"
    assert "the saved request's body has it" in "\n".join(proof.en)
    assert "this very answer's" in "\n".join(proof.en)
    assert "同一份请求" in "\n".join(proof.zh)
    assert "2026-01-01T00:00:00Z" in proof.zh[0]


def test_text_and_base64_bodies_prove_the_same() -> None:
    """A body may be saved either way, in answer and request."""
    saved = saved_answer(
        body=ANSWER_BODY.decode(),
        request={"method": "POST", "path": "/v1/bills", "body_base64": base64.b64encode(REQUEST_BODY).decode()},
    )
    del saved["body_base64"]

    assert "the saved request's body has it" in "\n".join(proved(saved).en)


def test_without_the_requests_body_the_proof_says_so() -> None:
    """The digest is shown but was compared with nothing."""
    proof = proved(saved_answer(request={"method": "POST", "path": "/v1/bills"}))

    assert "no request body was saved" in "\n".join(proof.en)
    assert "未比对" in "\n".join(proof.zh)


def test_an_unreadable_request_may_be_left_out() -> None:
    """A signed 400 below the middleware has no method or path, and proves itself."""
    headers = signed_headers(status=400, body=b"", request_digest="unread", method=None, path=None)

    proof = proved({"status": 400, "headers": headers, "body": ""})

    assert "未被读取" in "\n".join(proof.zh)
    assert "not known" in "\n".join(proof.en)
    assert proof.receipt is None


def test_a_repeat_is_told_from_the_first_request() -> None:
    """A replayed answer carries the first request's receipt: valid, and said to be so."""
    again = b'{"visit_no":"V1","inf_time":"later"}'
    headers = with_headers(
        **signed_headers(request_digest=content_digest(again)), **{"Settlement-Receipt": sign_receipt(KEY, RECEIPT)}
    )
    saved = saved_answer(headers=headers, request={"method": "POST", "path": "/v1/bills", "body": again.decode()})

    assert "this is a repeat" in "\n".join(proved(saved).en)


@pytest.mark.parametrize(
    "body",
    [
        b"MSH|^~\\&|",
        b'{"infcode":"0"}',
        b"[1]",
        b'{"answer":"SettlementFound"}',
        b'{"answer":"Settled","answer":"Settled"}',
    ],
)
def test_a_dialects_body_is_not_compared_and_the_proof_says_so(body: bytes) -> None:
    """The receipt holds by itself; that it digests this body is not claimed."""
    headers = {**signed_headers(body=body), "Settlement-Receipt": sign_receipt(KEY, RECEIPT)}

    proof = proved(saved_answer(headers=headers, body_base64=base64.b64encode(body).decode()))

    assert "not compared" in "\n".join(proof.en)
    assert "未与回执" in "\n".join(proof.zh)


def test_a_native_body_with_its_receipt_in_it_is_compared_without_it() -> None:
    """The member `receipt` is no part of the digest, and spelling does not matter."""
    body = json.dumps({"receipt": "x", **dict(reversed(ANSWER.items()))}, indent=1).encode()
    headers = {**signed_headers(body=body), "Settlement-Receipt": sign_receipt(KEY, RECEIPT)}

    proof = proved(saved_answer(headers=headers, body_base64=base64.b64encode(body).decode()))

    assert "this very answer's" in "\n".join(proof.en)


def test_another_answers_receipt_is_refused() -> None:
    """A true receipt beside a true answer that is not its own does not pass."""
    body = json.dumps({**ANSWER, "settlement_id": "S9"}).encode()
    headers = {**signed_headers(body=body), "Settlement-Receipt": sign_receipt(KEY, RECEIPT)}

    with pytest.raises(Mismatch) as caught:
        proved(saved_answer(headers=headers, body_base64=base64.b64encode(body).decode()))

    assert caught.value.where == "header:Settlement-Receipt"


@pytest.mark.parametrize(
    ("change", "error", "where"),
    [
        ({"status": 201}, SignatureError, "header:Signature"),
        ({"status": "200"}, Malformed, "file"),
        ({"note": "x"}, Malformed, "file"),
        ({"headers": {}}, Malformed, "header:Signature-Input"),
        ({"body_base64": "e30="}, Mismatch, "header:Content-Digest"),
        ({"body_base64": "e30"}, Malformed, "/body_base64"),
        ({"body_base64": None}, Malformed, "/body"),
        ({"body": "x"}, Malformed, "/body"),
        ({"body": "\ud800", "body_base64": None}, Malformed, "/body"),
        ({"request": None}, NotCovered, "header:Signature-Input"),
        ({"request": {"path": "/v1/bills"}}, Malformed, "file"),
        ({"request": {**REQUEST, "x": 1}}, Malformed, "file"),
        ({"request": {**REQUEST, "path": "/v1/visits"}}, SignatureError, "header:Signature"),
        ({"request": {**REQUEST, "body": "another"}}, Mismatch, "header:Request-Digest"),
        ({"request": {**REQUEST, "body": "x", "body_base64": "eA=="}}, Malformed, "/request/body"),
        ({"request": {**REQUEST, "content_digest": "sha-256=:x:"}}, NotCovered, "header:Signature-Input"),
    ],
)
def test_a_saved_answer_that_does_not_hold_is_refused(
    change: dict[str, object], error: type[SignatureError], where: str
) -> None:
    """Each fault is named by the member or header that shows it."""
    with pytest.raises(error) as caught:
        proved(saved_answer(**change))

    assert caught.value.where == where


@given(st.data())
def test_a_saved_answer_with_a_changed_byte_proves_nothing_else(data: st.DataObject) -> None:
    """Whatever one byte becomes, the file is refused or proves the very same."""
    content = bytearray(json.dumps(SAVED).encode())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    try:
        proof = prove(bytes(content), KEYS)
    except SignatureError:
        return

    whole = proved(SAVED)
    assert proof.response == whole.response
    assert proof.receipt is None or proof.receipt == whole.receipt


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{}",
        b'{"status":NaN}',
        b'{"status":1,"status":1}',
        pytest.param(b'{"a":' * 100_000, id="deep"),
        b"\xff{",
        b"{\xff}",
    ],
)
def test_nonsense_is_refused(content: bytes) -> None:
    """Neither broken JSON nor doubled names, NaN or depth crash the reader."""
    with pytest.raises(Malformed):
        prove(content, KEYS)


def test_a_file_over_the_limit_is_refused() -> None:
    """The bound stands in the message."""
    with pytest.raises(Malformed, match=str(FILE_BYTES_MAX)):
        prove(bytes(FILE_BYTES_MAX + 1), KEYS)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123456, "1234.56"), (-100, "-1.00")]
)
def test_fen_are_shown_as_yuan(fen: int, text: str) -> None:
    """Two decimals, sign in front."""
    assert yuan(fen) == text

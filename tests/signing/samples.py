"""Keys, receipts and answers that the tests of signing start from."""

import base64
import json
from hashlib import sha256

import msgspec

from gateway.signing.keys import KeySet, SigningKey
from gateway.signing.message import content_digest, sign_response
from gateway.signing.receipts import Receipt, answer_digest, sign_receipt

KEY = SigningKey.generate()
KEYS: KeySet = {KEY.kid: KEY.public_key()}
CREATED = 1_767_225_600

REQUEST_BODY = '{"visit_no":"V1","备注":"工伤"}'.encode()
ANSWER: dict[str, object] = {"answer": "Settled", "settlement_id": "S1", "name": "测试甲", "sums": {"fund_fen": 90_000}}
ANSWER_BODY = json.dumps(ANSWER, ensure_ascii=False).encode()

RECEIPT = Receipt(
    kind="settlement",
    provider_code="H32110000001",
    message_id="m-1",
    settlement_id="S1",
    original_settlement_id=None,
    visit_no="V1",
    bill_no="B1",
    request_digest=sha256(REQUEST_BODY).hexdigest(),
    content_digest=sha256(b"content").hexdigest(),
    answer_digest=answer_digest(ANSWER),
    charged_fen=123_456,
    fund_fen=90_000,
    worker_fen=30_000,
    employer_fen=3_000,
    provider_fen=456,
    benefits_fen=2_000,
    versions={"catalog": 3, "policy": 1, "providers": 2, "matches": 5, "adapter": "jiangsu_injury-1"},
    settlement_day="2026-01-01",
    settled_at="2026-01-01T00:00:00.123456Z",
    issued_at="2026-01-01T00:00:01Z",
)


def receipt_with(**changes: object) -> Receipt:
    return msgspec.structs.replace(RECEIPT, **changes)


def signed_headers(**changes: object) -> dict[str, str]:
    asked: dict[str, object] = {
        "status": 200,
        "body": ANSWER_BODY,
        "request_digest": content_digest(REQUEST_BODY),
        "method": "POST",
        "path": "/v1/bills",
        "request_content_digest": None,
        "created": CREATED,
    }
    return sign_response(KEY, **{**asked, **changes})


def saved_answer(**changes: object) -> dict[str, object]:
    """A saved answer as the JSON object of its file; changes replace top-level members."""
    saved: dict[str, object] = {
        "status": 200,
        "headers": {
            **signed_headers(),
            "Content-Type": "application/json",
            "settlement-receipt": sign_receipt(KEY, RECEIPT),
        },
        "body_base64": base64.b64encode(ANSWER_BODY).decode(),
        "request": {"method": "POST", "path": "/v1/bills", "body": REQUEST_BODY.decode()},
    }
    return {**saved, **changes}

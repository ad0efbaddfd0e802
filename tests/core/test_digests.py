"""Digests: the same content has one digest, other content another."""

from msgspec.structs import replace

from gateway.core.digests import decision_sha256, request_sha256
from schemas.requests import UploadItems
from tests.core.world import ITEM, decide

UPLOAD = UploadItems(visit_no="1", items=(ITEM,))


def test_content_has_one_digest() -> None:
    """Equal requests agree; one fen more is another request."""
    other = replace(UPLOAD, items=(replace(ITEM, amount_fen=100_01),))

    assert request_sha256(UPLOAD) == request_sha256(UploadItems(visit_no="1", items=(replace(ITEM),)))
    assert request_sha256(UPLOAD) != request_sha256(other)
    assert len(request_sha256(UPLOAD)) == 64


def test_a_decision_has_one_digest() -> None:
    """It covers findings and versions."""
    assert decision_sha256(decide(ITEM)) == decision_sha256(decide(ITEM))
    assert decision_sha256(decide(ITEM)) != decision_sha256(decide(ITEM, versions={"catalog": 2}))
    assert decision_sha256(decide(ITEM)) != decision_sha256(decide(replace(ITEM, self_paid=True)))

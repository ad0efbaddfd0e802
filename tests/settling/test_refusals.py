"""A refusal's words are kept sealed and bounded, and open for their own message only."""

import pytest

from gateway.settling.refusals import BYTES_MAX, FAULTS_KEPT_MAX, open_refusal, seal_refusal
from gateway.store.errors import SealBroken
from gateway.store.sealing import Seals
from schemas.problems import Fault, Refused

SEALS = Seals(seal_keys={1: bytes(range(32))}, current=1, index_key=bytes(range(32, 64)))


def fault(number: int, text: str = "不符") -> Fault:
    return Fault(pointer=f"/items/{number}", code="item.x", zh=text, en=text, cure_zh="更正", cure_en="mend")


def row(sealed: bytes | None, message_id: str = "M1") -> dict[str, object]:
    return {"provider_code": "H1", "message_id": message_id, "faults_sealed": sealed}


@pytest.mark.parametrize(
    ("faults", "kept"),
    [
        ([fault(1)], 1),
        ([fault(number) for number in range(FAULTS_KEPT_MAX + 1)], FAULTS_KEPT_MAX),
        ([fault(number, "x" * (BYTES_MAX // 20)) for number in range(20)], 5),
        ([fault(1, "x" * BYTES_MAX)], 0),
    ],
)
def test_what_is_kept_is_bounded_and_counted(faults: list[Fault], kept: int) -> None:
    """The first faults, as many as fit; how many there were is always told."""
    sealed = seal_refusal(SEALS, "H1", "M1", Refused(*faults))
    opened = open_refusal(SEALS, row(sealed))

    assert opened is not None
    assert opened.faults == tuple(faults[:kept])
    assert opened.count == len(faults)
    assert "不符".encode() not in sealed


def test_another_messages_words_do_not_open() -> None:
    """A seal moved to another row is broken; a row older than the column has nothing to open."""
    sealed = seal_refusal(SEALS, "H1", "M1", Refused(fault(1)))

    with pytest.raises(SealBroken):
        open_refusal(SEALS, row(sealed, "M2"))
    assert open_refusal(SEALS, row(None)) is None

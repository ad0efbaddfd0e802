"""Frames out of whatever pieces they arrive in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mllp.framing import Frames, framed
from schemas.problems import GatewayError

BLOCKS = st.lists(st.binary(max_size=60).filter(lambda block: not {0x0B, 0x1C} & set(block)), max_size=6)


def taken(frames: Frames, pieces: list[bytes]) -> list[bytes]:
    blocks = []
    for piece in pieces:
        frames.feed(piece)
        while (block := frames.next()) is not None:
            blocks.append(block)
    return blocks


@given(BLOCKS, st.data())
def test_blocks_arrive_whole_however_they_are_cut(blocks: list[bytes], data: st.DataObject) -> None:
    """Any cutting of the stream, down to single bytes, gives the same blocks in the same order."""
    between = data.draw(st.sampled_from([b"", b"\r\n", b"\n"]))
    raw = b"".join(framed(block) + between for block in blocks)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    frames = Frames(60)

    assert taken(frames, pieces) == blocks
    assert taken(Frames(60), [raw[place : place + 1] for place in range(len(raw))]) == blocks
    assert not frames.is_open


@given(st.binary(max_size=200))
def test_noise_is_blocks_or_a_refusal(noise: bytes) -> None:
    """Whatever arrives: blocks, more to come, or a refusal with words; what is held never passes its bound."""
    frames, refusals = Frames(50), []
    try:
        taken(frames, [noise[place : place + 7] for place in range(0, len(noise), 7)])
    except GatewayError as error:
        refusals.append(error.faults[0])

    assert all(fault.code.startswith("mllp.") and fault.zh and fault.cure_en for fault in refusals)
    assert frames.held_bytes <= 50 + 7 + 2


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"x", "mllp.not_a_frame"),
        (b"\x1c\r", "mllp.not_a_frame"),
        (b"\x0bone\x1c\r \x0btwo\x1c\r", "mllp.not_a_frame"),
        (b"\x0bone\x0btwo\x1c\r", "mllp.cut_off"),
        (b"\x0bone\x1c\n", "mllp.frame_end"),
        (b"\x0bone\x1c\x1c\r", "mllp.frame_end"),
        (b"\x0b" + b"x" * 51, "mllp.frame_too_large"),
        (b"\x0b" + b"x" * 51 + b"\x1c\r", "mllp.frame_too_large"),
    ],
)
def test_what_is_no_frame_has_a_name(raw: bytes, code: str) -> None:
    """Each way to be out of step is told apart."""
    frames = Frames(50)
    with pytest.raises(GatewayError) as refusal:
        taken(frames, [raw])

    assert refusal.value.faults[0].code == code


def test_a_long_frame_is_not_scanned_again_with_each_piece() -> None:
    """Eight million bytes in small pieces are taken in time that grows with their number only."""
    frames = Frames(8 * 2**20)
    frames.feed(b"\x0b")
    for _ in range(2**13):
        frames.feed(b"x" * 1_000)
        assert frames.next() is None
    frames.feed(b"\x1c\r")

    assert len(frames.next() or b"") == 2**13 * 1_000

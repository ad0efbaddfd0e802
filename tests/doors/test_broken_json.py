"""JSONTestSuite and raw garbage before a real process: a signed answer to each, and nothing settles."""

import asyncio

import pytest

from tests.cases import cases_folder
from tests.city import HOSPITAL, TOKENS
from tests.doors.senders import Answer, Asked, Door, Sender, to_jiangsu, to_v1

pytestmark = pytest.mark.asyncio(loop_scope="module")
AUTHORIZED = f"Host: g\r\nAuthorization: Bearer {TOKENS[HOSPITAL]}\r\n".encode()


def suite(prefix: str) -> dict[str, bytes]:
    folder = cases_folder() / "bad-input" / "JSONTestSuite"
    found = {file.name: file.read_bytes() for file in sorted(folder.rglob(f"{prefix}_*.json"))}
    assert found, folder
    return found


def at_both_doors(texts: dict[str, bytes]) -> list[tuple[str, Asked]]:
    """Return each text as a message to each door."""
    native = [
        (name, to_v1("POST", "/v1/bills", text, message_id=f"N-{i}")) for i, (name, text) in enumerate(texts.items())
    ]
    return native + [(name, to_jiangsu(text)) for name, text in texts.items()]


async def settled(door: Door) -> int:
    async with door.database() as database:
        return int(await database.fetchval("SELECT count(*) FROM settlement"))


async def answers(door: Door, asked: list[tuple[str, Asked]]) -> list[tuple[str, Asked, Answer]]:
    async def one(sender: Sender, named: tuple[str, Asked]) -> tuple[str, Asked, Answer]:
        return (*named, await sender.send(named[1]))

    return await door.each(asked, one)


async def test_every_text_that_is_no_json_is_refused_signed(door: Door) -> None:
    """Each `n_` file, at both doors: a signed refusal that says where, never a 5xx, never a settlement."""
    for name, asked, answer in await answers(door, at_both_doors(suite("n"))):
        if asked.path == "/v1/bills":
            assert answer.status in (400, 413), (name, answer)
            faults = answer.json["faults"]
            assert faults, name
            assert all(fault["code"] and fault["zh"] and fault["en"] for fault in faults), name
        else:
            assert answer.status in (200, 413), (name, answer)
            assert answer.json["infcode"] == "-1", name
            assert answer.json["err_msg"], name

    assert await settled(door) == 0


@pytest.mark.parametrize("prefix", ["i", "y"])
async def test_every_other_text_is_answered_signed(door: Door, prefix: str) -> None:
    """Each `i_` and `y_` file is JSON or may be: no bill stands in any of them, so none settles."""
    for name, _, answer in await answers(door, at_both_doors(suite(prefix))):
        assert answer.status < 500, (name, answer)
        assert answer.json.get("infcode", "-1") == "-1", name
        assert answer.status != 200 or "infcode" in answer.json, name

    assert await settled(door) == 0


@pytest.mark.parametrize(
    ("garbage", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"\x00\xff\xfe\x80" * 100 + b"\r\n\r\n", 400),
        (b"MSH|^~\\&|HIS|H1\rPID|1\r\r\n\r\n", 400),
        (b"^20241201^2207^\r\n\r\n", 400),
        (b"POST /v1/bills HTTP/1.1\r\n" + AUTHORIZED + b"X-Long: " + b"a" * 70_000 + b"\r\n\r\n", 413),
        (b"POST /v1/" + b"b" * 70_000 + b" HTTP/1.1\r\n" + AUTHORIZED + b"\r\n", 413),
        (b"POST /v1/bills HTTP/1.1\r\n" + AUTHORIZED + b"X-Many: 1\r\n" * 2_000 + b"\r\n", 413),
        (b"POST /v1/bills HTTP/1.1\r\n" + AUTHORIZED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (
            b"POST /v1/bills HTTP/1.1\r\n" + AUTHORIZED + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n",
            400,
        ),
        (b"POST /v1/bills HTTP/1.1\r\n" + AUTHORIZED + b"Content-Length: x\r\n\r\n{}", 400),
        (b"POST /v1/bills HTTP/1.1\r\nBad\x00Name: 1\r\n" + AUTHORIZED + b"\r\n", 400),
    ],
)
async def test_what_is_no_request_is_answered_signed(door: Door, garbage: bytes, status: int) -> None:
    """G8: raw garbage, over-long heads and bad chunks get a signed answer whose Request-Digest says unread."""
    wire = await door.wire()
    wire.send(garbage)

    answer = await wire.answer()

    assert answer.status == status
    assert answer.headers["Request-Digest"] == "unread"
    assert await wire.is_closed()
    await wire.close()


async def test_a_chunk_that_breaks_after_the_head_is_answered_signed(door: Door) -> None:
    """Half a body, then a broken chunk: the answer names method and path, and nothing was read."""
    wire = await door.wire()
    wire.send(b"POST /v1/bills HTTP/1.1\r\n" + AUTHORIZED + b'Transfer-Encoding: chunked\r\n\r\n3\r\n{"v\r\n')
    await asyncio.sleep(0.2)
    wire.send(b"no size\r\n")

    answer = await wire.answer("POST", "/v1/bills")

    assert answer.status == 400
    assert answer.headers["Request-Digest"] == "unread"
    await wire.close()
    async with door.sender() as sender:
        assert (await sender.send(to_v1("GET", "/livez", None))).status == 200

"""What is no request, or comes slowly, or stops: a signed answer where one can still be sent."""

import asyncio

import pytest

from tests.web.conftest import Serve, Served
from tests.web.fixed_house import CENTRE, TOKENS
from tests.web.wire import request

CHUNKED = (
    f"POST /v1/bills HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {TOKENS[CENTRE]}\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
).encode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"GET\r\n\r\n", 400),
        (b"\x00" * 64 + b"\r\n\r\n", 400),
        (b"FROBNICATE / HTTP/1.1\r\nHost: g\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: g\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: g\r\nHost: h\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: g\r\nNo colon\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: g\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: g\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: g\r\nX-Long: " + b"a" * 9000 + b"\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: g\r\n" + b"X-Many: 1\r\n" * 100 + b"\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: g\r\nX-Endless: " + b"a" * 300_000, 413),
        (CHUNKED + b"zz\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET / HTTP/1.1 HTTP/1.1\r\nHost: g\r\n\r\n", 400),
    ],
)
async def test_what_is_not_http_is_refused_signed(served: Served, raw: bytes, status: int) -> None:
    """G8: garbage, bad heads, over-long heads and bad chunks get a signed problem, then the socket closes."""
    wire = await served.wire()
    wire.send(raw)

    answer = await wire.answer()

    assert answer.status == status
    assert answer.headers["Request-Digest"] == "unread"
    assert answer.signed.method is None
    assert answer.headers["Connection"] == "close"
    assert await wire.is_closed()


async def test_a_chunk_that_breaks_later_is_told_to_its_request(served: Served) -> None:
    """Once the head was read, the answer to a broken body names method and path; the house never sees it."""
    wire = await served.wire()
    wire.send(CHUNKED + b"3\r\nabc\r\n")
    await asyncio.sleep(0.05)
    wire.send(b"not a size\r\n")

    answer = await wire.answer("POST", "/v1/bills")

    assert (answer.status, answer.code) == (400, "http.body_cut_off")
    assert answer.signed.path == "/v1/bills"
    assert await wire.is_closed()
    assert served.house.started == []


async def test_chunks_arrive_whole(served: Served) -> None:
    """A body in well-formed chunks is put together."""
    wire = await served.wire()
    wire.send(CHUNKED + b"3\r\nabc\r\n")
    await asyncio.sleep(0.02)
    wire.send(b"2\r\nde\r\n0\r\n\r\n")

    answer = await wire.answer("POST", "/v1/bills", body=b"abcde")

    assert answer.body.endswith(b"abcde")


async def test_a_body_cut_off_is_answered(served: Served) -> None:
    """A caller that closes its sending side too early is told that nothing was done."""
    wire = await served.wire()
    wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], headers={"Content-Length": "9"}, body=b"abc"))
    await asyncio.sleep(0.05)
    wire.close_sending()

    answer = await wire.answer("POST", "/v1/bills")

    assert (answer.status, answer.code) == (400, "http.body_cut_off")
    assert served.house.started == []


async def test_a_head_cut_off_is_answered(served: Served) -> None:
    """Half a head and then nothing is a malformed message."""
    wire = await served.wire()
    wire.send(b"GET /livez HTTP/1.1\r\nHo")
    await asyncio.sleep(0.05)
    wire.close_sending()

    assert (await wire.answer()).status == 400
    assert await wire.is_closed()


async def test_a_caller_that_only_stopped_sending_gets_its_answer(served: Served) -> None:
    """Half-closed sockets, as `nc` leaves them, are answered, all requests on them."""
    wire = await served.wire()
    wire.send(request("GET", "/livez") + request("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"a"))
    wire.close_sending()

    assert (await wire.answer("GET", "/livez")).status == 200
    assert (await wire.answer("POST", "/v1/bills", body=b"a")).status == 200
    assert await wire.is_closed()


async def test_a_slow_body_is_cut(serve: Serve) -> None:
    """A body that drips past its time is refused, and its place is free again."""
    served = await serve(body_read_seconds_max=0.1)
    wire = await served.wire()
    wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], headers={"Content-Length": "1000"}, body=b"a"))

    answer = await wire.answer("POST", "/v1/bills")

    assert (answer.status, answer.code) == (400, "http.body_too_slow")
    assert served.edge._room.in_flight == 0
    assert served.edge._shelf.held_bytes == 0


async def test_a_slow_head_is_cut(serve: Serve) -> None:
    """A head that drips past its time is refused, however steadily it drips."""
    served = await serve(head_read_seconds_max=0.2)
    wire = await served.wire()
    for piece in (b"GET", b" /li", b"vez HT", b"TP/1.1\r\n", b"Host:"):
        wire.send(piece)
        await asyncio.sleep(0.05)

    answer = await wire.answer()

    assert (answer.status, answer.code) == (400, "http.head_too_slow")
    assert await wire.is_closed()


async def test_an_idle_connection_is_no_slow_head(serve: Serve) -> None:
    """A body's last bytes and blank lines between requests do not start the clock of a head."""
    served = await serve(head_read_seconds_max=0.1)
    wire = await served.wire()
    wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], headers={"Content-Length": "3"}, body=b"a"))
    await asyncio.sleep(0.02)
    wire.send(b"bc")
    assert (await wire.answer("POST", "/v1/bills", body=b"abc")).status == 200
    wire.send(b"\r\n")

    await asyncio.sleep(0.2)

    assert (await wire.ask("GET", "/livez")).status == 200


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_past_its_bound_is_refused(serve: Serve, is_chunked: bool) -> None:
    """Too large by Content-Length is refused unread; chunked, as soon as it is too large."""
    served = await serve(body_bytes_max=100_000)
    wire = await served.wire()
    body = b"a" * 300_000
    if is_chunked:
        wire.send(CHUNKED + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
    else:
        wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], body=body))

    answer = await wire.answer("POST", "/v1/bills")

    assert (answer.status, answer.code) == (413, "http.body_too_large")
    assert answer.headers["Request-Digest"] == "unread"
    assert served.edge._shelf.held_bytes == 0


async def test_a_refused_body_is_read_away_and_the_connection_goes_on(served: Served) -> None:
    """A body that nobody read cannot be taken for the next request."""
    wire = await served.wire()
    smuggled = request("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"smuggled")

    refused = await wire.ask("POST", "/v1/bills", token="nobodys", body=smuggled)
    after = await wire.ask("GET", "/livez")

    assert (refused.status, after.status) == (401, 200)
    assert served.house.started == []


async def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    """Forty requests in one segment get forty answers, each for its own request."""
    wire = await served.wire()
    bodies = [str(number).encode() for number in range(40)]
    wire.send(b"".join(request("POST", "/v1/bills", token=TOKENS[CENTRE], body=body) for body in bodies))

    answers = [await wire.answer("POST", "/v1/bills", body=body) for body in bodies]

    assert [answer.body.split()[-1] for answer in answers] == bodies


async def test_garbage_behind_a_request_waits_its_turn(served: Served) -> None:
    """The request under way is answered first, then the garbage is refused and the socket closes."""
    wire = await served.wire()
    wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"wait"))
    await asyncio.sleep(0.05)
    wire.send(b"\x00\x01garbage\r\n\r\n")
    await asyncio.sleep(0.05)
    served.house.gate.set()

    first = await wire.answer("POST", "/v1/bills", body=b"wait")
    second = await wire.answer()

    assert (first.status, second.status) == (200, 400)
    assert await wire.is_closed()


async def test_http_1_0_is_answered_and_closed(served: Served) -> None:
    """An old client gets its answer and the end of the connection."""
    wire = await served.wire()
    wire.send(b"GET /livez HTTP/1.0\r\n\r\n")

    answer = await wire.answer("GET", "/livez")

    assert answer.status == 200
    assert await wire.is_closed()


async def test_an_expecting_caller_is_told_to_go_on(served: Served) -> None:
    """Expect: 100-continue is met only after the caller is known."""
    wire = await served.wire()
    head = request("POST", "/v1/bills", token=TOKENS[CENTRE], headers={"Expect": "100-continue", "Content-Length": "2"})
    wire.send(head)
    assert await wire.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.send(b"{}")

    assert (await wire.answer("POST", "/v1/bills", body=b"{}")).status == 200
    stranger = await served.wire()
    stranger.send(request("POST", "/v1/bills", headers={"Expect": "100-continue", "Content-Length": "2"}))
    refused = await stranger.answer("POST", "/v1/bills")
    assert (refused.status, refused.headers["Connection"]) == (401, "close")


async def test_upgrade_and_connect_are_no_way_in(served: Served) -> None:
    """Asking for another protocol is answered like any request, and leaves HTTP as it is."""
    wire = await served.wire()

    asked = await wire.ask("GET", "/livez", headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    after = await wire.ask("GET", "/livez")

    assert (asked.status, after.status) == (200, 200)
    tunnel = await served.wire()
    tunnel.send(b"CONNECT example:443 HTTP/1.1\r\nHost: example:443\r\n\r\n")
    assert (await tunnel.answer("CONNECT", "example:443")).status == 404

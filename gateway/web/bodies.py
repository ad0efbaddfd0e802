"""Reading a request's body: within its bounds of bytes and seconds, as it came off the wire."""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.settings import WebSettings
from gateway.signing.message import content_digest
from gateway.web.limits import Ticket
from gateway.web.problems import body_too_large, cut_off, encoded_body, too_slow, unknown_expectation, wrong_digest

CUT_OFF = (web.RequestPayloadError, HttpProcessingError)
"""How the parser says that a body's framing broke."""


def check_head(headers: dict[str, str], body_bytes_max: int) -> None:
    """Refuse by the head alone: raises WireError for an encoding or expectation, TooLarge for a stated length."""
    encoding = headers.get("content-encoding")
    if encoding is not None and encoding.strip().lower() not in ("", "identity"):
        raise encoded_body(encoding)
    expectation = headers.get("expect")
    if expectation is not None and expectation.strip().lower() != "100-continue":
        raise unknown_expectation(expectation)
    length = headers.get("content-length")
    if length is not None and int(length) > body_bytes_max:
        raise body_too_large(body_bytes_max)


class CallerGone(Exception):
    """The connection broke while the body was read: there is nobody to answer."""


async def read_body(request: web.BaseRequest, settings: WebSettings, ticket: Ticket) -> bytes:
    """Return the whole body, its bytes held on the ticket.

    Raises TooLarge past the bound, WireError when it is cut off or slow, Busy when too much is held, CallerGone.
    """
    if request.content.exception() is None and request.content.is_eof() and "Expect" not in request.headers:
        return await _read(request, settings.body_bytes_max, ticket)
    try:
        async with asyncio.timeout(settings.body_read_seconds_max):
            await _continue(request)
            return await _read(request, settings.body_bytes_max, ticket)
    except TimeoutError:
        raise too_slow("body", settings.body_read_seconds_max) from None
    except CUT_OFF:
        raise cut_off() from None
    except ConnectionError:
        raise CallerGone from None


async def _continue(request: web.BaseRequest) -> None:
    """Tell a caller that waits for it to send the body (RFC 9110 §10.1.1)."""
    if "Expect" in request.headers and request.version >= (1, 1):
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


async def _read(request: web.BaseRequest, body_bytes_max: int, ticket: Ticket) -> bytes:
    chunks: list[bytes] = []
    held_bytes = 0
    while chunk := await request.content.readany():
        held_bytes += len(chunk)
        if held_bytes > body_bytes_max:
            raise body_too_large(body_bytes_max)
        ticket.hold(len(chunk))
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def check_digest(headers: dict[str, str], body: bytes) -> None:
    """Refuse a body that is not the one whose sha-256 the caller stated (RFC 9530)."""
    stated = headers.get("content-digest")
    if stated is None:
        return
    computed = content_digest(body)
    for member in stated.split(","):
        algorithm, _, value = member.strip().partition("=")
        if algorithm.lower() == "sha-256" and f"sha-256={value}" != computed:
            raise wrong_digest()

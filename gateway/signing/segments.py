"""The signature of an answer on a line without headers: the last segment of its frame, ZSG.

`ZSG|1|ES256|kid|created|request|signature`: created in seconds since 1970, request the hex SHA-256 of the message that
is answered or `unread`; signed is a first line, created, request, and every byte of the answer before the segment.
"""

import re
from hashlib import sha256

from gateway.signing.errors import Malformed, Mismatch
from gateway.signing.keys import KeySet, SigningKey, base64url, known_key, read_base64url, verify
from gateway.signing.message import UNREAD

_FIRST = b"settlement-gateway mllp answer\n"
_SEGMENT = re.compile(
    rb"ZSG\|1\|ES256\|(?P<kid>[A-Za-z0-9_-]{43})\|(?P<created>[0-9]{1,15})\|(?P<request>unread|[0-9a-f]{64})"
    rb"\|(?P<signature>[A-Za-z0-9_-]{86})\r\Z"
)


def request_digest_of(message: bytes | None) -> str:
    """Return what the signature says of the message that is answered; None is one that was not read."""
    return UNREAD if message is None else sha256(message).hexdigest()


def signed_segments(key: SigningKey, answer: bytes, message: bytes | None, created: int) -> bytes:
    """Return an answer with its signature as the last segment."""
    request = request_digest_of(message)
    signature = base64url(key.sign(_base(answer, created, request)))
    return answer + f"ZSG|1|ES256|{key.kid}|{created}|{request}|{signature}\r".encode()


def verify_segments(keys: KeySet, answer: bytes, message: bytes | None = None) -> int:
    """Check an answer's last segment and return when it was signed; message: what it must answer, None is any.

    Raises Malformed, UnknownKey, BadSignature, or Mismatch where it answers another message.
    """
    found = _SEGMENT.search(answer)
    if found is None:
        raise Malformed("ZSG", zh="没有签名段ZSG", en="there is no segment ZSG at the end")
    created, request = int(found["created"]), found["request"].decode()
    public = known_key(keys, found["kid"].decode(), where="ZSG-4")
    signature = read_base64url(found["signature"].decode(), where="ZSG-6")
    verify(public, signature, _base(answer[: found.start()], created, request), where="ZSG")
    if message is not None and request not in (UNREAD, request_digest_of(message)):
        raise Mismatch("ZSG-5", zh="签名的是对另一报文的答复", en="it answers another message")
    return created


def _base(answer: bytes, created: int, request: str) -> bytes:
    return _FIRST + f"{created}\n{request}\n".encode() + answer

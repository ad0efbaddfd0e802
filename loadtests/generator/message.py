"""One message ready to be sent, and what is expected of it."""

from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from loadtests import city

Expects: TypeAlias = Literal["settled", "refused", "rival"]
"""What must become of a message: done; refused; or, for a bill sent under several ids, that one of them is done."""


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """What the audit knows of a message. Bill and visit number are empty where it names no bill."""

    message_id: str
    provider: int
    """The provider's number in the city."""
    verb: Literal["SubmitBill", "Reverse"] = "SubmitBill"
    visit_no: str = ""
    bill_no: str = ""
    charged_fen: int = 0
    lines: int = 0
    kind: str = ""
    """What sort of traffic it stands for: outpatient, stay, faulty …"""
    expects: Expects = "settled"
    reverses: str = ""
    """The id of the message that this one reverses."""

    @property
    def provider_code(self) -> str:
        """The provider's code."""
        return city.provider_code(self.provider)


class Prepared(NamedTuple):
    """A message and its whole HTTP request."""

    message: Message
    request: bytes


def post(path: str, message: Message, body: bytes) -> Prepared:
    """Return a message with its POST request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {city.token(message.provider)}\r\n"
        f"Idempotency-Key: {message.message_id}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Prepared(message, head.encode("ascii") + body)

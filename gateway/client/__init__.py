"""A client for integrators: typed, sends a message again under its own id, and believes no unsigned answer.

    async with Client("https://gateway.example", token) as gateway:
        settled = await gateway.submit_bill(SubmitBill(visit=…, bill=…, items=…), message_id="HIS-20261101-000017")
        print(settled.answer.sums.fund_fen, settled.receipt)

`SyncClient` has the same methods for programs without an event loop. Every verb of the native door is a method that
takes the verb's canonical request (`schemas.requests`) and returns `Answered` with its canonical answer
(`schemas.answers`).
"""

from gateway.client.client import Client
from gateway.client.errors import (
    ClientError,
    Conflict,
    Malformed,
    NotAuthenticated,
    NotFound,
    Refused,
    Said,
    Unknown,
    Unverified,
)
from gateway.client.exchange import Heard, Patience
from gateway.client.sync import SyncClient
from gateway.client.verbs import Answered, Operator, Verbs

__all__ = [
    "Answered",
    "Client",
    "ClientError",
    "Conflict",
    "Heard",
    "Malformed",
    "NotAuthenticated",
    "NotFound",
    "Operator",
    "Patience",
    "Refused",
    "Said",
    "SyncClient",
    "Unknown",
    "Unverified",
    "Verbs",
]

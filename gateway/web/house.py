"""What the edge asks of the house behind it."""

from typing import Protocol

from gateway.path import NATIVE, Reply
from gateway.signing.keys import SigningKey
from gateway.web.pages.page import Page
from schemas.dialect import Inbound
from schemas.facts import Provider
from schemas.problems import GatewayError


class House(Protocol):
    """The application behind the edge."""

    def identify(self, token: str) -> Provider | None:
        """Return the provider whose token this is, in time that does not depend on the token."""

    async def receive(self, caller: Provider, dialect: str, message: Inbound) -> Reply:
        """Answer a message, its own refusals worded in the dialect; raises GatewayError for the edge to word."""

    async def receipt(self, caller: Provider, settlement_id: str) -> Reply:
        """Return the receipt (结算回执) of a settlement of this caller; raises NotFound for any other."""

    def refuse(self, error: GatewayError, caller: Provider | None, dialect: str, message: Inbound | None) -> Reply:
        """Word a refusal; caller and message are None where they are not known or were not read."""

    async def ready(self) -> dict[str, str]:
        """Return what keeps the house from answering, by name of the part; empty is ready."""

    def page(self, path: str) -> Page | None:
        """Return what integrators read at a path of the site: the interface's description, docs, problems."""

    def jwks(self) -> bytes:
        """Return the public keys as a JSON Web Key Set."""

    def key(self) -> SigningKey:
        """Return the key that signs now."""


__all__ = ["NATIVE", "House", "Reply"]

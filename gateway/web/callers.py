"""Who is calling; behind this seam signed requests will stand beside bearer tokens."""

import hmac
import re
from collections.abc import Mapping
from typing import Protocol

from gateway.web.house import House
from gateway.web.problems import unknown_caller
from schemas.facts import Provider

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]{1,512}=*)", re.IGNORECASE)
_NOBODY = "nobody"
"""Looked up where no token was sent, so that the time taken tells nothing."""


class Callers(Protocol):
    """Tells from a request's head who sent it."""

    def identify(self, headers: Mapping[str, str]) -> Provider:
        """Return the caller. headers: lower-case names. Raises NotAuthenticated."""


class BearerCallers:
    """Callers that send their provider's token as RFC 6750 says."""

    def __init__(self, house: House) -> None:
        self._house = house

    def identify(self, headers: Mapping[str, str]) -> Provider:
        """Return the provider of the bearer token; raises NotAuthenticated."""
        token = _BEARER.fullmatch(headers.get("authorization", ""))
        caller = self._house.identify(token[1] if token else _NOBODY)
        if token is None or caller is None:
            raise unknown_caller()
        return caller


def must_be(caller: Provider, provider_code: str) -> None:
    """Refuse a caller at another provider's door; whether that provider exists is not looked up (G10)."""
    if not hmac.compare_digest(caller.code.encode(), provider_code.encode()):
        raise unknown_caller()

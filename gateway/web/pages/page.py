"""One page of the site: its bytes, and the header fields that keep a browser to what stands on it."""

import base64
from hashlib import sha256

import msgspec
from msgspec import Struct

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere: what somebody slips into a page neither runs nor speaks to anyone."""


class Page(Struct, frozen=True, kw_only=True):
    """A page as it goes out."""

    content_type: str
    body: bytes
    etag: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the header fields beside it."""
        return {
            "ETag": self.etag,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": CONTENT_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }

    def is_among(self, known: str) -> bool:
        """Return whether the field If-None-Match names this page as it is (RFC 9110 §13.1.2)."""
        tags = (tag.strip().removeprefix("W/") for tag in known.split(","))
        return known.strip() == "*" or self.etag in tags


def page(content_type: str, body: bytes) -> Page:
    """Return a page of these bytes."""
    tag = base64.urlsafe_b64encode(sha256(body).digest()[:18]).decode()
    return Page(content_type=content_type, body=body, etag=f'"{tag}"')


def html(text: str) -> Page:
    """Return a page of HTML."""
    return page("text/html; charset=utf-8", text.encode())


def json(value: object) -> Page:
    """Return a page of JSON."""
    return page("application/json", msgspec.json.encode(value))

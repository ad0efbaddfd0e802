"""One request and what becomes of it: what the edge knows of it, for its answer, its signature and its log line."""

import time

from aiohttp import web

from gateway.signing.message import UNREAD, content_digest
from gateway.store.ids import new_id
from gateway.web.problems import bad_target
from schemas.dialect import Inbound
from schemas.facts import Provider

BODILESS = (204, 304)
"""Statuses whose answers have no body (RFC 9110 §6.4.1)."""


class Exchange:
    """A request on its way to its answer. method and path stay None where the request was not readable."""

    def __init__(self, request: web.BaseRequest) -> None:
        self.request = request
        self.request_id = str(new_id())
        self.started_s = time.perf_counter()
        self.method: str | None = None
        self.path: str | None = None
        self.query = ""
        self.headers: dict[str, str] = {}
        self.route = "unknown"
        self.caller: Provider | None = None
        self.dialect = "native"
        self.body: bytes | None = None
        self.must_close = False
        self.was_left = False
        """The caller was answered before the house was done."""

    def read_head(self) -> None:
        """Take method, path, query and headers from the request; raises WireError for a target that we do not take."""
        self.method = self.request.method
        self.headers = _folded(self.request)
        target = self.request.raw_path
        path, _, query = target.partition("?")
        self.path = path if path.startswith("/") else self.request.rel_url.raw_path
        self.query = query.partition("#")[0]
        if not target.isascii() or "#" in target:
            raise bad_target()

    @property
    def target(self) -> str | None:
        """Path and query as they were sent."""
        return f"{self.path}?{self.query}" if self.path is not None and self.query else self.path

    @property
    def message(self) -> Inbound | None:
        """The message as an adapter wants it, once its body is read."""
        if self.body is None or self.method is None or self.path is None:
            return None
        return Inbound(method=self.method, path=self.path, query=self.query, headers=self.headers, body=self.body)

    @property
    def message_id(self) -> str | None:
        """The message id, where the native dialect states it in the head."""
        return self.headers.get("idempotency-key")

    @property
    def request_digest(self) -> str:
        """The digest of the body, or `unread`."""
        return UNREAD if self.body is None else content_digest(self.body)

    def sent_body(self, status: int, body: bytes) -> bytes:
        """Return the bytes that really go out: none for HEAD and for statuses without a body."""
        return b"" if self.method == "HEAD" or status in BODILESS else body


def _folded(request: web.BaseRequest) -> dict[str, str]:
    """Lower the names, join repeated fields (RFC 9110 §5.2), and show bytes that are no UTF-8 as question marks."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        lower = name.lower()
        text = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        headers[lower] = f"{headers[lower]}, {text}" if lower in headers else text
    return headers

"""The client for programs without an event loop: the same methods, which return when the answer is there."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from gateway.client.client import JSON, Client
from gateway.client.exchange import Heard, Patience
from gateway.client.verbs import A, Answered, Operator, R, Verb, Verbs, Waiting

Result = TypeVar("Result")


class SyncClient(Verbs, Waiting):
    """As `Client`, for any thread: an event loop of its own runs in a thread beside. Close it, or use it in `with`."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        jwks: bytes | Mapping[str, object] | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Take what `Client` takes."""
        self._client = Client(url, token, jwks=jwks, patience=patience)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway-client", daemon=True)
        self._thread.start()

    @property
    def jwks(self) -> bytes:
        """The JWK set that is believed; empty before the first answer."""
        return self._client.jwks

    def close(self) -> None:
        """Close all connections and end the thread; the client is then of no use."""
        if self._loop.is_closed():
            return
        self._awaited(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def perform_now(
        self, verb: Verb[R, A], request: R, message_id: str | None, operator: Operator | None
    ) -> Answered[A]:
        """Send a verb's request and return its answer."""
        return self._awaited(self._client.perform(verb, request, message_id, operator))

    def receipt(self, settlement_id: str) -> str:
        """Return the signed receipt (结算回执) of a settlement, verified."""
        return self._awaited(self._client.receipt(settlement_id))

    def speak(self, path: str, body: bytes, *, content_type: str = JSON, message_id: str | None = None) -> Heard:
        """Send a message in the provider's own dialect, as `Client.speak`."""
        return self._awaited(self._client.speak(path, body, content_type=content_type, message_id=message_id))

    def _awaited(self, work: Coroutine[Any, Any, Result]) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

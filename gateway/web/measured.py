"""What the edge counts and shows of itself: requests as they are answered, gauges, and the page of /metrics."""

import asyncio
from collections.abc import Callable

from gateway.metrics import words
from gateway.metrics.counts import GAUGES, LOG_DROPPED, REQUESTS
from gateway.metrics.folder import Folder
from gateway.metrics.page import CONTENT_TYPE, page
from gateway.metrics.reports import report_now
from gateway.web.exchange import Exchange
from gateway.web.house import Reply
from gateway.web.logs import DROPPED
from gateway.web.problems import full
from gateway.web.routes import OPEN, Place


class Page:
    """The page of /metrics; whoever asks while it is made shares it."""

    def __init__(self, folder: Folder | None, seconds_max: float) -> None:
        self._folder = folder
        self._seconds_max = seconds_max
        self._making: asyncio.Task[bytes] | None = None

    async def reply(self) -> Reply:
        """Return the page; raises Busy where the folder's disk does not answer in time."""
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(asyncio.to_thread(page, report_now(), self._folder))
        try:
            text = await asyncio.wait_for(asyncio.shield(self._making), self._seconds_max)
        except TimeoutError:
            raise full() from None
        return Reply(status=200, content_type=CONTENT_TYPE, body=text)


def count(exchange: Exchange, verb: str, outcome: words.Outcome) -> None:
    """Count a request, unless it is for a place that anybody may read."""
    if exchange.route in OPEN:
        return
    if exchange.route == Place.RECEIPT.value:
        verb = words.RECEIPT
    REQUESTS.count(exchange.caller.code if exchange.caller else words.UNKNOWN, verb, outcome)


def watch_edge(in_flight: Callable[[], int], connections: Callable[[], int]) -> None:
    """Show what the edge has in hand, and what its log dropped."""
    GAUGES.watch("gateway_in_flight_requests", in_flight)
    GAUGES.watch("gateway_connections", connections)
    LOG_DROPPED.watch("gateway_log_dropped_total", DROPPED.keys.total)

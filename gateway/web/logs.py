"""JSON lines through an allow-list: in a hospital, what nobody decided is safe must not pass (G11)."""

import re
import traceback
from collections import Counter
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger, Processor

INFO = 20

_WORD = re.compile(r"[a-z][a-z0-9_.]{0,60}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:|/+-]{0,63}")
_ROUTE = re.compile(r"/[a-z0-9_./{}*-]{0,60}|unknown")
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,80}")
_PLACE = re.compile(r"[A-Za-z0-9_./<>: -]{1,300}")
CERTNO_DIGITS_MIN = 15
_CERTNO = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])|(?<![0-9])[0-9]{15}(?![0-9])")
"""居民身份证号 of 18 or 15 digits, standing alone; longer runs of digits are message numbers."""

TEXTS: dict[str, re.Pattern[str]] = {
    "event": _WORD,
    "level": _WORD,
    "timestamp": _CODE,
    "request_id": _CODE,
    "provider": _CODE,
    "dialect": _WORD,
    "verb": _TYPE,
    "method": _TYPE,
    "route": _ROUTE,
    "code": _WORD,
    "outcome": _WORD,
    "message_id": _CODE,
    "settlement_id": _CODE,
    "error": _TYPE,
    "where": _PLACE,
    "host": _CODE,
    "signal": _TYPE,
    "part": _WORD,
    "version": _CODE,
    "kid": _CODE,
}
"""Keys whose value is a short text of this form."""
NUMBERS = frozenset(
    {
        "status",
        "duration_ms",
        "bytes_in",
        "bytes_out",
        "port",
        "pid",
        "lines",
        "bills",
        "batch_bills",
        "in_flight",
        "retries",
        "dropped",
        "wait_ms",
    }
)
"""Keys whose value is a number."""
MASK = "masked"


class Dropped(NamedTuple):
    """What did not pass the allow-list, by key; read by metrics and tests."""

    keys: Counter[str]


DROPPED = Dropped(Counter())
_DROPPED_KEYS_MAX = 100


def allow_listed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Let through the keys on the list whose value has its form; count the others under `dropped`."""
    passed: dict[str, Any] = {}
    dropped = 0
    for key, value in event.items():
        if key in NUMBERS and type(value) in (int, float):
            passed[key] = value
        elif (form := TEXTS.get(key)) is not None and type(value) is str:
            passed[key] = value if form.fullmatch(value) and not _may_be_a_certno(value) else MASK
        else:
            dropped += 1
            _count(key)
    if dropped:
        passed["dropped"] = dropped
    return passed


def _may_be_a_certno(value: str) -> bool:
    return len(value) >= CERTNO_DIGITS_MIN and _CERTNO.search(value) is not None


def _count(key: str) -> None:
    if key in DROPPED.keys or len(DROPPED.keys) < _DROPPED_KEYS_MAX:
        DROPPED.keys[key] += 1


def _stamped(_logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["level"] = method
    event["timestamp"] = f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    return event


def _rendered(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return msgspec.json.encode(event)


PROCESSORS: list[Processor] = [structlog.contextvars.merge_contextvars, _stamped, allow_listed, _rendered]


def logger(stream: BinaryIO) -> FilteringBoundLogger:
    """Return a logger that writes JSON lines to a binary stream."""
    made: FilteringBoundLogger = structlog.wrap_logger(
        structlog.BytesLogger(stream),
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(INFO),
        cache_logger_on_first_use=True,
    ).bind()
    return made


def configure(stream: BinaryIO) -> None:
    """Send every `structlog.get_logger()` of the process through the allow-list to a binary stream."""
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(INFO),
        logger_factory=structlog.BytesLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def fault_of(error: BaseException) -> dict[str, str]:
    """Return type and place of an exception for the log; never its text, which may quote what a caller sent."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in reversed(frames)]
    return {"error": type(error).__name__, "where": " < ".join(places)[:300] or "unknown"}


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-2:])


def quiet_loop(log: FilteringBoundLogger) -> Callable[[Any, dict[str, Any]], None]:
    """Return an event loop's exception handler that logs type and place only."""

    def handle(_loop: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("loop.error", **(fault_of(error) if isinstance(error, BaseException) else {}))

    return handle

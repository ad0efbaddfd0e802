"""What a client saw: one record a message, times in microseconds after the run's start."""

import json
import time

from msgspec import Struct

from loadtests.generator.message import Message

HTTP_OK, HTTP_TOO_MANY, HTTP_SERVER_ERROR = 200, 429, 500
NEVER = -1
_SETTLEMENT_ID = b'"settlement_id":"'
"""The last one in an answer is its own; one that stands before it may be a finding's evidence."""
_SUMS = b'"sums":{'
_CODE = b'"code":"'
_HEAD_END = b"\r\n\r\n"
SUM_NAMES = ("charged_fen", "fund_fen", "worker_fen", "employer_fen", "provider_fen")


class Sent(Struct, kw_only=True, gc=False):
    """One message's fate. sent_us and answered_us are NEVER where it was dropped or got no answer."""

    message: Message
    due_us: int
    sent_us: int = NEVER
    answered_us: int = NEVER
    status: int = 0
    """HTTP status; 0 where there was no answer."""
    settlement_id: str = ""
    sums_json: bytes = b""
    """The answer's sums as they stood in it; empty where it had none."""
    code: str = ""
    """A problem's code, where it was refused."""

    @property
    def is_answered(self) -> bool:
        """Whether an answer came, whatever it said."""
        return self.status > 0

    @property
    def is_done(self) -> bool:
        """Whether the answer said that the message took effect."""
        return self.status == HTTP_OK

    @property
    def is_refused(self) -> bool:
        """Whether the answer said no for good: neither busy nor broken."""
        return HTTP_OK < self.status < HTTP_SERVER_ERROR and self.status != HTTP_TOO_MANY

    @property
    def is_failed(self) -> bool:
        """Whether it was sent and got no answer that decides: none, 429 or 5xx."""
        return self.sent_us != NEVER and not self.is_done and not self.is_refused

    @property
    def latency_us(self) -> int:
        """From the due moment to the answer."""
        return self.answered_us - self.due_us

    @property
    def sums_fen(self) -> tuple[int, ...] | None:
        """The answer's sums in the order of SUM_NAMES."""
        if not self.sums_json:
            return None
        said = json.loads(self.sums_json)
        return tuple(said[name] for name in SUM_NAMES)


class Whole(Struct, frozen=True, kw_only=True, gc=False):
    """An answer kept whole, to be verified after the run."""

    message: Message
    request: bytes
    answer: bytes


class Tape:
    """Everything a client saw in one stretch of load."""

    def __init__(self, *, sample_every: int = 1_000, sample_max: int = 200) -> None:
        """Keep whole one answer in so many, up to a bound."""
        self.records: list[Sent] = []
        self.wholes: list[Whole] = []
        self._sample_every = sample_every
        self._sample_max = sample_max
        self.began = time.perf_counter()

    def begin(self) -> None:
        """Let the first moment be now: connections are made."""
        assert not self.records
        self.began = time.perf_counter()

    def now_us(self) -> int:
        """Return microseconds since the first moment."""
        return int((time.perf_counter() - self.began) * 1e6)

    def due(self, message: Message, due_us: int) -> Sent:
        """Note a message whose moment has come."""
        record = Sent(message=message, due_us=due_us)
        self.records.append(record)
        return record

    def wants_whole(self) -> bool:
        """Whether the message noted last is one whose answer is kept whole."""
        return (len(self.records) - 1) % self._sample_every == 0 and len(self.wholes) < self._sample_max

    def keep(self, message: Message, request: bytes, answer: bytes) -> None:
        """Keep an answer whole."""
        self.wholes.append(Whole(message=message, request=request, answer=answer))


def read_answer(record: Sent, answer: bytes) -> None:
    """Take from an answer's bytes what the audit needs, by looking for a few texts: about 3 µs."""
    record.status = int(answer[9:12])
    body = answer.find(_HEAD_END)
    if record.status != HTTP_OK:
        record.code = _text_after(answer, _CODE, body)
        return
    record.settlement_id = _text_after(answer, _SETTLEMENT_ID, max(body, answer.rfind(_SETTLEMENT_ID)))
    if (sums := answer.find(_SUMS, body)) >= 0:
        opens = sums + len(_SUMS) - 1
        record.sums_json = answer[opens : answer.find(b"}", opens) + 1]


def _text_after(answer: bytes, mark: bytes, since: int) -> str:
    found = answer.find(mark, since)
    if found < 0:
        return ""
    begins = found + len(mark)
    return answer[begins : answer.find(b'"', begins)].decode("ascii", "replace")

"""What a changing verb asks of the house, what it finds under lock, and what it leaves."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from gateway.core.context import SettledLine, Visit
from gateway.core.snapshot import Snapshot
from gateway.store.rows import Effect, MatchFilingRow, MessageRow, PostingRow, SettlementRow
from gateway.store.terms import Amendment
from schemas.facts import Authorization, DeviceIssue, Enrolment, Provider, Recognition, Used, Worker
from schemas.requests import Item, Sums


class Key(Struct, frozen=True, kw_only=True, order=True):
    """A name within a provider that may stand once: of a visit, a bill, an invoice, a referral, its cancellation."""

    provider_code: str
    kind: str
    key: str


class KeyHolder(Struct, frozen=True, kw_only=True):
    """Who has taken a key; a referral's belongs to no visit."""

    worker_id: str
    visit_id: UUID | None
    settlement_id: UUID | None
    message_id: str


class WorkerFile(Struct, frozen=True, kw_only=True):
    """Everything about one worker that a decision rests on."""

    worker: Worker
    enrolments: tuple[Enrolment, ...]
    recognitions: tuple[Recognition, ...]
    authorizations: tuple[Authorization, ...]
    used: tuple[Used, ...]
    devices: tuple[DeviceIssue, ...]


class LiveItem(Struct, frozen=True, kw_only=True):
    """An item that stands in a visit, and the settlement that has taken it."""

    item: Item
    message_id: str
    position: int
    settlement_id: UUID | None


class VisitFile(Struct, frozen=True, kw_only=True):
    """A visit, its live items, and the settlements in force with their lines."""

    visit: Visit
    message_id: str
    terms_sealed: bytes
    """All that its registration and amendments said (`gateway.store.terms`)."""
    items: tuple[LiveItem, ...] = ()
    settlements: tuple[SettlementRow, ...] = ()
    lines: tuple[SettledLine, ...] = ()
    postings: tuple[PostingRow, ...] = ()
    previews: Mapping[str, tuple[bytes, Sums]] = {}
    """By bill number: digest of the items previewed, and the sums shown."""


class Standing(Struct, frozen=True, kw_only=True):
    """How things stand for one ask, read under lock."""

    now: datetime
    """The database's instant, aware."""
    day: date
    """Its Shanghai day: the settlement day."""
    snapshot: Snapshot
    caller: Provider
    worker: WorkerFile | None
    visit: VisitFile | None
    keys: Mapping[Key, KeyHolder]
    """Holders of the keys that the ask wants to take; a free key is absent."""
    original: MessageRow | None
    """The message that a reversal names, where it has been seen."""
    original_refused: bool
    withdrawn: tuple[str, ...]
    """Item numbers that the original withdrew."""
    amendment: Amendment | None = None
    """What the original amended of its visit."""
    filings: tuple[MatchFilingRow, ...] = ()
    """The caller's filings of matches that the ask, or the original, may be about."""
    filings_pending: int = 0
    """How many of the caller's are pending in all."""


class FilingsAsked(Struct, frozen=True, kw_only=True):
    """Which of a provider's filings of matches an ask is about."""

    local_codes: tuple[str, ...] = ()
    filing_nos: tuple[str, ...] = ()


class Stored(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer's bytes, as they are kept and repeated."""

    status: int
    content_type: str
    body: bytes
    receipt: str | None = None
    headers: dict[str, str] = {}


class Done(Struct, frozen=True, kw_only=True):
    """What a verb answers and what it leaves."""

    answer: Stored
    effects: tuple[Effect, ...]


class Taken(Struct, frozen=True, kw_only=True):
    """A verb's verdict, not worded yet."""

    effects: tuple[Effect, ...]
    """What it leaves, for the asks after it to see."""
    finish: Callable[[], Done]
    """Words and signs. It rests on nothing but the verdict: a batch decides all its asks and then finishes all, since
    the same steps one after another cost a processor a sixth less than a whole bill after another."""
    worker_id: str | None = None
    visit_id: UUID | None = None
    settlement_id: UUID | None = None
    unsettles: bool = False
    """True where earlier effects are undone: later asks for this worker then wait for the next batch."""


class Ask(Struct, frozen=True, kw_only=True):
    """One changing message on its way to the database. decide is pure; it raises GatewayError to refuse."""

    caller: Provider
    message_id: str
    verb: str
    content_sha256: bytes
    raw_sha256: bytes
    request_sealed: bytes
    decide: Callable[[Standing], Taken]
    reversed_answer: Callable[[MessageRow], Stored]
    """What the message id answers once it has been reversed."""
    worker_id: str | None = None
    """The worker to lock where the request itself names one to be trusted with it."""
    visit_no: str | None = None
    visit_id: UUID | None = None
    keys: tuple[Key, ...] = ()
    filings: FilingsAsked | None = None
    original_message_id: str | None = None
    lines: int = 0

"""How the house says no: faults with their place, and the errors that carry them."""

from msgspec import Struct

from schemas.scalars import MessageId


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is wrong: where, what, and what would make it pass.

    pointer is an RFC 6901 JSON pointer into what the caller sent, "" for the whole of it, or a header as "header:Name".
    """

    pointer: str
    code: str
    zh: str
    en: str
    cure_zh: str
    cure_en: str


class Problem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refusal with all its faults at once (RFC 9457 in the native dialect)."""

    status: int
    code: str
    title_zh: str
    title_en: str
    faults: tuple[Fault, ...]
    retry_after_s: int | None = None
    message_id: MessageId | None = None
    facts: dict[str, str] = {}
    """What a caller's program needs to go on: e.g. settlement_id of the bill that stands already."""


class GatewayError(Exception):
    """Every way the house can say no.

    GatewayError
        WireError              400  the bytes break the sender's own format
            Unsupported        422  well-formed, but we cannot carry it faithfully
        NotAuthenticated       401  nobody we know
        NotFound               404  not there, or not yours
        Conflict               409  the same key with other content, or a state that forbids it
        Refused                422  understood, and the rules say no
        TooLarge               413  past a stated bound
        TooMany                429  this caller asks too much at once
        Busy                   503  we are full, or the database is away
        Broken                 500  our own fault
    """

    status = 500
    title_zh = "系统错误"
    title_en = "internal error"

    def __init__(self, *faults: Fault, retry_after_s: int | None = None, facts: dict[str, str] | None = None) -> None:
        """Take at least one fault."""
        assert faults
        super().__init__("; ".join(f"{fault.pointer} {fault.code}" for fault in faults))
        self.faults = faults
        self.retry_after_s = retry_after_s
        self.facts = facts or {}

    def problem(self, message_id: MessageId | None = None) -> Problem:
        """Return what an adapter words for the caller."""
        return Problem(
            status=self.status,
            code=self.faults[0].code,
            title_zh=self.title_zh,
            title_en=self.title_en,
            faults=self.faults,
            retry_after_s=self.retry_after_s,
            message_id=message_id,
            facts=self.facts,
        )


class WireError(GatewayError):
    """The bytes break the sender's own format."""

    status = 400
    title_zh = "报文格式错误"
    title_en = "malformed message"


class Unsupported(WireError):
    """Well-formed, but we cannot carry it faithfully."""

    status = 422
    title_zh = "报文内容不支持"
    title_en = "message not supported"


class NotAuthenticated(GatewayError):
    """Nobody we know."""

    status = 401
    title_zh = "身份未认证"
    title_en = "not authenticated"


class NotFound(GatewayError):
    """Not there, or not yours: the two are told apart to nobody."""

    status = 404
    title_zh = "未找到"
    title_en = "not found"


class Conflict(GatewayError):
    """The same key with other content, or a state that forbids it."""

    status = 409
    title_zh = "冲突"
    title_en = "conflict"


class Refused(GatewayError):
    """Understood, and the rules say no."""

    status = 422
    title_zh = "不予办理"
    title_en = "refused"


class TooLarge(GatewayError):
    """Past a stated bound."""

    status = 413
    title_zh = "报文过大"
    title_en = "too large"


class TooMany(GatewayError):
    """This caller asks too much at once."""

    status = 429
    title_zh = "请求过多"
    title_en = "too many requests"


class Busy(GatewayError):
    """We are full, or the database is away."""

    status = 503
    title_zh = "系统繁忙"
    title_en = "busy"


class Broken(GatewayError):
    """Our own fault."""

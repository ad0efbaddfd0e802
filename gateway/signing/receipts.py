"""Settlement receipts (结算回执): canonical JSON in a compact JWS, one form only, provable offline."""

import re
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from gateway.signing.canonical import canonical_json, canonical_struct
from gateway.signing.errors import Malformed, NotCanonical
from gateway.signing.keys import KeySet, SigningKey, base64url, known_key, read_base64url, verify
from schemas.scalars import Code, Fen, MessageId, Number

TYPE = "settlement-receipt+jws"

DigestHex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", min_length=64, max_length=64)]
DayText = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", min_length=10, max_length=10)]
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z(?!\n)$"
InstantText = Annotated[str, Meta(pattern=_INSTANT, min_length=20, max_length=27)]
VersionText = Annotated[str, Meta(pattern=r"^[\x21-\x7e]*(?!\n)$", max_length=100)]
VersionName = Annotated[str, Meta(pattern=r"^[a-z_]*(?!\n)$", min_length=1, max_length=40)]

_PARTS = 3


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one committed answer says, portably: who, which message, which sums, by which versions, when."""

    kind: Literal["settlement", "cancellation", "reversal"]
    provider_code: Code
    message_id: MessageId
    settlement_id: Number
    original_settlement_id: Number | None
    """What a cancellation or reversal undoes; None for a settlement."""
    visit_no: Number
    bill_no: Number
    request_digest: DigestHex
    """SHA-256 of the request's bytes as they came."""
    content_digest: DigestHex
    """SHA-256 of the canonical request without its transport fields."""
    answer_digest: DigestHex
    """What `answer_digest` makes of the canonical answer."""
    charged_fen: Fen
    fund_fen: Fen
    worker_fen: Fen
    employer_fen: Fen
    provider_fen: Fen
    benefits_fen: Fen
    """Benefits outside the bill: in neither the charge nor the fund's share of it."""
    versions: dict[VersionName, int | VersionText]
    """Of catalog, policy, providers, matches, adapter."""
    settlement_day: DayText
    settled_at: InstantText
    issued_at: InstantText

    def __post_init__(self) -> None:
        """Refuse sums that leave a fen without a bearer, and a correction that names nothing."""
        if self.charged_fen != self.fund_fen + self.worker_fen + self.employer_fen + self.provider_fen:
            raise ValueError("charged_fen is not fund_fen + worker_fen + employer_fen + provider_fen")
        if (self.kind == "settlement") != (self.original_settlement_id is None):
            raise ValueError("original_settlement_id belongs to a cancellation or reversal, and only there")


def sign_receipt(key: SigningKey, receipt: Receipt) -> str:
    """Write and sign a receipt as a compact JWS (RFC 7515 §3.1).

    Raises Malformed where a field of the receipt is not as its type says, Unencodable for an amount beyond 2**53 fen.
    """
    payload = canonical_struct(receipt)
    if not _SURELY_A_RECEIPT.fullmatch(payload):
        _read_payload(payload)
    signing_input = f"{base64url(_header(key.kid))}.{base64url(payload)}"
    return f"{signing_input}.{base64url(key.sign(signing_input.encode()))}"


def verify_receipt(jws: str, keys: KeySet) -> Receipt:
    """Check a receipt in its one form and return what it says.

    Raises Malformed, NotCanonical, UnknownKey or BadSignature; any change of any one byte is one of these.
    """
    parts = jws.split(".")
    if len(parts) != _PARTS:
        en = f"a receipt is three parts joined by dots, this has {len(parts)}"
        raise Malformed("receipt", zh=f"回执应为以点分隔的三段, 实有 {len(parts)} 段", en=en)
    names = ("receipt.header", "receipt.payload", "receipt.signature")
    header, payload, signature = (read_base64url(part, where=name) for part, name in zip(parts, names, strict=True))
    public = known_key(keys, _kid(header), where="receipt.header.kid")
    verify(public, signature, f"{parts[0]}.{parts[1]}".encode(), where="receipt.signature")
    receipt = _read_payload(payload)
    if canonical_struct(receipt) != payload:
        raise NotCanonical("receipt.payload", zh="内容不是 RFC 8785 规范形式", en="not in RFC 8785 canonical form")
    return receipt


def receipt_kid(jws: str) -> str:
    """Read which key a receipt names; trust it only after `verify_receipt`."""
    return _kid(read_base64url(jws.partition(".")[0], where="receipt.header"))


def answer_digest(answer: Struct | dict[str, object]) -> str:
    """Digest a canonical answer without its top-level `receipt`: hex SHA-256 of its canonical JSON.

    Takes the answer's struct, which has no receipt in it, or what its JSON reads as.
    """
    if isinstance(answer, Struct):
        return sha256(canonical_struct(answer)).hexdigest()
    return sha256(canonical_json({name: value for name, value in answer.items() if name != "receipt"})).hexdigest()


def _surely() -> re.Pattern[bytes]:
    """Return the form of nearly every receipt's canonical JSON, narrower than its types: what fits need not be read."""
    token, digest, fen = r'"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"', r'"[0-9a-f]{64}"', r"-?[0-9]{1,15}"
    instant = r'"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"'
    version = rf'"[a-z_]{{1,40}}":{fen}'
    forms = {
        "kind": r'"(?:settlement|cancellation|reversal)"',
        "original_settlement_id": rf"(?:null|{token})",
        "settlement_day": r'"[0-9]{4}-[0-9]{2}-[0-9]{2}"',
        "settled_at": instant,
        "issued_at": instant,
        "versions": rf"\{{(?:{version}(?:,{version})*)?\}}",
    }
    for name in Receipt.__struct_fields__:
        forms.setdefault(name, digest if name.endswith("digest") else fen if name.endswith("_fen") else token)
    members = ",".join(f'"{name}":{form}' for name, form in sorted(forms.items()))
    return re.compile(rf"\{{{members}\}}".encode())


_SURELY_A_RECEIPT = _surely()


class _Header(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    alg: Literal["ES256"]
    kid: str
    typ: Literal["settlement-receipt+jws"]


_HEADERS = msgspec.json.Decoder(_Header)
_RECEIPTS = msgspec.json.Decoder(Receipt)


@lru_cache(maxsize=16)
def _header(kid: str) -> bytes:
    return canonical_json({"alg": "ES256", "kid": kid, "typ": TYPE})


def _kid(header: bytes) -> str:
    """Read the protected header: exactly what `_header` writes, so that no other algorithm is ever tried."""
    try:
        kid = _HEADERS.decode(header).kid
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("receipt.header", zh=f"不是回执的头部: {error}", en=f"no receipt's header: {error}") from error
    if _header(kid) != header:
        raise NotCanonical("receipt.header", zh="不是 RFC 8785 规范形式", en="not in RFC 8785 canonical form")
    return kid


def _read_payload(payload: bytes) -> Receipt:
    try:
        return _RECEIPTS.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("receipt.payload", zh=f"内容不是回执: {error}", en=f"not a receipt: {error}") from error

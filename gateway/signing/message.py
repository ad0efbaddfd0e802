"""RFC 9421 signatures of HTTP responses: one fixed list of components, one algorithm, one label."""

import base64
import binascii
import re
from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

from gateway.signing.errors import Malformed, Mismatch, NotCovered
from gateway.signing.keys import KeySet, SigningKey, known_key, verify
from gateway.signing.targets import path_value, printable_value, query_value

LABEL = "gateway"
"""Our member of the Signature-Input and Signature fields; others may stand beside it."""
TAG = "settlement-gateway"
UNREAD = "unread"
"""What Request-Digest says where the request's body was not read."""
HTTP_STATUS_MIN, HTTP_STATUS_MAX = 100, 599

_ALWAYS = '"@status" "content-digest" "request-digest"'
_TARGET = ' "@method";req "@path";req'
_QUERY = ' "@query";req'
_CARRIED = ' "content-digest";req'
_INPUT = re.compile(
    rf"(?:^|,[ \t]*){LABEL}=(\({re.escape(_ALWAYS)}((?:{_TARGET})(?:{_QUERY})?)?({_CARRIED})?\);created=([0-9]{{1,15}})"
    rf';keyid="([A-Za-z0-9_-]{{43}})";alg="ecdsa-p256-sha256";tag="{TAG}")(?=[ \t]*(?:,|$))'
)
_SIGNATURE = re.compile(rf"(?:^|,[ \t]*){LABEL}=:([A-Za-z0-9+/]{{86}}==):(?=[ \t]*(?:,|$))")
_METHOD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_DIGEST = re.compile(r"sha-256=:[A-Za-z0-9+/]{43}=:")


class SignedResponse(Struct, frozen=True, kw_only=True):
    """What a verified response signature says."""

    kid: str
    created: int
    """When it was signed, seconds since 1970 UTC."""
    status: int
    content_digest: str
    request_digest: str
    """RFC 9530 digest of the request's body, or `unread`."""
    method: str | None
    path: str | None
    """Method and path of the request that was answered, where the signature covers them."""


def content_digest(body: bytes) -> str:
    """Digest a body as a Content-Digest or Request-Digest value (RFC 9530 §2)."""
    return digest_value(sha256(body).digest())


def digest_value(sha256_digest: bytes) -> str:
    """Write 32 bytes of SHA-256 as a Content-Digest or Request-Digest value."""
    return f"sha-256=:{base64.b64encode(sha256_digest).decode()}:"


def sign_response(
    key: SigningKey,
    *,
    status: int,
    body: bytes,
    request_digest: str,
    method: str | None,
    path: str | None,
    request_content_digest: str | None,
    created: int,
) -> dict[str, str]:
    """Return the headers Content-Digest, Request-Digest, Signature-Input and Signature of one answer.

    request_digest is the request body's `content_digest`, or `unread`. method, path (as sent, not decoded, with its
    query) and the request's own Content-Digest are None where it had none or was not readable. created: seconds since
    1970.
    """
    assert request_digest == UNREAD or _DIGEST.fullmatch(request_digest), request_digest
    assert HTTP_STATUS_MIN <= status <= HTTP_STATUS_MAX, status
    assert created >= 0, created
    digest = content_digest(body)
    target = _target_lines(method, path)
    carried = _carried_line(request_content_digest)
    named = (_TARGET + (_QUERY if query_value(path or "") else "")) if target else ""
    params = (
        f"({_ALWAYS}{named}{_CARRIED if carried else ''});created={created}"
        f';keyid="{key.kid}";alg="ecdsa-p256-sha256";tag="{TAG}"'
    )
    signature = key.sign(_base(status, digest, request_digest, target + carried, params))
    return {
        "Content-Digest": digest,
        "Request-Digest": request_digest,
        "Signature-Input": f"{LABEL}={params}",
        "Signature": f"{LABEL}=:{base64.b64encode(signature).decode()}:",
    }


def verify_response(
    keys: KeySet,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    method: str | None = None,
    path: str | None = None,
    request_content_digest: str | None = None,
    request_body: bytes | None = None,
) -> SignedResponse:
    """Check that an answer is signed by one of `keys` and answers this request; header names in any case.

    path is the target as sent, with its query where it had one: the signature then covers that too.
    Leave method and path None where the request is not known: the request is then not compared, unless the signature
    covers it. With request_body given, Request-Digest must be its digest, or `unread`. Raises Malformed, UnknownKey,
    BadSignature, Mismatch or NotCovered, naming the header that failed.
    """
    fields = _folded(headers)
    found = _only(_INPUT, fields, "Signature-Input")
    params, named, has_carried, created, kid = found.groups()
    signature = _only(_SIGNATURE, fields, "Signature")[1]
    _check_digests(fields, body, request_body)
    target = _covered_target(method, path, named=named or "", unread=fields["request-digest"] == UNREAD)
    carried = _covered_digest(request_content_digest, covered=bool(has_carried))
    digest, request_digest = fields["content-digest"], fields["request-digest"]
    public = known_key(keys, kid, where="header:Signature-Input")
    base = _base(status, digest, request_digest, target + carried, params)
    verify(public, _octets(signature), base, where="header:Signature")
    return SignedResponse(
        kid=kid,
        created=int(created),
        status=status,
        content_digest=digest,
        request_digest=request_digest,
        method=method if target else None,
        path=path_value(path) if target and path is not None else None,
    )


def signature_base(
    status: int,
    headers: Mapping[str, str],
    *,
    method: str | None,
    path: str | None,
    request_content_digest: str | None,
) -> str:
    """Return the signature base (RFC 9421 §2.5) of an answer that `sign_response` signed, for whoever compares theirs.

    headers: as it returned them. Raises Malformed where they carry no signature of ours.
    """
    fields = _folded(headers)
    params, has_target, has_carried = _only(_INPUT, fields, "Signature-Input").group(1, 2, 3)
    target = _target_lines(method, path) if has_target else ""
    carried = _carried_line(request_content_digest) if has_carried else ""
    return _base(status, fields["content-digest"], fields["request-digest"], target + carried, params).decode("ascii")


def _base(status: int, digest: str, request_digest: str, request_lines: str, params: str) -> bytes:
    """Write the signature base (RFC 9421 §2.5)."""
    return (
        f'"@status": {status}\n"content-digest": {digest}\n"request-digest": {request_digest}\n'
        f'{request_lines}"@signature-params": {params}'
    ).encode("ascii")


def _target_lines(method: str | None, path: str | None) -> str:
    """Write method and path, both or neither, and the query where there is one; no HTTP method was not readable."""
    if method is None or path is None or not _METHOD.fullmatch(method):
        return ""
    query = query_value(path)
    asked = f'"@query";req: {query}\n' if query else ""
    return f'"@method";req: {method}\n"@path";req: {path_value(path)}\n{asked}'


def _carried_line(request_content_digest: str | None) -> str:
    value = printable_value(request_content_digest)
    return "" if value is None else f'"content-digest";req: {value}\n'


def _covered_target(method: str | None, path: str | None, *, named: str, unread: bool) -> str:
    lines, covered = _target_lines(method, path), bool(named)
    if covered and not lines:
        en = "the signature covers the request's method and path; say which method and path were sent"
        raise NotCovered("header:Signature-Input", zh="签名覆盖请求方法和路径, 请提供所发请求的方法和路径", en=en)
    if lines and not covered and not unread:
        en = "the signature does not cover the request's method and path: the answer may belong to another request"
        raise NotCovered("header:Signature-Input", zh="签名未覆盖请求方法和路径, 可能不是对该请求的应答", en=en)
    if covered and named.endswith(_QUERY) != ('"@query";req' in lines):
        en = (
            "the query that the signature covers is not the one that was sent: the answer may belong to another request"
        )
        raise NotCovered(
            "header:Signature-Input", zh="签名所覆盖的查询参数与所发请求不符, 可能不是对该请求的应答", en=en
        )
    return lines if covered else ""


def _covered_digest(request_content_digest: str | None, *, covered: bool) -> str:
    line = _carried_line(request_content_digest)
    if covered and not line:
        en = "the signature covers the request's Content-Digest; say which value was sent"
        raise NotCovered("header:Signature-Input", zh="签名覆盖请求的 Content-Digest, 请提供所发的值", en=en)
    if line and not covered:
        en = "the signature does not cover the Content-Digest that the request carried"
        raise NotCovered("header:Signature-Input", zh="签名未覆盖请求所带的 Content-Digest", en=en)
    return line


def _check_digests(fields: Mapping[str, str], body: bytes, request_body: bytes | None) -> None:
    sent, request_digest = _digest_field(fields, "Content-Digest"), fields.get("request-digest")
    if sent != (computed := content_digest(body)):
        en = f"the body has been changed: its digest is {computed}, the header says {sent}"
        raise Mismatch("header:Content-Digest", zh=f"应答正文已被改动: 实际摘要 {computed}, 头部为 {sent}", en=en)
    if request_digest == UNREAD:
        return
    said = _digest_field(fields, "Request-Digest")
    if request_body is not None and said != (computed := content_digest(request_body)):
        en = f"this answers another request: the request's digest is {computed}, the header says {said}"
        raise Mismatch("header:Request-Digest", zh=f"不是对该请求的应答: 请求摘要 {computed}, 头部为 {said}", en=en)


def _digest_field(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name.lower())
    if value is None:
        raise Malformed(f"header:{name}", zh="缺少该头部", en="the header is missing")
    if not _DIGEST.fullmatch(value):
        raise Malformed(f"header:{name}", zh="应为 sha-256=:…: 形式", en="must be of the form sha-256=:…:")
    return value


def _only(pattern: re.Pattern[str], fields: Mapping[str, str], name: str) -> re.Match[str]:
    """Find our one member of a signature field (RFC 9421 §4)."""
    if (value := fields.get(name.lower())) is None:
        raise Malformed(
            f"header:{name}", zh="缺少该头部: 应答没有签名", en="the header is missing: the answer is unsigned"
        )
    found = list(pattern.finditer(value))
    if len(found) != 1:
        en = f"holds {len(found)} signatures labelled {LABEL} in the gateway's form; there must be one"
        raise Malformed(f"header:{name}", zh=f"应恰有一个符合格式的 {LABEL} 签名, 实有 {len(found)} 个", en=en)
    return found[0]


def _octets(text: str) -> bytes:
    """Decode the signature; stray last bits are refused."""
    try:
        octets = base64.b64decode(text, validate=True)
    except binascii.Error:
        octets = b""
    if base64.b64encode(octets).decode() != text:
        raise Malformed("header:Signature", zh="不是规范的 base64", en="not base64 in its one form")
    return octets


def _folded(headers: Mapping[str, str]) -> dict[str, str]:
    """Lower the names and join repeated fields (RFC 9421 §2.1)."""
    fields: dict[str, str] = {}
    for name, value in headers.items():
        lower, text = name.lower(), value.strip(" \t")
        fields[lower] = f"{fields[lower]}, {text}" if lower in fields else text
    return fields

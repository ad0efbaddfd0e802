"""A caller's own check that an answer is signed (RFC 9421, P-256) over its request, without the gateway's code."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from loadtests.scenarios.asking import Ask, Wrong

Keys = dict[str, ec.EllipticCurvePublicKey]
MUST_COVER = ('"@status"', '"content-digest"', '"request-digest"', '"@method";req', '"@path";req')
_INPUT = re.compile(r'gateway=(\(([^)]*)\);.*?keyid="([^"]+)".*)')
_SIGNATURE = re.compile(r"gateway=:([A-Za-z0-9+/=]+):")


def read_keys(jwks: bytes) -> Keys:
    """Return the P-256 keys of a JWK set (/.well-known/jwks.json) by kid."""
    keys = json.loads(jwks)["keys"]
    return {key["kid"]: _key(key) for key in keys if key.get("crv") == "P-256"}


def _key(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def digest(body: bytes) -> str:
    """Return the digest of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def check_signature(keys: Keys, ask: Ask, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise Wrong unless the answer is signed by one of the keys over its status, its body and this request.

    headers: names in lower case.
    """
    found, signed = _INPUT.search(headers.get("signature-input", "")), _SIGNATURE.search(headers.get("signature", ""))
    if found is None or signed is None:
        raise Wrong("the answer is unsigned")
    params, covered, kid = found.groups()
    values = _values(ask, status, headers, body)
    missing = [name for name in MUST_COVER if name not in covered.split(" ")]
    if missing:
        raise Wrong(f"the signature does not cover {', '.join(missing)}")
    lines = [f"{name}: {values[name]}" for name in covered.split(" ") if name in values]
    _verify(keys.get(kid), signed[1], "\n".join([*lines, f'"@signature-params": {params}']).encode())


def _values(ask: Ask, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Return the value of each component as this caller knows it, not as the answer says."""
    if headers.get("content-digest") != digest(body):
        raise Wrong("the answer's body is not what its digest says")
    if headers.get("request-digest") != digest(ask.body):
        raise Wrong("the answer is to another request: its request digest differs")
    return {
        '"@status"': str(status),
        '"content-digest"': headers["content-digest"],
        '"request-digest"': headers["request-digest"],
        '"@method";req': "POST",
        '"@path";req': ask.path,
    }


def _verify(key: ec.EllipticCurvePublicKey | None, signature: str, base: bytes) -> None:
    if key is None:
        raise Wrong("the answer is signed by a key that the gateway does not publish")
    try:
        octets = base64.b64decode(signature, validate=True)
        half = len(octets) // 2
        r, s = int.from_bytes(octets[:half], "big"), int.from_bytes(octets[half:], "big")
        key.verify(encode_dss_signature(r, s), base, ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error):
        raise Wrong("the answer's signature does not hold") from None

"""P-256 signing keys: raw 64-byte ES256 signatures, names by thumbprint, sets as JWK."""

import base64
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from gateway.signing.canonical import canonical_json
from gateway.signing.errors import BadSignature, Malformed, Mismatch, NotCanonical, UnknownKey

PublicKey: TypeAlias = ec.EllipticCurvePublicKey
KeySet: TypeAlias = Mapping[str, PublicKey]
"""Public keys by kid."""

COORDINATE_BYTES = 32
SIGNATURE_BYTES = 2 * COORDINATE_BYTES
_ES256 = ec.ECDSA(hashes.SHA256())
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class SigningKey:
    """A P-256 private key and its name, `kid`: the RFC 7638 thumbprint of its public half."""

    __slots__ = ("_private", "kid")

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        """Take a private key on P-256; raises Malformed for another curve."""
        if not isinstance(private.curve, ec.SECP256R1):
            raise Malformed("key", zh="签名密钥须为 P-256", en=f"a signing key is on P-256, not {private.curve.name}")
        self._private = private
        self.kid = thumbprint(private.public_key())

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pkcs8(cls, der: bytes) -> "SigningKey":
        """Read what `pkcs8` wrote: unencrypted DER; raises Malformed for anything else."""
        try:
            private = serialization.load_der_private_key(der, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Malformed("key", zh="密钥不是 PKCS#8 DER", en="the key is not PKCS#8 DER without password") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise Malformed("key", zh="签名密钥须为 P-256", en="a signing key is on P-256, not of another kind")
        return cls(private)

    def pkcs8(self) -> bytes:
        """Write the private key as unencrypted DER: seal it before it is stored."""
        return self._private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_key(self) -> PublicKey:
        """Return the public half."""
        return self._private.public_key()

    def public_jwk(self) -> dict[str, str]:
        """Describe the public half as a JWK (RFC 7517, 7518 §6.2)."""
        return {**_required_members(self.public_key()), "kid": self.kid, "use": "sig", "alg": "ES256"}

    def sign(self, message: bytes) -> bytes:
        """Sign: r and s, 32 bytes each, big-endian (RFC 7518 §3.4, RFC 9421 §3.3.4)."""
        r, s = decode_dss_signature(self._private.sign(message, _ES256))
        return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


def verify(public: PublicKey, signature: bytes, message: bytes, *, where: str = "signature") -> None:
    """Check a raw r||s signature; raises BadSignature naming `where` it stood."""
    if len(signature) != SIGNATURE_BYTES:
        en = f"an ES256 signature has {SIGNATURE_BYTES} bytes, this one {len(signature)}"
        raise BadSignature(where, zh=f"签名长度应为 {SIGNATURE_BYTES} 字节, 实为 {len(signature)}", en=en)
    r = int.from_bytes(signature[:COORDINATE_BYTES], "big")
    s = int.from_bytes(signature[COORDINATE_BYTES:], "big")
    try:
        public.verify(encode_dss_signature(r, s), message, _ES256)
    except InvalidSignature:
        en = "the signature does not fit: what was signed, or the signature, has been changed"
        raise BadSignature(where, zh="签名不符: 被签内容或签名已被改动", en=en) from None


def thumbprint(public: PublicKey) -> str:
    """Name a public key by the SHA-256 of its required JWK members, base64url (RFC 7638 §3)."""
    return base64url(sha256(canonical_json(_required_members(public))).digest())


def jwks(public_jwks: Sequence[Mapping[str, str]]) -> bytes:
    """Write a JWK set (RFC 7517 §5), the body of /.well-known/jwks.json."""
    return canonical_json({"keys": [dict(jwk) for jwk in public_jwks]})


def read_jwks(document: bytes) -> dict[str, PublicKey]:
    """Read the P-256 keys of a JWK set by kid; keys of other kinds are passed over (RFC 7517 §5).

    Raises Malformed where the document is no set or one of its P-256 keys is broken.
    """
    try:
        keys = msgspec.json.decode(document, type=_JwkSet).keys
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("jwks", zh=f"不是 JWK 集: {error}", en=f"not a JWK set: {error}") from error
    found = {}
    for place, jwk in enumerate(keys):
        if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256":
            public = public_key_from_jwk(jwk, where=f"jwks/keys/{place}")
            found[thumbprint(public)] = public
    return found


def public_key_from_jwk(jwk: Mapping[str, object], *, where: str = "jwk") -> PublicKey:
    """Read a public P-256 JWK; raises Malformed, or Mismatch where its kid is not its thumbprint."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise Malformed(where, zh="密钥须为 kty=EC, crv=P-256", en="the key must have kty EC and crv P-256")
    if "d" in jwk:
        en = "this is a private key; keep it secret and give the public members only"
        raise Malformed(where, zh="这是私钥, 请妥善保管, 只提供公钥部分", en=en)
    x, y = (_coordinate(jwk.get(name), f"{where}/{name}") for name in ("x", "y"))
    try:
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as error:
        raise Malformed(where, zh="x, y 不在 P-256 曲线上", en="x and y are no point of P-256") from error
    if jwk.get("kid", thumb := thumbprint(public)) != thumb:
        raise Mismatch(f"{where}/kid", zh=f"kid 应为指纹 {thumb}", en=f"kid must be the key's thumbprint {thumb}")
    return public


def known_key(keys: KeySet, kid: str, *, where: str) -> PublicKey:
    """Find a key by its name; raises UnknownKey naming the key and how many others there are."""
    public = keys.get(kid)
    if public is None:
        en = f"signed by key {kid}, which is not among the {len(keys)} given; fetch /.well-known/jwks.json again"
        raise UnknownKey(where, zh=f"签名密钥 {kid} 不在所给的 {len(keys)} 把公钥之中", en=en)
    return public


def base64url(octets: bytes) -> str:
    """Write base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def read_base64url(text: str, *, where: str) -> bytes:
    """Read base64url in its one form; raises Malformed for padding or blanks, NotCanonical for stray last bits."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise Malformed(where, zh="不是 base64url 文本", en="not base64url text without padding")
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(octets) != text:
        raise NotCanonical(where, zh="base64url 末位有多余的比特", en="stray bits at the end of the base64url text")
    return octets


class _JwkSet(msgspec.Struct, frozen=True):
    keys: list[dict[str, object]]


def _required_members(public: PublicKey) -> dict[str, str]:
    numbers = public.public_numbers()
    x, y = (base64url(number.to_bytes(COORDINATE_BYTES, "big")) for number in (numbers.x, numbers.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def _coordinate(text: object, where: str) -> int:
    octets = read_base64url(text, where=where) if isinstance(text, str) else b""
    if len(octets) != COORDINATE_BYTES:
        raise Malformed(where, zh="坐标须为 32 字节", en=f"a coordinate has {COORDINATE_BYTES} bytes")
    return int.from_bytes(octets, "big")

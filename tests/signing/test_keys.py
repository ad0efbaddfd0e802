"""Keys sign as ES256 says, are named by thumbprint, and travel as JWK."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from gateway.signing.errors import BadSignature, Malformed, Mismatch, NotCanonical, SignatureError, UnknownKey
from gateway.signing.keys import (
    SigningKey,
    base64url,
    jwks,
    known_key,
    public_key_from_jwk,
    read_base64url,
    read_jwks,
    thumbprint,
    verify,
)
from tests.cases import cases_folder
from tests.signing.samples import KEY, KEYS

COORDINATE_MAX = 2**256


def wycheproof() -> list[dict[str, object]]:
    path = cases_folder() / "vectors" / "wycheproof" / "ecdsa_secp256r1_sha256_test.json"
    groups: list[dict[str, object]] = json.loads(path.read_text())["testGroups"]
    return groups


def raw(der: bytes) -> bytes | None:
    """Turn DER into r||s where it says two numbers of 32 bytes in its one form."""
    try:
        r, s = decode_dss_signature(der)
    except ValueError:
        return None
    if encode_dss_signature(r, s) != der or not (0 <= r < COORDINATE_MAX and 0 <= s < COORDINATE_MAX):
        return None
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def accepted(public: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        verify(public, signature, message)
    except BadSignature:
        return False
    return True


def test_wycheproof_agrees_with_our_verdict() -> None:
    """Every published signature that can be written as r||s is judged as the authors say, valid and invalid alike."""
    judged = {True: 0, False: 0}
    for group in wycheproof():
        public = serialization.load_pem_public_key(group["publicKeyPem"].encode())
        for case in group["tests"]:
            if (signature := raw(bytes.fromhex(case["sig"]))) is None:
                assert case["result"] == "invalid"
                continue
            valid = case["result"] == "valid"
            assert accepted(public, signature, bytes.fromhex(case["msg"])) is valid, case
            judged[valid] += 1

    assert judged[True] > 150
    assert judged[False] > 50


@given(st.binary(max_size=300), st.integers(0, 511))
def test_a_signature_holds_until_a_bit_of_it_changes(message: bytes, bit: int) -> None:
    """What was signed verifies; with any one bit of the 64 bytes turned it does not."""
    signature = KEY.sign(message)

    verify(KEY.public_key(), signature, message)

    turned = (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(64, "big")
    assert not accepted(KEY.public_key(), turned, message)
    assert not accepted(KEY.public_key(), signature, message + b".")


@pytest.mark.parametrize("length", [0, 63, 65, 72])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    """The error says how long it is."""
    with pytest.raises(BadSignature, match=f"this one {length}"):
        verify(KEY.public_key(), bytes(length), b"")


def test_the_rfc_7638_way_of_naming_holds_for_the_key_of_rfc_7517() -> None:
    """The P-256 key of RFC 7517 appendix A.1 has the thumbprint that other implementations compute."""
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    }

    assert thumbprint(public_key_from_jwk(jwk)) == "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"


def test_a_key_survives_its_storage_and_its_publication() -> None:
    """PKCS#8 gives the same key back; the JWK set gives its public half under the same name."""
    again = SigningKey.from_pkcs8(KEY.pkcs8())
    keys = read_jwks(jwks([KEY.public_jwk(), SigningKey.generate().public_jwk()]))

    assert again.kid == KEY.kid
    assert len(keys) == 2
    verify(keys[KEY.kid], again.sign(b"x"), b"x")


def test_a_printed_key_shows_its_name_only() -> None:
    """Nothing of the private half reaches a log by repr."""
    assert repr(KEY) == f"SigningKey(kid='{KEY.kid}')"


def test_keys_of_other_kinds_are_passed_over() -> None:
    """A set may hold an RSA key and one without any member that we know."""
    document = json.dumps({"keys": [{"kty": "RSA", "n": "x"}, {}, KEY.public_jwk()]}).encode()

    assert list(read_jwks(document)) == [KEY.kid]


@pytest.mark.parametrize(
    ("change", "error", "where"),
    [
        ({"y": KEY.public_jwk()["x"]}, Malformed, "jwks/keys/0"),
        ({"x": "AAAA"}, Malformed, "jwks/keys/0/x"),
        ({"x": 5}, Malformed, "jwks/keys/0/x"),
        ({"x": "a+b"}, Malformed, "jwks/keys/0/x"),
        ({"kid": "another"}, Mismatch, "jwks/keys/0/kid"),
        ({"d": "c2VjcmV0"}, Malformed, "jwks/keys/0"),
    ],
)
def test_a_broken_key_is_refused_with_its_place(
    change: dict[str, object], error: type[SignatureError], where: str
) -> None:
    """Off the curve, short, no text, misnamed or private: each is named."""
    document = json.dumps({"keys": [{**KEY.public_jwk(), **change}]}).encode()

    with pytest.raises(error) as caught:
        read_jwks(document)

    assert caught.value.where == where


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"keys":[1]}', b"\xff", pytest.param(b"[" * 100_000, id="deep")]
)
def test_what_is_no_key_set_is_refused(document: bytes) -> None:
    """Neither nonsense nor depth crashes the reader."""
    with pytest.raises(Malformed):
        read_jwks(document)


def test_a_key_of_another_curve_or_kind_is_refused() -> None:
    """Only P-256 signs."""
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    with pytest.raises(Malformed, match="P-256"):
        SigningKey(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(Malformed, match="P-256"):
        SigningKey.from_pkcs8(other)
    with pytest.raises(Malformed, match="PKCS#8"):
        SigningKey.from_pkcs8(b"not a key")
    with pytest.raises(Malformed, match="P-256"):
        public_key_from_jwk({"kty": "EC", "crv": "P-384"})


def test_an_unknown_key_is_named() -> None:
    """The error says which key is missing and where it was named."""
    with pytest.raises(UnknownKey, match="here: signed by key nobody"):
        known_key(KEYS, "nobody", where="here")


@given(st.binary(max_size=70))
def test_base64url_reads_back_in_one_form_only(octets: bytes) -> None:
    """Each value has one text; padding makes another, which is refused."""
    text = base64url(octets)

    assert read_base64url(text, where="x") == octets
    with pytest.raises(Malformed):
        read_base64url(text + "=", where="x")


@pytest.mark.parametrize("text", ["AB", "AAB", "_x"])
def test_stray_bits_are_refused(text: str) -> None:
    """The last character may say nothing that is dropped."""
    with pytest.raises(NotCanonical):
        read_base64url(text, where="x")


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA==", "AA\n", "A A", "Ａ", "+/"])
def test_what_is_no_base64url_is_refused(text: str) -> None:
    """Impossible lengths, padding, blanks and the other alphabet."""
    with pytest.raises(Malformed):
        read_base64url(text, where="x")

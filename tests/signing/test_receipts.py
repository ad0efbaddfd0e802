"""A receipt proves one content in one form, and nothing else passes for it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.signing.canonical import canonical_json
from gateway.signing.errors import BadSignature, Malformed, NotCanonical, SignatureError, UnknownKey
from gateway.signing.keys import SigningKey, base64url
from gateway.signing.receipts import TYPE, Receipt, answer_digest, receipt_kid, sign_receipt, verify_receipt
from tests.signing.samples import KEY, KEYS, RECEIPT, receipt_with

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

fen = st.integers(-(10**12), 10**12)


def compact(header: bytes, payload: bytes, key: SigningKey = KEY) -> str:
    """A JWS with any header and payload, truly signed: what only the holder of the key could make."""
    signing_input = f"{base64url(header)}.{base64url(payload)}"
    return f"{signing_input}.{base64url(key.sign(signing_input.encode()))}"


def parts_of(jws: str) -> tuple[bytes, bytes]:
    header, payload, _ = (base64.urlsafe_b64decode(part + "==") for part in jws.split("."))
    return header, payload


@given(
    st.tuples(fen, fen, fen, fen), fen, st.dictionaries(st.sampled_from(["catalog", "adapter"]), st.integers(0, 2**40))
)
def test_a_receipt_says_what_was_signed(
    shares: tuple[int, int, int, int], benefits: int, versions: dict[str, int]
) -> None:
    """Any sums that add up travel unchanged."""
    names = ("fund_fen", "worker_fen", "employer_fen", "provider_fen")
    receipt = receipt_with(
        charged_fen=sum(shares), **dict(zip(names, shares, strict=True)), benefits_fen=benefits, versions=versions
    )

    assert verify_receipt(sign_receipt(KEY, receipt), KEYS) == receipt


def test_a_receipt_is_a_compact_jws_of_canonical_json() -> None:
    """Any JWS reader finds ES256, the key's name, our type, and a payload in sorted order."""
    jws = sign_receipt(KEY, RECEIPT)

    header, payload = parts_of(jws)

    assert json.loads(header) == {"alg": "ES256", "kid": KEY.kid, "typ": "settlement-receipt+jws"}
    assert payload == canonical_json(json.loads(payload))
    assert list(json.loads(payload)) == sorted(Receipt.__struct_fields__)
    assert receipt_kid(jws) == KEY.kid


def test_every_change_of_any_byte_is_refused() -> None:
    """At each position each of the eight bits is turned: none of them passes."""
    jws = sign_receipt(KEY, RECEIPT).encode()
    accepted = []
    for place in range(len(jws)):
        for bit in range(8):
            changed = bytearray(jws)
            changed[place] ^= 1 << bit
            if not refused(changed.decode("latin-1")):
                accepted.append((place, bit))

    assert accepted == []


@given(st.data())
def test_no_other_byte_anywhere_passes(data: st.DataObject) -> None:
    """Replacing, inserting and removing characters, of the alphabet or not, is refused."""
    jws = sign_receipt(KEY, RECEIPT)
    place = data.draw(st.integers(0, len(jws) - 1))
    other = data.draw(st.characters(max_codepoint=255).filter(lambda found: found != jws[place]))

    assert refused(jws[:place] + other + jws[place + 1 :])
    assert refused(jws[:place] + other + jws[place:])
    assert refused(jws[:place] + jws[place + 1 :])


def refused(jws: str) -> bool:
    try:
        verify_receipt(jws, KEYS)
    except SignatureError:
        return True
    return False


def test_a_key_that_is_not_in_the_set_is_unknown() -> None:
    """The error names the key and where it stands."""
    stranger = SigningKey.generate()

    with pytest.raises(UnknownKey, match=stranger.kid) as caught:
        verify_receipt(sign_receipt(stranger, RECEIPT), KEYS)

    assert caught.value.where == "receipt.header.kid"


def test_another_keys_signature_under_our_name_is_bad() -> None:
    """Who borrows the kid fails at the signature."""
    header, payload = parts_of(sign_receipt(KEY, RECEIPT))

    with pytest.raises(BadSignature):
        verify_receipt(compact(header, payload, SigningKey.generate()), KEYS)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KEY.kid, "typ": TYPE},
        {"alg": "HS256", "kid": KEY.kid, "typ": TYPE},
        {"alg": "ES256", "kid": KEY.kid, "typ": "JWT"},
        {"alg": "ES256", "kid": KEY.kid},
        {"alg": "ES256", "typ": TYPE},
        {"alg": "ES256", "kid": 1, "typ": TYPE},
        {"alg": "ES256", "kid": KEY.kid, "typ": TYPE, "crit": ["b64"]},
    ],
)
def test_another_header_is_refused_even_when_truly_signed(header: dict[str, object]) -> None:
    """No other algorithm, type or extension is ever tried."""
    _, payload = parts_of(sign_receipt(KEY, RECEIPT))

    with pytest.raises(Malformed) as caught:
        verify_receipt(compact(canonical_json(header), payload), KEYS)

    assert caught.value.where == "receipt.header"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"answer_digest"', b'{ "answer_digest"'),
        (b'"bill_no":"B1"', b'"bill_no":"\\u00421"'),
        (b'"bill_no":"B1"', b'"bill_no":"B1","bill_no":"B1"'),
        (b'"bill_no":"B1","charged_fen":123456', b'"charged_fen":123456,"bill_no":"B1"'),
    ],
)
def test_another_form_of_the_same_content_is_not_canonical(old: bytes, new: bytes) -> None:
    """Blanks, escapes, doubled names and order are refused though the signature fits."""
    header, payload = parts_of(sign_receipt(KEY, RECEIPT))
    assert old in payload

    with pytest.raises(NotCanonical) as caught:
        verify_receipt(compact(header, payload.replace(old, new)), KEYS)

    assert caught.value.where == "receipt.payload"


def test_a_header_in_another_form_is_not_canonical() -> None:
    """The protected header has one form too."""
    header, payload = parts_of(sign_receipt(KEY, RECEIPT))

    with pytest.raises(NotCanonical) as caught:
        verify_receipt(compact(b" " + header, payload), KEYS)

    assert caught.value.where == "receipt.header"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"charged_fen": 123_457}, "charged_fen is not"),
        ({"original_settlement_id": "S0"}, "original_settlement_id"),
        ({"kind": "cancellation"}, "original_settlement_id"),
    ],
)
def test_a_receipt_that_does_not_add_up_cannot_be_made(change: dict[str, object], says: str) -> None:
    """A fen without a bearer, or a correction without its original, is no receipt."""
    with pytest.raises(ValueError, match=says):
        Receipt(**{**{name: getattr(RECEIPT, name) for name in Receipt.__struct_fields__}, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "refund", "original_settlement_id": "S0"},
        {"request_digest": "A" * 64},
        {"settlement_day": "2026-1-1"},
        {"settled_at": "2026-01-01T00:00:00+08:00"},
        {"issued_at": "2026-01-01T00:00:00Z\n"},
        {"versions": {"catalog": 1.5}},
        {"message_id": "有空格 的"},
    ],
)
def test_a_receipt_that_could_not_be_verified_is_not_signed(change: dict[str, object]) -> None:
    """What verify would refuse, sign refuses."""
    with pytest.raises(Malformed):
        sign_receipt(KEY, receipt_with(**change))


def test_a_mirrored_signature_proves_the_same_content() -> None:
    """ECDSA's (r, n-s) fits as well: it is another text of 64 bytes, and says nothing else."""
    head, body, signature = sign_receipt(KEY, RECEIPT).split(".")
    octets = base64.urlsafe_b64decode(signature + "==")
    mirrored = octets[:32] + (P256_ORDER - int.from_bytes(octets[32:], "big")).to_bytes(32, "big")

    assert verify_receipt(f"{head}.{body}.{base64url(mirrored)}", KEYS) == RECEIPT


def test_the_answers_digest_leaves_out_its_receipt_and_its_order() -> None:
    """A receipt cannot digest itself; spelling does not matter, content does."""
    assert answer_digest({"b": 1, "a": {"receipt": 2}, "receipt": "x"}) == answer_digest({"a": {"receipt": 2}, "b": 1})
    assert answer_digest({"a": {"receipt": 2}}) != answer_digest({"a": {}})

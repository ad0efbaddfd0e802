"""A response's signature holds for exactly that answer to that request."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.signing.errors import BadSignature, Malformed, Mismatch, NotCovered, SignatureError, UnknownKey
from gateway.signing.keys import SigningKey
from gateway.signing.message import SignedResponse, content_digest, verify_response
from tests.signing.samples import ANSWER_BODY, CREATED, KEY, KEYS, REQUEST_BODY, signed_headers

REQUEST_DIGEST = content_digest(b"anything")


def checked(headers: dict[str, str], **changes: object) -> SignedResponse:
    """Verify the sample answer with changes to what the verifier was told."""
    told: dict[str, Any] = {
        "status": 200,
        "headers": headers,
        "body": ANSWER_BODY,
        "method": "POST",
        "path": "/v1/bills",
        "request_body": REQUEST_BODY,
    }
    return verify_response(KEYS, **{**told, **changes})


def test_an_answer_is_signed_over_the_stated_base() -> None:
    """The four headers have exactly the stated form."""
    headers = signed_headers(request_content_digest=REQUEST_DIGEST)

    assert list(headers) == ["Content-Digest", "Request-Digest", "Signature-Input", "Signature"]
    assert headers["Signature-Input"] == (
        'gateway=("@status" "content-digest" "request-digest" "@method";req "@path";req "content-digest";req)'
        f';created={CREATED};keyid="{KEY.kid}";alg="ecdsa-p256-sha256";tag="settlement-gateway"'
    )


@pytest.mark.parametrize("path", ["/v1/catalog", "/v1/catalog?", "/v1/catalog?limit=2", "/v1/catalog?limit=1&x"])
def test_an_answer_to_another_query_is_refused(path: str) -> None:
    """The signature covers the query as it was sent: no other page can be put in the place of the one asked for."""
    asked = "/v1/catalog?limit=1"
    headers = signed_headers(path=asked)

    assert checked(headers, path=asked).path == "/v1/catalog"
    with pytest.raises(SignatureError):
        checked(headers, path=path)


def test_a_digest_is_the_one_of_rfc_9530() -> None:
    """The example of RFC 9530 §B.1 comes out."""
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_a_verified_answer_says_what_it_covers() -> None:
    """Key, time, status, digests, method and path come back, whatever the case of the headers' names."""
    headers = {name.upper(): value for name, value in signed_headers().items()}

    assert checked(headers) == SignedResponse(
        kid=KEY.kid,
        created=CREATED,
        status=200,
        content_digest=content_digest(ANSWER_BODY),
        request_digest=content_digest(REQUEST_BODY),
        method="POST",
        path="/v1/bills",
    )


wire_texts = st.text(max_size=40) | st.binary(max_size=40).map(lambda octets: octets.decode(errors="surrogateescape"))


@given(
    st.integers(100, 599),
    st.binary(max_size=200),
    st.none() | wire_texts,
    st.none() | wire_texts | wire_texts.map(lambda text: "/" + text),
    st.none() | wire_texts,
)
def test_any_answer_to_any_request_verifies(
    status: int, body: bytes, method: str | None, path: str | None, carried: str | None
) -> None:
    """Strange methods, paths and headers neither break the signature nor its check; headers stay printable ASCII."""
    request = {"method": method, "path": path, "request_content_digest": carried}
    headers = signed_headers(status=status, body=body, request_digest="unread", **request)

    signed = verify_response(KEYS, status=status, headers=headers, body=body, **request)

    assert signed.request_digest == "unread"
    assert all(value.isascii() and value.isprintable() for value in headers.values())


@pytest.mark.parametrize(
    ("change", "error", "where"),
    [
        ({"status": 201}, BadSignature, "header:Signature"),
        ({"body": ANSWER_BODY + b" "}, Mismatch, "header:Content-Digest"),
        ({"request_body": REQUEST_BODY + b" "}, Mismatch, "header:Request-Digest"),
        ({"method": "PUT"}, BadSignature, "header:Signature"),
        ({"path": "/v1/visits"}, BadSignature, "header:Signature"),
        ({"method": None}, NotCovered, "header:Signature-Input"),
        ({"request_content_digest": REQUEST_DIGEST}, NotCovered, "header:Signature-Input"),
    ],
)
def test_an_answer_to_something_else_is_refused(
    change: dict[str, object], error: type[SignatureError], where: str
) -> None:
    """Each thing that the signature covers is checked, and the error names the header that showed it."""
    with pytest.raises(error) as caught:
        checked(signed_headers(), **change)

    assert caught.value.where == where


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("Content-Digest", None, Malformed),
        ("Content-Digest", "sha-512=:AA==:", Malformed),
        ("Content-Digest", content_digest(b""), Mismatch),
        ("Request-Digest", None, Malformed),
        ("Request-Digest", "unread", BadSignature),
        ("Request-Digest", content_digest(b""), Mismatch),
        ("Signature-Input", None, Malformed),
        ("Signature-Input", "gateway=()", Malformed),
        ("Signature", None, Malformed),
        ("Signature", "gateway=:AAAA:", Malformed),
        ("Signature", f"gateway=:{base64.b64encode(bytes(64)).decode()}:", BadSignature),
        ("Signature", f"gateway=:{'A' * 85}B==:", Malformed),
    ],
)
def test_a_changed_header_is_refused(name: str, value: str | None, error: type[SignatureError]) -> None:
    """Missing, malformed or replaced: the error is of the kind that says so."""
    headers = {field: text for field, text in signed_headers().items() if field != name}

    with pytest.raises(error):
        checked(headers if value is None else {**headers, name: value})


def test_every_change_of_a_signed_header_is_refused() -> None:
    """Each byte of the four headers counts, whichever bit of it is turned."""
    signed = signed_headers(request_content_digest=REQUEST_DIGEST)
    accepted = []
    for name, value in signed.items():
        for place, bit in ((place, bit) for place in range(len(value)) for bit in range(7)):
            changed = value[:place] + chr(ord(value[place]) ^ (1 << bit)) + value[place + 1 :]
            try:
                checked({**signed, name: changed}, request_content_digest=REQUEST_DIGEST)
            except SignatureError:
                continue
            accepted.append((name, place, changed))

    assert accepted == []


def test_an_answer_about_an_unknown_request_does_not_pass_for_a_known_one() -> None:
    """A signature without method and path is no answer to a request that was read."""
    headers = signed_headers(method=None, path=None)

    with pytest.raises(NotCovered, match="another request"):
        checked(headers)


def test_an_answer_to_an_unreadable_request_verifies_and_says_so() -> None:
    """What was refused before it was read is signed all the same."""
    headers = signed_headers(status=400, request_digest="unread", method=None, path=None)

    signed = checked(headers, status=400)

    assert (signed.request_digest, signed.method, signed.path) == ("unread", None, None)


def test_a_stranger_is_unknown() -> None:
    """The error names the key."""
    stranger = SigningKey.generate()
    strange = signed_headers()["Signature-Input"].replace(KEY.kid, stranger.kid)

    with pytest.raises(UnknownKey, match=stranger.kid):
        checked({**signed_headers(), "Signature-Input": strange})


def test_other_signatures_may_stand_beside_ours() -> None:
    """A proxy's member before and after ours changes nothing; a second one of ours is refused."""
    signed = signed_headers()
    beside = {
        **signed,
        "Signature-Input": f'proxy=("@status");created=1, {signed["Signature-Input"]}, z=();tag="z"',
        "Signature": f"proxy=:AAAA:, {signed['Signature']}, z=:AAAA:",
    }
    twice = {**signed, "signature": signed["Signature"]}

    assert checked(beside).kid == KEY.kid
    with pytest.raises(Malformed, match="holds 2 signatures"):
        checked(twice)


@pytest.mark.parametrize("change", [{"request_digest": "sha-256=:x:"}, {"status": 99}, {"created": -1}])
def test_a_wrong_call_is_stopped(change: dict[str, object]) -> None:
    """What could never be verified is a mistake of ours, seen at once."""
    with pytest.raises(AssertionError):
        signed_headers(**change)

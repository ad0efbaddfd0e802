"""Other people's implementations agree with ours, both ways."""

import base64
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import http_message_signatures as reference
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gateway.signing.errors import BadSignature
from gateway.signing.keys import verify
from gateway.signing.message import TAG, content_digest, verify_response
from gateway.signing.receipts import sign_receipt
from gateway.signing.targets import path_value
from tests.signing.samples import ANSWER_BODY, CREATED, KEY, KEYS, RECEIPT, REQUEST_BODY, signed_headers

REQUEST_DIGEST = content_digest(REQUEST_BODY)
PATHS = ["/v1/bills", "", "/in/H1?x=1&y=2", "/工伤 测试", "/50%", '/a"b\\c', "/a%2fb", "/\udcb9"]


def seen_by_reference(path: str, headers: dict[str, str], *, carried: str | None) -> SimpleNamespace:
    """The answer and its request as the other library takes them."""
    request_headers = {} if carried is None else {"Content-Digest": carried}
    url = f"http://127.0.0.1{path_value(path)}{'?' + path.partition('?')[2] if '?' in path else ''}"
    request = SimpleNamespace(method="POST", url=url, headers=request_headers)
    return SimpleNamespace(status_code=200, headers=dict(headers), request=request)


def resolver() -> reference.MappingKeyResolver:
    private = serialization.load_der_private_key(KEY.pkcs8(), password=None)
    return reference.MappingKeyResolver(public_keys={KEY.kid: KEY.public_key()}, private_keys={KEY.kid: private})


@pytest.mark.parametrize("carried", [None, REQUEST_DIGEST])
@pytest.mark.parametrize("path", PATHS)
def test_the_reference_library_accepts_our_signature(path: str, carried: str | None) -> None:
    """What we sign, http-message-signatures verifies over the same components and the same body."""
    headers = signed_headers(path=path, request_content_digest=carried)
    verifier = reference.HTTPMessageVerifier(
        signature_algorithm=reference.algorithms.ECDSA_P256_SHA256, key_resolver=resolver()
    )

    seen = seen_by_reference(path, headers, carried=carried)
    (result,) = verifier.verify(seen, max_age=None, expect_tag=TAG, body=ANSWER_BODY)

    assert result.parameters["created"] == CREATED
    assert result.covered_components['"@path";req'] == path_value(path)
    assert ('"@query";req' in result.covered_components) is ("?" in path)
    assert result.covered_components['"request-digest"'] == REQUEST_DIGEST
    assert ('"content-digest";req' in result.covered_components) is (carried is not None)


def test_the_reference_library_refuses_what_we_refuse() -> None:
    """Another status than the signed one fails there too."""
    seen = seen_by_reference("/v1/bills", signed_headers(), carried=None)
    seen.status_code = 201
    verifier = reference.HTTPMessageVerifier(
        signature_algorithm=reference.algorithms.ECDSA_P256_SHA256, key_resolver=resolver()
    )

    with pytest.raises(reference.InvalidSignature):
        verifier.verify(seen, max_age=None, expect_tag=TAG, body=ANSWER_BODY)


@pytest.mark.parametrize("carried", [None, REQUEST_DIGEST])
@pytest.mark.parametrize("path", PATHS)
def test_we_accept_the_reference_librarys_signature(path: str, carried: str | None) -> None:
    """What http-message-signatures signs over the stated components, we verify."""
    digests = {"Content-Digest": content_digest(ANSWER_BODY), "Request-Digest": REQUEST_DIGEST}
    seen = seen_by_reference(path, digests, carried=carried)
    signer = reference.HTTPMessageSigner(
        signature_algorithm=reference.algorithms.ECDSA_P256_SHA256, key_resolver=resolver()
    )
    components = ["@status", "content-digest", "request-digest", '"@method";req', '"@path";req']
    if "?" in path:
        components.append('"@query";req')

    signer.sign(
        seen,
        key_id=KEY.kid,
        created=datetime.fromtimestamp(CREATED, UTC),
        label="gateway",
        use_existing_digest=True,
        tag=TAG,
        covered_component_ids=[*components, '"content-digest";req'] if carried else components,
    )

    signed = verify_response(
        KEYS,
        status=200,
        headers=seen.headers,
        body=ANSWER_BODY,
        method="POST",
        path=path,
        request_content_digest=carried,
        request_body=REQUEST_BODY,
    )
    assert signed.path == path_value(path)


@pytest.fixture
def openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("there is no openssl command here")
    return found


def der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def openssl_says(openssl: str, folder: Path, signature: bytes, message: bytes) -> str:
    """Let openssl verify a DER signature by our public key."""
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for name, octets in (("key.pem", public), ("signature", signature), ("message", message)):
        (folder / name).write_bytes(octets)
    command = [openssl, "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False).stdout.strip()


def test_openssl_accepts_our_receipt_and_refuses_a_changed_one(openssl: str, tmp_path: Path) -> None:
    """The JWS signing input and its signature hold for openssl; one more byte does not."""
    signing_input, _, signature = sign_receipt(KEY, RECEIPT).rpartition(".")
    fitting = der(base64.urlsafe_b64decode(signature + "=="))

    assert openssl_says(openssl, tmp_path, fitting, signing_input.encode()) == "Verified OK"
    assert openssl_says(openssl, tmp_path, fitting, signing_input.encode() + b".") != "Verified OK"


def test_openssl_accepts_our_answers_signature(openssl: str, tmp_path: Path) -> None:
    """Over the signature base written out by hand from RFC 9421 §2.5."""
    headers = signed_headers()
    base = "\n".join(
        [
            '"@status": 200',
            f'"content-digest": {content_digest(ANSWER_BODY)}',
            f'"request-digest": {REQUEST_DIGEST}',
            '"@method";req: POST',
            '"@path";req: /v1/bills',
            f'"@signature-params": {headers["Signature-Input"].removeprefix("gateway=")}',
        ]
    )
    signature = base64.b64decode(headers["Signature"].removeprefix("gateway=:").removesuffix(":"))

    assert openssl_says(openssl, tmp_path, der(signature), base.encode()) == "Verified OK"


def test_we_accept_openssls_signature(openssl: str, tmp_path: Path) -> None:
    """What openssl signs with our key, we verify."""
    (tmp_path / "key.der").write_bytes(KEY.pkcs8())
    command = [openssl, "dgst", "-sha256", "-sign", "key.der", "-keyform", "DER"]
    made = subprocess.run(command, cwd=tmp_path, input=b"message", capture_output=True, timeout=30, check=True).stdout
    raw = reference.algorithms.ECDSA_P256_SHA256.signature_from_der(made)

    verify(KEY.public_key(), raw, b"message")

    with pytest.raises(BadSignature):
        verify(KEY.public_key(), raw, b"massage")

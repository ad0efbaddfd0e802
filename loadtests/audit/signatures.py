"""Signatures of answers that were kept whole, verified by another implementation of RFC 9421 than the gateway's own."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import aiohttp
import http_message_signatures as rfc9421
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, EllipticCurvePublicNumbers

from loadtests.engine.tape import Whole

COVERED = {'"@status"', '"content-digest"', '"request-digest"', '"@method";req', '"@path";req'}
TAG = "settlement-gateway"


async def keys_of(url: str) -> dict[str, EllipticCurvePublicKey]:
    """Return a gateway's public keys by their kid."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/.well-known/jwks.json") as answer:
        answer.raise_for_status()
        jwks: dict[str, Any] = await answer.json()
    return {key["kid"]: _public(key) for key in jwks["keys"]}


def signature_faults(wholes: Sequence[Whole], keys: Mapping[str, EllipticCurvePublicKey]) -> list[str]:
    """Return a fault for each answer whose signature does not hold over it and the request it answers."""
    verifier = rfc9421.HTTPMessageVerifier(
        signature_algorithm=rfc9421.algorithms.ECDSA_P256_SHA256,
        key_resolver=rfc9421.MappingKeyResolver(public_keys=dict(keys), private_keys={}),
    )
    return [fault for whole in wholes for fault in _faults(whole, verifier)]


def _faults(whole: Whole, verifier: Any) -> list[str]:
    named = f"{whole.message.provider_code} message {whole.message.message_id} bill {whole.message.bill_no or '-'}"
    try:
        problem = _problem(whole, verifier)
    except (rfc9421.HTTPMessageSignaturesException, ValueError, KeyError) as wrong:
        problem = f"{type(wrong).__name__} {wrong}"
    return [f"the answer's signature does not hold: {named}: {problem}"] if problem else []


def _problem(whole: Whole, verifier: Any) -> str:
    """Return what is wrong with an answer's signature, "" where nothing is."""
    status, headers, body = _answer(whole.answer)
    request_head, _, request_body = whole.request.partition(b"\r\n\r\n")
    method, path = request_head.split(b" ", 2)[:2]
    request = SimpleNamespace(method=method.decode(), url=f"http://127.0.0.1{path.decode()}", headers={})
    seen = SimpleNamespace(status_code=status, headers=headers, request=request)
    (result,) = verifier.verify(seen, max_age=None, expect_tag=TAG, body=body)
    if missing := COVERED - set(result.covered_components):
        return f"it does not cover {', '.join(sorted(missing))}"
    digest = base64.b64encode(hashlib.sha256(request_body).digest()).decode()
    if headers["Request-Digest"] != f"sha-256=:{digest}:":
        return "it answers another request"
    return ""


def _answer(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    return int(first.split(" ")[1]), dict(field.split(": ", 1) for field in fields), body


def _public(jwk: Mapping[str, str]) -> EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("x", "y"))
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()

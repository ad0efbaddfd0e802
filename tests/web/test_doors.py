"""Who gets in, by which door, and what they are told."""

from types import SimpleNamespace

import http_message_signatures as reference
import pytest

from gateway.signing.message import TAG, content_digest
from tests.web.conftest import Serve, Served
from tests.web.fixed_house import CENTRE, HOSPITAL, TOKENS


async def test_the_native_door_answers_in_the_native_dialect(served: Served) -> None:
    """Whatever the provider's own dialect, /v1 is native; the signature binds method, path and body."""
    wire = await served.wire()

    answer = await wire.ask("POST", "/v1/bills", token=TOKENS[HOSPITAL], body=b"{}")

    assert answer.status == 200
    assert answer.body == f"{HOSPITAL} native POST /v1/bills ".encode() + b"{}"
    assert (answer.signed.method, answer.signed.path) == ("POST", "/v1/bills")


async def test_a_providers_door_speaks_its_dialect(served: Served) -> None:
    """POST /in/{provider} is read in the dialect of that provider."""
    wire = await served.wire()

    answer = await wire.ask("POST", f"/in/{HOSPITAL}", token=TOKENS[HOSPITAL], body=b"{}")

    assert answer.body.startswith(f"{HOSPITAL} jiangsu_injury POST".encode())


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/v1/bills", None),
        ("/v1/bills", "nobodys"),
        (f"/in/{HOSPITAL}", None),
        (f"/in/{HOSPITAL}", TOKENS[CENTRE]),
        ("/in/H99999999999", TOKENS[CENTRE]),
        ("/in/H99999999999", "nobodys"),
        ("/in/%E5%8C%BB%E9%99%A2", TOKENS[CENTRE]),
    ],
)
async def test_an_unknown_caller_learns_nothing(served: Served, path: str, token: str | None) -> None:
    """G10: no token, a wrong one, another's door and a door that is not there get the very same words."""
    wire = await served.wire()

    answer = await wire.ask("POST", path, token=token, body=b"x")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Request-Digest"] == "unread"
    first = await (await served.wire()).ask("POST", "/v1/visits", body=b"y")
    assert answer.body == first.body
    assert served.house.started == []


@pytest.mark.parametrize("scheme", ["Basic dG9rZW4=", "Bearer", "Bearer a b", "token-of-the-hospital", "Bearer ü"])
async def test_another_way_of_saying_who_is_refused(served: Served, scheme: str) -> None:
    """Only a bearer token of the form of RFC 6750 is looked at."""
    wire = await served.wire()

    answer = await wire.ask("POST", "/v1/bills", headers={"Authorization": scheme})

    assert answer.status == 401


async def test_two_tokens_are_none(served: Served) -> None:
    """A repeated Authorization field cannot smuggle a second caller."""
    wire = await served.wire()
    lines = "".join(f"Authorization: Bearer {token}\r\n" for token in TOKENS.values())
    wire.send(f"POST /v1/bills HTTP/1.1\r\nHost: g\r\n{lines}Content-Length: 0\r\n\r\n".encode())

    assert (await wire.answer("POST", "/v1/bills")).status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("POST", "/in/a/b"), ("GET", "/v2"), ("GET", "/docs/none"), ("POST", "/docsy")],
)
async def test_no_such_place_is_a_signed_problem(served: Served, method: str, path: str) -> None:
    """Whatever is not ours gets a 404 problem in both languages."""
    wire = await served.wire()

    answer = await wire.ask(method, path)

    assert (answer.status, answer.code) == (404, "http.no_such_place")
    assert answer.json["faults"][0]["cure_zh"]
    assert answer.json["type"] == "/problems/http.no_such_place"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/livez", "GET, HEAD"),
        ("DELETE", "/docs", "GET, HEAD"),
        ("PUT", "/problems/auth.unknown", "GET, HEAD"),
        ("HEAD", "/metrics", "GET"),
        ("GET", f"/in/{HOSPITAL}", "POST"),
        ("POST", "/v1/settlements/S1/receipt", "GET"),
    ],
)
async def test_another_method_is_told_which_would_do(served: Served, method: str, path: str, allowed: str) -> None:
    """A place that is there and does not take the method says 405 and names those that it takes."""
    wire = await served.wire()

    answer = await wire.ask(method, path)

    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert method == "HEAD" or answer.json["faults"][0]["cure_en"] == f"use {allowed}"


async def test_a_receipt_is_fetched_by_its_settlement(served: Served) -> None:
    """GET …/receipt asks the house for this caller's receipt; another's is not found."""
    wire = await served.wire()

    found = await wire.ask("GET", "/v1/settlements/S1/receipt", token=TOKENS[CENTRE])
    missing = await wire.ask("GET", "/v1/settlements/S2/receipt", token=TOKENS[CENTRE])

    assert (found.status, found.body) == (200, f"receipt for {CENTRE}".encode())
    assert missing.status == 404


async def test_probes_and_keys_need_no_token(served: Served) -> None:
    """Liveness, readiness and public keys are open to all."""
    wire = await served.wire()

    assert (await wire.ask("GET", "/livez")).json == {"live": True}
    assert (await wire.ask("GET", "/readyz")).json == {"ready": True, "wrong": {}}
    assert (await wire.ask("HEAD", "/livez")).status == 200
    assert (await wire.ask("GET", "/.well-known/jwks.json")).json["keys"][0]["kid"] == served.house.key().kid


async def test_what_is_wrong_makes_unready(served: Served) -> None:
    """A house that misses a part says so to the balancer."""
    served.house.wrong = {"database": "away"}
    wire = await served.wire()

    answer = await wire.ask("GET", "/readyz")

    assert (answer.status, answer.json["wrong"]) == (503, {"database": "away"})


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Encoding": "gzip"}, "http.content_encoding"),
        ({"Expect": "a-miracle"}, "http.expect"),
        ({"Content-Digest": f"sha-256=:{'A' * 43}=:"}, "http.content_digest"),
    ],
)
async def test_what_we_cannot_meet_is_refused(served: Served, headers: dict[str, str], code: str) -> None:
    """Compressed bodies, unknown expectations and wrong digests are refused before the house sees them."""
    wire = await served.wire()

    answer = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"{}", headers=headers)

    assert (answer.status, answer.code) == (400, code)
    assert served.house.started == []


@pytest.mark.parametrize("target", ["/v1/bills#x", "/v1/账单"])
async def test_a_target_that_is_none_is_refused(served: Served, target: str) -> None:
    """A fragment or a letter outside ASCII is refused, not ignored."""
    wire = await served.wire()
    wire.send(f"POST {target} HTTP/1.1\r\nHost: g\r\nContent-Length: 0\r\n\r\n".encode())

    answer = await wire.answer("POST", target)

    assert answer.status == 400


async def test_a_query_reaches_the_native_dialect_as_it_was_sent(served: Served) -> None:
    """Where something is asked for; the signature covers it."""
    wire = await served.wire()

    answer = await wire.ask("GET", "/v1/visits?limit=5&state=%6Fpen", token=TOKENS[CENTRE])

    assert answer.body == f"{CENTRE} native GET /v1/visits?limit=5&state=%6Fpen ".encode()
    assert answer.headers["Signature-Input"].count('"@query";req') == 1


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v1/settlements/S1/receipt?x=1"),
        ("GET", "/livez?x=1"),
        ("POST", f"/in/{HOSPITAL}?x=1"),
    ],
)
async def test_elsewhere_a_query_is_refused(served: Served, method: str, target: str) -> None:
    """Receipts, probes and providers' doors read none."""
    wire = await served.wire()

    answer = await wire.ask(method, target, token=TOKENS[HOSPITAL])

    assert (answer.status, answer.code) == (400, "http.target")


async def test_a_refusal_at_a_providers_door_is_in_its_dialect(serve: Serve) -> None:
    """A caller that is known is refused in its own words."""
    served = await serve(body_bytes_max=10)
    wire = await served.wire()

    answer = await wire.ask("POST", f"/in/{HOSPITAL}", token=TOKENS[HOSPITAL], body=b"x" * 11)

    assert answer.status == 413
    assert answer.json["infcode"] == "-1"


async def test_answers_carry_a_fresh_request_id_and_no_version(served: Served) -> None:
    """A caller's own Request-Id is not taken over, and Server leaks no version."""
    wire = await served.wire()

    first = await wire.ask("GET", "/livez", headers={"Request-Id": "mine"})
    second = await wire.ask("GET", "/livez")

    assert first.headers["Request-Id"] not in {"mine", second.headers["Request-Id"]}
    assert first.headers["Request-Id"][14] == "7"
    assert first.headers["Server"] == "settlement-gateway"


async def test_the_reference_library_accepts_an_answer_off_the_wire(served: Served) -> None:
    """http-message-signatures verifies status, both digests, method, path and the request's Content-Digest."""
    wire, key = await served.wire(), served.house.key()
    carried = {"Content-Digest": content_digest(b"{}")}
    answer = await wire.ask("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"{}", headers=carried)
    verifier = reference.HTTPMessageVerifier(
        signature_algorithm=reference.algorithms.ECDSA_P256_SHA256,
        key_resolver=reference.MappingKeyResolver(public_keys={key.kid: key.public_key()}, private_keys={}),
    )
    request = SimpleNamespace(method="POST", url="http://gateway/v1/bills", headers=carried)
    seen = SimpleNamespace(status_code=answer.status, headers=answer.headers, request=request)

    (result,) = verifier.verify(seen, max_age=None, expect_tag=TAG, body=answer.body)

    assert result.covered_components['"content-digest";req'] == carried["Content-Digest"]
    assert result.covered_components['"request-digest"'] == content_digest(b"{}")

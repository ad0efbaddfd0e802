"""The request log: what was checked of a call, in words, and nothing of a person."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from gateway.sandbox.journal import CALLS_MAX
from gateway.signing.keys import read_jwks
from gateway.signing.message import signature_base, verify_response
from tests.sandbox.sandboxed import HOSPITAL, JIANGSU, OTHER, Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")
JSON = {"Content-Type": "application/json"}
NAME, LATIN_NAME, PHONE = "欧阳测试", "OUYANG CESHI", "13912345678"


def check(call: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in call["checks"] if one["name"] == name)


def states(call: dict[str, Any]) -> str:
    """The first letters of the checks' states: passed, failed, skipped, noted."""
    return "".join(one["state"][0] for one in call["checks"])


async def sent(sandbox: Sandbox, path: str, body: bytes, **headers: str) -> dict[str, Any]:
    """Send something to a door and return the newest call of the log."""
    await sandbox.raw("POST", path, body, JSON | {name.replace("_", "-"): value for name, value in headers.items()})
    return (await sandbox.calls())[0]


async def test_a_settled_bill_is_told_from_end_to_end(sandbox: Sandbox) -> None:
    """Its request as it was read, its answer, and the very bytes that its signature is over."""
    answer = await sandbox.submit(await sandbox.bill("first"), "my-first-bill")
    (call,) = await sandbox.calls()
    canonical, told = json.loads(call["canonical"]), json.loads(call["answer"])

    assert (call["provider"], call["verb"], call["message_id"]) == (HOSPITAL, "SubmitBill", "my-first-bill")
    assert (call["status"], call["outcome"], states(call)) == (200, "settled", "pspn")
    (item,) = canonical["request"]["items"]
    assert (item["catalog_code"], item["unit_price_yuan"]) == ("004200000010000", "300.00")
    assert told["settlement_id"] == answer.json["settlement_id"]
    assert check(call, "answer")["said"][0]["code"] == "price.ceiling"
    assert "260" in check(call, "answer")["said"][0]["cure_en"]
    assert call["signature_base"] == signature_base(
        200, answer.headers, method="POST", path="/v1/bills", request_content_digest=None
    )


async def test_why_a_check_failed_is_told(sandbox: Sandbox) -> None:
    """A wrong digest, tokens of four kinds, unreadable JSON and an unreadable place are told apart, zh and en."""
    mine = f"Bearer {sandbox.tokens[HOSPITAL]}"
    other_digest = f"sha-256=:{'A' * 43}=:"
    wrong_digest = await sent(sandbox, "/v1/bills", b"{}", Authorization=mine, Content_Digest=other_digest)
    no_token = await sent(sandbox, "/v1/bills", b"{}")
    not_bearer = await sent(sandbox, "/v1/bills", b"{}", Authorization="Basic YTpi")
    unknown_token = await sent(sandbox, "/v1/bills", b"{}", Authorization="Bearer 0123456789")
    other_door = await sent(sandbox, f"/in/{OTHER}", b"{}", Authorization=mine)
    broken_json = await sent(sandbox, "/v1/bills", b'{"visit": 3,', Authorization=mine)
    wrong_type = await sent(sandbox, "/v1/sign-ins", b'{"operator_id": 7}', Authorization=mine, Idempotency_Key="m1")

    assert states(wrong_digest) == "pfsf"
    assert other_digest in check(wrong_digest, "digest")["en"]
    assert "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=" in check(wrong_digest, "digest")["en"]
    assert [check(one, "caller")["en"] for one in (no_token, not_bearer, unknown_token)] == [
        "there is no Authorization header",
        "Authorization is not of the form `Bearer TOKEN`",
        "no provider of this sandbox has this token",
    ]
    assert check(other_door, "caller")["en"] == f"the token is {HOSPITAL}'s, and the address is another provider's"
    assert check(broken_json, "message")["said"][0]["code"] == "json.syntax"
    assert (check(wrong_type, "message")["said"][0]["where"], states(wrong_type)) == ("/operator_id", "psff")
    assert all(one["zh"] for call in (wrong_digest, no_token, other_door, broken_json) for one in call["checks"])


async def test_persons_and_tokens_are_masked(sandbox: Sandbox) -> None:
    """Names, numbers, phones and tokens stand nowhere in the log, be it in a field, a path or a header."""
    person = sandbox.workers["W90000"]
    certno, name = person["certno"], person["name"]
    mine = f"Bearer {sandbox.tokens[HOSPITAL]}"
    bill = await sandbox.bill("first")
    bill["visit"] |= {"phone": PHONE, "ward": LATIN_NAME, "bed": certno}
    bill["items"][0]["name"] = NAME
    verified = await sandbox.ask("POST", "/v1/persons/verify", {"certno": certno, "name": name})
    settled = await sandbox.submit(bill, "m1")
    by_jiangsu = {
        "infno": "1101",
        "msgid": f"{JIANGSU}202611250000000001",
        "fixmedins_code": JIANGSU,
        "sign_no": NAME,
        "input": {"data": {"certno": certno, "psn_name": name}},
    }
    await sandbox.ask("POST", f"/in/{JIANGSU}", by_jiangsu, provider=JIANGSU)
    await sandbox.ask("POST", "/v1/persons/verify", {"certno": LATIN_NAME, name: certno, "name": [name, LATIN_NAME]})
    await sent(
        sandbox, "/v1/bills", f'{{"visit": {{"visit_no": "{certno}", "phone": "{PHONE}"}}'.encode(), Authorization=mine
    )
    await sent(sandbox, "/v1/bills", json.dumps({"visit": {"worker_id": NAME}}).encode(), Authorization=mine)
    await sent(sandbox, f"/v1/visits/{certno}/items", b"{}", Authorization=mine, Idempotency_Key=f"m-{certno}")
    await sent(sandbox, "/v1/visits/%E6%AC%A7%E9%98%B3/items", b"{}", Authorization=mine, X_Patient=PHONE)
    await sandbox.raw("GET", f"/v1/outcomes/{certno}", b"", {"Authorization": f"Bearer {PHONE}"})
    calls = await sandbox.calls()
    pages = [(await sandbox.raw("GET", f"/sandbox/log/{call['number']}"))[1] for call in calls]
    texts = [json.dumps(calls, ensure_ascii=False), *pages, (await sandbox.raw("GET", "/sandbox/log"))[1]]

    assert (verified.status, verified.json["certno"], settled.status) == (200, certno, 200)
    assert len(calls) == 9
    for secret in (certno, name, NAME, LATIN_NAME, PHONE, "欧阳", "%E6%AC%A7", *sandbox.tokens.values()):
        assert not [text for text in texts if secret in text], secret
    assert '"name": "•••"' in next(
        call["answer"] for call in calls if call["verb"] == "VerifyPerson" and call["answer"]
    )


async def test_the_log_is_filtered_by_provider_and_message(sandbox: Sandbox) -> None:
    """By either, by both, on the page and in log.json."""
    for number in (1, 2):
        await sandbox.submit(await sandbox.bill("first"), f"m{number}")
    await sandbox.ask("GET", "/v1/outcomes/m1", provider=OTHER)
    _, page = await sandbox.raw("GET", f"/sandbox/log?provider={OTHER}")

    assert [call["message_id"] for call in await sandbox.calls("?message_id=m2")] == ["m2"]
    assert [call["provider"] for call in await sandbox.calls(f"?provider={OTHER}")] == [OTHER]
    assert await sandbox.calls(f"?provider={OTHER}&message_id=m2") == []
    assert (page.count("<tr class="), f"<option selected>{OTHER}" in page) == (1, True)


async def test_the_log_is_bounded(sandbox: Sandbox) -> None:
    """The newest calls are kept, and no more of them than it says."""
    for number in range(CALLS_MAX + 5):
        await sandbox.ask("GET", f"/v1/outcomes/m{number}")
    calls = await sandbox.calls()

    assert len(calls) == CALLS_MAX
    assert calls[0]["path"] == f"/v1/outcomes/m{CALLS_MAX + 4}"
    assert (await sandbox.raw("GET", f"/sandbox/log/{calls[-1]['number'] - 1}"))[0] == 404


async def test_a_lost_answer_is_told_as_lost(sandbox: Sandbox) -> None:
    """The call has no status, and names the magic that took its answer."""
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await sandbox.submit(await sandbox.bill("cut"), "lost")
    (call,) = await sandbox.calls()

    assert (call["status"], call["outcome"], call["magic"]) == (None, "left", "cut")
    assert "connection was cut" in check(call, "answer")["en"]


async def test_what_is_no_http_is_told_too(sandbox: Sandbox) -> None:
    """Bytes that are no request are answered, and stand in the log without their content."""
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.gateway.port)
    writer.write(b"HELO 000000198001010000 HTTP\r\n\r\n")
    answer = await reader.read()
    writer.close()
    (call,) = await sandbox.calls()

    assert b"400" in answer.split(b"\r\n")[0]
    assert (call["method"], call["status"], check(call, "caller")["state"]) == ("•••", 400, "skipped")


async def test_the_rooms_are_signed_and_have_a_strict_policy(sandbox: Sandbox) -> None:
    """A page is signed like every answer (G8), and lets the browser load and send nothing from elsewhere."""
    session, target = await sandbox.gateway.session(), f"/sandbox/log?provider={HOSPITAL}"
    async with session.get(f"{sandbox.gateway.url}{target}") as answer:
        body, headers = await answer.read(), dict(answer.headers)
    async with session.get(f"{sandbox.gateway.url}/.well-known/jwks.json") as jwks:
        keys = read_jwks(await jwks.read())

    verify_response(keys, status=200, headers=headers, body=body, method="GET", path=target, request_body=b"")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert b"style=" not in body
    assert b"<script>" not in body


async def test_a_page_of_another_site_changes_nothing(sandbox: Sandbox) -> None:
    """What a browser sends for some other page is refused; the sandbox's own form leads back to its page."""
    await sandbox.submit(await sandbox.bill("first"), "m1")
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    foreign = await sandbox.raw("POST", "/sandbox/reset", b"", form | {"Origin": "http://evil.example"})
    kept = await sandbox.calls()
    own = await sandbox.raw("POST", "/sandbox/reset", b"", form | {"Origin": sandbox.gateway.url})

    assert (foreign[0], foreign[1]["code"], len(kept)) == (422, "sandbox.origin", 1)
    assert own[0] == 303
    assert await sandbox.calls() == []


async def test_there_is_nothing_else(sandbox: Sandbox) -> None:
    """Unknown rooms, files outside the list and wrong methods are refused, and a query that nobody reads."""
    tried = [
        (await sandbox.raw(method, path))[0]
        for method, path in (
            ("GET", "/sandbox/nothing"),
            ("GET", "/sandbox/first.html.j2"),
            ("GET", "/sandbox/..%2Fschema.sql"),
            ("GET", "/sandbox/bills/nobody"),
            ("GET", "/sandbox/log/x"),
            ("GET", "/sandboxes"),
            ("DELETE", "/sandbox/log"),
            ("POST", "/sandbox/log"),
        )
    ]
    queried = await sandbox.raw(
        "GET", "/v1/outcomes/m1?x=1", b"", {"Authorization": f"Bearer {sandbox.tokens[HOSPITAL]}"}
    )

    assert tried == [404] * 8
    assert (queried[0], queried[1]["code"]) == (400, "query.unknown")

"""The magic table: which persons and items of the sandbox's world make what happen, listed here and nowhere else.

A person is met by worker number, an item by its catalog code in any bill; both only when a bill is settled (SubmitBill,
Settle), in either dialect. `gateway serve` knows nothing of it: only `gateway.app.serve_sandbox` wires it.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

Effect: TypeAlias = Literal["cut", "held", "slow", "busy", "too_many", "row"]
"""What happens: the connection is cut after the commit; the answer is held after it; it comes late; 503; 429; nothing
but what the person's own rows bring about."""

RETRY_AFTER_S = 2
SLOW_SECONDS = 5.0
HELD_SECONDS = 40.0
"""Longer than the edge waits for the house: who is patient gets its 503 that says the outcome is unknown."""


class Magic(Struct, frozen=True, kw_only=True):
    """One row: its name, by whom and by what it is met, and what happens."""

    name: str
    effect: Effect
    worker_id: str
    item_code: str | None
    zh: str
    en: str
    then_zh: str
    """What to do then."""
    then_en: str


MAGIC: tuple[Magic, ...] = (
    Magic(
        name="cut",
        effect="cut",
        worker_id="W90001",
        item_code="SBX-CUT",
        zh="结算已提交，随后断开连接，应答丢失",
        en="the bill settles, then the connection is cut: the answer is lost",
        then_zh="用同一报文编号原样重发：同样的字节返回，带 Idempotent-Replay；或查询交易结果",
        then_en="send the same again under the same id: the same bytes come back, marked Idempotent-Replay; or ask for "
        "its outcome",
    ),
    Magic(
        name="held",
        effect="held",
        worker_id="W90002",
        item_code="SBX-HELD",
        zh=f"结算已提交，应答被压住{HELD_SECONDS:g}秒；三十秒时网关答 503 edge.answer_late",
        en=f"the bill settles, and its answer is held for {HELD_SECONDS:g} s; after 30 s the gateway says 503"
        " edge.answer_late",
        then_zh="结果未知，并非失败：原样重发，或查询交易结果",
        then_en="unknown is not failed: send the same again, or ask for its outcome",
    ),
    Magic(
        name="slow",
        effect="slow",
        worker_id="W90003",
        item_code="SBX-SLOW",
        zh=f"应答迟到{SLOW_SECONDS:g}秒",
        en=f"the answer comes {SLOW_SECONDS:g} s late",
        then_zh="客户端超时应长于此；操作员界面不应卡住",
        then_en="wait longer than this; keep the operator's screen alive meanwhile",
    ),
    Magic(
        name="busy",
        effect="busy",
        worker_id="W90004",
        item_code="SBX-503",
        zh=f"首次答 503，Retry-After: {RETRY_AFTER_S}；等够之后同一报文即可结算",
        en=f"first 503 with Retry-After: {RETRY_AFTER_S}; after that wait the same message settles",
        then_zh="按 Retry-After 等待后原样重发；提前重发仍是 503",
        then_en="wait for Retry-After, then send the same again; too early is 503 again",
    ),
    Magic(
        name="too-many",
        effect="too_many",
        worker_id="W90005",
        item_code="SBX-429",
        zh=f"首次答 429，Retry-After: {RETRY_AFTER_S}；等够之后同一报文即可结算",
        en=f"first 429 with Retry-After: {RETRY_AFTER_S}; after that wait the same message settles",
        then_zh="减少并发，按 Retry-After 等待后原样重发",
        then_en="send fewer at once; wait for Retry-After, then send the same again",
    ),
    Magic(
        name="exhausted",
        effect="row",
        worker_id="W90006",
        item_code=None,
        zh="旧伤复发资格（W90006-QA1）只剩 100 元：首单部分支付，次单全部由职工负担",
        en="100 yuan are left of the relapse authorization W90006-QA1: the first bill is paid in part, the next not at "
        "all",
        then_zh="看审核结果 authorization.amount 及其依据",
        then_en="read the finding authorization.amount and its cure",
    ),
    Magic(
        name="article-17",
        effect="row",
        worker_id="W90007",
        item_code=None,
        zh="用人单位逾期申请认定（条例第十七条）：受理日及以前的费用由单位负担",
        en="the employer applied too late (article 17): costs up to the day of acceptance are the employer's",
        then_zh="看逐行分担：2026-05-20 及以前由单位负担",
        then_en="read the shares line by line: up to 2026-05-20 the employer bears them",
    ),
    Magic(
        name="pending",
        effect="row",
        worker_id="W90008",
        item_code=None,
        zh="工伤认定尚未作出：可登记、可传明细，不能结算（recognition.state）",
        en="the recognition is still pending: visits and items are taken, settling is refused (recognition.state)",
        then_zh="待认定作出后再结算",
        then_en="settle when it has been decided",
    ),
)

"""The sandbox's own refusals, each with its words and its cure."""

from schemas.problems import Busy, Fault, GatewayError, NotFound, Refused, WireError

RETRY_S = 1


def no_such_room() -> GatewayError:
    """The path is below /sandbox, and nothing is there."""
    return NotFound(
        Fault(
            pointer="",
            code="sandbox.no_such_place",
            zh="沙箱没有这个页面，或不支持此请求方法",
            en="the sandbox has no such page, or it does not take this method",
            cure_zh="从 /sandbox 开始",
            cure_en="begin at /sandbox",
        )
    )


def unreadable_clock() -> GatewayError:
    """What the clock is to be set to cannot be read."""
    return WireError(
        Fault(
            pointer="",
            code="sandbox.clock",
            zh="无法识别的时刻",
            en="this is nothing to set the clock to",
            cure_zh='请恰好给出其一: {"at": "2026-12-31T23:50+08:00"}（须带时区, 2020 年至 2099 年）、'
            '{"advance": "30d"}（如 1d12h30m）或 {"real": true}',
            cure_en='give exactly one of {"at": "2026-12-31T23:50+08:00"} (with its offset, from 2020 to 2099), '
            '{"advance": "30d"} (or 1d12h30m), {"real": true}',
        )
    )


def elsewhere() -> GatewayError:
    """Some other site's page, open in the developer's browser, asks to change the sandbox."""
    return Refused(
        Fault(
            pointer="header:Origin",
            code="sandbox.origin",
            zh="请求来自其他网站的页面",
            en="a page of another site sent this",
            cure_zh="请在沙箱自己的页面上操作，或使用 curl、gateway sandbox",
            cure_en="use the sandbox's own page, curl, or `gateway sandbox`",
        )
    )


def at_work() -> GatewayError:
    """The sandbox is being reset or its clock set."""
    return Busy(
        Fault(
            pointer="",
            code="sandbox.at_work",
            zh="沙箱正在复位或调整时钟，本次请求未受理",
            en="the sandbox is being reset or its clock set; this request was not taken",
            cure_zh="请稍后重试",
            cure_en="send it again in a moment",
        ),
        retry_after_s=RETRY_S,
    )

"""Amounts in Chinese capitals (人民币大写), as they stand on a printed statement (支付结算办法, 附一)."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def capitals(fen: int) -> str:
    """Return an amount in capitals: 105020 fen is 壹仟零伍拾元贰角整."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif cents and yuan:
        text += "零"
    text += f"{_DIGITS[cents]}分" if cents else "整"
    return f"负{text}" if fen < 0 else text


def _whole(number: int) -> str:
    """Return a whole number: split at 亿, then at 万, then by places; what leads with noughts gets one 零."""
    if not number:
        return "零"
    for size, name in ((10**8, "亿"), (10**4, "万")):
        high, low = divmod(number, size)
        if high:
            return f"{_whole(high)}{name}{_after(low, size)}"
    return _places(number)


def _after(low: int, size: int) -> str:
    if not low:
        return ""
    return ("零" if low < size // 10 else "") + _whole(low)


def _places(number: int) -> str:
    text, nought = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if nought and text else "") + _DIGITS[digit] + _PLACES[place]
        nought = not digit
    return text

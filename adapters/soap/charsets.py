"""A body in the charset that is agreed on, as UTF-8: the profile says which, and declarations must say the same."""

import re

from adapters.kinds import Says
from adapters.tables import said
from schemas.dialect import Inbound, Profile
from schemas.problems import Unsupported, WireError

NAMES = {"utf-8": "utf-8", "utf8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
"""What a declaration may say, and how it is read: GB 18030 holds GBK and GB 2312."""
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"'](?P<name>[^\"']*)[\"'][^>]*\?>")
_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")


def charset_of(profile: Profile) -> str:
    """Return the charset of a provider's messages and answers; UTF-8 where its profile names none."""
    return NAMES.get(profile.settings.get("charset", "utf-8").lower(), "utf-8")


def decoded(message: Inbound, profile: Profile) -> bytes:
    """Return the body in UTF-8 without its declaration. Raises Unsupported, WireError."""
    charset = charset_of(profile)
    stated = re.search(r"charset=\"?([^\s;\"]+)", message.headers.get("content-type", "").lower())
    if stated is not None and NAMES.get(stated[1]) != charset:
        raise Unsupported(said("header:Content-Type", _other(charset)))
    declared = _DECLARED.match(message.body[:400])
    if declared is not None and NAMES.get(declared["name"].decode("ascii", "replace").lower()) != charset:
        raise Unsupported(said("", _other(charset)))
    if charset == "utf-8":
        return message.body
    try:
        text = message.body.decode(charset)
    except UnicodeDecodeError:
        raise WireError(said("", _WRONG)) from None
    return _HEAD.sub("", text, count=1).encode()


def _other(charset: str) -> Says:
    return Says(
        "xml.charset",
        f"声明的字符集不是约定的{charset}",
        f"the charset that is declared is not {charset}, as agreed",
        f"请以{charset}发送，或请经办机构更改约定",
        f"send {charset}, or have the agreement changed",
    )


_WRONG = Says(
    "xml.encoding", "不是有效的GB18030编码", "not valid GB 18030", "请按GB18030重新生成报文", "send valid GB 18030"
)

"""One provider's settings for its sheets."""

from typing import get_args

from msgspec import Struct

from schemas.dialect import Profile
from schemas.problems import Fault, Unsupported
from schemas.scalars import VisitKind

DEFAULTS = {"charset": "utf-8", "visit_kind": "device", "answer": "as_sent"}
ALLOWED = {
    "charset": ("utf-8", "gb18030", "gbk"),
    "visit_kind": get_args(VisitKind),
    "answer": ("as_sent", "csv", "xlsx", "json"),
}


class Settings(Struct, frozen=True, kw_only=True):
    """How a provider's sheets are read and answered."""

    provider_code: str
    charset: str = "utf-8"
    visit_kind: str = "device"
    answer: str = "as_sent"

    @property
    def charset_names(self) -> tuple[str, ...]:
        """Return what a Content-Type may call the charset."""
        return ("utf-8", "utf8") if self.charset == "utf-8" else ("gb18030", "gbk", "gb2312")


def settings_of(profile: Profile) -> Settings:
    """Return a provider's settings; raises Unsupported for one that is unknown or wrong."""
    said = DEFAULTS | profile.settings
    for key, value in said.items():
        if value not in ALLOWED.get(key, ()):
            raise Unsupported(_wrong(key))
    charset = "gb18030" if said["charset"] == "gbk" else said["charset"]
    return Settings(
        provider_code=profile.provider_code, charset=charset, visit_kind=said["visit_kind"], answer=said["answer"]
    )


def _wrong(key: str) -> Fault:
    name = "".join(character for character in key[:40] if character.isascii() and character.isprintable())
    return Fault(
        pointer="",
        code="profile.wrong",
        zh=f"本机构的接口设置有误：{name}",
        en=f"this provider's settings are wrong: {name}",
        cure_zh="请联系经办机构更正机构表profile列",
        cure_en="ask the agency to correct the column profile of the providers' sheet",
    )

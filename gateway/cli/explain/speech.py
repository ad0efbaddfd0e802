"""How a page speaks: in Chinese, in English, or in both, side by side where the terminal is wide enough."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from schemas.explanations import Words

SIDE_BY_SIDE_COLUMNS_MIN = 100
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Speech:
    """Words of one page. lang: zh, en or both."""

    def __init__(self, lang: str, width: int) -> None:
        """Take the language and the terminal's width in columns."""
        self.lang = lang
        self.width = width

    def label(self, zh: str, en: str) -> str:
        """Return a short name: both, one after the other."""
        return zh if self.lang == "zh" else en if self.lang == "en" else f"{zh} {en}"

    def head(self, zh: str, en: str) -> str:
        """Return a column's head: both, one over the other."""
        return zh if self.lang == "zh" else en if self.lang == "en" else f"{zh}\n{en}"

    def said(self, *words: Words, style: str = "") -> RenderableType:
        """Return sentences: side by side, or the Chinese over the English."""
        zh, en = ([Text(getattr(one, lang), style=style) for one in words] for lang in ("zh", "en"))
        if self.lang != "both":
            return stacked(*(zh if self.lang == "zh" else en))
        if self.width < SIDE_BY_SIDE_COLUMNS_MIN:
            return stacked(*(text for pair in zip(zh, en, strict=True) for text in pair))
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(ratio=1, overflow="fold")
        grid.add_column(ratio=1, overflow="fold")
        for pair in zip(zh, en, strict=True):
            grid.add_row(*pair)
        return grid


def stacked(*parts: RenderableType) -> Table:
    """Return parts under one another."""
    grid = Table.grid(expand=True)
    grid.add_column(overflow="fold")
    for part in parts:
        grid.add_row(part)
    return grid


def indented(part: RenderableType) -> Table:
    """Return a part a little to the right."""
    grid = Table.grid(expand=True)
    grid.add_column(width=2)
    grid.add_column(ratio=1)
    grid.add_row("", part)
    return grid


def at(instant: datetime | None) -> str:
    """Return an instant as the agency's clock shows it."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if instant else "—"

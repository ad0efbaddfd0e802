"""The dialect's page says all that the tables hold."""

from adapters.sheet.columns import CARRIED, READ, TOLD
from adapters.sheet.settings import ALLOWED
from tests.golden.rewrite import GOLDEN

PAGE = (GOLDEN.parent.parent / "adapters" / "sheet" / "README.md").read_text(encoding="utf-8")


def test_every_column_and_setting_stands_on_the_page() -> None:
    """By its English name, what is read by its Chinese one too; what must stand is bold."""
    missing = [column.en for column in (*READ, *CARRIED, *TOLD) if f"`{column.en}`" not in PAGE]
    unnamed = [column.zh for column in (*READ, *CARRIED) if column.zh not in PAGE]
    plain = [column.en for column in READ if column.required and f"**`{column.en}`**" not in PAGE]

    assert (missing, unnamed, plain) == ([], [], [])
    assert all(
        f"`{name}`" in PAGE and all(f"`{value}`" in PAGE for value in ALLOWED[name])
        for name in ALLOWED
        if name != "visit_kind"
    )

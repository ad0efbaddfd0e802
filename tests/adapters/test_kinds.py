"""The kinds of texts that the dialects' tables check are as strict as the canonical types that they fill."""

from typing import Any

import msgspec
import pytest

from adapters import kinds
from schemas import scalars

PAIRS: list[tuple[Any, Any]] = [
    (kinds.number, scalars.Number),
    (kinds.code, scalars.Code),
    (kinds.text, scalars.Text),
    (kinds.local_code, scalars.LocalCode),
    (kinds.quantity, scalars.QuantityText),
    (kinds.price, scalars.PriceText),
    (kinds.diagnosis, scalars.DiagnosisCode),
    (kinds.area, scalars.Area),
]
SAMPLES = ["A1", "1.5", "320100", "S52.500", "测试", "A" * 40, "A" * 41]
ODD = [chr(code) for code in (*range(0x21), 0x7F, 0x80, 0x85, 0xA0, 0x2028, 0xFF11)] + list(
    "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"
)


def is_taken(kind: Any, text: str) -> bool:
    try:
        kind(text)
    except kinds.Unreadable:
        return False
    return True


@pytest.mark.parametrize(("kind", "canonical"), PAIRS)
def test_what_a_kind_takes_its_type_takes(kind: Any, canonical: Any) -> None:
    """No text passes a table and is then refused, in other words, by the type; odd characters in every place."""
    texts = {sample[:place] + odd + sample[place:] for sample in SAMPLES for odd in ("", *ODD) for place in range(3)}

    for text in texts:
        if is_taken(kind, text):
            msgspec.convert(text, type=canonical, strict=True)

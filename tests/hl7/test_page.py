"""The dialect's page says all that the tables hold."""

import re

from adapters.hl7_v2.fields import CARRIED, CONTENT_TYPES, READ
from adapters.hl7_v2.habits import DEFAULTS
from tests.golden.rewrite import GOLDEN

PAGE = (GOLDEN.parent.parent / "adapters" / "hl7_v2" / "README.md").read_text(encoding="utf-8")


def test_every_field_that_is_read_stands_on_the_page() -> None:
    """Each field of the table by its number, and no other of these segments in the table of what is read."""
    table = PAGE.partition("## What is read")[2].partition("`ZWI` is")[0]
    rows = "\n".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| "))
    named = {(name, int(number)) for name, number in re.findall(r"\b(MSH|PID|PV1|DG1|FT1|ZWI)-(\d+)", rows)}

    assert named == {(name, number) for name, segment in READ.items() for number in segment.content}


def test_every_setting_and_carried_segment_stands_on_the_page() -> None:
    """A setting that the page does not explain is one that nobody can use."""
    missing = [
        name for name in (*DEFAULTS, "sending_facility", "mllp.peers", "mllp.certificates") if f"`{name}`" not in PAGE
    ]

    assert missing == []
    assert set(re.findall(r"\b[A-Z][A-Z0-9]{2}\b", PAGE)) >= CARRIED
    assert all(f"`{one}`" in PAGE for one in CONTENT_TYPES if one != "application/hl7-v2+er7")

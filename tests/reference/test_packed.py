"""Packing rows and reading them back loses nothing."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.reference.packed import READERS, Packed, Rows, key_of, pack
from schemas.facts import CatalogItem
from tests.reference.items import AREA, SCHEME, item

spells = st.lists(
    st.builds(
        item,
        st.sampled_from(["A", "B", "C", "D:1"]),
        name=st.sampled_from(["示例药品", "a b", 'x"\\y', "🜨"]),
        valid_from=st.dates(),
        valid_to=st.none() | st.dates(),
        ceiling_tertiary_yuan=st.none() | st.sampled_from(["0", "12.500000"]),
        visit_kinds=st.sampled_from([(), ("inpatient", "outpatient")]),
        diagnosis_prefixes=st.sampled_from([(), ("S52", "S62.1")]),
        service_life_years=st.none() | st.integers(1, 90),
    ),
    max_size=12,
)


@given(spells, spells)
def test_packed_rows_read_back_as_they_were(one: list[CatalogItem], other: list[CatalogItem]) -> None:
    """Of two versions in force the later is heard on a key that both have; each field of each row is what it was."""
    versions = []
    expected: dict[tuple[str, ...], list[CatalogItem]] = {}
    for rows in (one, other):
        by_key: dict[tuple[str, ...], list[CatalogItem]] = {}
        for row in rows:
            by_key.setdefault((row.area, row.scheme, row.code), []).append(row)
        packed = Packed()
        for key, spelled in by_key.items():
            packed.put(key_of(key), pack(spelled))
        versions.append(packed)
        expected |= by_key

    read: Rows[tuple[str, str, str], CatalogItem] = Rows(versions, READERS["catalog"])

    as_dicts = {key: [msgspec.structs.asdict(row) for row in rows] for key, rows in read.items()}
    assert as_dicts == {key: [msgspec.structs.asdict(row) for row in rows] for key, rows in expected.items()}
    assert (len(read), set(read)) == (len(expected), set(expected))
    assert read.get((AREA, SCHEME, "\ud800")) is None
    assert (AREA, SCHEME, "Z") not in read

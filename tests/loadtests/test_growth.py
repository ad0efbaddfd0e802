"""The measurements of big catalogs: small ones of them run, on real gateways, and say what they measured."""

import pytest

from loadtests import growth, new_version
from loadtests.city import City


async def test_growth_measures_each_city_it_is_given() -> None:
    """Two cities are brought up and loaded: all their bills settle, and the table has a row for each."""
    wanted = [City(workers=200, providers=17, items=items) for items in (20, 400)]
    found = await growth.measure(wanted, rounds=1, seconds=0.5, seed=1)

    assert [(point.items, point.failed) for point in found.points] == [(20, 0), (400, 0)]
    assert all(point.bills and point.cpu_us_per_bill and point.memory_bytes for point in found.points)
    header, *rows = growth.table(found).splitlines()
    assert header.split()[0] == "items"
    assert [row.split()[0] for row in rows] == ["20", "400"]


async def test_a_new_version_that_comes_too_late_is_no_measurement() -> None:
    """Where the stretch ends before the version is taken, that is said, and no figure is given."""
    with pytest.raises(new_version.StackFailed, match="more --seconds"):
        await new_version.measure(400, rate_per_s=5, seconds=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--items", "10"], "give 20 to 500000"), (["--seconds", "30"], "at most 60"), (["--rounds", "0"], "0 s of load")],
)
def test_bounds_are_told(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is too much or nothing is refused before anything is started."""
    monkeypatch.setattr("sys.argv", ["growth", *words])

    assert growth.main() == growth.CANNOT
    assert said in capsys.readouterr().err

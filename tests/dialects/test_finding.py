"""An adapter is found because it exists; what is half an adapter is told, and no list is edited anywhere."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import adapters
from gateway.dialects.finding import BadAdapter, by_version, everywhere, in_tree, outside
from gateway.dialects.spoken import Dialects
from schemas.dialect import Adapter
from tests.dialects.packages import written

WHOLE = 'NAME = "{name}"\nVERSION = {version}\ndef read(message, profile): ...\ndef write(answer, to, profile): ...\n'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder beside adapters/ whose packages are adapters of the tree, for one test."""
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("adapters.zz_")]:
        del sys.modules[name]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages, for one test."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [name for name in sys.modules if name.startswith("zz_")]:
        del sys.modules[name]


def place(folder: Path, package: str, text: str) -> None:
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text(text)


def found() -> set[tuple[str, int]]:
    return {(adapter.NAME, adapter.VERSION) for _, adapter in by_version(everywhere())}


def test_every_package_of_the_tree_that_is_an_adapter_is_found() -> None:
    """Each folder of adapters/ but the kit, under the name of its folder."""
    folders = {path.parent.name for path in Path(adapters.__path__[0]).glob("*/__init__.py")} - {"kit"}

    assert {one.name for one in in_tree()} == folders
    assert {"native", "jiangsu_injury", "hl7_v2", "fhir_r4"} <= {name for name, _ in found()}


def test_a_new_folder_is_an_adapter(tree: Path) -> None:
    """Putting it there is all."""
    place(tree, "zz_new", WHOLE.format(name="zz_new", version=1))

    assert ("zz_new", 1) in found()


def test_two_versions_of_a_dialect_live_side_by_side(tree: Path) -> None:
    """Each is asked for by its number, and a row that names none goes by the lower one."""
    place(tree, "zz_old", WHOLE.format(name="zz", version=1))
    place(tree, "zz_newer", WHOLE.format(name="zz", version=2))

    dialects: Dialects[Adapter] = Dialects(adapter for _, adapter in by_version(everywhere()))

    assert [getattr(dialects.find("zz", version), "VERSION", None) for version in (None, 1, 2, 3)] == [1, 1, 2, None]


def test_one_version_twice_is_told(tree: Path) -> None:
    """Both modules are named, and what mends it."""
    place(tree, "zz_a", WHOLE.format(name="zz", version=1))
    place(tree, "zz_b", WHOLE.format(name="zz", version=1))

    with pytest.raises(BadAdapter, match=r"adapters\.zz_a and adapters\.zz_b are both zz version 1: count VERSION up"):
        found()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('NAME = "zz"\nVERSION = 1\n', "adapters.zz_half states no read"),
        (WHOLE.format(name="Zz", version=1), "NAME is 'Zz'"),
        (WHOLE.format(name="zz", version=0), "VERSION is 0"),
        (WHOLE.format(name="zz", version="True"), "VERSION is True"),
        (WHOLE.format(name="zz", version=1) + "read = 1\n", "read is no function"),
        ("1 / 0\n", "adapters.zz_half cannot be imported: ZeroDivisionError"),
    ],
)
def test_half_an_adapter_is_told(tree: Path, text: str, says: str) -> None:
    """It is never left out in silence: a provider would be told that its dialect is not spoken."""
    place(tree, "zz_half", text)

    with pytest.raises(BadAdapter) as told:
        found()

    assert says in str(told.value)


def test_a_package_without_any_of_the_facts_is_no_adapter(tree: Path) -> None:
    """As the kit: it only helps."""
    place(tree, "zz_kit", '"""Helps."""\n')

    assert "zz_kit" not in {one.name for one in in_tree()}


def test_another_package_brings_an_adapter_by_entry_point(site: Path) -> None:
    """It is told by name and module without importing any of it."""
    written(site, "zz_theirs", "raise SystemExit('was imported')\n")

    theirs = [one for one in outside() if one.module == "zz_theirs"]

    assert [(one.name, one.origin) for one in theirs] == [("zz_theirs", "package")]


def test_two_packages_with_one_name_are_told(site: Path) -> None:
    """Which of them would speak is nobody's guess."""
    written(site, "zz_theirs", WHOLE.format(name="zz", version=1))
    written(site, "zz_others", WHOLE.format(name="zz", version=1), entry="zz_theirs")

    with pytest.raises(BadAdapter, match="Two packages name the adapter zz_theirs"):
        outside()

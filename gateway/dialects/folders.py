"""Where an adapter's golden examples lie, and how they are read and rewritten.

`golden/` beside the adapter's module; for an adapter of this tree without one, `tests/golden/NAME`.
"""

from pathlib import Path

from adapters.kit.cases import MADE, BadCase, Case, case_of, expected
from gateway.dialects.finding import Found
from schemas.dialect import Adapter

HERE = "golden"
TREES = Path("tests") / "golden"
DOOR = "door.json"


def golden_of(found: Found) -> Path | None:
    """Return the folder of an adapter's golden cases; None where there is none."""
    folder = found.folder()
    beside = folder / HERE
    if beside.is_dir():
        return beside
    trees = folder.parent.parent / TREES / found.name
    return trees if found.origin == "tree" and trees.is_dir() else None


def places(golden: Path) -> list[Path]:
    """Return the folders of the cases of a golden folder, in order."""
    return sorted(path.parent for path in golden.glob(f"*/{DOOR}"))


def case_at(folder: Path) -> Case:
    """Return the case that a folder holds; raises BadCase."""
    return case_of(folder.name, {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})


def cases_of(golden: Path) -> list[Case]:
    """Return the cases of a golden folder; raises BadCase, also for a folder that is no case."""
    there = places(golden)
    others = sorted(path.name for path in golden.iterdir() if path.is_dir() and path not in there)
    if forgotten := [name for name in others if name != "__pycache__"]:
        raise BadCase(f"{forgotten[0]}: {DOOR} is missing; it states method, path and headers")
    return [case_at(folder) for folder in there]


def rewrite(adapter: Adapter, golden: Path) -> list[Path]:
    """Write anew what an adapter makes of its cases; return the files that are other than before."""
    changed: list[Path] = []
    for folder in places(golden):
        wanted = expected(adapter, case_at(folder))
        for name in MADE:
            path = folder / name
            before = path.read_text(encoding="utf-8") if path.exists() else None
            if before == wanted.get(name):
                continue
            changed.append(path)
            if name in wanted:
                path.write_text(wanted[name], encoding="utf-8")
            else:
                path.unlink()
    return changed

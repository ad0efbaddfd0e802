"""Finds adapters by their being there: packages in `adapters/`, and entry points of other packages.

An adapter is a package whose module states NAME, VERSION, read and write. Two packages may state one NAME with two
VERSIONs. One that other packages bring is named by an entry point of the group `settlement_gateway.adapters`.
"""

import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

from msgspec import Struct

from schemas.dialect import Adapter

GROUP = "settlement_gateway.adapters"
TREE = "adapters"
FACTS = ("NAME", "VERSION", "read", "write")
NAMES_MAX = 40


class BadAdapter(Exception):
    """What stands where an adapter should is none; the message says which module, why, and what would make it one."""


class Found(Struct, frozen=True, kw_only=True):
    """A module that is an adapter, or claims to be one. name: the package's or the entry point's, not yet NAME."""

    name: str
    module: str
    origin: Literal["tree", "package"]

    def load(self) -> Adapter:
        """Import it and return it; raises BadAdapter. Only where it is run in this process."""
        return adapter_in(import_adapter(self.module), self.module)

    def folder(self) -> Path:
        """Return the folder in which its module and its page stand; raises BadAdapter where there is none."""
        return folder_of(self.module)


def in_tree() -> list[Found]:
    """Return the adapters of this tree, by name. A package without any of the four facts (as the kit) is none."""
    names = sorted(module.name for module in pkgutil.iter_modules(import_module(TREE).__path__) if module.ispkg)
    return [Found(name=name, module=f"{TREE}.{name}", origin="tree") for name in names if states_any(f"{TREE}.{name}")]


def outside() -> list[Found]:
    """Return what other packages bring, by name, without importing any of it; raises BadAdapter for a doubled name."""
    points: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        known = points.setdefault(point.name, point)
        if known.value != point.value:
            raise BadAdapter(
                f"Two packages name the adapter {point.name} as an entry point of {GROUP}: {known.value} and "
                f"{point.value}. Uninstall one, or rename its entry point."
            )
    return [Found(name=name, module=point.module, origin="package") for name, point in points.items()]


def everywhere() -> list[Found]:
    """Return every adapter, the tree's first."""
    return [*in_tree(), *outside()]


def at_folder(folder: Path) -> Found:
    """Return the adapter whose module lies in a folder; what lies beside it can be imported from now on."""
    place = folder.resolve()
    if place.parent in [Path(path).resolve() for path in import_module(TREE).__path__]:
        return Found(name=place.name, module=f"{TREE}.{place.name}", origin="tree")
    if str(place.parent) not in sys.path:
        sys.path.insert(0, str(place.parent))
    return Found(name=place.name, module=place.name, origin="package")


def states_any(module: str) -> bool:
    """Return whether a package of the tree states any fact of an adapter: then it must state all."""
    loaded = import_adapter(module)
    return any(hasattr(loaded, fact) for fact in FACTS)


def import_adapter(module: str) -> ModuleType:
    """Import an adapter's module; raises BadAdapter where that fails, whatever it raises."""
    try:
        return import_module(module)
    except Exception as error:
        raise BadAdapter(f"{module} cannot be imported: {type(error).__name__}: {error}") from error


def adapter_in(module: ModuleType, named: str) -> Adapter:
    """Return a module as an adapter; raises BadAdapter saying what it lacks."""
    for fact in FACTS:
        if not hasattr(module, fact):
            raise BadAdapter(f"{named} states no {fact}: an adapter states {', '.join(FACTS)} (adapters/README.md)")
    name, version = module.NAME, module.VERSION
    if not _is_name(name):
        raise BadAdapter(f"{named}: NAME is {name!r}; lower-case letters, digits and _, at most {NAMES_MAX}")
    if type(version) is not int or version < 1:
        raise BadAdapter(f"{named}: VERSION is {version!r}; a whole number of at least 1")
    for fact in ("read", "write"):
        if not callable(getattr(module, fact)):
            raise BadAdapter(f"{named}: {fact} is no function")
    return cast("Adapter", module)


def _is_name(name: Any) -> bool:
    if not isinstance(name, str) or not 0 < len(name) <= NAMES_MAX or not name.isascii():
        return False
    return name[0].isalpha() and name == name.lower() and name.replace("_", "").isalnum()


def folder_of(module: str) -> Path:
    """Return the folder of a module's file; raises BadAdapter where it lies in none."""
    spec = find_spec(module)
    if spec is None or spec.origin is None or not Path(spec.origin).exists():
        raise BadAdapter(f"{module} lies in no folder: install it unpacked, so that its page and examples can be read")
    return Path(spec.origin).parent


def by_version(
    found: Iterable[Found], loaded: Callable[[Found], Adapter] = Found.load
) -> Iterator[tuple[Found, Adapter]]:
    """Yield each with its adapter; raises BadAdapter where two state the same NAME and VERSION."""
    taken: dict[tuple[str, int], Found] = {}
    for one in found:
        adapter = loaded(one)
        known = taken.setdefault((adapter.NAME, adapter.VERSION), one)
        if known is not one:
            raise BadAdapter(
                f"{known.module} and {one.module} are both {adapter.NAME} version {adapter.VERSION}: count VERSION up "
                "in the newer one"
            )
        yield one, adapter

"""The city that scenarios play in: world.json, as `gateway world --seed N --out DIR` writes it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec
from msgspec import Struct

from schemas.scalars import ProviderKind

T = TypeVar("T")
HOSPITAL_ITEMS = frozenset({"drug", "service", "consumable"})


class BadWorld(Exception):
    """A world that cannot be played in: where, why, and what would make it pass."""


class Provider(Struct, frozen=True, kw_only=True):
    """A provider, and the token it is known by."""

    code: str
    kind: ProviderKind
    area: str
    dialect: str
    token: str


class Qualification(Struct, frozen=True, kw_only=True):
    """A handle of a worker's (工伤医疗费资格审核信息)."""

    qualification_id: str
    kind: str
    state: str
    diagnosis_codes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Worker(Struct, frozen=True, kw_only=True):
    """A worker; case names the story that he is kept for."""

    worker_id: str
    certno: str
    name: str
    qualifications: tuple[Qualification, ...]
    case: str | None = None

    def qualification(self, kind: str, state: str) -> Qualification | None:
        """Return the first qualification of a kind in a state."""
        return next((one for one in self.qualifications if (one.kind, one.state) == (kind, state)), None)


class CatalogItem(Struct, frozen=True, kw_only=True):
    """An item at a price that every level may bill."""

    code: str
    kind: str
    unit_price: str
    restricted: bool


class World(Struct, frozen=True, kw_only=True):
    """Everything that a scenario draws from."""

    seed: int
    as_of: date
    providers: tuple[Provider, ...]
    workers: tuple[Worker, ...]
    items: tuple[CatalogItem, ...]

    @property
    def home(self) -> str:
        """Return the area whose catalog stands here: the first provider's."""
        return self.providers[0].area

    def providers_of(self, kind: ProviderKind, dialect: str) -> list[Provider]:
        """Return the providers of a kind that speak a dialect, of the home area; raises BadWorld where none does."""
        found = [one for one in self.providers if (one.kind, one.dialect, one.area) == (kind, dialect, self.home)]
        return _some(found, f"no {kind} speaks {dialect}")

    def workers_with(self, kind: str, state: str) -> list[Worker]:
        """Return recognised workers who have such a qualification and belong to no case."""
        found = [
            worker
            for worker in self.workers
            if worker.case is None
            and worker.qualification("treatment", "recognised")
            and worker.qualification(kind, state)
        ]
        return _some(found, f"no worker has a qualification {kind} that is {state}")

    def items_of(self, kinds: frozenset[str]) -> list[CatalogItem]:
        """Return the items of some kinds that everybody may be billed for."""
        found = [item for item in self.items if item.kind in kinds and not item.restricted]
        return _some(found, f"no unrestricted item is one of {', '.join(sorted(kinds))}")

    def item(self, code: str) -> CatalogItem | None:
        """Return the item of a code."""
        return next((item for item in self.items if item.code == code), None)


def _some(found: list[T], missing: str) -> list[T]:
    if not found:
        raise BadWorld(f"world.json: {missing}. Make a world with `gateway world --seed N --out DIR`.")
    return found


def read(folder: Path) -> World:
    """Return the world of a folder; raises BadWorld naming the file, the place in it and the cure."""
    path = folder / "world.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=World)
    except OSError as error:
        raise BadWorld(f"{path}: {error.strerror}. Make it with `gateway world --seed N --out {folder}`.") from None
    except msgspec.MsgspecError as error:
        raise BadWorld(f"{path}: {error}. Make it anew with `gateway world --seed N --out {folder}`.") from None


def one_of(draw: Random, choices: Sequence[T]) -> T:
    """Return one of the choices."""
    return choices[draw.randrange(len(choices))]

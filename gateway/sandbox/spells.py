"""Which magic a message meets, and what is remembered from message to message for it; all of it bounded."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from gateway.sandbox.magic import MAGIC, RETRY_AFTER_S, Magic
from schemas.requests import AnyRequest, RegisterVisit, Settle, SubmitBill, UploadItems

REMEMBERED_MAX = 10_000
Name = TypeVar("Name", bound=Hashable)
Kept = TypeVar("Kept")
PERSONS = {magic.worker_id: magic for magic in MAGIC}
ITEMS = {magic.item_code: magic for magic in MAGIC if magic.item_code is not None}


class Remembered(Generic[Name, Kept]):
    """The newest few of what came by."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: OrderedDict[Name, Kept] = OrderedDict()

    def get(self, name: Name) -> Kept | None:
        """Return what was kept under a name."""
        return self._kept.get(name)

    def keep(self, name: Name, what: Kept) -> None:
        """Keep it, and let go of the oldest."""
        self._kept[name] = what
        if len(self._kept) > REMEMBERED_MAX:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


class Spells:
    """Tells which magic acts on a message. Visits are remembered since the sandbox started."""

    def __init__(self) -> None:
        """Begin with nothing met."""
        self._visits: Remembered[tuple[str, str], Magic] = Remembered()
        self._turned_away_s: Remembered[tuple[str, str], float] = Remembered()

    def clear(self) -> None:
        """Forget what was met: the sandbox is as on its first day."""
        self._visits.clear()
        self._turned_away_s.clear()

    def met(self, provider_code: str, request: AnyRequest) -> Magic | None:
        """Return the magic of a bill that is to be settled; of other messages only what they bring is remembered."""
        match request:
            case SubmitBill():
                return _of_items(request.items) or PERSONS.get(request.visit.worker_id)
            case Settle():
                of_person = PERSONS.get(request.worker_id or "")
                return self._visits.get((provider_code, request.visit_no)) or of_person
            case RegisterVisit():
                self._note(provider_code, request.visit_no, PERSONS.get(request.worker_id))
            case UploadItems():
                self._note(provider_code, request.visit_no, _of_items(request.items))
            case _:
                pass
        return None

    def turns_away(self, provider_code: str, message_id: str) -> bool:
        """Whether a message is to come again: the first time, and until it has waited as long as it was told to."""
        first_s = self._turned_away_s.get((provider_code, message_id))
        if first_s is None:
            self._turned_away_s.keep((provider_code, message_id), time.monotonic())
        return first_s is None or time.monotonic() - first_s < RETRY_AFTER_S

    def _note(self, provider_code: str, visit_no: str, magic: Magic | None) -> None:
        if magic is not None:
            self._visits.keep((provider_code, visit_no), magic)


def _of_items(items: tuple[object, ...]) -> Magic | None:
    codes = (getattr(item, "catalog_code", None) for item in items)
    return next((ITEMS[code] for code in codes if code in ITEMS), None)

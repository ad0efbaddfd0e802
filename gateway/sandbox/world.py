"""The sandbox's world: the invented city of a seed, and the rows of the magic table in it."""

import copy
import secrets
from datetime import date
from typing import Any

from msgspec.structs import replace

from gateway.reference.world.build import World, build
from gateway.reference.world.catalog import HOME
from gateway.reference.world.lines import SETTING, exam, setting, until
from gateway.reference.world.providers import TERTIARY
from gateway.reference.world.stories import Case, Expected, Line, Says, Story, told
from gateway.sandbox.magic import MAGIC, Magic
from schemas.facts import CatalogItem
from schemas.scalars import WORK_INJURY

FIRST = "first"
"""The bill to begin with: 300 yuan where 260 is the most."""
FIRST_WORKER = 90_000
BORN = date(1980, 1, 1)
DAY = "2026-09-01"
PRICE_YUAN = "20.00"
"""What a magic item may cost, everywhere."""
NOTHING_EXPECTED = Expected()
"""A sandbox's bills are answered, not compared."""
_LATE = {"applied_on": date(2026, 5, 15), "accepted_on": date(2026, 5, 20), "decided_on": date(2026, 6, 1)}
_PENDING = {"state": "pending", "accepted_on": None, "decided_on": None}
_RIGHT = {"kind": "relapse", "amount_fen": 10_000}


def founded(seed: int) -> World:
    """Return the world of a seed with the magic persons and items."""
    world = build(seed)
    for case in CASES.values():
        owner = case.worker.worker_id
        world.people.workers.append(case.worker)
        world.people.enrolments.append((owner, case.enrolment))
        world.people.recognitions += [(owner, one) for one in case.recognitions]
        world.people.authorizations += [(owner, one) for one in case.authorizations]
    return replace(world, items=[*world.items, *(_item(magic) for magic in MAGIC if magic.item_code)])


def bill(name: str) -> dict[str, Any] | None:
    """Return a bill to send, its visit and bill number new each time; None where there is none of that name."""
    case = CASES.get(name)
    if case is None:
        return None
    request, number = copy.deepcopy(case.bills[0].request), secrets.token_hex(4)
    request["visit"]["visit_no"] = f"V-{name}-{number}"
    request["bill"]["bill_no"] = f"B-{name}-{number}"
    return request


def _item(magic: Magic) -> CatalogItem:
    assert magic.item_code is not None
    return CatalogItem(
        area=HOME,
        scheme=WORK_INJURY,
        code=magic.item_code,
        name=f"沙箱项目 {magic.name}",
        sort="service",
        unit="次",
        valid_from=date(2020, 1, 1),
        ceiling_tertiary_yuan=PRICE_YUAN,
        ceiling_secondary_yuan=PRICE_YUAN,
        ceiling_primary_yuan=PRICE_YUAN,
        ceiling_ungraded_yuan=PRICE_YUAN,
    )


def _case(magic: Magic) -> Case:
    return told(_story(magic), int(magic.worker_id.removeprefix("W")))


def _story(magic: Magic) -> Story:
    says, more = Says(magic.zh, magic.en), _more(magic)
    lines = more.pop("lines", (setting(DAY),))
    return Story(
        name=magic.name, says=says, provider=TERTIARY, lines=lines, expected=NOTHING_EXPECTED, born=BORN, **more
    )


def _more(magic: Magic) -> dict[str, Any]:
    """Return what differs from a clean person with one clean line."""
    match magic.name:
        case "exhausted":
            return {"entitled": _RIGHT}
        case "article-17":
            lines = (exam("2026-05-18"), exam("2026-05-20"), exam("2026-05-21"))
            return {"injury": _LATE, "bill": until("2026-05-21"), "lines": lines}
        case "pending":
            return {"injury": _PENDING}
        case _:
            return {}


FIRST_STORY = Story(
    name=FIRST,
    says=Says("超限价部分由职工负担", "300 yuan where 260 is the most"),
    provider=TERTIARY,
    lines=(Line(SETTING, DAY, "1", "300.00", 30_000),),
    expected=NOTHING_EXPECTED,
    born=BORN,
)
CASES = {FIRST: told(FIRST_STORY, FIRST_WORKER), **{magic.name: _case(magic) for magic in MAGIC}}
"""By the name of their bill: the person without any magic first."""

"""Clean outpatient bills of one length, distinct workers: the load that rates are compared by."""

import math
import random
from collections.abc import Iterator

from loadtests import city
from loadtests.city import City
from loadtests.generator.document import Bill, written
from loadtests.generator.lines import Line
from loadtests.generator.message import Prepared

PLAIN_SORTS = ("drug", "service", "consumable")
DAYS = 200
"""Bills are dated over so many days."""


def plain(city_: City, *, seed: int, run: str, lines: int = 20) -> Iterator[Prepared]:
    """Yield clean bills without end: a bill of 20 lines is about 6.7 KB, and no worker comes twice before all came.

    run marks their numbers (letters and digits, at most 12): two runs on one database must not have the same.
    """
    draw = random.Random(f"plain {seed}")
    hospitals = city.provider_numbers(city_, "hospital")
    stock = [number for number in range(city_.items) if city.item_sort(number) in PLAIN_SORTS]
    step = _step(city_.workers, draw)
    worker = draw.randrange(city_.workers)
    number = 0
    while True:
        number += 1
        worker = (worker + step) % city_.workers
        yield _bill(draw, f"{run}-{number:07d}", worker, draw.choice(hospitals), draw.choices(stock, k=lines))


def _step(workers: int, draw: random.Random) -> int:
    """Return a step that visits every worker before any twice."""
    while True:
        step = draw.randrange(1, workers)
        if math.gcd(step, workers) == 1:
            return step


def _bill(draw: random.Random, number: str, worker: int, hospital: int, chosen: list[int]) -> Prepared:
    noise = draw.getrandbits(30)
    lines = [Line(item, 1 + (noise >> place % 24) % 3, 540 + place) for place, item in enumerate(chosen)]
    return written(
        Bill(
            message_id=f"M{number}",
            visit_no=f"V{number}",
            bill_no=f"B{number}",
            provider=hospital,
            worker=worker,
            qualification_id=city.qualification_id(worker),
            lines=lines,
            day=noise % DAYS,
            kind="plain",
            doctor=noise % 90_000,
        )
    )

"""The sorts of bills that a city sends: how often, how long, by whom, for what."""

import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from loadtests import city
from loadtests.city import City
from loadtests.generator.document import Bill
from loadtests.generator.lines import Line
from schemas.scalars import CatalogSort, ProviderKind

OUTPATIENT_LINES_MEDIAN, OUTPATIENT_LINES_MAX = 8, 60
STAY_LINES_MIN, STAY_LINES_MEDIAN, STAY_LINES_MAX = 20, 80, 400
COURSE_DAYS_MIN, COURSE_DAYS_MAX = 5, 20
STAY_LINES_PER_DAY = 10
DAYS = 200
DAY_MINUTES = 1440
HOT_WORKER_SHARE, HOT_WORKERS_SHARE = 0.2, 0.01
"""A fifth of the bills are of a hundredth of the workers."""
SECOND_DEVICE_SHARE = 0.1
OVERPRICED_SHARE, LOCAL_SHARE, INVOICE_SHARE = 0.03, 0.5, 0.7
HEAT = 3
"""Of hot items: an item's place is a uniform number to this power, so that a third of the lines are of 4 % of them."""


class Numbers(NamedTuple):
    """The numbers that a bill is known by."""

    message_id: str
    visit_no: str
    bill_no: str
    invoice_no: str


class Shapes:
    """Draws bills of a city."""

    def __init__(self, city_: City, draw: random.Random) -> None:
        """Take the city, and the source of all draws."""
        self._city = city_
        self._draw = draw
        kinds: tuple[ProviderKind, ...] = ("hospital", "rehabilitation_centre", "device_supplier")
        self._providers = {kind: city.provider_numbers(city_, kind) for kind in kinds}
        sorts: dict[CatalogSort, list[int]] = {}
        for item in range(city_.items):
            sorts.setdefault(city.item_sort(item), []).append(item)
        self._treating = sorted(sorts["drug"] + sorts["service"] + sorts["consumable"])
        self._sorts = sorts

    def any(self, numbers: Numbers) -> Bill:
        """Return a bill of any sort, by SHARES."""
        (make,) = self._draw.choices(list(SHARES), list(SHARES.values()))
        return make(self, numbers)

    def outpatient(self, numbers: Numbers) -> Bill:
        """门诊: a morning's visit."""
        worker = self._worker(None)
        return self._bill(numbers, worker, city.qualification_id(worker), "outpatient", self._morning())

    def relapse(self, numbers: Numbers) -> Bill:
        """旧伤复发: an outpatient's bill under an authorization with an amount, which many such bills exceed."""
        worker = self._worker("relapse")
        return self._bill(numbers, worker, city.granted_id(worker), "relapse", self._morning())

    def stay(self, numbers: Numbers) -> Bill:
        """住院: days in hospital, ten lines a day."""
        worker = self._worker(None)
        count = self._length(STAY_LINES_MEDIAN, 0.7, STAY_LINES_MIN, STAY_LINES_MAX)
        days = -(-count // STAY_LINES_PER_DAY)
        lines = [
            self._line(self._treating, 540 + place // STAY_LINES_PER_DAY * DAY_MINUTES + place % STAY_LINES_PER_DAY)
            for place in range(count)
        ]
        bill = self._bill(numbers, worker, city.qualification_id(worker), "stay", lines)
        return bill._replace(visit_kind="inpatient", discharged_minute=days * DAY_MINUTES + 600)

    def course(self, numbers: Numbers) -> Bill:
        """工伤康复: some weeks of exercises, two lines a day."""
        worker = self._worker("rehabilitation")
        days = self._draw.randint(COURSE_DAYS_MIN, COURSE_DAYS_MAX)
        lines = [
            self._line(self._sorts["rehabilitation"], 540 + day * DAY_MINUTES + half * 300)
            for day in range(days)
            for half in (0, 1)
        ]
        bill = self._bill(numbers, worker, city.granted_id(worker), "course", lines, "rehabilitation_centre")
        return bill._replace(visit_kind="rehabilitation", discharged_minute=days * DAY_MINUTES + 600)

    def device(self, numbers: Numbers) -> Bill:
        """辅助器具配置: one device, seldom two."""
        worker = self._worker("device")
        stock = self._sorts["device"]
        count = min(len(stock), 1 + (self._draw.random() < SECOND_DEVICE_SHARE))
        lines = [Line(item, 1, 600 + place) for place, item in enumerate(self._draw.sample(stock, count))]
        bill = self._bill(numbers, worker, city.granted_id(worker), "device", lines, "device_supplier")
        return bill._replace(visit_kind="device")

    def _bill(
        self,
        numbers: Numbers,
        worker: int,
        qualification_id: str,
        kind: str,
        lines: list[Line],
        by: ProviderKind = "hospital",
    ) -> Bill:
        return Bill(
            message_id=numbers.message_id,
            visit_no=numbers.visit_no,
            bill_no=numbers.bill_no,
            provider=self._draw.choice(self._providers[by]),
            worker=worker,
            qualification_id=qualification_id,
            lines=lines,
            day=self._draw.randrange(DAYS),
            kind=kind,
            invoice_no=numbers.invoice_no if self._draw.random() < INVOICE_SHARE else None,
            doctor=self._draw.randrange(90_000),
        )

    def _morning(self) -> list[Line]:
        count = self._length(OUTPATIENT_LINES_MEDIAN, 0.6, 1, OUTPATIENT_LINES_MAX)
        return [self._line(self._treating, 540 + place) for place in range(count)]

    def _line(self, stock: Sequence[int], at_minute: int) -> Line:
        item = stock[int(len(stock) * self._draw.random() ** HEAT)]
        chance = self._draw.random()
        surcharge_fen = city.item_fen(item) // 10 if chance < OVERPRICED_SHARE else 0
        local = item < city.MATCHED_ITEMS and chance < LOCAL_SHARE
        return Line(item, self._draw.randint(1, 3), at_minute, surcharge_fen, local)

    def _length(self, median: int, spread: float, least: int, most: int) -> int:
        return max(least, min(most, round(self._draw.lognormvariate(math.log(median), spread))))

    def _worker(self, kind: city.Granted | None) -> int:
        """Return a worker who has such an authorization; any, where None."""
        hot = self._draw.random() < HOT_WORKER_SHARE
        tens = self._city.workers // 10
        ten = self._draw.randrange(max(1, int(tens * HOT_WORKERS_SHARE)) if hot else tens)
        return ten * 10 + (self._draw.randrange(10) if kind is None else city.LAST_DIGIT[kind])


SHARES: dict[Callable[[Shapes, Numbers], Bill], float] = {
    Shapes.outpatient: 0.78,
    Shapes.stay: 0.08,
    Shapes.course: 0.07,
    Shapes.relapse: 0.04,
    Shapes.device: 0.03,
}
"""Of all bills."""

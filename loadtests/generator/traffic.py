"""A city's traffic: bills of all sorts, and what goes wrong with them: faults, repeats, rivals, reversals."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from loadtests import city
from loadtests.city import City
from loadtests.generator.document import Bill, written
from loadtests.generator.message import Message, Prepared, post
from loadtests.generator.shapes import Numbers, Shapes

FAULTY_SHARE = 0.015
REPEATED_AT_ONCE_SHARE, REPEATED_LATE_SHARE = 0.008, 0.007
"""The same message again, a few messages later (an impatient caller) or hundreds (a queue emptied after a cut)."""
RIVAL_SHARE = 0.002
"""The same bill under a new message id: it must not be paid twice."""
REVERSED_SHARE = 0.004
AT_ONCE_MAX, LATE_MIN, LATE_MAX = 20, 200, 2_000
"""So many messages later."""


def traffic(city_: City, *, seed: int, run: str) -> Iterator[Prepared]:
    """Yield a city's messages without end, each with what is expected of it.

    run marks their numbers (letters and digits, at most 12): two runs on one database must not have the same.
    """
    return _Traffic(city_, random.Random(f"traffic {seed}"), run).messages()


@dataclass
class _Traffic:
    city_: City
    draw: random.Random
    run: str
    number: int = 0
    later: list[tuple[int, int, Prepared]] = field(default_factory=list)
    """A heap of what is sent again or reversed: at which message, order of noting, what."""

    def messages(self) -> Iterator[Prepared]:
        shapes = Shapes(self.city_, self.draw)
        while True:
            self.number += 1
            while self.later and self.later[0][0] <= self.number:
                yield heapq.heappop(self.later)[2]
            yield from self._fresh(shapes.any(self._numbers()))

    def _numbers(self) -> Numbers:
        mark = f"{self.run}-{self.number:07d}"
        return Numbers(message_id=f"M{mark}", visit_no=f"V{mark}", bill_no=f"B{mark}", invoice_no=f"F{mark}")

    def _fresh(self, bill: Bill) -> Iterator[Prepared]:
        """Yield a bill, and note what becomes of it later."""
        chance = self.draw.random()
        for share, act in self._acts():
            if chance < share:
                yield act(bill)
                return
            chance -= share
        yield written(bill)

    def _acts(self) -> tuple[tuple[float, Callable[[Bill], Prepared]], ...]:
        return (
            (FAULTY_SHARE, self._faulty),
            (REPEATED_AT_ONCE_SHARE, lambda bill: self._repeated(bill, 1, AT_ONCE_MAX)),
            (REPEATED_LATE_SHARE, lambda bill: self._repeated(bill, LATE_MIN, LATE_MAX)),
            (RIVAL_SHARE, self._rivalled),
            (REVERSED_SHARE, self._reversed),
        )

    def _faulty(self, bill: Bill) -> Prepared:
        """Return a bill that must be refused: by its form, by a name nobody has, or by its own sum."""
        fault = self.draw.choice((_misstated, _of_nobody, _of_another, _broken, _misspelled))
        return fault(bill._replace(expects="refused", kind=f"faulty {bill.kind}"), self.city_)

    def _repeated(self, bill: Bill, least: int, most: int) -> Prepared:
        first = written(bill)
        self._note(self.draw.randint(least, most), first)
        return first

    def _rivalled(self, bill: Bill) -> Prepared:
        bill = bill._replace(expects="rival")
        self._note(self.draw.randint(1, LATE_MAX), written(bill._replace(message_id=f"{bill.message_id}-again")))
        return written(bill)

    def _reversed(self, bill: Bill) -> Prepared:
        message = Message(
            message_id=f"{bill.message_id}-reversal",
            provider=bill.provider,
            verb="Reverse",
            kind="reversal",
            reverses=bill.message_id,
        )
        body = f'{{"original_message_id":"{bill.message_id}"}}'
        self._note(self.draw.randint(1, LATE_MAX), post("/v1/reversals", message, body.encode()))
        return written(bill)

    def _note(self, after: int, prepared: Prepared) -> None:
        heapq.heappush(self.later, (self.number + after, self.number, prepared))


def _misstated(bill: Bill, _: City) -> Prepared:
    return written(bill._replace(misstated_fen=1))


def _of_nobody(bill: Bill, city_: City) -> Prepared:
    return written(bill._replace(worker=city_.workers))


def _of_another(bill: Bill, city_: City) -> Prepared:
    return written(bill._replace(qualification_id=city.qualification_id((bill.worker + 1) % city_.workers)))


def _broken(bill: Bill, _: City) -> Prepared:
    """Cut off in the middle, as by a caller's buffer."""
    message, request = written(bill)
    body = request.partition(b"\r\n\r\n")[2]
    return post("/v1/bills", message, body[: len(body) // 2])


def _misspelled(bill: Bill, _: City) -> Prepared:
    """An amount in yuan with a point, where fen are asked for."""
    message, request = written(bill)
    body = request.partition(b"\r\n\r\n")[2]
    return post("/v1/bills", message, body.replace(b'"amount_fen":', b'"amount_fen":0.', 1))

"""A clerk driven over a socket of his own, and what is counted of him while the clock runs."""

import re
import time
from collections import Counter, defaultdict
from contextlib import suppress
from random import Random

from loadtests.scenarios.asking import Ask, Talk, Told, Wrong
from loadtests.scenarios.jiangsu import Clerk
from loadtests.scenarios.judging import judge
from loadtests.scenarios.session import Town, outpatient, sign_in, sign_out
from loadtests.scenarios.signatures import Keys, check_signature
from loadtests.scenarios.wire import Answer, Wire

SIGNATURES_EVERY = 20
"""Of so many answers one signature is verified: each costs the client about a tenth of a bill's cost at the gateway."""
KINDS_MAX = 200
"""So many kinds of faults and of refusals are told apart."""

_DIGITS = re.compile(r"[0-9]+")
"""Refusals that differ by their numbers only are of one kind."""


class Counted:
    """What is counted while the clock runs; what comes after it is played to its end and not counted."""

    def __init__(self) -> None:
        """Begin with nothing, the clock not started."""
        self._ends = 0.0
        self.latencies_us: dict[str, list[int]] = defaultdict(list)
        self.settled = self.refused = self.failed = self.visits = self.judged = self.signatures = 0
        self.refusals: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def start(self, seconds: float) -> None:
        """Let the clock run for so long."""
        self._ends = time.perf_counter() + seconds

    @property
    def is_running(self) -> bool:
        """Return whether the clock runs."""
        return time.perf_counter() < self._ends

    def answered(self, ask: Ask, told: Told, took_us: int) -> None:
        """Count an answer that holds."""
        self.latencies_us[ask.name].append(took_us)
        if told.refused is None:
            self.settled += ask.is_settlement
        else:
            self.refused += 1
            _note(self.refusals, f"{ask.name}: {_DIGITS.sub('#', told.refused)}")

    def went_wrong(self, wrong: Wrong) -> None:
        """Note a wrong answer, whether the clock runs or not: it fails the run."""
        self.failed += 1
        _note(self.faults, str(wrong))


def _note(kinds: Counter[str], kind: str) -> None:
    kinds[kind if kind in kinds or len(kinds) < KINDS_MAX else "others 其他"] += 1


class Driver:
    """One clerk who works off visit after visit over one connection."""

    def __init__(self, clerk: Clerk, town: Town, draw: Random, wire: Wire, keys: Keys, counted: Counted) -> None:
        """Take who sends, from what, where to, and where it is counted."""
        self._clerk, self._town, self._draw, self._wire = clerk, town, draw, wire
        self._keys, self._counted = keys, counted

    async def begin(self) -> None:
        """Sign in; raises Wrong where the gateway refuses it."""
        if not await self._play(sign_in(self._clerk)):
            raise Wrong(f"{self._clerk.provider.code} may not sign in: was this world imported there?")

    async def work(self) -> None:
        """Play visits until the clock has run down, then sign out."""
        while self._counted.is_running:
            with suppress(Wrong):
                settled = await self._play(outpatient(self._clerk, self._town, self._draw))
                self._counted.visits += settled and self._counted.is_running
        with suppress(Wrong):
            await self._play(sign_out(self._clerk))
        self._wire.close()

    async def _play(self, talk: Talk) -> bool:
        try:
            ask = next(talk)
            while True:
                ask = talk.send(await self._tell(ask))
        except StopIteration as ended:
            return bool(ended.value)

    async def _tell(self, ask: Ask) -> Told:
        began = time.perf_counter()
        try:
            answer = await self._wire.post(ask)
            took_us = int((time.perf_counter() - began) * 1e6)
            told = self._judged(ask, answer)
        except Wrong as wrong:
            self._counted.went_wrong(wrong)
            raise
        if self._counted.is_running:
            self._counted.answered(ask, told, took_us)
        return told

    def _judged(self, ask: Ask, answer: Answer) -> Told:
        self._counted.judged += 1
        if self._counted.judged % SIGNATURES_EVERY == 0:
            check_signature(self._keys, ask, answer.status, answer.headers, answer.body)
            self._counted.signatures += 1
        return judge(ask, answer.status, answer.body)

"""Locust's users: clerks of the session dialect and senders of documents, weighted as a city's providers send."""

import itertools
from argparse import Namespace
from random import Random
from typing import Any, ClassVar

from locust import FastHttpUser, task
from locust.env import Environment
from msgspec import Struct

from loadtests.scenarios.asking import Ask, Talk, Told, Wrong
from loadtests.scenarios.documents import document, sender
from loadtests.scenarios.jiangsu import Clerk
from loadtests.scenarios.judging import judge
from loadtests.scenarios.numbers import Serials
from loadtests.scenarios.session import Town, outpatient, sign_in, sign_out
from loadtests.scenarios.signatures import Keys, check_signature, read_keys
from loadtests.scenarios.world import one_of
from schemas.scalars import ProviderKind

REFUSED = " · refused 已拒绝"
"""Added to a message's name, so that refusals have a row of their own and are no failures."""
VISITS_A_CYCLE = 50
"""A clerk signs out and in again after so many visits."""
ANSWER_SECONDS_MAX = 30.0


class Stage(Struct, frozen=True, kw_only=True):
    """What all users of one process share."""

    town: Town
    serials: Serials
    options: Namespace
    keys: Keys
    users: "itertools.count[int]"


STAGES: dict[int, Stage] = {}
"""One for each locust environment of this process, by its id; set before any user is born."""


class Caller(FastHttpUser):
    """Plays scenarios; a wrong or unsigned answer is a failure, a business refusal is not."""

    abstract = True
    network_timeout = ANSWER_SECONDS_MAX
    connection_timeout = ANSWER_SECONDS_MAX
    kind: ClassVar[ProviderKind]
    dialect: ClassVar[str]

    def __init__(self, environment: Environment) -> None:
        """Take a provider of the kind, and luck of one's own."""
        super().__init__(environment)
        self.stage = STAGES[id(environment)]
        number = next(self.stage.users)
        self.draw = Random(f"{self.stage.options.seed}:{self.stage.options.lane}:{number}")
        self.provider = one_of(self.draw, self.stage.town.world.providers_of(self.kind, self.dialect))

    def on_start(self) -> None:
        """Take the gateway's public keys, once a process."""
        if not self.stage.keys:
            with self.client.get("/.well-known/jwks.json", name="public keys 公钥", catch_response=True) as answer:
                self.stage.keys.update(read_keys(answer.content) if answer.status_code else {})

    def wait_time(self) -> float:
        """Return a pause in seconds, as long as asked in the mean."""
        mean = self.stage.options.pause_seconds
        return self.draw.expovariate(1 / mean) if mean else 0.0

    def play(self, talk: Talk) -> bool:
        """Send a scenario's messages one by one; return whether it came to a settlement. Wrong ends it."""
        try:
            ask = next(talk)
            while True:
                ask = talk.send(self.tell(ask))
        except StopIteration as ended:
            return bool(ended.value)
        except Wrong:
            talk.close()
            return False

    def tell(self, ask: Ask) -> Told:
        """Send one message; raises Wrong, which locust has then counted as a failure."""
        with self.client.post(
            ask.path, name=ask.name, data=ask.body.decode(), headers=ask.headers, catch_response=True
        ) as answer:
            try:
                told = self._judged(ask, answer)
            except Wrong as wrong:
                answer.failure(str(wrong))
            else:
                if told.refused is not None:
                    answer.request_meta["name"] += REFUSED
                answer.success()
                return told
        raise Wrong(ask.name)

    def _judged(self, ask: Ask, answer: Any) -> Told:
        if not answer.status_code:
            raise Wrong(f"no answer: {type(answer.error).__name__}")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        check_signature(self.stage.keys, ask, answer.status_code, headers, answer.content)
        return judge(ask, answer.status_code, answer.content)


class SessionHospital(Caller):
    """A clerk of a hospital that speaks Jiangsu's session dialect: visit after visit within his cycle."""

    weight = 10
    kind = "hospital"
    dialect = "jiangsu_injury"

    def on_start(self) -> None:
        """Sign in."""
        super().on_start()
        serials = self.stage.serials
        self.clerk = Clerk(provider=self.provider, serials=serials, operator=serials.operator())
        self.visits = 0

    def on_stop(self) -> None:
        """Sign out."""
        self.play(sign_out(self.clerk))

    @task
    def visit(self) -> None:
        """Play a visit within a cycle."""
        if self.visits % VISITS_A_CYCLE == 0 and self.clerk.sign_no:
            self.play(sign_out(self.clerk))
        if not self.clerk.sign_no and not self.play(sign_in(self.clerk)):
            return
        self.visits += 1
        self.play(outpatient(self.clerk, self.stage.town, self.draw))


class DocumentCaller(Caller):
    """A provider at the native door."""

    abstract = True
    dialect = "native"

    def on_start(self) -> None:
        """Gather what bills are drawn from."""
        super().on_start()
        self.sender = sender(self.stage.town.world, self.provider, self.stage.serials)

    @task
    def bill(self) -> None:
        """Send one bill."""
        self.play(document(self.sender, self.draw))


class DocumentHospital(DocumentCaller):
    """A hospital that sends whole bills."""

    weight = 6
    kind = "hospital"


class RehabilitationCentre(DocumentCaller):
    """A rehabilitation centre (工伤康复机构): a line a day of a course."""

    weight = 2
    kind = "rehabilitation_centre"


class DeviceSupplier(DocumentCaller):
    """A device supplier (辅助器具配置机构): one confirmed device a bill."""

    weight = 1
    kind = "device_supplier"

"""A counter in memory: the house's own desk decides on the demo world, and nothing is kept but in this process."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from gateway.core.bounds import BoundsBook
from gateway.core.context import Catalog, PolicyBook
from gateway.core.reasons import refusal
from gateway.core.snapshot import Snapshot
from gateway.desk.asking import Making
from gateway.desk.bills import decide_presettle
from gateway.desk.leading import leads
from gateway.desk.persons import person_verified
from gateway.reference.world.build import World
from gateway.settling.book import Book
from gateway.settling.standing import Ask, Standing, Stored, WorkerFile
from gateway.store.ids import new_id
from gateway.store.rows import MessageRow
from schemas.answers import AnyAnswer
from schemas.facts import Provider
from schemas.problems import GatewayError, Problem
from schemas.requests import Message, Presettle, Reading, Reverse, VerifyPerson

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""The counter's instant: the demo world lives in these days."""
MARKER = 1
Row = TypeVar("Row")


class NeedsBooks(Exception):
    """What is asked stands in books that a counter in memory does not have."""


class Counter:
    """Answers one message after another, each seeing what those before it left."""

    def __init__(self, world: World, caller: Provider) -> None:
        """Take the world and who is calling; the caller need not be of the world."""
        self._caller = caller
        self._book = Book()
        self._book.judge_at(NOW, _snapshot(world, caller))
        self._certnos: dict[str, str] = {}
        people = world.people
        for worker in people.workers:
            own = worker.worker_id
            self._certnos[worker.certno] = own
            self._book.workers[own] = WorkerFile(
                worker=worker, enrolments=(), recognitions=(), authorizations=(), used=(), devices=()
            )
        for name in ("enrolments", "recognitions", "authorizations"):
            for owner, fact in getattr(people, name):
                file = self._book.workers[owner]
                self._book.workers[owner] = replace(file, **{name: (*getattr(file, name), fact)})

    def answer(self, message: Message, raw: bytes, adapter_version: int) -> AnyAnswer | Problem:
        """Return what the house would say; raises NeedsBooks."""
        try:
            return self._answer(message, raw, adapter_version)
        except GatewayError as error:
            return error.problem(message.envelope.message_id)

    def _answer(self, message: Message, raw: bytes, adapter_version: int) -> AnyAnswer:
        request = message.request
        if isinstance(request, VerifyPerson):
            return self._person(request)
        if isinstance(request, Presettle):
            self._book.catch_up(self._book.workers)
            return decide_presettle(request, self._standing(request.visit_no), adapter_version)[0]
        if isinstance(request, Reading):
            raise NeedsBooks(type(request).__name__)
        message_id = message.envelope.message_id
        if message_id is None:
            raise refusal("message_id.missing")
        return self._change(message, message_id, raw, adapter_version)

    def _person(self, request: VerifyPerson) -> AnyAnswer:
        own = request.worker_id or self._certnos.get(request.certno or "", "")
        file = self._book.workers.get(own)
        if file is None:
            raise refusal("worker.unknown", "/worker_id" if request.worker_id else "/certno")
        in_hospital = any(
            one.visit.worker_id == own and one.visit.state == "open" for one in self._book.visits.values()
        )
        return person_verified(file, self._caller, self._book.day, in_hospital=in_hospital)

    def _change(self, message: Message, message_id: str, raw: bytes, adapter_version: int) -> AnyAnswer:
        request = message.request
        assert not isinstance(request, Reading)
        way = leads(request, self._caller)
        making = self._making(message, message_id, adapter_version)
        ask = self._ask(
            message_id,
            worker_id=way.worker_id,
            visit_no=way.visit_no,
            keys=way.keys,
            original_message_id=request.original_message_id if isinstance(request, Reverse) else None,
        )
        self._book.catch_up(self._book.workers)
        verdict = way.decide(self._book.standing(ask), making)
        row = MessageRow(
            provider_code=self._caller.code,
            message_id=message_id,
            verb=type(request).__name__,
            content_sha256=None,
            raw_sha256=hashlib.sha256(raw).digest(),
            worker_id=verdict.worker_id,
            visit_id=verdict.visit_id,
            settlement_id=verdict.settlement.settlement_id if verdict.settlement else None,
            received_at=NOW,
            reversed_by=None,
            request_sealed=None,
            answer_sealed=None,
        )
        settlement = (verdict.settlement,) if verdict.settlement else ()
        self._book.apply((*settlement, *verdict.effects, row))
        return verdict.answer

    def _making(self, message: Message, message_id: str, adapter_version: int) -> Making:
        return Making(
            caller=self._caller,
            message_id=message_id,
            envelope=message.envelope,
            adapter_version=adapter_version,
            settlement_id=new_id(),
            visit_id=new_id(),
            sign_no="S1",
            seal=_as_it_is,
            unseal=_as_it_is,
            reversed_answer=lambda _original, _by: b"",
        )

    def _standing(self, visit_no: str) -> Standing:
        return self._book.standing(self._ask("", visit_no=visit_no))

    def _ask(self, message_id: str, **more: Any) -> Ask:
        return Ask(
            caller=self._caller,
            message_id=message_id,
            verb="",
            content_sha256=b"",
            raw_sha256=b"",
            request_sealed=b"",
            decide=_never,
            reversed_answer=_no_answer,
            **more,
        )


def _as_it_is(plain: bytes, _name: bytes) -> bytes:
    """Return what would be sealed in books: these are never written."""
    return plain


def _never(_: Standing) -> Any:
    raise AssertionError("the counter decides by itself")


def _no_answer(_: MessageRow) -> Stored:
    raise AssertionError("the counter stores no answers")


def _snapshot(world: World, caller: Provider) -> Snapshot:
    providers = {provider.code: provider for provider in world.providers} | {caller.code: caller}
    limits = _grouped(world.limits, lambda limit: [(limit.area, limit.scheme, limit.code)])
    pairs = _grouped(
        world.pairs, lambda pair: [(pair.area, pair.scheme, code) for code in (pair.main_code, pair.sub_code)]
    )
    return Snapshot(
        marker=MARKER,
        versions={},
        providers=providers,
        tokens={},
        catalog=Catalog(
            items=_grouped(world.items, lambda item: [(item.area, item.scheme, item.code)]),
            matches=_grouped(world.matches, lambda match: [(match.provider_code, match.local_code)]),
            bounds=BoundsBook(limits=limits, pairs=pairs),
        ),
        policies=PolicyBook(rows=_grouped(world.policies, lambda policy: [(policy.area, policy.scheme)])),
    )


def _grouped(rows: Iterable[Row], keys: Callable[[Row], list[Any]]) -> dict[Any, tuple[Row, ...]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            found[key].append(row)
    return {key: tuple(sorted(alike, key=_valid_from)) for key, alike in found.items()}


def _valid_from(row: Any) -> Any:
    return row.valid_from

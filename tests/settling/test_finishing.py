"""What cannot be worded or signed after it was decided: it is refused alone, and nothing of a batch rests on it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gateway.core.reasons import refusal
from gateway.core.snapshot import Snapshot
from gateway.settling.batch import Outcome
from gateway.settling.book import Book
from gateway.settling.lane import Deciding
from gateway.settling.standing import Ask, Done, Stored, Taken
from gateway.store.rows import MessageRow, RefusalNoted
from gateway.store.sealing import Seals
from schemas.problems import GatewayError
from tests.core.world import PROVIDER, catalog_of, policies_of

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
SEALS = Seals(seal_keys={1: b"k" * 32}, current=1, index_key=b"i" * 32)


def ask(message_id: str, finish: Callable[[], Done]) -> Ask:
    return Ask(
        caller=PROVIDER,
        message_id=message_id,
        verb="SubmitBill",
        content_sha256=b"c" * 32,
        raw_sha256=b"r" * 32,
        request_sealed=b"",
        decide=lambda _: Taken(effects=(), finish=finish),
        reversed_answer=lambda _: well().answer,
    )


def well() -> Done:
    return Done(answer=Stored(status=200, content_type="application/json", body=b"{}"), effects=())


def unworded() -> Done:
    raise refusal("bill.breaks")


def unsigned() -> Done:
    raise OverflowError("an amount that no receipt can carry")


def decided(*asks: Ask) -> Deciding:
    book = Book()
    book.judge_at(
        NOW,
        Snapshot(versions={}, marker=0, providers={}, tokens={}, catalog=catalog_of(()), policies=policies_of()),
    )
    deciding = Deciding(book, SEALS)
    for one in asks:
        deciding.take(one)
    for one in asks:
        deciding.finish(one)
    return deciding


@pytest.mark.parametrize("broken", [unworded, unsigned])
def test_alone_it_is_refused_and_leaves_nothing(broken: Callable[[], Done]) -> None:
    """Its caller is told; no message of it is kept, so that it may come again."""
    deciding = decided(ask("M1", broken))

    verdict = deciding.verdicts[PROVIDER.code, "M1"]
    assert isinstance(verdict, GatewayError)
    assert verdict.faults[0].code == "bill.breaks"
    assert not any(isinstance(effect, MessageRow) for effect in deciding.effects)
    assert any(isinstance(effect, RefusalNoted) for effect in deciding.effects) is (broken is unworded)


@pytest.mark.parametrize("broken", [unworded, unsigned])
def test_with_others_it_takes_the_batch_apart(broken: Callable[[], Done]) -> None:
    """Others may have been decided on what it would leave: the batcher halves the batch until it stands alone."""
    with pytest.raises((GatewayError, OverflowError)):
        decided(ask("M1", well), ask("M2", broken))


def test_what_is_finished_is_kept_in_the_order_of_its_coming() -> None:
    deciding = decided(ask("M1", well), ask("M2", well))

    assert [effect.message_id for effect in deciding.effects if isinstance(effect, MessageRow)] == ["M1", "M2"]
    assert all(isinstance(verdict, Outcome) for verdict in deciding.verdicts.values())

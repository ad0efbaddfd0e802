"""A city's traffic on a real gateway: every kind of message becomes what it should, and the audit agrees."""

from collections import Counter
from itertools import islice
from pathlib import Path

from loadtests.audit.audit import audited
from loadtests.engine.closed import ClosedLoop
from loadtests.engine.tape import Tape
from loadtests.generator.message import Prepared
from loadtests.generator.traffic import traffic
from tests.loadtests.load import SMALL, small_city

MESSAGES, ORDINARY = 4_000, 60
"""Of so many messages those with which something is up, and some of the others."""


async def test_a_citys_traffic_becomes_what_it_should(database_dsn: str, tmp_path: Path) -> None:
    """Bills settle, some past their authorization; faults are refused; repeats pay once; reversals undo."""
    messages = odd_ones(list(islice(traffic(SMALL, seed=4, run="t"), MESSAGES)))
    async with small_city(database_dsn, tmp_path, processes=2) as (database, up):
        tape = Tape(sample_every=10)
        await ClosedLoop(up.urls, 16, tape).run(200, messages)
        said = await audited(database.dsn, up.urls, [tape])
    ids = {(record.message.provider, record.message.message_id) for record in tape.records}
    codes = {record.code for record in tape.records if record.is_refused}

    assert said.faults == ()
    assert len(tape.records) == len(messages)
    assert said.messages_sent == len(ids) < len(messages)
    assert said.messages_sent == said.settled + said.refused + said.reversed + said.not_seen
    assert min(said.settled, said.refused, said.reversed) > 0
    assert said.charged_fen == said.fund_fen + said.worker_fen + said.employer_fen + said.provider_fen
    assert said.worker_fen > 0
    assert {"bill.total_differs", "worker.unknown"} <= codes
    assert said.signatures_checked == -(-len(messages) // 10)


def odd_ones(messages: list[Prepared]) -> list[Prepared]:
    """Faults, repeats, rivals and reversals with their originals, and the first few ordinary messages."""
    times = Counter(made.message.message_id for made in messages)
    reversed_ids = {made.message.reverses for made in messages}
    odd = [
        made
        for made in messages
        if made.message.expects != "settled"
        or made.message.reverses
        or made.message.message_id in reversed_ids
        or times[made.message.message_id] > 1
    ]
    ordinary = [made for made in messages if made not in odd][:ORDINARY]
    return sorted(odd + ordinary, key=messages.index)

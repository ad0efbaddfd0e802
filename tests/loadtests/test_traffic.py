"""A city's traffic on a real gateway: every kind of message becomes what it should, and the audit agrees."""

from itertools import islice
from pathlib import Path

from loadtests.audit.audit import audited
from loadtests.engine.closed import ClosedLoop
from loadtests.engine.tape import Tape
from loadtests.generator.traffic import traffic
from tests.loadtests.load import SMALL, small_city

MESSAGES = 1_000


async def test_a_citys_traffic_becomes_what_it_should(database_dsn: str, tmp_path: Path) -> None:
    """Bills settle, some past their authorization; faults are refused; repeats pay once; reversals undo."""
    async with small_city(database_dsn, tmp_path, processes=2) as (database, up):
        tape = Tape(sample_every=10)
        await ClosedLoop(up.urls, 16, tape).run(60, islice(traffic(SMALL, seed=4, run="t"), MESSAGES))
        said = await audited(database.dsn, up.urls, [tape])
    ids = {(record.message.provider, record.message.message_id) for record in tape.records}
    codes = {record.code for record in tape.records if record.is_refused}

    assert said.faults == ()
    assert len(tape.records) == MESSAGES
    assert said.messages_sent == len(ids) < MESSAGES
    assert said.messages_sent == said.settled + said.refused + said.reversed + said.not_seen
    assert min(said.settled, said.refused, said.reversed) > 0
    assert said.charged_fen == said.fund_fen + said.worker_fen + said.employer_fen + said.provider_fen
    assert said.worker_fen > 0
    assert {"bill.total_differs", "worker.unknown"} <= codes
    assert said.signatures_checked == MESSAGES // 10

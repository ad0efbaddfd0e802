"""A thousand damaged copies of each golden message at Jiangsu's door: a settlement only for what it really says."""

import pytest

from tests.doors.mutant_facts import answers_hold, effects_hold, run, settlements_hold, undone_hold
from tests.doors.rigid import Rigid
from tests.doors.rigid_jiangsu import JIANGSU_CODES
from tests.doors.senders import Door

pytestmark = pytest.mark.asyncio(loop_scope="module")


def named(rigid: Rigid) -> str:
    return rigid.name


@pytest.mark.parametrize("rigid", JIANGSU_CODES, ids=named)
async def test_damage_is_refused_or_taken_as_it_stands(door: Door, rigid: Rigid) -> None:
    """Signed answers without a 5xx; effects equal what was answered; settlements equal the golden one's sums."""
    of = await run(door, rigid)

    answers_hold(of)
    effects_hold(of)
    settlements_hold(of)
    undone_hold(of)

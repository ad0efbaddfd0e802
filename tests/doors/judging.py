"""Sends a thousand damaged copies of a golden message, each into a world of its own, and tells what became of them."""

import random

from msgspec import Struct

from gateway.core.digests import request_sha256
from schemas.requests import Changing, Message, Reverse
from tests.doors.mutants import differences, mutated, read
from tests.doors.rigid import Rigid, tag_of
from tests.doors.senders import Answer, Asked, Door, Sender, succeeded


class Judged(Struct, frozen=True):
    """One mutant, what it says, and how the house answered it."""

    asked: Asked
    golden: Message
    said: Message | None
    """What its adapter reads in it; None where it refuses it."""
    before: tuple[Asked, ...]
    """The messages that made its world and were sent."""
    answer: Answer

    @property
    def done(self) -> bool:
        return succeeded(self.answer)

    @property
    def changes(self) -> bool:
        return self.said is not None and isinstance(self.said.request, Changing)

    @property
    def differs(self) -> set[str]:
        assert self.said is not None
        if type(self.said.request) is not type(self.golden.request):
            return {"verb"}
        return differences(self.golden, self.said)

    @property
    def message_id(self) -> str:
        assert self.said is not None
        assert self.said.envelope.message_id is not None
        return self.said.envelope.message_id


async def judge(door: Door, rigid: Rigid, count: int) -> list[Judged]:
    """Send `count` mutants, the first of them undamaged."""

    async def one(sender: Sender, number: int) -> Judged:
        name = f"{rigid.name}:{number}"
        tag = tag_of(name)
        before = rigid.before(door, tag)
        answers = [await sender.must(asked) for asked in before] if rigid.needs_answers else []
        golden = rigid.golden(door, tag, answers)
        asked = mutated(golden, random.Random(name)) if number else golden
        meant, said = read(golden), read(asked)
        assert meant is not None, golden
        if said is None and not rigid.needs_answers:
            before = []  # what its adapter refuses never meets its world
        for step in before if not rigid.needs_answers else ():
            await sender.must(step)
        return Judged(asked, meant, said, tuple(before), await sender.send(asked))

    return await door.each(range(count), one)


async def effects(door: Door) -> dict[str, str]:
    """Return the digest of the content of every message that took effect, by provider and message id.

    A message that was reversed before it came has none.
    """
    async with door.database() as database:
        rows = await database.fetch("SELECT provider_code, message_id, content_sha256 FROM message")
    return {f"{row['provider_code']} {row['message_id']}": (row["content_sha256"] or b"").hex() for row in rows}


def expected(judged: list[Judged]) -> dict[str, str]:
    """Return the same of what was answered as done, its digest computed from what the message says."""
    found = {}
    for one in judged:
        said = [(step, read(step)) for step in one.before]
        said += [(one.asked, one.said)] if one.done and one.changes else []
        for asked, message in said:
            assert message is not None
            if isinstance(message.request, Changing):
                found[f"{asked.provider} {message.envelope.message_id}"] = request_sha256(message.request)
            if isinstance(message.request, Reverse):
                found.setdefault(f"{asked.provider} {message.request.original_message_id}", "")
    return found

"""Named points on a message's way where a test may hold it: files in a folder, off unless the folder is named.

A message waits at POINT while `FOLDER/POINT.MESSAGE_ID.hold` stands, and leaves `FOLDER/POINT.MESSAGE_ID.reached`.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

Point: TypeAlias = Literal["before_claim", "claimed", "adjudicated", "committed"]

HOLD_SECONDS_MAX = 30.0
POLL_SECONDS = 0.01


class Points:
    """The points of one process; without a folder they cost nothing."""

    def __init__(self, folder: Path | None) -> None:
        """Take the folder in which tests put their holds."""
        self._folder = folder

    async def reached(self, point: Point, message_ids: Iterable[str]) -> None:
        """Tell that these messages have come to the point, and wait while one of them is held there."""
        if self._folder is None:
            return
        for message_id in message_ids:
            await self._hold(self._folder / f"{point}.{message_id}")

    async def _hold(self, name: Path) -> None:
        hold = name.with_name(name.name + ".hold")
        if not hold.exists():
            return
        name.with_name(name.name + ".reached").touch()
        for _ in range(int(HOLD_SECONDS_MAX / POLL_SECONDS)):
            if not hold.exists():
                return
            await asyncio.sleep(POLL_SECONDS)

"""Holds messages at the named points of their way through a gateway process (gateway/settling/points.py)."""

import asyncio
from pathlib import Path

POINTS = ("before_claim", "claimed", "adjudicated", "committed")
REACHED_S_MAX = 20
POLL_S = 0.01


class Points:
    """A folder of holds that every process of a test looks into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "points"
        self._folder.mkdir()
        self.environ = {"GATEWAY_SETTLING_POINTS_DIR": str(self._folder)}

    def hold(self, point: str, message_id: str) -> None:
        """Let the message wait at the point, in whichever process it comes there."""
        (self._folder / f"{point}.{message_id}.hold").touch()

    async def reached(self, point: str, message_id: str) -> None:
        """Wait until the message has come to the point."""
        for _ in range(int(REACHED_S_MAX / POLL_S)):
            if (self._folder / f"{point}.{message_id}.reached").exists():
                return
            await asyncio.sleep(POLL_S)
        raise AssertionError(f"{message_id} did not come to {point} within {REACHED_S_MAX} s")

    def release(self, point: str, message_id: str) -> None:
        """Let the message go on."""
        (self._folder / f"{point}.{message_id}.hold").unlink()

"""Which adapter speaks for a provider: by the dialect and the version that its row names."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from schemas.facts import Provider


class Versioned(Protocol):
    """What a dialect's speakers have in common."""

    @property
    def NAME(self) -> str:  # noqa: N802 a module's constant
        """The dialect's name."""

    @property
    def VERSION(self) -> int:  # noqa: N802 a module's constant
        """The version."""


Speaker = TypeVar("Speaker", bound=Versioned)


class Dialects(Generic[Speaker]):
    """Speakers by dialect and version, side by side.

    A row that names no version goes by the lowest that is here: a new version moves nobody who did not ask for it.
    """

    def __init__(self, speakers: Iterable[Speaker]) -> None:
        """Take each dialect and version once."""
        self._known: dict[tuple[str, int | None], Speaker] = {}
        for speaker in sorted(speakers, key=lambda speaker: (speaker.NAME, speaker.VERSION)):
            assert (speaker.NAME, speaker.VERSION) not in self._known
            self._known[speaker.NAME, speaker.VERSION] = speaker
            self._known.setdefault((speaker.NAME, None), speaker)

    def find(self, dialect: str, version: int | None = None) -> Speaker | None:
        """Return who speaks a dialect; None where nobody does, or not in that version."""
        return self._known.get((dialect, version))

    def spoken(self, caller: Provider | None, dialect: str) -> Speaker | None:
        """Return who speaks a dialect for a caller; the row's version is that of the row's own dialect."""
        named = caller is not None and caller.dialect == dialect
        return self.find(dialect, caller.dialect_version if named and caller is not None else None)

    def __iter__(self) -> Iterator[Speaker]:
        """Yield each once, by name and version."""
        return (speaker for (_, version), speaker in self._known.items() if version is not None)

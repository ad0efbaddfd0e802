"""How much is borne at once: requests in flight, and bytes of bodies held."""

from collections import Counter

from gateway.web.problems import asks_too_much, full


class Room:
    """Room for so many requests in all, and so many of one provider."""

    def __init__(self, *, in_flight_max: int, per_provider_max: int) -> None:
        self._in_flight_max = in_flight_max
        self._per_provider_max = per_provider_max
        self._of: Counter[str] = Counter()
        self.in_flight = 0

    def enter(self, provider_code: str) -> None:
        """Take a place; raises Busy when the room is full, TooMany when the provider's share is."""
        if self.in_flight >= self._in_flight_max:
            raise full()
        if self._of[provider_code] >= self._per_provider_max:
            raise asks_too_much(self._per_provider_max)
        self.in_flight += 1
        self._of[provider_code] += 1

    def leave(self, provider_code: str) -> None:
        """Give the place back."""
        assert self.in_flight > 0
        assert self._of[provider_code] > 0
        self.in_flight -= 1
        self._of[provider_code] -= 1
        if not self._of[provider_code]:
            del self._of[provider_code]


class Shelf:
    """Room for so many bytes of bodies held at once."""

    def __init__(self, *, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.held_bytes = 0

    def take(self, count_bytes: int) -> None:
        """Hold so many bytes more; raises Busy when there is no room for them."""
        if self.held_bytes + count_bytes > self._bytes_max:
            raise full()
        self.held_bytes += count_bytes

    def give_back(self, count_bytes: int) -> None:
        """Hold so many bytes less."""
        assert 0 <= count_bytes <= self.held_bytes
        self.held_bytes -= count_bytes


class Ticket:
    """One request's place in a room and its bytes on the shelf, given back once."""

    def __init__(self, room: Room, shelf: Shelf, provider_code: str) -> None:
        """Enter the room; raises Busy or TooMany."""
        room.enter(provider_code)
        self._room = room
        self._shelf = shelf
        self._provider_code = provider_code
        self._held_bytes = 0
        self._is_valid = True

    def hold(self, count_bytes: int) -> None:
        """Take so many bytes more from the shelf; raises Busy."""
        self._shelf.take(count_bytes)
        self._held_bytes += count_bytes

    def give_back(self) -> None:
        """Leave the room and clear the shelf."""
        assert self._is_valid
        self._is_valid = False
        self._shelf.give_back(self._held_bytes)
        self._room.leave(self._provider_code)

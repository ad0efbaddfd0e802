"""Damage and small changes, the same every time: no clock and no chance of their own."""

from collections.abc import Iterator

MULTIPLIER, INCREMENT, MODULUS = 6_364_136_223_846_793_005, 1_442_695_040_888_963_407, 2**64
"""Of Knuth's linear congruential generator (MMIX)."""


class Noise:
    """A stream of numbers that is determined by its seed."""

    def __init__(self, seed: str) -> None:
        """Take a text that names the stream."""
        self._state = int.from_bytes(seed.encode()[:64] or b"\0") % MODULUS
        for _ in range(4):
            self.below(2)

    def below(self, bound: int) -> int:
        """Return a number from 0 to below a bound."""
        self._state = (self._state * MULTIPLIER + INCREMENT) % MODULUS
        return (self._state >> 33) % bound


def damaged(body: bytes, noise: Noise) -> bytes:
    """Flip, drop, double or insert a few bytes."""
    out = bytearray(body)
    for _ in range(1 + noise.below(3)):
        at = noise.below(len(out) or 1)
        match noise.below(4):
            case 0 if out:
                out[at] ^= 1 << noise.below(8)
            case 1:
                del out[at : at + 1 + noise.below(8)]
            case 2:
                out[at:at] = out[at : at + 1 + noise.below(40)]
            case _:
                out[at:at] = bytes(noise.below(256) for _ in range(1 + noise.below(3)))
    return bytes(out)


def variants(value: str) -> Iterator[str]:
    """Yield values that are like one, but others: a retry's or a typist's."""
    for at in range(len(value) - 1, -1, -1):
        char = value[at]
        if char.isascii() and char.isdigit():
            # The last digit of a number may be one of a form's many zeros; a month or a day must stay one.
            yield value[:at] + str((int(char) + 1) % 10) + value[at + 1 :]
            if at:
                yield value[: at - 1] + ("1" if value[at - 1] == "0" else "0") + value[at:]
            break
    words = {"true": "false", "false": "true", "Y": "N", "N": "Y", "0": "1", "1": "0"}
    if value in words:
        yield words[value]
    if value and value[-1].isalpha():
        yield value[:-1] + ("B" if value[-1] in "aA" else "A")
        yield value + "A"
    if value and not value.isascii():
        yield value[:-1] + "乙"
        yield value + "乙"
    if value and value[-1].isdigit():
        yield value + "1"

"""How figures are written for a reader: durations, counts, shares, sizes and money, short and with their unit."""

_US_PER_MS, _US_PER_S = 1_000, 1_000_000
_FINE = 100
"""Below this a figure keeps one decimal."""
_FINER = 10
"""Below this it keeps two."""
_BINARY = 1_024


def duration(us: float) -> str:
    """Return microseconds as µs, ms or s with three digits that count."""
    if us < _US_PER_MS:
        return f"{us:.0f} µs"
    if us < _US_PER_S:
        return f"{_three(us / _US_PER_MS)} ms"
    return f"{_three(us / _US_PER_S)} s"


def _three(value: float) -> str:
    if value < _FINER:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < _FINE else f"{value:,.0f}"


def count(number: float) -> str:
    """Return a whole number with its thousands parted."""
    return f"{number:,.0f}"


def amount(value: float) -> str:
    """Return a number with three digits that count."""
    return _three(value)


def rate(per_s: float) -> str:
    """Return a rate a second, without its unit."""
    return f"{per_s:.1f}" if 0 < per_s < _FINE else count(per_s)


def share(part: float, whole: float) -> str:
    """Return a part of a whole in percent; a dash where there is no whole."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    return f"{percent:.2f} %" if 0 < percent < 1 else f"{percent:.0f} %"


def size(number: int) -> str:
    """Return bytes as MiB or GiB."""
    mebibytes = number / _BINARY**2
    return f"{_three(mebibytes / _BINARY)} GiB" if mebibytes >= _BINARY else f"{mebibytes:.0f} MiB"


def yuan(fen: int) -> str:
    """Return fen as yuan, to the fen."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def ratio(value: float | None) -> str:
    """Return a ratio as ×1.23; a dash where there is none."""
    return "–" if value is None else f"×{value:.2f}"

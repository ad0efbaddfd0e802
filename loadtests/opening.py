"""Opens a bundle that a caller named, or ends the command with where and why."""

from pathlib import Path

import msgspec

from loadtests.bundle import FORMAT, Bundle, read


def opened(path: Path) -> Bundle:
    """Return the bundle of a file; raises SystemExit with the file, the place in it and the cure."""
    try:
        bundle = read(path)
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}. Name a bundle that a load run wrote.") from None
    except msgspec.MsgspecError as error:
        raise SystemExit(f"{path}: not a bundle: {error}. Name a JSON file that a load run wrote.") from None
    if bundle.format != FORMAT:
        raise SystemExit(f"{path}: format {bundle.format}, but this kit reads {FORMAT}. Use the kit that wrote it.")
    return bundle

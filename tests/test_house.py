"""The house checks itself."""

from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_lock_names_no_registry() -> None:
    """Neither an index line nor an address stands in requirements.lock."""
    text = (ROOT / "requirements.lock").read_text()

    assert "://" not in text
    assert "index" not in text.replace("--no-emit-index-url", "")

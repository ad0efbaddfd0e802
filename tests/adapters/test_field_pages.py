"""The lists of fields that integrators read are the tables that messages are read by."""

from tests.adapters.field_pages import pages


def test_the_lists_of_fields_have_not_drifted() -> None:
    """Each page is what its dialect's table makes; `python -m tests.adapters.field_pages` rewrites it."""
    assert {path: path.read_text(encoding="utf-8") for path in pages()} == pages()

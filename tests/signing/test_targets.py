"""A path or a header value, however strange, has one printable form that a signature base may hold."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.signing.targets import path_value, printable_value, query_value


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("/v1/bills", "/v1/bills"),
        ("/v1/bills?x=1", "/v1/bills"),
        ("/v1/bills?", "/v1/bills"),
        ("/a?b?c#d", "/a"),
        ("", "/"),
        ("?x=1", "/"),
        ("*", "/"),
        ("gateway.example:443", "/"),
        ("http://gateway.example", "/"),
        ("http://gateway.example/v1/bills?x=1", "/v1/bills"),
        ("https://gateway.example?x=/y", "/"),
        ("/a%2Fb%e4", "/a%2Fb%e4"),
        ("/50%", "/50%25"),
        ("/a%zzb", "/a%25zzb"),
        ("/工伤", "/%E5%B7%A5%E4%BC%A4"),
        ("/\udcb9\udca4", "/%B9%A4"),
        ("/\ud800", "/%ED%A0%80"),
        ('/a"b', "/a%22b"),
        ("/a b\t\r\n\x00\x7f", "/a%20b%09%0D%0A%00%7F"),
        ("/a\\b^`{|}<>[]", "/a%5Cb%5E%60%7B%7C%7D%3C%3E%5B%5D"),
        ("//host/x/../y", "//host/x/../y"),
    ],
)
def test_a_path_is_absolute_and_percent_encoded(target: str, value: str) -> None:
    """No query, no empty path, nothing decoded, and what no path may hold is encoded."""
    assert path_value(target) == value


@given(st.text() | st.text().map(lambda text: "/" + text))
def test_any_target_becomes_a_path_and_stays_it(target: str) -> None:
    """The form is an RFC 3986 path, and its own form is itself."""
    value = path_value(target)

    assert re.fullmatch(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*", value)
    assert path_value(value) == value


@pytest.mark.parametrize(
    ("value", "printable"),
    [
        (None, None),
        ("", ""),
        ("  sha-256=:x:\t", "sha-256=:x:"),
        ('a "b"\tc', 'a "b"\tc'),
        ("工伤", None),
        ("a\nb", None),
        ("a\x00", None),
        ("a\x7f", None),
    ],
)
def test_a_value_is_printable_or_left_out(value: str | None, printable: str | None) -> None:
    """Blanks around a value are no part of it; what no base may hold is not covered."""
    assert printable_value(value) == printable


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("/v1/bills", ""),
        ("/v1/bills?", ""),
        ("/v1/visits?from_day=2026-11-01&limit=5", "?from_day=2026-11-01&limit=5"),
        ("/a?b?c#d", "?b?c"),
        ("/a?x=%E5%B7", "?x=%E5%B7"),
        ("/a?x=工&y=5%", "?x=%E5%B7%A5&y=5%25"),
    ],
)
def test_a_query_is_kept_as_it_was_sent(target: str, value: str) -> None:
    """Its question mark included; nothing asked is nothing covered."""
    assert query_value(target) == value

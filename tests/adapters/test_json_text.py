"""JSON text is read strictly, and a refusal names its place."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import json_text
from schemas.problems import WireError
from tests.cases import cases_folder


def suite(prefix: str) -> list[Path]:
    return sorted((cases_folder() / "bad-input/JSONTestSuite").glob(f"{prefix}_*.json"))


def is_read(body: bytes) -> bool:
    """Whether a text is read; anything but our own error fails the test."""
    try:
        json_text.read(body)
    except WireError:
        return False
    return True


def test_what_is_not_json_is_refused() -> None:
    """Every text that the public suite calls invalid is refused."""
    bodies = {path.name: path.read_bytes() for path in suite("n")}

    assert len(bodies) > 150
    assert [name for name, body in bodies.items() if is_read(body)] == []


def test_what_json_leaves_open_is_read_or_refused() -> None:
    """A text that parsers may take or leave is read only where it is UTF-8 without halves of pairs."""
    readable = {path.name for path in suite("i") if is_read(path.read_bytes())}

    assert all(name.startswith("i_number_") for name in readable)


def test_what_is_json_is_read() -> None:
    """Every valid text is read, except where one object names a field twice or a pair is halved."""
    refused = {path.name for path in suite("y") if not is_read(path.read_bytes())}

    assert refused == {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


@pytest.mark.parametrize(
    ("body", "code", "zh"),
    [
        (b'{"a": 1,\n "b": 2,\n "a": 3}', "json.duplicate_key", "第3行第2列：字段名a重复"),
        (b'{"x": {"a": 1}, "y": {"a": 1, "\\u0061": 2}}', "json.duplicate_key", "第1行第31列：字段名a重复"),
        (b'{"NaN": [1,\nNaN]}', "json.number", "第2行第1列：NaN不是数字"),
        (b'{"a": -Infinity}', "json.number", "第1行第7列：-Infinity不是数字"),
        (b'\xef\xbb\xbf{"a": 1}', "json.byte_order_mark", "第1行第1列：报文开头有字节顺序标记(BOM)"),
        (b'{"a":\n "\xff"}', "json.encoding", "第2行第3列：不是有效的UTF-8编码"),
        (b'{"a": "\\\\ud800", "b": "\\ud800"}', "json.surrogate", "第1行第24列：残缺的Unicode代理对"),
        (b'{"a": "\\udc00\\ud800"}', "json.surrogate", "第1行第8列：残缺的Unicode代理对"),
        (b'{"a": 1} {', "json.syntax", "第1行第10列：报文结束后还有多余内容"),
        (b'{"a": 1\n\n  "b": 2}', "json.syntax", "第3行第3列：缺少逗号或右括号"),
        (b"", "json.syntax", "第1行第1列：此处应有一个值"),
        (b"[" * 65 + b"]" * 65, "json.depth", "第1行第65列：嵌套超过64层"),
        (b"[" * 1_000_000, "json.depth", "第1行第65列：嵌套超过64层"),
        (b'{"a":' * 100_000, "json.depth", "第1行第321列：嵌套超过64层"),
    ],
)
def test_a_refusal_names_line_and_column(body: bytes, code: str, zh: str) -> None:
    """What is wrong is said with its place."""
    with pytest.raises(WireError) as refusal:
        json_text.read(body)

    assert [(fault.code, fault.zh) for fault in refusal.value.faults] == [(code, zh)]


def test_sixty_four_levels_are_read() -> None:
    """The bound itself passes, and brackets in strings or side by side do not count."""
    inner = b'["[[[[[\\"]]", [], {"{": "}"}, [1], [2], [3]]'

    assert json_text.read(b"[" * 62 + inner + b"]" * 62)
    with pytest.raises(WireError, match=r"json\.depth"):
        json_text.read(b"[" * 63 + inner + b"]" * 63)


def test_numbers_stay_the_text_they_were() -> None:
    """No number goes through a float or a bounded int."""
    read = json_text.read(b"[12.10, 1e400, -0, 123456789012345678901234567890.000, " + b"9" * 10_000 + b"]")

    assert read == ["12.10", "1e400", "-0", "123456789012345678901234567890.000", "9" * 10_000]
    assert all(isinstance(number, json_text.NumberText) for number in read)


def test_a_million_unclosed_escapes_are_refused_in_linear_time() -> None:
    """Noise that makes naive patterns go back and forth is refused at once."""
    with pytest.raises(WireError):
        json_text.read(b"[" * 70 + b'"\\"' * 1_000_000)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON_VALUES, st.booleans())
def test_what_json_writes_is_read_back(value: object, ascii_only: bool) -> None:
    """Whatever a standard writer writes is read as it was."""
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert json_text.read(body, number=int) == value


@given(st.binary(max_size=200))
def test_noise_is_refused_politely(body: bytes) -> None:
    """Any bytes are read or refused with our own error."""
    try:
        json_text.read(body)
        place = "第1行"
    except WireError as error:
        place = error.faults[0].zh

    assert place.startswith("第")

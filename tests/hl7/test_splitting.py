"""How a message is taken apart: separators, line ends, escapes, several messages, charsets."""

import pytest

from adapters import hl7_v2
from adapters.hl7_v2.escapes import BadEscape, escape, unescape
from adapters.hl7_v2.splitting import STANDARD, split
from schemas.dialect import Profile
from schemas.problems import GatewayError, WireError
from schemas.requests import SubmitBill
from tests.hl7.sample import FACILITY, PROFILE, charge, head, inbound, message, own, segments


def request(text: str | bytes, profile: Profile = PROFILE, **headers: str) -> SubmitBill:
    read = hl7_v2.read(inbound(text, **headers), profile).request
    assert isinstance(read, SubmitBill)
    return read


def codes(text: str | bytes, profile: Profile = PROFILE, **headers: str) -> list[tuple[str, str]]:
    """Place and code of every fault."""
    with pytest.raises(GatewayError) as refusal:
        hl7_v2.read(inbound(text, **headers), profile)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\n\r", "\r\r\n"])
def test_every_line_end_ends_a_segment(end: str) -> None:
    """CR, LF, CRLF and mixtures of them give the same bill."""
    assert request(message(end=end)) == request(message())


def test_line_ends_may_be_mixed_in_one_message() -> None:
    """Each line its own end."""
    lines = message().split("\r")[:-1]
    mixed = "".join(line + end for line, end in zip(lines, ["\r", "\n", "\r\n", "\r", "\n", "\r\n"], strict=False))

    assert request(mixed) == request(message())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (r"a\F\b", "a|b"),
        (r"a\S\b", "a^b"),
        (r"a\T\b", "a&b"),
        (r"a\R\b", "a~b"),
        (r"a\E\b", "a\\b"),
        (r"\E\F\E\ ", "\\F\\ "),
        (r"a\X41\b", "aAb"),
        (r"\XE4B8AD\文", "中文"),
        (r"\Xe4b8ad\\X41\ ", "中A "),
        (r"a\.br\b", "a\nb"),
        (r"\H\a\N\ ", "a "),
        ("plain", "plain"),
    ],
)
def test_escapes_are_undone(said: str, meant: str) -> None:
    """Each sequence of HL7 v2 §2.7 that has a meaning in text."""
    assert unescape(said, STANDARD, "utf-8") == meant


@pytest.mark.parametrize(
    "said", ["a\\b", r"a\Q\b", r"\X4\ ", r"\XFF\ ", r"\C2842\ ", r"\M244242\ ", r"\Z1\ ", "\\", "\\\\"]
)
def test_other_escapes_are_refused(said: str) -> None:
    """Unclosed and unknown sequences, bytes that are not in the charset, switches of charset."""
    with pytest.raises(BadEscape):
        unescape(said, STANDARD, "utf-8")


@pytest.mark.parametrize("text", ["a|b^c~d\\e&f", "", "中|文", "\\F\\", "x\ry"])
def test_what_we_escape_reads_back(text: str) -> None:
    """Our own escapes mean what they stood for; a line break stays one."""
    assert unescape(escape(text), STANDARD, "utf-8") == text.replace("\r", "\n")


@pytest.mark.parametrize("marks", ["^~\\", "^^\\&", "^~\\|", "", "^~\\&#!", "ab\\&", "^~ &", "^~\\\u00a7"])
def test_separators_that_cannot_split_are_refused(marks: str) -> None:
    """Too few, too many, the same twice, letters, blanks, and what is not ASCII."""
    with pytest.raises(WireError) as refusal:
        split(f"MSH|{marks}|HIS\rPID|1\r")

    assert refusal.value.faults[0].code == "hl7.separators"


def test_a_truncation_mark_may_stand() -> None:
    """Version 2.7 states a fifth character; nothing is split by it."""
    text = message([charge(f7="A#1^甲#^L")], msh=head(f2="^~\\&#"))

    assert request(text).items[0].local_code == "A#1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ("", "hl7.no_message")),
        ("\r\n\r\n", ("", "hl7.no_message")),
        ("PID|1\r" + message(), ("", "hl7.no_message")),
        ("FHS|^~\\&|A\r" + message(), ("FHS^1", "hl7.batch")),
        ("BHS|^~\\&|A\r" + message(), ("BHS^1", "hl7.batch")),
        (message() * 2, ("MSH^2", "hl7.several")),
        ("\x0b" + message() + "\x1c\r", ("", "hl7.framing")),
        (message() + "no segment\r", ("", "hl7.segment")),
        (message() + "ft1|1\r", ("", "hl7.segment")),
        (message() + "NTEx1\r", ("", "hl7.segment")),
        (message() + "BTS|1\r", ("BTS^1", "segment.unknown")),
        (message(msh=head(f9="ADT^A01")), ("MSH^1^9", "hl7.type")),
        (message(msh=head(f9="DFT^P03^DFT_P11")), ("MSH^1^9", "hl7.type")),
        (message(msh=head(f12="3.0")), ("MSH^1^12", "hl7.version")),
        (message(msh=head(f11="T")), ("MSH^1^11", "hl7.processing_id")),
        (message(msh=head(f14="next")), ("MSH^1^14", "hl7.continued")),
        (message(msh=head(f10="")), ("MSH^1^10", "field.missing")),
        (message(msh=head(f7="")), ("MSH^1^7", "field.missing")),
        (message(msh=head(f4="OTHER")), ("MSH^1^4", "provider.differs")),
    ],
)
def test_what_is_not_one_charge_message_is_refused_with_its_place(text: str, fault: tuple[str, str]) -> None:
    """One body, one message, of the agreed kind, for this environment."""
    assert fault in codes(text)


@pytest.mark.parametrize(
    ("charset", "stated", "is_taken"),
    [
        ("utf-8", "UNICODE UTF-8", True),
        ("utf-8", "", True),
        ("utf-8", "GB 18030-2000", False),
        ("utf-8", "ASCII", False),
        ("utf-8", "8859/1", False),
        ("utf-8", "UNICODE UTF-8~GB 18030-2000", False),
        ("gb18030", "GB 18030-2000", True),
        ("gb18030", "GBK", True),
        ("gbk", "GB 18030-2000", True),
        ("gb18030", "UNICODE UTF-8", False),
    ],
)
def test_the_charset_is_the_profiles_and_msh_18_must_agree(charset: str, stated: str, is_taken: bool) -> None:
    """The bytes are read as agreed, never guessed; a message that states another charset is refused."""
    profile = Profile(provider_code=FACILITY, settings={"charset": charset})
    raw = message(msh=head(f18=stated)).encode("utf-8" if charset == "utf-8" else "gb18030")

    if is_taken:
        assert request(raw, profile).items[0].name == "示例药品"
    else:
        assert codes(raw, profile) == [("MSH^1^18", "hl7.charset_stated")]


def test_ascii_may_be_stated_where_there_is_nothing_else() -> None:
    """A message of ASCII bytes is the same in every charset here."""
    text = message([charge(f7="XJ01^drug^NHSA")], msh=head(f18="ASCII")).replace("桡骨骨折", "x").replace("骨科", "A")
    text = text.replace("测^试", "A^B").replace("李", "L")

    assert request(text).items[0].name == "drug"


def test_bytes_that_are_not_the_charset_are_refused_with_their_place() -> None:
    """The first byte that does not fit is named."""
    raw = message().encode("gb18030")

    assert codes(raw)[0] == ("", "hl7.charset")


def test_a_bar_inside_a_gb18030_character_splits_nothing() -> None:
    """In GB 18030 the second byte of a character may be a bar: text is decoded before it is split."""
    profile = Profile(provider_code=FACILITY, settings={"charset": "gb18030"})
    name = next(
        bytes((high, 0x7C)).decode("gb18030") for high in range(0x81, 0xFE) if bytes((high, 0x7C)).decode("gb18030")
    )
    raw = message([charge(f7=f"XJ01^{name}^NHSA")], msh=head(f18="GB18030")).encode("gb18030")

    assert b"|^NHSA" in raw
    assert request(raw, profile).items[0].name == name


@pytest.mark.parametrize(
    ("content_type", "is_taken"),
    [
        ("application/hl7-v2", True),
        ("x-application/hl7-v2+er7", True),
        ("text/plain", True),
        ("text/plain; charset=UTF-8", True),
        ("text/plain; charset=gbk", False),
        ("application/json", False),
        ("application/hl7-v2+xml", False),
    ],
)
def test_the_content_type_must_be_one_of_hl7(content_type: str, is_taken: bool) -> None:
    """The header may not speak against the body."""
    if is_taken:
        assert request(message(), **{"content-type": content_type})
    else:
        assert codes(message(), **{"content-type": content_type})[0][0] == "header:Content-Type"


def test_a_buffer_is_cut_at_each_message() -> None:
    """Several messages, whatever their line ends; what stands before the first is a part of its own."""
    first, second = message(end="\n").encode(), message(msh=head(f10="2")).encode()

    assert hl7_v2.messages(first + second) == [first, second]
    assert hl7_v2.messages(b"\r\n" + first) == [first]
    assert hl7_v2.messages(b"FHS|^~\\&\r" + first) == [b"FHS|^~\\&\r", first]
    assert hl7_v2.messages(b"") == [b""]
    assert len(hl7_v2.messages(message(more=["NTE|1||MSH|not a head"]).encode())) == 1


def test_a_senders_name_is_read_before_its_charset_is_known() -> None:
    """MSH-4.1 by the message's own separators, in ASCII, or nothing."""
    assert hl7_v2.sender(message().encode()) == FACILITY
    assert hl7_v2.sender(b"MSH!@#$%!HIS!WEST@1.2.3@ISO!X\r") == "WEST"
    assert hl7_v2.sender("MSH|^~\\&|HIS|医院|X\r".encode()) is None
    assert [hl7_v2.sender(raw) for raw in (b"", b"MSH", b"MSH|", b"MSH||||", b"PID|^~\\&|A|B|C")] == [None] * 5


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"charset": "latin-1"}, "charset"),
        ({"credits": "maybe"}, "credits"),
        ({"class.R": "hotel"}, "class.R"),
        ({"type.X": "gift"}, "type.X"),
        ({"bill_no": "somewhere"}, "bill_no"),
        ({"refund_original": "PV1-3"}, "refund_original"),
        ({"amount_absence": "refuse"}, "amount_absence"),
        ({"currency": "yuan"}, "currency"),
        ({"worker_id_types": "A,,B"}, "worker_id_types"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, str], key: str) -> None:
    """A provider whose settings are wrong is told so, and which; its refusal has words all the same."""
    profile = Profile(provider_code=FACILITY, settings=settings)
    with pytest.raises(GatewayError) as refusal:
        hl7_v2.read(inbound(message()), profile)
    answer = hl7_v2.write(refusal.value.problem(), inbound(message()), profile)

    assert key in refusal.value.faults[0].en
    assert segments(answer.body, "MSA")[0][1:3] == ["AR", "MSG00001"]


def test_fields_that_a_profile_has_moved_must_be_empty_where_they_were() -> None:
    """With the bill's number in PV1-50, one in ZWI-1 too is not passed over in silence."""
    profile = Profile(provider_code=FACILITY, settings={"bill_no": "PV1-50"})

    assert ("ZWI^1^1", "field.unknown") in codes(message(zwi=own()), profile)


def test_an_answer_echoes_the_control_id_in_its_own_separators() -> None:
    """MSA-2 is what MSH-10 meant, whatever the message was split by; sender and receiver change places."""
    text = message(msh=head(f10="A\\T\\1^2", f3="H&S")).translate(str.maketrans("|^~\\&", "!@#$%"))
    with pytest.raises(GatewayError) as refusal:
        hl7_v2.read(inbound(text.replace("CG", "PY")), PROFILE)
    answer = hl7_v2.write(refusal.value.problem(), inbound(text), PROFILE)

    assert segments(answer.body, "MSA")[0][2] == "A%1^2"
    assert segments(answer.body, "MSH")[0][2:6] == ["JSYTH", "JS", "H&S", FACILITY]

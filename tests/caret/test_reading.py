"""The caret dialect: its page and tables, what a provider may order anew, and what its words mean."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters import legacy_caret
from adapters.legacy_caret import fields, replies
from adapters.legacy_caret.habits import DEFAULTS, OF_CODES
from schemas.answers import AnyAnswer, Presettled, Settled
from schemas.dialect import Profile
from schemas.problems import Fault, GatewayError, Refused, Unsupported
from schemas.requests import (
    AmendVisit,
    AnyRequest,
    CancelSettlement,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SignOut,
    UploadItems,
    WithdrawItems,
)
from tests.caret.sample import ORDERS, PROFILE, PROVIDER, bill, enveloped, inbound, item, message, replied, visit
from tests.golden.rewrite import GOLDEN

PAGE = (Path(legacy_caret.__file__).parent / "README.md").read_text(encoding="utf-8")


def profile(**settings: str) -> Profile:
    """A profile; order_2210 is order.2210."""
    return Profile(
        provider_code=PROVIDER,
        settings={re.sub(r"_(?=[0-9])", ".", name): value for name, value in settings.items()},
    )


def read(text: str, provider: Profile = PROFILE) -> AnyRequest:
    charset = {"gbk": "gb18030"}.get(
        provider.settings.get("charset", "utf-8"), provider.settings.get("charset", "utf-8")
    )
    return legacy_caret.read(inbound(text, charset), provider).request


def refused(text: str, provider: Profile = PROFILE) -> list[tuple[str, str]]:
    """Place and code of every fault."""
    with pytest.raises(GatewayError) as refusal:
        read(text, provider)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def answer_of(case: str) -> AnyAnswer:
    raw = (GOLDEN / "legacy_caret" / case / "answer.json").read_bytes()
    answer: AnyAnswer = msgspec.json.decode(raw, type=AnyAnswer)
    return answer


def test_the_page_states_every_order_as_it_is() -> None:
    """Each code's fields in their order, what is seen before ┊ and what is ours behind it, required ones bold."""
    rows = {row[2:6]: row.split(" | ")[2] for row in PAGE.splitlines() if re.match(r"\| \d{4} .* \| [A-Z]", row)}
    stated = {code: re.findall(r"`(\w+)`", row) for code, row in rows.items()}

    assert rows.keys() == fields.CODES.keys()
    for code, one in fields.CODES.items():
        if not rows[code].startswith("as 2"):
            assert [name for name in stated[code] if name in one.fields][: len(one.order)] == list(one.order)
            required = {name for name, field in one.fields.items() if field.required}
            assert set(re.findall(r"\*\*`(\w+)`\*\*", rows[code])) == required
            before = re.findall(r"`([a-z]\w+)`", rows[code].partition("┊")[0]) if "┊" in rows[code] else []
            assert before == (list(one.order[: one.seen]) if 0 < one.seen < len(one.order) else [])
    assert {code: tuple(order.split()) for code, order in ORDERS.items()} == {
        code: one.order for code, one in fields.CODES.items() if code != "2421"
    }


def test_the_page_names_every_field_setting_and_reply() -> None:
    """What an order or a reply may name, each setting, and each code that is not offered, stand on the page."""
    named = set(re.findall(r"`([\w.]+)`", PAGE.replace("`diagnosis_code_2` … `diagnosis_code_5`", "")))
    known = {name for code in fields.CODES.values() for name in code.fields} - set(fields.MORE_DIAGNOSES)
    replied_by = {name for row in replies.HEADS.values() for name in row if name != fields.FILLER}

    assert known - named == set()
    assert replied_by | {*replies.QUALIFICATION, *replies.ITEM} | set().union(*replies.SHARED.values()) <= named
    assert [name for name in DEFAULTS if f"| `{name}` |" not in PAGE] == []
    assert [begin for begin in OF_CODES if f"| `{begin}" not in PAGE] == []
    assert [code for code in fields.LATER if code not in PAGE] == []


def test_the_page_s_example_of_a_profile_reads() -> None:
    """The last line of the page is a profile that works: GB18030, an own envelope, an own 2210."""
    pairs = dict(pair.partition("=")[::2] for pair in PAGE.strip().splitlines()[-1].strip().split("|"))
    text = f"2210^{PROVIDER}^001^C1^S-1^0000^0^V1|21|20261102080000|S52.500|桡骨骨折|D1|W1|Q1|T92.100|^"
    request = read(text, Profile(provider_code=PROVIDER, settings=pairs))

    assert isinstance(request, RegisterVisit)
    assert (request.diagnosis_codes, request.qualification_ids) == (("S52.500", "T92.100"), ("Q1",))
    assert (request.visit_kind, request.doctor_code, request.worker_id) == ("inpatient", "D1", "W1")


@pytest.mark.parametrize("separator", ["^", "|", "$"])
@pytest.mark.parametrize("name", ["clerk", "name", "worker_id"])
def test_a_separator_in_a_value_is_refused_and_nothing_is_read_shifted(separator: str, name: str) -> None:
    """There is no escape: in a text, in what is carried, in a number, at its beginning, inside or at its end."""
    for value in (f"{separator}A", f"A{separator}B", f"A{separator}"):
        sent = (
            message("2310", [item(0), item(1, **{name: value})])
            if name == "name"
            else message("2210", [visit(**{name: value})])
        )
        assert {code for _, code in refused(sent)} <= {"envelope.fields", "row.fields", "rows.single"}


@pytest.mark.parametrize("dropped", range(13))
def test_a_field_less_is_refused_whichever_it_is(dropped: int) -> None:
    """A HIS that leaves a field out with its pipe is told how many are due; nothing moves up into its place."""
    whole = message("2210", [visit(clerk="李", phone="1", bed="2", ward="3", inpatient_no="4")])
    before, given, after = whole.rpartition("^1^")[0].rpartition("^")[0], whole.split("^")[6], "^1^"
    parts = given.split("|")
    less = "|".join(parts[:dropped] + parts[dropped + 1 :])

    assert refused(f"{before}^{less}{after}") == [("/input/0", "row.fields")]


def test_a_character_whose_second_byte_is_a_separator_s_is_a_character() -> None:
    """東 is 96 7C in GB18030 and 館 ends in 5E: text is decoded before it is split."""
    assert "東".encode("gb18030")[1:] == b"|"
    assert "館".encode("gb18030")[1:] == b"^"

    for charset in ("gb18030", "gbk"):
        request = read(message("2210", [visit(ward="東館")]), profile(charset=charset))
        assert isinstance(request, RegisterVisit)
        assert request.ward == "東館"


def test_a_charset_is_the_profile_s_whatever_is_stated() -> None:
    """Bytes that are none of it are refused with the first that is not; so is a Content-Type that states another."""
    text = message("2210", [visit(ward="骨科")])
    given = inbound(text, "gb18030")
    stated = msgspec.structs.replace(inbound(text), headers={"content-type": 'text/plain; Charset="GBK"'.lower()})

    for sent, code in ((given, "charset.invalid"), (stated, "charset.differs")):
        with pytest.raises(GatewayError) as refusal:
            legacy_caret.read(sent, PROFILE)
        assert [fault.code for fault in refusal.value.faults] == [code]
    agreed = msgspec.structs.replace(given, headers={"content-type": "text/plain; charset=GBK"})
    assert legacy_caret.read(agreed, profile(charset="gb18030")).request == read(text)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"])
def test_one_line_end_may_follow(end: str) -> None:
    """One, of any kind; anything else behind the last caret is refused."""
    assert read(message("2210", [visit()]) + end) == read(message("2210", [visit()]))
    assert refused(message("2210", [visit()]) + end + "x") == [("", "envelope.fields")]
    assert refused(message("2210", [visit()]) + "\n\n") == [("", "envelope.fields")]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("amount_yuan", ["0.01", "10", "-999999999.99"], ["1.005", "1e2", "1,0", "１", "NaN", " 1", "+1", ".5", "1."]),
        ("quantity", ["0.0001", "-3", "123456789012.3456"], ["0.00001", ".5", "1e3", "1 "]),
        ("unit_price_yuan", ["0.000001", "20", "1234567890.123456"], ["0.0000001", "-1", "1e3", "１"]),
    ],
)
def test_numbers_are_exact_or_refused(name: str, good: list[str], bad: list[str]) -> None:
    """Amounts have 2 decimals, quantities 4, prices 6, to the last digit; whatever else is refused at its field."""
    for value in good:
        request = read(message("2310", [item(0, **{name: value})]))
        assert isinstance(request, UploadItems)
        one = request.items[0]
        text = {"quantity": one.quantity, "unit_price_yuan": one.unit_price_yuan}.get(name)
        assert text == value if text else one.amount_fen == Decimal(value) * 100
    for value in bad:
        ((place, _),) = refused(message("2310", [item(0, **{name: value})]))
        assert place == f"/input/0/{name}"


def test_every_fault_is_told_at_once_with_its_row_and_field() -> None:
    """Rows with a field too many, a wrong amount, another visit, a second dose: each at its own place."""
    rows = [item(0), item(1, amount_yuan="1.005"), item(2, visit_no="V2", doses="7"), item(2), item(3, name="a|b")]
    given = message("2310", rows)

    assert set(refused(given)) == {
        ("/input/1/amount_yuan", "field.pattern"),
        ("/input/2/visit_no", "rows.mixed"),
        ("/input/2/doses", "field.value"),
        ("/input/4", "row.fields"),
    }
    with pytest.raises(GatewayError) as refusal:
        read(given)
    said = replied(legacy_caret.write(refusal.value.problem(), inbound(given), PROFILE).body)[3]
    assert "第2行第9个字段 金额" in said
    assert "第3行第1个字段 就诊流水号" in said
    assert "第5行：应有21个字段" in said
    assert refused(message("2310", [item(0), item(0)])) == [("/input/1/item_no", "item_no.repeated")]


def test_300_rows_are_taken_and_no_more() -> None:
    """The bound of an upload."""
    request = read(message("2310", [item(number) for number in range(300)]))

    assert isinstance(request, UploadItems)
    assert len(request.items) == 300
    assert refused(message("2310", [item(number) for number in range(301)])) == [("/input", "items.too_many")]


def test_withdrawals_name_prescriptions_or_lines_or_everything() -> None:
    """A prescription is the batch of its lines; a row that names none, or both, is refused."""
    uploaded = read(message("2310", [item(0, prescription_no="RX7")]))
    named = read(message("2320", [{"visit_no": "V1", "prescription_no": "RX7"}, {"visit_no": "V1", "item_no": "I1"}]))
    every = read(message("2320", [{"visit_no": "V1", "item_no": "0000"}]))

    assert isinstance(uploaded, UploadItems)
    assert isinstance(named, WithdrawItems)
    assert isinstance(every, WithdrawItems)
    assert uploaded.items[0].batch_no == "RX7"
    assert (named.batch_nos, named.item_nos, named.everything) == (("RX7",), ("I1",), False)
    assert (every.batch_nos, every.item_nos, every.everything) == ((), (), True)
    assert refused(message("2320", [{"visit_no": "V1"}, {"visit_no": "V1", "item_no": "1"}])) == [
        ("/input/0/item_no", "withdrawal.nothing_named")
    ]


def test_sign_in_takes_the_operator_of_the_envelope_where_the_input_is_empty() -> None:
    """9100 and 9110 with an empty input, as hospital systems send them."""
    opened, closed = read(enveloped("9100", "")), read(enveloped("9110", "", cycle="YW1"))

    assert isinstance(opened, SignIn)
    assert isinstance(closed, SignOut)
    assert (opened.operator_id, closed.sign_no) == ("001", "YW1")
    assert refused(enveloped("9110", "")) == [("/cycle", "field.missing")]


def test_a_cycle_is_required_but_where_it_is_opened_or_a_message_undone() -> None:
    """All but 9100 and 2421 ask for one, unless the profile does not."""
    for code, given in (("2240", "V1||"), ("9100", ""), ("2421", "2410|S-1")):
        asked = legacy_caret.read(inbound(enveloped(code, given)), PROFILE).envelope.sign_in_required
        assert asked == (code == "2240")
    assert not legacy_caret.read(inbound(enveloped("2240", "V1||")), profile(sign_in="off")).envelope.sign_in_required


def test_a_reversal_names_its_original_by_its_serial() -> None:
    """2421 has no pipe behind its last field, unless the profile says so; its original has a code that is known."""
    open_, closed = enveloped("2421", "2410|S-1"), enveloped("2421", "2410|S-1|")

    for request in (read(open_), read(closed, profile(unclosed="")), read(enveloped("2421", "|S-1"))):
        assert isinstance(request, Reverse)
        assert request.original_message_id == "S-1"
    assert refused(closed) == refused(open_, profile(unclosed="")) == [("/input/0", "row.fields")]
    assert refused(enveloped("2421", "2999|S-1")) == [("/input/0/original_code", "field.value")]


def test_an_amendment_changes_what_stands_in_it() -> None:
    """An empty field changes nothing; med_type says anew whether it is an emergency; a second diagnosis needs one."""
    request = read(message("2230", [{"visit_no": "V1", "med_type": "13", "bed": "12"}]))
    more = profile(order_2230="visit_no,diagnosis_code,diagnosis_code_2")

    assert isinstance(request, AmendVisit)
    assert (request.visit_kind, request.emergency, request.bed) == ("outpatient", True, "12")
    assert request.ward is msgspec.UNSET
    assert refused(enveloped("2230", "V1||T92.1|"), more) == [("/input/0/diagnosis_code", "field.missing")]


def test_a_provider_orders_anew() -> None:
    """Its own envelope, institution, numbers, kinds of visit, and orders with what only they name."""
    own = profile(
        envelope="code,institution,operator,cycle,serial,centre,online,input",
        institution="0017",
        online="0",
        code_7410="2410",
        med_type_91="rehabilitation",
        order_2410="bill_no,visit_no,-,med_type,diagnosis_code,diagnosis_code_3,previewed_fund_yuan",
        order_2430="settlement_id,-",
    )
    settle = read("7410^0017^1^C^S-1^9^0^B1|V1|whatever|91|S52.500|T92.100|12.30|^", own)
    cancel = read("2430^0017^1^C^S-2^9^0^ST1||^", own)

    assert isinstance(settle, Settle)
    assert isinstance(cancel, CancelSettlement)
    assert (settle.bill_no, settle.visit_no, settle.visit_kind) == ("B1", "V1", "rehabilitation")
    assert (settle.diagnosis_codes, settle.previewed_fund_fen) == (("S52.500", "T92.100"), 1230)
    assert cancel.settlement_id == "ST1"


@pytest.mark.parametrize(
    "settings",
    [
        {"charset": "latin-1"},
        {"sign_in": "maybe"},
        {"refused": "0"},
        {"refused": "1"},
        {"online": ""},
        {"unclosed": "2999"},
        {"envelope": "code,institution,operator,cycle,serial,input,input"},
        {"envelope": "code,institution,operator,serial,input"},
        {"order.2999": "visit_no"},
        {"order.2240": "clerk"},
        {"order.2240": ""},
        {"order.2240": "visit_no,visit_no"},
        {"order.2240": "visit_no,bill_no"},
        {"reply.2410": "charged_yuan,fund_yuan,worker_yuan"},
        {"reply.2410": "charged_yuan,fund_yuan,cash_yuan,sum"},
        {"reply.2999": "visit_no"},
        {"code.24": "2410"},
        {"code.2411": "2999"},
        {"med_type.91": "hospice"},
        {"colour": "blue"},
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused_by_its_name(settings: dict[str, str]) -> None:
    """A profile that cannot be meant stops every message of that provider, and says which setting it is."""
    wrong = Profile(provider_code=PROVIDER, settings=settings)
    sent = inbound(message("2240", [{"visit_no": "V1"}]))

    with pytest.raises(Unsupported) as refusal:
        legacy_caret.read(sent, wrong)

    (fault,) = refusal.value.faults
    assert (fault.code, next(iter(settings)) in fault.en) == ("profile.wrong", True)
    assert next(iter(settings)) in replied(legacy_caret.write(refusal.value.problem(), sent, wrong).body)[3]


@pytest.mark.parametrize("code", fields.LATER)
def test_what_is_not_offered_says_what_to_do_instead(code: str) -> None:
    """A code that the interface has and the gateway has not is named in Chinese, with another way."""
    with pytest.raises(Unsupported) as refusal:
        read(enveloped(code, "x|"))

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer) == ("verb.not_offered_yet", "/code")
    assert fault.zh.startswith(f"交易{code}（")


def test_a_separator_in_what_is_answered_is_written_full_width() -> None:
    """Names, reasons and refusals never become fields: an answer has four, and its rows as many as they always have."""
    person: Any = answer_of("2100-read-card")
    person = msgspec.structs.replace(person, name="测^试|甲$", employer_name="一\n二")
    fault = Fault(pointer="/a", code="x", zh="含^|$", en="e", cure_zh="改\r\n正", cure_en="c")

    _, _, output, told = replied(legacy_caret.write(person, inbound(message("2100")), PROFILE).body)
    first = output.split("$")[0].split("|")
    said = replied(legacy_caret.write(Refused(fault).problem(), inbound(message("2100")), PROFILE).body)

    assert (first[4], first[2], len(first)) == ("测＾试｜甲＄", "一 二", 17)
    assert len(output.split("$")) == 1 + len(person.qualifications)
    assert "\n" not in told
    assert (len(said), said[3]) == (4, "a：含＾｜＄（改 正）")


def test_a_reply_has_the_order_of_the_profile() -> None:
    """The first row as the provider's system reads it; the rows below stay."""
    own = profile(reply_2410="settlement_id,-,charged_yuan,fund_yuan,cash_yuan,provider_yuan", refused="-2")
    settled = answer_of("2410-provider-share")
    assert isinstance(settled, Settled)
    sent = inbound(message("2410", [bill()]))

    code, serial, output, _ = replied(legacy_caret.write(settled, sent, own).body)
    refusal = replied(legacy_caret.write(Refused(FAULT).problem(), sent, own).body)

    assert (code, serial) == ("0", f"20261105080000-{PROVIDER}-000001")
    assert output.split("$")[0] == f"{settled.settlement_id}||1000.00|920.00|60.00|20.00|"
    assert len(output.split("$")) == 1 + len(settled.lines)
    assert refusal[0] == "-2"


FAULT = Fault(pointer="", code="x", zh="错", en="e", cure_zh="改", cure_en="c")


def test_a_provider_s_share_without_a_place_is_refused_and_never_hidden() -> None:
    """Where an answer has no place for it, the desk is asked to refuse the bill, and a preview names the lines."""
    own = profile(reply_2410="charged_yuan,fund_yuan,cash_yuan", reply_2420="charged_yuan,fund_yuan,cash_yuan")
    preview = answer_of("2420-provider-share")
    assert isinstance(preview, Presettled)
    sent = inbound(message("2420", [bill()]))

    with_place, without = (read(message("2410", [bill()]), one) for one in (PROFILE, own))
    code, _, output, told = replied(legacy_caret.write(preview, sent, own).body)

    assert isinstance(with_place, Settle)
    assert isinstance(without, Settle)
    assert (with_place.provider_share, without.provider_share) == ("carry", "refuse")
    assert (code, output) == ("-1", "")
    assert "协议机构负担" in told
    assert all(line.item_no in told for line in preview.lines if line.provider_fen)

"""Jiangsu's dialect: its table, its bounds, and what a clerk reads."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters import jiangsu_injury
from adapters.jiangsu_injury import fields
from schemas.dialect import Inbound, Profile
from schemas.problems import Busy, Fault, GatewayError, NotAuthenticated, NotFound, Refused, Unsupported, WireError
from schemas.requests import RegisterVisit, UploadItems
from tests.golden.rewrite import GOLDEN, PROFILE, inbound

README = Path(jiangsu_injury.__file__).parent / "README.md"


def golden(case: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(inbound(GOLDEN / "jiangsu_injury" / case).body)
    return value


def wire(value: object) -> Inbound:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Inbound(method="POST", path="/in/H32000000000", headers={}, body=body)


def refused(value: object, profile: Profile = PROFILE) -> tuple[GatewayError, str]:
    """Return the error of a message, and what the clerk reads of it."""
    with pytest.raises(GatewayError) as refusal:
        jiangsu_injury.read(wire(value), profile)
    outbound = jiangsu_injury.write(refusal.value.problem(), wire(value), profile)
    assert outbound.status == 200
    return refusal.value, json.loads(outbound.body)["err_msg"]


def test_the_page_names_every_code_offered() -> None:
    """The dialect's page and its table agree on the codes, and the page names each setting."""
    page = README.read_text(encoding="utf-8")

    assert [code for code in fields.CODES if code not in page and code != "2207"] == []
    assert all(setting in page for setting in ("`sign_in`", "`med_type.<code>`", "`msgid`"))


def test_every_field_says_where_it_is_from() -> None:
    """Each field has its Chinese and its section; the known ones are those of the interface's own chapter."""
    tables = [fields.ENVELOPE, *(code.fields for code in fields.CODES.values())]
    every = [field for table in tables for field in table.values()]

    assert all(field.zh and field.section.startswith("§") for field in every)
    assert {field.section for field in every if field.known} == {"§1.3"}


@pytest.mark.parametrize("code", [*fields.LATER, "8101", "8109"])
def test_codes_to_come_are_said_to_be_so(code: str) -> None:
    """A code of the interface that is not offered yet is named in Chinese."""
    error, text = refused({**golden("2202-cancel-register"), "infno": code})

    assert isinstance(error, Unsupported)
    assert error.faults[0].code == "verb.not_offered_yet"
    assert f"交易{code}" in text


def test_three_hundred_rows_pass_and_one_more_does_not() -> None:
    """The bound of a message, with count and limit said."""
    message = golden("2204-inside-input")
    row = message.pop("input")["feedetail"][0]
    rows = [{**row, "feedetl_sn": f"F{number}"} for number in range(301)]

    read = jiangsu_injury.read(wire({**message, "feedetail": rows[:300]}), PROFILE)
    error, text = refused({**message, "feedetail": rows})

    assert isinstance(read.request, UploadItems)
    assert len(read.request.items) == 300
    assert error.faults[0].code == "items.too_many"
    assert "共301条明细，超过每次300条的上限" in text


def test_a_long_refusal_is_cut_with_a_count() -> None:
    """Hundreds of faults stay within what a HIS can show, and the rest is counted."""
    message = golden("2204-inside-input")
    row = message["input"]["feedetail"][0]
    message["input"]["feedetail"] = [{**row, "feedetl_sn": f"F{number}", "cnt": "x"} for number in range(200)]

    error, text = refused(message)

    assert len(error.faults) == 200
    assert len(text) <= 1_030
    assert text.startswith("第1行 cnt（数量）：")
    assert text.endswith("处错误未列出")


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("20.00", 2000),
        ("20", 2000),
        ("0.1", 10),
        ("-12.34", -1234),
        ("999999999.99", 99_999_999_999),
        (1234.56, 123456),
    ],
)
def test_yuan_become_fen_exactly(text: object, fen: int) -> None:
    """An amount in yuan, as text or number, is so many fen, exactly."""
    message = golden("2204-inside-input")
    message["input"]["feedetail"][0]["det_item_fee_sumamt"] = text
    read = jiangsu_injury.read(wire(message), PROFILE)

    assert isinstance(read.request, UploadItems)
    assert read.request.items[0].amount_fen == fen


@pytest.mark.parametrize(
    "text", ["20.001", "1e2", "２０", " 20", "20 ", "20\n", "NaN", "1,000.00", "+1", "1000000000", ".5"]
)
def test_what_is_no_amount_is_refused_at_its_row(text: str) -> None:
    """Anything but plain decimal text is refused, naming row and field."""
    message = golden("2204-inside-input")
    message["input"]["feedetail"][0]["det_item_fee_sumamt"] = text
    _, said = refused(message)

    assert said.startswith("第1行 det_item_fee_sumamt（明细总额）：金额")


def test_a_profile_overrides_kinds_of_visit_and_sign_in() -> None:
    """A provider's settings say what its med_type means, and whether operators sign in."""
    profile = Profile(provider_code="H32000000000", settings={"med_type.21": "rehabilitation", "sign_in": "off"})
    read = jiangsu_injury.read(wire(golden("2201-register")), profile)

    assert isinstance(read.request, RegisterVisit)
    assert read.request.visit_kind == "rehabilitation"
    assert not read.envelope.sign_in_required


def test_refreshed_transport_fields_change_no_content() -> None:
    """What every HIS refreshes on a retry is in the envelope, never in the request."""
    message = golden("2207-settle")
    again = message | {
        "inf_time": "20241201103501",
        "sign_no": "SN2",
        "opter": "002",
        "opter_name": "测试乙",
        "idfi_mode": "2",
    }

    first, second = (jiangsu_injury.read(wire(value), PROFILE) for value in (message, again))

    assert first.request == second.request
    assert first.envelope != second.envelope


@pytest.mark.parametrize(
    ("raised", "status"), [(Busy, 503), (NotAuthenticated, 401), (NotFound, 200), (Refused, 200), (WireError, 200)]
)
def test_refusals_travel_inside_and_breakdowns_outside(raised: type[GatewayError], status: int) -> None:
    """A HIS sees a clerk's error in a 200, and everything else as the transport failure it is."""
    fault = Fault(pointer="", code="x", zh="说明", en="said", cure_zh="办法", cure_en="cure")
    outbound = jiangsu_injury.write(raised(fault).problem(), wire({}), PROFILE)

    assert outbound.status == status
    assert json.loads(outbound.body)["infcode"] == "-1"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/items/1/quantity", "第2行 cnt（数量）："),
        ("/items/4", "第5行："),
        ("/visit_no", "ipt_otp_no（就诊号）："),
        ("", "不行"),
    ],
)
def test_rules_of_the_house_are_placed_in_the_senders_words(pointer: str, place: str) -> None:
    """A canonical pointer is worded as the sender's own row and field."""
    fault = Fault(pointer=pointer, code="x", zh="不行", en="no", cure_zh="办法", cure_en="cure")
    outbound = jiangsu_injury.write(Refused(fault).problem(), wire(golden("2204-upload")), PROFILE)

    assert json.loads(outbound.body)["err_msg"].startswith(place)


def test_two_visits_in_one_upload_are_refused() -> None:
    """Rows of different visits never end in one request."""
    message = golden("2204-upload")
    message["feedetail"][2] |= {"ipt_otp_no": "ZY0002", "mdtrt_id": "ZY0002"}
    error, _ = refused(message)

    assert [(fault.pointer, fault.code) for fault in error.faults] == [("/feedetail/2/ipt_otp_no", "rows.mixed")]


def test_canonical_texts_are_plain() -> None:
    """A JSON number taken by its digits is an ordinary text afterwards."""
    read = jiangsu_injury.read(inbound(GOLDEN / "jiangsu_injury/2204-upload"), PROFILE)

    assert isinstance(read.request, UploadItems)
    assert {type(item.quantity) for item in read.request.items} == {str}
    assert msgspec.json.decode(msgspec.json.encode(read), type=type(read)) == read

"""The national dialect: its page and table, its bounds, and what its words mean."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters import national
from adapters.national import fields
from adapters.national.parts import OVER_LIMIT
from gateway.core.rules.price import BED_CEILING, DEVICE_CEILING, PRICE_CEILING
from schemas.dialect import Profile
from schemas.problems import Busy, Fault, GatewayError, NotAuthenticated, NotFound, Refused, Unsupported, WireError
from schemas.requests import RegisterVisit, Reverse, Settle, UploadItems
from tests.national.sample import PROFILE, PROVIDER, VISIT, WORKER, bill, envelope, inbound, row, stay

PAGE = (Path(national.__file__).parent / "README.md").read_text(encoding="utf-8")
ECHO = {"fulamt_ownpay_amt": 5, "overlmt_selfpay": "0.50", "preselfpay_amt": 0, "inscp_scp_amt": 24.50}


def refused(message: dict[str, Any], profile: Profile = PROFILE) -> list[tuple[str, str]]:
    """Return place and code of every fault."""
    with pytest.raises(GatewayError) as refusal:
        national.read(inbound(message), profile)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def test_the_page_names_every_code_and_setting() -> None:
    """What is offered and what is not, and each setting, stand on the page."""
    ranges = {f"13{number:02}" for number in range(1, 20)} | {"3202", "3203"}
    settings = ("sign_in", "infcode", "qualification_field", "med_type.<code>")

    assert [code for code in (*fields.CODES, *fields.LATER) if code not in PAGE and code not in ranges] == []
    assert all(f"`{name}`" in PAGE for name in settings)
    transport = {name for name, field in fields.ENVELOPE.items() if field.use == "transport"}
    assert transport <= set(re.findall(r"`(\w+)`", PAGE.partition("**Transport.**")[2].partition("**Carried.**")[0]))


def test_the_ceilings_are_rules_of_the_house() -> None:
    """A rule that is renamed takes its part of 超限价 with it."""
    assert {rule.code for rule in (PRICE_CEILING, BED_CEILING, DEVICE_CEILING)} == OVER_LIMIT


@pytest.mark.parametrize("code", fields.LATER)
def test_what_is_not_offered_says_what_to_do_instead(code: str) -> None:
    """A code of the interface that is not offered is named in Chinese, with another way."""
    with pytest.raises(Unsupported) as refusal:
        national.read(inbound(envelope(code, {"data": {}})), PROFILE)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer) == ("verb.not_offered_yet", "/infno")
    assert f"交易{code}（" in fault.zh


@pytest.mark.parametrize(
    ("name", "length"),
    [("feedetl_sn", 30), ("chrg_bchno", 30), ("rxno", 30), ("med_list_codg", 50), ("medins_list_codg", 150)],
)
def test_a_row_s_texts_have_the_lengths_of_the_interface(name: str, length: int) -> None:
    """The longest passes, one more is refused at its place."""
    longest = national.read(inbound(envelope("2204", {"feedetail": [row(1, **{name: "A" * length})]})), PROFILE)
    over = refused(envelope("2204", {"feedetail": [row(1, **{name: "A" * (length + 1)})]}))

    assert isinstance(longest.request, UploadItems)
    assert over == [(f"/input/feedetail/0/{name}", "field.length")]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("det_item_fee_sumamt", ["0.01", 10, 10.5, "-999999999.99"], ["1.005", "1e2", "1,0", "１", "NaN", True, [1]]),
        ("cnt", ["0.0001", -3, 2.5], ["0.00001", ".5", "1e3", " 1"]),
        ("pric", ["0.000001", 20, 20.123456], ["0.0000001", "-1", "1e3"]),
    ],
)
def test_numbers_have_the_places_of_the_interface(name: str, good: list[Any], bad: list[Any]) -> None:
    """As number or text, amounts have 2 decimals, quantities 4, prices 6, exactly; whatever else is refused."""
    for value in good:
        read = national.read(inbound(envelope("2204", {"feedetail": [row(1, **{name: value})]})), PROFILE).request
        assert isinstance(read, UploadItems)
        item = read.items[0]
        found = {
            "det_item_fee_sumamt": Decimal(item.amount_fen) / 100,
            "cnt": Decimal(item.quantity),
            "pric": Decimal(item.unit_price_yuan),
        }
        assert found[name] == Decimal(str(value))

    for value in bad:
        ((place, _),) = refused(envelope("2204", {"feedetail": [row(1, **{name: value})]}))
        assert place == f"/input/feedetail/0/{name}"


def test_300_rows_are_taken_and_no_more() -> None:
    """The bound of an upload."""
    taken = national.read(inbound(envelope("2301", {"feedetail": [row(n) for n in range(300)]})), PROFILE).request

    assert isinstance(taken, UploadItems)
    assert len(taken.items) == 300
    over = refused(envelope("2301", {"feedetail": [row(n) for n in range(301)]}))
    assert over == [("/input/feedetail", "items.too_many")]


def test_the_echoed_parts_say_what_the_fund_was_to_pay() -> None:
    """Four parts that are the charge pass to the desk as the fund's share; anything else is refused at its field."""
    whole = national.read(inbound(envelope("2207", {"data": bill(**ECHO)})), PROFILE).request

    assert isinstance(whole, Settle)
    assert (whole.previewed_fund_fen, whole.charged_fen, whole.batch_nos) == (2450, 3000, ("B0002",))
    for changed, place in (
        ({"inscp_scp_amt": 24.49}, "medfee_sumamt"),
        ({"overlmt_selfpay": ""}, "overlmt_selfpay"),
        ({"fulamt_ownpay_amt": 4, "preselfpay_amt": 1}, "preselfpay_amt"),
    ):
        faults = refused(envelope("2207", {"data": bill(**(ECHO | changed))}))
        assert [at for at, _ in faults] == [f"/input/data/{place}"]


def test_diagnoses_come_in_their_order_without_the_void() -> None:
    """The main one first, then by number, each once, none that is no longer in force."""
    rows = [
        {"diag_code": code, "diag_srt_no": number, "maindiag_flag": main, "vali_flag": valid}
        for code, number, main, valid in (
            ("S61.900", 2, "0", "1"),
            ("S52.500", 3, "1", "1"),
            ("T92.100", 1, "0", "1"),
            ("S61.900", 4, "0", "1"),
            ("I10.x00", 5, "0", "0"),
        )
    ]
    info = {"mdtrt_id": VISIT, "psn_no": WORKER, "med_type": "13", "begntime": "2021-12-01 10:20:00"}
    visit = national.read(inbound(envelope("2203", {"mdtrtinfo": info, "diseinfo": rows})), PROFILE).request

    assert isinstance(visit, RegisterVisit)
    assert visit.diagnosis_codes == ("S52.500", "T92.100", "S61.900")
    assert (visit.visit_kind, visit.emergency) == ("outpatient", True)


def test_a_code_that_only_a_profile_can_tell() -> None:
    """41 is a pharmacy's purchase nationally: without a profile's word it is refused; a region's handle is renamed."""
    info = {"mdtrt_id": VISIT, "psn_no": WORKER, "med_type": "41", "begntime": "2021-12-01 10:20:00", "aaz127": "Q2"}
    message = envelope("2203", {"mdtrtinfo": info, "diseinfo": [{"diag_code": "S61.900"}]})
    settings = {"med_type.41": "outpatient", "qualification_field": "aaz127", "sign_in": "off"}

    read = national.read(inbound(message), Profile(provider_code=PROVIDER, settings=settings))

    assert isinstance(read.request, RegisterVisit)
    assert (read.request.visit_kind, read.request.qualification_ids) == ("outpatient", ("Q2",))
    assert not read.envelope.sign_in_required
    assert {at for at, _ in refused(message)} == {"/input/mdtrtinfo/med_type", "/input/mdtrtinfo/aaz127"}


def test_nodes_that_no_code_has_are_refused() -> None:
    """Nothing beside the nodes of a code is dropped in silence, nor beside the envelope."""
    beside = refused(envelope("2207", {"data": bill(), "ext": {}}))
    outside = refused(
        envelope("2601", {"data": {"omsgid": f"{PROVIDER}202112011030150009", "oinfno": "2207"}}) | {"x": 1}
    )

    assert beside == [("/input/ext", "field.unknown")]
    assert outside == [("/x", "field.unknown")]


def test_what_a_retry_refreshes_is_no_content() -> None:
    """The canonical request of a retry is the same, whatever its transport fields say."""
    message = envelope("2304", {"data": stay()})
    fresh = {name: "1" for name, field in fields.ENVELOPE.items() if field.use in ("transport", "carried")}
    fresh |= {"inf_time": "2021-12-01 11:00:00", "mdtrtarea_admvs": "320000", "insuplc_admdvs": "320000"}

    first, again = (national.read(inbound(one), PROFILE) for one in (message, message | fresh))

    assert first.request == again.request
    assert first.envelope != again.envelope


def test_a_reversal_needs_no_sign_in() -> None:
    """G3: a caller whose cycle has ended can still undo."""
    data = {"psn_no": WORKER, "omsgid": f"{PROVIDER}202112011030150009", "oinfno": "2207"}
    read = national.read(inbound(envelope("2601", {"data": data})), PROFILE)

    assert isinstance(read.request, Reverse)
    assert not read.envelope.sign_in_required


@pytest.mark.parametrize(
    ("raised", "status"), [(Busy, 503), (NotAuthenticated, 401), (NotFound, 200), (Refused, 200), (WireError, 200)]
)
@pytest.mark.parametrize(("setting", "infcode"), [("number", -1), ("text", "-1")])
def test_refusals_travel_inside_and_breakdowns_outside(
    raised: type[GatewayError], status: int, setting: str, infcode: object
) -> None:
    """A HIS sees a clerk's error in a 200 with infcode as its profile says, and a breakdown as what it is."""
    fault = Fault(pointer="/items/1/quantity", code="x", zh="说明", en="said", cure_zh="办法", cure_en="cure")
    profile = Profile(provider_code=PROVIDER, settings={"infcode": setting})
    outbound = national.write(raised(fault).problem(), inbound(envelope("2207", {"data": bill()})), profile)

    assert outbound.status == status
    body = json.loads(outbound.body)
    assert body["infcode"] == infcode
    assert type(body["infcode"]) is type(infcode)
    assert body["err_msg"] == "第2行 cnt（数量）：说明（办法）"


def test_a_long_refusal_is_whole_in_warn_msg() -> None:
    """err_msg keeps the interface's 200 characters; what it leaves out is counted, and stands in warn_msg."""
    message = inbound(envelope("2204", {"feedetail": [row(n, cnt="x", pric="x") for n in range(8)]}))
    with pytest.raises(WireError) as refusal:
        national.read(message, PROFILE)
    body = json.loads(national.write(refusal.value.problem(), message, PROFILE).body)

    assert len(body["err_msg"]) <= 200
    assert re.search(r"另有\d+处错误未列出$", body["err_msg"])
    assert body["warn_msg"].count("第") == 16


def test_a_local_code_that_repeats_the_catalog_s_is_none() -> None:
    """The field is required: a HIS without codes of its own repeats the catalog's, and needs no match."""
    rows = [row(1, medins_list_codg="XJ01"), row(2)]
    read = national.read(inbound(envelope("2204", {"feedetail": rows})), PROFILE).request

    assert isinstance(read, UploadItems)
    assert [(item.catalog_code, item.local_code) for item in read.items] == [("XJ01", None), ("XJ01", "HIS-2")]

"""Authorization: does what the qualification entitles to cover this line: kind, state, place, dates, items."""

from gateway.core.case import Case, Line, covers
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole
from gateway.core.words import AUTHORIZATION_KIND_ZH, PROVIDER_KIND_ZH, VISIT_KIND_ZH

_ELSEWHERE = ("referral", "out_of_area")
_TREATING = ("treatment", "relapse", "referral", "out_of_area")
_KINDS = {
    "outpatient": _TREATING,
    "inpatient": _TREATING,
    "rehabilitation": ("rehabilitation",),
    "device": ("device",),
}
_ANY_OF_A_KIND = Cure(
    zh="{authorization_no}限{bound_to_zh}使用，本机构为{provider_kind_zh}；请到该类机构就医或变更确认；急诊请登记急诊标志",
    en="{authorization_no} is for a {bound_to}, not a {provider_kind}: go to one or have it amended; mark an emergency",
)
_STABILISED = Cure(
    zh="伤情已于{stabilised_on}稳定，其后须转至服务协议机构或办理备案",
    en="the worker was stabilised on {stabilised_on}: from the day after, an agreed provider or a referral is needed",
)


def _kind(line: Line, case: Case) -> tuple[Cut, ...]:
    assert line.entitlement is not None
    kind, visit_kind = line.entitlement.kind, case.visit.visit_kind
    needed = _KINDS[visit_kind]
    if kind in needed:
        return PASS
    return whole(
        line,
        kind=kind,
        kind_zh=AUTHORIZATION_KIND_ZH[kind],
        needed=", ".join(needed),
        needed_zh="、".join(AUTHORIZATION_KIND_ZH[one] for one in needed),
        visit_kind=visit_kind,
        visit_kind_zh=VISIT_KIND_ZH[visit_kind],
    )


def _state(line: Line, _case: Case) -> tuple[Cut, ...]:
    authorization = line.authorization
    if authorization is None or authorization.state == "issued":
        return PASS
    return whole(line, authorization_no=authorization.authorization_no)


def _elsewhere(line: Line, case: Case) -> bool:
    """Return whether the authorization is bound to another provider or class of providers."""
    authorization = line.authorization
    if authorization is None:
        return False
    provider = case.context.provider
    return (authorization.provider_code is not None and authorization.provider_code != provider.code) or (
        authorization.provider_kind is not None and authorization.provider_kind != provider.kind
    )


def _unreferred(line: Line, case: Case) -> bool:
    """Return whether the provider lies outside the place of insurance and nothing refers the worker there."""
    entitlement = line.entitlement
    assert entitlement is not None
    return case.context.provider.area != entitlement.recognition.area and entitlement.kind not in _ELSEWHERE


def _provider(line: Line, case: Case) -> tuple[Cut, ...]:
    if not _elsewhere(line, case) or case.emergency_on(line.day):
        return PASS
    authorization = line.authorization
    assert authorization is not None
    provider = case.context.provider
    named, only = authorization.provider_code, authorization.provider_kind
    return whole(
        line,
        _ANY_OF_A_KIND if named is None else None,
        authorization_no=authorization.authorization_no,
        bound_to=named or only or "-",
        bound_to_zh=named or (PROVIDER_KIND_ZH[only] if only else "-"),
        provider_code=provider.code,
        provider_kind=provider.kind,
        provider_kind_zh=PROVIDER_KIND_ZH[provider.kind],
    )


def _area(line: Line, case: Case) -> tuple[Cut, ...]:
    if not _unreferred(line, case) or case.emergency_on(line.day):
        return PASS
    return whole(line, area=case.context.provider.area, insured_area=line.recognition.area)


def _waiver(line: Line, case: Case) -> tuple[Cut, ...]:
    if not case.visit.emergency or not case.emergency_on(line.day):
        return PASS
    waived = [
        code
        for code, stands in (
            ("authorization.provider", _elsewhere(line, case)),
            ("authorization.area", _unreferred(line, case)),
        )
        if stands
    ]
    if not waived:
        return PASS
    stabilised = case.stabilised_on
    evidence = {"waived": ", ".join(waived), "stabilised_on": stabilised.isoformat() if stabilised else "-"}
    return (Cut(fen=0, evidence=evidence, cure=_STABILISED if stabilised else None),)


def _dates(line: Line, _case: Case) -> tuple[Cut, ...]:
    authorization = line.authorization
    if authorization is None or covers(authorization, line.day):
        return PASS
    return whole(
        line,
        authorization_no=authorization.authorization_no,
        day=line.day.isoformat(),
        valid_from=authorization.valid_from.isoformat(),
        valid_to=authorization.valid_to.isoformat(),
    )


def _items(line: Line, _case: Case) -> tuple[Cut, ...]:
    authorization = line.authorization
    if authorization is None or not authorization.items or line.catalog_code in authorization.items:
        return PASS
    return whole(
        line,
        authorization_no=authorization.authorization_no,
        catalog_code=line.catalog_code or "-",
        items=", ".join(authorization.items),
    )


AUTHORIZATION_KIND = Rule(
    code="authorization.kind",
    title_zh="待遇资格与就诊类别不符",
    title_en="The qualification does not cover this kind of visit",
    source="工伤保险条例第三十条、第三十二条、第三十八条",
    bearer="worker",
    cure_zh="{visit_kind_zh}须凭下列资格之一：{needed_zh}，所填资格为{kind_zh}；请先办理确认或改填相应资格号",
    cure_en="visit kind {visit_kind} needs a qualification of kind {needed}; {kind} is named: obtain it or name it",
    rests_on="day",
    judge=_kind,
)
AUTHORIZATION_STATE = Rule(
    code="authorization.state",
    title_zh="待遇资格已撤销",
    title_en="The authorization is revoked",
    source="工伤保险条例第三十条、第三十二条、第三十八条",
    bearer="worker",
    cure_zh="{authorization_no}已撤销，请重新办理确认或改填有效资格号",
    cure_en="{authorization_no} is revoked: obtain a new one, or name one in force",
    rests_on="authorization",
    judge=_state,
)
AUTHORIZATION_PROVIDER = Rule(
    code="authorization.provider",
    title_zh="待遇资格限其他机构使用",
    title_en="The authorization is for another provider or kind of provider",
    source="工伤保险条例第三十条第二款",
    bearer="worker",
    cure_zh="{authorization_no}限机构{bound_to_zh}使用，请到该机构就医或变更确认机构；急诊请登记急诊标志",
    cure_en="{authorization_no} is for provider {bound_to}: go there or have it amended; register an emergency as one",
    cures=(_ANY_OF_A_KIND,),
    rests_on="authorization",
    judge=_provider,
)
AUTHORIZATION_AREA = Rule(
    code="authorization.area",
    title_zh="异地就医未备案",
    title_en="Treated out of area without referral or filing",
    source="工伤保险条例第三十条第四款",
    bearer="worker",
    cure_zh="参保地{insured_area}以外（{area}）就医须有转诊转院或异地就医备案，并填写其资格号",
    cure_en="treatment in {area}, outside {insured_area}, needs a referral or out-of-area filing: name it",
    rests_on="day",
    judge=_area,
)
EMERGENCY_WAIVER = Rule(
    code="emergency.waiver",
    title_zh="急诊：免于机构限定和异地备案",
    title_en="Emergency: no named provider or referral is needed",
    source="工伤保险条例第三十条第二款",
    bearer=None,
    cure_zh="伤情稳定前无需处理；稳定后须转至服务协议机构或办理备案",
    cure_en="nothing to do until the worker is stabilised; from then on an agreed provider or a referral is needed",
    cures=(_STABILISED,),
    rests_on="day",
    judge=_waiver,
)
AUTHORIZATION_DATES = Rule(
    code="authorization.dates",
    title_zh="费用不在待遇资格有效期内",
    title_en="Outside the authorization's dates",
    source="工伤保险条例第三十条、第三十二条、第三十八条",
    bearer="worker",
    cure_zh="费用须发生在{authorization_no}有效期{valid_from}至{valid_to}（含）内，{day}不在其中；请申请延期",
    cure_en="{authorization_no} covers {valid_from} to {valid_to}, not {day}: have it extended",
    rests_on="authorization",
    judge=_dates,
)
AUTHORIZATION_ITEMS = Rule(
    code="authorization.items",
    title_zh="项目不在确认范围内",
    title_en="The item is not authorized",
    source="工伤保险条例第三十条、第三十二条",
    bearer="worker",
    cure_zh="{authorization_no}限项目{items}，{catalog_code}不在其中；确需使用的，请申请增加项目",
    cure_en="{authorization_no} covers {items}, not {catalog_code}: have the item added",
    rests_on="authorization",
    judge=_items,
)

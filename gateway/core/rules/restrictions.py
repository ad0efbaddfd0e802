"""Restrictions of a catalog item: sex, age, visit kind, provider kind, level, diagnosis, scheme."""

from gateway.core.case import Case, Line, begins_with_any
from gateway.core.days import completed_years
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole
from gateway.core.words import LEVEL_ZH, PROVIDER_KIND_ZH, SEX_ZH, VISIT_KIND_ZH

_RANK = {"ungraded": 0, "primary": 1, "secondary": 2, "tertiary": 3}
_UP_TO = Cure(
    zh="费用发生日满{age_years}周岁，该项目限{age_max_years}周岁及以下使用，请核对项目和人员",
    en="the worker is {age_years} on the day; the item is for ages up to {age_max_years}: check item and person",
)
_FROM = Cure(
    zh="费用发生日满{age_years}周岁，该项目限{age_min_years}周岁及以上使用，请核对项目和人员",
    en="the worker is {age_years} on the day; the item is for ages from {age_min_years}: check item and person",
)
_SOURCE = "工伤保险条例第三十条第三款；目录限定支付范围"


def _sex(line: Line, case: Case) -> tuple[Cut, ...]:
    only, sex = line.row.sex, case.context.worker.sex
    if only is None or only == sex:
        return PASS
    return whole(line, only=only, only_zh=SEX_ZH[only], sex=sex, sex_zh=SEX_ZH[sex])


def _age(line: Line, case: Case) -> tuple[Cut, ...]:
    least, most = line.row.age_min_years, line.row.age_max_years
    if least is None and most is None:
        return PASS
    age = completed_years(case.context.worker.birthday, line.day)
    if (least is None or least <= age) and (most is None or age <= most):
        return PASS
    return whole(
        line,
        _UP_TO if least is None else _FROM if most is None else None,
        age_years=str(age),
        age_min_years="-" if least is None else str(least),
        age_max_years="-" if most is None else str(most),
    )


def _visit_kind(line: Line, case: Case) -> tuple[Cut, ...]:
    only, kind = line.row.visit_kinds, case.visit.visit_kind
    if not only or kind in only:
        return PASS
    return whole(
        line,
        only=", ".join(only),
        only_zh="、".join(VISIT_KIND_ZH[one] for one in only),
        visit_kind=kind,
        visit_kind_zh=VISIT_KIND_ZH[kind],
    )


def _provider_kind(line: Line, case: Case) -> tuple[Cut, ...]:
    only, kind = line.row.provider_kinds, case.context.provider.kind
    if not only or kind in only:
        return PASS
    return whole(
        line,
        only=", ".join(only),
        only_zh="、".join(PROVIDER_KIND_ZH[one] for one in only),
        provider_kind=kind,
        provider_kind_zh=PROVIDER_KIND_ZH[kind],
    )


def _level(line: Line, _case: Case) -> tuple[Cut, ...]:
    least, agreement = line.row.level_min, line.agreement
    if least is None or agreement is None or _RANK[agreement.level] >= _RANK[least]:
        return PASS
    return whole(
        line,
        level=agreement.level,
        level_zh=LEVEL_ZH[agreement.level],
        level_min=least,
        level_min_zh=LEVEL_ZH[least],
        day=line.day.isoformat(),
    )


def _diagnosis(line: Line, case: Case) -> tuple[Cut, ...]:
    prefixes = line.row.diagnosis_prefixes
    if not prefixes or begins_with_any(case.diagnoses, prefixes):
        return PASS
    return whole(line, diagnoses=", ".join(case.diagnoses) or "-", only=", ".join(prefixes))


def _scheme(line: Line, case: Case) -> tuple[Cut, ...]:
    only = line.row.schemes
    if not only or case.visit.scheme in only:
        return PASS
    return whole(line, scheme=case.visit.scheme, only=", ".join(only))


RESTRICTION_SEX = Rule(
    code="restriction.sex",
    title_zh="项目限性别",
    title_en="Restricted to one sex",
    source=_SOURCE,
    bearer="provider",
    cure_zh="该项目限{only_zh}性使用，患者为{sex_zh}性，请核对项目和人员",
    cure_en="the item is for a {only} patient only; this worker is {sex}: check item and person",
    rests_on="restriction",
    judge=_sex,
)
RESTRICTION_AGE = Rule(
    code="restriction.age",
    title_zh="项目限年龄",
    title_en="Restricted by age",
    source=_SOURCE,
    bearer="provider",
    cure_zh="费用发生日满{age_years}周岁，该项目限{age_min_years}至{age_max_years}周岁使用，请核对项目和人员",
    cure_en=(
        "the worker is {age_years} on the day; the item is for ages {age_min_years} to"
        " {age_max_years}: check item and person"
    ),
    cures=(_UP_TO, _FROM),
    rests_on="restriction",
    judge=_age,
)
RESTRICTION_VISIT_KIND = Rule(
    code="restriction.visit_kind",
    title_zh="项目限就诊类别",
    title_en="Restricted by kind of visit",
    source=_SOURCE,
    bearer="provider",
    cure_zh="该项目限{only_zh}使用，本次就诊为{visit_kind_zh}，请核对项目和就诊类别",
    cure_en="the item is for {only} only; this visit is {visit_kind}: check item and kind of visit",
    rests_on="restriction",
    judge=_visit_kind,
)
RESTRICTION_PROVIDER_KIND = Rule(
    code="restriction.provider_kind",
    title_zh="项目限机构类别",
    title_en="Restricted by kind of provider",
    source=_SOURCE,
    bearer="provider",
    cure_zh="该项目限{only_zh}使用，本机构为{provider_kind_zh}，本机构不能申报",
    cure_en="the item is for {only} only; this provider is a {provider_kind} and cannot bill it",
    rests_on="restriction",
    judge=_provider_kind,
)
RESTRICTION_LEVEL = Rule(
    code="restriction.level",
    title_zh="项目限医疗机构等级",
    title_en="Restricted by level of provider",
    source=_SOURCE,
    bearer="provider",
    cure_zh="该项目限{level_min_zh}及以上机构使用，本机构{day}的等级为{level_zh}；等级有误的，请经办机构更正协议",
    cure_en="the item is for level {level_min} and above; this provider was {level} on {day}: have an error corrected",
    rests_on="restriction",
    judge=_level,
)
RESTRICTION_DIAGNOSIS = Rule(
    code="restriction.diagnosis",
    title_zh="项目限适应症",
    title_en="Restricted by diagnosis",
    source=_SOURCE,
    bearer="worker",
    cure_zh="该项目限诊断{only}使用，本次诊断为{diagnoses}；确有适应症的，请补充诊断",
    cure_en="the item is for diagnoses {only}; the bill has {diagnoses}: add the diagnosis if there is one",
    rests_on="restriction",
    judge=_diagnosis,
)
RESTRICTION_SCHEME = Rule(
    code="restriction.scheme",
    title_zh="项目限险种",
    title_en="Restricted to other insurance schemes",
    source=_SOURCE,
    bearer="worker",
    cure_zh="该项目仅由险种{only}支付，本次结算险种为{scheme}，请转相应险种结算",
    cure_en="only scheme {only} pays the item; this visit is under {scheme}: bill it there",
    rests_on="restriction",
    judge=_scheme,
)

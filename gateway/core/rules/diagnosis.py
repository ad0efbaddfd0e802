"""Diagnosis: the line belongs to the injury, and the bill's diagnoses to the recognised one."""

from gateway.core.case import Case, Line
from gateway.core.rules.rule import PASS, Cut, Rule, whole


def _self_paid(line: Line, _case: Case) -> tuple[Cut, ...]:
    return whole(line) if line.item.self_paid else PASS


def _not_injury(line: Line, _case: Case) -> tuple[Cut, ...]:
    return PASS if line.item.injury_related else whole(line)


def _scope(line: Line, case: Case) -> tuple[Cut, ...]:
    entitlement = line.entitlement
    if entitlement is None or entitlement.diagnosed:
        return PASS
    return whole(
        line,
        diagnoses=", ".join(case.diagnoses) or "-",
        recognised=", ".join(entitlement.recognition.diagnosis_codes),
        recognition_no=entitlement.recognition.recognition_no,
    )


LINE_SELF_PAID = Rule(
    code="line.self_paid",
    title_zh="机构标明由本人自费",
    title_en="Marked by the provider as paid by the worker",
    source="服务协议：自费项目须经本人同意",
    bearer="worker",
    cure_zh="属于工伤保险支付范围的，请取消自费标志",
    cure_en="take the self-paid mark off if the line is within the scope of work-injury insurance",
    rests_on="set_apart",
    judge=_self_paid,
)
DIAGNOSIS_NOT_INJURY = Rule(
    code="diagnosis.not_injury",
    title_zh="机构标明与工伤无关的费用",
    title_en="Marked by the provider as not of the injury",
    source="工伤保险条例第三十条第五款",
    bearer="worker",
    cure_zh="治疗非工伤引发的疾病按医疗保险办法处理；确与工伤有关的，请更正标志",
    cure_en="an illness not caused by the injury goes to medical insurance; mark the line injury-related if it is",
    rests_on="set_apart",
    judge=_not_injury,
)
DIAGNOSIS_SCOPE = Rule(
    code="diagnosis.scope",
    title_zh="诊断不在认定的伤情范围内",
    title_en="Diagnoses lie outside the recognised injury",
    source="工伤保险条例第三十条第五款",
    bearer="worker",
    cure_zh="诊断{diagnoses}中至少一项须属于认定伤情{recognised}；伤情有遗漏的，请先申请补充认定",
    cure_en=(
        "one of the diagnoses {diagnoses} must lie within the recognised {recognised}; have an omitted one recognised"
    ),
    rests_on="day",
    judge=_scope,
)

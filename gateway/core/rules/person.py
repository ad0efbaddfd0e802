"""Person and recognition: does the line name a work injury of this worker that is recognised on the day."""

from gateway.core.case import Case, Line
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole

_STATE_CURES = {
    "pending": Cure(
        zh="工伤认定作出后再结算；不等待认定的，按自费出院",
        en="settle when the recognition is decided, or discharge the worker as self-paid",
    ),
    "refused": Cure(
        zh="该伤害未被认定为工伤，请改用本人其他有效资格或转医疗保险结算",
        en="the injury is not recognised as a work injury: name another qualification, or bill medical insurance",
    ),
    "revoked": Cure(
        zh="工伤认定自{revoked_on}起撤销，仅此前发生的费用可以支付",
        en="the recognition is revoked from {revoked_on}; only cost that arose before that day passes",
    ),
}
_NOT_ON_THE_DAY = Cure(
    zh="职工于{died_on}死亡，当日仅支付编码以{allowed}开头的项目；请核对项目和费用时间",
    en="the worker died on {died_on}; that day only codes that begin with {allowed} pass: check item and time",
)
_REVOKED_WHOLLY = Cure(
    zh="工伤认定已撤销，费用不予支付；请改用本人其他有效资格",
    en="the recognition is revoked and nothing passes under it: name another qualification",
)
_NONE_NAMED = Cure(
    zh="就诊登记未带资格审核信息，请先读卡取得资格号并在登记或结算时填写",
    en="the visit has no qualification: verify the person and attach a qualification to the visit or bill",
)


def _unknown(line: Line, case: Case) -> tuple[Cut, ...]:
    if line.entitlement is not None:
        return PASS
    named = line.item.qualification_id or case.default_qualification_id
    if named is None:
        return whole(line, _NONE_NAMED, qualification_id="-")
    return whole(line, qualification_id=named)


def _state(line: Line, _case: Case) -> tuple[Cut, ...]:
    recognition = line.recognition
    if recognition.state == "recognised":
        return PASS
    revoked_on = recognition.revoked_on
    if recognition.state == "revoked" and revoked_on is not None and line.day < revoked_on:
        return PASS
    return whole(
        line,
        _REVOKED_WHOLLY if recognition.state == "revoked" and revoked_on is None else _STATE_CURES[recognition.state],
        state=recognition.state,
        recognition_no=recognition.recognition_no,
        revoked_on=revoked_on.isoformat() if revoked_on else "-",
    )


def _died(line: Line, case: Case) -> tuple[Cut, ...]:
    died_on = case.died_on
    if died_on is None or line.day < died_on:
        return PASS
    day = line.day.isoformat()
    if line.day > died_on:
        return whole(line, day=day, died_on=died_on.isoformat())
    allowed = line.policy.death_day_codes
    if not allowed or (line.catalog_code or "").startswith(allowed):
        return PASS
    return whole(line, _NOT_ON_THE_DAY, day=day, died_on=died_on.isoformat(), allowed=", ".join(allowed))


RECOGNITION_UNKNOWN = Rule(
    code="recognition.unknown",
    title_zh="无对应的工伤待遇资格",
    title_en="No qualification, or none of this worker and visit",
    source="工伤保险条例第十七条、第三十条",
    bearer="worker",
    cure_zh="资格号{qualification_id}不属于本次就诊或本人，请填写读卡返回并已登记在本次就诊的资格号",
    cure_en="qualification {qualification_id} is not this visit's or worker's: name one that the visit carries",
    cures=(_NONE_NAMED,),
    blocks=True,
    rests_on="day",
    judge=_unknown,
)
RECOGNITION_STATE = Rule(
    code="recognition.state",
    title_zh="工伤认定状态不允许支付",
    title_en="The recognition's state does not allow payment",
    source="工伤保险条例第十七条至第二十条",
    bearer="worker",
    cure_zh="工伤认定{recognition_no}须为已认定",
    cure_en="recognition {recognition_no} must stand as recognised",
    cures=(*_STATE_CURES.values(), _REVOKED_WHOLLY),
    blocks=True,
    blocks_when=("state", "pending"),
    rests_on="day",
    judge=_state,
)
PERSON_DIED = Rule(
    code="person.died",
    title_zh="费用发生在死亡之后",
    title_en="The cost arose after the worker's death",
    source="工伤保险条例第三十条、第三十九条；死亡后发生的费用不予支付",
    bearer="provider",
    cure_zh="职工于{died_on}死亡，{day}的费用不予支付；费用时间或死亡日期有误的，请更正",
    cure_en="the worker died on {died_on}; cost of {day} cannot pass: correct the time of the cost or the death",
    cures=(_NOT_ON_THE_DAY,),
    rests_on="dead",
    judge=_died,
)

"""Catalog and match: the provider's code stands for a catalog code that is in force on the day."""

from gateway.core.case import Case, Line
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole

_OTHER_CODE = Cure(
    zh="院内码{local_code}对照的目录编码是{matched_code}，与申报的{catalog_code}不一致，请按对照申报或重新对照",
    en="local code {local_code} is matched to {matched_code}, not {catalog_code}: bill the matched code, or match anew",
)
_NEVER = Cure(
    zh="{catalog_code}从未列入就医地工伤保险目录，请核对编码；编码无误的，基金不予支付",
    en="{catalog_code} was never in the catalog of the place of treatment: check the code; the fund does not pay it",
)
_NO_CODE = Cure(
    zh="请填写目录编码，或已审核通过对照的院内码",
    en="give a catalog code, or a local code with an approved match",
)


def _missing(line: Line, _case: Case) -> tuple[Cut, ...]:
    local_code, given = line.item.local_code, line.item.catalog_code
    assert local_code is not None
    if line.match is None:
        return whole(line, local_code=local_code, day=line.day.isoformat())
    if given is not None and given != line.match.catalog_code:
        return whole(line, _OTHER_CODE, local_code=local_code, matched_code=line.match.catalog_code, catalog_code=given)
    return PASS


def _unknown(line: Line, case: Case) -> tuple[Cut, ...]:
    if line.catalog_code is None:
        return whole(line, _NO_CODE, catalog_code="-", known="never", day=line.day.isoformat())
    rows = case.catalog.items.get((case.visit.area, case.visit.scheme, line.catalog_code), ())
    if not rows:
        return whole(line, _NEVER, catalog_code=line.catalog_code, known="never", day=line.day.isoformat())
    spells = ", ".join(f"{row.valid_from}..{row.valid_to or ''}" for row in rows)
    return whole(line, catalog_code=line.catalog_code, known="not_on_day", day=line.day.isoformat(), in_force=spells)


MATCH_MISSING = Rule(
    code="match.missing",
    title_zh="院内码未经审核对照，或与对照不符",
    title_en="The local code has no approved match, or another one",
    source="服务协议：目录对照须经审核",
    bearer="provider",
    cure_zh="院内码{local_code}在{day}须有审核通过的目录对照，请上传对照并待审核通过后申报",
    cure_en="local code {local_code} needs an approved match in force on {day}: file it, bill it once approved",
    cures=(_OTHER_CODE,),
    rests_on="local_code",
    judge=_missing,
)
CATALOG_UNKNOWN = Rule(
    code="catalog.unknown",
    title_zh="费用发生日不在目录内的项目",
    title_en="Not in the catalog on the day",
    source="工伤保险条例第三十条第三款",
    bearer="worker",
    cure_zh="{catalog_code}的有效期为{in_force}，费用发生日{day}不在其中",
    cure_en="{catalog_code} is in the catalog for {in_force}; the cost must arise in it, not on {day}",
    cures=(_NO_CODE, _NEVER),
    rests_on="no_entry",
    judge=_unknown,
)

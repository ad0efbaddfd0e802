"""Tells findings in the shape of the audit's verdicts (3101 `result[]`), so that a HIS shows them as it shows those."""

from adapters.national.parts import amount
from adapters.wording import BEARERS, finding_told
from schemas.decisions import Finding

VERDICTS_MAX = 100
Row = dict[str, object]


def verdicts(visit_no: str, worker_id: str, findings: tuple[Finding, ...]) -> list[Row]:
    """Return a verdict for each rule that found something, each line that it found it on a detail; the dearest first.

    vola_amt is what the rule takes from the fund: over all verdicts, exactly what the fund does not bear.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return [
        _verdict(rule, found, {"patn_id": worker_id, "mdtrt_id": visit_no})
        for rule, found in sorted(by_rule.items(), key=_dearest)
    ]


def _dearest(of: tuple[str, list[Finding]]) -> tuple[int, str]:
    rule, found = of
    return -sum(abs(finding.fen) for finding in found), rule


def _verdict(rule: str, found: list[Finding], whose: Row) -> Row:
    first = found[0]
    contents = "；".join(finding_told(finding) for finding in found[:VERDICTS_MAX])
    more = f"；另有{len(found) - VERDICTS_MAX}条" if len(found) > VERDICTS_MAX else ""
    return {
        "jr_id": rule,
        "rule_id": rule,
        "rule_name": first.title_zh,
        "vola_cont": contents + more,
        **whose,
        "judge_result_detail_dtos": [_detail(rule, finding, whose) for finding in found if finding.item_no is not None],
        "vola_amt": amount(sum(finding.fen for finding in found)),
        "vola_amt_stas": "、".join(dict.fromkeys(BEARERS[one.bearer] for one in found if one.bearer)),
        "sev_deg": "明确违规" if any(finding.fen and finding.bearer for finding in found) else "提示",
        "vola_evid": first.source,
        "vola_bhvr_type": "",
        "task_id": "",
    }


def _detail(rule: str, finding: Finding, whose: Row) -> Row:
    return {
        "jrd_id": f"{rule}:{finding.item_no}",
        **whose,
        "rx_id": finding.item_no,
        "vola_item_type": "1" if finding.fen else "2",
        "vola_amt": amount(finding.fen),
    }

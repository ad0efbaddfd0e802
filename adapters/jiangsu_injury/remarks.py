"""The Chinese texts that a clerk reads: refusals, and what this dialect has no sum for."""

from functools import partial

from adapters.jiangsu_injury.places import place_zh
from adapters.spelling import yuan
from adapters.wording import explanation, faults_told
from schemas.answers import Presettled
from schemas.problems import Problem


def refusal(problem: Problem, infno: str) -> str:
    """Return err_msg: every fault with row, field and cure, within a bound and a count of the rest."""
    return faults_told(problem, partial(place_zh, infno))


def unwordable(answer: Presettled) -> str:
    """Return err_msg of a preview in which the provider bears a share: this dialect has no sum for it."""
    cuts: dict[str, int] = {}
    for line in answer.lines:
        if line.provider_fen:
            cuts[line.item_no] = line.provider_fen
    named = "、".join(f"{number}（{yuan(fen)}元）" for number, fen in list(cuts.items())[:20])
    more = f"等共{len(cuts)}条" if len(cuts) > 20 else ""  # noqa: PLR2004 the same twenty as above
    total = yuan(answer.sums.provider_fen)
    return (
        f"有{total}元应由协议机构负担，本接口无法结算；请撤销以下明细后重新预结算：{named}{more}。{explanation(answer)}"
    )

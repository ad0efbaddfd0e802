"""The Chinese text that a clerk reads of a refusal."""

from functools import partial

from adapters.jiangsu_injury.places import place_zh
from adapters.wording import faults_told
from schemas.problems import Problem


def refusal(problem: Problem, infno: str) -> str:
    """Return err_msg: every fault with row, field and cure, within a bound and a count of the rest."""
    return faults_told(problem, partial(place_zh, infno))

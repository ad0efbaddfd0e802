"""Silver: every canonical answer and every refusal can be worded, whatever message it answers."""

from collections.abc import Iterator

from adapters.kit.bench import Bench, terms_of
from adapters.kit.cases import Case
from adapters.kit.forms import FORMS, Unscannable, form_of
from adapters.kit.politeness import Rude, written
from adapters.kit.samples import answers
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound
from schemas.problems import Problem

NOBODY = Inbound(method="POST", path="/", headers={}, body=b"")
"""What is answered where nothing could be read."""


def everything(bench: Bench) -> Iterator[str]:
    """Write samples of every answer, and every refusal of the house, to a message of its verb or to any."""
    if not bench.cases:
        yield "there is no golden message to answer"
        return
    told: set[str] = set()
    for said in (*_answers(bench), *bench.refusals):
        for case in _asked(bench, said):
            for inbound in (case.inbound, NOBODY) if isinstance(said, Problem) else (case.inbound,):
                for text in _worded(bench, said, inbound, case):
                    if text not in told:
                        told.add(text)
                        yield text


def _answers(bench: Bench) -> Iterator[AnyAnswer]:
    """A dialect that has the house refuse a provider's share is never told of one."""
    terms = [found for wire in bench.wires if (found := terms_of(wire.message))]
    carries = not terms or any(one.provider_share == "carry" for one in terms)
    for said in answers():
        sums = getattr(getattr(said, "settlement", said), "sums", None)
        if carries or sums is None or not sums.provider_fen:
            yield said


def _asked(bench: Bench, said: AnyAnswer | Problem) -> list[Case]:
    """Return the cases that are answered so, one of each profile; else the first of all."""
    alike = [case for case in bench.cases if type(case.said) is type(said)]
    by_profile = {tuple(sorted(case.profile.settings.items())): case for case in reversed(alike)}
    return list(by_profile.values()) or [bench.cases[0]]


def _worded(bench: Bench, said: AnyAnswer | Problem, inbound: Inbound, case: Case) -> Iterator[str]:
    try:
        _, text = written(bench.adapter, said, inbound, case.profile)
    except Rude as error:
        yield str(error)
        return
    if not text.strip():
        what = said.code if isinstance(said, Problem) else type(said).__name__
        yield f"the answer to {what} is empty: say what became of the message"
    elif (form := _form(text)) not in ("table", ""):
        try:
            FORMS[form].scan(text)
        except Unscannable as error:
            yield f"the answer {type(said).__name__} is no {form}: {error}"


def _form(text: str) -> str:
    """Return the form of an answer; "" where it is in none that is known here."""
    try:
        return form_of(text)
    except Unscannable:
        return ""

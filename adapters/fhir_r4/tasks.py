"""Task: what a cancellation by message id, or an inquiry, came to."""

from adapters.fhir_r4 import words
from adapters.fhir_r4.instants import written
from adapters.fhir_r4.markup import Tree
from adapters.fhir_r4.questions import tree_of
from adapters.fhir_r4.responses import Wording, sums_money
from adapters.xml_text import plain
from schemas.answers import OutcomeFound, Reversed
from schemas.problems import Fault


def reversed_task(answer: Reversed, wording: Wording) -> Tree:
    """Return what a reversal found and did."""
    zh, en = words.REVERSED[answer.original_was]
    outputs = [
        _output("original-message", "valueString", answer.original_message_id),
        _output("original-was", "valueCode", answer.original_was),
    ]
    if answer.undone_verb:
        outputs.append(_output("undone-verb", "valueString", answer.undone_verb))
    if answer.settlement_id:
        outputs.append(_output("settlement", "valueString", answer.settlement_id))
    if answer.original_settlement_id:
        outputs.append(_output("original-settlement", "valueString", answer.original_settlement_id))
    if answer.sums:
        sums = sums_money(answer.sums, wording.settings.currency)
        outputs += [_output(code, "valueMoney", amount) for code, amount in sums.items()]
    return _task(f"{zh} / {en}", outputs, wording, written(answer.reversed_at))


def outcome_task(answer: OutcomeFound, wording: Wording) -> Tree:
    """Return what became of a message; its stored answer is kept as it was sent."""
    outputs = [
        _output("message", "valueString", answer.message_id),
        _output("outcome", "valueCode", answer.outcome),
        _output("final", "valueBoolean", answer.final),
    ]
    for code, text in (
        ("verb", answer.verb),
        ("settlement", answer.settlement_id),
        ("reversed-by", answer.reversed_by),
        ("cancelled-by", answer.cancelled_by),
        ("content-sha256", answer.content_sha256),
    ):
        if text:
            outputs.append(_output(code, "valueString", text))
    outputs += [_output("refusal", "valueCode", code) for code in answer.refusal_codes]
    outputs += [_output("fault", "valueString", fault_told(one)) for one in answer.faults]
    if answer.received_at:
        outputs.append(_output("received", "valueInstant", written(answer.received_at)))
    if answer.status is not None:
        outputs.append(_output("status", "valueInteger", answer.status))
    if answer.stored_answer_base64:
        outputs.append(_output("answer", "valueBase64Binary", answer.stored_answer_base64))
    told = f"{words.OUTCOMES[answer.outcome]} / {answer.outcome}"
    if answer.outcome == "settled" and answer.cancelled_by:
        told = words.CANCELLED
    return _task(told, outputs, wording, None)


def fault_told(fault: Fault) -> str:
    """Return what was wrong and what would have made it pass, as one text."""
    return plain(f"{fault.code}: {fault.zh} / {fault.en} ({fault.cure_zh} / {fault.cure_en})")


def _task(text: str, outputs: list[Tree], wording: Wording, modified: str | None) -> Tree:
    question = wording.question
    tree: Tree = {"resourceType": "Task"}
    for name, raw in (("identifier", question.identifier),):
        if raw:
            tree[name] = tree_of(raw)
    tree |= {"status": "completed", "businessStatus": {"text": text}, "intent": "order"}
    for name, raw in (("code", question.code), ("focus", question.focus)):
        if raw:
            tree[name] = tree_of(raw)
    if modified:
        tree["lastModified"] = modified
    return tree | {"output": outputs}


def _output(code: str, kind: str, value: object) -> Tree:
    return {"type": {"coding": [{"system": words.OUTPUT, "code": code}]}, kind: value}

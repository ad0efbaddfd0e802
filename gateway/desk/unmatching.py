"""WithdrawMatches (目录对照撤销), and what a reversal makes of filings.

What is pending is taken back. A match in force stays: a provider alone never changes what the fund pays, so its end is
filed, pending like any other filing, for the agency to approve.
"""

from collections.abc import Iterator
from datetime import date
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from gateway.core.reasons import refusal, refusal_of
from gateway.desk.asking import Making, Verdict
from gateway.desk.matching import Spell, answer_of, overlap, pending, place_of, spells
from gateway.desk.names import filing_no_of
from gateway.settling.standing import FilingsAsked, Standing
from gateway.store.rows import Effect, MatchFilingChanged, MatchFilingRow, MessageRow
from schemas.answers import MatchAnswered, MatchesWithdrawn
from schemas.problems import Fault, GatewayError
from schemas.requests import MatchNamed, WithdrawMatches
from schemas.scalars import MatchBecame

Meant: TypeAlias = MatchFilingRow | Spell
"""A pending filing, or a match in force."""


class Step(Struct, frozen=True, kw_only=True):
    """What a row comes to."""

    became: MatchBecame
    filing: MatchFilingRow
    effect: Effect | None


def filings_named(request: WithdrawMatches) -> FilingsAsked:
    """Return the filings that a withdrawal may be about."""
    return FilingsAsked(
        local_codes=tuple(row.local_code for row in request.matches if row.local_code is not None),
        filing_nos=tuple(row.filing_no for row in request.matches if row.filing_no is not None),
    )


def decide_withdraw_matches(request: WithdrawMatches, standing: Standing, making: Making) -> Verdict:
    """Take back what is pending, file the end of what is in force; all faults at once, and then nothing is done.

    Refuses: match.unknown, match.ambiguous, match.filing_unknown, match.filing_differs, match.filing_closed,
    match.repeated, match.not_in_force, match.ends_already, match.pending_differs.
    """
    faults: list[Fault] = []
    steps: list[Step] = []
    seen: set[tuple[str, str, date]] = set()
    for place, named in enumerate(request.matches):
        try:
            local_code, meant = meant_by(named, f"/matches/{place}", standing)
            if (key := (local_code, *place_of(meant))) in seen:
                raise refusal("match.repeated", f"/matches/{place}")
            seen.add(key)
            steps.append(step_of(named, place, local_code, meant, standing, making))
        except GatewayError as error:
            faults += error.faults
    if faults:
        raise refusal_of(faults)
    return Verdict(
        answer=MatchesWithdrawn(matches=tuple(answered(step, standing) for step in steps)),
        effects=tuple(step.effect for step in steps if step.effect is not None),
    )


def answered(step: Step, standing: Standing) -> MatchAnswered:
    """Return a row's answer."""
    filing = step.filing
    return answer_of(filing.local_code, filing.catalog_code, step.became, filing, standing.snapshot)


def meant_by(named: MatchNamed, at: str, standing: Standing) -> tuple[str, Meant]:
    """Return the local code and the one filing or match that a row names; refuse none and more than one."""
    if named.filing_no is not None:
        filing = filing_named(named, named.filing_no, at, standing)
        if filing.state == "pending":
            return filing.local_code, filing
        found: list[Meant] = [one for one in spells(filing.local_code, standing) if place_of(one) == place_of(filing)]
        if filing.act == "end" or filing.state != "approved" or not found:
            state = "ended" if filing.state == "approved" else filing.state
            raise refusal("match.filing_closed", f"{at}/filing_no", filing_no=filing.filing_no, state=state)
        return filing.local_code, found[0]
    local_code = named.local_code
    assert local_code is not None, "a row names a filing or a local code"
    there: list[Meant] = [*pending(local_code, "match", standing), *spells(local_code, standing)]
    fitting = [one for one in there if differs(named, one) is None]
    if len(fitting) != 1:
        code = "match.ambiguous" if fitting else "match.unknown"
        raise refusal(code, f"{at}/local_code", local_code=local_code, found=len(fitting))
    return local_code, fitting[0]


def filing_named(named: MatchNamed, filing_no: str, at: str, standing: Standing) -> MatchFilingRow:
    """Return the filing of a number; what stands beside it is a check."""
    filing = next((one for one in standing.filings if one.filing_no == filing_no and one.state != "reversed"), None)
    if filing is None:
        raise refusal("match.filing_unknown", f"{at}/filing_no", filing_no=filing_no)
    wrong = differs(named, filing)
    if named.local_code not in {None, filing.local_code}:
        wrong = "local_code"
    if wrong is not None:
        told = {"stated": getattr(named, wrong), "filed": getattr(filing, wrong)}
        raise refusal("match.filing_differs", f"{at}/{wrong}", filing_no=filing_no, **told)
    return filing


def differs(named: MatchNamed, one: Meant) -> str | None:
    """Return which of the stated code and first day is another's."""
    if named.catalog_code not in {None, one.catalog_code}:
        return "catalog_code"
    return None if named.valid_from in {None, one.valid_from} else "valid_from"


def step_of(named: MatchNamed, place: int, local_code: str, meant: Meant, standing: Standing, making: Making) -> Step:
    """Return what a row comes to: a filing taken back, or the end of a match filed."""
    at = f"/matches/{place}/ends_on"
    if isinstance(meant, MatchFilingRow):
        if named.ends_on is not None:
            raise refusal("match.not_in_force", at, filing_no=meant.filing_no)
        return taken_back(meant, standing, making)
    last = named.ends_on or standing.day
    if meant.valid_to is not None and meant.valid_to <= last:
        raise refusal("match.ends_already", at, local_code=local_code, valid_to=meant.valid_to)
    for filing in pending(local_code, "end", standing):
        if place_of(filing) == place_of(meant):
            if filing.valid_to != last:
                number = filing.filing_no
                raise refusal("match.pending_differs", at, local_code=local_code, filing_no=number)
            return Step(became="end_pending_already", filing=filing, effect=None)
    end = MatchFilingRow(
        provider_code=making.caller.code,
        filing_no=filing_no_of(making.caller.code, making.message_id, place),
        act="end",
        local_code=local_code,
        local_name=meant.filing.local_name if meant.filing else None,
        catalog_code=meant.catalog_code,
        valid_from=meant.valid_from,
        valid_to=last,
        area=standing.caller.area,
        scheme=standing.caller.scheme,
        filed_at=standing.now,
        message_id=making.message_id,
    )
    return Step(became="end_filed", filing=end, effect=end)


def taken_back(filing: MatchFilingRow, standing: Standing, making: Making) -> Step:
    """Return the step that takes a pending filing back."""
    change = MatchFilingChanged(
        provider_code=filing.provider_code,
        filing_no=filing.filing_no,
        state="withdrawn",
        changed_at=standing.now,
        changed_by=making.message_id,
    )
    return Step(became="withdrawn", filing=after(filing, change), effect=change)


def after(filing: MatchFilingRow, change: MatchFilingChanged) -> MatchFilingRow:
    """Return a filing as a change leaves it."""
    return replace(filing, state=change.state, changed_at=change.changed_at, changed_by=change.changed_by)


def undo_filings(original: MessageRow, standing: Standing, making: Making) -> tuple[Effect, ...]:
    """Make what a message filed as if it had not been, and what it withdrew pending again.

    Refuses: reversal.overtaken, where the agency has approved one of its filings, or other content is pending since.
    """
    return (*unfiled(original, standing, making), *pending_again(original, standing))


def unfiled(original: MessageRow, standing: Standing, making: Making) -> Iterator[Effect]:
    """Yield what takes a message's own filings away."""
    for filing in standing.filings:
        if filing.message_id != original.message_id or filing.state == "reversed":
            continue
        if filing.state == "approved":
            number = filing.filing_no
            raise overtaken(f"申请{number}已由经办机构审核通过 / the agency has approved filing {number}")
        yield MatchFilingChanged(
            provider_code=filing.provider_code,
            filing_no=filing.filing_no,
            state="reversed",
            changed_at=standing.now,
            changed_by=making.message_id,
        )


def pending_again(original: MessageRow, standing: Standing) -> Iterator[Effect]:
    """Yield what brings back the filings that a message withdrew."""
    for filing in standing.filings:
        if filing.state != "withdrawn" or filing.changed_by != original.message_id:
            continue
        for other in pending(filing.local_code, filing.act, standing):
            if filing.act == "end" or overlap(filing, other):
                number = other.filing_no
                raise overtaken(
                    f"同一院内码已另有待审核申请{number} / filing {number} of its local code is pending since"
                )
        yield MatchFilingChanged(
            provider_code=filing.provider_code,
            filing_no=filing.filing_no,
            state="pending",
            changed_at=None,
            changed_by=None,
        )


def overtaken(what: str) -> GatewayError:
    """Return the refusal of a reversal on whose original later business rests."""
    return refusal("reversal.overtaken", "/original_message_id", what=what)

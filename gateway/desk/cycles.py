"""SignIn and SignOut (签到, 签退): an operator's cycle, good for one operator-day and a grace past midnight."""

from datetime import datetime, timedelta

from gateway.core.days import SHANGHAI, day_of
from gateway.core.reasons import refusal
from gateway.desk.asking import Making, Verdict
from gateway.settling.standing import Standing
from gateway.store.rows import SignedOutAt, SignInRow
from schemas.answers import SignedIn, SignedOut
from schemas.problems import GatewayError
from schemas.requests import SignIn, SignOut


def decide_sign_in(request: SignIn, standing: Standing, making: Making) -> Verdict:
    """Open a cycle and give its number out."""
    policy = standing.snapshot.policies.on(standing.caller.area, standing.caller.scheme, standing.day)
    row = SignInRow(
        provider_code=making.caller.code,
        sign_no=making.sign_no,
        operator_id=request.operator_id,
        signed_at=standing.now,
        signed_out_at=None,
        message_id=making.message_id,
    )
    answer = SignedIn(
        sign_no=making.sign_no,
        signed_at=standing.now,
        valid_to=valid_to(standing.now, policy.sign_in_grace_minutes),
    )
    return Verdict(answer=answer, effects=(row,))


def decide_sign_out(request: SignOut, standing: Standing, making: Making) -> Verdict:
    """Close a cycle; closing it twice is once. That it is the caller's was checked before."""
    change = SignedOutAt(provider_code=making.caller.code, sign_no=request.sign_no, signed_out_at=standing.now)
    return Verdict(answer=SignedOut(sign_no=request.sign_no), effects=(change,))


def valid_to(signed_at: datetime, grace_minutes: int) -> datetime:
    """Return when a cycle ends: the end of its Shanghai day and the grace that policy states."""
    day = day_of(signed_at)
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    return midnight + timedelta(minutes=grace_minutes)


def fault_of_cycle(
    row: SignInRow | None, sign_no: str | None, now: datetime, grace_minutes: int
) -> GatewayError | None:
    """Return why a message stands outside a cycle: sign_in.missing, sign_in.unknown, sign_in.ended; None if not."""
    if sign_no is None:
        return refusal("sign_in.missing", "/sign_no")
    if row is None:
        return refusal("sign_in.unknown", "/sign_no", sign_no=sign_no)
    if row.signed_out_at is not None or now >= valid_to(row.signed_at, grace_minutes):
        return refusal("sign_in.ended", "/sign_no", sign_no=sign_no)
    return None

"""The city with many more workers, so that each test has one of its own; each has every sort of qualification."""

from typing import Any

from tests import city

WORKERS = 600
RELAPSE_FEN = 2500
"""What the fund may bear under a worker's relapse authorization."""


def own(number: int) -> str:
    """The qualification of the worker's first recognition (diagnoses S52)."""
    return f"QR{number}"


def second(number: int) -> str:
    """The qualification of the worker's second recognition (diagnoses S62)."""
    return f"QS{number}"


def pending(number: int) -> str:
    """The qualification of a recognition that is still to be decided."""
    return f"QP{number}"


def revoked(number: int) -> str:
    """The qualification of an authorization that was revoked."""
    return f"QArevoked{number}"


def relapse(number: int) -> str:
    """The qualification of an authorization with room for RELAPSE_FEN."""
    return f"QArelapse{number}"


def bound(number: int) -> str:
    """The qualification of an authorization that is good at the other hospital only."""
    return f"QAbound{number}"


def workers() -> list[dict[str, Any]]:
    first = city.workers()[0]
    return [
        first
        | {
            "worker_id": city.worker_id(number),
            "name": f"测试甲{number:04d}",
            "certno": f"000000190001{number:06d}",
        }
        for number in range(WORKERS)
    ]


def enrolments() -> list[dict[str, Any]]:
    first = city.enrolments()[0]
    return [first | {"worker_id": city.worker_id(number), "enrolment_no": f"EN{number}"} for number in range(WORKERS)]


def recognitions() -> list[dict[str, Any]]:
    first = city.recognitions()[0]

    def decided(number: int, recognition_no: str, **more: Any) -> dict[str, Any]:
        return first | {"worker_id": city.worker_id(number), "recognition_no": recognition_no} | more

    kinds = (
        lambda number: decided(number, f"R{number}", qualification_id=own(number)),
        lambda number: decided(number, f"S{number}", qualification_id=second(number), diagnosis_codes="S62"),
        lambda number: decided(
            number, f"P{number}", qualification_id=pending(number), state="pending", decided_on=None
        ),
    )
    return [kind(number) for number in range(WORKERS) for kind in kinds]


def authorizations() -> list[dict[str, Any]]:
    def granted(number: int, kind: str, qualification_id: str, **more: Any) -> dict[str, Any]:
        return {
            "worker_id": city.worker_id(number),
            "authorization_no": f"A-{qualification_id}",
            "recognition_no": f"R{number}",
            "qualification_id": qualification_id,
            "kind": kind,
            "valid_from": "2026-01-01",
            "valid_to": "2027-12-31",
            "state": "issued",
            **more,
        }

    return [
        row
        for number in range(WORKERS)
        for row in (
            granted(number, "relapse", relapse(number), amount_fen=RELAPSE_FEN),
            granted(number, "relapse", bound(number), provider_code=city.OTHER),
            granted(number, "relapse", revoked(number), state="revoked"),
        )
    ]


def changed() -> dict[str, list[dict[str, Any]]]:
    """The city's files that this town replaces."""
    return {
        "workers": workers(),
        "enrolments": enrolments(),
        "recognitions": recognitions(),
        "authorizations": authorizations(),
    }

"""Charge messages for tests, built from fields by their numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.dialect import Inbound, Profile

FACILITY = "H32110000006"
PROFILE = Profile(provider_code=FACILITY)


def segment(name: str, fields: Mapping[int, str]) -> str:
    """A segment with these fields; for MSH field 2 is the encoding characters."""
    last = max(fields, default=0)
    first = 2 if name == "MSH" else 1
    return "|".join([name, *(fields.get(number, "") for number in range(first, last + 1))])


def head(**changed: Any) -> dict[int, str]:
    fields = {
        2: "^~\\&",
        3: "HIS",
        4: FACILITY,
        5: "JSYTH",
        6: "JS",
        7: "20261102113000",
        9: "DFT^P03^DFT_P03",
        10: "MSG00001",
        11: "P",
        12: "2.5",
        18: "UNICODE UTF-8",
    }
    return fields | numbered(changed)


def person(**changed: Any) -> dict[int, str]:
    return {1: "1", 3: "123456^^^HIS^MR~W00000^^^JS^WCN", 5: "测^试", 8: "M"} | numbered(changed)


def stay(**changed: Any) -> dict[int, str]:
    fields = {2: "O", 3: "骨科^1^2", 7: "D001^李", 10: "A04.01", 19: "V1", 44: "20261102080000"}
    return fields | numbered(changed)


def diagnosis(**changed: Any) -> dict[int, str]:
    return {1: "1", 3: "S52.500^桡骨骨折^I10", 6: "F"} | numbered(changed)


def charge(number: int = 0, **changed: Any) -> dict[int, str]:
    """A line of ten yuan."""
    fields = {
        1: str(number + 1),
        2: f"I{number:04d}",
        4: "20261102100000",
        6: "CG",
        7: "XJ01^示例药品^NHSA",
        10: "2",
        11: "10.00&CNY",
        12: "5.00&CNY",
        13: "A04.01",
        20: "D001^李",
    }
    return fields | numbered(changed)


def own(**changed: Any) -> dict[int, str]:
    return {1: "B1", 2: "QR0"} | numbered(changed)


def numbered(changed: Mapping[str, str]) -> dict[int, str]:
    """f11="1.00" is field 11."""
    return {int(name.removeprefix("f")): value for name, value in changed.items()}


def message(
    charges: Iterable[Mapping[int, str]] | None = None,
    *,
    msh: Mapping[int, str] | None = None,
    pid: Mapping[int, str] | None = None,
    pv1: Mapping[int, str] | None = None,
    dg1: Iterable[Mapping[int, str]] | None = None,
    zwi: Mapping[int, str] | None = None,
    more: Iterable[str] = (),
    end: str = "\r",
) -> str:
    """A whole charge message; a part that is given replaces the ordinary one."""
    lines = [
        segment("MSH", msh or head()),
        segment("PID", pid or person()),
        segment("PV1", pv1 or stay()),
        *(segment("DG1", one) for one in (dg1 if dg1 is not None else [diagnosis()])),
        *(segment("FT1", one) for one in (charges if charges is not None else [charge()])),
        *([segment("ZWI", zwi if zwi is not None else own())]),
        *more,
    ]
    return end.join(lines) + end


def inbound(text: str | bytes, **headers: str) -> Inbound:
    body = text if isinstance(text, bytes) else text.encode()
    return Inbound(method="POST", path=f"/in/{FACILITY}", headers=headers, body=body)


def segments(body: bytes, name: str) -> list[list[str]]:
    """The fields of an answer's segments of a name."""
    return [line.split("|") for line in body.decode().split("\r") if line[:3] == name]

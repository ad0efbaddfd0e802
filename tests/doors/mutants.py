"""Seeded damage to a message: its bytes, or the nodes of its JSON; and what a damaged message says, read purely."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import msgspec

from adapters import jiangsu_injury, native
from schemas.dialect import Inbound, Profile
from schemas.problems import GatewayError
from schemas.requests import Message
from tests.doors.senders import Asked

Place = tuple[str | int, ...]
VALUES: list[Any] = [None, "", True, False, 0, 1, -1, 1.5, 10**30, "0", "1", "x", "１", "a\n", [], {}, [1], "9" * 500]
NAMEABLE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def mutated(asked: Asked, noise: random.Random) -> Asked:
    """Return a damaged copy: nodes as often as bytes; the path too, where it carries a number."""
    kinds = [_bytes, _nodes, _nodes] if asked.body else []
    if not asked.path.startswith(("/in/", "/v1/bills")):
        kinds.append(_path)
    return noise.choice(kinds)(asked, noise)


def _bytes(asked: Asked, noise: random.Random) -> Asked:
    """Flip, drop, double or insert a few bytes."""
    out = bytearray(asked.body)
    for _ in range(noise.randint(1, 3)):
        place = noise.randrange(len(out))
        match noise.randrange(5):
            case 0:
                out[place] ^= 1 << noise.randrange(8)
            case 1:
                del out[place : place + noise.randint(1, 8)]
            case 2:
                out[place:place] = out[place : place + noise.randint(1, 40)]
            case 3:
                out[place] = noise.choice(b'0123456789AZaz.-"')
            case _:
                out[place:place] = noise.randbytes(noise.randint(1, 3))
        if not out:
            break
    return asked._replace(body=bytes(out))


def _path(asked: Asked, noise: random.Random) -> Asked:
    """Change, drop or insert one character behind /v1/."""
    place = noise.randrange(len("/v1/"), len(asked.path))
    left, right = asked.path[:place], asked.path[place + 1 :]
    middle = noise.choice(("", noise.choice(NAMEABLE), asked.path[place] + noise.choice(NAMEABLE)))
    return asked._replace(path=f"{left}{middle}{right}")


def _nodes(asked: Asked, noise: random.Random) -> Asked:
    """Take a node away, rename it, double it, give it another's value, another type, or a value next to its own."""
    value = json.loads(asked.body)
    places = list(_leaves(value))
    place = noise.choice(places)
    at = _at(value, place[:-1])
    match noise.randrange(8):
        case 0:
            del at[place[-1]]
        case 1 if isinstance(at, dict):
            at[f"{place[-1]}x"] = at.pop(place[-1])
        case 2 if isinstance(at, list):
            at.insert(place[-1], at[place[-1]])
        case 2:
            return asked._replace(body=_doubled(asked.body, str(place[-1]), noise))
        case 3 | 4:
            at[place[-1]] = _beside(at[place[-1]], noise)
        case 5:
            at[place[-1]] = deepcopy(_at(value, noise.choice(places)))
        case _:
            at[place[-1]] = noise.choice(VALUES)
    return asked._replace(body=json.dumps(value, ensure_ascii=False).encode())


def _beside(value: Any, noise: random.Random) -> Any:
    """Return a value of the same type and nearly the same look."""
    match value:
        case bool():
            return not value
        case int():
            return value + noise.choice((-1000, -1, 1, 1000))
        case str() if value:
            place = noise.randrange(len(value))
            return value[:place] + noise.choice("0123456789ASX") + value[place + noise.randint(0, 1) :]
        case _:
            return noise.choice(VALUES)


def _doubled(body: bytes, name: str, noise: random.Random) -> bytes:
    """Name one field twice, the second time with another value."""
    mark = f'"{name}": '.encode()
    return body.replace(mark, mark + json.dumps(noise.choice(VALUES)).encode() + b", " + mark, 1)


def _leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield (*place, step)
        yield from _leaves(below, (*place, step))


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def read(asked: Asked) -> Message | None:
    """Return what a message says, read by its adapter alone; None where the adapter refuses it."""
    adapter = jiangsu_injury if asked.path.startswith("/in/") else native
    headers = {name.lower(): value for name, value in asked.headers.items()}
    inbound = Inbound(method=asked.method, path=asked.path, headers=headers, body=asked.body)
    try:
        return adapter.read(inbound, Profile(provider_code=asked.provider))
    except GatewayError:
        return None


def differences(golden: Message, mutant: Message) -> set[str]:
    """Return the fields in which two canonical requests differ, positions in lists left out: `items.quantity`."""
    return set(_differing(msgspec.to_builtins(golden.request), msgspec.to_builtins(mutant.request), ""))


def _differing(left: Any, right: Any, at: str) -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in left.keys() | right.keys():
            yield from _differing(left.get(name), right.get(name), f"{at}.{name}" if at else name)
    elif at == "items" and left and right and len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield from _differing(one, other, at)
    elif left != right:
        yield at

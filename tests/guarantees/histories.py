"""Whether answers to messages that ran at once can be explained by some sequence of them, one after another.

Each operation was asked at one instant and answered at a later one; a sequence must keep those apart that did not
overlap. The books of one authorization are the model: a bill takes what is left up to what is payable, a cancellation
gives it back. If a bill that was not fully funded would still have fitted at its turn, no sequence explains it.
"""

from msgspec import Struct


class Operation(Struct, frozen=True, kw_only=True):
    """A bill (payable, funded) or a cancellation (cancels: the bill's name), and when it ran."""

    name: str
    asked: float
    answered: float
    payable_fen: int = 0
    funded_fen: int = 0
    cancels: str | None = None


def explained(operations: list[Operation], amount_fen: int) -> bool:
    """Return whether a sequence of the operations gives exactly the shares that were answered."""
    by_name = {operation.name: operation for operation in operations}
    waiting = frozenset(by_name)
    seen: set[frozenset[str]] = set()
    stack = [(waiting, 0)]
    while stack:
        left, used_fen = stack.pop()
        if not left:
            return True
        if left in seen:
            continue
        seen.add(left)
        first_answer = min(by_name[name].answered for name in left)
        for name in left:
            operation = by_name[name]
            if (
                operation.asked <= first_answer
                and (after := taken(operation, by_name, left, used_fen, amount_fen)) is not None
            ):
                stack.append((left - {name}, after))
    return False


def taken(
    operation: Operation, by_name: dict[str, Operation], left: frozenset[str], used_fen: int, amount_fen: int
) -> int | None:
    """Return what is used after the operation, or None where it cannot have come now."""
    if operation.cancels is not None:
        return None if operation.cancels in left else used_fen - by_name[operation.cancels].funded_fen
    fits = operation.funded_fen == min(operation.payable_fen, amount_fen - used_fen)
    return used_fen + operation.funded_fen if fits else None

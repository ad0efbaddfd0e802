"""How the garbage collector is kept out of the way: what lives as long as the process is not looked through again.

A full pass over a house that has just been opened takes tens of milliseconds, and the loop stands still for it.
Modules, routes, statements and providers stay till the end, so they are set aside once; later passes look through what
came since. Rows of catalogs are bytes, which the collector does not look at (gateway/reference/packed.py). What dies by
its last reference is freed at once, set aside or not.

Python's own thresholds stay: with 10,000 new objects between passes in place of 700 they are rarer and cost less in
all, but single ones held the loop for 38 ms under load in place of 3.
"""

import gc


def set_aside() -> None:
    """Collect what start-up left over, and set aside what is left. Call it once, when all is loaded."""
    gc.collect()
    gc.freeze()


def hold_off() -> None:
    """Collect nothing from now on: for a command that reads its input, writes it and ends."""
    gc.disable()

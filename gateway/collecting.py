"""How the garbage collector is kept out of the way: what lives as long as the process is not looked through again.

A full pass over a house that has just been opened takes tens of milliseconds, and the loop stands still for it.
Modules, routes, statements and providers stay till the end, so they are set aside once; later passes look through what
came since, and come seldom: a bill makes and drops hundreds of objects and hardly a cycle. Rows of catalogs are bytes,
which the collector does not look at. What dies by its last reference is freed at once, set aside or not.
"""

import gc

YOUNG_OBJECTS_MAX = 20_000
YOUNG_PASSES_MAX = 20
MIDDLE_PASSES_MAX = 20
"""So many objects more than were dropped, and so many passes over the younger ones, until a generation is looked
through (Python's own: 700, 10 and 10)."""


def set_aside() -> None:
    """Collect what start-up left over, and set aside what is left. Call it once, when all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, YOUNG_PASSES_MAX, MIDDLE_PASSES_MAX)

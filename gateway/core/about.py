"""What there is to say of a line, a bit each: rules that have nothing to say of it are not asked.

Bits that follow from a catalog row, or from a qualification and day, are found out once for all their lines.
"""

DAY = 1
"""No line of its qualification and day has passed yet."""
REPEATED = 2
"""Its number has stood before."""
FUTURE = 4
"""It arose later than now."""
SET_APART = 8
"""The provider itself marks it as self-paid or not of the injury."""
LOCAL_CODE = 16
NO_ENTRY = 32
"""Its code is in no catalog on the day."""
RESTRICTION = 64
"""Its row restricts something."""
AUTHORIZATION = 128
"""It stands under more than a recognition."""
DEVICE = 256
THIRD_PARTY = 512
"""Somebody else has paid for the visit or the injury."""
DEAD = 1024
"""The worker has died."""
BOUNDED = 2048
"""A limit or a pair speaks of its code."""

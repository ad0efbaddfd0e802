"""HL7 v2: charges of a visit (DFT^P03, DFT^P11) to a bill, answered by an ACK with the decision in Z segments."""

from adapters.hl7_v2.envelopes import messages, sender
from adapters.hl7_v2.reading import read
from adapters.hl7_v2.writing import enclose, write

NAME = "hl7_v2"
VERSION = 1

__all__ = ["NAME", "VERSION", "enclose", "messages", "read", "sender", "write"]

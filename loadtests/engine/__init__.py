"""The client: it writes prepared bytes at their moments, and never lets an answer's lateness delay the next message."""

"""The audit after a run: do the books hold what was sent and answered, and is every fen where it was said to be."""
